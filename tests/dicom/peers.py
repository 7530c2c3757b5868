"""What the DICOM tests share: a small intake in memory, a listener on a free port, rows to be asked for, Orthanc."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import subprocess
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.patient import Patient
from kiosk.core.study import ImageFacts
from kiosk.core.worklist_query import WorklistRow
from kiosk.dicom.nodes import Nodes
from kiosk.dicom.upper_layer import Door, Listener
from tests.needs import tool
from tests.waiting import wait_until

socketserver.BaseServer.serve_forever.__defaults__ = (0.05,)  # listeners under test close soon, not after half a second

TODAY = date(2026, 11, 23)
TARO = Patient("0001", "00012345", "見本 太郎", "ミホン タロウ", "", "M", date(1970, 1, 2))
HANAKO = Patient("0001", "00012346", "髙橋 花子", "タカハシ ハナコ", "", "F", date(1981, 12, 3))


@dataclass
class MemoryIntake:
    """Keeps what was settled; ``refuse`` is raised at settle, ``no_room`` at begin or after so many bytes."""

    stored: dict[str, bytes] = field(default_factory=dict)
    facts: dict[str, ImageFacts] = field(default_factory=dict)
    abandoned: int = 0
    begun: int = 0
    refuse: Exception | None = None
    full_at: int | None = None
    full: Fault | None = None

    def begin(self, door: str) -> _Sink:
        self.begun += 1
        return _Sink(self)


class _Sink:
    def __init__(self, intake: MemoryIntake) -> None:
        self._intake = intake
        self._bytes = bytearray()
        self._over = False

    def write(self, piece: bytes) -> None:
        self._bytes += piece
        intake = self._intake
        if intake.full is not None and intake.full_at is not None and len(self._bytes) > intake.full_at:
            raise intake.full

    def settle(self, facts: ImageFacts) -> None:
        if self._intake.refuse is not None:
            raise self._intake.refuse
        self._over = True
        self._intake.stored[facts.sop_uid] = bytes(self._bytes)
        self._intake.facts[facts.sop_uid] = facts

    def abandon(self) -> None:
        if not self._over:
            self._over = True
            self._intake.abandoned += 1


@contextlib.contextmanager
def listening(*doors: Door, nodes: Nodes | None = None, **more: Any) -> Iterator[Listener]:
    listener = Listener("KIOSK", 0, nodes or Nodes(accept_anyone=True), doors, host="127.0.0.1", **more)
    try:
        yield listener
    finally:
        listener.close()


def a_row(patient: Patient = TARO, number: int = 1, **changes: Any) -> WorklistRow:
    row = WorklistRow(
        step_id=f"S{number}",
        study_uid=f"1.2.392.200036.9999.{number}",
        accession=f"V{number:09d}",
        requested_procedure_id=f"V{number:09d}",
        requested_procedure="胸部X線",
        scheduled_date="20261123",
        scheduled_time="093000",
        modality="CR",
        aliases=("DX",),
        station_ae="CR1",
        description="胸部X線",
        code="CHEST",
        institution="健診センター",
        room="X線室1",
        patient=patient,
    )
    return replace(row, **changes)


def run(*command: str | Path, deadline_s: float = 60.0) -> subprocess.CompletedProcess[str]:
    """Run a peer's program; its output as text."""
    return subprocess.run(
        [str(each) for each in command], capture_output=True, text=True, timeout=deadline_s, errors="replace"
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Orthanc:
    """A real Orthanc with its REST door, knowing one peer of ours by the name ``kiosk``."""

    def __init__(self, folder: Path, port_of_ours: int) -> None:
        self.http, self.dicom = free_port(), free_port()
        settings = {
            "Name": "Peer",
            "StorageDirectory": str(folder / "storage"),
            "IndexDirectory": str(folder / "index"),
            "HttpPort": self.http,
            "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False,
            "DicomPort": self.dicom,
            "DicomAet": "ORTHANC",
            "DefaultEncoding": "Utf8",
            "DicomModalities": {"kiosk": ["KIOSK", "127.0.0.1", port_of_ours]},
            "Plugins": [],
        }
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "orthanc.json").write_text(json.dumps(settings))
        program = tool("Orthanc")
        assert program is not None
        self._log = open(folder / "orthanc.log", "wb")  # noqa: SIM115 - closed with the peer
        self._process = subprocess.Popen(
            [str(program), str(folder / "orthanc.json")], stdout=self._log, stderr=self._log
        )
        wait_until(self._answers, 60, "Orthanc answers")

    def _answers(self) -> bool:
        try:
            self.ask("/system")
            return True
        except OSError:
            assert self._process.poll() is None, "Orthanc ended"
            return False

    def ask(self, path: str, body: Any = None, raw: bytes | None = None) -> Any:
        data = raw if raw is not None else json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(f"http://127.0.0.1:{self.http}{path}", data=data)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=60) as answer:
            return json.loads(answer.read() or b"null")

    def close(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._log.close()


def threads_named(part: str) -> list[threading.Thread]:
    return [each for each in threading.enumerate() if part in each.name]
