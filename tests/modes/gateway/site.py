"""A gateway in a folder of its own: its station with the receiver, examinees, senders."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from kiosk.assembly import Station
from kiosk.core.patient import Patient
from kiosk.core.settings import StationSettings
from kiosk.core.visit import Examination, ExpectedView, VisitKey
from kiosk.dicom import modality_simulator, sample_pictures
from kiosk.dicom.ask_worklist import Asking
from kiosk.dicom.modality_simulator import Mistake, ModalitySimulator
from kiosk.dicom.nodes import Node
from kiosk.dicom.send import SentFile
from kiosk.flow.settings_file import StationFile, VolumeSettings
from kiosk.modes.gateway.mode import MODE, GatewayDesk, receive
from kiosk.modes.gateway.rules import Overview
from kiosk.modes.gateway.settings import GatewaySettings
from kiosk.store import notices, visits
from kiosk.store.visits import VisitRow
from tests.waiting import wait_until

CHEST = Examination(
    "CHEST", "胸部X線", "胸部", "CR", "CR1", "X線室1",
    (
        ExpectedView("FRONT", "正面", (("ViewPosition", "PA|AP"),)),
        ExpectedView("SIDE", "側面", (("ViewPosition", "LL"),)),
    ),
    ("DX",),
)  # fmt: skip
ABDOMEN = Examination("ABDOMEN", "腹部超音波", "腹部", "US", "US1", "超音波室1")
PEOPLE = (
    Patient("", "00012345", "見本 太郎", "ミホン タロウ", "", "M", date(1971, 4, 2)),
    Patient("", "00012346", "髙橋 花子", "タカハシ ハナコ", "", "F", date(1980, 12, 31)),
    Patient("", "00012347", "𠮷﨑 例子", "ヨシザキ レイコ", "", "F", date(1990, 1, 15)),
)


@lru_cache(maxsize=8)
def _drawn(modality: str, hints: tuple[tuple[str, str], ...], seed: int) -> Any:
    made = sample_pictures.picture(modality, dict(hints), seed)
    if not isinstance(made, bytes):
        made.flags.writeable = False
    return made


# The same few examinees at the same device in hundred tests: drawing them anew took an eighth of the time.
modality_simulator.picture = lambda modality, hints, seed: _drawn(modality, tuple(sorted(hints.items())), seed)


class GatewaySite:
    """One gateway. ``desk`` is what its window would ask."""

    def __init__(
        self,
        folder: Path,
        templates: Path,
        post: Callable[..., None] = lambda do, *args: do(*args),
        mailbox: Any = None,
        centre: str = "",
        child: bool | tuple[str, ...] = False,
        volumes: dict[str, VolumeSettings] | None = None,
        **settings: Any,
    ) -> None:
        """``child``: the services run in processes of their own, as in the product, or those that are named; else the
        receiver alone runs in a thread: faster.
        """
        self.folder = folder
        data = folder / "data"
        data.mkdir(parents=True, exist_ok=True)
        for name in ("centre.sqlite", "station.sqlite"):
            if not (data / name).exists():
                shutil.copy(templates / name, data)
        mode = replace(GatewaySettings(), **{"port": 0, "host": "127.0.0.1", **settings})
        station = StationSettings(name="gateway", place="通信サーバ", data=str(data), centre=centre)
        self.file = StationFile(station, volumes or {}, {"gateway": mode})
        self.station = Station(self.file, post, mailbox=mailbox)
        mode_here = MODE
        if child is not True:
            mode_here = replace(MODE, services={name: MODE.services[name] for name in child or ()})
        self.desk: GatewayDesk = self.station.open_mode("gateway", mode_here)
        if not child:
            kit = self.station.kit("gateway")
            self.station.crew.start("receive", lambda stop: receive(kit, stop))

    @property
    def service(self) -> Any:
        return self.station.services["gateway.receive"]

    @property
    def port(self) -> int:
        """The port of the receiver, once it listens."""
        return wait_until(self._port, 30, "the receiver listens")

    def _port(self) -> int:
        state = self.overview().state
        return state.port if state.alive(datetime.now().astimezone()) else 0

    def overview(self) -> Overview:
        told: Overview = self.desk.overview().wait()
        return told

    def visit(self, person: int = 0, exams: tuple[Examination, ...] = (CHEST, ABDOMEN), day: date | None = None) -> int:
        row = VisitRow(VisitKey("0001", day or date.today(), f"{person + 1:03d}"), PEOPLE[person], "09:00", exams=exams)
        with self.station.centre.writing() as conn:
            visit = visits.take_visit(conn, row, "list").visit
            notices.tell(conn, "visits", visit=visit, days=[row.key.day.isoformat()])
        return visit

    def device(self, ae_title: str = "CR1", modality: str = "CR") -> ModalitySimulator:
        gateway = Node("KIOSK", "127.0.0.1", self.port)
        return ModalitySimulator(ae_title, modality, gateway, gateway)

    def examine(self, person: int = 0, modality: str = "CR", mistake: Mistake = Mistake.NONE) -> list[SentFile]:
        """Worklist, pictures, sending, as the device of that modality does it."""
        device = self.device(f"{modality}1", modality)
        asking = Asking(modality=modality, patient_id=PEOPLE[person].patient_id)
        # A store that stalls for longer than the worklist waits for it: the list as it was, and one asks again.
        rows = next(rows for _ in range(5) if (rows := device.ask(asking)))
        return device.examine(rows[0], mistake=mistake)

    def close(self) -> None:
        self.station.close()
