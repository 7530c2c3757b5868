"""Is everything there and answering, what stands and what is owed: lines for the IT person, without names."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.core.faults import Fault
from kiosk.core.settings import StationSettings
from kiosk.core.words import Sentence, say
from kiosk.flow import check_station as room
from kiosk.flow.check_station import check_station
from kiosk.flow.check_store import Line
from kiosk.flow.intake import Intake
from kiosk.flow.settings_file import StationFile, VolumeSettings
from kiosk.flow.single_instance import the_only_one
from kiosk.flow.status import status
from kiosk.store import jobs, visits
from kiosk.store.engine import Store
from kiosk.store.volume import Volume
from tests.flow.arrivals import take
from tests.store.samples import row


@pytest.fixture
def file(centre: Store, tmp_path: Path) -> StationFile:
    url = "" if centre.is_sqlite else centre.url
    volumes = {"MAG1": VolumeSettings(str(tmp_path / "MAG1"), True)}
    return StationFile(station=StationSettings(name="gateway", data=str(tmp_path), centre=url), volumes=volumes)


def wrong(lines: Any) -> list[Line]:
    return [line for line in lines if not line.good]


def test_all_is_well(file: StationFile, volume: Volume) -> None:
    lines = list(check_station(file, {}))
    assert wrong(lines) == []
    said = " ".join(say(line.text) for line in lines)
    assert "Store centre" in said and "Store station" in said and "Disk MAG1" in said


def test_what_a_mode_asks_for_is_asked(file: StationFile, volume: Volume) -> None:
    asked: list[Any] = []

    def check(settings: Any) -> Any:
        asked.append(settings)
        yield False, Sentence("The camera does not answer."), Sentence("Switch it on.")

    with_mode = StationFile(file.station, file.volumes, {"capture": "its settings", "quiet": None})
    modes = {"capture": SimpleNamespace(check=check, broken=""), "quiet": SimpleNamespace(check=None, broken="")}
    (line,) = wrong(check_station(with_mode, modes))
    assert (say(line.text), say(line.next_step)) == ("The camera does not answer.", "Switch it on.")
    assert asked == ["its settings"]


def test_a_mode_whose_check_fails_itself_is_a_line_and_the_rest_goes_on(file: StationFile, volume: Volume) -> None:
    def check(settings: Any) -> Any:
        raise Fault("The port is taken.", "Close the other program.")
        yield

    with_mode = StationFile(file.station, file.volumes, {"a": None, "b": None})
    modes = {"a": SimpleNamespace(check=check, broken=""), "b": SimpleNamespace(check=None, broken="")}
    lines = list(check_station(with_mode, modes))
    assert [say(line.text) for line in wrong(lines)] == ["The port is taken."]
    assert "Mode b" in say(lines[-1].text)


def test_a_database_that_is_away_and_pg_dump_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, centre_on_sqlite: Store
) -> None:
    away = StationFile(
        station=StationSettings(data=str(tmp_path), centre="postgresql+psycopg://k:geheim@127.0.0.1:1/x")
    )
    (line,) = wrong(check_station(away, {}))
    assert "does not answer" in say(line.text) and say(line.next_step)


@pytest.mark.parametrize("there", [True, False])
def test_postgresql_without_pg_dump_is_not_backed_up_and_says_so(
    centre: Store, file: StationFile, volume: Volume, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    monkeypatch.setattr(room, "pg_dump_found", lambda: "pg_dump" if there else None)
    found = [say(line.text) for line in wrong(check_station(file, {}))]
    assert any("not backed up" in line for line in found) == (not centre.is_sqlite and not there)


def test_disks_that_are_swapped_away_or_full(
    file: StationFile, volume: Volume, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disks = {
        "MAG2": VolumeSettings(str(volume.root), True),
        "MAG3": VolumeSettings(str(tmp_path / "unplugged"), False),
    }
    swapped = StationFile(file.station, disks)
    found = wrong(check_station(swapped, {}))
    assert len(found) == 2 and all(say(line.next_step) for line in found)
    assert "MAG1, not MAG2" in say(found[0].text) and "unplugged" in say(found[1].text)
    monkeypatch.setattr(Volume, "free_bytes", lambda self: 1_000_000)
    (line,) = wrong(check_station(file, {}))
    assert "nearly full" in say(line.text)


def test_the_state_of_the_day_names_nobody(file: StationFile, centre: Store, intake: Intake) -> None:
    with centre.writing() as conn:
        visits.take_visit(conn, row(1), "list")
        jobs.owe(conn, "print", station="gateway", subject="1")
    take(intake)
    said = "\n".join(say(line) for line in status(file))
    assert "Images: 1 in 1 studies, 0 unmatched, 0 kept aside" in said
    assert "CR1: 1 images" in said and "2 owed" in said and "GB" in said
    for secret in ("見本", "ミホン", "MIHON", "P00001", "1971"):
        assert secret not in said


def test_only_one_runs_per_data_folder(tmp_path: Path) -> None:
    one = StationFile(station=StationSettings(data=str(tmp_path / "one")))
    two = StationFile(station=StationSettings(data=str(tmp_path / "two")))
    with the_only_one(one), the_only_one(two):
        with pytest.raises(Fault) as told, the_only_one(one):
            pass
        assert told.value.next_step.text
    with the_only_one(one):
        pass
