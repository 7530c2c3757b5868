"""A name that the device burned into a picture: shown beforehand as it would be, then written as a further image.

It enters by intake like any image, in the study of the corrected one, and leaves with it where the correction is taken
back. The picture with the old name stays as it is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from kiosk.core.correction import State
from kiosk.core.course import arrived_views
from kiosk.core.faults import Fault, Refused
from kiosk.core.words import N_
from kiosk.dicom.burned_in import Area, paint, redraw
from kiosk.dicom.dataset import facts_of_file
from kiosk.flow.correct import CORRECT
from kiosk.flow.intake import Intake
from kiosk.flow.open_study import Shown
from kiosk.paper.fonts import FOLDER, MAIN
from kiosk.store import audit, corrections, images, index_out, jobs, notices
from kiosk.store.audit import Actor
from kiosk.store.corrections import NOTICE, Correction
from kiosk.store.engine import Store

REDRAW = "redraw"  # kind of its job; the subject is the row of correction_files
FONT = FOLDER / f"{MAIN}.ttf"


def text_of(now: Correction) -> str:
    """What is written instead."""
    return f"{now.after.patient_id} {now.after.shown_name}"


def preview(shown: Shown, area: Sequence[int], now: Correction) -> Shown:
    """The decoded frame with the area masked and the name in it. Raises Refused."""
    pixels = shown.pixels.copy()
    low, high = (0, 255) if shown.paint.colour else (shown.paint.low, shown.paint.high)
    values = (high, low) if shown.paint.inverted else (low, high)
    paint(pixels, values, (Area(*area),), text_of(now), FONT)
    return replace(shown, pixels=pixels)


def ask_redrawn(
    centre: Store, actor: Actor, gateway: str, number: int, sop_uids: Sequence[str], area: Sequence[int]
) -> int:  # fmt: skip
    """Owe a redrawn image of each of these corrected ones: how many. Raises Refused."""
    with centre.writing() as conn:
        now = corrections.by_id(conn, number)
        if now is None or now.state is not State.TOLD:
            raise Refused("state", N_("First the correction must be done."), reference="K334")
        its = corrections.files_of(conn, number)
        chosen = [each for each in its if each.old_sop_uid and each.new_sop_uid in sop_uids]
        who = {"by": actor.who, "role": actor.role, "at": actor.station}
        for each in chosen:
            row = corrections.add_redrawn(conn, number, each)
            body = {"of": each.new_sop_uid, "area": list(area), **who}
            jobs.owe(conn, REDRAW, station=gateway, subject=str(row), body=body)
        notices.tell(conn, NOTICE, correction=number)
    return len(chosen)


class RedrawNames:
    """Where the disks may be written to."""

    def __init__(self, centre: Store, path_of: Callable[[str, str], Path | None], intake: Intake, gateway: str) -> None:
        self._centre = centre
        self._gateway = gateway
        self._path_of = path_of
        self._intake = intake

    def work(self, job: jobs.Job) -> None:
        """Raises Fault where the picture can't be redrawn."""
        with self._centre.reading() as conn:
            found = corrections.file_by_id(conn, int(job.subject))
            now = corrections.by_id(conn, found[0]) if found is not None else None
            places = images.places_of(conn, job.body["of"])
        if found is None or now is None or now.state is not State.TOLD:
            return  # it was taken back meanwhile
        file = found[1]
        paths = [path for path in (self._path_of(*each) for each in places) if path is not None and path.is_file()]
        if not paths:
            raise Fault(N_("The file is no longer where it was."), reference="K335")
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "redrawn.dcm"
            redraw(paths[0], made, (Area(*job.body["area"]),), text_of(now), FONT, file.new_sop_uid)
            facts = facts_of_file(made, now.station)
            incoming = self._intake.begin("correction")
            try:
                incoming.write(made.read_bytes())
            except BaseException:
                incoming.abandon()
                raise
            incoming.settle(facts)
        self._note(job, now, file.id, file.new_sop_uid)

    def _note(self, job: jobs.Job, now: Correction, file: int, sop_uid: str) -> None:
        body: dict[str, Any] = job.body
        with self._centre.writing() as conn:
            lies = images.known_instance(conn, sop_uid)
            if lies is None:
                return  # it left with the correction, which was taken back this very moment
            corrections.change_file(
                conn, file, state="staged", new_volume=lies.volume, new_path=lies.path, new_size=lies.size,
                new_sha256=lies.sha256,
            )  # fmt: skip
            fresh = corrections.by_id(conn, now.id)
            if fresh is None or fresh.state is not State.TOLD:
                index_out.take_out(conn, now.new_study_uid, [sop_uid], arrived_views)
                jobs.owe(conn, CORRECT, station=self._gateway, subject=str(now.id), revive=True)  # its file goes too
                return
            audit.write(
                conn, Actor(body["by"], body["role"], body["at"]), "burned-in name redrawn",
                patient=f"{now.after.issuer}|{now.after.patient_id}", subject=f"correction {now.id}",
                images=[body["of"], sop_uid], area=body["area"],
            )  # fmt: skip
            notices.tell(conn, NOTICE, correction=now.id)
