"""Findings found by what was said in them, and signed findings with what was handed out of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.core.result_csv import Result
from kiosk.core.two_readers import FIRST, SECOND
from kiosk.store.clock import now_text
from kiosk.store.finding_tables import finding_hand_outs
from kiosk.store.in_lists import few_lengths
from kiosk.store.search_text import containing
from kiosk.store.tables import finding_versions, findings, patients, steps, visits

FINAL = ("signed", "amended")


@dataclass(frozen=True)
class Asked:
    """What is looked for; empty fields narrow nothing. ``since`` and ``until`` are days of the visit."""

    text: str = ""
    code: str = ""
    category: str = ""
    kind: str = ""
    reader: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class Told:
    """One finding as it stands. ``handed`` is the newest version that went to the check-up system, 0 = none."""

    state: str
    kanji: str
    kana: str
    by: str
    result: Result
    handed: int = 0

    @property
    def owed(self) -> bool:
        """It holds, and did not go out as it stands."""
        return self.state in FINAL and self.handed < self.result.version


def find(conn: sa.Connection, asked: Asked, *, final: bool = False, limit: int = 2000) -> list[Told]:
    """Findings, newest day first; ``final``: only those that hold, each with its newest signed version."""
    newest: Any = findings.c.version
    where: list[sa.ColumnElement[bool]] = []
    if final:
        signed = finding_versions.alias()
        newest = (
            sa.select(sa.func.max(signed.c.number))
            .where(signed.c.finding == findings.c.id, signed.c.signed == 1)
            .scalar_subquery()
        )
        where.append(findings.c.state.in_(FINAL))
    where += _where(asked)
    shown = sa.and_(finding_versions.c.finding == findings.c.id, finding_versions.c.number == newest)
    rows = conn.execute(
        sa.select(
            findings.c.visit, findings.c.kind, findings.c.state, finding_versions, visits.c.day,
            visits.c.number.label("visit_number"), patients.c.patient_id, patients.c.kanji, patients.c.kana,
            steps.c.exam_data,
        )
        .select_from(findings)
        .join(finding_versions, shown)
        .join(visits, findings.c.visit == visits.c.id)
        .join(patients, visits.c.patient == patients.c.id)
        .outerjoin(steps, sa.and_(steps.c.visit == findings.c.visit, steps.c.exam == findings.c.kind))
        .where(*where)
        .order_by(visits.c.day.desc(), visits.c.number, findings.c.kind)
        .limit(limit)
    ).mappings().all()  # fmt: skip
    ids = [row["finding"] for row in rows]
    readers, handed = _readers(conn, ids), handed_out(conn, ids)
    return [_told(row, readers.get(row["finding"], {}), handed.get(row["finding"], 0)) for row in rows]


def _where(asked: Asked) -> list[sa.ColumnElement[bool]]:
    where: list[sa.ColumnElement[bool]] = []
    if asked.text:
        where.append(finding_versions.c.text.ilike(containing(asked.text), escape="\\"))
    if asked.code:
        codes = sa.cast(finding_versions.c.codes, sa.Text)
        where.append(codes.like(containing(f'"{asked.code}"'), escape="\\"))
    if asked.category:
        where.append(finding_versions.c.category == asked.category)
    if asked.kind:
        where.append(findings.c.kind == asked.kind)
    if asked.reader:
        read = finding_versions.alias()
        by = read.c.by.ilike(containing(asked.reader), escape="\\")
        where.append(sa.exists().where(read.c.finding == findings.c.id, read.c.signed == 1, by))
    if asked.since:
        where.append(visits.c.day >= asked.since)
    if asked.until:
        where.append(visits.c.day <= asked.until)
    return where


def _told(row: Any, readers: dict[str, str], handed: int) -> Told:
    result = Result(
        finding=row["finding"],
        visit=row["visit"],
        number=row["visit_number"],
        patient_id=row["patient_id"],
        day=row["day"],
        kind=row["kind"],
        exam=(row["exam_data"] or {}).get("name", "") or row["kind"],
        category=row["category"],
        codes=tuple(row["codes"]),
        text=row["text"],
        reader=readers.get(FIRST, row["by"]),
        second_reader=readers.get(SECOND, ""),
        signed_at=row["at"].replace("T", " ")[:19],
        version=row["number"],
        items="; ".join(f"{' '.join((field, place)).rstrip()}={value}" for field, place, value in row["items"]),
    )
    return Told(row["state"], row["kanji"], row["kana"], row["by"], result, handed)


def _readers(conn: sa.Connection, ids: Sequence[int]) -> dict[int, dict[str, str]]:
    """Who read first and second, of findings with two readers."""
    found: dict[int, dict[str, str]] = {}
    table = finding_versions.c
    for start in range(0, len(ids), 500):
        some = few_lengths(ids[start : start + 500])
        asked = sa.select(table.finding, table.role, table.by).where(
            table.finding.in_(some), table.role.in_((FIRST, SECOND)), table.signed == 1
        )
        for row in conn.execute(asked.order_by(table.number)):
            found.setdefault(row.finding, {})[row.role] = row.by
    return found


def handed_out(conn: sa.Connection, ids: Sequence[int]) -> dict[int, int]:
    """The newest version of each finding that went to the check-up system."""
    found: dict[int, int] = {}
    table = finding_hand_outs.c
    for start in range(0, len(ids), 500):
        some = few_lengths(ids[start : start + 500])
        asked = sa.select(table.finding, sa.func.max(table.version)).where(table.finding.in_(some))
        found.update((row[0], row[1]) for row in conn.execute(asked.group_by(table.finding)))
    return found


def mark_handed_out(conn: sa.Connection, results: Collection[Result], *, file: str, station: str, by: str) -> None:
    """These versions went out in this file."""
    at = now_text()
    rows = [
        {"finding": each.finding, "version": each.version, "file": file, "station": station, "by": by, "at": at}
        for each in results
    ]
    if rows:
        conn.execute(finding_hand_outs.insert(), rows)
