"""What the window of corrections may ask and do; every call returns an Answer at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kiosk.core.words import N_
from kiosk.modes.contract import Kit
from kiosk.modes.correction import rules
from kiosk.modes.correction.settings import CorrectionSettings

if TYPE_CHECKING:
    from kiosk.core.study import Study
    from kiosk.flow.answers import Answer, Running
    from kiosk.flow.ask_correction import AskCorrection, Right, Wrong
    from kiosk.flow.convert_ids import ConvertIds
    from kiosk.flow.open_study import StudyReader


class CorrectionDesk:
    """Asks the gateway through rows: this PC writes to no disk."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.settings: CorrectionSettings = kit.settings
        self.place = kit.station.place
        self.mailbox = kit.mailbox
        self.today = date.today
        self.gateway = self.settings.gateway or kit.station.name

    @cached_property
    def ask(self) -> AskCorrection:
        from kiosk.flow.ask_correction import AskCorrection

        return AskCorrection(self._kit.centre, self._kit.session.actor, self.gateway, self._kit.station.institution)

    @cached_property
    def _reader(self) -> StudyReader:
        from kiosk.flow.open_study import StudyReader

        def post(do: Callable[..., Any], *args: Any) -> None:
            (self.mailbox.post if self.mailbox is not None else lambda do, *args: do(*args))(do, *args)

        return StudyReader(self._kit.crew, post, decoders=1, cache_mb=64)

    def studies(self, day: date, text: str) -> Answer:
        """Answer: studies of the day, or those that fit what was typed."""
        return self._kit.ask(self.ask.studies, day, text)

    def wrong(self, study: Study) -> Answer:
        """Answer: Wrong."""
        return self._kit.ask(self.ask.wrong, study.id)

    def right(self, code: str, day: date, study: Study) -> Answer:
        """By a scanned code. Answer: Right; fails with Refused."""
        return self._kit.ask(self._right, code, day, study)

    def people(self) -> Answer:
        """Answer: names of those who may be the second person."""
        return self._kit.ask(self.ask.people)

    def start(
        self, wrong: Wrong, right: Right, reason: str, text: str, second: str, pin: str, series: Sequence[str] = ()
    ) -> Answer:  # fmt: skip
        """Answer: the correction's number; fails with Refused, Overtaken. ``series``: only these; none = all."""
        return self._kit.ask(self.ask.start, wrong, right, reason, text, second, pin, series=series)

    def remove(self, number: int, second: str, pin: str) -> Answer:
        """What it put away is to be deleted for good; fails with Refused."""
        return self._kit.ask(self.ask.remove, number, second, pin, self.settings.quarantine_days)

    def cancel(self, number: int) -> Answer:
        return self._kit.ask(self.ask.cancel, number)

    def undo(self, number: int) -> Answer:
        return self._kit.ask(self.ask.undo, number)

    def newest(self) -> Answer:
        """Answer: corrections, newest first."""
        return self._kit.ask(self.ask.newest)

    def to_do(self) -> Answer:
        """Answer: (Tell, Correction) list."""
        return self._kit.ask(self.ask.to_do)

    def settle(self, tell: int) -> Answer:
        return self._kit.ask(self.ask.settle, tell)

    def picture(self, image: Any) -> Answer:
        """Answer: Shown of the first frame, None where this PC does not reach the file."""
        path = self._kit.volumes.path_of(image.volume, image.path)
        if path is None:
            return self._kit.ask(lambda: None)
        return self._reader.frame(str(path), 0)

    @cached_property
    def _ids(self) -> ConvertIds:
        from kiosk.flow.convert_ids import Between, ConvertIds

        kit, told = self._kit, self.settings.convert
        between = Between(told.centre_issuer, told.issuer)
        return ConvertIds(kit.centre, kit.volumes.path_of, kit.data / told.folder, between, kit.session.actor)

    def corrected_images(self, correction: Any) -> Answer:
        """Answer: the images that a correction made, as the index has them."""
        return self._kit.ask(self._corrected, correction)

    def preview(self, shown: Any, area: Sequence[int], correction: Any) -> Answer:
        """Answer: Shown with the place masked and the new name in it; fails with Refused."""
        from kiosk.flow.redraw_name import preview

        return self._kit.ask(preview, shown, area, correction)

    def redraw(self, correction: Any, images: Sequence[Any], area: Sequence[int]) -> Answer:
        """Answer: of how many pictures a further one will be made."""
        from kiosk.flow.redraw_name import ask_redrawn

        uids = [each.sop_uid for each in images]
        return self._kit.ask(
            ask_redrawn, self._kit.centre, self._kit.session.actor(), self.gateway, correction.id, uids, area
        )

    def place_of_name(self, modality: str) -> tuple[int, int, int, int]:
        """Where devices of this kind burn the name in."""
        for each in self.settings.burned_in:
            if each.modality in ("", modality):
                return each.x, each.y, each.width, each.height
        return 0, 0, 400, 40

    def _corrected(self, correction: Any) -> list[Any]:
        from kiosk.store import corrections, images

        with self._kit.centre.reading() as conn:
            uids = [each.new_sop_uid for each in corrections.files_of(conn, correction.id) if each.old_sop_uid]
            found = [images.instance_by_sop_uid(conn, uid) for uid in uids]
        return [each for each in found if each is not None]

    def dry_run(self) -> Answer:
        """Answer: flow.convert_ids.Line list; fails with Fault where the table can't be read."""
        return self._kit.ask(self._dry_run, deadline_s=60.0)

    def convert(self, lines: Sequence[Any]) -> Running:
        """Answer: how many images were written."""
        return self._kit.errands.begin("convert-ids", lambda told: self._ids.convert(lines, told))

    def _dry_run(self) -> list[Any]:
        from kiosk.core import reequalize
        from kiosk.core.faults import Fault

        told, data = self.settings.convert, self._kit.data
        try:
            listed = reequalize.read_text((data / told.list).read_bytes()) if told.list else ""
            table = (data / told.map).read_bytes()
        except OSError as why:
            raise Fault(
                N_("The file {name} can't be read ({reason})."), N_("Put it there, then read again (F9)."),
                reference="K345", name=why.filename or told.map, reason=why.strerror or type(why).__name__,
            ) from why  # fmt: skip
        return self._ids.dry_run(table, listed)

    def listen(self, call: Callable[[], None]) -> Callable[[], None]:
        """``call()`` when a correction went on; returns the way to end it."""
        return self._kit.notices.listen(("corrections",), lambda notice: call())

    def _right(self, code: str, day: date, study: Study) -> Right:
        from kiosk.core.barcodes import read_code

        told = read_code(code, self.settings.barcode)
        return self.ask.right(told.number or told.patient_id, told.day or day, study)

    def pictures_of(self, images: Sequence[Any]) -> list[Any]:
        return rules.picked(images, self.settings.pictures)


def start_workers(kit: Kit, desk: CorrectionDesk) -> None:
    """Where this PC holds the disks and no gateway runs in this program, the work is done here."""
    if desk.gateway != kit.station.name or not kit.volumes.receivers or "gateway.keep" in kit.services:
        return
    from kiosk.core.disks import COPIED_TO
    from kiosk.flow.correct import CORRECT, Correct
    from kiosk.flow.hand_out import HandOut
    from kiosk.flow.image_kinds import ImageKinds
    from kiosk.flow.intake import Intake, Owed
    from kiosk.flow.keep_twice import COPY
    from kiosk.flow.redraw_name import REDRAW, RedrawNames
    from kiosk.store.audit import Actor
    from kiosk.store.writer import GroupWriter

    owed = [Owed(COPY, role, kit.station.name, per="study") for role in COPIED_TO if kit.volumes.of_role(role)]
    correct = Correct(kit.centre, kit.volumes, kit.station.name, owed=owed, kind=ImageKinds(kit.centre))
    writer, actor = GroupWriter(kit.centre, kit.crew.start), Actor(station=kit.station.name)
    intake = Intake(
        kit.centre, kit.volumes.receiving, writer, actor, owed=tuple(owed), path_of=kit.volumes.path_of,
        kind=ImageKinds(kit.centre),
    )  # fmt: skip
    redraws = RedrawNames(kit.centre, kit.volumes.path_of, intake, kit.station.name)
    HandOut(kit.centre, kit.station.name, {CORRECT: correct.work, REDRAW: redraws.work}, kit.crew)
