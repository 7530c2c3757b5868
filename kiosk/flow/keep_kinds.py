"""The kinds of findings in the hands of those who keep them: read, checked, seen as a page, published, out to Excel and
in again; behind a role and a PIN.

Methods work on the calling thread and may block.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.core.faults import Overtaken, Refused
from kiosk.core.finding import FindingBody, FindingVersion, Item
from kiosk.core.finding_fields import CODE, Part
from kiosk.core.finding_tables import tables_of
from kiosk.core.judgement import Judgement, Kind, broken_promises, letters_of, read_judgement
from kiosk.core.kind_sheets import SHEETS, Mistake, Row, Sheets, changes, kind_of, mistakes_in, sheets_of
from kiosk.core.patient import Patient
from kiosk.core.settings import StationSettings
from kiosk.core.visit import Visit, VisitKey
from kiosk.core.words import N_, Sentence, say
from kiosk.flow.book_gate import BookGate
from kiosk.store import audit, findings, masters, notices
from kiosk.store.audit import Actor
from kiosk.store.engine import Store, writing_in_order

MASTER = "findings"
NOTICE = "findings master"
SAMPLE = Patient("", "00000000", "見本 太郎", "ミホン タロウ", "", "M", date(1970, 1, 1))
TAKEN_AWAY = N_("“{words}” was used; it can be retired, not taken away.")


@dataclass(frozen=True)
class KeptKinds:
    """The master as it is stored, with the letters that its rules may suggest."""

    master: dict[str, Any]
    letters: tuple[str, ...]

    def kind(self, code: str) -> dict[str, Any] | None:
        return next((each for each in self.master.get("kind", ()) if each.get("code", "") == code), None)

    @property
    def names(self) -> dict[str, str]:
        """Names of the kinds by their codes."""
        return {str(each.get("code", "")): str(each.get("name", "")) for each in self.master.get("kind", ())}


@dataclass(frozen=True)
class Taken:
    """What an Excel file would make of a kind: its rows, what is wrong, what is otherwise than now."""

    code: str
    sheets: Sheets
    wrong: tuple[tuple[str, str], ...]  # where and what
    changes: tuple[tuple[str, str, str, str], ...]  # new, gone or changed; sheet; entry; words


class KeepKinds(BookGate):
    """One desk before the findings masters."""

    not_yours = N_("The masters of findings are kept by other roles than yours.")
    give_again = N_("Open the masters again and give the PIN.")

    def __init__(
        self, centre: Store, actor: Callable[[], Actor], station: StationSettings, keepers: Sequence[str] = ()
    ) -> None:
        super().__init__(centre, actor, book=MASTER, keepers=keepers)
        self._station = station

    def kinds(self) -> KeptKinds:
        """All of it, as it is stored."""
        with self._centre.reading() as conn:
            return _kept(masters.master(conn, MASTER))

    def publish(self, before: Mapping[str, Any], sheets: Mapping[str, Sequence[Row]]) -> Taken | None:
        """Put the kind of ``sheets`` into force; ``before`` is the master as the window had it. Returns what is wrong
        and then nothing is published, None when it is in force. Raises Overtaken where somebody changed it meanwhile.
        """
        self._must_be_in()
        kind = kind_of(sheets)
        with writing_in_order(self._centre) as conn:
            now = masters.master(conn, MASTER)
            if now != before:
                raise Overtaken(
                    N_("Somebody else changed the masters meanwhile."), N_("Look at them anew, then do it again."),
                    reference="B422",
                )  # fmt: skip
            after = _with_kind(now, kind)
            wrong = self._wrong(now, after, sheets)
            if wrong:
                return Taken(str(kind["code"]), dict(sheets), wrong, ())  # type: ignore[arg-type]
            # What was signed before masters were kept prints from the one in force: from now on from this one.
            findings.pin_master(conn, masters.keep_version(conn, MASTER, now, self._actor().who))
            masters.write_master(conn, MASTER, after, by=self._actor().who)
            notices.tell(conn, NOTICE, exam=str(kind["code"]))
            audit.write(conn, self._actor(), "findings master published", subject=f"kind {kind['code']}")
        return None

    def _wrong(
        self, now: Mapping[str, Any], after: Mapping[str, Any], sheets: Mapping[str, Sequence[Row]]
    ) -> tuple[tuple[str, str], ...]:
        found = [(where(each), say(each.words)) for each in mistakes_in(sheets, _kept(dict(now)).letters)]
        if not found:
            broken = broken_promises(read_judgement(now, proven=True), read_judgement(after, proven=True))
            found += [("", say(Sentence(TAKEN_AWAY, {"words": words}))) for words in broken]
        if not found:
            try:
                read_judgement(after)
            except Refused:
                raise
            except Exception as why:  # a code that another kind has: told by the reader of the whole master
                told = getattr(why, "sentence", None)
                found.append(("", say(told) if told is not None else str(why)))
        return tuple(found)

    # -- Excel -------------------------------------------------------------------------------------------------

    def write_workbook(self, path: Path, sheets: Mapping[str, Sequence[Row]]) -> Path:
        """The kind as an Excel file."""
        from kiosk.paper.kind_workbook import write_kind_workbook

        self._must_be_in()
        path = path if path.suffix.lower() == ".xlsx" else path.with_name(path.name + ".xlsx")
        write_kind_workbook(path, sheets, self._station.institution_name)
        return path

    def read_workbook(self, path: Path) -> Taken:
        """What an Excel file says; nothing is changed by it."""
        from kiosk.paper.kind_workbook import excel_row, read_kind_workbook

        self._must_be_in()
        sheets, unreadable = read_kind_workbook(path)
        kept = self.kinds()
        mistakes = [*unreadable, *mistakes_in(sheets, kept.letters)]
        code = (sheets.get("kind") or [{}])[0].get("code", "")
        now = kept.kind(code)
        told = () if mistakes else tuple(
            (each.what, each.sheet, each.entry, each.words)
            for each in changes(sheets_of(now) if now is not None else {}, sheets)
        )  # fmt: skip
        wrong = tuple((where(each, excel_row(each)), say(each.words)) for each in mistakes)
        return Taken(code, sheets, wrong, told)

    # -- the page ----------------------------------------------------------------------------------------------

    def preview(self, sheets: Mapping[str, Sequence[Row]]) -> bytes:
        """The printed page of the kind, with something in every field, of somebody who does not exist."""
        from kiosk.paper.finding_report import FindingPage, finding_report

        self._must_be_in()
        kind = kind_of(sheets)
        with self._centre.reading() as conn:
            judgement = read_judgement(_with_kind(masters.master(conn, MASTER), kind), proven=True)
        found = judgement.kind(str(kind["code"]))
        body = sample_body(judgement, found)
        category = judgement.category(body.category)
        page = FindingPage(
            institution=self._station.institution_name,
            kind=found.name,
            patient=SAMPLE,
            visit=Visit(0, VisitKey("", date.today(), "00000000-000"), SAMPLE, 0),
            version=FindingVersion(1, body, "", "", False),
            codes=judgement.codes_of(found.code, body.codes),
            category=category.shown if category else "",
            tables=tables_of(found, body),
            station=self._station.place,
        )
        return finding_report(page)[0]


def sample_body(judgement: Judgement, kind: Kind) -> FindingBody:
    """Something in every field: a normal value where there is one, else the first that can be."""
    items, codes = [], []
    for part in kind.fields:
        place_codes = [each.code for each in kind.codes if each.part == part.name and not each.retired]
        for at, place in enumerate(part.places[:2]):
            if place.isdigit() and at < len(place_codes):
                items.append(Item(part.item(CODE), place, place_codes[at]))
                codes.append(place_codes[at])
            items += [Item(part.item(each.code), place, _sample(part, each.code)) for each in part.offered]
    told = [sentence for sentence in kind.told(items).values() if sentence]
    return FindingBody("\n".join(told) or kind.normal, tuple(codes), kind.normal_category, items=tuple(sorted(items)))


def _sample(part: Part, code: str) -> str:
    field = part.field(code)
    assert field is not None
    if field.type == "number":
        return next((each for each in ("10", "1") if field.read(each)), f"{field.low or 0:g}")
    return field.normal or (field.choices[0].code if field.choices else "—")


def where(mistake: Mistake, row: int | None = None) -> str:
    """Sheet, row and column of a mistake in words; ``row`` as Excel counts, else as the list does (from 1)."""
    sheet = next(each for each in SHEETS if each.name == mistake.sheet)
    column = next((say(each.title) for each in sheet.columns if each.name == mistake.column), "")
    number = mistake.row + 1 if row is None else row
    return say(N_("{sheet}, row {row}, {column}"), sheet=say(sheet.title), row=number, column=column).rstrip(", 、")


def _kept(master: dict[str, Any]) -> KeptKinds:
    letters = letters_of(read_judgement({**master, "kind": []}, proven=True).categories)
    return KeptKinds(copy.deepcopy(master), tuple(sorted(letters)))


def _with_kind(master: Mapping[str, Any], kind: dict[str, Any]) -> dict[str, Any]:
    kinds = [dict(each) for each in master.get("kind", ())]
    at = next((at for at, each in enumerate(kinds) if each.get("code", "") == kind["code"]), len(kinds))
    kinds[at : at + 1] = [kind]
    return {**copy.deepcopy(dict(master)), "kind": kinds}
