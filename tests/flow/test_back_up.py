"""Backup while others write, generations, and a restore that never makes things worse."""

from __future__ import annotations

import gzip
import shutil
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine

from kiosk.core.faults import Fault, NoRoom
from kiosk.core.settings import StationSettings
from kiosk.core.words import say
from kiosk.flow import back_up as back_up_room
from kiosk.flow.answers import Stopped
from kiosk.flow.back_up import back_up, backups, restore
from kiosk.flow.settings_file import StationFile
from kiosk.store import audit, backup, local, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store, station_store
from tests.needs import needs, tool
from tests.store.samples import DAY, row


@pytest.fixture
def file(centre: Store, local: Store, tmp_path: Path) -> StationFile:
    """What the parameter file of a station with this store says."""
    url = "" if centre.is_sqlite else centre.url
    if url and tool("pg_dump") is None:
        pytest.skip("needs pg_dump (apt install postgresql-client)")
    return StationFile(station=StationSettings(name="gw", data=str(tmp_path), centre=url))


def visits_of(store: Store) -> list[str]:
    with store.reading() as conn:
        return [visit.key.number for visit in visits.day_visits(conn, DAY)]


def add(store: Store, number: int) -> None:
    with store.writing() as conn:
        visits.take_visit(conn, row(number), "list")


def test_a_backup_holds_what_was_there_and_is_restored(
    centre: Store, local: Store, file: StationFile, tmp_path: Path
) -> None:
    add(centre, 1)
    parts: list[float] = []
    written = back_up(file, tmp_path / "BACKUP", progress=parts.append, actor=Actor("見本 花子", "admin", "gw"))
    assert [path.name.split("-")[0] for path in written] == ["centre", "station"]
    assert parts[-1] == 1.0 and parts == sorted(parts)
    add(centre, 2)
    centre.close()
    local.close()
    told = say(restore(file, written[0]))
    assert written[0].name in told
    assert visits_of(centre) == ["001"]
    with centre.reading() as conn:
        assert audit.verify(conn) == []
        events = list(reversed(audit.events(conn)))
    assert [(event.action, event.who) for event in events] == [("backup", "見本 花子"), ("restored", "system")]
    if centre.is_sqlite:
        (kept,) = tmp_path.glob("centre-before-restore-*.sqlite")
        assert kept.name in told
        centre.close()
        shutil.copy(kept, tmp_path / "centre.sqlite")
        assert visits_of(centre) == ["001", "002"], "nothing of the state before is lost"


def test_this_pcs_own_store_is_restored(local: Store, file: StationFile, tmp_path: Path) -> None:
    with local.writing() as conn:
        keep_draft(conn, "一")
    _, written = back_up(file, tmp_path / "BACKUP")
    with local.writing() as conn:
        keep_draft(conn, "二")
    local.close()
    restore(file, written)
    store = station_store(tmp_path)
    with store.reading() as conn:
        assert draft(conn) == {"text": "一"}
    store.close()


def keep_draft(conn: Any, text: str) -> None:
    local.keep_draft(conn, "finding 1", {"text": text}, "見本 医師")


def draft(conn: Any) -> Any:
    kept = local.draft(conn, "finding 1")
    return kept.body if kept else None


def test_a_backup_made_while_others_write_is_whole(centre: Store, file: StationFile, tmp_path: Path) -> None:
    stop, begun, written = threading.Event(), threading.Event(), []

    def write() -> None:
        number = 0
        while not stop.wait(0.005):  # people write now and then; a loop without a breath starves every other writer
            number += 1
            add(centre, number)
            written.append(number)
            begun.set()
        centre.leave()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert begun.wait(20)
        made = []
        for minute in range(3):
            with time_machine.travel(datetime(2026, 11, 24, 12, minute).astimezone(), tick=True):
                made.append(back_up(file, tmp_path / "BACKUP")[0])
    finally:
        stop.set()
        writer.join()
    centre.close()
    restore(file, made[1])
    found = visits_of(centre)
    assert sorted(map(int, found)) == list(range(1, len(found) + 1)) and 0 < len(found) <= len(written)
    with centre.reading() as conn:
        assert audit.verify(conn) == []


def test_older_generations_go_and_other_files_stay(centre: Store, file: StationFile, tmp_path: Path) -> None:
    folder = tmp_path / "BACKUP"
    folder.mkdir()
    for name in (
        "centre-notes.txt",
        "centre-20260101.sqlite",
        "my centre-20260101-120000.sqlite",
        "centre-99999999-999999.sqlite",
    ):
        (folder / name).write_text("mine")
    for day in range(1, 6):
        with time_machine.travel(datetime(2026, 11, day, 3, 0).astimezone(), tick=False):
            back_up(file, folder, keep=3)
    listed = backups(folder)
    assert [(each.kind, each.made.day) for each in listed] == [
        ("station", 5), ("centre", 5), ("station", 4), ("centre", 4), ("station", 3), ("centre", 3),
    ]  # fmt: skip
    assert all(each.size == each.path.stat().st_size > 0 for each in listed)
    assert sum(path.read_bytes() == b"mine" for path in folder.iterdir()) == 4
    with time_machine.travel(datetime(2026, 11, 6, 3, 0).astimezone(), tick=False):
        back_up(file, folder, keep=0)
    assert [each.made.day for each in backups(folder)] == [6, 6], "the newest stays whatever the setting says"


def damage(path: Path) -> None:
    """What a bad disk does to a file: some bytes in its middle are others."""
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    for at in range(middle, min(middle + 6000, len(data))):
        data[at] ^= 0xFF
    path.write_bytes(bytes(data))


@pytest.mark.parametrize("how", ["damaged", "cut off", "empty", "text"])
def test_a_backup_that_is_not_whole_is_refused_and_nothing_is_changed(
    centre: Store, local: Store, file: StationFile, tmp_path: Path, how: str
) -> None:
    for number in range(1, 40):
        add(centre, number)
    written = back_up(file, tmp_path / "BACKUP")[0]
    add(centre, 40)
    centre.close()
    local.close()
    if how == "damaged":
        damage(written)
    else:
        data = {"cut off": written.read_bytes()[: written.stat().st_size // 2], "empty": b"", "text": b"hello" * 1000}
        written.write_bytes(data[how])
    with pytest.raises(Fault) as told:
        restore(file, written)
    assert told.value.reference in ("P212", "P211") and told.value.next_step.text
    assert len(visits_of(centre)) == 40


def test_only_our_own_files_are_restored(file: StationFile, tmp_path: Path) -> None:
    for name, reference in (("nowhere.sqlite", "P210"), ("readme-1.sqlite", "P211"), ("centre-1.zip", "P211")):
        path = tmp_path / name
        if reference == "P211":
            path.write_bytes(b"x")
        with pytest.raises(Fault) as told:
            restore(file, path)
        assert told.value.reference == reference
    with pytest.raises(Fault) as told:
        restore(file, tmp_path)
    assert told.value.reference == "P210"


def test_the_other_store_under_a_wrong_name_is_refused(centre_on_sqlite: Store, local: Store, tmp_path: Path) -> None:
    file = StationFile(station=StationSettings(data=str(tmp_path)))
    _, own = back_up(file, tmp_path / "BACKUP")
    wrong = own.with_name("centre-20261124-120000.sqlite")
    own.rename(wrong)
    centre_on_sqlite.close()
    local.close()
    with pytest.raises(Fault) as told:
        restore(file, wrong)
    assert told.value.reference == "P211"


def test_while_a_station_runs_nothing_is_put_under_its_feet(
    centre_on_sqlite: Store, local: Store, tmp_path: Path
) -> None:
    file = StationFile(station=StationSettings(data=str(tmp_path)))
    add(centre_on_sqlite, 1)
    written = back_up(file, tmp_path / "BACKUP")[0]
    local.close()
    from kiosk.flow.single_instance import the_only_one

    centre_on_sqlite.close()
    with the_only_one(file), pytest.raises(Fault) as told:
        restore(file, written)
    assert told.value.reference == "P209"
    # Another station of this PC, with its own parameter file, may have the shared store open.
    other = centre_store("", tmp_path)
    with other.reading() as conn:
        visits.day_visits(conn, DAY)
    with pytest.raises(Fault) as told:
        restore(file, written)
    assert told.value.reference == "S311"
    add(other, 2)
    assert visits_of(other) == ["001", "002"]
    other.close()
    restore(file, written)
    assert visits_of(centre_on_sqlite) == ["001"]


def test_a_damaged_store_is_replaced_and_its_bytes_are_kept(
    centre_on_sqlite: Store, local: Store, tmp_path: Path
) -> None:
    file = StationFile(station=StationSettings(data=str(tmp_path)))
    add(centre_on_sqlite, 1)
    written = back_up(file, tmp_path / "BACKUP")[0]
    centre_on_sqlite.close()
    local.close()
    live = tmp_path / "centre.sqlite"
    live.write_bytes(b"rubbish" + live.read_bytes()[7:])
    before = live.read_bytes()
    restore(file, written)
    (kept,) = tmp_path.glob("centre-before-restore-*.sqlite")
    assert kept.read_bytes() == before
    assert visits_of(centre_on_sqlite) == ["001"]


def test_a_store_that_is_gone_altogether_comes_back(centre_on_sqlite: Store, local: Store, tmp_path: Path) -> None:
    file = StationFile(station=StationSettings(data=str(tmp_path)))
    add(centre_on_sqlite, 1)
    written = back_up(file, tmp_path / "BACKUP")[0]
    centre_on_sqlite.close()
    local.close()
    for path in tmp_path.glob("centre.sqlite*"):
        path.unlink()
    assert "kept" not in say(restore(file, written))
    assert visits_of(centre_on_sqlite) == ["001"]


def test_a_stopped_backup_leaves_no_half_file(centre: Store, file: StationFile, tmp_path: Path) -> None:
    def stop(part: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        back_up(file, tmp_path / "BACKUP", progress=stop)
    assert not (tmp_path / "BACKUP").exists() or list((tmp_path / "BACKUP").iterdir()) == []


def test_a_full_disk_is_a_sentence_and_leaves_the_earlier_ones(
    centre: Store, file: StationFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "BACKUP"
    before = back_up(file, folder)
    fsync = backup.os.fsync

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backup.os, "fsync", full)
    with time_machine.travel(datetime(2030, 1, 1).astimezone(), tick=False), pytest.raises(NoRoom):
        back_up(file, folder)
    monkeypatch.setattr(backup.os, "fsync", fsync)
    assert sorted(folder.iterdir()) == sorted(before)


def test_a_folder_that_cannot_be_made_is_a_sentence(centre: Store, file: StationFile, tmp_path: Path) -> None:
    (tmp_path / "BACKUP").write_text("a file stands here")
    with pytest.raises(Fault) as told:
        back_up(file, tmp_path / "BACKUP")
    assert told.value.reference == "S310"


@needs("initdb", "pg_dump", "psql")
def test_without_the_tools_of_postgresql_it_says_so(
    centre_on_postgresql: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = StationFile(station=StationSettings(data=str(tmp_path), centre=centre_on_postgresql.url))
    dump = tmp_path / "centre-20261124-120000.sql.gz"
    dump.write_bytes(gzip.compress(b"-- PostgreSQL database dump complete\n"))
    monkeypatch.setattr(backup.shutil, "which", lambda name: None)
    with pytest.raises(Fault) as told:
        back_up(file, tmp_path / "BACKUP")
    assert told.value.reference == "S307"
    with pytest.raises(Fault) as told:
        restore(file, dump)
    assert told.value.reference == "S309"


@needs("initdb", "pg_dump", "psql")
def test_a_dump_that_does_not_fit_changes_nothing(centre_on_postgresql: Store, tmp_path: Path) -> None:
    file = StationFile(station=StationSettings(data=str(tmp_path), centre=centre_on_postgresql.url))
    add(centre_on_postgresql, 1)
    dump = tmp_path / "centre-20261124-120000.sql.gz"
    dump.write_bytes(gzip.compress(b"DELETE FROM steps; SELECT nonsense;\n-- PostgreSQL database dump complete\n"))
    centre_on_postgresql.close()
    with pytest.raises(Fault) as told:
        restore(file, dump)
    assert told.value.reference == "S309"
    with centre_on_postgresql.reading() as conn:
        (visit,) = visits.day_visits(conn, DAY)
        assert visit.steps


@needs("initdb", "pg_dump", "psql")
def test_the_state_before_a_restore_is_kept_on_postgresql_too(centre_on_postgresql: Store, tmp_path: Path) -> None:
    file = StationFile(station=StationSettings(name="gw", data=str(tmp_path), centre=centre_on_postgresql.url))
    empty, _ = back_up(file, tmp_path / "BACKUP")
    add(centre_on_postgresql, 1)
    centre_on_postgresql.close()
    assert "before-restore" in say(restore(file, empty))
    with centre_on_postgresql.reading() as conn:
        assert visits.day_visits(conn, DAY) == []
    centre_on_postgresql.close()
    (kept,) = tmp_path.glob("centre-before-restore-*.sql.gz")
    restore(file, kept)
    with centre_on_postgresql.reading() as conn:
        assert len(visits.day_visits(conn, DAY)) == 1


def test_no_password_stands_in_the_process_list() -> None:
    store = Store("postgresql+psycopg://kiosk:geheim@srv:5433/centre", "centre")
    command, environment = backup._pg_command(store, ["pg_dump"])
    assert command == ["pg_dump", "--host", "srv", "--port", "5433", "--username", "kiosk", "--dbname", "centre"]
    assert environment["PGPASSWORD"] == "geheim" and "geheim" not in " ".join(command)


def test_a_station_without_server_restores_its_own_store(
    local: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., Any]
) -> None:
    """The audit table is on the server; a PC must be repaired even while that is away."""
    file = StationFile(station=StationSettings(data=str(tmp_path)))
    _, own = back_up(file, tmp_path / "BACKUP")
    local.close()
    away = StationFile(
        station=StationSettings(data=str(tmp_path), centre="postgresql+psycopg://kiosk@127.0.0.1:1/none")
    )
    assert "Restored" in say(back_up_room.restore(away, own))
