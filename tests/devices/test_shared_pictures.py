"""A camera's shared folder: what rests is taken, what grows waits, and a folder that is away is waited for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kiosk.core.faults import LinkLost
from kiosk.devices.inbox.arrived import Arrivals
from kiosk.devices.inbox.shared_pictures import SharedPictures
from tests.needs import only_on_posix


class Share:
    def __init__(self, folder: Path) -> None:
        self.folder = folder / "share"
        self.folder.mkdir()
        self.arrivals = Arrivals(folder / "ARRIVED")
        self.arrivals.prepare()
        self.now = 0.0
        self.door = SharedPictures(self.folder, self.arrivals, settle_s=3.0, clock=lambda: self.now)

    def look(self, after_s: float = 0.0) -> int:
        self.now += after_s
        return self.door.look()

    def names(self) -> list[str]:
        return [each.name for each in self.arrivals.look()]


@pytest.fixture
def share(tmp_path: Path) -> Share:
    return Share(tmp_path)


def test_taken_when_it_rested_and_not_before(share: Share) -> None:
    (share.folder / "a.jpg").write_bytes(b"one")
    assert [share.look(), share.look(1.0), share.look(1.0)] == [0, 0, 0]
    assert share.look(1.1) == 1 and share.names() == ["a.jpg"]
    assert share.arrivals.look()[0].read() == b"one" and list(share.folder.iterdir()) == []
    assert share.look(9) == 0


def test_one_that_grows_waits(share: Share) -> None:
    path = share.folder / "a.jpg"
    for at in range(5):
        path.write_bytes(b"x" * (at + 1))
        assert share.look(4.0) == 0
    assert share.look(2.9) == 0 and share.look(0.2) == 1


def test_folders_below_and_their_names(share: Share) -> None:
    (share.folder / "00012345").mkdir()
    (share.folder / "00012345" / "R.jpg").write_bytes(b"r")
    share.look()
    assert share.look(4.0) == 1 and share.names() == ["00012345/R.jpg"]


def test_a_file_that_comes_again_is_taken_again(share: Share) -> None:
    for content in (b"one", b"two"):
        (share.folder / "a.jpg").write_bytes(content)
        share.look()
        assert share.look(4.0) == 1
    assert [each.read() for each in share.arrivals.look()] == [b"one", b"two"]


def test_a_folder_that_is_away_is_told(share: Share) -> None:
    os.rename(share.folder, share.folder.with_name("away"))
    with pytest.raises(LinkLost):
        share.look()
    os.rename(share.folder.with_name("away"), share.folder)
    assert share.look() == 0


@only_on_posix
def test_links_lead_nowhere(share: Share, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"s")
    os.symlink(tmp_path / "secret", share.folder / "a.jpg")
    os.symlink(tmp_path, share.folder / "b")
    share.look()
    assert share.look(9.0) == 0
