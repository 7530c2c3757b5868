"""What the lists of letters and of health guidance show: what is there, and the examinees of whom there is none yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from kiosk.core.guidance import due_state
from kiosk.core.guidance_level import fiscal_year
from kiosk.core.judgement import read_judgement
from kiosk.core.kana import full_kana
from kiosk.core.visit import Visit, VisitState
from kiosk.store import findings, guidance, letters, local, masters, visits
from kiosk.store.engine import Store
from kiosk.store.finding_search import FINAL
from kiosk.store.guidance import FoundCase
from kiosk.store.letters import FoundLetter

_FEW = 30  # examinees offered by a search who have no paper yet
_MOST_FINDINGS = 5000


@dataclass(frozen=True)
class LetterLine:
    """``state``: wanted (a signed finding wants a letter), none, draft, unsent, sent, replied. ``letter`` 0: none."""

    letter: int
    visit: int
    day: date
    number: str
    name: str
    kana: str
    patient_id: str
    state: str
    addressee: str = ""
    sent_day: str = ""
    by: str = ""
    typed_here: bool = False  # words on this PC that are not saved


def letter_lines(
    centre: Store, own_store: Store, *, text: str = "", since: str = "", until: str = "", visit: int = 0
) -> list[LetterLine]:  # fmt: skip
    """Letters of visits in these days, what is still to do first; with ``text`` also visits without a letter, and
    always the ``visit`` from which somebody came here.
    """
    with own_store.reading() as conn:
        typed = {each.subject for each in local.all_drafts(conn, "letter:")}
    with centre.reading() as conn:
        found = letters.search(conn, text=text, since=since, until=until)
        lines = [_of_letter(each, f"letter:{each.letter}" in typed) for each in found]
        with_letter = {each.visit for each in letters.search(conn, since=since, until=until, limit=_MOST_FINDINGS)}
        wanted = _wanted(conn, since, until) - with_letter
        if text:
            fitting = [each for each in _candidates(conn, text, since, until) if each.id not in with_letter]
        else:
            came_from = {visit} if visit and not letters.search(conn, visit=visit) else set()
            rows = sorted(wanted | came_from)
            fitting = [each for row in rows if (each := visits.visit_by_id(conn, row)) is not None]
        lines += [_of_visit(each, "wanted" if each.id in wanted else "none") for each in fitting]
    order = {"wanted": 0, "draft": 1, "unsent": 2, "none": 3, "sent": 4, "replied": 5}
    return sorted(lines, key=lambda line: (order[line.state], -line.day.toordinal(), -line.letter))


def _of_letter(found: FoundLetter, typed_here: bool) -> LetterLine:
    if found.state == "draft":
        state = "draft"
    elif not found.sent_day:
        state = "unsent"
    else:
        state = "replied" if found.replied else "sent"
    return LetterLine(
        found.letter, found.visit, date.fromisoformat(found.day), found.number, found.kanji or found.kana, found.kana,
        found.patient_id, state, found.addressee, found.sent_day, found.by, typed_here,
    )  # fmt: skip


def _of_visit(visit: Visit, state: str) -> LetterLine:
    patient = visit.patient
    return LetterLine(
        0, visit.id, visit.key.day, visit.key.number, patient.shown_name, patient.kana, patient.patient_id, state
    )  # fmt: skip


def _wanted(conn: Any, since: str, until: str) -> set[int]:
    """Visits with a finding that holds and whose category wants a letter."""
    judgement = read_judgement(masters.master(conn, "findings"))
    wanted: set[int] = set()
    for category in judgement.categories:
        if category.referral:
            found = findings.search(
                conn, category=category.code, since=since, until=until, limit=_MOST_FINDINGS
            )  # fmt: skip
            wanted |= {each.visit for each in found if each.state in FINAL}
    return wanted


def _candidates(conn: Any, text: str, since: str = "", until: str = "") -> list[Visit]:
    rows: dict[int, Visit] = {}
    for word in dict.fromkeys(word for word in (text.strip(), full_kana(text)) if word):
        for visit in visits.find_visits(conn, word, since=since, until=until, limit=_FEW):
            if visit.state is not VisitState.CANCELLED:
                rows.setdefault(visit.id, visit)
    return list(rows.values())


@dataclass(frozen=True)
class CaseLine:
    """A case of guidance, or (``found.case`` 0) an examinee without one. ``due``: overdue, week, later or empty."""

    found: FoundCase
    due: str
    typed_here: bool = False


def case_lines(
    centre: Store, own_store: Store, *, text: str = "", visit: int = 0, today: date | None = None
) -> list[CaseLine]:  # fmt: skip
    """Cases, what is due first; with ``text`` also the newest visit of each examinee who has none in its year, and
    always the examinee of the ``visit`` from which somebody came here.
    """
    day = today or date.today()
    with own_store.reading() as conn:
        typed = {each.subject for each in local.all_drafts(conn, "guidance:")}
    with centre.reading() as conn:
        found = guidance.search(conn, text=text)
        lines = [CaseLine(each, due_state(each.due, day), f"guidance:{each.case}" in typed) for each in found]
        came_from = visits.visit_by_id(conn, visit) if visit and not text else None
        people = _candidates(conn, text) if text else [came_from] if came_from is not None else []
        lines += [CaseLine(each, "") for each in _without_case(conn, people)]
    return lines


def _without_case(conn: Any, candidates: Iterable[Visit]) -> list[FoundCase]:
    newest: dict[int, Visit] = {}
    for visit in candidates:
        known = newest.get(visit.patient_row)
        if known is None or visit.key.day > known.key.day:
            newest[visit.patient_row] = visit
    found = []
    for row, visit in newest.items():
        year = fiscal_year(visit.key.day)
        if guidance.case_of(conn, row, year) is None:
            found.append(_line_of(visit, year))
    return found


def _line_of(visit: Visit, year: int) -> FoundCase:
    patient = visit.patient
    birth = patient.birth_date.isoformat() if patient.birth_date else ""
    return replace(
        _NONE, visit=visit.id, day=visit.key.day.isoformat(), number=visit.key.number, patient_id=patient.patient_id,
        kanji=patient.kanji, kana=patient.kana, sex=patient.sex, birth_date=birth, year=year,
    )  # fmt: skip


_NONE = FoundCase(0, 0, "", "", "", "", "", "", "", 0, "none", "", "", 0, 0, "", "")
