"""Cases of health guidance: one for each examinee and fiscal year; each save is a version and none is ever altered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.core.faults import Overtaken
from kiosk.core.guidance import CaseBody, case_body
from kiosk.core.kana import full_kana
from kiosk.core.words import N_
from kiosk.store.clock import now_text
from kiosk.store.letter_tables import guidance_cases, guidance_versions
from kiosk.store.search_text import containing
from kiosk.store.tables import patients, visits


@dataclass(frozen=True)
class CaseVersion:
    number: int
    body: CaseBody
    by: str
    at: str


@dataclass(frozen=True)
class Case:
    id: int
    visit_id: int
    year: int
    versions: tuple[CaseVersion, ...]

    @property
    def newest(self) -> CaseVersion:
        return self.versions[-1]


@dataclass(frozen=True)
class Figures:
    """What lists show of a case, computed by the rules when it was saved."""

    due: str
    points: int


def case_by_id(conn: sa.Connection, case: int) -> Case | None:
    row = conn.execute(sa.select(guidance_cases).where(guidance_cases.c.id == case)).mappings().first()
    if row is None:
        return None
    query = (
        sa.select(guidance_versions).where(guidance_versions.c.case == case).order_by(guidance_versions.c.number)
    )  # fmt: skip
    versions = tuple(
        CaseVersion(each["number"], case_body(each["body"]), each["by"], each["at"])
        for each in conn.execute(query).mappings()
    )
    return Case(row["id"], row["visit"], row["year"], versions)


def case_of(conn: sa.Connection, patient: int, year: int, *, begins: bool = False) -> int | None:
    """The case of a person (row of ``patients``) in a fiscal year. ``begins``: who asks at the same time, waits."""
    if begins:
        conn.execute(sa.select(patients.c.id).where(patients.c.id == patient).with_for_update())
    mine = sa.and_(guidance_cases.c.patient == patient, guidance_cases.c.year == year)
    found: int | None = conn.execute(sa.select(guidance_cases.c.id).where(mine)).scalar()
    return found


def begin_case(
    conn: sa.Connection, *, patient: int, visit: int, year: int, body: CaseBody, figures: Figures, by: str
) -> Case:  # fmt: skip
    """A new case, with its first version."""
    at = now_text()
    done = conn.execute(
        guidance_cases.insert().values(
            patient=patient, visit=visit, year=year, version=1, by=by, at=at, **_listed(body, figures)
        )
    )
    number = int(done.inserted_primary_key[0])  # type: ignore[index]
    conn.execute(guidance_versions.insert().values(case=number, number=1, body=body.as_data(), by=by, at=at))
    return _kept(conn, number)


def write_case(
    conn: sa.Connection, *, case: int, body: CaseBody, figures: Figures, by: str, based_on: int
) -> Case:  # fmt: skip
    """Add a version. Raises Overtaken where another one than ``based_on`` is the newest."""
    newest = conn.execute(
        sa.select(guidance_cases.c.version).where(guidance_cases.c.id == case).with_for_update()
    ).scalar_one()
    if newest != based_on:
        raise Overtaken(
            N_("Somebody else has changed this case of guidance meanwhile."),
            N_("What you typed is kept as a draft; open it again and compare."),
        )
    at = now_text()
    conn.execute(
        guidance_versions.insert().values(case=case, number=based_on + 1, body=body.as_data(), by=by, at=at)
    )
    conn.execute(
        guidance_cases.update()
        .where(guidance_cases.c.id == case)
        .values(version=based_on + 1, by=by, at=at, **_listed(body, figures))
    )
    return _kept(conn, case)


def _kept(conn: sa.Connection, case: int) -> Case:
    found = case_by_id(conn, case)
    assert found is not None
    return found


def _listed(body: CaseBody, figures: Figures) -> dict[str, Any]:
    return {
        "state": str(body.state), "level": str(body.level), "ticket": body.ticket, "due": figures.due,
        "points": figures.points, "sessions": len(body.sessions),
        "last_day": body.sessions[-1].day if body.sessions else "",
    }  # fmt: skip


@dataclass(frozen=True)
class FoundCase:
    """A line of the list. ``case`` 0: an examinee of whom there is none yet in this fiscal year."""

    case: int
    visit: int
    day: str  # of the check-up
    number: str
    patient_id: str
    kanji: str
    kana: str
    sex: str
    birth_date: str
    year: int
    state: str
    level: str
    due: str
    points: int
    sessions: int
    last_day: str
    by: str


def search(conn: sa.Connection, *, text: str = "", states: tuple[str, ...] = (), limit: int = 500) -> list[FoundCase]:
    """Cases by part of name, kana, ID, check-up number or ticket; what is due first stands first."""
    where: list[sa.ColumnElement[bool]] = []
    for word in text.split():
        likes = {containing(each) for each in (word, full_kana(word)) if each}
        columns = (patients.c.kanji, patients.c.kana, patients.c.patient_id, visits.c.number, guidance_cases.c.ticket)
        where.append(sa.or_(*(column.ilike(like, escape="\\") for column in columns for like in likes)))
    if states:
        where.append(guidance_cases.c.state.in_(states))
    query = (
        sa.select(
            guidance_cases.c.id, guidance_cases.c.visit, visits.c.day, visits.c.number, patients.c.patient_id,
            patients.c.kanji, patients.c.kana, patients.c.sex, patients.c.birth_date, guidance_cases.c.year,
            guidance_cases.c.state, guidance_cases.c.level, guidance_cases.c.due, guidance_cases.c.points,
            guidance_cases.c.sessions, guidance_cases.c.last_day, guidance_cases.c.by,
        )
        .join(visits, guidance_cases.c.visit == visits.c.id)
        .join(patients, guidance_cases.c.patient == patients.c.id)
        .where(*where)
        .order_by(guidance_cases.c.due == "", guidance_cases.c.due, guidance_cases.c.at.desc())
        .limit(limit)
    )  # fmt: skip
    return [FoundCase(*tuple(row)) for row in conn.execute(query)]


def extra_of(conn: sa.Connection, visit: int) -> dict[str, str]:
    """Further columns that the list told of the visit, by our names."""
    found = conn.execute(sa.select(visits.c.extra).where(visits.c.id == visit)).scalar()
    return {str(name): str(value) for name, value in (found or {}).items()}
