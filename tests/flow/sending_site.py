"""A gateway that sends: images on a disk of its own, destinations, and peers that take them or misbehave."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from kiosk.core.routing import Rule
from kiosk.core.sending import Completeness, SendLine, Switches
from kiosk.core.settings import StationSettings
from kiosk.dicom.dataset import WANTED, RequestFacts, facts_of_walk
from kiosk.dicom.nodes import Node
from kiosk.dicom.part10 import part10_head
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.soundness import EXPLICIT_LE, Walk
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake, Owed
from kiosk.flow.notices import Watch
from kiosk.flow.owed_routes import ROUTE, ROUTED
from kiosk.flow.send_service import Sending, start_sending
from kiosk.flow.send_studies import SENDING, SendStudies
from kiosk.flow.sending_state import keep_switches
from kiosk.flow.steer_sending import SteerSending
from kiosk.flow.watch_link import Destination
from kiosk.store import sends
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes
from kiosk.store.writer import GroupWriter
from tests.dicom.peers import MemoryIntake, listening
from tests.dicom.test_receive import CR, an_image, encoded
from tests.waiting import wait_until

QUICK = Completeness("quiet", quiet_s=0.0)
DONE = "done"


def image(study: int, number: int, **values: object) -> tuple[str, bytes]:
    """SOP Instance UID and file of image ``number`` of a study of its own."""
    uid = f"1.2.392.200036.9999.8.{study}.{number}"
    told = {
        "StudyInstanceUID": f"1.2.392.200036.9999.8.{study}", "SeriesInstanceUID": f"1.2.392.200036.9999.8.{study}.0",
        "PatientID": f"{study:08d}", "PatientName": "MIHON^TARO", "StudyDate": "20261125", "InstanceNumber": number,
        "PixelData": bytes([number % 256]) * 2000,
    }  # fmt: skip
    ds = an_image(uid, **{**told, **values})
    ds["PixelData"].VR = "OW"
    return uid, part10_head(CR, uid, EXPLICIT_LE) + encoded(ds, EXPLICIT_LE)


class SendingSite:
    """``receive`` takes images in, ``start`` starts all that sends."""

    def __init__(self, folder: Path, centre: Store, own: Store, crew: Crew) -> None:
        self.folder, self.centre, self.own, self.crew = folder, centre, own, crew
        volume = Volume("MAG1", folder / "MAG1", True, "gateway", reserve_bytes=1)
        volume.prepare()
        volume.look()
        self.volume, self.volumes = volume, Volumes([volume])
        actor = Actor(station="gateway")
        owed = (Owed(ROUTE, ROUTED, "gateway", per="study"),)
        writer = GroupWriter(centre, crew.start)
        self.intake = Intake(centre, self.volumes.receiving, writer, actor, owed=owed, path_of=self.volumes.path_of)
        self.steer = SteerSending(centre, "gateway", lambda: actor)
        self.lanes: list[SendStudies] = []

    def receive(self, study: int = 1, images: int = 3, first: int = 1, source: str = "CR1", **values: object) -> str:
        """Take in images of a study; its Study Instance UID."""
        for number in range(first, first + images):
            uid, data = image(study, number, **values)
            head = part10_head(CR, uid, EXPLICIT_LE)
            walk = Walk(EXPLICIT_LE, WANTED)
            walk.feed(data[len(head) :])
            walk.finish()
            incoming = self.intake.begin("test")
            incoming.write(data)
            incoming.settle(facts_of_walk(walk, RequestFacts(CR, uid, EXPLICIT_LE, source)))
        return f"1.2.392.200036.9999.8.{study}"

    def start(self, *destinations: Destination, rules: Sequence[Rule] = (), **more: Any) -> None:
        kit: Any = SimpleNamespace(
            station=StationSettings(name="gateway"), centre=self.centre, local=self.own, volumes=self.volumes,
            crew=self.crew,
        )  # fmt: skip
        how = Sending(tuple(destinations), tuple(rules), look_s=more.pop("look_s", 1.0), **more)
        heard = Watch(self.own, self.crew, lambda do, *args: do(*args), local=True)
        self.lanes = start_sending(kit, how, heard, self.folder / "LOG")

    def switch(self, automatic: bool = True, answering: bool = True, paused: tuple[str, ...] = ()) -> None:
        keep_switches(self.own, Switches(automatic, answering, paused))

    def lines(self, destination: str = "") -> list[SendLine]:
        with self.centre.reading() as conn:
            return sends.lines(conn, SENDING, destination=destination)

    def line(self, study_uid: str, destination: str = "pacs") -> SendLine | None:
        with self.centre.reading() as conn:
            return sends.find(conn, destination, study_uid)

    def reaches(self, study_uid: str, state: str, destination: str = "pacs", deadline_s: float = 20.0) -> SendLine:
        """Wait until the study is there."""

        last: SendLine | None = None

        def there() -> SendLine | None:
            nonlocal last
            last = line = self.line(study_uid, destination)
            return line if line is not None and line.state == state else None

        try:
            found: SendLine = wait_until(there, deadline_s, f"{destination} {state}")
        except AssertionError as why:
            raise AssertionError(f"{why}; it was {last}") from None
        return found


def destination(port: int, name: str = "pacs", ae_title: str = "KIOSK", **more: Any) -> Destination:
    """One that is sent to at once, and tried again after a second."""
    node = Node(ae_title, "127.0.0.1", port, title=name)
    return Destination(name, node, "GATEWAY", **{"complete": QUICK, "retry_s": 1.0, **more})


@contextlib.contextmanager
def peer(intake: MemoryIntake | None = None, *doors: Any) -> Iterator[tuple[int, MemoryIntake]]:
    """Somebody who stores: its port, and what it has."""
    held = intake or MemoryIntake()
    with listening(StorageDoor(held), *doors) as listener:
        yield listener.port, held
