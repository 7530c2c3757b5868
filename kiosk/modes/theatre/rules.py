"""What the theatre window shows: lanes and gaps of a day, bars, rows of lists, what happened, in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kiosk.core import operation_words as words
from kiosk.core.operation import ORDERS, SIDES, STATES, Operation, OperationState
from kiosk.core.theatre_book import TheatreBook
from kiosk.core.theatre_overlap import together
from kiosk.core.words import N_, Sentence, say

SNAP_MIN = 5
SHORTEST_GAP = timedelta(minutes=15)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))
CHANGES = {
    "made": N_("booked"), "moved": N_("moved"), "changed": N_("altered"), "timed": N_("time written"),
    "cancelled": N_("operation cancelled"), "restored": N_("brought back"),
}  # fmt: skip
FACTS = {
    "room": N_("Room"), "enter": N_("Entering"), "start": N_("Start"), "end": N_("End"),
    "patient_id": N_("Patient ID"), "kanji": N_("Name"), "kana": N_("Kana"), "sex": N_("Sex"),
    "birth_date": N_("Birth date"), "ward": N_("Ward"), "blood_type": N_("Blood type"), "urgent": N_("Urgency"),
    "order": N_("Order"), "department": N_("Department"), "diagnosis": N_("Diagnosis"), "method": N_("Method"),
    "side": N_("Side"), "position": N_("Position"), "anaesthesia": N_("Anaesthesia"), "surgeon": N_("Surgeon"),
    "assistants": N_("Assistants"), "anaesthetist": N_("Anaesthetist"), "scrub_nurse": N_("Scrub nurse"),
    "circulating_nurse": N_("Circulating nurse"), "infection": N_("Infection"), "allergy": N_("Allergy"),
    "blood": N_("Blood prepared"), "equipment": N_("Special equipment"), "pathology": N_("Rapid pathology"),
    "remarks": N_("Remark"), "actual_enter": N_("Entered"), "actual_start": N_("Started"),
    "actual_end": N_("Ended"), "state": N_("State"), "cancel_reason": N_("Reason of cancelling"),
    "overlap_reason": N_("Reason of overlapping"),
}  # fmt: skip


# -- the picture of a day ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Spot:
    """A place in the picture of a day: an operation, or the free time of a room (``operation`` None)."""

    room: str
    since: datetime
    until: datetime
    operation: Operation | None = None

    @property
    def key(self) -> tuple[str, int, datetime]:
        """An operation is the same wherever it stands."""
        if self.operation is not None:
            return "", self.operation.id, datetime.min
        return self.room, 0, self.since


@dataclass(frozen=True)
class Bar:
    """An operation as drawn: beside how many others of its room it stands, and as which of them."""

    operation: Operation
    at: int
    of: int
    state: str


def shown_hours(day: date, book: TheatreBook, operations: Iterable[Operation]) -> tuple[datetime, datetime]:
    """From which to which full hour the day is drawn: the hours of the masters, and whatever lies outside of them."""
    since, until = datetime.combine(day, book.first), datetime.combine(day, book.last)
    begin = datetime.combine(day, datetime.min.time())
    for each in operations:
        since, until = min(since, each.since, each.enter), max(until, each.until)
    since, until = max(since, begin), min(until, begin + DAY + 12 * HOUR)
    first = since.replace(minute=0)
    last = until.replace(minute=0) + (HOUR if until.minute else timedelta())
    return first, max(last, first + HOUR)


def every_room(book: TheatreBook, operations: Iterable[Operation]) -> list[str]:
    """The rooms of the masters, then such as only the operations name."""
    return [*book.rooms, *sorted({each.room for each in operations} - set(book.rooms))]


def bars_of(operations: Sequence[Operation]) -> list[Bar]:
    """Those of one room; what overlaps stands one below the other."""
    found: list[Bar] = []
    for cluster in _clusters(sorted(operations, key=lambda each: (each.since, each.id))):
        rows: list[list[Operation]] = []
        row_of: dict[int, int] = {}
        for each in cluster:
            free = next((at for at, row in enumerate(rows) if not any(together(each, one) for one in row)), len(rows))
            rows[free : free + 1] = [[*(rows[free] if free < len(rows) else []), each]]
            row_of[each.id] = free
        found += [Bar(each, row_of[each.id], len(rows), bar_state(each, len(rows) > 1)) for each in cluster]
    return found


def _clusters(there: Sequence[Operation]) -> list[list[Operation]]:
    """Those that overlap, one with the next, by time: they share the height of the lane."""
    found: list[list[Operation]] = []
    until = datetime.min
    for each in there:
        if found and each.since < until:
            found[-1].append(each)
        else:
            found.append([each])
        until = max(until, each.until)
    return found


def bar_state(operation: Operation, overlaps: bool) -> str:
    """What its colour says: ended, going on, overlapping, urgent, or planned."""
    if operation.state is OperationState.ENDED:
        return "ended"
    if operation.state in (OperationState.ENTERED, OperationState.STARTED):
        return "going"
    if overlaps or operation.overlap_reason:
        return "overlap"
    return "urgent" if operation.urgent else "planned"


def bar_lines(operation: Operation, overlaps: bool) -> list[str]:
    """The words of a bar, the most important first: what is not as usual (may be empty), who, and what of it."""
    team = operation.team
    marks = (
        words.urgency_text(operation),
        say(N_("overlapping")) if overlaps or operation.overlap_reason else "",
        words.state_text(operation) if operation.state is not OperationState.PLANNED else "",
    )  # fmt: skip
    span = words.span_text(operation.since, operation.until)
    return [
        " ".join(part for part in marks if part),
        operation.patient.name,
        words.method_text(operation),
        " ".join(part for part in (span, words.order_text(operation)) if part),
        " ".join(part for part in (team.surgeon, words.joined(operation.anaesthesia)) if part),
        words.joined([*team.assistants, team.anaesthetist]), words.joined([team.scrub_nurse, team.circulating_nurse]),
        words.joined(operation.equipment),
    ]  # fmt: skip


def spots_of(room: str, operations: Iterable[Operation], since: datetime, until: datetime) -> list[Spot]:
    """What can be marked in a room, by time: its operations and the free times between them."""
    mine = sorted((each for each in operations if each.room == room), key=lambda each: (each.since, each.id))
    found, free_from = [], since
    for each in mine:
        if each.since - free_from >= SHORTEST_GAP:
            found.append(Spot(room, free_from, each.since))
        found.append(Spot(room, each.since, each.until, each))
        free_from = max(free_from, each.until)
    if until - free_from >= SHORTEST_GAP:
        found.append(Spot(room, free_from, until))
    return found


def closest(spots: Sequence[Spot], moment: datetime) -> Spot | None:
    """The spot of a room at that moment, else the one nearest to it."""

    def distance(spot: Spot) -> timedelta:
        if spot.since <= moment < spot.until:
            return timedelta()
        return min(abs(spot.since - moment), abs(spot.until - moment))

    return min(spots, key=lambda spot: (distance(spot), spot.operation is None), default=None)


def snapped(moment: datetime) -> datetime:
    """To the nearest five minutes."""
    begin = datetime.combine(moment.date(), datetime.min.time())
    steps = round((moment - begin).total_seconds() / 60 / SNAP_MIN)
    return begin + timedelta(minutes=steps * SNAP_MIN)


# -- words -------------------------------------------------------------------------------------------------------------


def values_of(operation: Operation) -> dict[str, str]:
    """Whom a sentence is about, where and when."""
    return {
        "name": operation.patient.name, "room": operation.room, "day": f"{operation.enter:%m-%d}",
        "at": f"{operation.enter:%H:%M}",
    }  # fmt: skip


def head_words(operations: Sequence[Operation]) -> Sentence:
    """How many there are."""
    there = words.stands(operations)
    urgent = sum(each.urgent for each in there)
    values = {"n": len(there), "urgent": urgent}
    return Sentence(N_("{n} operations, {urgent} urgent") if urgent else N_("{n} operations"), values)


def detail_lines(operation: Operation) -> tuple[str, str, str, str]:
    """Of the marked operation: name and who, what and when, who operates, what must be known."""
    patient = operation.patient
    who = " ".join(
        part for part in (patient.name, patient.kana, words.person_text(operation), patient.ward, patient.blood_type,
                          patient.patient_id) if part
    )  # fmt: skip
    actual = [
        f"{say(text)} {words.clock_text(moment)}" for text, moment in (
            (FACTS["actual_enter"], operation.actual_enter), (FACTS["actual_start"], operation.actual_start),
            (FACTS["actual_end"], operation.actual_end),
        ) if moment is not None
    ]  # fmt: skip
    order = f"{say(FACTS['order'])} {words.order_text(operation)}" if operation.order else ""
    what = "  ".join(
        part for part in (
            words.kind_text(operation), words.state_text(operation), operation.room, order,
            words.span_text(operation.enter, operation.end), *actual, words.method_text(operation),
            operation.diagnosis, operation.department,
        ) if part
    )  # fmt: skip
    team = "  ".join([
        *words.team_texts(operation), *words.nurse_texts(operation),
        *(part for part in (words.joined(operation.anaesthesia), operation.position) if part),
    ])  # fmt: skip
    reason = operation.cancel_reason or operation.overlap_reason
    care = "  ".join([*words.care_texts(operation), *([reason] if reason else [])])
    return who, what, team, care


def free_words(spot: Spot) -> Sentence:
    """What is told of a marked free time."""
    values = {"room": spot.room, "since": f"{spot.since:%H:%M}", "until": f"{spot.until:%H:%M}"}
    return Sentence(N_("{room} is free from {since} to {until}: F5 books."), values)


def list_cells(operation: Operation, day: str) -> tuple[str, ...]:
    """Cells of a row in a list of operations."""
    order, team = words.order_text(operation), operation.team
    return (
        day, operation.room, " ".join(part for part in (order,) if part),
        words.span_text(operation.enter, operation.end), words.kind_text(operation), words.state_text(operation),
        operation.patient.name, words.person_text(operation), operation.patient.ward, words.method_text(operation),
        words.joined(operation.anaesthesia), words.joined([team.surgeon, *team.assistants]),
    )  # fmt: skip


def list_state(operation: Operation) -> str:
    """Colour of a row: done, or to be looked at (urgent, overlapping); a cancelled one has its word alone."""
    if operation.state is OperationState.ENDED:
        return "done"
    if operation.state is OperationState.CANCELLED:
        return ""
    return "look" if operation.overlap_reason or operation.urgent else ""


def change_cells(change: Any) -> tuple[str, ...]:
    """Cells of a line of the history: when, who, what, which facts from what to what, reason."""
    what = say(CHANGES.get(change.what, change.what))
    named = [name for name in FACTS if name in change.after and (change.before.get(name) or change.after[name])]
    told = "、".join(
        f"{say(FACTS[name])} {fact_text(name, change.before[name])}→{fact_text(name, change.after[name])}"
        if name in change.before else f"{say(FACTS[name])} {fact_text(name, change.after[name])}" for name in named
    )  # fmt: skip
    return change.at[:16].replace("T", " "), change.by, what, told, change.reason


def fact_text(name: str, value: Any) -> str:
    """A fact as the history keeps it, in words; nothing is told as a dash."""
    if name == "state":
        return say(STATES[OperationState(value)])
    if name == "urgent":
        return say(N_("urgent") if value else N_("elective"))
    if name == "sex":
        return say(words.SEXES.get(value, value)) or "-"
    if name in ("side", "order"):
        return say({**SIDES, **ORDERS}.get(value, value)) or "-"
    if isinstance(value, bool):
        return say(N_("yes") if value else N_("not wanted"))
    if isinstance(value, list):
        return words.joined(value) or "-"
    text = str(value).replace("T", " ") if name in ("enter", "start", "end") or name[:7] == "actual_" else str(value)
    return text or "-"


def master_cells(section: str, entry: Mapping[str, Any]) -> tuple[str, str]:
    """Name of an entry of the masters, and what belongs to it."""
    if section == "equipment":
        return entry["name"], say(Sentence(N_("{n} of it"), {"n": entry.get("count", 1)}))
    if section == "method":
        parts = (
            say(Sentence(N_("{n} minutes"), {"n": entry.get("minutes", 60)})), entry.get("position", ""),
            words.joined(entry.get("anaesthesia", ())), entry.get("department", ""),
            words.joined(entry.get("equipment", ())),
        )  # fmt: skip
        return entry["name"], "  ".join(part for part in parts if part)
    if section == "hours":
        until = (
            f"{say(WEEKDAYS[int(entry.get('cut_off_weekday', 3))])} {entry['cut_off']}" if entry.get("cut_off") else ""
        )
        return say(N_("Hours and cut-off")), f"{entry.get('first', '')}-{entry.get('last', '')}  {until}".strip()
    return entry["name"], ""
