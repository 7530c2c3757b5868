"""A reading station with a clock of its own, and the check-up system that delivers to it."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from kiosk.core.kept_sentences import kept_sentence
from kiosk.core.list_settings import ListSettings
from kiosk.core.visit import Visit
from kiosk.core.words import say
from kiosk.devices.inbox.simulator import GAIJI, CheckupSystem, list_bytes
from kiosk.devices.inbox.watched_folder import WatchedFolder
from kiosk.flow.read_list import ListNews, ReadList
from kiosk.store import lists, visits
from kiosk.store.engine import Store

DAY = date(2026, 11, 24)
NAME = "1124_yoyaku.csv"
SETTINGS = ListSettings(gaiji=GAIJI)


class Reception:
    """A reading station with a clock of its own, and the check-up system that delivers to it."""

    def __init__(self, centre: Store, folder: Path, settings: ListSettings = SETTINGS, station: str = "desk-1") -> None:
        self.centre = centre
        self.folder = folder / "in"
        self.system = CheckupSystem(self.folder)
        self.now_s = 0.0
        inbox = WatchedFolder(self.folder, clock=lambda: self.now_s, now=lambda: datetime(2026, 11, 24, 7, 0))
        self.reader = ReadList(
            centre, inbox, settings, institution="0001", issuer="C", station=station, spool=folder / "spool"
        )

    def look(self) -> list[ListNews]:
        """Two looks: the list rested in between."""
        found = self.reader.look()
        self.now_s += 3
        return found + self.reader.look()

    def read(self, rows: list[list[str]], name: str = NAME) -> ListNews:
        self.system.deliver(name, list_bytes(rows))
        (news,) = self.look()
        return news

    def day(self, on: date = DAY) -> list[Visit]:
        with self.centre.reading() as conn:
            return visits.day_visits(conn, on)

    def problems(self, file: int) -> list[str]:
        with self.centre.reading() as conn:
            found = lists.problems_of(conn, file)
        return [f"{each.line}: {say(kept_sentence(each.sentence, each.values))}" for each in found]
