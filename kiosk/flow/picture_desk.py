"""What the desk of a station that takes pictures has whatever the device: examinees, examinations, registering."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.core import barcodes
from kiosk.core.faults import LinkLost, Refused
from kiosk.core.registering import RegisterSettings
from kiosk.core.taken import PictureSet, SetState, TakenPicture
from kiosk.core.words import N_
from kiosk.flow.choose_examinee import ChooseExaminee, Listed, by_worklist
from kiosk.store import audit
from kiosk.store.spool import Spool
from kiosk.store.spool_clip import first_picture

if TYPE_CHECKING:
    from kiosk.core.worklist_query import WorklistRow
    from kiosk.flow.answers import Answer

log = logging.getLogger(__name__)

TAKE_UP_S = 60.0


class Taking(Protocol):
    """Who holds the examination that is open."""

    taken: PictureSet | None

    def open(self, row: WorklistRow | None, number: str = "", by: str = "") -> PictureSet: ...
    def go_on(self, set_id: str) -> PictureSet: ...
    def leave(self) -> None: ...
    def finish(self) -> None: ...


class PictureDesk:
    """Every call returns an Answer at once. ``taking`` is set by the mode."""

    taking: Taking

    def __init__(self, kit: Any) -> None:
        self._kit = kit
        self.settings: Any = kit.settings
        self.place = kit.station.place
        self._marks: deque[tuple[str, int, dict[str, Any]]] = deque()
        self._marking = threading.Lock()
        self.mailbox = kit.mailbox
        self.today = date.today
        self.spool: Spool = Spool(kit.local, kit.data / "PICTURES" / kit.mode, kit.station.name, kit.mode)
        self._people: ChooseExaminee | None = None
        self.taken_up = Event()  # what an interruption left is found

    # -- examinees and examinations ------------------------------------------------------------------------------

    def day(self, day: date) -> Answer:
        """Answer: Listed list of who is to be examined here."""
        return self._kit.ask(self.people.day, day, deadline_s=30.0)

    def find(self, text: str, day: date, *, scanned: bool) -> Answer:
        """By a scanned code or a typed number. Answer: Listed; fails with Refused, LinkLost."""
        return self._kit.ask(self._find, text, day, scanned, deadline_s=30.0)

    def open(self, listed: Listed | None) -> Answer:
        """Answer: PictureSet; None: nobody is named yet."""
        by = self._kit.session.actor().who
        return self._kit.ask(self._open, listed, by, deadline_s=TAKE_UP_S)

    def assign(self, set_id: str, listed: Listed) -> Answer:
        """Answer: PictureSet that is this examinee's from now on."""
        return self._kit.ask(self._assign, set_id, listed)

    def go_on(self, set_id: str) -> Answer:
        """Answer: PictureSet that is open again."""
        return self._kit.ask(self._after_marks, self.taking.go_on, set_id)

    def leave(self) -> Answer:
        """The examination is interrupted; it stays on this PC. One without pictures is forgotten."""
        return self._kit.ask(self._leave)

    def finish(self) -> Answer:
        """Register: from now on the pictures go out by themselves."""
        return self._kit.ask(self._after_marks, self.taking.finish, deadline_s=30.0)

    def register(self, set_id: str) -> Answer:
        """An interrupted examination, from the list. Fails with Refused where it is nobody's."""
        return self._kit.ask(self._after_marks, self._register, set_id)

    def discard(self, set_id: str) -> Answer:
        """Throw away an examination that was not registered; its pictures are gone. Fails with Refused where it is
        being registered.
        """
        return self._kit.ask(self._discard, set_id)

    def kept(self) -> Answer:
        """Answer: (PictureSet, pictures, why it waits) of what is not registered, newest first; and how many wait."""
        return self._kit.ask(self._kept, deadline_s=TAKE_UP_S)

    def link(self) -> Answer:
        """Answer: does the server's port answer at this moment, and how many bytes are free for pictures here?"""
        return self._kit.ask(self._link)

    # -- pictures ------------------------------------------------------------------------------------------------

    def pictures(self, set_id: str) -> Answer:
        """Answer: TakenPicture list, without those that were undone."""
        return self._kit.ask(self.spool.pictures, set_id)

    def picture(self, taken: TakenPicture, width: int, height: int) -> Answer:
        """Answer: (width, height, RGB bytes) of a picture fitted into that room."""
        return self._kit.ask(self._picture, taken, width, height)

    def mark(self, taken: TakenPicture, **marks: Any) -> Answer:
        """Answer: None. ``marks``: part, star, deleted."""
        self._marks.append((taken.set, taken.number, marks))
        return self._kit.ask(self._keep_marks)

    # -- on a desk thread ----------------------------------------------------------------------------------------

    def _keep_marks(self) -> None:
        """In the order in which they were given, though there are several desk threads."""
        with self._marking:
            while self._marks:
                set_id, number, marks = self._marks.popleft()
                self.spool.mark(set_id, number, **marks)

    def _after_marks(self, work: Callable[..., Any], *args: Any) -> Any:
        """What was marked a moment before counts: a picture left out just before F12 is not registered."""
        self._keep_marks()
        return work(*args)

    @property
    def people(self) -> ChooseExaminee:
        if self._people is None:
            kit, settings = self._kit, self.settings
            ask = None
            if settings.examinees == "worklist":
                from kiosk.dicom.nodes import Node

                to: RegisterSettings = settings.register
                gateway = Node(to.ae_title, to.address, to.port, title="gateway")
                ask = by_worklist(to.own_ae_title or kit.station.name, gateway, settings.modality)
            self._people = ChooseExaminee(
                kit.centre, kit.local, kit.station.institution, settings.modality, ask, place=kit.mode,
                institution_name=kit.station.institution_name,
            )  # fmt: skip
        return self._people

    def _find(self, text: str, day: date, scanned: bool) -> Listed:
        code = barcodes.read_code(text, self.settings.barcode) if scanned else barcodes.Code(text.strip())
        return self.people.find(code, day)

    def _open(self, listed: Listed | None, by: str) -> PictureSet:
        self.taken_up.wait(TAKE_UP_S)
        if listed is None:
            return self.taking.open(None, "", by)
        return self.taking.open(listed.row, listed.number, by)

    def _assign(self, set_id: str, listed: Listed) -> PictureSet:
        given = self.spool.assign(set_id, listed.row, listed.number)
        if self.taking.taken is not None and self.taking.taken.id == set_id:
            self.taking.taken = given
        return given

    def _leave(self) -> None:
        taken = self.taking.taken
        self.taking.leave()
        if taken is not None and not self.spool.pictures(taken.id, deleted=True):
            self.spool.forget(taken.id)

    def _register(self, set_id: str) -> None:
        if self.spool.set_of(set_id).row is None:
            raise Refused(
                "unidentified", N_("These pictures belong to nobody yet."),
                N_("Choose the examination, then the examinee."), reference="K440",
            )  # fmt: skip
        self.spool.close_set(set_id)

    def _discard(self, set_id: str) -> None:
        taken = self.spool.set_of(set_id)
        if taken.state is not SetState.OPEN:
            raise Refused("under_way", N_("It is being registered already; F12 tries again at once."), reference="K443")
        count = len(self.spool.pictures(set_id, deleted=True))
        self.spool.forget(set_id)
        patient = taken.row.patient if taken.row is not None else None
        told = f"{patient.issuer}|{patient.patient_id}" if patient is not None else ""
        actor = self._kit.session.actor()
        log.warning("set %s with %d pictures was thrown away by a person", set_id, count)
        try:
            with self._kit.centre.writing() as conn:
                audit.write(conn, actor, "pictures discarded", patient=told, subject=set_id, images=count)
        except LinkLost as why:
            log.warning("the audit row of set %s could not be written: %s", set_id, why)

    def _kept(self) -> tuple[list[tuple[PictureSet, int, str]], int]:
        self.taken_up.wait(TAKE_UP_S)
        open_now = self.taking.taken.id if self.taking.taken is not None else ""
        reasons = self.spool.waiting()
        found = [
            (each, len(self.spool.pictures(each.id)), reasons.get(each.id, ""))
            for each in self.spool.sets([SetState.OPEN, SetState.REGISTERING])
            if each.id != open_now
        ]
        return found, sum(each.state is SetState.REGISTERING for each, _, _ in found)

    def _link(self) -> tuple[bool, int]:
        from kiosk.devices.network import reach

        to = self.settings.register
        there = not to.dicom or reach.tcp(to.address, to.port, 1.5) is not None
        return there and (not to.inbox or (self._kit.data / to.inbox).is_dir()), self.spool.free_bytes()

    def _picture(self, taken: TakenPicture, width: int, height: int) -> tuple[int, int, bytes]:
        from kiosk.dicom.jpeg_picture import scaled

        return scaled(first_picture(self.spool.path_of(taken)), width, height)
