"""The theatre on paper: nothing planned is lost, whatever its length, on A4 and on A3."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pypdfium2
import pytest

from kiosk.core.operation import Operation, OperationPatient, OperationState, Team
from kiosk.core.words import speak
from kiosk.locale import load
from kiosk.paper.theatre_week import write_theatre_day, write_week

MONDAY = date(2026, 11, 30)
ROOMS = ("手術室1", "手術室2", "手術室3")


def planned(number: int, day: int, hour: int, room: str, minutes: int = 90, **more: object) -> Operation:
    enter = datetime(2026, 11, 30, hour, 0) + timedelta(days=day)
    patient = OperationPatient(
        f"{number:08d}", f"見本 花子{number}", "ミホン ハナコ", "F", "1955-03-02", "3階病棟", "A+"
    )  # fmt: skip
    made = Operation(
        number, room, enter, enter + timedelta(minutes=30), enter + timedelta(minutes=30 + minutes), patient,
        department="整形外科", diagnosis="変形性膝関節症", method="人工膝関節置換術", side="R", position="仰臥位",
        anaesthesia=("全麻", "伝達麻酔"), infection="HBV", allergy="ラテックス", blood=("T&S", "照射RBC"),
        team=Team("見本 一郎", ("例題 二郎", "試験 三郎"), "見本 麻子", "見本 春", "例題 夏"), equipment=("C-arm",),
        pathology=True, order="1",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def a_week() -> list[Operation]:
    found = [planned(10 * day + at, day, 8 + 3 * at, ROOMS[(day + at) % 3]) for day in range(5) for at in range(3)]
    return [
        *found, planned(90, 1, 22, ROOMS[0], 300, urgent=True, order="call", remarks="大量出血のため緊急。"),
        planned(91, 2, 9, ROOMS[0], state=OperationState.CANCELLED),
        planned(92, 3, 9, "外来処置室"),  # a room that is no longer in the masters
    ]  # fmt: skip


def text_of(path: Path) -> str:
    with pypdfium2.PdfDocument(str(path)) as pdf:
        return "".join(page.get_textpage().get_text_range() for page in pdf)


@pytest.fixture(autouse=True)
def in_japanese() -> None:
    speak(load("ja"))


@pytest.mark.parametrize("large", [False, True])
def test_the_week_has_every_operation_that_stands(tmp_path: Path, large: bool) -> None:
    path, there = tmp_path / "week.pdf", a_week()
    write_week(path, MONDAY, ROOMS, there, "見本病院", large=large, station="手術室", printed_at="2026-11-27 09:00")
    told = text_of(path)
    for each in there:
        assert (each.patient.kanji in told) == (each.id != 91), each.id
    assert "緊急" in told and "22:00-03:30+" in told and "外来処置室" in told and "17 件" in told
    assert "2026-12-05" not in told  # nothing on Saturday: no column
    with pypdfium2.PdfDocument(str(path)) as pdf:
        width, height = (round(each / 72 * 25.4) for each in pdf[0].get_size())
    assert (width, height) == ((420, 297) if large else (297, 210))


def test_a_room_with_very_many_goes_on_on_the_next_page(tmp_path: Path) -> None:
    path = tmp_path / "week.pdf"
    many = [planned(number, 5, number % 24, ROOMS[0], method="長い術式" * 30) for number in range(60)]
    assert write_week(path, MONDAY, ROOMS, many, "見本病院") > 1
    told = text_of(path)
    assert all(each.patient.kanji in told for each in many) and "続き" in told and "2026-12-05" in told


def test_the_day_says_everything(tmp_path: Path) -> None:
    path = tmp_path / "day.pdf"
    long = planned(
        1,
        0,
        9,
        ROOMS[0],
        remarks="備考は最後まで読めること。" * 120 + "おわり",
        actual_enter=datetime(2026, 11, 30, 9, 4),
    )
    pages = write_theatre_day(path, MONDAY, [long, planned(2, 0, 13, ROOMS[1], urgent=True)], "見本病院")
    told = text_of(path).replace("\r\n", "")
    assert pages > 1
    for words in (
        "見本 花子1", "ミホン ハナコ", "71歳 女性", "3階病棟", "A+", "変形性膝関節症", "人工膝関節置換術(右)",
        "全麻、伝達麻酔", "仰臥位", "術者 見本 一郎", "例題 二郎", "麻酔 見本 麻子",
        "器械 見本 春", "外回 例題 夏", "HBV", "ラテックス",
        "照射RBC", "C-arm", "迅速病理", "おわり", "入室 09:04", "緊急",
    ):  # fmt: skip
        assert words in told, words
    assert write_theatre_day(path, MONDAY, [], "見本病院") == 1
    assert "予定はありません" in text_of(path)
