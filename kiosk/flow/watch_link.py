"""The line to one destination: its lamps (ping, TCP, C-ECHO), and whether anything may be sent to it at the moment."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from kiosk.core.faults import Fault
from kiosk.core.sending import Breaker, Completeness, Lamps
from kiosk.core.words import Sentence
from kiosk.devices.network import reach
from kiosk.dicom.nodes import Node
from kiosk.store.clock import now_text

log = logging.getLogger(__name__)

ECHO_S = 10.0
HOPING_S = 15.0  # how often a peer is asked that failed: it is noticed soon when it is back


@dataclass(frozen=True)
class Destination:
    """Where studies are sent. ``way`` move: not by us, the server ``at`` is told to send them (C-MOVE); then ``node``
    needs its AE title only. ``verify_at``: whom to ask, where that is another one.
    """

    name: str
    node: Node
    own_title: str
    title: str = ""
    way: Literal["store", "move"] = "store"
    at: Node | None = None
    verify: Literal["none", "count", "commitment"] = "none"
    verify_at: Node | None = None
    complete: Completeness = field(default_factory=Completeness)
    marked_only: bool = False  # nothing goes before somebody marked it sendable
    retry_s: float = 600.0
    contact: str = ""

    @property
    def peer(self) -> Node:
        """Whom we call."""
        return self.at if self.way == "move" and self.at is not None else self.node

    @property
    def whom(self) -> str:
        return self.title or self.name


class Link:
    """Used by its lane (``may``, ``failed``, ``succeeded``) and its own watching thread."""

    def __init__(self, to: Destination, *, every_s: float = 60.0, clock: Callable[[], float] = time.time) -> None:
        self._to = to
        self._every_s = every_s
        self._clock = clock
        self._turn = threading.Lock()
        self._breaker = Breaker(to.retry_s)
        self._lamps = Lamps()
        self._why: Fault | None = None
        self._look = threading.Event()

    # -- for the lane --------------------------------------------------------------------------------------------

    def may(self, *, answering: bool) -> bool:
        """May a study be begun? ``answering``: only where the last C-ECHO was answered."""
        with self._turn:
            if answering and self._lamps.echo is None:
                return False
            return self._breaker.may(self._clock())

    def may_by_hand(self) -> bool:
        """May a study be begun that somebody asked for?"""
        with self._turn:
            return self._breaker.may_by_hand(self._clock())

    def failed(self, why: Fault, *, wakes: bool = True) -> None:
        """The peer itself failed; see ``Breaker.failed``."""
        with self._turn:
            self._breaker.failed(self._clock(), wakes=wakes)
            self._why = why
            if wakes:
                self._lamps = replace(self._lamps, echo=None)
            first = self._breaker.failures == 1
        if first:
            log.warning("sending to %s rests: %s", self._to.name, why)

    def succeeded(self) -> None:
        with self._turn:
            resumed = not self._breaker.closed
            self._breaker.succeeded()
            self._why = None
        if resumed:
            log.info("sending to %s goes on", self._to.name)

    def connected(self, open_: bool) -> None:
        """An association was opened or closed."""
        with self._turn:
            self._lamps = replace(self._lamps, link="connected" if open_ else "closed")

    # -- for those who look ----------------------------------------------------------------------------------------

    @property
    def lamps(self) -> Lamps:
        with self._turn:
            return self._lamps

    def rests(self) -> tuple[bool, str, Sentence]:
        """Is it left alone at the moment; until when (ISO 8601); why."""
        with self._turn:
            if self._breaker.closed:
                return False, "", Sentence("")
            until = self._breaker.until
            told = datetime.fromtimestamp(until).astimezone().isoformat(timespec="seconds") if until else ""
            return True, told, self._why.sentence if self._why else Sentence("")

    # -- watching --------------------------------------------------------------------------------------------------

    def look_now(self) -> None:
        self._look.set()

    def watch(self, stop: threading.Event) -> None:
        """A worker: keep the lamps."""
        while not stop.is_set():
            self._look.clear()
            self.look()
            self._look.wait(self._every_s if self._breaker.closed else min(self._every_s, HOPING_S))

    def look(self) -> None:
        """Ask it once: C-ECHO first, and what lies below it only where that tells more."""
        from kiosk.dicom.send import echo

        peer = self._to.peer
        answered: float | None = None
        why: Fault | None = None
        try:
            answered = echo(self._to.own_title, peer, answer_s=ECHO_S)
        except Fault as fault:
            why = fault
        except Exception:
            log.exception("the lamp of %s failed", self._to.name)
        port = reach.tcp(peer.address, peer.port)
        host = reach.ping(peer.address)
        now = now_text()
        with self._turn:
            good_at = now if answered is not None else self._lamps.good_at
            told = Lamps(host, port, answered, now, good_at, self._lamps.link, reach.can_ping())
            went = self._lamps.at == "" or (self._lamps.echo is None) != (answered is None)
            self._lamps = told
            if answered is not None:
                self._breaker.answered()
            elif self._breaker.closed:
                self._why = why
        if went:
            log.info("%s %s", self._to.name, "answers" if answered is not None else f"does not answer: {why}")
