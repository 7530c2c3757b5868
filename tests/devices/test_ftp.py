"""The FTP door: upload only, whole or not at all, limited, and safe on the disk before it says so (F1, F4, F5)."""

from __future__ import annotations

import ftplib
import threading
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault
from kiosk.core.ftp import AccountSettings, FtpSettings
from kiosk.devices.ftp import server
from kiosk.devices.ftp.server import FtpDoor
from kiosk.devices.ftp.simulator import FtpCameraSimulator
from kiosk.devices.inbox.arrived import Arrivals

Wait = Callable[..., Any]
DATA = b"\xff\xd8\xff" + bytes(range(256)) * 500


class Site:
    def __init__(self, folder: Path, **how: Any) -> None:
        self.arrivals = Arrivals(folder / "ARRIVED")
        self.arrivals.prepare()
        self.came = threading.Event()
        told = {"host": "127.0.0.1", "port": 0, "accounts": [AccountSettings("camera", "secret")], **how}
        self.door = FtpDoor(FtpSettings(**told), self.arrivals, self.came.set)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self.door.serve, args=(self._stop,), name="ftp")
        self._thread.start()

    def client(self, name: str = "camera", password: str = "secret") -> ftplib.FTP:
        made = ftplib.FTP(timeout=10)
        made.connect("127.0.0.1", self.door.port)
        made.login(name, password)
        return made

    def names(self) -> list[str]:
        return [each.name for each in self.arrivals.look()]

    def close(self) -> None:
        self._stop.set()
        self._thread.join(10)
        assert not self._thread.is_alive()


@pytest.fixture
def open_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Site]]:
    monkeypatch.setattr(server, "FAILED_LOGIN_S", 0.1)
    opened: list[Site] = []

    def open_one(**how: Any) -> Site:
        opened.append(Site(tmp_path, **how))
        return opened[-1]

    yield open_one
    for each in opened:
        each.close()


@pytest.mark.parametrize("passive", [True, False], ids=["passive", "active"])
def test_what_is_answered_with_226_is_whole_on_the_disk(open_site: Callable[..., Site], passive: bool) -> None:
    site = open_site()
    camera = FtpCameraSimulator("127.0.0.1", site.door.port, "camera", "secret", active=not passive)
    assert camera.send("IMG_0001.JPG", DATA)
    [arrived] = site.arrivals.look()  # at once: it was made safe before the answer
    assert arrived.read() == DATA and (arrived.name, arrived.source) == ("IMG_0001.JPG", "camera")
    assert site.came.is_set()


def test_a_transfer_that_is_cut_off_goes_aside(open_site: Callable[..., Site], wait_until: Wait) -> None:
    site = open_site()
    FtpCameraSimulator("127.0.0.1", site.door.port, "camera", "secret").send_cut("cut.jpg", DATA, 9000)
    wait_until(lambda: site.arrivals.asides(), what="aside")
    [aside] = site.arrivals.asides()
    assert aside["name"] == "cut.jpg" and "cut off" in aside["why"] and not site.names()


def test_a_transfer_that_never_began_goes_aside_too(open_site: Callable[..., Site], wait_until: Wait) -> None:
    site = open_site()
    camera = site.client()
    camera.makepasv()
    camera.sendcmd("STOR never.jpg")
    camera.close()
    wait_until(lambda: site.arrivals.asides(), what="aside")
    assert site.arrivals.asides()[0]["name"] == "never.jpg" and not site.names()


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../x.jpg", "x.jpg"), ("/../../etc/passwd", "etc/passwd"), ("CON.jpg", "CON.jpg"), ("a" * 300 + ".jpg", None),
        ("眼底 右.jpg", "眼底 右.jpg"), ("a:b*?.jpg", "a:b*?.jpg"), ("..\\..\\y.jpg", None),
    ],
)  # fmt: skip
def test_hostile_names_stay_outside_the_disk(open_site: Callable[..., Site], sent: str, kept: str | None) -> None:
    site = open_site()
    with site.client() as camera:
        camera.encoding = "utf-8"
        camera.storbinary(f"STOR {sent}", BytesIO(DATA))
    [arrived] = site.arrivals.look()
    assert arrived.read() == DATA and (kept is None or arrived.name == kept)
    inside = {each.name for each in site.arrivals.folder.parent.rglob("*") if each.is_file()}
    assert inside == {arrived.path.name, arrived.path.with_suffix(".json").name}


def test_names_in_shift_jis_are_read(open_site: Callable[..., Site]) -> None:
    site = open_site()
    with site.client() as camera:
        camera.encoding = "cp932"
        camera.storbinary("STOR 右眼_001.jpg", BytesIO(DATA))
    assert site.names() == ["右眼_001.jpg"]


def test_the_same_name_twice_is_two_files(open_site: Callable[..., Site]) -> None:
    site = open_site()
    with site.client() as camera:
        for at in range(2):
            camera.storbinary("STOR same.jpg", BytesIO(DATA + bytes([at])))
    assert site.names() == ["same.jpg"] * 2 and len({each.read() for each in site.arrivals.look()}) == 2


def test_folders_of_the_camera_are_told_in_the_name(open_site: Callable[..., Site]) -> None:
    site = open_site()
    with site.client() as camera:
        camera.mkd("00012345")
        camera.cwd("00012345")
        camera.storbinary("STOR R.jpg", BytesIO(DATA))
        assert camera.nlst() == []  # nothing of anybody can be seen
    assert site.names() == ["00012345/R.jpg"]


@pytest.mark.parametrize(
    "command", ["RETR x.jpg", "DELE x.jpg", "RNFR x.jpg", "RMD x", "SITE CHMOD 777 x", "APPE x.jpg", "MFMT 2020 x"]
)
def test_putting_is_all_that_may_be_done(open_site: Callable[..., Site], command: str) -> None:
    site = open_site()
    with site.client() as camera, pytest.raises(ftplib.error_perm):
        camera.sendcmd(command)


def test_a_transfer_is_not_gone_on_with(open_site: Callable[..., Site]) -> None:
    site = open_site()
    with site.client() as camera, pytest.raises(ftplib.error_perm):
        camera.storbinary("STOR x.jpg", BytesIO(DATA), rest=100)
    assert not site.names()


def test_wrong_password_unknown_and_anonymous_are_refused(open_site: Callable[..., Site]) -> None:
    site = open_site()
    for name, password in (("camera", "wrong"), ("camera", ""), ("other", "secret"), ("anonymous", "a@b")):
        with pytest.raises(ftplib.error_perm, match="530"):
            site.client(name, password)
    assert site.door.refused == 4


def test_three_wrong_passwords_end_the_connection(open_site: Callable[..., Site]) -> None:
    site = open_site()
    camera = ftplib.FTP(timeout=10)
    camera.connect("127.0.0.1", site.door.port)
    for _ in range(2):
        with pytest.raises(ftplib.error_perm):
            camera.login("camera", "wrong")
    with pytest.raises((ftplib.Error, EOFError, OSError)):
        camera.login("camera", "wrong")
        camera.login("camera", "secret")
    camera.close()


def test_only_from_its_own_address(open_site: Callable[..., Site]) -> None:
    site = open_site(accounts=[AccountSettings("camera", "secret", "192.0.2.7")])
    with pytest.raises(ftplib.error_perm, match="530"):
        site.client()


def test_a_hundred_connections_are_limited(open_site: Callable[..., Site], wait_until: Wait) -> None:
    site = open_site()
    lines: list[ftplib.FTP] = []
    refused = 0
    for _ in range(100):
        try:
            each = ftplib.FTP(timeout=10)
            each.connect("127.0.0.1", site.door.port)
            lines.append(each)
        except (ftplib.Error, EOFError, OSError):
            refused += 1
    assert len(lines) <= 20 and refused >= 80
    for each in lines:
        each.close()

    def again() -> bool:
        try:
            with site.client() as camera:
                return camera.storbinary("STOR after.jpg", BytesIO(DATA)).startswith("226")
        except (ftplib.Error, EOFError, OSError):
            return False

    wait_until(again, what="then it goes on")
    assert site.names() == ["after.jpg"]


def test_port_to_a_third_host_is_refused(open_site: Callable[..., Site]) -> None:
    site = open_site()
    with site.client() as camera:
        for command in ("PORT 192,0,2,1,100,1", "EPRT |1|192.0.2.1|25601|", "PORT 127,0,0,1,0,22"):
            with pytest.raises(ftplib.error_perm):
                camera.sendcmd(command)


def test_a_file_that_never_ends_is_stopped(open_site: Callable[..., Site], wait_until: Wait) -> None:
    site = open_site(most_mb=1)
    camera = site.client()
    with pytest.raises((ftplib.Error, OSError)):
        camera.storbinary("STOR huge.jpg", BytesIO(bytes(3 << 20)))
    camera.close()
    wait_until(lambda: site.arrivals.asides(), what="aside")
    assert not site.names()


def test_a_port_that_is_taken_is_told(open_site: Callable[..., Site], tmp_path: Path) -> None:
    site = open_site()
    with pytest.raises(Fault) as why:
        FtpDoor(FtpSettings("127.0.0.1", site.door.port), site.arrivals, lambda: None)
    assert why.value.reference == "F501"


def test_what_was_half_there_when_the_program_ended_goes_aside(open_site: Callable[..., Site]) -> None:
    site = open_site()
    path = site.arrivals.new_path()
    site.arrivals.tell(path, "half.jpg", "camera")
    path.write_bytes(DATA[:100])
    Arrivals(site.arrivals.folder).prepare()
    [aside] = site.arrivals.asides()
    assert aside["name"] == "half.jpg" and aside["why"] == "unfinished" and not site.names()
