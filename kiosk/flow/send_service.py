"""Starts everything that sends: the rules, a lane and a watched line for each destination, watched folders."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from kiosk.core.faults import Fault
from kiosk.core.routing import Rule, rules_in_force
from kiosk.core.sending import DestinationLine, Switches
from kiosk.core.words import N_
from kiosk.flow.hand_out import HandOut
from kiosk.flow.image_kinds import ImageKinds
from kiosk.flow.kit import Kit
from kiosk.flow.notices import Watch
from kiosk.flow.owed_routes import ROUTE, ROUTED
from kiosk.flow.route_studies import RouteStudies
from kiosk.flow.send_folder import FolderWatch, SendFolder
from kiosk.flow.send_studies import SEND, SEND_NOW, SendStudies
from kiosk.flow.sending_state import LOOK_NOW, SendingBook, SendingLog, SwitchBoard
from kiosk.flow.watch_link import Destination, Link
from kiosk.store.notices import Notice


@dataclass(frozen=True)
class WatchedFolder:
    path: Path
    to: str
    every_s: float = 60.0
    put_away: bool = True


@dataclass(frozen=True)
class Sending:
    """How this gateway sends."""

    destinations: tuple[Destination, ...] = ()
    rules: tuple[Rule, ...] = ()
    folders: tuple[WatchedFolder, ...] = ()
    standard: Switches = Switches()
    look_s: float = 60.0

    def check(self) -> None:
        """Raises Fault where a name is used twice, or a rule or folder does not fit."""
        names = [each.name for each in self.destinations]
        for name in names:
            if not name or names.count(name) > 1:
                raise Fault(NOT_ITS_OWN, SEE_FILE, reference="P240", name=name or "-")
        for rule in self.rules:
            if wrong := rule.wrong(names):
                raise Fault(wrong.text, SEE_FILE, reference="P241", **wrong.values)
        for folder in self.folders:
            if folder.to not in names:
                raise Fault(
                    N_("The watched folder {folder} names a destination that is not there: {name}."),
                    SEE_FILE,
                    reference="P242",
                    folder=str(folder.path),
                    name=folder.to or "-",
                )

    @property
    def rules_in_force(self) -> tuple[Rule, ...]:
        return rules_in_force(self.rules, [each.name for each in self.destinations])

    def named(self, name: str) -> Destination:
        """Raises KeyError."""
        return {each.name: each for each in self.destinations}[name]


NOT_ITS_OWN = N_("Each destination needs a name of its own: {name}.")
SEE_FILE = N_("Correct it in the parameter file.")


def start_sending(kit: Kit, how: Sending, local_notices: Watch, log_folder: Path) -> list[SendStudies]:
    """Start the workers on the kit's crew; returns the lanes. Raises Fault where the settings make no sense."""
    how.check()
    if not how.destinations:
        return []
    station, crew = kit.station.name, kit.crew
    switches = SwitchBoard(kit.local, how.standard)
    book = SendingLog(log_folder)
    router = RouteStudies(kit.centre, station, how.destinations, how.rules_in_force, ImageKinds(kit.centre))
    HandOut(kit.centre, station, {ROUTE: router.route}, crew, only=(ROUTED,))
    lanes = []
    for to in how.destinations:
        link = Link(to, every_s=how.look_s)
        lane = SendStudies(kit.centre, kit.volumes.path_of, to, link, switches, book)
        doers = {SEND: lane.send, SEND_NOW: lane.send}
        crew.start(f"link-{to.name}", link.watch, wake=lane.stop)
        HandOut(kit.centre, station, doers, crew, only=(to.name,), may=lane.may)
        lanes.append(lane)
    for folder in how.folders:
        to = how.named(folder.to)
        sender = SendFolder(kit.centre, to, folder.path, put_away=folder.put_away)
        lane = next(each for each in lanes if each.destination is to)
        crew.start(f"folder-{folder.path.name}", FolderWatch(sender, folder.every_s, lane.open).work)

    def lines() -> list[DestinationLine]:
        return [each.line() for each in lanes]

    def look_now(notice: Notice) -> None:
        for each in lanes:
            each.link.look_now()

    local_notices.listen(LOOK_NOW, look_now)
    crew.start("sending-book", SendingBook(kit.local, lines).work)
    return lanes
