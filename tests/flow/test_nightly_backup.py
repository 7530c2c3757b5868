"""The night: backup into every folder, a drill that proves it; what came after it is found on the disks again."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault
from kiosk.core.settings import StationSettings
from kiosk.core.words import say
from kiosk.flow import nightly_backup as room
from kiosk.flow.back_up import back_up, backups, restore
from kiosk.flow.check_store import check_store
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake
from kiosk.flow.nightly_backup import NightlyBackup, last_night
from kiosk.flow.replay_received import replay_after, replay_received
from kiosk.flow.restore_drill import drill, newest_good
from kiosk.flow.settings_file import StationFile, VolumeSettings
from kiosk.store import audit, images
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Volume
from kiosk.store.writer import GroupWriter
from tests.flow.arrivals import files
from tests.flow.real_images import take_real
from tests.needs import needs
from tests.waiting import wait_until

NIGHT = datetime(2026, 11, 25, 2, 30)


@pytest.fixture
def file(centre: Store, local: Store, tmp_path: Path) -> StationFile:
    url = "" if centre.is_sqlite else centre.url
    volumes = {"MAG1": VolumeSettings(str(tmp_path / "MAG1"), True)}
    return StationFile(station=StationSettings(name="gw", data=str(tmp_path), centre=url), volumes=volumes)


@pytest.fixture
def night(file: StationFile, centre: Store, local: Store, tmp_path: Path) -> Callable[..., NightlyBackup]:
    def make(now: Callable[[], datetime] = lambda: NIGHT, **changes: Any) -> NightlyBackup:
        told = {"hour": 2, "folders": [tmp_path / "B1", tmp_path / "B2"], "generations": 2, **changes}
        return NightlyBackup(file, local, centre, now=now, **told)

    return make


@needs("pg_dump")
def test_a_night_writes_every_folder_and_proves_it(
    night: Callable[..., NightlyBackup], intake: Intake, centre: Store, local: Store, tmp_path: Path
) -> None:
    for number in range(3):
        take_real(intake, number)
    made = night()
    assert last_night(local) is None and made.is_due()
    told = made.do()
    assert told.good, [say(each) for each in told.told]
    assert [len(backups(tmp_path / name)) for name in ("B1", "B2")] == [2, 2]
    kept = last_night(local)
    assert kept is not None and kept.good and len(kept.told) == 3
    if centre.is_sqlite:
        assert kept.told[-1].values["images"] == "3" and int(kept.told[-1].values["sample"]) >= 1
    assert not made.is_due() and not night().is_due(), "not a second time in one night, not after a restart either"
    assert night(lambda: datetime(2026, 11, 26, 2, 1)).is_due()
    assert not night(lambda: datetime(2026, 11, 26, 1, 59)).is_due()


@pytest.mark.parametrize("centre", ["sqlite"], indirect=True)
def test_a_folder_that_is_away_spoils_no_other_and_the_night_is_tried_again(
    night: Callable[..., NightlyBackup], local: Store, tmp_path: Path
) -> None:
    (tmp_path / "B1").write_text("no folder")
    now = [NIGHT]
    made = night(lambda: now[0])
    assert not made.do().good
    assert len(backups(tmp_path / "B2")) == 2 and not made.is_due()
    now[0] = datetime(2026, 11, 25, 3, 31)
    assert made.is_due()
    (tmp_path / "B1").unlink()
    assert made.do().good and not made.is_due()
    kept = last_night(local)
    assert kept is not None and kept.good


@pytest.mark.parametrize("centre", ["sqlite"], indirect=True)
def test_the_worker_does_it_by_itself(
    night: Callable[..., NightlyBackup], local: Store, crew: Crew, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(room, "LOOK_EVERY_S", 0.02)
    crew.start("nightly-backup", night().keep)
    wait_until(lambda: last_night(local) is not None, 30)


@pytest.mark.parametrize("centre", ["sqlite"], indirect=True)
def test_the_drill_tells_of_a_backup_that_would_not_help(
    night: Callable[..., NightlyBackup], intake: Intake, centre: Store, volume: Volume, tmp_path: Path
) -> None:
    with pytest.raises(Fault) as told:
        drill(centre, [tmp_path / "B1"], [volume])
    assert told.value.reference == "P220"
    take_real(intake, 1)
    night().do()
    (lying,) = [path for path in files(volume) if path.startswith("DICOM/")]
    whole = volume.file(lying).read_bytes()
    volume.file(lying).write_bytes(whole[:-1] + b"?")
    with pytest.raises(Fault) as told:
        drill(centre, [tmp_path / "B1", tmp_path / "away"], [volume])
    assert told.value.reference == "P223"
    volume.file(lying).write_bytes(whole)
    newest = backups(tmp_path / "B1")
    copy = next(each.path for each in newest if each.kind == "centre")
    data = bytearray(copy.read_bytes())
    data[4096 * 3 : 4096 * 9] = b"\xff" * 4096 * 6
    copy.write_bytes(data)
    with pytest.raises(Fault) as told:
        drill(centre, [tmp_path / "B1"], [volume])
    assert told.value.reference == "P221"


@pytest.mark.parametrize("centre", ["sqlite"], indirect=True)
def test_what_came_after_the_backup_is_back_after_the_restore(
    night: Callable[..., NightlyBackup],
    intake: Intake,
    centre: Store,
    local: Store,
    file: StationFile,
    volume: Volume,
    crew: Crew,
    tmp_path: Path,
) -> None:
    for number in range(2):
        take_real(intake, number)
    night().do()
    for number in range(2, 70):
        take_real(intake, number)
    with centre.reading() as conn:
        before = {each.path for each in images.instances_after(conn, 0, limit=100)}
    half = volume.file(next(iter(before)).rsplit("/", 1)[0] + "/left_by_a_power_cut.dcm")
    half.write_bytes(volume.file(next(iter(before))).read_bytes()[:900])
    assert crew.close() == []  # as the program ends
    centre.close()
    local.close()
    backup = next(each.path for each in backups(tmp_path / "B1") if each.kind == "centre")
    restore(file, backup)
    with centre.reading() as conn:
        assert images.counts(conn)["instances"] == 2
    told = replay_after(file, backup)
    assert told.values == {"files": 71, "indexed": 68}
    with centre.reading() as conn:
        known = images.instances_after(conn, 0, limit=100)
        assert {each.path for each in known} == before and images.counts(conn)["instances"] == 70
        assert images.recent_studies(conn)[0].instances == 70
        assert audit.verify(conn) == []
    assert [str(line.text) for line in check_store(file) if not line.good] == []
    assert replay_received(centre, [volume], Actor()).indexed == 0, "nothing is indexed twice"
    later = Crew()
    take_real(Intake(centre, lambda: volume, GroupWriter(centre, later.start), Actor()), 70)
    assert later.close() == []
    with centre.reading() as conn:
        last = images.instances_after(conn, 70, limit=5)
    assert {each.path.rsplit("/", 1)[0] for each in last} == {each.rsplit("/", 1)[0] for each in before}


def test_a_store_without_images_replays_nothing(centre: Store, volume: Volume) -> None:
    shutil.rmtree(volume.root)
    assert replay_received(centre, [volume], Actor()).files == 0


@pytest.mark.expects_errors
@pytest.mark.parametrize("centre", ["sqlite"], indirect=True)
def test_a_damaged_store_is_told_with_the_newest_good_backup(
    intake: Intake, centre: Store, local: Store, file: StationFile, crew: Crew, tmp_path: Path
) -> None:
    take_real(intake, 1)
    good = next(path for path in back_up(file, tmp_path / "BACKUP") if path.name.startswith("centre-"))
    newer = tmp_path / "BACKUP" / "centre-20991231-235959.sqlite"
    newer.write_bytes(good.read_bytes()[:8192] + b"\xff" * 40_000)
    assert newest_good(file) == good, "a newer one that is damaged is passed over"
    assert crew.close() == []
    centre.close()
    assert centre.path is not None
    data = bytearray(centre.path.read_bytes())
    data[4096 * 2 : 4096 * 60] = b"\xff" * 4096 * 58
    centre.path.write_bytes(data)
    for left in tmp_path.glob("centre.sqlite-*"):
        left.unlink()
    wrong = [line for line in check_store(file) if not line.good]
    assert wrong and wrong[0].next_step.values["path"] == str(good)
