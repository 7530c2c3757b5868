"""Room lists, week sheets, labels and the export of reservations: of one institution, audited, no names outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.core.booking import Booker, BookingState
from kiosk.core.booking_book import BookingBook, DayRule, Kind
from kiosk.core.faults import Fault, Refused
from kiosk.core.holidays import holiday
from kiosk.core.label_grid import LabelGrid, WrongStart
from kiosk.core.settings import StationSettings
from kiosk.core.slot_making import Slot, plan
from kiosk.flow.print_booking import (
    BOOKING,
    LONGEST_EXPORT_DAYS,
    export_bookings,
    print_labels,
    print_rooms,
    print_week,
)
from kiosk.store import booking_reports, bookings, seats, slot_store
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.tables import audit as audit_table
from kiosk.store.tables import jobs as jobs_table

ACTOR = Actor("clerk", "reception", "desk-1")
STATION = StationSettings(name="desk-1", place="予約窓口", institution="0001", institution_name="見本健診センター")
KINDS = {
    each.code: each
    for each in (
        Kind("GASTRO", "胃カメラ", needs=("内視鏡室", "医師"), examination="GASTRO"),
        Kind("MMG", "マンモグラフィ", examination="MAMMO"),
        Kind("GUIDE", "保健指導"),
    )
}
HANAKO = Booker("00012346", "髙橋 花子", "タカハシ ハナコ", "F", "1980-12-31", "+81-3")
TARO = Booker("00000007", "=1+1", "ヤマダ タロウ", "M", "", "")


def a_monday() -> date:
    """Of a week to come that has no holiday."""
    day = date.today() + timedelta(days=7 - date.today().weekday())
    while any(holiday(day + timedelta(days=at)) for at in range(7)):
        day += timedelta(days=7)
    return day


@pytest.fixture
def monday() -> date:
    return a_monday()


@pytest.fixture
def book(monday: date) -> BookingBook:
    thursday = monday + timedelta(days=3)
    return BookingBook(KINDS, days={thursday: DayRule(thursday, "closed", reason="設備点検")})


@pytest.fixture
def booked(centre: Store, monday: date) -> dict[str, int]:
    """Two institutions, three kinds; Hanako's and Taro's bookings by name."""
    tuesday = monday + timedelta(days=1)
    slots = [Slot(kind, day, time(hour), 2) for kind in KINDS for day in (monday, tuesday) for hour in (9, 10)]
    made: dict[str, int] = {}
    with centre.writing() as conn:
        for institution in ("0001", "0002"):
            slot_store.carry_out(conn, institution, plan({each.key: each for each in slots}, []))

        def book_one(name: str, institution: str, kind: str, day: date, at: int, who: Booker, **more: str) -> None:
            views = slot_store.day_slots(conn, institution, day, [kind])
            made[name] = bookings.book(conn, views[at].id, who, "clerk", **more).id

        book_one("gastro", "0001", "GASTRO", tuesday, 0, HANAKO, comment="要介助")
        book_one("gastro 2", "0001", "GASTRO", tuesday, 0, TARO)
        book_one("over", "0001", "GASTRO", tuesday, 0, Booker(kana="カナ ダケ"), over_reason="救急")
        book_one("mmg", "0001", "MMG", tuesday, 1, HANAKO)
        book_one("guide", "0001", "GUIDE", monday, 0, TARO)
        book_one("cancelled", "0001", "MMG", tuesday, 1, Booker("9", "取消 様"))
        bookings.cancel(conn, made["cancelled"], "clerk", "本人都合")
        book_one("elsewhere", "0002", "GASTRO", tuesday, 1, Booker("8", "別院 様"))
    return made


@pytest.fixture
def page_text() -> Callable[[Path], str]:
    import pypdfium2

    def read(path: Path) -> str:
        with pypdfium2.PdfDocument(path.read_bytes()) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)

    return read


def last_audit(centre: Store) -> Any:
    with centre.reading() as conn:
        row = conn.execute(sa.select(audit_table).order_by(audit_table.c.seq.desc()).limit(1)).mappings().one()
    return dict(row) | {"detail": json.loads(row["detail"] or "{}")}


def owed(own: Store) -> list[tuple[str, str]]:
    """Kind of page and file of what is owed to the printer."""
    with own.reading() as conn:
        rows = conn.execute(sa.select(jobs_table)).mappings().all()
    return [(row["destination"], row["body"]["path"]) for row in rows]


def test_rooms(
    centre: Store, local: Store, tmp_path: Path, monday: date, book: BookingBook, booked: Any, page_text: Any
) -> None:
    tuesday = monday + timedelta(days=1)
    path = print_rooms(centre, local, ACTOR, STATION, tmp_path, book, tuesday)
    text = page_text(path)
    assert text.index("内視鏡室") < text.index("乳房撮影室") and "保健指導" not in text and "医師" not in text
    assert text.count("髙橋 花子") == 2 and "カナ ダケ" in text and "要介助" in text and "=1+1" in text
    assert "取消" not in text and "別院" not in text, "cancelled, or of another institution"
    assert "1 / 1" in text and path.parent.name == f"{tuesday:%Y%m%d}"
    assert owed(local) == [(BOOKING, str(path))]
    told = last_audit(centre)
    assert (told["action"], told["who"], told["subject"]) == ("booking room list printed", "clerk", tuesday.isoformat())
    assert told["detail"]["rows"] == 4
    each = print_rooms(centre, local, ACTOR, STATION, tmp_path, book, tuesday, page_each=True)
    assert "2 / 2" in page_text(each)
    only = print_rooms(centre, local, ACTOR, STATION, tmp_path, book, tuesday, kinds=["MMG"])
    assert "乳房撮影室" in page_text(only) and "内視鏡室" not in page_text(only)


def test_a_kind_that_left_the_masters_is_still_printed(
    centre: Store, local: Store, tmp_path: Path, monday: date, booked: Any, page_text: Any
) -> None:
    tuesday = monday + timedelta(days=1)
    text = page_text(print_rooms(centre, local, ACTOR, STATION, tmp_path, BookingBook(), tuesday))
    assert "GASTRO" in text and "MMG" in text and text.count("髙橋 花子") == 2
    assert "MMG" in page_text(print_labels(centre, local, ACTOR, STATION, tmp_path, BookingBook(), tuesday))
    assert "GASTRO" in page_text(print_week(centre, local, ACTOR, STATION, tmp_path, BookingBook(), "GASTRO", tuesday))


def test_a_week_from_monday_whichever_day_is_asked(
    centre: Store, local: Store, tmp_path: Path, monday: date, book: BookingBook, booked: Any, page_text: Any
) -> None:
    with centre.writing() as conn:
        first = slot_store.day_slots(conn, "0001", monday, ["GASTRO"])[0]
        slot_store.change_slot(conn, first.id, closed=True, reason="医師不在")
    for day in (monday, monday + timedelta(days=6)):
        path = print_week(centre, local, ACTOR, STATION, tmp_path, book, "GASTRO", day)
        text = page_text(path)
        assert all(f"{monday + timedelta(days=at)}" in text for at in range(7))
        assert "胃カメラ" in text and "設備点検" in text and "医師不在" in text
        assert text.count("髙橋 花子") == 1 and "カナ ダケ" in text and "別院" not in text
        assert text.count("2 free") == 2, "Monday's and Tuesday's ten o'clock"
        assert last_audit(centre)["subject"] == f"GASTRO {monday.isoformat()}"
    assert [page for page, _ in owed(local)] == [BOOKING, BOOKING]


def test_a_closed_day_that_was_opened_by_hand_shows_what_is_free(
    centre: Store, local: Store, tmp_path: Path, monday: date, book: BookingBook, page_text: Any
) -> None:
    thursday = monday + timedelta(days=3)
    extra = Slot("GASTRO", thursday, time(13), 4)
    with centre.writing() as conn:
        slot_store.carry_out(conn, "0001", plan({extra.key: extra}, []))
    text = page_text(print_week(centre, local, ACTOR, STATION, tmp_path, book, "GASTRO", monday))
    assert "4 free" in text and "設備点検" in text


def test_labels(
    centre: Store, local: Store, tmp_path: Path, monday: date, book: BookingBook, booked: dict[str, int], page_text: Any
) -> None:
    tuesday = monday + timedelta(days=1)
    path = print_labels(centre, local, ACTOR, STATION, tmp_path, book, tuesday, grid=LabelGrid(rows=2), start=5)
    text = page_text(path)
    assert text.count("タカハシ ハナコ") == 2 and text.count("00012346") == 2 and "取消" not in text
    told = last_audit(centre)
    assert (told["action"], told["patient"], told["detail"]["rows"]) == ("booking labels printed", "", 4)
    one = print_labels(centre, local, ACTOR, STATION, tmp_path, book, tuesday, only=[booked["mmg"]])
    assert "マンモグラフィ" in page_text(one) and "胃カメラ" not in page_text(one)
    assert last_audit(centre)["patient"] == "|00012346"
    assert owed(local) == [(BOOKING, str(path)), (BOOKING, str(one))]


def test_what_cannot_be_printed_is_neither_owed_nor_written_down(
    centre: Store, local: Store, tmp_path: Path, monday: date, book: BookingBook, booked: Any
) -> None:
    with centre.reading() as conn:
        before = conn.execute(sa.select(sa.func.count()).select_from(audit_table)).scalar_one()
    with pytest.raises(Refused):
        print_labels(centre, local, ACTOR, STATION, tmp_path, book, monday, kinds=["MMG"])
    with pytest.raises(WrongStart):
        print_labels(centre, local, ACTOR, STATION, tmp_path, book, monday, start=99)
    with centre.reading() as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(audit_table)).scalar_one() == before
    assert owed(local) == [] and not list(tmp_path.rglob("*.pdf"))


def exported(path: Path) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    from openpyxl import load_workbook

    found = []
    for sheet in load_workbook(path).worksheets:
        titles, *rows = sheet.iter_rows(values_only=True)
        found.append([dict(zip(titles, row, strict=True)) for row in rows])
    return found[0], found[1]


def test_export(centre: Store, tmp_path: Path, monday: date, book: BookingBook, booked: dict[str, int]) -> None:
    with centre.writing() as conn:
        bookings.change(conn, booked["gastro"], "clerk", state=BookingState.ARRIVED, number="0001")
        seats.hold_seat(conn, slot_store.day_slots(conn, "0001", monday, ["MMG"])[0].id, "typing", "clerk")
    folder = tmp_path / "持ち出し"
    path = export_bookings(centre, ACTOR, STATION, folder, book, monday, monday + timedelta(days=6))
    rows, slots = exported(path)
    assert [(row["Kind"], row["Name"], row["ID"], row["Seat"], row["State"]) for row in rows] == [
        ("保健指導", "=1+1", "00000007", 1, "booked"), ("胃カメラ", "髙橋 花子", "00012346", 1, "arrived"),
        ("胃カメラ", "=1+1", "00000007", 2, "booked"), ("胃カメラ", None, None, 3, "booked"),
        ("マンモグラフィ", "髙橋 花子", "00012346", 1, "booked"),
    ]  # fmt: skip
    assert rows[1]["Check-up number"] == "0001" and rows[3]["Why over capacity"] == "救急"
    assert len(slots) == 12 and {(row["Taken"], row["Free"]) for row in slots} == {(0, 2), (1, 1), (3, 0)}
    told = last_audit(centre)
    assert (told["action"], told["who"], told["detail"]["rows"]) == ("bookings exported", "clerk", 5)
    assert path.parent == folder and path.name.startswith(f"bookings-{monday:%Y%m%d}-")
    assert list(folder.iterdir()) == [path] and path.name.isascii()


def test_an_export_of_some_kinds_and_with_the_cancelled(
    centre: Store, tmp_path: Path, monday: date, book: BookingBook, booked: Any
) -> None:
    until = monday + timedelta(days=1)
    rows, slots = exported(
        export_bookings(centre, ACTOR, STATION, tmp_path, book, monday, until, kinds=["MMG"], cancelled=True)
    )
    assert [(row["Name"], row["State"], row["Seat"]) for row in rows] == [
        ("髙橋 花子", "booked", 1), ("取消 様", "cancelled", None)]  # fmt: skip
    assert {row["Kind"] for row in slots} == {"マンモグラフィ"}
    assert last_audit(centre)["detail"]["kinds"] == ["MMG"]


def test_a_period_that_makes_no_sense_is_refused(
    centre: Store, tmp_path: Path, monday: date, book: BookingBook
) -> None:
    for until in (monday - timedelta(days=1), monday + timedelta(days=LONGEST_EXPORT_DAYS)):
        with pytest.raises(Refused):
            export_bookings(centre, ACTOR, STATION, tmp_path, book, monday, until)
    last = monday + timedelta(days=LONGEST_EXPORT_DAYS - 1)
    assert exported(export_bookings(centre, ACTOR, STATION, tmp_path, book, monday, last)) == ([], [])


def test_an_export_that_fails_has_been_written_down_all_the_same(
    centre: Store, tmp_path: Path, monday: date, book: BookingBook, booked: Any
) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(Fault):
        export_bookings(centre, ACTOR, STATION, tmp_path / "file", book, monday, monday)
    assert last_audit(centre)["action"] == "bookings exported"


def test_a_period_is_found_by_its_index(centre_on_sqlite: Store, monday: date) -> None:
    asked: list[tuple[str, Any]] = []

    with centre_on_sqlite.reading() as conn:
        def note(_conn: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
            asked.append((statement, values))

        sa.event.listen(conn, "before_cursor_execute", note)
        booking_reports.bookings_of_period(conn, "0001", monday, monday, ["GASTRO", "MMG"])
        booking_reports.slots_of_period(conn, "0001", monday, monday)
        sa.event.remove(conn, "before_cursor_execute", note)
        plans = [
            " ".join(row[3] for row in conn.exec_driver_sql("EXPLAIN QUERY PLAN " + statement, values))
            for statement, values in asked
        ]
    assert len(plans) == 2
    assert "ix_bookings_day" in plans[0] or "ix_bookings_visit" in plans[0]
    assert "ix_slots_day" in plans[1] and not any("SCAN bookings" in each or "SCAN slots" in each for each in plans)


def test_files_bear_no_names(
    centre: Store, local: Store, tmp_path: Path, monday: date, book: BookingBook, booked: Any
) -> None:
    tuesday = monday + timedelta(days=1)
    odd = BookingBook({"胃/..": Kind("胃/..", "胃")})
    paths = [
        print_rooms(centre, local, ACTOR, STATION, tmp_path, book, tuesday),
        print_labels(centre, local, ACTOR, STATION, tmp_path, book, tuesday, only=[booked["gastro"]]),
        print_week(centre, local, ACTOR, STATION, tmp_path, odd, "胃/..", tuesday),
    ]
    assert all(path.parent.parent == tmp_path and path.name.isascii() for path in paths)
    assert all("12346" not in path.name for path in paths)
