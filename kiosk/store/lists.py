"""Reservation lists that were read: the file by its hash, and the problems of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.tables import list_files, list_problems


@dataclass(frozen=True)
class ListFile:
    id: int
    name: str
    sha256: str
    at: str
    rows: int
    added: int
    changed: int
    vanished: int
    problems: int


@dataclass(frozen=True)
class ListProblem:
    """One row's trouble: ``sentence`` is a message id with ``values``; ``row_taken`` where the row went in anyway."""

    id: int
    file: int
    line: int
    sentence: str
    values: dict[str, Any]
    row_taken: bool
    settled_by: str = ""


def last_read(conn: sa.Connection, institution: str, name: str = "") -> ListFile | None:
    """The newest complete reading of a file of that name, or of any file."""
    query = sa.select(list_files).where(list_files.c.institution == institution, list_files.c.done == 1)
    if name:
        query = query.where(list_files.c.name == name)
    row = conn.execute(query.order_by(list_files.c.id.desc()).limit(1)).mappings().first()
    return _file(row) if row else None


def begin_file(conn: sa.Connection, institution: str, name: str, sha256: str) -> int:
    done = conn.execute(
        list_files.insert().values(
            institution=institution,
            name=name,
            sha256=sha256,
            at=now_text(),
            rows=0,
            added=0,
            changed=0,
            vanished=0,
            problems=0,
        )
    )
    return int(done.inserted_primary_key[0])  # type: ignore[index]


def finish_file(
    conn: sa.Connection, file: int, *, rows: int, added: int, changed: int, vanished: int, problems: int
) -> None:
    conn.execute(
        list_files.update()
        .where(list_files.c.id == file)
        .values(rows=rows, added=added, changed=changed, vanished=vanished, problems=problems, done=1, at=now_text())
    )


def add_problems(conn: sa.Connection, file: int, problems: list[ListProblem]) -> None:
    if problems:
        conn.execute(
            list_problems.insert(),
            [
                {
                    "file": file,
                    "line": p.line,
                    "sentence": p.sentence,
                    "values": p.values,
                    "row_taken": int(p.row_taken),
                }
                for p in problems
            ],
        )


def recent_files(conn: sa.Connection, limit: int = 30) -> list[ListFile]:
    rows = conn.execute(
        sa.select(list_files).where(list_files.c.done == 1).order_by(list_files.c.id.desc()).limit(limit)
    ).mappings()
    return [_file(row) for row in rows]


def problems_of(conn: sa.Connection, file: int, *, open_only: bool = False, limit: int = 1000) -> list[ListProblem]:
    query = sa.select(list_problems).where(list_problems.c.file == file).order_by(list_problems.c.line).limit(limit)
    if open_only:
        query = query.where(list_problems.c.settled_by == "")
    return [
        ListProblem(
            row["id"],
            row["file"],
            row["line"],
            row["sentence"],
            dict(row["values"]),
            bool(row["row_taken"]),
            row["settled_by"],
        )
        for row in conn.execute(query).mappings()
    ]


def settle_problem(conn: sa.Connection, problem: int, by: str) -> None:
    """A person has seen to it."""
    conn.execute(list_problems.update().where(list_problems.c.id == problem).values(settled_by=by))


def _file(row: sa.RowMapping) -> ListFile:
    return ListFile(
        row["id"],
        row["name"],
        row["sha256"],
        row["at"],
        row["rows"],
        row["added"],
        row["changed"],
        row["vanished"],
        row["problems"],
    )
