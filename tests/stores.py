"""Empty stores for the tests of store and flow: on SQLite, and on PostgreSQL where it is installed.

The schema is made once a run. A SQLite test gets a copy of the file; PostgreSQL, where a database takes half a second
to make, lends the same one to each test and empties it in between.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store import engine
from kiosk.store.engine import Store
from kiosk.store.every_table import centre as centre_tables
from kiosk.store.opening import HEAD, centre_store, prepare, station_store
from tests import pins
from tests.needs import needs
from tests.postgres_server import PostgresServer

__all__ = [
    "centre", "centre_on_postgresql", "centre_on_sqlite", "local", "long_turns", "postgres_centre", "sqlite_templates",
]  # fmt: skip

pins.hash_once()


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty store of each kind."""
    folder = tmp_path_factory.mktemp("templates")
    for store in (centre_store("", folder), station_store(folder)):
        prepare(store)
        store.close()
    return folder


@pytest.fixture(scope="session")
def postgres_centre(postgres: PostgresServer) -> str:
    """The URL of a database with the schema of a shared store."""
    url = postgres.url(postgres.new_database())
    store = Store(url, "centre")
    prepare(store)
    store.close()
    return url


@pytest.fixture
def centre_on_sqlite(sqlite_templates: Path, tmp_path: Path) -> Iterator[Store]:
    """An empty shared store in a file."""
    shutil.copy(sqlite_templates / "centre.sqlite", tmp_path)
    store = centre_store("", tmp_path)
    yield store
    store.close()


@pytest.fixture
def centre_on_postgresql(postgres_centre: str, tmp_path: Path) -> Iterator[Store]:
    """An empty shared store on a server; a test that asks for it is marked ``needs("initdb")``."""
    store = centre_store(postgres_centre, tmp_path)
    yield store
    store.close()
    _empty(postgres_centre)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs("initdb"))])
def centre(request: pytest.FixtureRequest) -> Store:
    """An empty shared store with its schema, on each of the two."""
    store: Store = request.getfixturevalue(f"centre_on_{request.param}")
    return store


@pytest.fixture
def local(sqlite_templates: Path, tmp_path: Path) -> Iterator[Store]:
    """This PC's own empty store."""
    shutil.copy(sqlite_templates / "station.sqlite", tmp_path)
    store = station_store(tmp_path)
    yield store
    store.close()


@pytest.fixture
def long_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty at once may wait longer for the one file of SQLite than a person would, where the PC is busy otherwise."""
    monkeypatch.setattr(engine, "BUSY_WAIT_MS", 60_000)


def _empty(url: str) -> None:
    """As it was when it was made: no rows, numbers from 1, triggers on, nobody connected."""
    import psycopg

    emptying = "; ".join(f'DELETE FROM "{table.name}"' for table in centre_tables.sorted_tables)  # faster than TRUNCATE
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as line:
        line.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        line.execute("SET session_replication_role = replica")  # the guard of the audit table looks away
        line.execute(emptying.encode())
        line.execute("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")
        line.execute("ALTER TABLE audit ENABLE TRIGGER ALL")
        line.execute("UPDATE schema_version SET version_num = %s", (HEAD["centre"],))
