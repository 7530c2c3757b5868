"""Findings are searched by what was said in them; the list, and the book of finding codes, go to paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.judgement import FindingCode, Kind
from kiosk.core.settings import StationSettings
from kiosk.core.words import N_, say
from kiosk.flow.finding_list import Reader
from kiosk.flow.print_pages import FINDING, owe_page
from kiosk.store import audit, finding_search
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.finding_search import Asked, Told

if TYPE_CHECKING:
    from kiosk.paper.page import Frame
    from kiosk.paper.table_list import ListColumn, Row

MOST = 2000  # lines; more are cut, and the window says so


def search_findings(centre: Store, asked: Asked, reader: Reader) -> list[Told]:
    """Findings, drafts too, newest first. What a first reading says is kept from its second reader: found by day and
    kind, never by its words."""
    with centre.reading() as conn:
        found = finding_search.find(conn, asked, limit=MOST)
    by_words = bool(asked.text or asked.code or asked.category)
    shown = []
    for each in found:
        hidden = reader.rules.blind and each.state == "first" and each.by != reader.who
        if hidden and not by_words:
            shown.append(replace(each, result=replace(each.result, text="", codes=(), category="")))
        elif not hidden:
            shown.append(each)
    return shown


class PrintLists:
    """Makes lists on paper, keeps them as files and owes them to the printer."""

    def __init__(self, centre: Store, own: Store, station: StationSettings, folder: Path) -> None:
        self._centre, self._own, self._station, self._folder = centre, own, station, folder

    def found(self, actor: Actor, found: Sequence[Told], what: str) -> Path:
        """The findings that were found; ``what`` says in words what was looked for. Returns the file."""
        from kiosk.paper.table_list import ListColumn

        columns = [
            ListColumn(N_("Day"), 22), ListColumn(N_("Number"), 32), ListColumn(N_("Name"), 34, 2, bold=True),
            ListColumn(N_("Examination"), 30, 2), ListColumn(N_("Category"), 14), ListColumn(N_("Codes"), 30, 3),
            ListColumn(N_("Finding"), 82, 6), ListColumn(N_("Reader"), 28, 2),
        ]  # fmt: skip
        rows = [
            (each.result.day, each.result.number, each.kanji or each.kana, each.result.exam, each.result.category,
             " ".join(each.result.codes), each.result.text,
             "・".join(name for name in (each.result.reader, each.result.second_reader) if name))
            for each in found
        ]  # fmt: skip
        title = say(N_("List of findings"))
        right = f"{what}  {say(N_('{n} findings'), n=len(rows))}".strip()
        path, pages = self._written(self._frame(title, right, landscape=True), columns, rows, "finding-list")
        with self._centre.writing() as conn:
            audit.write(conn, actor, "finding list printed", subject=path.name, rows=len(rows), pages=pages)
        return path

    def code_book(self, kind: Kind, part: str, codes: Sequence[FindingCode], categories: dict[str, str]) -> Path:
        """The codes of a kind, part by part, in place of the book on the shelf. Returns the file."""
        from kiosk.paper.table_list import ListColumn

        columns = [
            ListColumn(N_("Code"), 20, bold=True), ListColumn(N_("Words"), 52, 2), ListColumn(N_("Kana"), 48, 2),
            ListColumn(N_("Category"), 18), ListColumn(N_("Sentence"), 76, 3),
        ]  # fmt: skip
        rows: list[Row] = []
        before = None
        for each in codes:
            if each.part != before:
                rows.append(before := each.part)
            shown = categories.get(each.category, each.category)
            rows.append((each.code, each.name, each.kana, shown, each.in_words))
        title = say(N_("Finding codes: {kind}"), kind=kind.name or kind.code)
        return self._written(self._frame(title, part), columns, rows, "finding-codes")[0]

    def _frame(self, title: str, right: str, landscape: bool = False) -> Frame:
        from kiosk.paper.page import Frame

        station = self._station
        now = datetime.now().strftime("%Y-%m-%d %H:%M")
        return Frame(title, station.institution_name, right, station.place or station.name, now, landscape)

    def _written(
        self, frame: Frame, columns: Sequence[ListColumn], rows: Sequence[Row], name: str
    ) -> tuple[Path, int]:  # fmt: skip
        from kiosk.paper.page import write_whole
        from kiosk.paper.table_list import table_list

        data, pages = table_list(frame, columns, rows)
        now = datetime.now()
        path = self._folder / f"{now:%Y%m%d}" / f"{name}-{now:%H%M%S%f}.pdf"
        write_whole(path, data)
        owe_page(self._own, self._station.name, path, FINDING)
        return path, pages
