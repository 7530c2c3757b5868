"""The list of what is to be read: examinations with images or a finding, unsigned ones first, found by any word."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.core.kana import full_kana
from kiosk.core.two_readers import PERSON_IN_CHARGE, ReadingRules
from kiosk.core.visit import Step, Visit, VisitState
from kiosk.store import findings, local, visits
from kiosk.store.engine import Store
from kiosk.store.findings import Found

MOST = 2000  # lines that are shown; more are cut and told
_MOST_STATES = 50_000


@dataclass(frozen=True)
class Reader:
    """Who looks at the list, with the rules of this station for two readers."""

    who: str = ""
    role: str = ""
    rules: ReadingRules = ReadingRules()


@dataclass(frozen=True)
class FindingLine:
    """One examination of one visit. ``state``: none, draft, signed, amended; ``typed_here``: kept on this PC only."""

    visit: int
    kind: str
    exam: str
    day: date
    at: str
    number: str
    name: str
    kana: str
    sex: str
    age: int | None
    images: int
    state: str = "none"
    category: str = ""
    text: str = ""
    by: str = ""
    typed_here: bool = False
    mine: bool = True  # the person at this station can bring it further

    @property
    def open(self) -> bool:
        """Still to be signed, read by a second reader, or settled."""
        return self.state in ("none", "draft", "first", "differs")


def finding_lines(
    centre: Store, own_store: Store, *, since: str = "", until: str = "", text: str = "", kinds: Collection[str] = (),
    reader: Reader = Reader(),  # noqa: B008 - frozen
) -> list[FindingLine]:  # fmt: skip
    """Lines of the days ``since`` to ``until`` (ISO, inclusive), narrowed by ``text`` and ``kinds`` (exam codes).

    ``reader`` is who looks: a first reading that is kept from that person is named, and not what it says.

    ``text``: part of name, kana (in any form), ID, check-up number or finding, or a finding code.
    """
    with centre.reading() as conn:
        rows: dict[int, Visit] = {}
        hits: set[tuple[int, str]] = set()  # found by the finding itself: only that line, not the visit's others
        words = list(dict.fromkeys(word for word in (text.strip(), full_kana(text)) if word)) or [""]
        for word in words:
            for visit in visits.find_visits(conn, word, since=since, until=until, limit=MOST):
                rows.setdefault(visit.id, visit)
        by_name = set(rows)
        if text.strip():
            found = [*findings.search(conn, text=text.strip(), since=since, until=until),
                     *findings.search(conn, code=text.strip(), since=since, until=until)]  # fmt: skip
            for each in found:
                if _hidden(each, reader):
                    continue
                hits.add((each.visit, each.kind))
                if each.visit not in rows and (visit_of := visits.visit_by_id(conn, each.visit)) is not None:
                    rows[each.visit] = visit_of
        states = _states(conn, list(rows.values()))
        readers = findings.readers_of(conn, [each.finding for each in states.values() if each.state == "differs"])
    with own_store.reading() as conn:
        typed = {_of_whom(each.subject, reader.who) for each in local.all_drafts(conn, "finding:")}
    lines = [
        _line(visit, step, states.get((visit.id, step.exam.code)), typed, reader, readers)
        for visit in rows.values()
        for step in visit.steps
        if (not kinds or step.exam.code in kinds)
        and (visit.id in by_name or (visit.id, step.exam.code) in hits)
        and _is_to_be_read(visit, step, states)
    ]
    return sorted(lines, key=_order)[:MOST]


def _states(conn: object, rows: Sequence[Visit]) -> dict[tuple[int, str], Found]:
    if not rows:
        return {}
    days = [visit.key.day.isoformat() for visit in rows]
    every = findings.search(conn, since=min(days), until=max(days), limit=_MOST_STATES)  # type: ignore[arg-type]
    return {(each.visit, each.kind): each for each in every}


def _is_to_be_read(visit: Visit, step: Step, states: dict[tuple[int, str], Found]) -> bool:
    if (visit.id, step.exam.code) in states:
        return True
    return step.exam.gives_images and step.images > 0 and visit.state is not VisitState.CANCELLED


def _of_whom(subject: str, who: str) -> str:
    """The finding that a draft belongs to, for the reader whose own it is."""
    return subject.removesuffix(f":{who}") if who else subject


def _hidden(found: Found, reader: Reader) -> bool:
    return reader.rules.blind and found.state == "first" and found.by != reader.who


def _is_mine(found: Found | None, reader: Reader, readers: Mapping[int, set[str]]) -> bool:
    """Whether this person can bring it further: not as the second reader of the own reading, nor as a stranger to
    two readings that differ."""
    if found is None or found.state not in ("first", "differs"):
        return True
    if found.state == "first":
        return found.by != reader.who
    in_charge = reader.role == PERSON_IN_CHARGE or reader.who in reader.rules.in_charge
    return in_charge or reader.who in readers.get(found.finding, set())


def _line(
    visit: Visit, step: Step, found: Found | None, typed: set[str], reader: Reader, readers: Mapping[int, set[str]]
) -> FindingLine:
    told = found if found is not None and not _hidden(found, reader) else None
    patient = visit.patient
    return FindingLine(
        visit=visit.id,
        kind=step.exam.code,
        exam=step.exam.name,
        day=visit.key.day,
        at=visit.at.strftime("%H:%M") if visit.at else "",
        number=visit.key.number,
        name=patient.shown_name,
        kana=patient.kana,
        sex=patient.sex,
        age=patient.age_on(visit.key.day),
        images=step.images,
        state=found.state if found else "none",
        category=told.category if told else "",
        text=told.text if told else "",
        by=found.by if found else "",
        typed_here=f"finding:{visit.id}:{step.exam.code}" in typed,
        mine=_is_mine(found, reader, readers),
    )


def _order(line: FindingLine) -> tuple[int, int, str, str, str]:
    """Unsigned first, those from the oldest day first, so that none is forgotten; signed ones newest first."""
    day = line.day.toordinal()
    return (0, day, line.at, line.number, line.kind) if line.open else (1, -day, line.at, line.number, line.kind)
