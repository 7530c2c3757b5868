"""Slips, lists, week sheets and labels of reservations go to paper: kept as PDF, and owed to the printer of their kind.

What reads the store asks for one institution and some kinds (none named: all). Everything is written down in the audit
table, and no file bears a person's name.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

from kiosk.core.booking import Booking, SlotView
from kiosk.core.booking_book import WEEKDAYS, BookingBook, Kind
from kiosk.core.booking_rooms import by_room
from kiosk.core.faults import Refused
from kiosk.core.holidays import holiday
from kiosk.core.label_grid import LabelGrid
from kiosk.core.patient import age_at
from kiosk.core.safe_names import folder_key
from kiosk.core.settings import StationSettings
from kiosk.core.words import N_, say
from kiosk.flow.print_pages import owe_page
from kiosk.paper.booking_labels import LabelFacts, write_labels
from kiosk.paper.booking_sheets import Room, RoomRow, write_rooms
from kiosk.paper.booking_slip import SlipFacts, write_bookings, write_slip
from kiosk.paper.booking_week import WeekDay, WeekSlot, write_week
from kiosk.paper.booking_workbook import write_booking_workbook
from kiosk.paper.day_list import shown_day
from kiosk.store import audit, booking_reports, masters
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store

BOOKING = "booking"  # kind of pages, for the printer
EXAMINATIONS = "examinations"  # the master that has the rooms
LONGEST_EXPORT_DAYS = 400


def print_slip(
    centre: Store, own: Store, actor: Actor, station: StationSettings, folder: Path, booking: Booking, kind: Kind,
    place: str = "", phone: str = "", more: Sequence[tuple[Booking, str]] = (),
) -> Path:  # fmt: skip
    """The slip of one booking; its file. ``more``: what belongs to it (course, return visit), with names of kinds."""
    path = _new(folder, booking.day, f"slip-{booking.id}")
    facts = SlipFacts(
        booking.who.kanji or booking.who.kana, booking.who.kana, kind.name, booking.day, f"{booking.at:%H:%M}",
        kind.preparation, kind.notes, place, phone, booking.who.patient_id,
        tuple(f"{shown_day(each.day)}  {each.at:%H:%M}  {name}" for each, name in more),
    )  # fmt: skip
    write_slip(path, facts, station.institution_name, station=station.place or station.name, printed_at=_now())
    with centre.writing() as conn:
        audit.write(
            conn, actor, "booking slip printed", patient=f"|{booking.who.patient_id}", subject=f"booking {booking.id}"
        )  # fmt: skip
    owe_page(own, station.name, path, BOOKING)
    return path


def print_bookings(
    centre: Store, own: Store, actor: Actor, station: StationSettings, folder: Path, day: date, kind: Kind,
    bookings: Sequence[Booking],
) -> Path:  # fmt: skip
    """The day's bookings of a kind; its file."""
    path = _new(folder, day, f"bookings-{kind.code}")
    rows = [
        (f"{each.at:%H:%M}", str(each.seat), each.who.kanji, each.who.kana, each.who.patient_id,
         _born(each.who.birth_date, day, each.who.sex), each.who.phone, _remark(each)) for each in bookings
    ]  # fmt: skip
    write_bookings(
        path, kind.name, day, rows, station.institution_name, station=station.place or station.name, printed_at=_now()
    )  # fmt: skip
    with centre.writing() as conn:
        audit.write(conn, actor, "booking list printed", subject=f"{kind.code} {day.isoformat()}", rows=len(rows))
    owe_page(own, station.name, path, BOOKING)
    return path


def print_rooms(
    centre: Store, own: Store, actor: Actor, station: StationSettings, folder: Path, book: BookingBook, day: date, *,
    kinds: Sequence[str] = (), page_each: bool = False,
) -> Path:  # fmt: skip
    """The day's bookings room by room; its file. ``page_each``: each room begins a page. Raises LinkLost, Fault."""
    with centre.reading() as conn:
        booked = booking_reports.bookings_of_period(conn, station.institution, day, day, kinds)
        exams = masters.master(conn, EXAMINATIONS).get("examination", ())
    rooms = by_room(booked, book.kinds, {each["code"]: str(each.get("room", "")) for each in exams})
    path = _new(folder, day, "rooms")
    write_rooms(
        path, day, [Room(room, tuple(_room_row(each, book) for each in rows)) for room, rows in rooms.items()],
        station.institution_name, page_each=page_each, station=station.place or station.name, printed_at=_now(),
    )  # fmt: skip
    with centre.writing() as conn:
        audit.write(
            conn, actor, "booking room list printed", subject=day.isoformat(), rows=len(booked), kinds=sorted(kinds)
        )  # fmt: skip
    owe_page(own, station.name, path, BOOKING)
    return path


def print_week(
    centre: Store, own: Store, actor: Actor, station: StationSettings, folder: Path, book: BookingBook, kind: str,
    day: date,
) -> Path:  # fmt: skip
    """The week, from Monday on, that ``day`` lies in, of one kind; its file. Raises LinkLost, Fault."""
    since = day - timedelta(days=day.weekday())
    until = since + timedelta(days=WEEKDAYS - 1)
    with centre.reading() as conn:
        slots, booked = _period(conn, station.institution, since, until, [kind])
    days = [_week_day(book, since + timedelta(days=at), slots, booked) for at in range(WEEKDAYS)]
    path = _new(folder, since, f"week-{folder_key(kind)}")
    write_week(
        path, _kind(book, kind).name, days, station.institution_name, station=station.place or station.name,
        printed_at=_now(),
    )  # fmt: skip
    with centre.writing() as conn:
        audit.write(conn, actor, "booking week printed", subject=f"{kind} {since.isoformat()}", rows=len(booked))
    owe_page(own, station.name, path, BOOKING)
    return path


def print_labels(
    centre: Store, own: Store, actor: Actor, station: StationSettings, folder: Path, book: BookingBook, day: date, *,
    kinds: Sequence[str] = (), only: Collection[int] = (), grid: LabelGrid | None = None, start: int = 1,
) -> Path:  # fmt: skip
    """A label for each booking of the day (``only``: for these), by time, from label ``start`` of the first sheet on;
    the file. Raises Refused where there is none, WrongGrid, WrongStart, LinkLost, Fault.
    """
    with centre.reading() as conn:
        booked = booking_reports.bookings_of_period(conn, station.institution, day, day, kinds)
    booked = [each for each in booked if not only or each.id in only]
    if not booked:
        raise Refused("nobody", N_("There is no booking to print a label for."), "", reference="B473")
    path = _new(folder, day, "labels")
    write_labels(path, [_label(each, book) for each in booked], grid, start=start)
    with centre.writing() as conn:
        audit.write(
            conn, actor, "booking labels printed", patient=f"|{booked[0].who.patient_id}" if len(booked) == 1 else "",
            subject=f"booking {booked[0].id}" if len(booked) == 1 else day.isoformat(), rows=len(booked),
        )  # fmt: skip
    owe_page(own, station.name, path, BOOKING)
    return path


def export_bookings(
    centre: Store, actor: Actor, station: StationSettings, folder: Path, book: BookingBook, since: date, until: date,
    *, kinds: Sequence[str] = (), cancelled: bool = False,
) -> Path:  # fmt: skip
    """Bookings and slots of a period as an Excel file in ``folder``; the file. ``cancelled``: those that were cancelled
    too. It is written down before it is there. Raises Refused for a period that makes no sense, LinkLost, Fault.
    """
    if until < since or (until - since).days >= LONGEST_EXPORT_DAYS:
        raise Refused(
            "period", N_("From {since} to {until} is no period that can be exported at once."),
            N_("Choose up to {most} days."), reference="B474", since=since.isoformat(), until=until.isoformat(),
            most=LONGEST_EXPORT_DAYS,
        )  # fmt: skip
    with centre.reading() as conn:
        slots, booked = _period(conn, station.institution, since, until, kinds, cancelled=cancelled)
    with centre.writing() as conn:
        audit.write(
            conn, actor, "bookings exported", subject=f"{since.isoformat()} {until.isoformat()}", rows=len(booked),
            kinds=sorted(kinds), folder=str(folder),
        )  # fmt: skip
    path = folder / f"bookings-{since:%Y%m%d}-{until:%Y%m%d}-{datetime.now():%Y%m%d%H%M%S}.xlsx"
    names = {code: kind.name for code, kind in book.kinds.items()}
    write_booking_workbook(path, booked, slots, names, station.institution_name)
    return path


# -- inside ------------------------------------------------------------------------------------------------------


def _period(
    conn: Connection, institution: str, since: date, until: date, kinds: Sequence[str], *, cancelled: bool = False
) -> tuple[list[SlotView], list[Booking]]:
    return (
        booking_reports.slots_of_period(conn, institution, since, until, kinds),
        booking_reports.bookings_of_period(conn, institution, since, until, kinds, cancelled=cancelled),
    )


def _kind(book: BookingBook, code: str) -> Kind:
    """A kind that left the masters is told by its code."""
    return book.kinds.get(code) or Kind(code, code)


def _room_row(booking: Booking, book: BookingBook) -> RoomRow:
    who, age = booking.who, age_at(booking.who.birth_date, booking.day)
    return RoomRow(
        f"{booking.at:%H:%M}", _kind(book, booking.kind).name, who.kanji, who.kana, who.patient_id, who.birth_date,
        "" if age is None else str(age), booking.comment,
    )  # fmt: skip


def _born(birth_date: str, day: date, sex: str) -> str:
    """Birth date, age on that day and sex, as a day list has them."""
    age = age_at(birth_date, day)
    words = {"M": N_("male"), "F": N_("female")}.get(sex, "")
    return " ".join(filter(None, (birth_date, "" if age is None else str(age), say(words) if words else "")))


def _remark(booking: Booking) -> str:
    """The comment, before it why there is one more than seats."""
    reason = f"({booking.over_reason})" if booking.over_reason else ""
    return " ".join(filter(None, (reason, booking.department, booking.comment)))


def _label(booking: Booking, book: BookingBook) -> LabelFacts:
    who = booking.who
    return LabelFacts(
        who.kanji or who.kana, who.kana, who.patient_id, who.birth_date, _kind(book, booking.kind).name, booking.day,
        f"{booking.at:%H:%M}",
    )  # fmt: skip


def _week_day(book: BookingBook, day: date, slots: Iterable[SlotView], booked: Iterable[Booking]) -> WeekDay:
    """A day is closed where the calendar says so, unless a time of it was opened by hand."""
    people: dict[int, list[tuple[str, str]]] = {}
    for each in booked:
        people.setdefault(each.slot, []).append((each.who.kanji, each.who.kana))
    mine = [slot for slot in slots if slot.day == day]
    is_open, _, reason = book.day_state(day, holiday(day))
    shown = tuple(
        WeekSlot(f"{slot.at:%H:%M}", tuple(people.get(slot.id, ())), slot.free, slot.closed, slot.reason)
        for slot in mine
    )
    return WeekDay(day, shown, not is_open and all(slot.closed for slot in mine), reason)


def _new(folder: Path, day: date, name: str) -> Path:
    """No name of a person in the file's name: it may be seen by whoever services the printer."""
    path = folder / f"{day:%Y%m%d}" / f"{name}-{datetime.now():%H%M%S%f}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _now() -> str:
    return datetime.now().strftime("%Y-%m-%d %H:%M")
