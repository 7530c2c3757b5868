"""What the section of watched traffic may ask and do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer


@dataclass(frozen=True)
class TrafficView:
    """``lines``: (time, association, way, what); the files' names begin with ``stem``."""

    peer: str = ""
    on: bool = False
    stem: str = ""
    lines: tuple[tuple[str, ...], ...] = ()


class TrafficDesk:
    """Answers come through the mailbox."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def peers(self) -> dict[str, str]:
        """AE title -> what it is called, of everybody that the parameter file names."""
        told = self._kit.settings
        found = {each.ae_title: each.title for each in told.nodes}
        for other in (*told.send.destinations, *told.servers):
            found.setdefault(other.ae_title, other.title or other.name)
        return {ae: title for ae, title in found.items() if ae}

    def view(self) -> Answer:
        """Answer: TrafficView."""
        return self._kit.ask(self._view)

    def watch(self, peer: str) -> Answer:
        """Watch a peer for at most an hour; empty ends it."""
        from kiosk.flow import watch_traffic

        if not peer:
            return self._kit.ask(watch_traffic.end_watching, self._kit.local)
        return self._kit.ask(
            watch_traffic.watch, self._kit.centre, self._kit.local, self._kit.session.actor(), peer
        )  # fmt: skip

    def _view(self) -> TrafficView:
        from kiosk.flow.watch_traffic import lines_of, traffic_folder, watched

        chosen, folder = watched(self._kit.local), traffic_folder(self._kit.data)
        return TrafficView(chosen.peer, chosen.on, chosen.stem, tuple(lines_of(folder, chosen.stem)))
