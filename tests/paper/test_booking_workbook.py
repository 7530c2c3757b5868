"""The Excel workbook read back: days are days, IDs keep their zeros, and no text is ever calculated."""

from __future__ import annotations

import tempfile
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.booking import Booker, Booking, BookingState, SlotView
from kiosk.core.faults import Fault
from kiosk.core.patient import age_at
from kiosk.core.words import speak
from kiosk.locale import load
from kiosk.paper.booking_workbook import LONGEST_TEXT, write_booking_workbook

DAY = date(2026, 12, 1)
NAMES = {"GASTRO": "胃カメラ"}
HOSTILE = [
    "=1+1", "=cmd|' /C calc'!A0", "+81-3-0000-0000", "-1+2", "@SUM(A1:A9)", "#N/A", "TRUE", "1E5", "0123",
    "2026-12-01", "'", "＝1+1", "\t=1", "髙橋 𠮷子", "\U0002a6d6村",
    " 前後 ", "一行目\n二行目", "<b>&amp;</b>", "x" * 5000,
]  # fmt: skip


def booking(**changes: Any) -> Booking:
    who = {"patient_id": "00012345", "kanji": "髙橋 花子", "kana": "タカハシ ハナコ", "sex": "F",
           "birth_date": "1980-12-31", "phone": "03-0000-0000"}  # fmt: skip
    who |= {key: changes.pop(key) for key in list(changes) if key in who}
    usual = {"kind": "GASTRO", "day": DAY, "at": time(9, 20), "who": Booker(**who), "number": "20261201-001"}
    return Booking(1, 1, 2, **{**usual, **changes})


def slot(**changes: Any) -> SlotView:
    usual = {"id": 1, "kind": "GASTRO", "day": DAY, "at": time(9, 20), "capacity": 2, "taken": 1}
    return SlotView(**{**usual, **changes})


def sheets(path: Path) -> list[Any]:
    from openpyxl import load_workbook

    return list(load_workbook(path).worksheets)


def written(tmp_path: Path, bookings: list[Booking], slots: list[SlotView] | None = None) -> tuple[Any, Any]:
    path = tmp_path / "bookings.xlsx"
    write_booking_workbook(path, bookings, slots or [], NAMES, "見本健診センター")
    booked, free = sheets(path)
    return booked, free


def rows(sheet: Any) -> list[dict[str, Any]]:
    titles, *found = sheet.iter_rows()
    return [{str(title.value): cell for title, cell in zip(titles, row, strict=True)} for row in found]


def test_each_cell_is_what_it_is(tmp_path: Path) -> None:
    over = booking(over_reason="救急", comment="要介助", state=BookingState.ARRIVED)
    booked, free = written(tmp_path, [over], [slot(), slot(kind="GONE", closed=True, reason="医師不在", taken=0)])
    cells = {title: cell.value for title, cell in rows(booked)[0].items()}
    assert cells == {
        "Date": datetime(2026, 12, 1), "Weekday": "Tue", "Time": time(9, 20), "Seat": 2, "Kind": "胃カメラ",
        "Name": "髙橋 花子", "Kana": "タカハシ ハナコ", "ID": "00012345", "Sex": "female",
        "Birth date": datetime(1980, 12, 31), "Age": 45, "Telephone": "03-0000-0000", "State": "arrived",
        "Check-up number": "20261201-001", "Comment": "要介助", "Why over capacity": "救急",
    }  # fmt: skip
    assert [{title: cell.value for title, cell in row.items()} for row in rows(free)] == [
        {"Date": datetime(2026, 12, 1), "Time": time(9, 20), "Kind": "胃カメラ", "Seats": 2, "Taken": 1, "Free": 1,
         "Closed": None, "Reason": None},
        {"Date": datetime(2026, 12, 1), "Time": time(9, 20), "Kind": "GONE", "Seats": 2, "Taken": 0, "Free": 0,
         "Closed": "closed to bookings", "Reason": "医師不在"},
    ]  # fmt: skip
    formats = {title: cell.number_format for title, cell in rows(booked)[0].items()}
    assert formats["Date"] == formats["Birth date"] == "yyyy-mm-dd" and formats["Time"] == "hh:mm"
    assert formats["ID"] == formats["Telephone"] == formats["Check-up number"] == "@"


def test_the_head_stays_filters_and_is_printed_on_each_page(tmp_path: Path) -> None:
    booked, free = written(tmp_path, [booking(), booking()], [slot()])
    for sheet, last in ((booked, "P3"), (free, "H2")):
        assert sheet.freeze_panes == "A2" and sheet.auto_filter.ref == f"A1:{last}"
        assert sheet.print_title_rows == "$1:$1" and sheet.page_setup.orientation == "landscape"
        assert all(cell.font.bold and cell.fill.fgColor.rgb.endswith("0B5CAD") for cell in sheet[1])
        assert all(sheet.column_dimensions[cell.column_letter].width > 5 for cell in sheet[1])


def test_the_words_are_those_of_the_language_in_force(tmp_path: Path) -> None:
    speak(load("ja"))
    try:
        booked, free = written(tmp_path, [booking()], [slot()])
    finally:
        speak(lambda text: text)
    assert (booked.title, free.title) == ("予約", "枠")
    assert {title: rows(booked)[0][title].value for title in ("曜日", "性別", "状態")} == {
        "曜日": "火", "性別": "女性", "状態": "予約"}  # fmt: skip
    assert [cell.value for cell in free[1]] == ["日付", "時刻", "種別", "枠数", "予約数", "空き", "受付", "理由"]


@pytest.mark.parametrize("text", HOSTILE)
def test_text_stays_text(tmp_path: Path, text: str) -> None:
    each = booking(patient_id=text, kanji=text, kana=text, phone=text, number=text, comment=text, over_reason=text)
    booked, free = written(tmp_path, [each], [slot(reason=text)])
    cells = [rows(booked)[0][title] for title in ("ID", "Name", "Kana", "Telephone", "Check-up number", "Comment")]
    for cell in [*cells, rows(free)[0]["Reason"]]:
        assert cell.value == text and cell.data_type == "s"
        assert cell.number_format == "@" and cell.quotePrefix, "it stays text also when somebody edits it"
    with zipfile.ZipFile(tmp_path / "bookings.xlsx") as whole:
        assert b"<f" not in whole.read("xl/worksheets/sheet1.xml")


def test_what_a_cell_cannot_hold_is_replaced_and_not_lost(tmp_path: Path) -> None:
    texts = {
        "a\x00b\x1fc": "a\ufffdb\ufffdc", "\ud842吉": "\ufffd吉", "a\r\nb\rc": "a\nb\nc",
        "あ" * 40000: "あ" * LONGEST_TEXT,
    }  # fmt: skip
    booked, _ = written(tmp_path, [booking(comment=text) for text in texts])
    assert [row["Comment"].value for row in rows(booked)] == list(texts.values())
    written(tmp_path, [booking(comment="_x0041_")])
    with zipfile.ZipFile(tmp_path / "bookings.xlsx") as whole:
        assert b"_x005F_x0041_" in whole.read("xl/worksheets/sheet1.xml"), "Excel would read it as A"


@pytest.mark.parametrize(("born", "shown", "age"), [
    ("1980-12-01", datetime(1980, 12, 1), 46), ("1980-12-02", datetime(1980, 12, 2), 45), ("", None, None),
    ("S55", "S55", None), ("1899-05-01", "1899-05-01", 127), ("2027-01-01", datetime(2027, 1, 1), None),
])  # fmt: skip
def test_birth_date_and_age(tmp_path: Path, born: str, shown: Any, age: int | None) -> None:
    booked, _ = written(tmp_path, [booking(birth_date=born)])
    assert (rows(booked)[0]["Birth date"].value, rows(booked)[0]["Age"].value) == (shown, age)
    assert age_at(born, DAY) == age


def test_empty_cells_are_empty_and_a_period_without_bookings_has_its_head(tmp_path: Path) -> None:
    nobody = Booking(1, 0, 0, "GASTRO", DAY, time(9), Booker(), BookingState.CANCELLED)
    booked, free = written(tmp_path, [nobody])
    assert {title for title, cell in rows(booked)[0].items() if cell.value is not None} == {
        "Date", "Weekday", "Time", "Kind", "State"}  # fmt: skip
    assert rows(free) == [] and free.auto_filter.ref == "A1:H1"
    with zipfile.ZipFile(tmp_path / "bookings.xlsx") as whole:
        assert b't="inlineStr"/>' not in whole.read("xl/worksheets/sheet1.xml").replace(b" />", b"/>")


def test_it_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scratch, path = tmp_path / "scratch", tmp_path / "out" / "bookings.xlsx"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    write_booking_workbook(path, [booking()], [], NAMES)
    before = path.read_bytes()

    def broken() -> Any:
        yield booking()
        raise RuntimeError("the store went away")

    with pytest.raises(RuntimeError):
        write_booking_workbook(path, broken(), [], NAMES)
    assert path.read_bytes() == before and list(path.parent.iterdir()) == [path]
    assert list(scratch.iterdir()) == [], "names of people would lie in the temporary folder"


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Fault) as told:
        write_booking_workbook(tmp_path / "file" / "bookings.xlsx", [booking()], [], NAMES)
    assert told.value.reference == "P507" and "Excel file" in told.value.told()
