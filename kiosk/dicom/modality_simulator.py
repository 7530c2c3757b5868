"""A modality to practise with: asks the worklist, takes made-up pictures of the views expected, sends them.

It can make the mistakes that happen in a real room, so that people learn what the stations then show.
"""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.visit import ExpectedView
from kiosk.core.words import N_
from kiosk.core.worklist_query import WorklistRow
from kiosk.dicom.ask_worklist import Asking, ask_worklist
from kiosk.dicom.nodes import Node
from kiosk.dicom.sample_pictures import picture
from kiosk.dicom.send import SentFile, echo, send_files
from kiosk.dicom.tell_performed import PerformedReport, series_made
from kiosk.dicom.write import Making, Shot, image_object, new_uid, save


class Mistake(StrEnum):
    """What goes wrong on purpose."""

    NONE = ""
    WRONG_ID = "wrong_id"  # typed by hand: another patient ID, no worklist identifiers
    MISSING_VIEW = "missing_view"  # the last view is not taken
    NO_WORKLIST = "no_worklist"  # right ID, but the study was opened by hand: own study UID, no accession number


# What is taken where nobody says which views are expected.
USUAL_VIEWS: dict[str, tuple[dict[str, str], ...]] = {
    "CR": ({"ViewPosition": "PA"}, {"ViewPosition": "LL"}),
    "DX": ({"ViewPosition": "PA"}, {"ViewPosition": "LL"}),
    "MG": tuple({"ImageLaterality": side, "ViewPosition": view} for view in ("MLO", "CC") for side in "RL"),
    "OP": ({"ImageLaterality": "R"}, {"ImageLaterality": "L"}),
    "US": ({}, {}),
    "ES": ({}, {}),
    "CT": tuple({} for _ in range(8)),
}


@dataclass(frozen=True)
class ModalitySimulator:
    """One device: its own AE title, and the worklist and storage it talks to."""

    ae_title: str
    modality: str
    worklist: Node
    storage: Node
    performed: Node | None = None  # told what it performs (MPPS); None: it tells nobody

    def ask(self, asking: Asking | None = None) -> list[WorklistRow]:
        """The steps for this device. Raises LinkLost."""
        return ask_worklist(self.ae_title, self.worklist, asking or Asking(modality=self.modality))

    def check_links(self) -> float:
        """C-ECHO to the storage; milliseconds. Raises LinkLost."""
        return echo(self.ae_title, self.storage)

    def examine(
        self,
        row: WorklistRow,
        views: tuple[ExpectedView, ...] = (),
        *,
        mistake: Mistake = Mistake.NONE,
        when: datetime | None = None,
        progress: Callable[[SentFile, int], None] | None = None,
        stop: threading.Event | None = None,
    ) -> list[SentFile]:
        """Take the pictures of one step and send them; ``progress(file, of how many)`` after each.

        Raises LinkLost when the storage can't be reached; what was sent before that stays sent.
        """
        report = PerformedReport(self.ae_title, self.performed) if self.performed is not None else None
        begun = report.begin(row, self.modality, when) if report is not None else ""
        with tempfile.TemporaryDirectory(prefix="kiosk-modality-") as folder:
            files = self.take(row, Path(folder), views, mistake=mistake, when=when)
            made = series_made(files) if report is not None else ()

            def tell(sent: SentFile) -> None:
                if progress is not None:
                    progress(sent, len(files))

            sent = send_files(self.ae_title, self.storage, files, tell, stop)
        if report is not None:
            report.end(begun, made, when=when)
        return sent

    def take(
        self,
        row: WorklistRow,
        folder: Path,
        views: tuple[ExpectedView, ...] = (),
        *,
        mistake: Mistake = Mistake.NONE,
        when: datetime | None = None,
    ) -> list[Path]:
        """Make the pictures of one step as files in ``folder``."""
        modality = row.modality or self.modality
        wanted = [_hints(view) for view in views] or [dict(each) for each in USUAL_VIEWS.get(modality, ({},))]
        if mistake is Mistake.MISSING_VIEW and len(wanted) > 1:
            wanted = wanted[:-1]
        row = _mistaken(row, mistake)
        making = Making(row, when or datetime.now(), series_description=row.description, station=self.ae_title)
        seed = sum(row.patient.patient_id.encode("utf-8")) * 100
        files = []
        for number, hints in enumerate(wanted, 1):
            shot = Shot(picture(modality, hints, seed + number), number, hints)
            files.append(save(image_object(making, shot, modality), folder / f"{number:04d}.dcm"))
        return files


def _hints(view: ExpectedView) -> dict[str, str]:
    """What the device writes for an expected view: the first of the values that the master takes."""
    return {keyword: value.split("|")[0] for keyword, value in view.needs}


def _mistaken(row: WorklistRow, mistake: Mistake) -> WorklistRow:
    if mistake not in (Mistake.WRONG_ID, Mistake.NO_WORKLIST):
        return row
    row = replace(row, study_uid=new_uid(), accession="", step_id="", requested_procedure_id="")
    if mistake is Mistake.WRONG_ID:
        digits = row.patient.patient_id
        wrong = digits[:-2] + digits[:-3:-1] if len(digits) > 1 and digits[-1] != digits[-2] else digits + "9"
        row = replace(row, patient=replace(row.patient, patient_id=wrong))
    return row


def told(sent: list[SentFile], node: Node) -> Fault | None:
    """What to tell the person when not everything was taken; None where all went well."""
    lost = [each for each in sent if not each.accepted]
    if not lost:
        return None
    if lost[0].trouble is not None:
        return lost[0].trouble
    return LinkLost(
        node.title or node.ae_title,
        N_("{whom} refused pictures."),
        N_("They were not stored; look at the gateway's problem line."),
    )
