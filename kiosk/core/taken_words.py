"""Words for examinations and their pictures on this PC: lists of examinees, what is not registered, counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from kiosk.core.taken import PictureSet, SetState, TakenPicture
from kiosk.core.words import N_, Sentence, say
from kiosk.core.worklist_query import WorklistRow

ENOUGH, LITTLE = 5 << 30, 500 << 20  # bytes free

STATES = {
    SetState.OPEN: N_("interrupted"),
    SetState.REGISTERING: N_("waits for the server"),
    SetState.REGISTERED: N_("registered"),
}


def listed_cells(listed: Any, day: date) -> tuple[str, ...]:
    """Cells of a row of examinees: time, number, kana, name, sex and age, examination."""
    row: WorklistRow = listed.row
    patient = row.patient
    age = patient.age_on(day)
    sex = {"M": say(N_("male")), "F": say(N_("female"))}.get(patient.sex, "")
    at = f"{row.scheduled_time[:2]}:{row.scheduled_time[2:4]}" if len(row.scheduled_time) >= 4 else ""
    return (
        at, listed.number or patient.patient_id, patient.kana, patient.shown_name,
        f"{sex} {age}" if age is not None else sex, row.description,
    )  # fmt: skip


def who(taken: PictureSet) -> str:
    """The name, or that there is none."""
    return taken.row.patient.shown_name if taken.row is not None else say(N_("unidentified"))


def kept_cells(taken: PictureSet, count: int, why: str) -> tuple[str, ...]:
    """Cells of a row of examinations on this PC: begun, number, name, examination, pictures, state, reason."""
    state = say(N_("unidentified")) if taken.row is None else say(STATES[taken.state])
    return (
        f"{taken.opened_at[5:10]} {taken.opened_at[11:16]}", taken.number, who(taken),
        taken.row.description if taken.row is not None else "", str(count), state, why,
    )  # fmt: skip


def why_words(error: str) -> str:
    """Why registering waits, from what its job kept (reference and sentence): the sentence where it needs no value."""
    reference, _, text = error.partition(" ")
    if not text:
        return ""
    if reference.startswith("L"):
        return say(N_("The server does not answer."))
    return f"{say(text)} ({reference})" if "{" not in text else reference


def kept_state(taken: PictureSet) -> str:
    return {SetState.OPEN: "look", SetState.REGISTERING: "", SetState.REGISTERED: "done"}[taken.state]


def owed_words(open_sets: Iterable[PictureSet], waiting: int) -> tuple[str, Sentence] | None:
    """What is not registered, for the problem line: level and sentence."""
    left = list(open_sets)
    if left:
        return "look", Sentence(N_("{n} examinations are not registered. Look at them with F3."), {"n": len(left)})
    if waiting:
        return "look", Sentence(N_("{n} examinations wait for the server; they go out by themselves."), {"n": waiting})
    return None


def room_words(free_bytes: int) -> tuple[str, Sentence] | None:
    """Level and sentence where the disk of this PC gets full; None where there is enough."""
    if free_bytes >= ENOUGH:
        return None
    told = Sentence(
        N_("Only {mb} MB are free on this PC's disk for pictures. Make room, or register what waits under F3."),
        {"mb": free_bytes >> 20},
    )
    return ("stop" if free_bytes < LITTLE else "look"), told


def safe_words(pictures: Sequence[TakenPicture], waiting: int) -> Sentence:
    values = {"n": len(pictures), "waiting": waiting}
    return Sentence(N_("{n} pictures are safe on this PC. {waiting} examinations wait for the server."), values)


def count_text(pictures: Sequence[TakenPicture]) -> str:
    return say(Sentence(N_("{n} pictures"), {"n": len(pictures)}))
