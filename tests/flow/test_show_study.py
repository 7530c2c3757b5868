"""A file opened from the desktop while a viewer is open goes to that window."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk import commands
from kiosk.core.faults import Fault
from kiosk.core.settings import StationSettings
from kiosk.flow.settings_file import StationFile
from kiosk.flow.show_study import KIND
from kiosk.flow.single_instance import the_only_one
from kiosk.store import notices
from kiosk.store.engine import Store


def test_the_second_file_goes_to_the_open_viewer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, local: Store) -> None:
    home, picture = tmp_path / "home", tmp_path / "a.dcm"
    picture.touch()
    data = home / ".kiosk-viewer"
    data.mkdir(parents=True)
    (tmp_path / "station.sqlite").rename(data / "station.sqlite")
    monkeypatch.setattr(Path, "home", lambda: home)
    with the_only_one(StationFile(StationSettings(data=str(data)))):
        assert commands.run([str(picture)]) == 0
    store = Store(f"sqlite:///{data / 'station.sqlite'}", "station")
    with store.reading() as conn:
        (notice,) = notices.after(conn, 0, local=True)
    store.close()
    assert (notice.kind, notice.ids["file"]) == (KIND, str(picture))


def test_a_station_that_runs_already_says_so(tmp_path: Path) -> None:
    path = tmp_path / "station.toml"
    path.write_text('[station]\ndata = "data"\n\n[modes.gateway]\n', encoding="utf-8")
    with the_only_one(StationFile(StationSettings(data=str(tmp_path / "data")))), pytest.raises(Fault, match="P209"):
        commands.run([str(path)])


@pytest.mark.parametrize("spoil", ["data", "data/station.lock"])
def test_a_data_folder_that_cannot_be_written_is_told(tmp_path: Path, spoil: str) -> None:
    """Its drive is away, it lies where only the administrator writes: something else stands in its place here."""
    if spoil == "data":
        (tmp_path / "data").write_text("a file", encoding="utf-8")
    else:
        (tmp_path / spoil).mkdir(parents=True)
    path = tmp_path / "station.toml"
    path.write_text('[station]\ndata = "data"\n\n[modes.reception]\n', encoding="utf-8")
    with pytest.raises(Fault, match="S312"):
        commands.run([str(path)])
