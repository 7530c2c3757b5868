"""What giving, changing and taking back a seat means for everything else: shared resources are looked after, a return
visit goes along, and the examinee stands in the day's list and in the worklist.

Each method works inside the caller's transaction.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kiosk.core.booking import Booker, Booking, SlotView
from kiosk.core.booking_book import BookingBook, Kind, read_booking_book
from kiosk.core.course import CourseBook, plan, read_course_book
from kiosk.core.faults import Fault, Refused
from kiosk.core.patient import Patient, same_name
from kiosk.core.shared_resources import Need, needs_of
from kiosk.core.visit import VisitKey
from kiosk.core.words import N_
from kiosk.store import booked_visits, bookings, masters, resources, seats, slot_store, visits
from kiosk.store.booked_visits import OfDay
from kiosk.store.engine import Connection
from kiosk.store.visit_steps import booked_exams

log = logging.getLogger(__name__)

UNCOUNTED = Kind("", "")  # of a slot whose kind the masters no longer have


@dataclass(frozen=True)
class Ledger:
    """One book of reservations as it is at this moment, with the institution it is kept for. ``beside``: other books of
    the same institution, which share its rooms and people.
    """

    book: BookingBook
    institution: str
    beside: tuple[BookingBook, ...] = ()

    def needs(self, kind: str) -> tuple[Need, ...]:
        """What a kind takes of that which is counted."""
        return needs_of(self.book, kind, self.beside)

    def kind(self, code: str) -> Kind:
        """Raises Refused where the masters do not have it any more."""
        found = self.book.kinds.get(code)
        if found is None:
            raise Refused(
                "kind", N_("The kind {code} does not exist any more."), N_("Choose another one."), reference="B427",
                code=code,
            )  # fmt: skip
        return found


class BookSeats:
    """``master``: which book of reservations. ``institution``: of the station, where the book names none. ``others``:
    the books beside it.
    """

    def __init__(self, master: str, institution: str, issuer: str, others: Sequence[str] = ()) -> None:
        self.master = master
        self._others = [each for each in others if each != master]
        self._institution = institution
        self._issuer = issuer

    def entries(self, conn: Connection) -> dict[str, Any]:
        """The book's entries as they are stored."""
        return masters.master(conn, self.master)

    def ledger(self, conn: Connection) -> Ledger:
        """Raises WrongMaster."""
        book = read_booking_book(self.entries(conn))
        institution = book.institution or self._institution
        beside = [read_booking_book(masters.master(conn, each)) for each in self._others]
        same = tuple(each for each in beside if (each.institution or self._institution) == institution)
        return Ledger(book, institution, same)

    # -- acts ----------------------------------------------------------------------------------------------------

    def book(
        self, conn: Connection, slot: int, who: Booker, by: str, *, hold: str = "", comment: str = "",
        over_reason: str = "", linked: str = "", source: str = "desk", number: str = "",
    ) -> list[Booking]:  # fmt: skip
        """The booking, and that of the return visit where its kind has one. Raises SlotFull, ResourceTaken, Refused."""
        ledger = self.ledger(conn)
        kind = self._kind(ledger, seats.locked(conn, slot))
        if kind.returns and not linked:
            linked = uuid.uuid4().hex
        made = self._book_one(
            conn, ledger, slot, who, by, hold=hold, comment=comment, over_reason=over_reason, linked=linked,
            source=source, number=number,
        )  # fmt: skip
        if not kind.returns:
            return [made]
        back = self._return_slot(conn, ledger, kind, made)
        again = self._book_one(conn, ledger, back.id, who, by, comment=comment, linked=linked, source=source)
        return [made, again]

    def move(
        self, conn: Connection, booking: Booking, slot: int, by: str, *, over_reason: str = "", reason: str = "",
        along: bool = True,
    ) -> list[tuple[Booking, Booking]]:  # fmt: skip
        """(after, before) of the booking, and of its return visit where that goes ``along``. Raises SlotFull,
        Overtaken, ResourceTaken, Refused.
        """
        ledger = self.ledger(conn)
        before = bookings.booking_of(conn, booking.id)
        view = seats.locked(conn, slot)
        if view.kind != before.kind and (self._returns(ledger, view.kind) or self._returns(ledger, before.kind)):
            raise Refused(
                "returns", N_("An examination with a return visit is not changed into another one by moving."),
                N_("Cancel it, then book the other one."), reference="B424",
            )  # fmt: skip
        after = self._move_one(conn, ledger, booking, slot, by, over_reason=over_reason, reason=reason)
        moved = [(after, before)]
        kind = ledger.book.kinds.get(after.kind, UNCOUNTED)
        if along and kind.returns and after.day != before.day:
            for each in bookings.linked_with(conn, before.linked):
                if each.kind == kind.returns and each.state.holds_a_seat:
                    back = self._return_slot(conn, ledger, kind, after)
                    moved.append((self._move_one(conn, ledger, each, back.id, by, reason=reason), each))
        return moved

    def cancel(self, conn: Connection, booking: Booking, by: str, reason: str) -> Booking:
        """Raises Overtaken, Refused without a reason."""
        after = bookings.cancel(conn, booking.id, by, reason, version=booking.version)
        self._unschedule(conn, self.ledger(conn), booking)
        return after

    def restore(self, conn: Connection, booking: Booking, slot: int, by: str) -> Booking:
        """A cancelled one is on again. Raises SlotFull, ResourceTaken, Refused."""
        ledger = self.ledger(conn)
        resources.check(conn, slot, ledger.needs(seats.locked(conn, slot).kind))
        after = bookings.restore(conn, booking.id, slot, by)
        return self._feed(conn, ledger, after, by)

    def change(self, conn: Connection, booking: Booking, who: Booker, comment: str, by: str) -> Booking:
        """Whose it is and what is noted. Raises Overtaken, Refused where the ID is somebody else's."""
        ledger = self.ledger(conn)
        if who.patient_id:
            patient = self._patient(conn, who)
            if booked_visits.only_booked(conn, self._issuer, who.patient_id):
                visits.take_patient(conn, replace(patient, kanji=who.kanji, kana=who.kana))
        after = bookings.change(conn, booking.id, by, version=booking.version, who=who, comment=comment)
        if after.who.patient_id != booking.who.patient_id:
            after = bookings.renumber(conn, booking.id, "")
            self._unschedule(conn, ledger, booking)
        return self._feed(conn, ledger, after, by)

    def not_asked(self, conn: Connection, ledger: Ledger, day: date, booked: Sequence[Booking]) -> set[int]:
        """Bookings that the list does not ask for any more: its visit has vanished, or the course is another one."""
        seen = booked_visits.visits_of_day(conn, ledger.institution, day)
        gone = booked_visits.vanished(conn, ledger.institution, day, day)
        courses, found = self._courses(conn), set()
        for each in booked:
            visit = seen.get(each.number)
            if (each.day, each.number) in gone:
                found.add(each.id)
            elif each.source == "list" and each.exam and visit is not None and visit.source == "list":
                listed = plan(courses, visit.course, visit.options).examinations
                if each.exam not in {exam.code for exam in listed}:
                    found.add(each.id)
        return found

    # -- one booking ---------------------------------------------------------------------------------------------

    def _kind(self, ledger: Ledger, view: SlotView) -> Kind:
        return ledger.book.kinds.get(view.kind, UNCOUNTED)

    def _book_one(
        self, conn: Connection, ledger: Ledger, slot: int, who: Booker, by: str, *, hold: str = "", comment: str = "",
        over_reason: str = "", linked: str = "", source: str = "desk", number: str = "",
    ) -> Booking:  # fmt: skip
        view = seats.locked(conn, slot)
        kind = self._kind(ledger, view)
        short = resources.check(conn, slot, ledger.needs(kind.code), hold=hold, allowed=bool(over_reason))
        exam = self._exam(conn, kind)
        visit = self._visit(conn, ledger, view, who, number, open_one=exam != "")
        made = bookings.book(
            conn, slot, who, by, hold=hold, comment=comment, over_reason=over_reason, short=short, linked=linked,
            source=source, number=visit.number if visit else number, exam=exam,
        )  # fmt: skip
        if visit is not None and exam:
            self._schedule(conn, visit, made)
        return made

    def _move_one(
        self, conn: Connection, ledger: Ledger, booking: Booking, slot: int, by: str, *, over_reason: str = "",
        reason: str = "",
    ) -> Booking:  # fmt: skip
        view = seats.locked(conn, slot)
        kind = self._kind(ledger, view)
        needs = ledger.needs(kind.code)
        short = resources.check(conn, slot, needs, without=booking.id, allowed=bool(over_reason))
        exam = self._exam(conn, kind)
        same_day = view.day == booking.day
        visit = self._visit(conn, ledger, view, booking.who, booking.number if same_day else "", open_one=exam != "")
        number = visit.number if visit else booking.number if same_day else ""
        after = bookings.move(
            conn, booking.id, slot, by, version=booking.version, over_reason=over_reason, reason=reason,
            short=short, number=number, exam=exam,
        )  # fmt: skip
        if visit is not None and exam:
            self._schedule(conn, visit, after)
        if (booking.day, booking.number, booking.exam) != (after.day, after.number, after.exam):
            self._unschedule(conn, ledger, booking)
        return after

    def _returns(self, ledger: Ledger, code: str) -> str:
        return ledger.book.kinds.get(code, UNCOUNTED).returns

    def _return_slot(self, conn: Connection, ledger: Ledger, kind: Kind, made: Booking) -> SlotView:
        """The seat for the return visit that is nearest in time of day. Raises Refused where that day has none."""
        day = made.day + timedelta(days=kind.returns_days)
        views = slot_store.day_slots(conn, ledger.institution, day, [kind.returns])
        views = resources.with_spare(conn, ledger.institution, views, ledger.needs(kind.returns))
        free = [each for each in views if each.free > 0]
        if not free:
            raise Refused(
                "returns", N_("There is no seat for the return visit ({kind}) on {day}."),
                N_("Choose another day; what you typed is kept."), reference="B417", day=day.isoformat(),
                kind=ledger.book.kinds[kind.returns].name,
            )  # fmt: skip
        minute = made.at.hour * 60 + made.at.minute
        return min(free, key=lambda each: (abs(each.at.hour * 60 + each.at.minute - minute), each.at))

    # -- the visit -----------------------------------------------------------------------------------------------

    def _exam(self, conn: Connection, kind: Kind) -> str:
        """The examination of a kind; empty where the master does not have it."""
        return kind.examination if kind.examination in self._courses(conn).examinations else ""

    def _courses(self, conn: Connection) -> CourseBook:
        try:
            return read_course_book(masters.master(conn, "examinations"), masters.master(conn, "courses"))
        except Fault as why:  # whoever reads lists says so; booking goes on, and the list finds these bookings later
            log.warning("bookings stay off the worklist: %s", why)
            return CourseBook()

    def _visit(
        self, conn: Connection, ledger: Ledger, view: SlotView, who: Booker, number: str, *, open_one: bool
    ) -> OfDay | None:  # fmt: skip
        """The visit that the booking belongs to; a new one where nobody has told of it yet (``open_one``). None for
        somebody without a patient ID. Raises Refused where that ID is somebody else's.
        """
        if number:
            found = booked_visits.visit_of_number(conn, ledger.institution, view.day, number)
            if found is not None:
                return found
        if not who.patient_id:
            return None
        patient = self._patient(conn, who)
        found = booked_visits.visit_of_person(conn, ledger.institution, view.day, self._issuer, who.patient_id)
        if found is None and open_one:
            found = booked_visits.open_visit(conn, ledger.institution, view.day, patient, f"{view.at:%H:%M}")
        return found

    def _patient(self, conn: Connection, who: Booker) -> Patient:
        """As the store knows him; what a desk typed fills only what is empty. Raises Refused where name, sex or birth
        date say that the ID is somebody else's.
        """
        born = date.fromisoformat(who.birth_date) if who.birth_date else None
        told = Patient(self._issuer, who.patient_id, who.kanji, who.kana, "", who.sex, born)
        known = visits.patient_of(conn, self._issuer, who.patient_id)
        if known is None:
            return told
        others_birth = born and known.birth_date and born != known.birth_date
        others_sex = who.sex and known.sex and who.sex != known.sex
        if others_birth or others_sex or not same_name(known, told):
            raise Refused(
                "other", N_("The ID {id} belongs to {name}, born {born}."),
                N_("Compare ID, sex and birth date, then correct what was typed."), reference="B418",
                id=who.patient_id, name=known.kanji or known.kana, born=known.birth_date or "-",
            )  # fmt: skip
        return replace(told, kanji=known.kanji or told.kanji, kana=known.kana or told.kana, romaji=known.romaji)

    def _feed(self, conn: Connection, ledger: Ledger, booking: Booking, by: str) -> Booking:
        """List and worklist show a booking as it is now."""
        view = seats.locked(conn, booking.slot)
        visit = self._visit(conn, ledger, view, booking.who, booking.number, open_one=booking.exam != "")
        if visit is None:
            return booking
        if visit.number != booking.number:
            booking = bookings.renumber(conn, booking.id, visit.number)
        if booking.exam:
            self._schedule(conn, visit, booking)
        return booking

    def _schedule(self, conn: Connection, visit: OfDay, booking: Booking) -> None:
        exam = self._courses(conn).examinations.get(booking.exam)
        if exam is None:
            return
        booked_visits.schedule(conn, visit.id, exam, f"{booking.at:%H:%M}")
        booked_visits.mark_seated(conn, visit.id, exam.code)
        visits.tell(conn, visit.id, booking.day)

    def _unschedule(self, conn: Connection, ledger: Ledger, was: Booking) -> None:
        """The examination is off the list of that day, unless the list itself or another booking asks for it."""
        if not was.exam or not was.number:
            return
        visit = booked_visits.visit_of_number(conn, ledger.institution, was.day, was.number)
        if visit is None:
            return
        key = VisitKey(ledger.institution, was.day, was.number)
        listed = plan(self._courses(conn), visit.course, visit.options).examinations if visit.source == "list" else ()
        if was.exam not in {each.code for each in listed} | set(booked_exams(conn, key)):
            booked_visits.unschedule(conn, visit.id, was.exam)
        visits.tell(conn, visit.id, was.day)
