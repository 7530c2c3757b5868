"""A day at a busy centre: eight devices, fifty examinees at each, while images are copied, sent and verified.

``--soak`` lets them come for an hour; every run has one examinee at each device.
"""

from __future__ import annotations

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.core.patient import Patient
from kiosk.core.visit import Examination, ExpectedView, VisitKey
from kiosk.dicom.ask_worklist import Asking
from kiosk.dicom.modality_simulator import ModalitySimulator
from kiosk.dicom.nodes import Node
from kiosk.flow.check_store import check_store
from kiosk.flow.settings_file import VolumeSettings
from kiosk.modes.gateway.settings import NodeSettings, own_simulators
from kiosk.modes.gateway.settings_fetch import SheetSettings
from kiosk.modes.gateway.settings_keep import KeepSettings
from kiosk.modes.gateway.settings_send import DestinationSettings, SendSettings
from kiosk.store import image_places, sends, visits
from kiosk.store.visits import VisitRow
from tests.dicom.peers import Orthanc, free_port
from tests.needs import needs, only_on_posix
from tests.waiting import wait_until

HOUR_S, EXAMINEES = 3600.0, 50
FEW = 3  # pictures of each examination where it is not the whole day
SAMPLE_S = 10.0
PICTURES = {"CR": 2, "DX": 2, "MG": 4, "CT": 60, "MR": 40, "US": 15, "ES": 10, "OP": 2}
EXAMS = {
    modality: Examination(
        modality, f"検査{modality}", "", modality, f"{modality}1", f"{modality}室",
        tuple(ExpectedView(str(number), str(number)) for number in range(count)),
    )
    for modality, count in PICTURES.items()
}  # fmt: skip


@dataclass
class Gauge:
    """Memory (MB) and threads of the gateway's processes, sampled while the devices send."""

    pids: dict[str, Callable[[], int]]
    memory: dict[str, list[float]] = field(default_factory=dict)
    threads: dict[str, list[int]] = field(default_factory=dict)

    def run(self, stop: threading.Event) -> None:
        while not stop.wait(SAMPLE_S):
            self.look()

    def look(self) -> None:
        for name, pid in self.pids.items():
            status = Path(f"/proc/{pid()}/status").read_text()
            told = dict(line.split(":", 1) for line in status.splitlines() if ":" in line)
            self.memory.setdefault(name, []).append(int(told["VmRSS"].split()[0]) / 1024)
            self.threads.setdefault(name, []).append(int(told["Threads"]))

    def growth(self) -> Iterator[str]:
        """What is not flat: the last quarter beside the second one."""
        for name, samples in self.memory.items():
            quarter = len(samples) // 4
            before, after = statistics.median(samples[quarter : 2 * quarter]), statistics.median(samples[-quarter:])
            print(f"  {name}: {before:.0f} MB, at the end {after:.0f} MB; threads {max(self.threads[name])} at most")
            if after > 1.1 * before + 10:
                yield f"{name} grew from {before:.0f} to {after:.0f} MB"
            threads = self.threads[name]
            if max(threads[-quarter:]) > max(threads[quarter : 2 * quarter]) + 3:
                yield f"{name} has {max(threads[-quarter:])} threads"


class Device(threading.Thread):
    """Works through its examinees: worklist, pictures, sending, and tells what it performed."""

    def __init__(self, modality: str, gateway: Node, people: list[Patient], pictures: int, every_s: float) -> None:
        super().__init__(name=f"device-{modality}")
        self._simulator = ModalitySimulator(f"{modality}1", modality, gateway, gateway, gateway)
        self._modality, self._people, self._every_s = modality, people, every_s
        self._views = EXAMS[modality].views[:pictures]
        self._pause = threading.Event()
        self.sent: list[str] = []
        self.wrong: list[str] = []

    def run(self) -> None:
        luck = random.Random(self._modality)
        for at, person in enumerate(self._people):
            began = time.monotonic()
            try:
                told = self._simulator.ask(Asking(modality=self._modality, patient_id=person.patient_id))
                [row] = [each for each in told if each.modality == self._modality]  # CR is told of DX too
                for each in self._simulator.examine(row, self._views):
                    (self.sent if each.accepted else self.wrong).append(each.sop_uid)
            except Exception as why:  # told at the end
                self.wrong.append(f"{self._modality} {at}: {why!r}")
            self._pause.wait(max(0.0, self._every_s * luck.uniform(0.5, 1.5) - (time.monotonic() - began)))


@only_on_posix
@needs("Orthanc")
def test_a_busy_day(open_gateway: Callable[..., Any], tmp_path: Path, soak: float) -> None:
    whole = soak == 1.0
    count, every_s, pictures = (EXAMINEES, HOUR_S / EXAMINEES, max(PICTURES.values())) if whole else (1, 0.0, FEW)
    people = [Patient("", f"{n:08d}", f"見本 {n}", "ミホン", "", "M", date(1970, 1, 1)) for n in range(1, count + 1)]
    port = free_port()
    pacs, stop = Orthanc(tmp_path / "pacs", port), threading.Event()
    try:
        where = {"ae_title": "ORTHANC", "address": "127.0.0.1", "port": pacs.dicom}
        far = DestinationSettings(name="pacs", verify="count", complete="mpps", silent_s=20.0, retry_s=5.0, **where)
        site = open_gateway(
            child=True,
            port=port,
            nodes=[NodeSettings("DX1", "127.0.0.1"), *own_simulators()],
            volumes={
                role: VolumeSettings(str(tmp_path / role), True, role)
                for role in ("gateway", "primary", "mirror")
            },
            keep=KeepSettings(copy_after_s=5.0),
            send=SendSettings(destinations=[far], look_s=5.0),
            sheets=SheetSettings(readiness="", reconciliation=""),  # what makes PDFs is loaded once: 30 MB
        )  # fmt: skip
        with site.station.centre.writing() as conn:
            for number, person in enumerate(people, 1):
                key = VisitKey("0001", date.today(), f"{number:04d}")
                visits.take_visit(conn, VisitRow(key, person, "09:00", exams=tuple(EXAMS.values())), "list")
        gateway = Node("KIOSK", "127.0.0.1", site.port)
        services = site.station.services
        gauge = Gauge({name: lambda each=each: each.pid for name, each in services.items()})
        watcher = threading.Thread(target=gauge.run, args=(stop,), name="gauge")
        devices = [Device(modality, gateway, people, pictures, every_s) for modality in EXAMS]
        watcher.start()
        for each in devices:
            each.start()
        for each in devices:
            each.join()
        studies = count * len(devices)
        images = [uid for each in devices for uid in each.sent]
        assert [line for each in devices for line in each.wrong] == []
        assert len(images) == count * sum(min(each, pictures) for each in PICTURES.values())

        def over() -> bool:
            with site.station.centre.reading() as conn:
                return sends.counts(conn).get("pacs", {}).get("done", 0) == studies

        wait_until(over, 600, "every study is sent and verified")
        wait_until(lambda: sum(on_two_volumes(site)) == len(images), 600, "every image lies on two further volumes")
        stop.set()
        watcher.join()
        with site.station.centre.reading() as conn:
            lines = sends.lines(conn, (), limit=studies + 1, since="")
        assert len(lines) == studies and all(each.verified_at and each.accepted == each.images for each in lines)
        assert pacs.ask("/statistics")["CountInstances"] == len(images)
        print(f"\n{studies} studies, {len(images)} images: stored, copied twice, sent and verified")
        assert [each.deaths for each in services.values()] == [0] * len(services)
        if whole:
            assert list(gauge.growth()) == []
        site.close()
        assert [line for line in check_store(site.file) if not line.good] == []
    finally:
        stop.set()
        pacs.close()


def on_two_volumes(site: Any) -> Iterator[bool]:
    """For each image: does it stand verified on two disks beside the gateway's own?"""
    with site.station.centre.reading() as conn:
        for line in sends.lines(conn, (), limit=100_000):
            for image in image_places.images_of_study(conn, line.study_uid):
                yield sum(place.state == image_places.GOOD for place in image.places) >= 3
