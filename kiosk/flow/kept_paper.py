"""A paper that people write together (letter, case of guidance): who has it open, and what is being typed on this PC.

What is being typed lies in this PC's own store every few seconds and is found again after a crash, until it is saved in
the shared store.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import Any

from kiosk.core.faults import LinkLost
from kiosk.core.settings import StationSettings
from kiosk.flow.session import Session
from kiosk.store import local, open_by
from kiosk.store.engine import Store
from kiosk.store.open_by import Holder

HELD_S = 60.0  # how long it stays open for one who no longer renews it (crash, power cut)


@dataclass(frozen=True)
class Typed:
    """What was typed on this PC and not saved. ``based_on`` is the version that the typing began from."""

    body: dict[str, Any]
    based_on: int
    at: str
    by: str


class KeptPaper:
    """``kind`` names the papers. Methods work on the calling thread and may block."""

    def __init__(self, kind: str, centre: Store, own_store: Store, session: Session, station: StationSettings) -> None:
        self._kind = kind
        self._centre = centre
        self._own = own_store
        self._session = session
        self._station = station
        self._drafts = threading.Lock()
        self._newest_order: dict[int, int] = {}

    @property
    def _who(self) -> str:
        return self._session.actor().who

    def hold(self, number: int) -> Holder | None:
        """Take or renew it for ``HELD_S`` seconds; returns who else has it open (then nothing is taken)."""
        with self._centre.writing() as conn:
            return self._held(conn, number)

    def _held(self, conn: Any, number: int) -> Holder | None:
        return open_by.hold(conn, self._subject(number), by=self._who, station=self._station.name, for_s=HELD_S)

    def let_go(self, number: int) -> None:
        """It is closed here. Where the shared store is away, it ends by itself."""
        try:
            with self._centre.writing() as conn:
                open_by.let_go(conn, self._subject(number), by=self._who, station=self._station.name)
        except LinkLost:
            pass

    def keep_typed(self, number: int, body: dict[str, Any], based_on: int, order: int) -> None:
        """Keep what is being typed on this PC's disk. ``order`` counts the calls as the window made them: two desk
        threads may swap two of them, and one that comes after a newer one is left out."""
        with self._drafts:
            if self._is_newest(number, order):
                with self._own.writing() as conn:
                    local.keep_draft(conn, self._subject(number), {"body": body, "based_on": based_on}, self._who)

    def drop_typed(self, number: int, order: int) -> None:
        """Forget what was typed here up to ``order``; newer words stay."""
        with self._drafts:
            if self._is_newest(number, order):
                with self._own.writing() as conn:
                    local.drop_draft(conn, self._subject(number))

    def typed(self, number: int) -> Typed | None:
        """What was typed here and not saved."""
        with self._own.reading() as conn:
            kept = local.draft(conn, self._subject(number))
        return Typed(kept.body["body"], kept.body["based_on"], kept.at, kept.by) if kept else None

    def _is_newest(self, number: int, order: int) -> bool:
        if order < self._newest_order.get(number, 0):
            return False
        self._newest_order[number] = order
        return True

    def _subject(self, number: int) -> str:
        return f"{self._kind}:{number}"
