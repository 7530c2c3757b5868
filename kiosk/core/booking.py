"""A booking: who, what, when, and where it stands; what a person may be warned of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from kiosk.core.booking_book import Kind
from kiosk.core.patient import Patient


class BookingState(StrEnum):
    TENTATIVE = "tentative"
    BOOKED = "booked"
    ARRIVED = "arrived"
    DONE = "done"
    CANCELLED = "cancelled"
    ABSENT = "absent"

    @property
    def holds_a_seat(self) -> bool:
        return self is not BookingState.CANCELLED


@dataclass(frozen=True)
class Booker:
    """Who is booked. ``birth_date`` ISO or empty; ``patient_id`` may be empty for a newcomer."""

    patient_id: str = ""
    kanji: str = ""
    kana: str = ""
    sex: str = ""
    birth_date: str = ""
    phone: str = ""


def booker_of(patient: Patient) -> Booker:
    """Somebody whom the store knows."""
    born = patient.birth_date.isoformat() if patient.birth_date else ""
    return Booker(patient.patient_id, patient.kanji, patient.kana, patient.sex, born)


@dataclass(frozen=True)
class Booking:
    """``linked``: those with the same mark belong together (a course, a return visit). ``slot`` 0 where cancelled."""

    id: int
    slot: int
    seat: int
    kind: str
    day: date
    at: time
    who: Booker
    state: BookingState = BookingState.BOOKED
    department: str = ""
    doctor: str = ""
    comment: str = ""
    linked: str = ""
    number: str = ""  # check-up number
    exam: str = ""  # of the examination master: the step of its visit
    source: str = "desk"  # or list: the check-up system's
    over_reason: str = ""
    version: int = 1


@dataclass(frozen=True)
class SlotView:
    """A slot as people see it. ``free``: seats that may be taken; ``held``: by somebody who is typing. ``spare``: how
    many more of ``short``, the resource that is shortest then, there are (None: it needs none).
    """

    id: int
    kind: str
    day: date
    at: time
    capacity: int
    taken: int
    held: int = 0
    closed: bool = False
    by_hand: bool = False
    reason: str = ""
    spare: int | None = None
    short: str = ""
    holder: str = ""  # who types just now

    @property
    def free(self) -> int:
        seats = self.capacity - self.taken - self.held
        return 0 if self.closed else max(0, seats if self.spare is None else min(seats, self.spare))


def mark(free: int, capacity: int) -> str:
    """○ much is free, △ little (a quarter or less), × nothing; empty where there is no slot."""
    if capacity <= 0:
        return ""
    if free <= 0:
        return "×"
    return "△" if free * 4 <= capacity else "○"


@dataclass(frozen=True)
class Warning:
    """Something to look at before booking. ``what``: twice (the same kind for this person that day) or pair."""

    what: str
    other: Booking


def warnings_of(kind: Kind, kinds: Mapping[str, Kind], mine: Iterable[Booking], day: date) -> list[Warning]:
    """What of a person's bookings speaks against one of ``kind`` on ``day``."""
    found = []
    for each in mine:
        if each.day != day or not each.state.holds_a_seat:
            continue
        other = kinds.get(each.kind)
        if each.kind == kind.code:
            found.append(Warning("twice", each))
        elif each.kind in kind.exclusive or (other is not None and kind.code in other.exclusive):
            found.append(Warning("pair", each))
    return found
