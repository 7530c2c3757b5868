"""The one way out: whatever must leave is a job row; this worker does what is due, with retry and growing pause."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence

from kiosk.core.faults import Fault
from kiosk.flow.answers import as_fault
from kiosk.flow.calm import calm_wait
from kiosk.flow.crew import Crew
from kiosk.store import jobs, notices
from kiosk.store.engine import Store
from kiosk.store.jobs import Job

log = logging.getLogger(__name__)

LEASE_S = 120.0
PAUSES_S = (10.0, 60.0, 300.0, 600.0)  # then 10 minutes each time, for ever: nothing is dropped
POLL_S = 1.0
JUMP_S = 5.0

Doer = Callable[[Job], None]


class Later(Exception):
    """A doer raises it where it is not time yet: no failure, the job is due again at ``due`` (time.time())."""

    def __init__(self, due: float, reason: str = "") -> None:
        super().__init__(reason)
        self.due = due
        self.reason = reason


class HandOut:
    """Does the jobs of one station in one store. A doer raises Fault where it failed; a job done twice must do no
    harm (a lease that ran out during a power cut is claimed again).
    """

    def __init__(
        self,
        store: Store,
        station: str,
        doers: Mapping[str, Doer],
        crew: Crew,
        *,
        only: Sequence[str] = (),
        local: bool = False,
        may: Callable[[], Sequence[str]] | None = None,
        pauses_s: Sequence[float] = PAUSES_S,
    ) -> None:
        """``only``: a lane for these destinations alone, so that a slow one holds up no other (empty: for any).
        ``may``: the kinds of jobs that may be begun now (None: all), asked before each.
        """
        self._store = store
        self._station = station
        self._doers = dict(doers)
        self._only = tuple(only)
        self._local = local
        self._may = may or (lambda: list(self._doers))
        self._pauses_s = tuple(pauses_s)
        self._by = f"{station}:{os.getpid()}"
        self._in_trouble = False
        self._ahead_s: float | None = None  # of the wall clock before the one that never jumps
        self._stirred = threading.Event()
        store.on_commit(self._stirred.set)
        name = "-".join(("hand-out", store.kind, *self._only))
        crew.start(name, self._run, wake=self._stirred.set)

    def _run(self, stop: threading.Event) -> None:
        fresh = self._local  # this process alone works on the PC's own jobs: a lease is of one that was killed
        try:
            while not stop.is_set():
                self._stirred.clear()
                looked_at = time.monotonic()
                try:
                    self._heed_the_clock()
                    if fresh:
                        self._free_leases()
                        fresh = False
                    worked = self._one()
                    self._in_trouble = False
                except Exception as why:  # the store is away, full or damaged: what is owed waits in it
                    worked = False
                    if not self._in_trouble:
                        log.warning("what is owed can't be read: %s", as_fault(why))
                    self._in_trouble = True
                if not worked:
                    calm_wait(self._stirred, POLL_S, looked_at, stop)
        finally:
            self._store.forget(self._stirred.set)
            self._store.leave()

    def _free_leases(self) -> None:
        with self._store.writing() as conn:
            kinds = list(self._doers)
            jobs.free_leases(conn, self._station, kinds=kinds, destinations=self._only, local=True)

    def _heed_the_clock(self) -> None:
        """Due times are told by the wall clock. Where somebody sets it back they are moved with it, or what is owed
        would wait for hours. One that was set back while nothing ran is told by the newest notice, which lies ahead
        of it (on this PC's own files only: another PC's clock may differ).
        """
        ahead = time.time() - time.monotonic()
        back = (self._ahead_s if self._ahead_s is not None else self._ahead_before()) - ahead
        self._ahead_s = ahead
        if back < JUMP_S:
            return
        log.warning("the clock of this PC went back by %.0f s", back)
        with self._store.writing() as conn:
            kinds, only, local = list(self._doers), self._only, self._local
            jobs.clock_went_back(conn, self._station, back, kinds=kinds, destinations=only, local=local)
            notices.tell(conn, "clock", local=local, back_s=round(back))

    def _ahead_before(self) -> float:
        if not self._store.is_sqlite:
            return 0.0
        with self._store.reading() as conn:
            return notices.newest_at(conn, local=self._local) - time.monotonic()

    def _one(self) -> bool:
        kinds = self._may()
        if not kinds:
            return False
        with self._store.reading() as conn:  # a look costs nothing; claiming is a write
            if not jobs.any_due(conn, self._station, kinds=kinds, destinations=self._only, local=self._local):
                return False
        with self._store.writing() as conn:
            job = jobs.claim(
                conn,
                self._station,
                self._by,
                kinds=kinds,
                lease_s=LEASE_S,
                destinations=self._only,
                local=self._local,
            )
        if job is None:
            return False
        try:
            self._doers[job.kind](job)
        except Later as later:
            with self._store.writing() as conn:
                jobs.postpone(conn, job.id, self._by, reason=later.reason, due=later.due, local=self._local)
            return True
        except Exception as why:  # whatever went wrong, the job stays owed
            self._put_back(job, as_fault(why))
            return True
        with self._store.writing() as conn:
            if not jobs.settle(conn, job.id, self._by, local=self._local):
                log.warning("job %s was done by somebody else meanwhile", job.id)
            notices.tell(conn, "jobs", local=self._local, job=job.id)
        return True

    def _put_back(self, job: Job, why: Fault) -> None:
        pause = self._pauses_s[min(job.attempts - 1, len(self._pauses_s) - 1)]
        log.warning("job %s (%s) failed at attempt %s: %s", job.id, job.kind, job.attempts, why)
        with self._store.writing() as conn:
            jobs.put_back(conn, job.id, self._by, error=str(why), due=time.time() + pause, local=self._local)
            notices.tell(conn, "jobs", local=self._local, job=job.id)
