"""Room lists, week sheets and labels: everybody is on them, whatever the name, and nothing runs out of its field."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.label_grid import LabelGrid, WrongStart
from kiosk.paper.booking_labels import LabelFacts, write_labels
from kiosk.paper.booking_sheets import Room, RoomRow, write_rooms
from kiosk.paper.booking_week import WeekDay, WeekSlot, write_week

DAY = date(2026, 12, 1)
MONDAY = date(2026, 11, 30)
ReadText = Callable[[bytes], list[str]]
UNKNOWN = "\U0002a6d6村 試子"  # a character that no font has


def row(number: int = 1, **changes: str) -> RoomRow:
    usual = {
        "at": f"{8 + number // 6:02}:{number % 6}0", "kind": "胃カメラ", "name": f"見本 {number}番",
        "kana": "ミホン バン", "patient_id": f"{number:08}", "birth": "1980-12-31", "age": "45", "comment": "",
    }  # fmt: skip
    return RoomRow(**{**usual, **changes})


def texts(read_text: ReadText, path: Path) -> list[str]:
    return read_text(path.read_bytes())


def outside(path: Path, left_mm: float = 11.5, right_mm: float = 11.5) -> list[str]:
    """What lies outside the margins of its page, or upon other text: each is a fault that a person would see."""
    import pypdfium2

    wrong, point = [], 72 / 25.4
    with pypdfium2.PdfDocument(path.read_bytes()) as document:
        for number, page in enumerate(document, start=1):
            width, height = page.get_size()
            text = page.get_textpage()
            boxes = []
            for index in range(text.count_chars()):
                shown = text.get_text_range(index, 1)
                if not shown.strip():
                    continue
                x0, y0, x1, y1 = text.get_charbox(index)
                if x0 < left_mm * point or x1 > width - right_mm * point or y0 < 3 * point or y1 > height - 3 * point:
                    wrong.append(f"page {number}: {shown} at {x0:.0f} {y0:.0f}")
                boxes.append((x0 + 0.4, y0 + 0.4, x1 - 0.4, y1 - 0.4, shown))
            boxes.sort()
            for at, (x0, y0, x1, y1, shown) in enumerate(boxes):
                for ox0, oy0, _, oy1, other in boxes[at + 1 :]:
                    if ox0 >= x1:
                        break
                    if oy0 < y1 and y0 < oy1:
                        wrong.append(f"page {number}: {shown} on {other} at {x0:.0f} {y0:.0f}")
    return wrong


# -- rooms ---------------------------------------------------------------------------------------------------------


def test_everybody_stands_in_their_room_and_each_page_says_which(tmp_path: Path, read_text: ReadText) -> None:
    rooms = [Room("内視鏡室", tuple(row(n) for n in range(60))), Room("乳房撮影室", (row(70),))]
    path = tmp_path / "rooms.pdf"
    pages = write_rooms(path, DAY, rooms, "見本健診センター", station="予約窓口")
    read = texts(read_text, path)
    assert len(read) == pages > 1
    assert all("2026-12-01" in page and "見本健診センター" in page and "Birth date" in page for page in read)
    assert all("内視鏡室" in page for page in read[:-1])
    assert ["(continued)" in page for page in read] == [False] + [True] * (pages - 1)
    whole = "".join(read)
    assert all(whole.count(f"{n:08}") == 1 for n in (*range(60), 70))
    assert "60 bookings" in whole and "乳房撮影室" in read[-1] and "1980-12-31 (age 45)" in whole
    assert outside(path) == []


def test_each_room_may_begin_its_page(tmp_path: Path, read_text: ReadText) -> None:
    rooms = [Room("内視鏡室", (row(1),)), Room("乳房撮影室", (row(2),)), Room("診察室", (row(3),))]
    assert write_rooms(tmp_path / "one.pdf", DAY, rooms, "見本") == 1
    assert write_rooms(tmp_path / "each.pdf", DAY, rooms, "見本", page_each=True) == 3
    read = texts(read_text, tmp_path / "each.pdf")
    assert [room.title in page for room, page in zip(rooms, read, strict=True)] == [True] * 3


def test_a_missing_character_is_told_with_the_kana_on_its_page(tmp_path: Path, read_text: ReadText) -> None:
    rows = [row(n) for n in range(30)]
    rows[25] = row(25, name=UNKNOWN, kana="リュウムラ タメシコ")
    rows[26] = row(26, name="髙橋 花子", comment="葛\U000e0100城")
    write_rooms(tmp_path / "rooms.pdf", DAY, [Room("内視鏡室", tuple(rows))], "見本")
    page = next(page for page in texts(read_text, tmp_path / "rooms.pdf") if f"{25:08}" in page)
    assert "〓村 試子" in page and "U+2A6D6" in page and "Kana: リュウムラ タメシコ" in page
    assert "髙橋 花子" in page and "another form" in page


@pytest.mark.parametrize("name", ["", "=cmd|' /C calc'!A0", "見本" * 100, "M" * 200, "髙橋\n花子\t様", UNKNOWN * 30])
def test_no_text_runs_out_of_its_column(tmp_path: Path, read_text: ReadText, name: str) -> None:
    every = RoomRow("09:00", name, name, name, "X" * 64, name, "45", name * 30)
    path = tmp_path / "rooms.pdf"
    pages = write_rooms(path, DAY, [Room(name, (every, row(2)))], name[:20])
    assert pages <= 2 and outside(path) == []
    read = "".join(texts(read_text, path))
    assert "00000002" in read and "".join(read.split()).count("X") == 64 + (name.count("X"))


def test_a_day_without_bookings_says_so(tmp_path: Path, read_text: ReadText) -> None:
    assert write_rooms(tmp_path / "rooms.pdf", DAY, [], "見本") == 1
    assert "Nobody is booked" in texts(read_text, tmp_path / "rooms.pdf")[0]
    assert write_rooms(tmp_path / "rooms.pdf", DAY, [Room("診察室")], "見本") == 1
    assert "Nobody is booked" in texts(read_text, tmp_path / "rooms.pdf")[0]


# -- week ----------------------------------------------------------------------------------------------------------


def week(slots: dict[int, tuple[WeekSlot, ...]], **closed: str) -> list[WeekDay]:
    """Seven days; ``d6="reason"`` closes Sunday."""
    return [
        WeekDay(MONDAY + timedelta(days=at), slots.get(at, ()), f"d{at}" in closed, closed.get(f"d{at}", ""))
        for at in range(7)
    ]


def test_a_week_shows_people_what_is_free_and_why_it_is_closed(tmp_path: Path, read_text: ReadText) -> None:
    slots = {
        0: (WeekSlot("09:00", (("見本 太郎", "ミホン タロウ"),), 1), WeekSlot("09:20", (), 2)),
        1: (WeekSlot("09:00", (("見本 次郎", ""),), 0), WeekSlot("09:20", (), 0, True, "医師不在")),
        2: (WeekSlot("10:00", (), 0, True),),
        3: (WeekSlot("10:00", (("見本 三郎", ""),), 5),),
    }
    path = tmp_path / "week.pdf"
    assert write_week(path, "胃カメラ", week(slots, d3="設備点検", d6=""), "見本", station="予約窓口") == 1
    page = texts(read_text, path)[0]
    assert all(f"{MONDAY + timedelta(days=at)}" in page for at in range(7))
    assert all(each in page for each in ("09:00", "09:20", "10:00", "見本 太郎", "見本 次郎", "見本 三郎", "胃カメラ"))
    assert page.count("free") == 2 and "○ 1 free" in page and "○ 2 free" in page, "none on a day that is closed"
    assert "医師不在" in page and "closed to bookings" in page and "設備点検" in page and "closed day" in page
    assert outside(path) == []


def test_closed_days_are_grey(tmp_path: Path) -> None:
    import pypdfium2

    path = tmp_path / "week.pdf"
    write_week(path, "胃カメラ", week({0: (WeekSlot("09:00", (), 1),)}, d6="休診"), "見本")
    with pypdfium2.PdfDocument(path.read_bytes()) as document:
        picture = document[0].render(scale=2).to_pil().convert("RGB")
    dots = 72 / 25.4 * 2  # a millimetre
    inks = {at: picture.getpixel((int((26 + 37 * at + 34) * dots), int(45 * dots))) for at in (5, 6)}
    assert inks[5] == (255, 255, 255) and inks[6] == (0xD9, 0xDE, 0xE4)


def test_a_name_without_its_glyph_is_told_by_its_kana(tmp_path: Path, read_text: ReadText) -> None:
    people = ((UNKNOWN, "リュウムラ タメシコ"), ("\U0002a6d6川", ""), ("", ""), ("", "カナダケ"))
    path = tmp_path / "week.pdf"
    write_week(path, "胃カメラ", week({0: (WeekSlot("09:00", people),)}), "見本")
    page = texts(read_text, path)[0]
    assert "リュウムラ タメシコ" in page and "〓村" not in page
    assert "〓川" in page and "U+2A6D6" in page and "カナダケ" in page
    assert outside(path) == []


@pytest.mark.parametrize("count", [1, 40, 200])
def test_a_full_week_goes_on_on_further_pages(tmp_path: Path, read_text: ReadText, count: int) -> None:
    def slot(day: int, hour: int) -> WeekSlot:
        people = tuple((f"見本{day}-{hour}-{n}。", "") for n in range(count if hour == 9 else 2))
        return WeekSlot(f"{hour:02}:00", people, 1)

    slots = {day: tuple(slot(day, hour) for hour in range(7, 20)) for day in range(6)}
    path = tmp_path / "week.pdf"
    pages = write_week(path, "胃カメラ", week(slots, d6="休診"), "見本")
    read = texts(read_text, path)
    assert pages == len(read) > 1 and all("2026-12-06" in page and "休診" in page for page in read)
    whole = "".join(read)
    assert all(whole.count(f"見本{day}-9-{n}。") == 1 for day in range(6) for n in range(count))
    assert whole.count("free") == 6 * 13 and outside(path) == []


@pytest.mark.parametrize("name", ["=cmd", "見本" * 100, "M" * 200, "髙橋\n花子", UNKNOWN * 20])
def test_no_name_runs_into_the_next_day(tmp_path: Path, name: str) -> None:
    slot = WeekSlot("09:00", ((name, name), (name, "")), 1, reason=name)
    path = tmp_path / "week.pdf"
    days = [WeekDay(MONDAY + timedelta(days=at), (slot, WeekSlot("10:00", (), 0, True, name)), False, name)
            for at in range(7)]  # fmt: skip
    write_week(path, name, days, "見本")
    assert outside(path) == []


def test_a_week_without_times_says_so(tmp_path: Path, read_text: ReadText) -> None:
    path = tmp_path / "week.pdf"
    assert write_week(path, "胃カメラ", week({}, **{f"d{at}": "年末年始" for at in range(7)}), "見本") == 1
    assert "no times" in texts(read_text, path)[0]


# -- labels --------------------------------------------------------------------------------------------------------


def label(number: int = 1, **changes: Any) -> LabelFacts:
    usual = {
        "name": "髙橋 花子", "kana": "タカハシ ハナコ", "patient_id": f"{number:08}", "birth": "1980-12-31",
        "kind": "マンモグラフィ", "day": DAY, "at": "09:00",
    }  # fmt: skip
    return LabelFacts(**{**usual, **changes})


def scanned(path: Path) -> list[tuple[int, float, float, str]]:
    """Page, x and y in mm, and text of each barcode, as a reader finds them."""
    import pypdfium2
    import zxingcpp

    found = []
    with pypdfium2.PdfDocument(io.BytesIO(path.read_bytes())) as document:
        for number, page in enumerate(document):
            picture = page.render(scale=6).to_pil()
            for each in zxingcpp.read_barcodes(picture):
                at, mm = each.position.top_left, 25.4 / 72 / 6
                found.append((number, round(at.x * mm, 1), round(at.y * mm, 1), each.text))
    return found


def test_labels_lie_where_the_sheet_has_them_and_can_be_scanned(tmp_path: Path, read_text: ReadText) -> None:
    path = tmp_path / "labels.pdf"
    assert write_labels(path, [label(n) for n in range(27)], start=23) == 3
    codes = scanned(path)
    assert sorted(each[3] for each in codes) == [f"{n:08}" for n in range(27)]
    assert [sum(each[0] == page for each in codes) for page in range(3)] == [2, 24, 1]
    grid = LabelGrid()
    for _, x, y, _ in codes:
        column, row_of = (x - grid.left_mm) // grid.pitch_x_mm, (y - grid.top_mm) // grid.pitch_y_mm
        assert 0 <= column < 3 and 0 <= row_of < 8
        assert abs(x - grid.left_mm - column * grid.pitch_x_mm - grid.padding_mm) < 0.5
    first = texts(read_text, path)[0]
    wanted = ("髙橋 花子", "タカハシ ハナコ", "1980-12-31", "マンモグラフィ", "2026-12-01", "09:00")
    assert [each for each in wanted if each not in first] == []
    assert "1 / 3" not in first, "nothing stands on a label sheet but its labels"


@pytest.mark.parametrize("grid", [
    LabelGrid(), LabelGrid(4, 11, 8.0, 10.9, 48.5, 25.4, 48.3, 25.4, 2.0), LabelGrid(2, 5, 18.6, 21.2, 86.4, 50.8),
    LabelGrid(1, 1, 0.0, 0.0, 210.0, 297.0),
])  # fmt: skip
@pytest.mark.parametrize("name", ["", "=cmd|' /C calc'!A0", "見本" * 100, "M" * 200, "髙橋\n花子", UNKNOWN * 9])
def test_no_label_writes_on_its_neighbour(tmp_path: Path, grid: LabelGrid, name: str) -> None:
    labels = [label(n, name=name, kana=name, kind=name) for n in range(grid.a_sheet)]
    labels[0] = label(0, name=name, patient_id="X" * 64)
    path = tmp_path / "labels.pdf"
    assert write_labels(path, labels, grid) == 1
    assert outside(path, 0.5, 0.5) == []
    if not name:
        assert {each[3] for each in scanned(path)} >= {each.patient_id for each in labels[1:]}


def test_an_id_is_printed_whole_also_where_no_bars_can_tell_it(tmp_path: Path, read_text: ReadText) -> None:
    ids = ["X" * 64, "患者12", "", "A-1", "123456789012345678901234"]
    path = tmp_path / "labels.pdf"
    write_labels(path, [label(patient_id=each) for each in ids])
    page = "".join(texts(read_text, path)[0].split())
    assert all(each in page for each in ids) and page.count("1980-12-31") == len(ids)
    assert {each[3] for each in scanned(path)} == {"A-1", "123456789012345678901234"}


def test_a_name_without_its_glyph_has_its_kana_above(tmp_path: Path, read_text: ReadText) -> None:
    path = tmp_path / "labels.pdf"
    write_labels(path, [label(name=UNKNOWN, kana="リュウムラ タメシコ")])
    page = texts(read_text, path)[0]
    assert "〓村 試子" in page and "リュウムラ タメシコ" in page


def test_a_wrong_start_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(WrongStart):
        write_labels(tmp_path / "labels.pdf", [label()], start=25)
    assert list(tmp_path.iterdir()) == []


def test_every_font_is_embedded(tmp_path: Path, embedded: Callable[[Path], dict[str, bool]]) -> None:
    write_rooms(tmp_path / "rooms.pdf", DAY, [Room("内視鏡室", (row(name="髙橋 𠮷子"),))], "見本")
    write_week(tmp_path / "week.pdf", "胃カメラ", week({0: (WeekSlot("09:00", (("髙橋 𠮷子", ""),)),)}), "見本")
    write_labels(tmp_path / "labels.pdf", [label()])
    for name in ("rooms", "week", "labels"):
        fonts = embedded(tmp_path / f"{name}.pdf")
        assert fonts and all(fonts.values()), name
