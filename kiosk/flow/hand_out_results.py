"""Signed findings leave as a CSV for the check-up system: each once, and again when it was amended.

The file gets its name when it is whole, the .lok of the same name comes last, and only then are the findings marked as
handed out: a power cut between writes a finding twice, never not at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kiosk.core.faults import Refused
from kiosk.core.result_csv import COLUMNS, Unwritable, check_columns, results_csv
from kiosk.core.safe_names import folder_key
from kiosk.core.settings import StationSettings
from kiosk.core.words import N_
from kiosk.flow.session import Session
from kiosk.store import audit, finding_search
from kiosk.store.engine import Store
from kiosk.store.finding_search import Asked, Told

MOST = 20_000
NOT_WRITTEN = N_("The results could not be written to {path}.")


@dataclass(frozen=True)
class HandedOut:
    """What was written, how many findings it holds, how many of them went out before, what could not be written."""

    path: Path
    count: int
    again: int
    lost: tuple[Unwritable, ...]


class HandOutResults:
    """``folder``: where the check-up system looks. Methods work on the calling thread and may block."""

    def __init__(
        self,
        centre: Store,
        session: Session,
        station: StationSettings,
        folder: Path,
        columns: Mapping[str, str],
        encoding: str,
    ) -> None:
        self._centre = centre
        self._session = session
        self._station = station
        self._folder = folder
        self._columns = dict(columns) or dict(COLUMNS)
        self._encoding = encoding

    def results(self, asked: Asked, everything: bool = False) -> list[Told]:
        """Signed findings of a period and kind that are still to go out; ``everything``: those that went too."""
        with self._centre.reading() as conn:
            found = finding_search.find(conn, asked, final=True, limit=MOST)
        return [each for each in found if everything or each.owed]

    def write(self, asked: Asked, everything: bool = False) -> HandedOut:
        """Write them into a new file and mark them. Raises Refused where there is none, Fault where it can't be
        written (then nothing is marked)."""
        from kiosk.paper.page import write_whole

        check_columns(self._columns, self._encoding)
        told = self.results(asked, everything)
        if not told:
            raise Refused("empty", N_("There is no result to hand out."), N_("Choose another period or kind."))
        results = [each.result for each in sorted(told, key=lambda each: (each.result.day, each.result.number))]
        data, lost = results_csv(results, self._columns, self._encoding)
        path = self._new_path()
        write_whole(path, data, failed=NOT_WRITTEN)
        write_whole(path.with_suffix(".lok"), b"", failed=NOT_WRITTEN)
        actor = self._session.actor()
        with self._centre.writing() as conn:
            finding_search.mark_handed_out(conn, results, file=path.name, station=self._station.name, by=actor.who)
            audit.write(conn, actor, "results handed out", subject=path.name, rows=len(results), lost=len(lost))
        return HandedOut(path, len(results), sum(1 for each in told if each.handed), lost)

    def _new_path(self) -> Path:
        station = folder_key(self._station.name).split("~")[-1]  # of a name that is no file name, its hash alone
        stem = f"findings-{datetime.now():%Y%m%d-%H%M%S}-{station[:16]}"
        path, number = self._folder / f"{stem}.csv", 1
        while path.exists():
            number += 1
            path = self._folder / f"{stem}-{number}.csv"
        return path
