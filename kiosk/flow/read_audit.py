"""Reading the audit table: search, proof of its chain, export for Excel. Whoever reads it is written down too."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from kiosk.core.csv_out import BOM, csv_line
from kiosk.core.words import N_, say
from kiosk.flow.keep_staff import check_admin
from kiosk.store import audit, local
from kiosk.store.audit import Actor, Anchor, Asked, Event
from kiosk.store.engine import Connection, Store
from kiosk.store.volume import disk_trouble

Told = Callable[[float], None]

ANCHOR = "audit/anchor"  # this PC remembers where the chain ended when it was last proven
TITLES = (
    N_("No."), N_("Date and time"), N_("Person"), N_("Role"), N_("Station"), N_("Action"), N_("Patient"),
    N_("Subject"), N_("Details"),
)  # fmt: skip


@dataclass(frozen=True)
class Proof:
    """What the proof of the chain found: rows walked, and what is wrong (empty = sound)."""

    rows: int
    wrong: tuple[str, ...] = ()


class ReadAudit:
    """``actor`` is asked at each call for who reads."""

    def __init__(self, centre: Store, own: Store, actor: Callable[[], Actor]) -> None:
        self._centre = centre
        self._own = own
        self._actor = actor

    def actions(self) -> list[str]:
        with self._centre.reading() as conn:
            return audit.actions(conn)

    def search(self, asked: Asked, limit: int) -> tuple[list[Event], int]:
        """The newest events that were asked for, and how many there are in all. The look itself is audited."""
        with self._centre.writing() as conn:
            wanted = asdict(asked)
            found = audit.events(conn, limit=limit, **wanted)
            total = audit.counted(conn, **wanted)
            _note(conn, self._actor(), "audit read", asked, total)
        return found, total

    def prove(self, told: Told) -> Proof:
        """Walk the chain, and hold it against the end that this PC remembers."""
        before, since = remembered_end(self._own)
        with self._centre.reading() as conn:
            end = audit.anchor(conn)
            wrong = audit.verify(conn, lambda rows: told(min(1.0, rows / max(1, end.seq))))
            wrong += audit.lost(conn, before, since)
        if not wrong:
            with self._own.writing() as conn:
                local.keep_last_seen(conn, ANCHOR, asdict(end))
        with self._centre.writing() as conn:
            audit.write(conn, self._actor(), "audit chain verified", rows=end.seq, wrong=len(wrong))
        return Proof(end.seq, tuple(wrong))

    def export(self, asked: Asked, folder: Path, told: Told) -> Path:
        """Write the events that were asked for as CSV into ``folder``. Raises Refused, NoRoom, Fault."""
        path = folder / f"audit-{datetime.now():%Y%m%d-%H%M%S}.csv"
        part = path.with_name(path.name + ".part")
        actor, wanted = self._actor(), asdict(asked)
        with self._centre.writing() as conn:
            check_admin(conn, actor)
            total = audit.counted(conn, **wanted)
            _note(conn, actor, "audit exported", asked, total)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with open(part, "wb") as out, self._centre.reading() as conn:
                out.write(BOM + csv_line(say(title) for title in TITLES))
                for number, event in enumerate(audit.every_event(conn, **wanted)):
                    if number % audit.FETCHED == 0:
                        told(min(1.0, number / max(1, total)))
                    out.write(csv_line(str(value) for value in asdict(event).values()))
                out.flush()
                os.fsync(out.fileno())
            os.replace(part, path)
        except OSError as why:
            raise disk_trouble(why, str(folder)) from why
        finally:
            with suppress(OSError):
                part.unlink(missing_ok=True)
        return path


def remembered_end(own: Store) -> tuple[Anchor, str]:
    """Where the chain ended when this PC last proved it, and when that was."""
    with own.reading() as conn:
        kept = local.seen_last(conn, ANCHOR)
    return (Anchor(int(kept.body["seq"]), str(kept.body["hash"])), kept.at) if kept else (Anchor(0, ""), "")


def _note(conn: Connection, actor: Actor, action: str, asked: Asked, rows: int) -> None:
    patient = asked.patient or asked.patient_id
    filters = {key: value for key, value in asdict(asked).items() if value and key not in ("patient", "patient_id")}
    audit.write(conn, actor, action, patient=patient, filters=filters, rows=rows)
