"""What the page of readiness and reconciliation may ask and do, and the workers behind it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.day_sheets import READINESS, RECONCILIATION
from kiosk.core.disks import COPIED_TO, Night
from kiosk.modes.contract import Kit
from kiosk.modes.gateway.desk_query import servers
from kiosk.modes.gateway.morning_rules import MorningView, Worker

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer
    from kiosk.flow.day_sheets import DaySheets
    from kiosk.flow.prefetch import Prefetch


def start_morning(kit: Kit) -> Prefetch | None:
    """The workers on the crew of the process that talks to other servers; the prefetch, whose hours the lanes heed."""
    from kiosk.flow.fetching_state import NOW
    from kiosk.flow.prefetch import Prefetch, Prefetching
    from kiosk.flow.watch_neighbour import NeighbourWatch, Watching

    known = {each.name: each for each in servers(kit.settings, kit.data)}
    told, station = kit.settings.neighbour, kit.station.name
    if told.server in known:
        watching = Watching(
            told.every_s, told.days, tuple(told.modalities), tuple(told.id_digits), told.id_map
        )  # fmt: skip
        watch = NeighbourWatch(kit.centre, kit.local, station, known[told.server], watching)
        kit.crew.start("neighbour", watch.work, wake=watch.look_now)
        kit.local_notices.listen(NOW, lambda notice: watch.look_now())
    prefetch: Prefetch | None = None
    wanted = kit.settings.prefetch
    if wanted.server in known:
        night = Night(wanted.night_from, wanted.night_until)
        how = Prefetching(night, wanted.newest, tuple(wanted.modalities), wanted.years)
        prefetch = Prefetch(kit.centre, kit.local, station, known[wanted.server], how)
        kit.crew.start("prefetch", prefetch.work, wake=prefetch.look_now)
        kit.local_notices.listen(NOW, lambda notice: prefetch.look_now())
    kit.crew.start("day-sheets", day_sheets(kit).work)
    return prefetch


def day_sheets(kit: Kit) -> DaySheets:
    from kiosk.flow.day_sheets import DaySheets

    told = kit.settings.sheets
    readiness = told.readiness if kit.settings.prefetch.server else ""
    times = {READINESS: readiness, RECONCILIATION: told.reconciliation}
    two = any(kit.volumes.of_role(role) for role in COPIED_TO)
    return DaySheets(kit.centre, kit.local, kit.station, kit.data / Path(told.folder), times, two_disks=two)


def start_printing(kit: Kit) -> None:
    """The sheets go to this PC's printer."""
    from kiosk.flow.print_pages import SHEET, start_printing

    start_printing(kit.local, kit.station.name, kit.crew, SHEET, kit.settings.sheets.print_command)


class MorningDesk:
    """Answers come through the mailbox."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def view(self) -> Answer:
        """Answer: MorningView."""
        return self._kit.ask(self._view)

    def make(self, kind: str) -> Answer:
        """Make a sheet of today now; answer: the Sheet."""
        return self._kit.ask(day_sheets(self._kit).make, kind, date.today(), deadline_s=60.0)

    def on_paper(self, call: Callable[[Any], None]) -> Callable[[], None]:
        """Call with each notice of this PC's printer about sheets; returns the way to end it."""
        from kiosk.flow.print_pages import NOTICE, SHEET

        def told(notice: Any) -> None:
            if notice.ids.get("page") == SHEET:
                call(notice)

        return self._kit.local_notices.listen(NOTICE, told)

    def print(self, kind: str, day: date) -> Answer:
        """Hand the sheet to the printer."""
        from kiosk.flow.day_sheets import print_sheet, sheet_path

        path = sheet_path(self._kit.data / Path(self._kit.settings.sheets.folder), kind, day)
        actor = self._kit.session.actor()
        return self._kit.ask(
            print_sheet, self._kit.centre, self._kit.local, actor, self._kit.station.name, path, kind
        )  # fmt: skip

    def run_now(self) -> Answer:
        """Ask the neighbour and the archive at once, whatever the hour."""
        from kiosk.flow.fetching_state import NOW
        from kiosk.store import notices

        def do() -> None:
            with self._kit.local.writing() as conn:
                notices.tell(conn, NOW, local=True)

        return self._kit.ask(do)

    def pause(self, name: str) -> Answer:
        """Pause the neighbour watch or the prefetch, or let it go on; answer: the names that are paused."""
        from kiosk.flow.fetching_state import pause

        return self._kit.ask(pause, self._kit.local, name)

    def _view(self) -> MorningView:
        from kiosk.flow import fetching_state
        from kiosk.flow.day_sheets import last_sheet

        paused = fetching_state.paused(self._kit.local)
        titles = {each.name: each.whom for each in servers(self._kit.settings, self._kit.data)}
        workers = []
        for name, server in (
            (fetching_state.NEIGHBOUR, self._kit.settings.neighbour.server),
            (fetching_state.PREFETCH, self._kit.settings.prefetch.server),
        ):
            told, at = fetching_state.told(self._kit.local, name)
            workers.append(
                Worker(name, titles.get(server, ""), at, dict(told.get("counts", {})), told.get("why"), name in paused)
            )
        readiness, evening = (last_sheet(self._kit.local, kind) for kind in (READINESS, RECONCILIATION))
        return MorningView(readiness, evening, tuple(workers))
