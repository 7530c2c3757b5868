"""Presentation states and key object selections of a study: made of what a person sees, and found again."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.presentation import KeyObjects, State
from kiosk.core.words import N_
from kiosk.flow.put_objects import PutObjects
from kiosk.store import audit
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

if TYPE_CHECKING:
    from kiosk.dicom.beside_picture import Made, Source

log = logging.getLogger(__name__)

LARGEST = 50_000_000  # bytes; a state with bitmaps is some hundred kB


@dataclass(frozen=True)
class Beside:
    """What lies beside the pictures of a study, oldest first; ``unread``: files that could not be read."""

    states: tuple[State, ...] = ()
    selections: tuple[KeyObjects, ...] = ()
    unread: int = 0


@dataclass(frozen=True)
class Shot:
    """The picture that is meant: its file, what the file was when it was opened, and the frame from 1."""

    path: Path
    stamp: str
    frame: int


def keep_state(
    put: PutObjects,
    centre: Store,
    actor: Actor,
    station: str,
    shot: Shot,
    state: State,
    spacing_mm: tuple[float, float] | None,
    aspect: float,
) -> State:
    """The state as it is kept now, safe on this PC's disk. ``state.common`` says how the picture stands."""
    from kiosk.dicom.presentation_state import write_state

    source, made = _source(shot), _made(actor, station)
    data = write_state(source, state, made, spacing_mm, aspect)
    put.put(source.study_uid, "PR", made.sop_uid, data)
    patient = f"{source.facts.issuer}|{source.facts.patient_id}"
    try:
        with centre.writing() as conn:
            audit.write(
                conn, actor, "presentation state saved", patient=patient, subject=source.study_uid,
                sop_uid=source.facts.sop_uid,
            )  # fmt: skip
    except LinkLost:  # it is safe on this PC: that must not look like a failure
        log.warning("a presentation state was saved while the shared store was away")
    return replace(
        state, sop_uid=made.sop_uid, creator=made.creator, made_at=f"{made.when:%Y%m%d%H%M%S}", pictures=(source.named,)
    )


def keep_key_object(put: PutObjects, actor: Actor, station: str, shot: Shot) -> KeyObjects:
    """The picture is of interest: a key object selection in its study, safe on this PC's disk."""
    from kiosk.dicom.key_object import OF_INTEREST, write_key_object

    source, made = _source(shot), _made(actor, station)
    put.put(source.study_uid, "KO", made.sop_uid, write_key_object(source, made))
    return KeyObjects(made.sop_uid, OF_INTEREST[0], (source.named,))


def read_beside(files: Sequence[tuple[str, Path]]) -> Beside:
    """What stands in the files (modality, place). One that can't be read is passed over and counted."""
    states: dict[str, State] = {}
    selections: dict[str, KeyObjects] = {}
    unread = 0
    for modality, path in files:
        try:
            if path.stat().st_size > LARGEST:
                raise ValueError("size")
            if modality == "PR":
                from kiosk.dicom.presentation_state import read_state

                state = read_state(path)
                if state is not None:
                    states[state.sop_uid] = state
            else:
                from kiosk.dicom.key_object import read_key_object

                selection = read_key_object(path)
                selections[selection.sop_uid] = selection
        except FileNotFoundError:
            continue  # what was made here has just gone into the store
        except Exception as why:  # foreign bytes: each damaged file fails in its own way
            unread += 1
            log.warning("what lies beside the pictures could not be read: %s", type(why).__name__)
    ordered = sorted(states.values(), key=lambda state: (state.made_at, state.sop_uid))
    return Beside(tuple(ordered), tuple(selections.values()), unread)


def _source(shot: Shot) -> Source:
    from kiosk.dicom.beside_picture import source_of
    from kiosk.dicom.decode_child import stamp_of

    source = source_of(shot.path, shot.frame)
    if shot.stamp and stamp_of(shot.path) != shot.stamp:
        raise Fault(
            N_("Another file has taken the place of this picture since it was opened."),
            N_("Open it again and check whose picture it is."),
            reference="V404",
        )
    return source


def _made(actor: Actor, station: str) -> Made:
    from kiosk import __version__
    from kiosk.dicom.beside_picture import Made
    from kiosk.dicom.write import Maker, new_uid

    creator = "" if actor.who == "system" else actor.who
    return Made(new_uid(), datetime.now(), creator, station, Maker("Kiosk", "Viewer", "1", __version__))
