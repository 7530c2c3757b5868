"""Fundus from start to finish: the camera's FTP to a registered picture in Orthanc, a commented copy in the inbox."""

from __future__ import annotations

import urllib.request
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from pydicom import dcmread
from pydicom.encaps import generate_frames

from kiosk.core.registering import RegisterSettings
from kiosk.core.taken import SetState
from kiosk.devices.inbox.documents import DocumentFolder
from tests.dicom.peers import Orthanc, free_port, run
from tests.journeys.hands import press, scan, type_in
from tests.modes.fundus.conftest import HANAKO, fundus, open_room, open_window
from tests.needs import needs
from tests.stores import sqlite_templates

__all__ = ["open_room", "open_window", "sqlite_templates"]

Wait = Callable[..., Any]


@needs("Orthanc", "dciodvfy", "dcmj2pnm")
def test_from_ftp_to_orthanc(open_window: Callable[..., Any], wait_until: Wait, tmp_path: Path) -> None:
    orthanc = Orthanc(tmp_path / "orthanc", free_port())
    inbox = DocumentFolder(tmp_path / "inbox", settle_s=0.0)
    inbox.folder.mkdir()
    to = RegisterSettings(port=orthanc.dicom, ae_title="ORTHANC", own_ae_title="OP1", inbox=str(inbox.folder),
                          burnt_in=False)  # fmt: skip
    sent = {1: fundus("R"), 2: fundus("L")}
    try:
        window = open_window(register=to)
        window.room.visit(HANAKO, "1002")
        scan(window.shell, "1002")
        wait_until(lambda: window.taken is not None, what="her examination is open")
        for number, data in sent.items():
            window.room.send(f"IMG_{number}.JPG", data)
            wait_until(lambda n=number: len(window.pictures) == n, what=f"picture {number}")
        press(window.shell, "F5", "F8")
        type_in(window.shell, "要精査")
        press(window.shell, "Return")
        wait_until(lambda: window.pictures[-1].comment == "要精査", what="the comment")
        of, spool = window.taken.id, window.desk.spool
        press(window.shell, "F12")
        wait_until(lambda: window.taken is None, what="ended")
        handed: dict[str, bytes] = {}

        def taken_in() -> bool:
            for each in inbox.look():
                handed[each.name] = b"".join(each.pieces())
                assert each.told["kind"] == "GN" and each.told["patient_id"] == HANAKO.patient_id
                inbox.acknowledge(each)
            return spool.set_of(of).state is SetState.REGISTERED

        wait_until(taken_in, 40, "both ways have it")
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        instances = orthanc.ask("/instances")
        assert len(instances) == len(handed) == 2
        for instance in instances:
            with opener.open(f"http://127.0.0.1:{orthanc.http}/instances/{instance}/file", timeout=60) as answer:
                path = tmp_path / "one.dcm"
                path.write_bytes(answer.read())
            ds = dcmread(path)
            number = int(ds.InstanceNumber)
            [frame] = generate_frames(ds.PixelData, number_of_frames=1)
            assert frame[: len(sent[number])] == sent[number]  # the original, untouched
            assert ds.SOPClassUID == "1.2.840.10008.5.1.4.1.1.77.1.5.1" and ds.ImageLaterality == "RL"[number - 1]
            assert ds.BurnedInAnnotation == "NO"
            done = run("dciodvfy", path)
            assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")] == []
            assert run("dcmj2pnm", "+ob", path, tmp_path / "one.bmp").returncode == 0
            mine = np.asarray(Image.open(BytesIO(sent[number])).convert("RGB"), int)
            assert np.abs(mine - np.asarray(Image.open(tmp_path / "one.bmp"), int)).mean() < 1.5
        for each in spool.pictures(of):
            assert spool.path_of(each).read_bytes() == sent[each.number]
            copy = Image.open(BytesIO(handed[f"{of}-{each.number:04d}.jpg"]))
            assert copy.width == 640 and copy.height > 640  # with its strip below
    finally:
        orthanc.close()
