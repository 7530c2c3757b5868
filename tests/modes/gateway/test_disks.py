"""A gateway with several disks: it spills with no failed C-STORE, refuses when all are full, and resumes by itself."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.words import say
from kiosk.dicom.nodes import Node
from kiosk.dicom.send import send_files
from kiosk.flow.settings_file import VolumeSettings
from kiosk.modes.gateway.settings_keep import KeepSettings
from kiosk.store import images
from tests.dicom.peers import free_port
from tests.loop_disk import LoopDisk
from tests.modes.gateway.site import GatewaySite
from tests.needs import needs
from tests.scans import slices

Wait = Callable[..., Any]


@pytest.fixture
def two_disks(tmp_path: Path, sqlite_templates: Path) -> Iterator[GatewaySite]:
    """A running gateway with two real disks of 40 MB, each with room for some twenty images."""
    made = [LoopDisk(tmp_path / f"{name}.img", tmp_path / name) for name in ("MAG1", "MAG2")]
    for each in made:
        each.plug_in()
    for each, size_mb in zip(made, (18, 23), strict=True):
        (each.mounted / "filler").write_bytes(bytes(size_mb << 20))
    volumes = {each.mounted.name: VolumeSettings(str(each.mounted), True, reserve_gb=0.02) for each in made}
    site = GatewaySite(tmp_path / "gateway", sqlite_templates, volumes=volumes)
    yield site
    site.close()
    for each in made:
        each.pull_out()


def send(site: GatewaySite, folder: Path, count: int, study: str) -> list[int | None]:
    """The statuses of so many images of half a MB each."""
    pixels = {"Rows": 512, "Columns": 512, "PixelData": bytes(512 * 1024)}
    files = slices(
        folder, count, StudyInstanceUID=f"1.2.392.9.{study}", SeriesInstanceUID=f"1.2.392.9.{study}.1", **pixels
    )
    for path in files:  # the series differ in their SOP Instance UIDs too
        path.write_bytes(path.read_bytes().replace(b"1.2.392.9.1", f"1.2.392.9.{study}".encode()))
    return [each.status for each in send_files("CT1", Node("KIOSK", "127.0.0.1", site.port), files)]


def lying(site: GatewaySite) -> dict[str, int]:
    return {each.id: len(list(each.root.rglob("*.dcm"))) for each in site.station.volumes}


@needs("mkfs.ext4", "mount")
def test_it_spills_over_with_no_failed_store_then_refuses_and_resumes(
    two_disks: GatewaySite, tmp_path: Path, wait_until: Wait
) -> None:
    site = two_disks
    room = {each.id: each.room for each in site.station.volumes}
    assert site.port and room["MAG1"].left > 0
    first, both = (left // (530 * 1024) for left in (room["MAG1"].left, sum(each.left for each in room.values())))
    assert send(site, tmp_path / "a", first + 5, "2") == [0] * (first + 5)
    assert lying(site)["MAG1"] > 5 and lying(site)["MAG2"] >= 3
    statuses = send(site, tmp_path / "b", both - first, "3")
    assert set(statuses) == {0, 0xA700} and statuses.index(0xA700) == statuses.count(0), "full stays full"
    [trouble, *_] = wait_until(lambda: site.overview().troubles, 10)
    assert "MAG1, MAG2" in say(trouble.text)
    with site.station.centre.reading() as conn:
        assert images.counts(conn)["instances"] == sum(lying(site).values()) == first + 5 + statuses.count(0)
    (tmp_path / "MAG2" / "filler").unlink()
    wait_until(lambda: room["MAG2"].takes, 10, "it is seen by itself")
    assert send(site, tmp_path / "b", both - first, "3") == [0] * len(statuses)


@pytest.mark.expects_errors
def test_the_keeping_process_copies_what_came_and_its_death_holds_up_nothing(
    tmp_path: Path, sqlite_templates: Path, wait_until: Wait
) -> None:
    roles = {"MAG1": "gateway", "MAG2": "primary", "BUP": "mirror"}
    volumes = {name: VolumeSettings(str(tmp_path / name), True, role, reserve_gb=0.001) for name, role in roles.items()}
    told = KeepSettings(copy_after_s=0.2)
    port = free_port()
    site = GatewaySite(tmp_path / "gw", sqlite_templates, volumes=volumes, child=True, port=port, keep=told)
    try:
        keeping = site.station.services["gateway.keep"]
        pid = wait_until(lambda: keeping.pid, 10)
        assert site.port == port
        assert send(site, tmp_path / "a", 3, "2") == [0] * 3
        wait_until(lambda: lying(site) == {"MAG1": 3, "MAG2": 3, "BUP": 3}, 20, "copied by itself")
        assert list((tmp_path / "MAG2" / "IMAGE" / "CT" / "20251120").iterdir())
        os.kill(pid, signal.SIGKILL)
        assert send(site, tmp_path / "b", 3, "3") == [0] * 3, "images come in all the same"
        wait_until(lambda: lying(site) == {"MAG1": 6, "MAG2": 6, "BUP": 6}, 20, "and are copied when it is back")
        wait_until(lambda: [each.state for each in site.overview().disks] == ["good"] * 3, 10)
        (site.folder / "data" / "INBOX" / "x.pdf").write_bytes(b"%PDF-1.4")
        (site.folder / "data" / "INBOX" / "x.pdf.json").write_text('{"kind": "D1", "title": "x"}')
        wait_until((site.folder / "data" / "INBOX" / "x.pdf.ok").exists, 10, "documents are taken by it too")
    finally:
        site.close()
