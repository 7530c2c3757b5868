"""Objects that this PC makes of pictures go into their study: safe here first, then handed to the store."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.faults import Fault, Refused
from kiosk.core.words import N_
from kiosk.flow.crew import Crew
from kiosk.flow.hand_out import HandOut
from kiosk.flow.kit import Kit
from kiosk.flow.whole_file import write_whole
from kiosk.store import jobs
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.jobs import Job

if TYPE_CHECKING:
    from kiosk.flow.intake import Intake

log = logging.getLogger(__name__)

PUT = "put object"  # of this PC's own jobs; its subject is modality and SOP Instance UID
PAUSES_S = (3.0, 10.0, 30.0, 60.0)
DOOR = "viewer"


@dataclass(frozen=True)
class Server:
    """The gateway that takes them in by C-STORE; ``address`` empty: this PC holds the disks itself."""

    address: str = ""
    port: int = 11112
    ae_title: str = "KIOSK"
    own_ae_title: str = ""


class PutObjects:
    """The folder of what is not in the store yet, and the worker that empties it. A step may be done twice: the store
    knows an object by its UID and its bytes.
    """

    def __init__(
        self, folder: Path, own: Store, station: str, server: Server, intake: Callable[[], Intake | None]
    ) -> None:
        """``intake()`` gives this PC's way in, None where it holds no disk."""
        self._folder, self._own, self._station = folder, own, station
        self._server, self._intake = server, intake

    def put(self, study_uid: str, modality: str, sop_uid: str, data: bytes) -> Path:
        """When it returns the object is on the disk and owed to the store. Raises Fault where the disk won't."""
        path = self._folder / study_uid / f"{modality}-{sop_uid}.dcm"
        write_whole(path, data)
        self._owe(path)
        return path

    def waiting(self, study_uid: str) -> list[tuple[str, Path]]:
        """Modality and file of what was made of a study and is not in the store yet."""
        return [(path.name.split("-")[0], path) for path in sorted((self._folder / study_uid).glob("*.dcm"))]

    def start(self, crew: Crew) -> None:
        """The worker; what a crash left without a job is owed again."""
        for path in self._folder.glob("*/*.dcm"):
            self._owe(path)
        HandOut(self._own, self._station, {PUT: self.do}, crew, only=(DOOR,), local=True, pauses_s=PAUSES_S)

    def do(self, job: Job) -> None:
        """Raises Fault where it is not taken: then it stays owed."""
        path = self._folder / str(job.body["study"]) / f"{job.subject}.dcm"
        if not path.exists():
            return  # it was taken, and the PC went down before the job was settled
        if self._server.address:
            self._send(path)
        else:
            self._take_in(path)
        path.unlink(missing_ok=True)
        log.info("an object made here is in the store")

    def _owe(self, path: Path) -> None:
        with self._own.writing() as conn:
            jobs.owe(
                conn, PUT, station=self._station, destination=DOOR, subject=path.stem, local=True, revive=True,
                body={"study": path.parent.name},
            )  # fmt: skip

    def _take_in(self, path: Path) -> None:
        from kiosk.dicom.dataset import facts_of_file

        intake = self._intake()
        if intake is None:
            raise Refused(
                "nowhere", N_("No server is named that takes in what is made here."),
                N_("Set server in the parameter file; it waits on this PC."), reference="V444",
            )  # fmt: skip
        facts = facts_of_file(path, self._station)
        incoming = intake.begin(DOOR)
        try:
            incoming.write(path.read_bytes())
        except BaseException:
            incoming.abandon()
            raise
        incoming.settle(facts)

    def _send(self, path: Path) -> None:
        from kiosk.dicom.nodes import Node
        from kiosk.dicom.send import send_files

        server = self._server
        node = Node(server.ae_title, server.address, server.port, title=N_("gateway"))
        failed: list[Fault] = []
        for sent in send_files(server.own_ae_title or self._station, node, [path]):
            if not sent.accepted:
                failed.append(sent.trouble or _refused(sent.status))
        if failed:
            raise failed[0]


def own_intake(kit: Kit) -> Callable[[], Intake | None]:
    """This PC's way in, made when first asked for; None where it holds no disk."""
    made: list[Intake] = []

    def intake() -> Intake | None:
        from kiosk.core.disks import COPIED_TO
        from kiosk.flow.image_kinds import ImageKinds
        from kiosk.flow.intake import Intake, Owed
        from kiosk.flow.keep_twice import COPY
        from kiosk.store.writer import GroupWriter

        volumes, name = kit.volumes, kit.station.name
        if volumes.receivers and not made:
            owed = tuple(Owed(COPY, role, name, per="study") for role in COPIED_TO if volumes.of_role(role))
            writer, actor = GroupWriter(kit.centre, kit.crew.start), Actor(station=name)
            made.append(
                Intake(
                    kit.centre, volumes.receiving, writer, actor, owed=owed, path_of=volumes.path_of,
                    kind=ImageKinds(kit.centre),
                )
            )  # fmt: skip
        return made[0] if made else None

    return intake


def _refused(status: int | None) -> Fault:
    return Refused(
        "server", N_("The server refused what was made here (status {status})."),
        N_("Show this to the person in charge; it stays on this PC and is sent again."), reference="V442",
        status=f"{status:04X}" if status is not None else "-",
    )  # fmt: skip
