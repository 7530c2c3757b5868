"""Times of worklist queries: ours beside DCMTK's wlmscpfs, Orthanc's worklist plugin and plain pynetdicom, one run.

    .venv/bin/python benchmarks/worklist.py [--steps 5000] [--asks 200]

5,000 scheduled steps (10 days, 10 kinds, 50 each); a client of bare sockets asks for the 50 of a day and kind, and for
one examinee by ID, on a kept association and with a new one each time (connect to the peer's release reply).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.raw_dimse import RawAssociation

KINDS = ("CR", "US", "OP", "MG", "ES", "CT", "MR", "RF", "ECG", "XA")
PLUGINS = Path("/usr/share/orthanc/plugins/libModalityWorklists.so")
WORKLIST = "1.2.840.10008.5.1.4.31"


@dataclass(frozen=True)
class Plan:
    steps: int

    @property
    def days(self) -> list[date]:
        return [date.today() + timedelta(days=each) for each in range(10)]

    def people(self) -> Iterator[tuple[int, date, str]]:
        per = self.steps // 100
        number = 0
        for day in self.days:
            for kind in KINDS:
                for _ in range(per):
                    yield number, day, kind
                    number += 1


# -- servers, each in a process of its own ---------------------------------------------------------------------------
def serve_ours(folder: Path, port: int, plan: Plan) -> None:
    from kiosk.core.patient import Patient
    from kiosk.core.settings import StationSettings
    from kiosk.core.visit import Examination, VisitKey
    from kiosk.flow.crew import Crew
    from kiosk.flow.receive_images import Receiving, receive_images
    from kiosk.store import visits
    from kiosk.store.opening import centre_store, prepare, station_store
    from kiosk.store.volume import Volume, Volumes

    centre, local = centre_store("", folder), station_store(folder)
    prepare(centre)
    prepare(local)
    with centre.writing() as conn:
        for number, day, kind in plan.people():
            patient = Patient("0001", f"{number:08d}", "見本 太郎", "ミホン タロウ", "", "M", date(1970, 1, 1))
            exam = Examination(kind, f"検査{kind}", kind, kind, station_ae=f"{kind}1")
            key = VisitKey("0001", day, f"{number:06d}")
            visits.take_visit(conn, visits.VisitRow(key, patient, "09:00", exams=(exam,)), "list")
    crew = Crew()
    volumes = Volumes([Volume("MAG1", folder / "MAG1", writable=True)])
    station = StationSettings(name="bench", data=str(folder))
    kit = SimpleNamespace(station=station, centre=centre, local=local, volumes=volumes, crew=crew)
    receive_images(kit, Receiving("KIOSK", port, "127.0.0.1", accept_anyone=True), threading.Event())  # type: ignore[arg-type]


def serve_plain(folder: Path, port: int, plan: Plan) -> None:
    """pynetdicom as its examples have it, over an SQLite table."""
    import sqlite3

    from pydicom.dataset import Dataset
    from pynetdicom import AE, evt

    path = folder / "plain.sqlite"
    with sqlite3.connect(path) as made:
        made.execute("create table step (id text, day text, kind text)")
        rows = [(f"{number:08d}", f"{day:%Y%m%d}", kind) for number, day, kind in plan.people()]
        made.executemany("insert into step values (?, ?, ?)", rows)
        made.execute("create index at on step (day, kind)")
        made.execute("create index who on step (id)")

    def find(event: evt.Event) -> Iterator[tuple[int, Dataset | None]]:
        asked = event.identifier
        step = asked.ScheduledProcedureStepSequence[0]
        where, values = "1=1", []
        for column, value in (
            ("id", asked.PatientID), ("day", step.ScheduledProcedureStepStartDate), ("kind", step.Modality),
        ):  # fmt: skip
            if value:
                where += f" and {column}=?"
                values.append(value)
        connection = sqlite3.connect(path)
        for patient_id, day, kind in connection.execute(f"select id, day, kind from step where {where}", values):
            yield 0xFF00, worklist_item(patient_id, day, kind)
        connection.close()
        yield 0x0000, None

    ae = AE("KIOSK")
    ae.add_supported_context(WORKLIST)
    ae.start_server(("127.0.0.1", port), evt_handlers=[(evt.EVT_C_FIND, find)])


def worklist_item(patient_id: str, day: str, kind: str) -> Any:
    from pydicom.dataset import Dataset

    item, step = Dataset(), Dataset()
    item.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    item.PatientName, item.PatientID = "MIHON^TARO=見本^太郎=ミホン^タロウ", patient_id
    item.PatientBirthDate, item.PatientSex = "19700101", "M"
    item.AccessionNumber = item.RequestedProcedureID = f"V{patient_id}"
    item.StudyInstanceUID = f"1.2.392.200036.9999.{int(patient_id)}"
    item.RequestedProcedureDescription = f"検査{kind}"
    step.Modality, step.ScheduledStationAETitle = kind, f"{kind}1"
    step.ScheduledProcedureStepStartDate, step.ScheduledProcedureStepStartTime = day, "090000"
    step.ScheduledProcedureStepDescription, step.ScheduledProcedureStepID = f"検査{kind}", f"S{patient_id}"
    step.ScheduledPerformingPhysicianName = ""
    item.ScheduledProcedureStepSequence = [step]
    return item


def worklist_files(folder: Path, plan: Plan) -> None:
    """The files that wlmscpfs and Orthanc's plugin read at each query."""
    from pydicom.dataset import FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian

    folder.mkdir(parents=True)
    (folder / "lockfile").touch()
    for number, day, kind in plan.people():
        item = worklist_item(f"{number:08d}", f"{day:%Y%m%d}", kind)
        item.file_meta = FileMetaDataset()
        item.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        item.file_meta.MediaStorageSOPClassUID = "1.2.276.0.7230010.3.1.0.1"
        item.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{number}"
        item.save_as(folder / f"{number:06d}.wl", enforce_file_format=True)


def peer_command(name: str, folder: Path, port: int) -> list[str] | None:
    if name == "wlmscpfs":
        program = shutil.which("wlmscpfs")
        return [program, "-dfp", str(folder / "wl"), str(port)] if program else None
    program = shutil.which("Orthanc", path="/usr/sbin:/usr/bin")
    if program is None or not PLUGINS.exists():
        return None
    settings = {
        "StorageDirectory": str(folder / "orthanc"), "IndexDirectory": str(folder / "orthanc"),
        "HttpServerEnabled": False,
        "DicomPort": port, "DicomAet": "KIOSK", "DicomAlwaysAllowFind": True, "DicomAlwaysAllowFindWorklist": True,
        "DicomCheckCalledAet": False, "DicomModalities": {"bench": ["BENCH", "127.0.0.1", 1]},
        "DefaultEncoding": "Utf8",
        "Worklists": {"Enable": True, "Database": str(folder / "wl" / "KIOSK"), "LimitAnswers": 0},
        "Plugins": [str(PLUGINS)],
    }  # fmt: skip
    (folder / "orthanc.json").write_text(json.dumps(settings))
    return [program, str(folder / "orthanc.json")]


# -- asking ----------------------------------------------------------------------------------------------------------
def identifier(day: str = "", kind: str = "", patient_id: str = "") -> bytes:
    """A console's query, explicit VR little endian."""
    from pydicom.dataset import Dataset
    from pynetdicom.dsutils import encode

    item = worklist_item("0", "", "")
    item.PatientName = item.PatientBirthDate = item.PatientSex = item.AccessionNumber = ""
    item.StudyInstanceUID = item.RequestedProcedureID = item.RequestedProcedureDescription = ""
    item.PatientID = patient_id
    step = item.ScheduledProcedureStepSequence[0]
    for element in step:
        element.value = ""
    step.ScheduledProcedureStepStartDate, step.Modality = day, kind
    assert isinstance(item, Dataset)
    encoded = encode(item, False, True)
    assert encoded is not None
    return encoded


def times(port: int, asks: int, plan: Plan, *, kept: bool, one: bool) -> list[float]:
    """Milliseconds of each query; every one checked for its number of answers."""
    per, day = plan.steps // 100, f"{plan.days[0]:%Y%m%d}"
    found = []
    assoc: RawAssociation | None = None
    for turn in range(asks):
        person = f"{turn * 7 % plan.steps:08d}"
        query = identifier(patient_id=person) if one else identifier(day, KINDS[0])
        began = time.perf_counter()
        if assoc is None:
            assoc = RawAssociation("127.0.0.1", port, "BENCH", "KIOSK", WORKLIST)
        answers = assoc.find(query)
        if not kept:
            assoc.release()
            assoc = None
        found.append(1000 * (time.perf_counter() - began))
        assert answers == (1 if one else per), f"{answers} answers"
    if assoc is not None:
        assoc.release()
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, log: Path) -> Iterator[None]:
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
        try:
            until = time.monotonic() + 120
            while True:
                with contextlib.suppress(OSError):
                    RawAssociation("127.0.0.1", port, "BENCH", "KIOSK", WORKLIST).release()
                    break
                assert process.poll() is None and time.monotonic() < until, log.read_text(errors="replace")[-2000:]
                time.sleep(0.2)
            yield
        finally:
            process.terminate()
            process.wait(20)


def p95(found: list[float]) -> float:
    return sorted(found)[max(0, round(0.95 * len(found)) - 1)]


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--steps", type=int, default=5000)
    asked.add_argument("--asks", type=int, default=200)
    asked.add_argument("--only", default="")
    asked.add_argument("--serve", nargs=3, metavar=("NAME", "FOLDER", "PORT"), help=argparse.SUPPRESS)
    told = asked.parse_args()
    plan = Plan(told.steps)
    if told.serve:
        name, folder, port = told.serve
        {"ours": serve_ours, "pynetdicom": serve_plain}[name](Path(folder), int(port), plan)
        return
    with tempfile.TemporaryDirectory(prefix="worklist-") as made:
        folder = Path(made)
        worklist_files(folder / "wl" / "KIOSK", plan)
        results: dict[str, list[list[float]]] = {}
        for name in ("ours", "wlmscpfs", "Orthanc", "pynetdicom"):
            if told.only and name not in told.only.split(","):
                continue
            own = folder / name
            own.mkdir()
            port = free_port()
            own_command = [sys.executable, __file__, "--steps", str(told.steps), "--serve", name, str(own), str(port)]
            command = own_command if name in ("ours", "pynetdicom") else peer_command(name, folder, port)
            if command is None:
                print(f"{name}: not installed")
                continue
            asks = told.asks if name == "ours" else max(10, told.asks // 5)
            with running(command, port, folder / f"{name}.log"):
                results[name] = [
                    times(port, asks, plan, kept=kept, one=one) for one in (False, True) for kept in (True, False)
                ]
        columns = ("50 answers, kept", "50 answers, new", "1 answer, kept", "1 answer, new")
        print(f"{told.steps} steps; milliseconds p50 / p95; in brackets: times slower than ours (p50)")
        print(f"{'':12}" + "".join(f"{column:>26}" for column in columns))
        ours = results.get("ours")
        for name, found in results.items():
            cells = []
            for at, each in enumerate(found):
                half = statistics.median(each)
                ratio = f" ({half / statistics.median(ours[at]):.0f}x)" if ours and name != "ours" else ""
                cells.append(f"{half:.2f} / {p95(each):.2f}{ratio}")
            print(f"{name:12}" + "".join(f"{cell:>26}" for cell in cells))


if __name__ == "__main__":
    main()
