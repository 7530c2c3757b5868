"""An operation as the theatre plans it: who, what, where, when, with whom and with what, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from kiosk.core.faults import Refused
from kiosk.core.words import N_

LONGEST = timedelta(hours=24)
LONGEST_LEAD = timedelta(hours=6)  # from entering to the start; more is a slip of the hand
ON_CALL = "call"  # the order of an operation that begins when the one before it ends
SIDES = {"": "", "R": N_("right"), "L": N_("left"), "B": N_("both sides")}
ORDERS = {"": "", **{str(at): str(at) for at in range(1, 10)}, ON_CALL: N_("on call")}
BLOOD_TYPES = ("", "A+", "B+", "O+", "AB+", "A-", "B-", "O-", "AB-")
DAY = timedelta(days=1)


class OperationState(StrEnum):
    PLANNED = "planned"
    ENTERED = "entered"  # the patient is in the room
    STARTED = "started"
    ENDED = "ended"
    CANCELLED = "cancelled"

    @property
    def holds_the_room(self) -> bool:
        return self is not OperationState.CANCELLED


STATES = {
    OperationState.PLANNED: N_("planned"), OperationState.ENTERED: N_("in the room"),
    OperationState.STARTED: N_("under operation"), OperationState.ENDED: N_("operation ended"),
    OperationState.CANCELLED: N_("operation cancelled"),
}  # fmt: skip


@dataclass(frozen=True)
class OperationPatient:
    """Who is operated on. ``birth_date`` ISO or empty; ``patient_id`` may be empty for who has just been brought in."""

    patient_id: str = ""
    kanji: str = ""
    kana: str = ""
    sex: str = ""
    birth_date: str = ""
    ward: str = ""
    blood_type: str = ""

    @property
    def name(self) -> str:
        return self.kanji or self.kana or self.patient_id

    def age_on(self, day: date) -> int | None:
        """Completed years; None where the birth date is not known."""
        try:
            born = date.fromisoformat(self.birth_date)
        except ValueError:
            return None
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


@dataclass(frozen=True)
class Team:
    """Who operates; names as the masters or the desk spell them."""

    surgeon: str = ""
    assistants: tuple[str, ...] = ()
    anaesthetist: str = ""
    scrub_nurse: str = ""
    circulating_nurse: str = ""

    @property
    def people(self) -> tuple[str, ...]:
        """Everybody who cannot be in two rooms at once."""
        every = (self.surgeon, *self.assistants, self.anaesthetist, self.scrub_nurse, self.circulating_nurse)
        return tuple(dict.fromkeys(each.strip() for each in every if each.strip()))


@dataclass(frozen=True)
class Operation:
    """``enter``, ``start``, ``end`` as planned; an operation may end on the next day. ``overlap_reason``: why it may
    stand beside another one in the same room, or share a person with it.
    """

    id: int
    room: str
    enter: datetime
    start: datetime
    end: datetime
    patient: OperationPatient = field(default_factory=OperationPatient)
    urgent: bool = False
    order: str = ""
    department: str = ""
    diagnosis: str = ""
    method: str = ""
    side: str = ""
    position: str = ""
    anaesthesia: tuple[str, ...] = ()
    team: Team = field(default_factory=Team)
    infection: str = ""
    allergy: str = ""
    blood: tuple[str, ...] = ()
    equipment: tuple[str, ...] = ()
    pathology: bool = False
    remarks: str = ""
    actual_enter: datetime | None = None
    actual_start: datetime | None = None
    actual_end: datetime | None = None
    state: OperationState = OperationState.PLANNED
    cancel_reason: str = ""
    overlap_reason: str = ""
    version: int = 1

    @property
    def day(self) -> date:
        """The day in whose list it stands."""
        return self.enter.date()

    @property
    def minutes(self) -> int:
        """From start to end, as planned."""
        return round((self.end - self.start).total_seconds() / 60)

    @property
    def since(self) -> datetime:
        """From when on it has the room: as it was where that is known, else as planned."""
        return self.actual_enter or self.actual_start or self.enter

    @property
    def until(self) -> datetime:
        """Until when it has the room: as it was, else as planned; one that began late lasts as long as planned."""
        if self.actual_end is not None:
            return max(self.actual_end, self.since)
        if self.actual_start is not None:
            return self.actual_start + (self.end - self.start)
        return max(self.end, self.since + (self.end - self.enter) if self.actual_enter else self.end)

    def moved(self, room: str, enter: datetime) -> Operation:
        """The same operation at another time or in another room, all of it as long as before."""
        by = enter - self.enter
        return replace(self, room=room, enter=enter, start=self.start + by, end=self.end + by)


def state_of(operation: Operation) -> OperationState:
    """Where it stands by its actual times."""
    if operation.state is OperationState.CANCELLED:
        return operation.state
    if operation.actual_end is not None:
        return OperationState.ENDED
    if operation.actual_start is not None:
        return OperationState.STARTED
    return OperationState.ENTERED if operation.actual_enter is not None else OperationState.PLANNED


def check_operation(operation: Operation) -> None:
    """Raises Refused for one that cannot be: nobody named, no room, times that run backwards, longer than a day."""
    if not operation.patient.name.strip():
        raise Refused("name", N_("Who is operated on? A name or an ID is missing."), N_("Type or scan it."),
                      reference="B421")  # fmt: skip
    if not operation.room:
        raise Refused("room", N_("In which room? It is missing."), N_("Choose the room."), reference="B422")
    in_order = operation.enter <= operation.start < operation.end
    lead, whole = operation.start - operation.enter, operation.end - operation.enter
    if not in_order or lead > LONGEST_LEAD or whole > LONGEST:
        raise Refused(
            "times", N_("The planned times do not follow one another: entering {enter}, start {start}, end {end}."),
            N_("Correct them; an operation lasts at most a day, its start follows entering within six hours."),
            reference="B423", enter=f"{operation.enter:%H:%M}",
            start=f"{operation.start:%H:%M}", end=f"{operation.end:%H:%M}",
        )  # fmt: skip
    actual = [each for each in (operation.actual_enter, operation.actual_start, operation.actual_end) if each]
    if actual != sorted(actual):
        raise Refused(
            "actual", N_("The actual times do not follow one another."),
            N_("Correct them: entering, start, end."), reference="B424",
        )  # fmt: skip


def following(moment: datetime, clock: time, *, later: bool = False) -> datetime:
    """The first time that the clock shows this, at or after the moment (``later``: after it). Night belongs to it."""
    found = datetime.combine(moment.date(), clock)
    return found + DAY if found < moment or (later and found == moment) else found


def nearest(moment: datetime, clock: time) -> datetime:
    """The time closest to the moment at which the clock shows this; for actual times, which carry no date."""
    found = datetime.combine(moment.date(), clock)
    return min((found - DAY, found, found + DAY), key=lambda each: abs(each - moment))


# -- as plain data, for the history, the copy on this PC's disk and whoever compares -----------------------------------

_MOMENTS = ("enter", "start", "end", "actual_enter", "actual_start", "actual_end")
_LISTS = ("anaesthesia", "blood", "equipment")


def told(operation: Operation) -> dict[str, Any]:
    """All facts as JSON takes them; patient and team are laid out flat."""
    plain = asdict(operation)
    plain |= plain.pop("patient") | plain.pop("team")
    for name in _MOMENTS:
        plain[name] = plain[name].isoformat(timespec="minutes") if plain[name] is not None else ""
    for name in (*_LISTS, "assistants"):
        plain[name] = list(plain[name])
    return {**plain, "state": operation.state.value}


def read_told(plain: Mapping[str, Any]) -> Operation:
    """The operation that ``told`` laid down."""
    rest = dict(plain)
    patient = OperationPatient(**{each.name: rest.pop(each.name) for each in fields(OperationPatient)})
    team = Team(**{**{each.name: rest.pop(each.name) for each in fields(Team)},
                   "assistants": tuple(plain["assistants"])})  # fmt: skip
    for name in _MOMENTS:
        rest[name] = datetime.fromisoformat(rest[name]) if rest[name] else None
    for name in _LISTS:
        rest[name] = tuple(rest[name])
    return Operation(**{**rest, "state": OperationState(rest["state"])}, patient=patient, team=team)
