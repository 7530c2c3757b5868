"""What the capture window shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from kiosk.core.taken import CLIP, TakenPicture
from kiosk.core.words import N_, Sentence, say

PRESS_WORDS = {
    "bounce": N_("{source}: left out as bouncing ({n} so far)."),
    "too_soon": N_("{source}: left out, too soon after the one before ({n} so far)."),
}


def caption(picture: TakenPicture) -> str:
    """Below a thumbnail: number, star, part."""
    marks = ["★"] if picture.star else []
    if picture.kind == CLIP:
        marks.append("▶")
    if picture.taken_of:
        marks.append("◎")  # the sharpest neighbour
    return " ".join([str(picture.number), *marks, picture.part]).rstrip()


def hints_of(parts: Sequence[Any], default: str, part: str) -> dict[str, str]:
    """DICOM keyword -> value of a part of the body (PS3.3 C.7.3.1, C.7.6.1)."""
    for each in parts:
        if each.name == part:
            side = {"Laterality": each.side} if each.side else {}
            return {"BodyPartExamined": each.body_part or default, **side}
    return {"BodyPartExamined": default}


def trigger_cells(name: str, counts: Any) -> tuple[str, ...]:
    """Cells of a row of the trigger page: name, there, closed, taken, bounces, too soon."""
    there = say(N_("port there")) if counts.there else say(N_("not there"))
    closed = say(N_("contact closed")) if counts.closed else say(N_("contact open"))
    return name, there, closed, str(counts.taken), str(counts.bounces), str(counts.too_soon)


def key_names(keys: Sequence[str]) -> list[str]:
    """Keys of the keyboard that release the shutter beside F5."""
    return [each for each in keys if each and each != "F5"]


def words_of_press(told: Any, counts: Mapping[str, Any]) -> Sentence | None:
    """A trigger that was left out, in words with its count."""
    if told.what not in PRESS_WORDS:
        return None
    mine = counts.get(told.source)
    n = (mine.bounces if told.what == "bounce" else mine.too_soon) if mine is not None else 1
    return Sentence(PRESS_WORDS[told.what], {"source": told.source, "n": n})
