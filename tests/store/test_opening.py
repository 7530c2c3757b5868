"""The schema gates: what is opened, migrated, refused."""

from __future__ import annotations

import multiprocessing
import threading
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from kiosk.core.faults import Fault
from kiosk.store import engine, opening
from kiosk.store.backup import integrity
from kiosk.store.engine import Store, sqlite_url
from kiosk.store.every_table import centre as centre_tables
from kiosk.store.every_table import station as station_tables
from kiosk.store.opening import HEAD, centre_store, prepare, station_store


def test_migrations_make_what_the_tables_say(centre: Store) -> None:
    with centre.reading() as conn:
        context = MigrationContext.configure(conn, opts={"version_table": "schema_version"})
        assert [d for d in compare_metadata(context, centre_tables) if d[1].name != "schema_version"] == []


def test_station_migrations_make_what_the_tables_say(local: Store) -> None:
    with local.reading() as conn:
        context = MigrationContext.configure(conn, opts={"version_table": "schema_version"})
        assert [d for d in compare_metadata(context, station_tables) if d[1].name != "schema_version"] == []


@pytest.mark.parametrize("kind", ["centre", "station"])
def test_head_is_the_newest_migration(kind: str) -> None:
    scripts = ScriptDirectory(str(Path(opening.__file__).parent / "migrations" / kind))
    assert scripts.get_current_head() == HEAD[kind]


def test_sqlite_runs_in_wal_with_full_sync_and_a_safe_library(tmp_path: Path) -> None:
    store = centre_store("", tmp_path)
    with store.reading() as conn:
        assert conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert conn.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert conn.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        version = str(conn.exec_driver_sql("SELECT sqlite_version()").scalar())
    assert tuple(int(part) for part in version.split(".")) >= engine.OLDEST_SAFE_SQLITE
    store.close()


def test_a_newer_store_is_refused_and_left_alone(centre: Store) -> None:
    with centre.writing() as conn:
        conn.execute(sa.text("UPDATE schema_version SET version_num = '9999'"))
    with pytest.raises(Fault) as told:
        prepare(Store(centre.url, "centre"))
    assert told.value.reference == "S305"
    with centre.writing() as conn:
        assert conn.execute(sa.text("SELECT version_num FROM schema_version")).scalar() == "9999"
        conn.execute(sa.text(f"UPDATE schema_version SET version_num = '{HEAD['centre']}'"))


def test_another_programs_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.sqlite"
    other = engine.sqlite_module().connect(str(path))
    other.execute("PRAGMA application_id=77")
    other.execute("CREATE TABLE theirs (a)")
    other.commit()
    other.close()
    with pytest.raises(Fault) as told:
        prepare(Store(sqlite_url(path), "centre"))
    assert told.value.reference == "S304"


def test_a_text_file_is_refused_in_words(tmp_path: Path) -> None:
    (tmp_path / "centre.sqlite").write_text("this is not a database " * 100)
    store = centre_store("", tmp_path)
    with pytest.raises(Fault) as told, store.reading():
        pass
    assert told.value.reference == "S303"
    store.close()


def test_threads_that_come_while_a_store_is_prepared_wait_for_its_tables(tmp_path: Path) -> None:
    store = centre_store("", tmp_path)
    together, seen = threading.Barrier(4), []

    def look() -> None:
        together.wait()
        with store.reading() as conn:
            seen.append(conn.execute(sa.text("SELECT count(*) FROM audit")).scalar())
        store.leave()

    threads = [threading.Thread(target=look) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    store.close()
    assert seen == [0, 0, 0, 0]


def _open(folder: str) -> None:
    store = centre_store("", Path(folder))
    with store.reading():
        pass
    store.close()


def test_four_processes_may_open_a_new_store_at_once(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    processes = [spawn.Process(target=_open, args=(str(tmp_path),)) for _ in range(4)]
    for each in processes:
        each.start()
    for each in processes:
        each.join(60)
    assert [each.exitcode for each in processes] == [0, 0, 0, 0]
    assert integrity(tmp_path / "centre.sqlite") == []


def test_both_stores_may_be_opened_by_two_threads_at_once(tmp_path: Path) -> None:
    stores = [station_store(tmp_path), centre_store("", tmp_path)]
    failures: list[BaseException] = []

    def work(store: Store) -> None:
        try:
            with store.reading():
                pass
        except BaseException as why:
            failures.append(why)
        finally:
            store.leave()

    threads = [threading.Thread(target=work, args=(store,)) for store in stores for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert failures == []
    for store in stores:
        store.close()


def test_an_older_store_is_saved_before_it_is_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = station_store(tmp_path)
    with store.writing() as conn:
        conn.execute(sa.text("UPDATE schema_version SET version_num = '0000'"))
        for name in ("notices", "jobs", "drafts", "last_seen"):
            conn.execute(sa.text(f"DROP TABLE {name}"))
        conn.execute(sa.text("DELETE FROM schema_version"))
        conn.execute(sa.text("INSERT INTO schema_version VALUES ('0000')"))
    store.close()
    monkeypatch.setitem(opening.OLDER, "station", ("0000",))
    with pytest.raises(Exception, match="0000"):  # there is no such migration to go on from
        prepare(Store(store.url, "station"))
    saved = list(tmp_path.glob("station-before-*.sqlite"))
    assert len(saved) == 1 and integrity(saved[0]) == []


def test_a_network_drive_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "is_network_path", lambda path: True)
    store = centre_store("", tmp_path)
    with pytest.raises(Fault) as told, store.reading():
        pass
    assert told.value.reference == "S302"
    assert "PostgreSQL" in told.value.next_step.text
    assert not (tmp_path / "centre.sqlite").exists()
