"""Capture from start to finish: camera simulator and a trigger line, at the real window, to DICOM in Orthanc."""

from __future__ import annotations

import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from kiosk.core.camera import CameraSettings, PictureState
from kiosk.core.registering import RegisterSettings
from kiosk.core.taken import SetState
from kiosk.core.triggers import LineSettings, TriggerSettings
from kiosk.devices.camera.simulator import number_in
from kiosk.devices.trigger.simulator import SimulatedPort
from kiosk.store import findings, visits
from tests.devices.test_trigger import rfc2217_server
from tests.dicom.peers import Orthanc, free_port, run
from tests.journeys.hands import press, scan, type_in
from tests.modes.capture.conftest import HANAKO, open_room, open_window
from tests.needs import needs
from tests.stores import sqlite_templates

__all__ = ["open_room", "open_window", "sqlite_templates"]

Wait = Callable[..., Any]


@needs("Orthanc", "dcmdjpeg", "dciodvfy")
def test_from_the_shutter_to_orthanc(open_window: Callable[..., Any], wait_until: Wait, tmp_path: Path) -> None:
    orthanc = Orthanc(tmp_path / "orthanc", free_port())
    contact = SimulatedPort()
    with rfc2217_server(contact) as address:
        try:
            window = open_window(
                camera=CameraSettings(source="simulator"),  # 1920 x 1080
                trigger=TriggerSettings([LineSettings(address)], guard_ms=0),
                register=RegisterSettings(port=orthanc.dicom, ae_title="ORTHANC", own_ae_title="ES1"),
            )
            visit = window.room.visit(HANAKO, "1002")
            wait_until(lambda: window.desk.facts().state is PictureState.LIVE, 30, what="the camera")
            line = f"{address} CTS"
            wait_until(lambda: line in window.desk.capture.counts(), what="the line is there")
            scan(window.shell, "1002")
            wait_until(lambda: window.taken is not None, what="her examination is open")
            type_in(window.shell, "3")
            wait_until(lambda: window.page.parts.shown, what="the part")
            for number in range(1, 4):
                contact.press("cts", 0.05, bounces=(0.006, 0.006))
                wait_until(lambda n=number: len(window.pictures) == n, what=f"picture {number}")
                threading.Event().wait(0.05)
            press(window.shell, "F7")
            wait_until(lambda: window.pictures[-1].star, what="a star")
            assert {each.facts["trigger"] for each in window.pictures} == {line}
            of, spool = window.taken.id, window.desk.spool
            press(window.shell, "F12")
            wait_until(lambda: window.taken is None, what="the examination ends at once")
            wait_until(lambda: spool.set_of(of).state is SetState.REGISTERED, 30, "Orthanc has it")
            pictures = spool.pictures(of)
            compare(orthanc, pictures, spool, tmp_path)
            with window.room.station.centre.reading() as conn:
                [key] = findings.tray(conn, visit)
                [(_, step)] = visits.scheduled(conn, visit_ids=[visit])
            assert key.sop_uid == pictures[-1].sop_uid
            [study] = orthanc.ask("/studies")
            assert orthanc.ask(f"/studies/{study}")["MainDicomTags"]["StudyInstanceUID"] == step.study_uid
        finally:
            orthanc.close()


def compare(orthanc: Orthanc, pictures: list[Any], spool: Any, folder: Path) -> None:
    """Orthanc and DCMTK show the picture that lies on this PC's disk."""

    def fetched(instance: str, what: str) -> bytes:
        with opener.open(f"http://127.0.0.1:{orthanc.http}/instances/{instance}/{what}", timeout=60) as answer:
            return bytes(answer.read())

    names = orthanc.ask("/instances")
    ids = {orthanc.ask(f"/instances/{one}")["MainDicomTags"]["SOPInstanceUID"]: one for one in names}
    assert set(ids) == {each.sop_uid for each in pictures}
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for each in pictures:
        mine = cv2.imread(str(spool.path_of(each)))
        preview = fetched(ids[each.sop_uid], "preview")
        theirs = cv2.imdecode(np.frombuffer(preview, np.uint8), cv2.IMREAD_COLOR)
        path = folder / "one.dcm"
        path.write_bytes(fetched(ids[each.sop_uid], "file"))
        assert number_in(mine) == number_in(theirs) == each.facts["picture"]
        assert np.abs(mine.astype(int) - theirs.astype(int)).max() <= 6 and np.abs(mine.astype(int) - theirs).mean() < 1
        done = run("dciodvfy", path)
        assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")] == []
        assert run("dcmj2pnm", "+ob", path, folder / "one.bmp").returncode == 0
        dcmtk = cv2.imread(str(folder / "one.bmp"))
        assert np.abs(mine.astype(int) - dcmtk).max() <= 40 and np.abs(mine.astype(int) - dcmtk).mean() < 1.5
