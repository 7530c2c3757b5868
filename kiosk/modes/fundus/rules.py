"""What the fundus window shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kiosk.core.comments import EYE_WORDS
from kiosk.core.taken import TakenPicture
from kiosk.core.words import N_, Sentence, say

EYES = ("R", "L", "B")


def eye_names() -> dict[str, str]:
    """Words of the buttons -> R, L, B."""
    return {f"{say(EYE_WORDS[eye])} ({eye})": eye for eye in EYES}


def caption(picture: TakenPicture) -> str:
    """Below a thumbnail: number, eye (with ? where it is only suggested), star."""
    suggested = str(picture.facts.get("suggested", ""))
    eye = picture.eye or (f"{suggested}?" if suggested else "?")
    return f"{picture.number} {eye}" + (" ★" if picture.star else "") + (" ✎" if picture.comment else "")


def state(picture: TakenPicture) -> str:
    """Green where the eye is said."""
    return "done" if picture.eye else "look"


def eye_words(picture: TakenPicture) -> str:
    """For the corner of the large picture."""
    if picture.eye:
        return say(EYE_WORDS[picture.eye])
    suggested = str(picture.facts.get("suggested", ""))
    if suggested:
        return say(Sentence(N_("{eye}? (by the optic disc)"), {"eye": Sentence(EYE_WORDS[suggested])}))
    return say(N_("Which eye?"))


def came_words(told: Any, open_set: str) -> tuple[str, Sentence]:
    """Level and sentence of what became of a file."""
    if told.what == "came":
        if told.picture.set == open_set:
            return "done", Sentence(N_("Picture {n} came and is safe on this PC."), {"n": told.picture.number})
        return "look", Sentence(N_("A picture of somebody who is not open came; it lies under F3."))
    if told.what == "nobody":
        return "look", Sentence(N_("A picture of nobody came: {why} It lies under F3."), {"why": told.why})
    if told.what == "known":
        return "look", Sentence(N_("A picture came that is here already; it was not taken twice."))
    return "stop", Sentence(N_("{why} Look at it with F10."), {"why": told.why})


def aside_cells(aside: Mapping[str, str]) -> tuple[str, ...]:
    """Cells of a row of what was not taken: time, name, source, reason."""
    at = aside.get("at", "")
    return f"{at[5:10]} {at[11:16]}", aside.get("name", ""), aside.get("source", ""), aside.get("why", "")


def without_eye(pictures: Sequence[TakenPicture]) -> list[TakenPicture]:
    """Those whose eye is only suggested."""
    return [each for each in pictures if not each.eye and each.facts.get("suggested")]
