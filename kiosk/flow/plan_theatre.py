"""What a theatre desk does: looks at a day and a week, plans, moves, times and cancels operations, and undoes.

Methods work on the calling thread and may block; each change is one transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from kiosk.core.change_line import Change
from kiosk.core.faults import LinkLost, Overtaken, Refused
from kiosk.core.operation import Operation, OperationPatient
from kiosk.core.theatre_book import TheatreBook, entries, read_theatre_book, with_entry
from kiosk.core.theatre_overlap import TheatreRules
from kiosk.core.words import N_, say
from kiosk.flow.kept_theatre import DAY, MASTER, KeptTheatre
from kiosk.store import audit, masters, notices, operations, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store

UNDONE = N_("taken back at the same desk")  # as the history tells it
MOST_FOUND = 50
LOOK_BACK = timedelta(days=365)  # as far as somebody asks about operations of old
MASTERS = "theatre masters"  # kind of the notice when the masters were changed


@dataclass(frozen=True)
class TheatreDays:
    """One or more days, with the masters they are drawn by."""

    first: date
    book: TheatreBook
    operations: tuple[Operation, ...]
    seen_at: str = ""  # where the store is away: when this PC saw the first of them


@dataclass(frozen=True)
class TheatreDone:
    """An action that can be taken back. ``before`` is None for an operation that was made."""

    what: str
    operation: Operation
    before: Operation | None = None


class PlanTheatre:
    """One desk; it remembers its own last action."""

    def __init__(
        self, centre: Store, institution: str, actor: Callable[[], Actor], kept: KeptTheatre | None = None, *,
        turnover_min: int = 0, overlap_roles: Sequence[str] = (), keepers: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """``overlap_roles``: who may let a person stand in two operations at once; ``keepers``: who may change the
        masters (empty: whoever works here).
        """
        self._centre = centre
        self._institution = institution
        self._actor = actor
        self._kept = kept
        self._turnover_min = turnover_min
        self._overlap_roles = frozenset(overlap_roles)
        self._keepers = frozenset(keepers)
        self._last: TheatreDone | None = None

    # -- looking -------------------------------------------------------------------------------------------------

    def book(self) -> TheatreBook:
        """The masters. Raises WrongTheatreMaster, LinkLost."""
        with self._centre.reading() as conn:
            return read_theatre_book(masters.master(conn, MASTER))

    def day(self, day: date) -> TheatreDays:
        """As it is; as this PC saw it last while the store is away (two weeks; raises LinkLost beyond that)."""
        try:
            with self._centre.reading() as conn:
                book = read_theatre_book(masters.master(conn, MASTER))
                return TheatreDays(day, book, tuple(operations.operations_on(conn, self._institution, day)))
        except LinkLost:
            kept, told = self._seen(day)
            if kept is None or told is None:
                raise
            return TheatreDays(day, read_theatre_book(told), kept.operations, kept.seen_at)

    def week(self, day: date) -> TheatreDays:
        """Monday to Sunday of the week that the day lies in; what this PC saw of it while the store is away."""
        monday = day - timedelta(days=day.weekday())
        try:
            with self._centre.reading() as conn:
                book = read_theatre_book(masters.master(conn, MASTER))
                found = operations.operations_between(conn, self._institution, monday, monday + 6 * DAY)
                return TheatreDays(monday, book, tuple(found))
        except LinkLost:
            seen = [(each, *self._seen(each)) for each in (monday + DAY * at for at in range(7))]
            known = [(each, kept, told) for each, kept, told in seen if kept is not None and told is not None]
            if not known:
                raise
            mine = [one for each, kept, _ in known for one in kept.operations if one.day == each]
            return TheatreDays(monday, read_theatre_book(known[0][2]), tuple(mine), known[0][1].seen_at)

    def operation(self, operation: int) -> Operation:
        """As it is now. Raises Refused where there is none."""
        with self._centre.reading() as conn:
            return operations.operation_of(conn, operation)

    def history(self, operation: int) -> list[Change]:
        """Oldest first."""
        with self._centre.reading() as conn:
            return operations.history(conn, operation)

    def find(self, text: str) -> list[Operation]:
        """Of whoever has this ID or check-up number, or whose name or kana begin like this; from a year ago on."""
        since = date.today() - LOOK_BACK
        with self._centre.reading() as conn:
            found = operations.find_operations(conn, self._institution, text, since)
            seen = {each.patient.patient_id for each in visits.find_visits(conn, text, limit=MOST_FOUND)}
            if not found and len(seen) == 1 and text.strip():
                found = operations.find_operations(conn, self._institution, seen.pop(), since)
        return found

    def people(self, text: str) -> list[OperationPatient]:
        """Who has this ID, or whose name begins like this: examinees of this house, and whoever was operated on."""
        found: dict[str, OperationPatient] = {}
        with self._centre.reading() as conn:
            for each in visits.find_visits(conn, text, limit=MOST_FOUND):
                patient = each.patient
                born = patient.birth_date.isoformat() if patient.birth_date else ""
                found[patient.patient_id] = OperationPatient(
                    patient.patient_id, patient.shown_name, patient.kana, patient.sex, born
                )  # fmt: skip
            since = date.today() - LOOK_BACK
            for one in operations.find_operations(conn, self._institution, text, since, limit=MOST_FOUND):
                known = found.get(one.patient.patient_id, one.patient)
                found[one.patient.patient_id] = replace(
                    known, ward=one.patient.ward, blood_type=one.patient.blood_type
                )  # fmt: skip
        exact = found.get(text.strip())
        return [exact] if exact is not None and text.strip() else list(found.values())

    # -- doing ---------------------------------------------------------------------------------------------------

    def make(self, wanted: Operation, reason: str = "") -> Operation:
        """Plan it. Raises Refused, TheatreTaken."""
        with self._centre.writing() as conn:
            made = operations.make(conn, self._institution, wanted, self._who(), self._rules(conn), reason=reason)
            audit.write(conn, self._actor(), "operation planned", **_about(made))
        self._last = TheatreDone("made", made)
        return made

    def move(self, operation: Operation, room: str, enter: datetime, reason: str = "") -> Operation:
        """In one step. Raises Refused, TheatreTaken, Overtaken."""
        with self._centre.writing() as conn:
            after = operations.move(
                conn, operation.id, room, enter, self._who(), self._rules(conn), version=operation.version,
                reason=reason,
            )  # fmt: skip
            audit.write(conn, self._actor(), "operation moved", **_about(after))
        self._last = TheatreDone("moved", after, operation)
        return after

    def change(self, before: Operation, wanted: Operation, reason: str = "") -> Operation:
        """Its facts as typed. Raises Refused, TheatreTaken, Overtaken."""
        with self._centre.writing() as conn:
            after = operations.change(conn, wanted, self._who(), self._rules(conn), reason=reason)
            audit.write(conn, self._actor(), "operation changed", **_about(after))
        self._last = TheatreDone("changed", after, before)
        return after

    def set_time(self, operation: Operation, what: str, at: datetime) -> Operation:
        """``what``: enter, start or end, at that moment. Raises Refused, Overtaken."""
        with self._centre.writing() as conn:
            after = operations.set_time(
                conn, operation.id, what, at, self._who(), self._rules(conn), version=operation.version
            )  # fmt: skip
            audit.write(conn, self._actor(), "operation timed", **_about(after), what=what, at=f"{at:%H:%M}")
        self._last = TheatreDone("timed", after, operation)
        return after

    def cancel(self, operation: Operation, reason: str) -> Operation:
        """Raises Refused without a reason, Overtaken."""
        with self._centre.writing() as conn:
            after = operations.cancel(
                conn, operation.id, self._who(), reason, self._rules(conn), version=operation.version
            )  # fmt: skip
            audit.write(conn, self._actor(), "operation cancelled", **_about(after), reason=reason)
        self._last = TheatreDone("cancelled", after, operation)
        return after

    def restore(self, operation: Operation, reason: str = "") -> Operation:
        """A cancelled one stands again. Raises TheatreTaken, Overtaken."""
        with self._centre.writing() as conn:
            after = operations.restore(
                conn, operation.id, self._who(), self._rules(conn), version=operation.version, reason=reason
            )  # fmt: skip
            audit.write(conn, self._actor(), "operation restored", **_about(after))
        self._last = TheatreDone("restored", after, operation)
        return after

    def undo(self) -> TheatreDone:
        """Take the last action of this desk back. Raises Refused where there is none, TheatreTaken, Overtaken."""
        last, self._last = self._last, None
        if last is None:
            raise Refused("nothing", N_("There is nothing to undo."), "", reference="B412")
        try:
            after = self._undone(last)
        except LinkLost:
            self._last = last  # it can be tried again when the store is back
            raise
        return TheatreDone(last.what, after, last.operation)

    def _undone(self, last: TheatreDone) -> Operation:
        by, version, undone = self._who(), last.operation.version, say(UNDONE)
        with self._centre.writing() as conn:
            rules = self._rules(conn)
            if last.what in ("made", "restored"):
                after = operations.cancel(conn, last.operation.id, by, undone, rules, version=version)
            elif last.what == "cancelled" and last.before is not None:
                after = operations.restore(
                    conn, last.operation.id, by, rules, version=version, reason=last.before.overlap_reason, note=undone
                )  # fmt: skip
            else:
                assert last.before is not None
                wanted = replace(last.before, version=version)
                why = last.before.overlap_reason
                after = operations.change(conn, wanted, by, rules, reason=why, note=undone)
            audit.write(conn, self._actor(), "operation undone", **_about(after), what=last.what)
        return after

    # -- masters -------------------------------------------------------------------------------------------------

    def masters(self) -> dict[str, Any]:
        """As they are stored."""
        with self._centre.reading() as conn:
            return masters.master(conn, MASTER)

    def change_masters(
        self, section: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
    ) -> dict[str, Any]:  # fmt: skip
        """Add (no ``before``), change or remove (no ``after``) one entry. Raises Refused, WrongTheatreMaster,
        Overtaken where somebody changed that entry meanwhile.
        """
        if self._keepers and self._actor().role not in self._keepers:
            raise Refused(
                "role", N_("The masters of the theatre are changed by other roles than yours."),
                N_("Log in as somebody who may; the parameter file of this PC names the roles."), reference="B430",
            )  # fmt: skip
        with self._centre.writing() as conn:
            operations.lock(conn, self._institution, [operations.MASTERS])
            body = masters.master(conn, MASTER)
            if before is not None and dict(before) not in entries(body, section):
                raise Overtaken(
                    N_("Somebody else changed this entry meanwhile."),
                    N_("Look at it anew, then do it again; what you typed is kept."), reference="B431",
                )  # fmt: skip
            changed = with_entry(body, section, before, after)
            if section == "rooms" and before is not None:
                self._no_operation_in(conn, str(before["name"]), after)
            masters.write_master(conn, MASTER, changed)
            name = str((after or before or {}).get("name", ""))
            audit.write(conn, self._actor(), "theatre masters changed", subject=f"{section} {name}")
            notices.tell(conn, MASTERS)
        return changed

    # -- inside --------------------------------------------------------------------------------------------------

    def _seen(self, day: date) -> Any:
        return (self._kept.day(day), self._kept.masters()) if self._kept is not None else (None, None)

    def _who(self) -> str:
        return self._actor().who

    def _rules(self, conn: Connection) -> TheatreRules:
        """By the masters of this moment, in the same transaction."""
        stock = read_theatre_book(masters.master(conn, MASTER)).equipment
        return TheatreRules(self._turnover_min, stock, self._actor().role in self._overlap_roles)

    def _no_operation_in(self, conn: Connection, room: str, after: Mapping[str, Any] | None) -> None:
        if after is not None and after.get("name") == room:
            return
        today = date.today()
        planned = operations.operations_between(conn, self._institution, today, today + 3 * LOOK_BACK, cancelled=False)
        mine = [each for each in planned if each.room == room]
        if mine:
            raise Refused(
                "room", N_("{n} operations are planned in {room}, the first on {day}."),
                N_("Move them first; nothing was saved."), reference="B432", n=len(mine), room=room,
                day=mine[0].day.isoformat(),
            )  # fmt: skip


def _about(operation: Operation) -> dict[str, Any]:
    """What an audit row says of an operation."""
    return {
        "patient": f"|{operation.patient.patient_id}", "subject": f"operation {operation.id}",
        "day": operation.day.isoformat(), "room": operation.room,
    }  # fmt: skip
