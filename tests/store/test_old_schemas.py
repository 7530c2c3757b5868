"""Every old schema opens under this program: saved first, then migrated whole or not at all (C14)."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from kiosk.core.faults import Fault
from kiosk.store import audit, images, jobs, opening
from kiosk.store.audit import Actor
from kiosk.store.backup import integrity
from kiosk.store.engine import Store, sqlite_module, sqlite_url
from kiosk.store.opening import APPLICATION_ID, HEAD, centre_store, station_store
from tests.needs import needs

KILLS = 60
ROWS = 300
MIGRATE = """
import sys
from pathlib import Path
from kiosk.store.opening import centre_store, prepare
store = centre_store("", Path(sys.argv[1]))
prepare(store)
store.close()
"""


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both stores as the first release made them, with rows of then."""
    folder = tmp_path_factory.mktemp("old")
    for kind in ("centre", "station"):
        store = Store(sqlite_url(folder / f"{kind}.sqlite"), kind)
        config = Config()
        config.set_main_option("script_location", str(Path(opening.__file__).parent / "migrations" / kind))
        with store.writing() as conn:
            config.attributes["connection"] = conn
            command.upgrade(config, "0001")
            conn.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID[kind]}")
            if kind == "centre":
                _fill(conn)
        store.close()
        line = sqlite_module().connect(str(folder / f"{kind}.sqlite"))
        line.execute("PRAGMA journal_mode=DELETE")
        line.close()
    return folder


def _fill(conn: sa.Connection) -> None:
    for number in range(1, ROWS + 1):
        study = (number - 1) // 3 + 1
        if number % 3 == 1:
            conn.exec_driver_sql(
                "INSERT INTO studies (id, study_uid, patient_id, name_alphabetic, name_ideographic, study_date, "
                "modalities, instances, received_at) VALUES (?, ?, ?, ?, ?, ?, 'CR', 3, ?)",
                (
                    study,
                    f"1.2.{study}",
                    f"P{study:05d}",
                    f"MIHON^T{study:03d}",
                    "見本^太郎",
                    "20261101",
                    f"2026-11-{study}",
                ),
            )
            conn.exec_driver_sql(
                "INSERT INTO series (id, study, series_uid) VALUES (?, ?, ?)", (study, study, f"1.2.{study}.1")
            )
        conn.exec_driver_sql(
            "INSERT INTO instances (sop_uid, sop_class, series, transfer_syntax, volume, path, size, sha256, "
            "received_at, source, hints, doubts) VALUES (?, '1.2', ?, '1.2', 'MAG1', ?, 9, ?, ?, ?, ?, '[]')",
            (f"1.2.{number}.9", study, f"DICOM/{number}.dcm", "0" * 64, f"2026-11-{number}", f"CR{number % 2}",
             json.dumps({})),
        )  # fmt: skip
    audit.write(conn, Actor(), "image stored", subject="1.2.1")
    jobs.owe(conn, "lay out", station="gw", destination="viewer folder", subject="1.2.1.9")


@pytest.fixture
def folder(old: Path, tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "data"
    shutil.copytree(old, place)
    yield place


def prove(folder: Path) -> None:
    """What was there is there, and what this release added is filled from it."""
    store = centre_store("", folder)
    with store.reading() as conn:
        assert conn.execute(sa.text("SELECT version_num FROM schema_version")).scalar() == HEAD["centre"]
        assert images.counts(conn) == {"studies": ROWS // 3, "instances": ROWS, "unmatched": ROWS // 3, "asides": 0}
        assert images.counted_instances(conn) == ROWS
        assert [(name, count) for name, _, count in images.sources(conn)] == [("CR0", ROWS // 2), ("CR1", ROWS // 2)]
        assert [each.patient_id for each in images.find_studies(conn, "t007")] == ["P00007"]
        assert len(images.find_studies(conn, "見本", limit=500)) == ROWS // 3
        assert audit.verify(conn) == [] and jobs.counts(conn, "gw") == {"owed": 1}
    store.close()
    assert integrity(folder / "centre.sqlite") == []


def test_the_first_release_is_saved_and_migrated(folder: Path, old: Path) -> None:
    prove(folder)
    (saved,) = folder.glob("centre-before-*.sqlite")
    line = sqlite_module().connect(str(saved))
    assert line.execute("SELECT version_num FROM schema_version").fetchone() == ("0001",)
    assert line.execute("SELECT count(*) FROM instances").fetchone() == (ROWS,)
    line.close()
    own = station_store(folder)
    with own.reading() as conn:
        assert conn.execute(sa.text("SELECT version_num FROM schema_version")).scalar() == HEAD["station"]
    own.close()


def test_the_first_release_refuses_what_this_one_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    prove(folder)
    monkeypatch.setattr(opening, "HEAD", {"centre": "0001", "station": "0001"})
    monkeypatch.setattr(opening, "OLDER", {"centre": (), "station": ()})
    before = (folder / "centre.sqlite").read_bytes()
    store = centre_store("", folder)
    with pytest.raises(Fault) as told, store.reading():
        pass
    store.close()
    assert told.value.reference == "S305" and told.value.sentence.values["found"] == HEAD["centre"]
    assert (folder / "centre.sqlite").read_bytes() == before


@needs("strace")
def test_a_migration_that_is_killed_at_any_call_is_done_by_the_next_start(
    old: Path, tmp_path: Path, soak: float
) -> None:
    seed = random.SystemRandom().randrange(1 << 30)
    chance = random.Random(seed)
    calls, killed = "pwrite64,fsync,fdatasync,rename,unlink,ftruncate", 0
    for number in range(max(4, round(KILLS * soak))):
        place = tmp_path / str(number)
        shutil.copytree(old, place)
        nth = chance.choice((chance.randint(1, 30), chance.randint(1, 250)))
        inject = f"inject={calls}:signal=KILL:when={nth}"
        strace = ["strace", "-f", "-qq", "-e", f"trace={calls}", "-e", inject, "-o", "/dev/null"]
        done = subprocess.run([*strace, sys.executable, "-c", MIGRATE, str(place)], capture_output=True, text=True)
        killed += done.returncode != 0
        assert done.returncode == 0 or "Traceback" not in done.stderr, done.stderr
        try:
            prove(place)
        except Exception as why:
            raise AssertionError(f"killed at call {nth} (seed {seed})") from why
        shutil.rmtree(place)
    assert killed, "no call was the last one: the test proves nothing"
