"""Operations: made, moved, changed, timed, cancelled and restored in one transaction each, with all of it in a history.

Whoever plans locks the days concerned first (a row each; SQLite has one writer anyway), then looks who else is there:
of two clerks at once, the second sees what the first did.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from kiosk.core.change_line import Change
from kiosk.core.faults import Overtaken, Refused
from kiosk.core.kana import full_kana
from kiosk.core.operation import Operation, OperationState, check_operation, read_told, state_of, told
from kiosk.core.theatre_overlap import TheatreRules, check_overlaps
from kiosk.core.words import N_
from kiosk.store import notices
from kiosk.store.clock import now_text
from kiosk.store.theatre_tables import operation_changes, operations, theatre_locks

NOTICE = "operations"
MASTERS = "masters"  # locked by whoever changes the masters
DAY = timedelta(days=1)
ENTER, START, END = "enter", "start", "end"
_FLAGS = ("urgent", "pathology")  # numbers in the tables, so that both stores keep them alike
_WHAT_IT_NEEDS = ("room", "enter", "start", "end", "team", "equipment", "urgent")


def make(
    conn: sa.Connection, institution: str, wanted: Operation, by: str, rules: TheatreRules, *, reason: str = ""
) -> Operation:
    """Plan an operation. ``reason``: why it may overlap. Raises Refused, TheatreTaken."""
    check_operation(wanted)
    lock(conn, institution, _days(wanted, rules))
    over = check_overlaps(wanted, None, _beside(conn, institution, [wanted]), rules, reason)
    made = replace(wanted, state=state_of(wanted), cancel_reason="", overlap_reason=over, version=1)
    done = conn.execute(operations.insert().values(institution=institution, **_row(made)))
    made = replace(made, id=int(done.inserted_primary_key[0]))  # type: ignore[index]
    _note(conn, None, made, by, "made", over)
    return made


def move(
    conn: sa.Connection, operation: int, room: str, enter: datetime, by: str, rules: TheatreRules, *,
    version: int, reason: str = "",
) -> Operation:  # fmt: skip
    """To another time or room, as long as before. Raises Refused once it has begun, TheatreTaken, Overtaken."""

    def moved(now: Operation) -> Operation:
        if now.state.holds_the_room and now.state is not OperationState.PLANNED:
            raise Refused(
                "begun", N_("This operation has begun; it is not moved any more."),
                N_("Open it with Return to correct what is wrong."), reference="B429",
            )  # fmt: skip
        return now.moved(room, enter)

    return _rewrite(conn, operation, version, by, "moved", rules, reason, moved)


def change(
    conn: sa.Connection, wanted: Operation, by: str, rules: TheatreRules, *, reason: str = "", note: str = ""
) -> Operation:  # fmt: skip
    """All its facts as they are in ``wanted``, whose version tells what its editor saw. ``note``: what the history
    says of it. Raises Refused, TheatreTaken, Overtaken.
    """
    return _rewrite(conn, wanted.id, wanted.version, by, "changed", rules, reason, lambda now: wanted, note)


def set_time(
    conn: sa.Connection, operation: int, what: str, at: datetime, by: str, rules: TheatreRules, *, version: int
) -> Operation:  # fmt: skip
    """Enter, start or end at this moment: a fact, whatever it overlaps. Raises Refused where it is known already or
    out of order, Overtaken.
    """

    def timed(now: Operation) -> Operation:
        known: datetime | None = getattr(now, f"actual_{what}")
        if known is not None:
            raise Refused(
                "timed", N_("This time is written already ({at})."),
                N_("Open the operation with Return to correct it."), reference="B425", at=f"{known:%H:%M}",
            )  # fmt: skip
        return replace(now, **{f"actual_{what}": at})  # type: ignore[arg-type]

    return _rewrite(conn, operation, version, by, "timed", rules, "", timed)


def cancel(
    conn: sa.Connection, operation: int, by: str, reason: str, rules: TheatreRules, *, version: int
) -> Operation:  # fmt: skip
    """Room, people and equipment are free again; it stays in the lists, with the reason. Raises Refused without one,
    Overtaken.
    """
    if not reason.strip():
        raise Refused("reason", N_("Cancelling needs a reason."), N_("Choose or write one."), reference="B407")
    cancelled = {"state": OperationState.CANCELLED, "cancel_reason": reason.strip()[:200], "overlap_reason": ""}
    return _rewrite(
        conn, operation, version, by, "cancelled", rules, reason, lambda now: replace(now, **cancelled)  # type: ignore[arg-type]
    )  # fmt: skip


def restore(
    conn: sa.Connection, operation: int, by: str, rules: TheatreRules, *, version: int, reason: str = "", note: str = ""
) -> Operation:  # fmt: skip
    """A cancelled one stands again where it stood. Raises TheatreTaken where that is taken by now, Overtaken."""

    def again(now: Operation) -> Operation:
        standing = replace(now, state=OperationState.PLANNED, cancel_reason="")
        return replace(standing, state=state_of(standing))

    return _rewrite(conn, operation, version, by, "restored", rules, reason, again, note)


def operation_of(conn: sa.Connection, operation: int) -> Operation:
    """Raises Refused where there is none."""
    found = _read(conn, operations.c.id == operation)
    if not found:
        raise Refused("gone", N_("This operation does not exist."), "", reference="B426")
    return found[0]


def operations_between(
    conn: sa.Connection, institution: str, since: date, until: date, *, cancelled: bool = True
) -> list[Operation]:  # fmt: skip
    """Those that enter on one of these days (both included), by time and room."""
    where = [operations.c.institution == institution, operations.c.day.between(since.isoformat(), until.isoformat())]
    return _read(conn, *where, *([] if cancelled else [operations.c.state != OperationState.CANCELLED.value]))


def operations_on(conn: sa.Connection, institution: str, day: date) -> list[Operation]:
    """Those that have a room on that day, also such as began the evening before; the cancelled ones of that day too."""
    return [
        each for each in operations_between(conn, institution, day - DAY, day)
        if each.day == day or (each.state.holds_the_room and max(each.end, each.until).date() >= day)
    ]  # fmt: skip


def find_operations(conn: sa.Connection, institution: str, text: str, since: date, limit: int = 200) -> list[Operation]:
    """Of whoever has this patient ID, or whose name or kana begin like this; from ``since`` on, cancelled ones too."""
    asked = text.strip()
    if not asked:
        return []
    who = sa.or_(
        operations.c.patient_id == asked, operations.c.kana.startswith(full_kana(asked), autoescape=True),
        operations.c.kanji.startswith(asked, autoescape=True),
    )  # fmt: skip
    return _read(
        conn, operations.c.institution == institution, operations.c.day >= since.isoformat(), who, limit=limit
    )  # fmt: skip


def history(conn: sa.Connection, operation: int) -> list[Change]:
    """Oldest first."""
    query = (
        sa.select(operation_changes)
        .where(operation_changes.c.operation == operation)
        .order_by(operation_changes.c.id)
    )  # fmt: skip
    return [
        Change(row["at"], row["by"], row["what"], dict(row["before"]), dict(row["after"]), row["reason"])
        for row in conn.execute(query).mappings()
    ]


def lock(conn: sa.Connection, institution: str, what: Iterable[str]) -> None:
    """Until this transaction ends, nobody else plans these days (ISO) or changes the masters."""
    make_row = sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert
    for each in sorted(what):  # always in the same order, so that two never wait for each other
        conn.execute(make_row(theatre_locks).values(institution=institution, what=each).on_conflict_do_nothing())
        row = sa.select(theatre_locks.c.what).where(
            theatre_locks.c.institution == institution, theatre_locks.c.what == each
        )  # fmt: skip
        conn.execute(row.with_for_update())


# -- inside ------------------------------------------------------------------------------------------------------------


def _rewrite(
    conn: sa.Connection, operation: int, version: int, by: str, what: str, rules: TheatreRules, reason: str, after: Any,
    note: str = "",
) -> Operation:  # fmt: skip
    """Lock the days of before and after, look whether it is still what its editor saw, check, write, note."""
    seen = operation_of(conn, operation)
    institution = conn.execute(
        sa.select(operations.c.institution).where(operations.c.id == operation)
    ).scalar_one()  # fmt: skip
    if seen.version != version:
        raise _overtaken()
    lock(conn, institution, _days(seen, rules) | _days(after(seen), rules))
    before = operation_of(conn, operation)
    if before.version != version:  # changed while the lock was waited for
        raise _overtaken()
    wanted: Operation = replace(after(before), id=operation, version=version + 1)
    if not before.state.holds_the_room and what not in ("restored", "cancelled"):
        raise Refused(
            "cancelled", N_("This operation was cancelled."), N_("Bring it back first."), reference="B427"
        )  # fmt: skip
    if what == "cancelled" and not before.state.holds_the_room:
        return before
    check_operation(wanted)
    if what in ("moved", "changed", "restored"):
        if what == "changed":
            wanted = replace(wanted, state=state_of(wanted), cancel_reason="")
        if what != "restored" and not _needs_other(before, wanted):
            kept = before.overlap_reason and (reason.strip() or before.overlap_reason)  # its words may be corrected
            wanted = replace(wanted, overlap_reason=kept)
        else:
            others = _beside(conn, institution, [before, wanted])
            over = check_overlaps(wanted, before, others, rules, reason)
            wanted = replace(wanted, overlap_reason=over)
    elif what == "timed":
        wanted = replace(wanted, state=state_of(wanted))
    conn.execute(operations.update().where(operations.c.id == operation).values(**_row(wanted)))
    why = wanted.cancel_reason or (wanted.overlap_reason if wanted.overlap_reason != before.overlap_reason else "")
    _note(conn, before, wanted, by, what, note or why)
    return wanted


def _needs_other(before: Operation, wanted: Operation) -> bool:
    return any(getattr(before, name) != getattr(wanted, name) for name in _WHAT_IT_NEEDS)


def _overtaken() -> Overtaken:
    return Overtaken(
        N_("Somebody else changed this operation meanwhile."),
        N_("Look at it anew, then do it again; what you typed is kept."), reference="B428",
    )  # fmt: skip


def _days(operation: Operation, rules: TheatreRules) -> set[str]:
    """The days that it touches, planned or as it was, with the time in which the room is made ready."""
    first = min(operation.enter, operation.since).date()
    last = (max(operation.end, operation.until) + timedelta(minutes=rules.turnover_min)).date()
    return {(first + timedelta(days=at)).isoformat() for at in range((last - first).days + 1)}


def _beside(conn: sa.Connection, institution: str, mine: Sequence[Operation]) -> list[Operation]:
    """Whatever could stand at the same time."""
    first = min(min(each.enter, each.since) for each in mine).date() - 2 * DAY
    last = max(max(each.end, each.until) for each in mine).date() + DAY
    return operations_between(conn, institution, first, last, cancelled=False)


def _read(conn: sa.Connection, *where: sa.ColumnElement[bool], limit: int | None = None) -> list[Operation]:
    query = (
        sa.select(operations)
        .where(*where)
        .order_by(operations.c.day, operations.c.enter, operations.c.room, operations.c.id)
        .limit(limit)
    )
    return [_operation(dict(row)) for row in conn.execute(query).mappings()]


def _operation(row: dict[str, Any]) -> Operation:
    del row["institution"], row["day"]
    return read_told({**row, **{name: bool(row[name]) for name in _FLAGS}})


def _row(operation: Operation) -> dict[str, Any]:
    row = told(operation)
    del row["id"]
    return {**row, "day": operation.day.isoformat(), **{name: int(row[name]) for name in _FLAGS}}


def _note(
    conn: sa.Connection, before: Operation | None, after: Operation, by: str, what: str, reason: str
) -> None:  # fmt: skip
    was, now = told(before) if before is not None else {}, told(after)
    changed = sorted(name for name in now if was.get(name, "") != now[name] and name not in ("id", "version"))
    conn.execute(
        operation_changes.insert().values(
            operation=after.id,
            at=now_text(),
            by=by,
            what=what,
            reason=reason[:200],
            before={name: was[name] for name in changed if name in was},
            after={name: now[name] for name in changed},
        )  # fmt: skip
    )
    days = sorted({each.day.isoformat() for each in (before, after) if each is not None})
    notices.tell(conn, NOTICE, operation=after.id, days=days)
