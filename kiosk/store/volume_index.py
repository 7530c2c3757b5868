"""What lies on a volume, kept on the volume itself: a disk put into another PC is searchable there.

Written by the gateway only, in batches; ``search_volume`` reads it anywhere, and changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.core.study import ImageFacts, Instance, Study
from kiosk.store.engine import sqlite_module
from kiosk.store.search_text import containing
from kiosk.store.volume_schema import FILE, open_index, remove_index, trouble

REMEMBERED = 20_000  # row numbers of studies, series, folders kept in memory while adding


@dataclass(frozen=True)
class FoundFile:
    """An image as it lies on a volume. ``path`` is relative to the volume, with forward slashes; ``sha256`` is empty
    until the whole file was read.
    """

    facts: ImageFacts
    path: str
    size: int
    mtime_ns: int = 0
    sha256: str = ""


@dataclass(frozen=True)
class KnownFile:
    """What the index holds of a file that is about to be looked at again."""

    size: int
    mtime_ns: int
    sop_uid: str
    sha256: str


@dataclass(frozen=True)
class DayCount:
    """Images of one study date and modality."""

    day: str  # YYYYMMDD, empty where the images say none
    modality: str
    files: int
    size: int


class VolumeIndex:
    """The index on the volume at ``root``. Opened, used and closed in one thread. Methods raise what
    ``open_index`` raises; each that writes is one transaction.
    """

    def __init__(self, root: Path, volume: str, *, writable: bool = False, anew: bool = False) -> None:
        """``anew``: away with whatever is there."""
        if anew:
            remove_index(root)
        self._path = root / FILE
        self._error = sqlite_module().Error
        self._connection = open_index(root, volume, writable)
        self._rows: dict[tuple[Any, ...], int] = {}

    def __enter__(self) -> VolumeIndex:
        return self

    def __exit__(self, *why: object) -> None:
        self.close()

    def close(self) -> None:
        self._connection.close()

    # -- writing ------------------------------------------------------------------------------------------------
    def add(self, files: Iterable[FoundFile]) -> None:
        """Put in, or bring up to date, what lies at these paths."""
        with self._writing() as do:
            do.executemany(_PUT, [self._row(each) for each in files])

    def drop(self, paths: Iterable[str]) -> None:
        """These files are no longer on the volume."""
        with self._writing() as do:
            for path in paths:
                folder, _, name = path.rpartition("/")
                do.execute(
                    "DELETE FROM images WHERE name = ? AND folder = (SELECT id FROM folders WHERE path = ?)",
                    (name, folder),
                )

    def prove(self, hashes: Iterable[tuple[str, str]]) -> None:
        """Note the SHA-256 of files that were read whole: (path, sha256)."""
        with self._writing() as do:
            for path, sha256 in hashes:
                folder, _, name = path.rpartition("/")
                do.execute(
                    "UPDATE images SET sha256 = ? WHERE name = ? AND folder = (SELECT id FROM folders WHERE path = ?)",
                    (sha256, name, folder),
                )

    def tidy(self) -> None:
        """Away with series and studies without images."""
        with self._writing() as do:
            do.execute("DELETE FROM series WHERE NOT EXISTS (SELECT 1 FROM images WHERE series = series.id)")
            do.execute("DELETE FROM studies WHERE NOT EXISTS (SELECT 1 FROM series WHERE study = studies.id)")
            do.execute("DELETE FROM folders WHERE NOT EXISTS (SELECT 1 FROM images WHERE folder = folders.id)")

    def keep(self, name: str, value: str) -> None:
        """Remember something about the index itself (how far it follows the centre's)."""
        with self._writing() as do:
            do.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))

    # -- reading ------------------------------------------------------------------------------------------------
    def kept(self, name: str) -> str:
        found = self._ask("SELECT value FROM about WHERE name = ?", name)
        return str(found[0][0]) if found else ""

    def folder(self, path: str) -> dict[str, KnownFile]:
        """What is known of the files directly in a folder, by name."""
        rows = self._ask(
            "SELECT name, size, mtime_ns, sop_uid, sha256 FROM images "
            "WHERE folder = (SELECT id FROM folders WHERE path = ?)",
            path,
        )
        return {row[0]: KnownFile(*row[1:]) for row in rows}

    def folders(self, root: str = "") -> list[str]:
        """Every folder with images, at or under ``root``."""
        if not root:
            return [row[0] for row in self._ask("SELECT path FROM folders ORDER BY path")]
        inside = "SELECT path FROM folders WHERE path = ? OR path LIKE ? ESCAPE '\\' ORDER BY path"
        return [row[0] for row in self._ask(inside, root, containing(root + "/").removeprefix("%"))]

    def unproven(self, limit: int) -> list[FoundFile]:
        """Some of the files that were never read whole."""
        return self._files("images.sha256 = '' ORDER BY images.id LIMIT ?", limit)

    def counts(self) -> tuple[int, int]:
        """How many files there are, and how many of them were never read whole."""
        row = self._ask("SELECT (SELECT count(*) FROM images), (SELECT count(*) FROM images WHERE sha256 = '')")[0]
        return int(row[0]), int(row[1])

    def days(self) -> list[DayCount]:
        """How many images there are of each study date and modality."""
        rows = self._ask(
            "SELECT study_date, modality, count(*), sum(size) FROM images JOIN series ON series.id = images.series "
            "JOIN studies ON studies.id = series.study GROUP BY study_date, modality ORDER BY study_date, modality"
        )
        return [DayCount(*row) for row in rows]

    def of_day(self, day: str, modalities: Sequence[str]) -> list[FoundFile]:
        """The files of one study date and these modalities, by folder and name."""
        marks = ",".join("?" * len(modalities))
        where = f"study_date = ? AND modality IN ({marks}) ORDER BY folders.path, images.name"
        return self._files(where, day, *modalities)

    def every_file(self, batch: int = 1000) -> Iterator[list[FoundFile]]:
        """All files, some at a time, for making the centre's index anew."""
        last = 0
        while True:
            rows = self._ask(f"{_GET} WHERE images.id > ? ORDER BY images.id LIMIT ?", last, batch)
            if not rows:
                return
            yield [_file(row) for row in rows]
            last = rows[-1][0]

    def at(self, path: str) -> FoundFile | None:
        folder, _, name = path.rpartition("/")
        found = self._files("folders.path = ? AND images.name = ?", folder, name)
        return found[0] if found else None

    def search(
        self, text: str = "", *, since: str = "", until: str = "", modality: str = "", limit: int = 200
    ) -> list[Study]:
        """Studies by part of ID or name, date range (YYYYMMDD) and modality; newest first."""
        where, values = ["1"], list[Any]()
        if text:
            columns = ("patient_id", "name_alphabetic", "name_ideographic", "name_phonetic", "accession")
            where.append("(" + " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns) + ")")
            values += [containing(text)] * len(columns)
        for comparison, day in ((">=", since), ("<=", until)):
            if day:
                where.append(f"study_date {comparison} ?")
                values.append(day)
        if modality:
            where.append("EXISTS (SELECT 1 FROM series WHERE study = studies.id AND modality = ?)")
            values.append(modality)
        rows = self._ask(f"{_STUDIES} WHERE {' AND '.join(where)} ORDER BY study_date DESC, id DESC LIMIT ?",
                         *values, limit)  # fmt: skip
        return [_study(row) for row in rows]

    def instances(self, study_uid: str, volume: str = "") -> list[Instance]:
        """The images of a study, by series number and instance number."""
        rows = self._ask(f"{_GET} WHERE study_uid = ? ORDER BY series.number, series.id, images.number, images.id",
                         study_uid)  # fmt: skip
        return [_instance(row[0], _file(row), volume) for row in rows]

    # -- inside -------------------------------------------------------------------------------------------------
    @contextmanager
    def _writing(self) -> Iterator[Any]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self._connection
            self._connection.execute("COMMIT")
        except BaseException as why:
            self._rows.clear()  # numbers of rows that are not there after all
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            if isinstance(why, self._error):
                raise trouble(why, self._path) from why
            raise

    def _ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        try:
            return list(self._connection.execute(query, values).fetchall())
        except self._error as why:
            raise trouble(why, self._path) from why

    def _files(self, where: str, *values: Any) -> list[FoundFile]:
        return [_file(row) for row in self._ask(f"{_GET} WHERE {where}", *values)]

    def _row(self, file: FoundFile) -> tuple[Any, ...]:
        facts = file.facts
        folder, _, name = file.path.rpartition("/")
        return (
            self._number(("folder", folder), "folders", "path", (folder,)),
            name, file.size, file.mtime_ns, file.sha256, self._series(facts), facts.sop_uid, facts.sop_class,
            facts.instance_number, facts.frames, facts.rows, facts.columns, facts.transfer_syntax, facts.charset,
            facts.source, _json(facts.view_hints), _json(facts.doubts),
        )  # fmt: skip

    def _series(self, facts: ImageFacts) -> int:
        known = self._rows.get((facts.study_uid, facts.series_uid))
        if known is not None:
            return known
        study = self._number(
            (facts.study_uid,), "studies", _STUDY_COLUMNS,
            (facts.study_uid, facts.patient_id, facts.issuer, *facts.name, facts.sex, facts.birth_date,
             facts.study_date, facts.study_time, facts.accession, facts.study_description),
        )  # fmt: skip
        values = (study, facts.series_uid, facts.modality, facts.series_number, facts.series_description)
        return self._number((facts.study_uid, facts.series_uid), "series", _SERIES_COLUMNS, (*values, facts.body_part))

    def _number(self, key: tuple[Any, ...], table: str, columns: str, values: tuple[Any, ...]) -> int:
        """The number of a row, made where there is none. What is there stays, as in the centre's index."""
        known = self._rows.get(key)
        if known is not None:
            return known
        unique = {"series": "study = ? AND series_uid = ?", "studies": "study_uid = ?", "folders": "path = ?"}[table]
        found = self._connection.execute(f"SELECT id FROM {table} WHERE {unique}", values[: unique.count("?")])
        row = found.fetchone()
        if row is None:
            marks = ",".join("?" * len(values))
            done = self._connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", values)
            number = int(done.lastrowid)
        else:
            number = int(row[0])
        if len(self._rows) >= REMEMBERED:
            self._rows.clear()
        self._rows[key] = number
        return number


def search_volume(root: Path, text: str = "", **asked: Any) -> list[Study]:
    """Search the disk at ``root`` by its own index, on any PC; ``asked`` as in ``VolumeIndex.search``. Raises Fault."""
    with VolumeIndex(root, "") as index:
        return index.search(text, **asked)


def instances_on(root: Path, study_uid: str, volume: str = "") -> list[Instance]:
    """The images of one study on the disk at ``root``, with paths relative to it. Raises Fault."""
    with VolumeIndex(root, volume) as index:
        return index.instances(study_uid, volume)


_STUDY_COLUMNS = (
    "study_uid, patient_id, issuer, name_alphabetic, name_ideographic, name_phonetic, sex, birth_date, study_date, "
    "study_time, accession, description"
)
_SERIES_COLUMNS = "study, series_uid, modality, number, description, body_part"
_IMAGE_COLUMNS = (
    "folder, name, size, mtime_ns, sha256, series, sop_uid, sop_class, number, frames, rows, columns, "
    "transfer_syntax, charset, source, hints, doubts"
)
_PUT = (
    f"INSERT INTO images ({_IMAGE_COLUMNS}) VALUES ({','.join('?' * 17)}) ON CONFLICT (folder, name) DO UPDATE SET "
    + ", ".join(f"{each} = excluded.{each}" for each in _IMAGE_COLUMNS.split(", ")[2:])
)
_GET = (
    "SELECT images.id, folders.path || '/' || images.name, size, mtime_ns, sha256, sop_uid, sop_class, images.number, "
    "frames, rows, columns, transfer_syntax, charset, source, hints, doubts, series_uid, modality, series.number, "
    "series.description, body_part, study_uid, patient_id, issuer, name_alphabetic, name_ideographic, name_phonetic, "
    "sex, birth_date, study_date, study_time, accession, studies.description "
    "FROM images JOIN folders ON folders.id = images.folder JOIN series ON series.id = images.series "
    "JOIN studies ON studies.id = series.study"
)
_STUDIES = (
    "SELECT id, study_uid, patient_id, issuer, name_alphabetic, name_ideographic, name_phonetic, sex, birth_date, "
    "study_date, accession, description, "
    "(SELECT group_concat(DISTINCT modality) FROM series WHERE study = studies.id), "
    "(SELECT count(*) FROM images WHERE series IN (SELECT id FROM series WHERE study = studies.id)), "
    "(SELECT count(*) FROM series WHERE study = studies.id) FROM studies"
)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")) if value else ""


def _file(row: tuple[Any, ...]) -> FoundFile:
    (
        _, path, size, mtime_ns, sha256, sop_uid, sop_class, number, frames, rows, columns, syntax, charset, source,
        hints, doubts, series_uid, modality, series_number, series_description, body_part, study_uid, patient_id,
        issuer, alphabetic, ideographic, phonetic, sex, birth_date, study_date, study_time, accession, description,
    ) = row  # fmt: skip
    facts = ImageFacts(
        sop_uid=sop_uid, sop_class=sop_class, study_uid=study_uid, series_uid=series_uid, modality=modality,
        patient_id=patient_id, issuer=issuer, name=(alphabetic, ideographic, phonetic), sex=sex, birth_date=birth_date,
        study_date=study_date, study_time=study_time, accession=accession, study_description=description,
        series_number=series_number, series_description=series_description, body_part=body_part,
        instance_number=number, frames=frames, rows=rows, columns=columns, transfer_syntax=syntax, charset=charset,
        source=source, view_hints=json.loads(hints) if hints else {},
        doubts=tuple(json.loads(doubts)) if doubts else (),
    )  # fmt: skip
    return FoundFile(facts, path.removeprefix("/"), size, mtime_ns, sha256)


def _instance(number: int, file: FoundFile, volume: str) -> Instance:
    facts = file.facts
    return Instance(
        number, facts.sop_uid, facts.sop_class, facts.series_uid, facts.study_uid, facts.modality,
        facts.instance_number, facts.frames, facts.transfer_syntax, volume, file.path, file.size, file.sha256,
    )  # fmt: skip


def _study(row: tuple[Any, ...]) -> Study:
    (number, study_uid, patient_id, issuer, alphabetic, ideographic, phonetic, sex, birth_date, study_date, accession,
     description, modalities, instances, series) = row  # fmt: skip
    return Study(
        id=number, study_uid=study_uid, patient_id=patient_id, issuer=issuer,
        name=(alphabetic, ideographic, phonetic), sex=sex, birth_date=birth_date, study_date=study_date,
        accession=accession, modalities=tuple(part for part in (modalities or "").split(",") if part),
        description=description, instances=instances, series=series, received_at="", visit_id=None, step_id=None,
        matched_by="",
    )  # fmt: skip
