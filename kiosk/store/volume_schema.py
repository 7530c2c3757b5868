"""The index file that lies on a volume: its tables, and how it is opened.

It is a SQLite file, but not one of our stores: it travels with its disk, is read by whatever PC the disk is put into,
and can be made anew from the images at any time. So it has no migrations (another format is made anew) and no WAL:
a WAL needs shared memory beside the file and leaves half of the content in a second file, which neither a share, nor
a write-protected disk, nor one that is pulled out can bear. The rollback journal is truncated rather than deleted,
which spares FAT and exFAT a change of the folder at each commit; a disk that was pulled out in the middle of one is
rolled back by the next who may write there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault, LinkLost, NotWritable
from kiosk.core.words import N_
from kiosk.store.engine import DAMAGE_SIGNS, sqlite_module

FILE = "INDEX/volume.sqlite"
FORMAT = 1
APPLICATION_ID = 0x4B494F56  # "KIOV"
BUSY_WAIT_MS = 10_000

_TABLES = """
CREATE TABLE about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE folders (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE);
CREATE TABLE studies (
    id INTEGER PRIMARY KEY, study_uid TEXT NOT NULL UNIQUE, patient_id TEXT NOT NULL, issuer TEXT NOT NULL,
    name_alphabetic TEXT NOT NULL, name_ideographic TEXT NOT NULL, name_phonetic TEXT NOT NULL, sex TEXT NOT NULL,
    birth_date TEXT NOT NULL, study_date TEXT NOT NULL, study_time TEXT NOT NULL, accession TEXT NOT NULL,
    description TEXT NOT NULL
);
CREATE INDEX ix_studies_patient ON studies (patient_id, study_date);
CREATE INDEX ix_studies_date ON studies (study_date);
CREATE TABLE series (
    id INTEGER PRIMARY KEY, study INTEGER NOT NULL REFERENCES studies, series_uid TEXT NOT NULL,
    modality TEXT NOT NULL, number INTEGER, description TEXT NOT NULL, body_part TEXT NOT NULL,
    UNIQUE (study, series_uid)
);
CREATE TABLE images (
    id INTEGER PRIMARY KEY, folder INTEGER NOT NULL REFERENCES folders, name TEXT NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, sha256 TEXT NOT NULL, series INTEGER NOT NULL REFERENCES series,
    sop_uid TEXT NOT NULL, sop_class TEXT NOT NULL, number INTEGER, frames INTEGER NOT NULL, rows INTEGER NOT NULL,
    columns INTEGER NOT NULL, transfer_syntax TEXT NOT NULL, charset TEXT NOT NULL, source TEXT NOT NULL,
    hints TEXT NOT NULL, doubts TEXT NOT NULL,
    UNIQUE (folder, name)
);
CREATE INDEX ix_images_series ON images (series);
CREATE INDEX ix_images_sop_uid ON images (sop_uid);
CREATE INDEX ix_images_unproven ON images (id) WHERE sha256 = '';
"""


def open_index(root: Path, volume: str, writable: bool) -> Any:
    """A connection to the index on the volume at ``root``; made where there is none and ``writable``.

    Raises Fault (D411 where there is none or another format, D412 where it is damaged), NotWritable, LinkLost.
    """
    path = root / FILE
    if not path.exists():
        if not writable:
            raise no_index(root)
        try:
            path.parent.mkdir(exist_ok=True)
        except OSError as why:
            raise NotWritable(path.parent, why) from why
    module = sqlite_module()
    address = path.absolute().as_uri() + ("" if writable else "?mode=ro")
    connection: Any = None
    try:
        connection = module.connect(address, uri=True, isolation_level=None)
        connection.execute(f"PRAGMA busy_timeout={BUSY_WAIT_MS}")
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "cache_size=-32000"):
            connection.execute(f"PRAGMA {pragma}")
        if writable:
            connection.execute("PRAGMA journal_mode=TRUNCATE")
            connection.execute("PRAGMA synchronous=FULL")
        _see_to_format(connection, root, volume, writable)
    except module.Error as why:
        if connection is not None:
            connection.close()
        raise trouble(why, path) from why
    except Fault:
        connection.close()
        raise
    return connection


def _see_to_format(connection: Any, root: Path, volume: str, writable: bool) -> None:
    mark = connection.execute("PRAGMA application_id").fetchone()[0]
    form = connection.execute("PRAGMA user_version").fetchone()[0]
    if (mark, form) == (APPLICATION_ID, FORMAT):
        return
    if mark or form or not writable:
        raise no_index(root)
    connection.execute("BEGIN IMMEDIATE")
    for statement in _TABLES.split(";"):
        connection.execute(statement)
    connection.execute("INSERT INTO about VALUES ('volume', ?)", (volume,))
    connection.execute(f"PRAGMA application_id={APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={FORMAT}")
    connection.execute("COMMIT")


def remove_index(root: Path) -> None:
    """Away with an index that is damaged or of another format: the images make a new one."""
    for name in (FILE, FILE + "-journal"):
        (root / name).unlink(missing_ok=True)


def no_index(root: Path) -> Fault:
    return Fault(
        N_("The disk at {path} has no index that this program can read."),
        N_("Equalise the disk on the gateway; its images stay as they are."),
        reference="D411",
        path=str(root),
    )


def trouble(why: Exception, path: Path) -> Fault:
    """What to tell of an error of the index."""
    text = str(why).lower()
    if any(sign in text for sign in DAMAGE_SIGNS):
        return Fault(
            N_("The index of the disk ({path}) is damaged."),
            N_("Equalise the disk with “read everything anew”; its images stay as they are."),
            reference="D412",
            path=str(path),
        )
    if "locked" in text or "busy" in text:
        return LinkLost(str(path))
    return NotWritable(path, why)
