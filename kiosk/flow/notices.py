"""Watches the notices of a store: each second, and at once when this process itself wrote something."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from kiosk.core.faults import Fault
from kiosk.flow.calm import calm_wait
from kiosk.flow.crew import Crew
from kiosk.store import notices
from kiosk.store.engine import Store
from kiosk.store.notices import Notice

log = logging.getLogger(__name__)

EVERY_S = 1.0
BACK = "back"  # not a row of the store: it was away and answers again, so what is shown may be of before


class Watch:
    """Tells listeners of new notices, on the main thread (through ``post``). One thread per store."""

    def __init__(
        self,
        store: Store,
        crew: Crew,
        post: Callable[..., None],
        *,
        local: bool = False,
        on_link: Callable[[bool], None] | None = None,
    ) -> None:
        self._store = store
        self._post = post
        self._local = local
        self._on_link = on_link  # told True/False when the store answers again or no longer
        self._listeners: list[tuple[frozenset[str], Callable[[Notice], None]]] = []
        self._stirred = threading.Event()
        self._seq: int | None = None
        self._link: bool | None = None
        store.on_commit(self._stirred.set)
        crew.start(f"notices-{store.kind}", self._run, wake=self._stirred.set)

    def listen(self, kinds: str | tuple[str, ...], call: Callable[[Notice], None]) -> Callable[[], None]:
        """Call ``call(notice)`` for notices of these kinds from now on; returns the way to end it.

        After the shared store was away, every listener is called once with a notice of kind ``BACK``.
        """
        entry = (frozenset((kinds,) if isinstance(kinds, str) else kinds), call)
        self._listeners.append(entry)
        return lambda: self._listeners.remove(entry) if entry in self._listeners else None

    def _run(self, stop: threading.Event) -> None:
        try:
            while not stop.is_set():
                self._stirred.clear()
                looked_at = time.monotonic()
                self._read()
                calm_wait(self._stirred, EVERY_S, looked_at, stop)
        finally:
            self._store.forget(self._stirred.set)
            self._store.leave()

    def _read(self) -> None:
        try:
            with self._store.reading() as conn:
                if self._seq is None:
                    self._seq = notices.newest(conn, local=self._local)
                    found = []
                else:
                    found = notices.after(conn, self._seq, local=self._local)
        except Exception as why:  # whatever it is, the next look may find it well again
            if not isinstance(why, Fault) and self._link is not False:
                log.error("notices of %s can't be read", self._store.kind, exc_info=why)
            self._tell_link(False)
            return
        was_away = self._link is False and not self._local
        self._tell_link(True)
        for notice in [*found, *([Notice(self._seq, BACK, {})] if was_away else [])]:
            self._seq = max(self._seq, notice.seq)
            for kinds, call in list(self._listeners):
                if notice.kind in kinds or notice.kind == BACK:
                    self._call(call, notice)
        if len(found) >= 500:
            self._stirred.set()

    def _call(self, call: Callable[..., None], told: object) -> None:
        """One listener that fails (without windows it runs on this thread) must not end the watch."""
        try:
            self._post(call, told)
        except Exception as why:
            log.error("a listener of %s failed", self._store.kind, exc_info=why)

    def _tell_link(self, good: bool) -> None:
        if good != self._link:
            self._link = good
            log.info("store %s %s", self._store.kind, "answers" if good else "does not answer")
            if self._on_link is not None:
                self._call(self._on_link, good)
