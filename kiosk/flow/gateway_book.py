"""What the receiving process tells the window of its PC: who sent, who asked, what was refused, that it lives.

Kept in this PC's own store as two bounded rows, so that a modality that asks every ten seconds fills no disk; queries
that name a patient, and each device's first query of an hour, go to the audit table too.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from kiosk.core.faults import Fault
from kiosk.store import audit, local, notices
from kiosk.store.audit import Actor
from kiosk.store.clock import now_text
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

STATE, QUERIES = "gateway/state", "gateway/worklist"
KIND = "gateway"  # of the local notice
KEPT = 200
BEAT_S, MOST_OFTEN_S = 5.0, 1.0
AUDIT_EVERY_S = 3600.0
WAKE = "wake"


@dataclass(frozen=True)
class Trouble:
    """Something that was refused. ``sentence`` and ``next_step`` are message ids with their ``values``."""

    at: str
    source: str
    sentence: str
    next_step: str
    values: dict[str, str] = field(default_factory=dict)
    times: int = 1


class GatewayBook:
    """Written by the receiving process. Any thread may tell; one worker writes."""

    def __init__(self, centre: Store, own: Store, actor: Actor, facts: Callable[[], dict[str, Any]]) -> None:
        """``facts()`` is what the receiver says of itself at each beat (port, associations, free bytes, counts)."""
        self._centre = centre
        self._own = own
        self._actor = actor
        self._facts = facts
        self._told: queue.Queue[tuple[str, Any]] = queue.Queue()  # kind and what; WAKE: look at the stop flag
        self._counting = threading.Lock()
        self._taken: Counter[str] = Counter()
        self._queries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._troubles: deque[Trouble] = deque(maxlen=KEPT)
        self._devices: dict[str, dict[str, Any]] = {}  # AE title -> last (moment), day, images (of that day)
        self._audited: dict[str, float] = {}

    def taken(self, source: str) -> None:
        """An image of this device was stored. It wakes nobody: a thousand a second must not cost a thread each."""
        with self._counting:
            self._taken[source] += 1

    def asked(self, query: dict[str, Any]) -> None:
        """A worklist query was answered (``calling_ae``, ``address``, ``keys``, ``answers`` ...)."""
        self._told.put(("asked", {"at": now_text(), **query}))

    def refused(self, source: str, why: Fault) -> None:
        """An image was refused."""
        values = {key: str(value) for key, value in why.sentence.values.items()}
        self._told.put(("trouble", Trouble(now_text(), source, why.sentence.text, why.next_step.text, values)))

    def caller_refused(self, ae_title: str, address: str, sentence: str, next_step: str) -> None:
        """Somebody called who is not among the nodes, or without a good certificate."""
        values = {"ae": ae_title, "address": address, "whom": ae_title or address}
        self._told.put(("trouble", Trouble(now_text(), ae_title, sentence, next_step, values)))

    def keep(self, stop: threading.Event) -> None:
        """The worker."""
        try:
            self._read_back()
            self._write(news=True)  # the window sees at once that it lives
            beat, news = time.monotonic(), False
            while not stop.is_set():
                news = self._collect() or news
                if time.monotonic() - beat >= (MOST_OFTEN_S if news else BEAT_S):
                    self._write(news)
                    beat, news = time.monotonic(), False
        finally:
            self._collect(wait_s=0.0)
            self._own.leave()
            self._centre.leave()

    def wake(self) -> None:
        """Ends a wait of the worker."""
        self._told.put((WAKE, None))

    def _read_back(self) -> None:
        with self._own.reading() as conn:
            kept = local.seen_last(conn, QUERIES)
            state = local.seen_last(conn, STATE)
        self._queries.extend((kept.body if kept else {}).get("queries", []))
        self._troubles.extend(Trouble(**each) for each in (state.body if state else {}).get("troubles", []))
        self._devices.update((state.body if state else {}).get("devices", {}))

    def _collect(self, wait_s: float = 0.5) -> bool:
        """Wait a moment for news and take what is there; True where anything came."""
        try:
            kind, told = self._told.get(timeout=wait_s)
        except queue.Empty:
            return self._count()
        self._count()
        while True:
            if kind == "asked":
                self._queries.append(told)
                self._audit(told)
            elif kind != WAKE:
                self._add_trouble(told)
            try:
                kind, told = self._told.get_nowait()
            except queue.Empty:
                return True

    def _count(self) -> bool:
        with self._counting:
            taken, self._taken = self._taken, Counter()
        now = now_text()
        for source, more in taken.items():
            known = self._devices.get(source, {})
            images = known["images"] + more if known.get("day") == now[:10] else more
            self._devices[source] = {"last": now, "day": now[:10], "images": images}
        return bool(taken)

    def _add_trouble(self, told: Trouble) -> None:
        for at, each in enumerate(self._troubles):
            if (each.source, each.sentence, each.values) == (told.source, told.sentence, told.values):
                del self._troubles[at]
                told = Trouble(**{**asdict(told), "times": each.times + 1})
                break
        self._troubles.append(told)

    def _audit(self, query: dict[str, Any]) -> None:
        ae, keys = query["calling_ae"], query["keys"]
        names_one = any(key in keys for key in ("patient_id", "accession", "study_uid", "step_id", "name"))
        now = time.monotonic()
        if not names_one and now - self._audited.get(ae, -AUDIT_EVERY_S) < AUDIT_EVERY_S:
            return
        try:
            with self._centre.writing() as conn:
                audit.write(
                    conn,
                    self._actor,
                    "worklist asked",
                    patient=str(keys.get("patient_id", "")),
                    subject=ae,
                    keys=keys,
                    answers=query["answers"],
                )
            self._audited[ae] = now
        except Fault as why:
            log.warning("a worklist query could not be audited: %s", why)

    def _write(self, news: bool) -> None:
        troubles = [asdict(each) for each in self._troubles]
        body = {**self._facts(), "troubles": troubles, "devices": self._devices}
        with self._own.writing() as conn:
            local.keep_last_seen(conn, STATE, body)
            if news:
                local.keep_last_seen(conn, QUERIES, {"queries": list(self._queries)})
                notices.tell(conn, KIND, local=True)
