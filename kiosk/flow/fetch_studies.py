"""Fetches images from other servers as owed work: what breaks off goes on later, for what is missing only."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.fetching import IMAGE, PREFETCH, SERIES, STUDY, FetchLine, FetchState, Wanted
from kiosk.core.kept_sentences import sentence_data
from kiosk.core.sending import pause_s
from kiosk.core.words import N_, Sentence
from kiosk.dicom.nodes import Node
from kiosk.flow.hand_out import Later
from kiosk.store import fetches, jobs, notices
from kiosk.store.engine import Connection, Store
from kiosk.store.jobs import Job

if TYPE_CHECKING:
    from kiosk.dicom.fetch import Moved

log = logging.getLogger(__name__)

FETCH, FETCH_AT_NIGHT = FETCHING = ("fetch", "fetch at night")  # kinds of jobs; the first is that of the notice too
MOST_UIDS = 100  # in one request: some servers take no longer list
TELL_EVERY_S = 0.5


@dataclass(frozen=True)
class Server:
    """A server of Query/Retrieve. ``own_title``: ours there; it sends to ``here``, the AE title that it knows this
    gateway by. ``destinations`` further AE titles, the first the default; empty text stands for this gateway.
    """

    name: str
    node: Node
    own_title: str
    here: str
    title: str = ""
    destinations: tuple[str, ...] = ()
    retry_s: float = 60.0

    @property
    def whom(self) -> str:
        return self.title or self.name


def owe(
    conn: Connection, station: str, wanted: Iterable[Wanted], *, again: bool = False, due: float | None = None
) -> int:
    """Add wishes in this transaction; returns how many are new. ``again``: also those that were fetched before."""
    count = 0
    for each in wanted:
        fetch, new = fetches.want(conn, each, again=again)
        if new:
            kind = FETCH_AT_NIGHT if each.purpose == PREFETCH else FETCH
            jobs.owe(
                conn, kind, station=station, destination=each.server, subject=str(fetch), revive=True, due=due
            )  # fmt: skip
            count += 1
    if count:
        notices.tell(conn, FETCH)
    return count


def cancel(centre: Store, ids: Sequence[int]) -> int:
    """Give up these wishes; what has come stays. Returns how many were open."""
    count = 0
    with centre.writing() as conn:
        for fetch in ids:
            line = fetches.by_id(conn, fetch)
            if line is not None and line.state not in (FetchState.DONE, FetchState.CANCELLED):
                fetches.change(conn, fetch, state=FetchState.CANCELLED)
                count += 1
        notices.tell(conn, FETCH)
    return count


class FetchLog:
    """A text file a day in a folder of the old program's choice, one line for each retrieval that ended. No names."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def note(self, server: str, destination: str, status: str, images: int, failed: int) -> None:
        if self._folder is None:
            return
        now = datetime.now()
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with open(self._folder / f"cmove{now:%Y%m%d}.txt", "a", encoding="cp932", errors="replace") as file:
                file.write(f"{now:%H:%M:%S} {server} -> {destination} {status} {images} {failed}\r\n")
        except OSError as why:
            log.warning("the log of retrievals can't be written: %s", type(why).__name__)


class FetchStudies:
    """Does the jobs of one server."""

    def __init__(
        self,
        centre: Store,
        server: Server,
        log_file: FetchLog,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._centre = centre
        self._server = server
        self._log = log_file
        self._clock = clock
        self._stop = threading.Event()

    def heed(self, stop: threading.Event) -> None:
        """A worker: at the end of the program what runs is broken off; it goes on at the next start."""
        stop.wait()
        self._stop.set()

    def fetch(self, job: Job) -> None:
        """Raises Later where it is not over."""
        with self._centre.reading() as conn:
            line = fetches.by_id(conn, int(job.subject))
        if line is None or line.state in (FetchState.DONE, FetchState.CANCELLED):
            return
        self._change(line, state=FetchState.RUNNING)
        try:
            moved = self._elsewhere(line) if line.wanted.destination else self._here(line)
        except LinkLost as why:
            self._again(line, job.attempts, why.sentence, "----")
        if self._stop.is_set():
            self._change(line, state=FetchState.OWED)
            raise Later(0.0)
        if moved is not None and not moved.done:
            if moved.cancelled:  # by hand: its state says so
                return
            self._again(line, job.attempts, moved.words, moved.code)
        images, status = (moved.completed + moved.warning, moved.code) if moved else (line.wanted.expected, "0000")
        self._change(line, state=FetchState.DONE, images=images, failed=0, last_status=status, why="", why_values={})
        self._log.note(self._server.name, line.wanted.destination or self._server.here, status, images, 0)

    def _elsewhere(self, line: FetchLine) -> Moved:
        return self._move(line, line.wanted.level, line.wanted.keys(), line.wanted.destination, 0)

    def _here(self, line: FetchLine) -> Moved | None:
        """What this gateway lacks of it; None where it lacks nothing."""
        from kiosk.dicom.query import QueryLine

        wanted = line.wanted
        there: dict[str, list[str]] = {}
        with QueryLine(self._server.own_title, self._server.node) as server:
            keys = {"StudyInstanceUID": wanted.study_uid}
            serieses = [wanted.series_uid] if wanted.level != STUDY else [
                row["SeriesInstanceUID"] for row in server.find("SERIES", keys, at_most=5000, stop=self._stop).rows
            ]  # fmt: skip
            for uid in serieses:
                asked = {**keys, "SeriesInstanceUID": uid}
                if wanted.level == IMAGE:
                    asked["SOPInstanceUID"] = wanted.sop_uid
                found = server.find("IMAGE", asked, at_most=100_000, stop=self._stop)
                there[uid] = [row["SOPInstanceUID"] for row in found.rows]
        total = sum(map(len, there.values()))
        if not total:
            raise LinkLost(
                self._server.whom, N_("{whom} does not have it any more."), N_("Query it again and choose anew.")
            )
        missing = self._missing(wanted.study_uid, there)
        lacking = sum(map(len, missing.values()))
        self._change(line, expected=total, images=total - lacking)
        if not lacking:
            return None
        moved = None
        if lacking == total and wanted.level in (STUDY, SERIES):
            moved = self._move(line, wanted.level, wanted.keys(), self._server.here, 0)
        else:
            for uid, lost in missing.items():
                for at in range(0, len(lost), MOST_UIDS):
                    keys = {
                        "StudyInstanceUID": wanted.study_uid,
                        "SeriesInstanceUID": uid,
                        "SOPInstanceUID": "\\".join(lost[at : at + MOST_UIDS]),
                    }
                    moved = self._move(line, IMAGE, keys, self._server.here, total - lacking)
                    if not moved.done:
                        return moved
        if moved is not None and moved.done:
            left = sum(map(len, self._missing(wanted.study_uid, there).values()))
            if left:
                text = N_("Of {m} images of {whom} only {n} have come.")
                raise LinkLost(self._server.whom, text, n=total - left, m=total)
        return moved

    def _missing(self, study_uid: str, there: dict[str, list[str]]) -> dict[str, list[str]]:
        with self._centre.reading() as conn:
            here = fetches.images_here(conn, study_uid)
        return {uid: lost for uid, uids in there.items() if (lost := [each for each in uids if each not in here])}

    def _move(self, line: FetchLine, level: str, keys: dict[str, str], to: str, before: int) -> Moved:
        from kiosk.dicom import fetch

        told_at = 0.0
        stop = _Cancelled(self._stop, lambda: self._is_cancelled(line.id))

        def progress(moved: Moved) -> None:
            nonlocal told_at
            if time.monotonic() - told_at > TELL_EVERY_S:
                told_at = time.monotonic()
                values: dict[str, Any] = {"images": before + moved.completed + moved.warning, "failed": moved.failed}
                if line.wanted.destination and moved.total:
                    values["expected"] = moved.total
                self._change(line, last_status=moved.code, **values)

        return fetch.move(
            self._server.own_title, self._server.node, level, keys, to, progress=progress, stop=stop
        )  # fmt: skip

    def _is_cancelled(self, fetch: int) -> bool:
        with self._centre.reading() as conn:
            line = fetches.by_id(conn, fetch)
        return line is None or line.state == FetchState.CANCELLED

    def _again(self, line: FetchLine, attempts: int, why: Sentence, status: str) -> None:
        if self._is_cancelled(line.id):
            return
        text, values = sentence_data(why)
        self._change(line, state=FetchState.FAILED, last_status=status, why=text, why_values=values)
        self._log.note(self._server.name, line.wanted.destination or self._server.here, status, line.images, 1)
        raise Later(self._clock() + pause_s(self._server.retry_s, attempts), text)

    def _change(self, line: FetchLine, **values: Any) -> None:
        with self._centre.writing() as conn:
            if self._kept_cancelled(conn, line.id, values):
                return
            fetches.change(conn, line.id, **values)
            notices.tell(conn, FETCH, fetch=line.id)

    def _kept_cancelled(self, conn: Connection, fetch: int, values: dict[str, Any]) -> bool:
        now = fetches.by_id(conn, fetch)
        return now is None or (now.state == FetchState.CANCELLED and "state" in values)


class _Cancelled(threading.Event):
    """Set when the program ends, or somebody gave the wish up; that is asked twice a second."""

    def __init__(self, end: threading.Event, cancelled: Callable[[], bool]) -> None:
        super().__init__()
        self._end = end
        self._cancelled = cancelled
        self._asked_at = time.monotonic()

    def is_set(self) -> bool:
        if not super().is_set():
            if self._end.is_set():
                self.set()
            elif time.monotonic() - self._asked_at > TELL_EVERY_S:
                self._asked_at = time.monotonic()
                try:
                    if self._cancelled():
                        self.set()
                except Fault:  # the store is away: it goes on
                    return False
        return super().is_set()
