"""What the pages of codes, search and results may ask and do."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.two_readers import ReadingRules
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer
    from kiosk.flow.finding_list import Reader

LONG_S = 60.0  # thousands of findings on a slow database


class ListsDesk:
    """Every call returns an Answer at once."""

    def __init__(self, kit: Kit, rules: ReadingRules, pages: Path) -> None:
        from kiosk.flow.hand_out_results import HandOutResults
        from kiosk.flow.search_findings import PrintLists

        told = kit.settings
        self._kit, self._rules = kit, rules
        self._paper = PrintLists(kit.centre, kit.local, kit.station, pages)
        folder = kit.data / (told.results or "results")
        self._out = HandOutResults(
            kit.centre, kit.session, kit.station, folder, told.results_columns, told.results_encoding
        )

    def reader(self) -> Reader:
        """Who is at this station, with its rules for two readers."""
        from kiosk.flow.finding_list import Reader

        return Reader(self._kit.session.name, self._kit.session.role, self._rules)

    def search(self, **asked: str) -> Answer:
        """Answer: findings (Told) by text, code, category, kind, reader, since, until."""
        from kiosk.flow.search_findings import search_findings
        from kiosk.store.finding_search import Asked

        return self._kit.ask(search_findings, self._kit.centre, Asked(**asked), self.reader(), deadline_s=LONG_S)

    def print_found(self, found: Sequence[Any], what: str) -> Answer:
        """Answer: the file of the list; the printer gets it as a job."""
        return self._kit.ask(self._paper.found, self._kit.session.actor(), list(found), what, deadline_s=LONG_S)

    def print_codes(self, kind: Any, part: str, codes: Sequence[Any], categories: dict[str, str]) -> Answer:
        """Answer: the file of the book of codes; the printer gets it as a job."""
        return self._kit.ask(self._paper.code_book, kind, part, list(codes), categories, deadline_s=LONG_S)

    def results(self, everything: bool, **asked: str) -> Answer:
        """Answer: signed findings (Told) that are to go to the check-up system, or all of them."""
        from kiosk.store.finding_search import Asked

        return self._kit.ask(self._out.results, Asked(**asked), everything, deadline_s=LONG_S)

    def hand_out(self, everything: bool, **asked: str) -> Answer:
        """Answer: HandedOut; the file and its .lok are written."""
        from kiosk.store.finding_search import Asked

        return self._kit.ask(self._out.write, Asked(**asked), everything, deadline_s=LONG_S)
