"""The comment that is drawn on a copy of a picture: lines with what is known in braces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.taken import PictureSet, TakenPicture
from kiosk.core.words import N_, say

EYE_WORDS = {"R": N_("right eye"), "L": N_("left eye"), "B": N_("both eyes"), "": ""}
FIELDS = ("patient_id", "number", "name", "kana", "sex", "age", "day", "time", "eye", "examination", "comment")


def usual_lines() -> list[str]:
    return ["{patient_id}  {name}  {day}  {eye}", "{comment}"]


@dataclass(frozen=True)
class CommentSettings(Settings):
    """What is drawn on a copy; the picture itself is never touched."""

    on: Literal["nowhere", "files", "everywhere"] = setting(
        "files", N_("Which copies have it: nowhere, files (the JPEG that is handed over), everywhere (DICOM too).")
    )
    lines: list[str] = setting(usual_lines, N_("Its lines; what is known in braces: patient_id, name, day, eye ..."))
    place: Literal["below", "above", "over"] = setting("below", N_("Where: below or above the picture, or over it."))
    size: int = setting(0, N_("Height of a line in px; 0 = a thirtieth of the picture."))
    colour: str = setting("#ffffff", N_("Colour of the letters."))
    ground: str = setting("#000000", N_("Colour behind them."))


def comment_lines(how: CommentSettings, taken: PictureSet, picture: TakenPicture) -> list[str]:
    """The lines of one picture; those of which nothing is left are left out."""
    row = taken.row
    patient = row.patient if row is not None else None
    when = datetime.fromisoformat(str(picture.facts.get("taken_at") or picture.at))
    known = {
        "patient_id": patient.patient_id if patient else "", "number": taken.number,
        "name": patient.shown_name if patient else "", "kana": patient.kana if patient else "",
        "sex": patient.sex if patient else "", "day": f"{when:%Y-%m-%d}", "time": f"{when:%H:%M}",
        "eye": say(EYE_WORDS[picture.eye]) if picture.eye else "", "comment": picture.comment,
        "examination": row.description if row is not None else "",
        "age": str(patient.age_on(when.date()) or "") if patient else "",
    }  # fmt: skip
    lines = [re.sub(r"\{(\w+)\}", lambda found: known.get(found[1], ""), line).strip() for line in how.lines]
    return [line for line in lines if line]


def troubles(how: CommentSettings) -> list[str]:
    """What of the settings makes no sense."""
    used = {name for line in how.lines for name in re.findall(r"\{(\w+)\}", line)}
    found = [f"comment.lines: {{{name}}}" for name in sorted(used - set(FIELDS))]
    found += [
        f"comment.{key}" for key in ("colour", "ground") if not re.fullmatch(r"#[0-9a-fA-F]{6}", getattr(how, key))
    ]
    return found
