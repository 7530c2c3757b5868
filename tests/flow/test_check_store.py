"""The proof of the store names what is wrong: a flipped byte, a lost file, an orphan, a changed audit row."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from kiosk.core.settings import StationSettings
from kiosk.core.words import say
from kiosk.flow import check_store as check_store_room
from kiosk.flow.answers import Stopped
from kiosk.flow.check_store import check_store
from kiosk.flow.intake import Intake
from kiosk.flow.read_audit import ReadAudit
from kiosk.flow.settings_file import StationFile, VolumeSettings
from kiosk.store import audit, backup, findings, images, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.gateway_tables import copies
from kiosk.store.opening import station_store
from kiosk.store.volume import Volume
from tests.flow.arrivals import indexed, take
from tests.flow.test_read_audit import cut_off
from tests.store.samples import row


@pytest.fixture
def file(centre: Store, tmp_path: Path) -> StationFile:
    url = "" if centre.is_sqlite else centre.url
    volumes = {"MAG1": VolumeSettings(str(tmp_path / "MAG1"), True)}
    return StationFile(station=StationSettings(name="gw", data=str(tmp_path), centre=url), volumes=volumes)


@pytest.fixture
def three(centre: Store, intake: Intake) -> list[images.Known]:
    """Three images that were acknowledged, and one kept aside."""
    for number in range(3):
        take(intake, f"image {number}".encode() * 100, f"1.2.{number}")
    take(intake, b"another", "1.2.0")
    return indexed(centre)


def bad(file: StationFile) -> list[str]:
    return [say(line.text) for line in check_store(file) if not line.good]


def told(file: StationFile) -> list[str]:
    return [say(line.text) for line in check_store(file)]


def test_a_sound_store_is_proven_and_left_as_it_is(file: StationFile, three: list[images.Known], centre: Store) -> None:
    with centre.reading() as conn:
        before = audit.counted(conn)
    lines = told(file)
    assert bad(file) == []
    assert "Images checked: 4" in lines and "Files that are not indexed (never acknowledged): 0" in lines
    with centre.reading() as conn:
        assert audit.counted(conn) == before


def test_further_copies_are_proven_too(
    file: StationFile, three: list[images.Known], centre: Store, volume: Volume, tmp_path: Path
) -> None:
    """A mirror counts only where it holds what its row says; the files of it are no orphans."""
    mirror = Volume("MAG2", tmp_path / "MAG2", True)
    mirror.prepare()
    volumes = {**file.volumes, "MAG2": VolumeSettings(str(mirror.root), True)}
    file = replace(file, volumes=volumes)
    with centre.writing() as conn:
        for each in three:
            target = mirror.file(each.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(volume.file(each.path).read_bytes())
            conn.execute(copies.insert().values(instance=each.id, volume="MAG2", path=each.path))
    assert bad(file) == []
    lines = told(file)
    assert "Images checked: 7" in lines and "Files that are not indexed (never acknowledged): 0" in lines
    mirror.file(three[0].path).write_bytes(b"rotten")
    mirror.file(three[1].path).unlink()
    assert bad(file) == [
        "Indexed images that are missing: 1",
        f"missing: MAG2:{three[1].path}",
        "Images that differ from their hash: 1",
        f"changed: MAG2:{three[0].path}",
    ]


def test_an_empty_store_is_sound(file: StationFile) -> None:
    assert bad(file) == []
    assert "Images checked: 0" in told(file)


def test_a_flipped_byte_is_named(file: StationFile, three: list[images.Known], volume: Volume) -> None:
    path = volume.file(three[1].path)
    data = bytearray(path.read_bytes())
    data[50] ^= 1
    path.write_bytes(bytes(data))
    assert bad(file) == ["Images that differ from their hash: 1", f"changed: MAG1:{three[1].path}"]


def test_a_file_cut_short_and_one_that_cannot_be_read_are_named(
    file: StationFile, three: list[images.Known], volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    volume.file(three[0].path).write_bytes(b"im")
    read = check_store_room.sha256_of

    def bad_sector(path: Path) -> str:
        if path == volume.file(three[2].path):
            raise OSError(5, "Input/output error")
        return read(path)

    monkeypatch.setattr(check_store_room, "sha256_of", bad_sector)
    assert bad(file) == [
        "Images that differ from their hash: 2",
        f"changed: MAG1:{three[0].path}",
        f"changed: MAG1:{three[2].path}",
    ]


def test_a_deleted_file_is_named(file: StationFile, three: list[images.Known], volume: Volume, centre: Store) -> None:
    with centre.reading() as conn:
        (aside,) = images.instances_after(conn, 0, limit=5, kept_aside=True)
    volume.file(three[2].path).unlink()
    volume.file(aside.path).unlink()
    assert bad(file) == [
        "Indexed images that are missing: 2",
        f"missing: MAG1:{three[2].path}",
        f"missing: MAG1:{aside.path}",
    ]


def test_orphans_and_half_received_files_are_told_but_no_fault(
    file: StationFile, three: list[images.Known], volume: Volume
) -> None:
    orphan = volume.file(three[0].path).with_name("000_00000_0000000000000000.dcm")
    orphan.write_bytes(b"never acknowledged")
    volume.begin().write(b"half")
    lines = told(file)
    assert "Files that are not indexed (never acknowledged): 1" in lines and "Half-received files: 1" in lines
    assert f"not indexed: MAG1:{orphan.relative_to(volume.root).as_posix()}" in lines
    assert bad(file) == []


def test_what_is_stored_while_it_looks_is_no_orphan(
    file: StationFile, three: list[images.Known], intake: Intake, monkeypatch: pytest.MonkeyPatch, centre: Store
) -> None:
    listing = Volume.stored_files

    def listed_then_stored(self: Volume) -> Iterator[str]:
        yield from list(listing(self))
        take(intake, b"new", "1.2.77")

    monkeypatch.setattr(Volume, "stored_files", listed_then_stored)
    lines = told(file)
    assert "Files that are not indexed (never acknowledged): 0" in lines and "Images checked: 5" in lines


def test_a_changed_audit_row_is_named(file: StationFile, three: list[images.Known], centre: Store) -> None:
    with centre.writing() as conn:
        if centre.is_sqlite:
            conn.execute(sa.text("DROP TRIGGER audit_no_update"))
        else:
            conn.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        conn.execute(sa.text("UPDATE audit SET patient = '|P99999' WHERE seq = 2"))
    (line,) = bad(file)
    assert line == "Audit chain: audit: row 2 was changed or a row before it was removed"
    (bad_line,) = [line for line in check_store(file) if not line.good]
    assert say(bad_line.next_step)


def test_a_damaged_key_image_is_counted(file: StationFile, centre: Store) -> None:
    with centre.writing() as conn:
        visit = visits.take_visit(conn, row(1), "list").visit
        for number in range(3):
            findings.add_key_image(
                conn, visit=visit, sop_uid="1.2", frame=0, mime="image/png", width=1, height=1,
                picture=f"picture {number}".encode(), rendering={}, comment="", by="見本 医師",
            )  # fmt: skip
        conn.execute(sa.text("UPDATE key_images SET bytes = :b WHERE id = 2"), {"b": b"other"})
    assert bad(file) == ["Key images that are not what their hash says: 1"]


def test_a_disk_that_is_away_is_said_once_and_its_images_are_not_called_lost(
    file: StationFile, three: list[images.Known], tmp_path: Path
) -> None:
    away = StationFile(file.station, {"MAG1": VolumeSettings(str(tmp_path / "unplugged"), False)})
    (line,) = bad(away)
    assert line.startswith("Disk MAG1:") and "unplugged" in line


def test_volumes_of_other_pcs_are_not_checked_from_here(file: StationFile, three: list[images.Known]) -> None:
    elsewhere = StationFile(file.station, {"MAG9": VolumeSettings(str(file.data / "MAG9"), True)})
    assert "Not checked from this PC: volumes MAG1" in told(elsewhere)
    assert bad(elsewhere) == []


def test_many_images_are_proven_page_by_page(
    file: StationFile, centre: Store, intake: Intake, volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(check_store_room, "AT_ONCE", 3)
    for number in range(10):
        take(intake, f"{number}".encode(), f"1.2.{number}")
    volume.file(indexed(centre)[9].path).unlink()
    parts: list[float] = []
    lines = list(check_store(file, parts.append))
    assert "Images checked: 10" in [say(line.text) for line in lines]
    assert "Indexed images that are missing: 1" in [say(line.text) for line in lines]
    assert parts[0] == 0.0 and max(parts) <= 1.0 and parts[-1] > 0.8


def test_it_can_be_stopped(file: StationFile, three: list[images.Known]) -> None:
    def stop(part: float) -> None:
        if part > 0:
            raise Stopped

    with pytest.raises(Stopped):
        list(check_store(file, stop))


def test_a_damaged_database_is_lines_with_what_to_do_and_no_traceback(
    centre_on_sqlite: Store, tmp_path: Path, volume: Volume
) -> None:
    file = StationFile(station=StationSettings(data=str(tmp_path)))
    with centre_on_sqlite.writing() as conn:
        for number in range(200):
            audit.write(conn, Actor(), "x", subject=str(number))
    centre_on_sqlite.close()
    live = tmp_path / "centre.sqlite"
    whole = live.read_bytes()
    for start in range(4096, len(whole), 4096 * 7):
        live.write_bytes(whole[:start] + b"\xa5" * 4096 + whole[start + 4096 :])
        for extra in tmp_path.glob("centre.sqlite-*"):
            extra.unlink()
        lines = list(check_store(file))
        wrong = [line for line in lines if not line.good]
        assert wrong and any(say(line.next_step) for line in wrong), start


def test_a_database_that_does_not_answer_is_a_line(tmp_path: Path) -> None:
    file = StationFile(station=StationSettings(data=str(tmp_path), centre="postgresql+psycopg://k@127.0.0.1:1/x"))
    (line,) = [line for line in check_store(file) if not line.good]
    assert "does not answer" in say(line.text) and say(line.next_step)


def test_a_store_that_may_not_be_written_to_is_not_called_damaged(
    centre_on_sqlite: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pages can't be looked at then, and “restore the newest backup” would be the wrong advice."""
    real = backup.sqlite_module()

    class Away:
        DatabaseError = real.DatabaseError

        @staticmethod
        def connect(path: str, **how: object) -> None:
            raise real.OperationalError("attempt to write a readonly database")

    monkeypatch.setattr(backup, "sqlite_module", lambda: Away)
    file = StationFile(station=StationSettings(name="gw", data=str(tmp_path)))
    (line,) = [each for each in check_store(file) if not each.good]
    assert "can't be written to" in say(line.text) and "backup" not in say(line.next_step)


def test_audit_rows_cut_off_at_the_end_are_told_by_what_this_pc_remembers(
    file: StationFile, centre: Store, three: list[images.Known]
) -> None:
    own = station_store(file.data)
    try:
        assert ReadAudit(centre, own, lambda: Actor(station="gw")).prove(lambda part: None).wrong == ()
    finally:
        own.close()
    assert bad(file) == []
    cut_off(centre, 3)
    assert any("row 4" in line for line in bad(file))
