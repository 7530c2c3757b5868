"""One picture of a visit as the reading pages show it: its file, its day, its kind, and which eye or view it shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.core.picture import PictureFacts
from kiosk.core.picture_names import EYES

CHEST, DR, SCOPE, ECHO, FUNDUS, OTHER = "CR", "RF", "ES", "US", "OP", ""
# Kind of picture -> modalities, the kind of the image server's folders, and examinations by modality as scheduled.
KINDS = {
    CHEST: {"CR", "DX", "RG", "DR"},
    DR: {"RF", "XA"},
    SCOPE: {"ES", "FB"},
    ECHO: {"US", "IVUS"},
    FUNDUS: {"OP", "OPT", "GN"},
}
_EYE = re.compile(r"(?:^|[^A-Z0-9])(OD|OS|OU|RIGHT|LEFT|R|L|右眼?|左眼?)(?=$|[^A-Z])|(右眼|左眼)")


@dataclass(frozen=True)
class Slide:
    """``day`` ISO; ``kind`` one of KINDS or empty; ``side`` R, L, B or empty where nothing says it."""

    facts: PictureFacts
    day: str = ""
    kind: str = OTHER
    side: str = ""
    title: str = ""
    frame: int = 0

    @property
    def colour_wanted(self) -> bool:
        return self.kind in (SCOPE, FUNDUS)


def kind_of(modality: str, scheduled: str = "") -> str:
    """The kind of picture; the examination that it was scheduled for knows better than a camera that writes XC."""
    for each in (scheduled, modality):
        for kind, names in KINDS.items():
            if each.upper() in names:
                return kind
    return OTHER


def side_of(facts: PictureFacts, *words: str) -> str:
    """R, L or B by the header, else by the words of a description or file name; empty where nothing says it."""
    if facts.laterality in ("R", "L", "B"):
        return facts.laterality
    for text in (*words, facts.series_description):
        found = _EYE.search(unicodedata.normalize("NFKC", text).upper())
        if found is not None:
            return EYES.get(found[1] or found[2], "")
    return ""


def of_side(slides: Iterable[Slide], side: str) -> tuple[Slide, ...]:
    """Those of one eye. A picture of both eyes is shown for each; one that says nothing comes last, to be looked at."""
    listed = list(slides)
    return tuple([each for each in listed if each.side == side] + [each for each in listed if each.side in ("", "B")])


def paged(slides: Sequence[Slide], first: int, count: int) -> tuple[Slide, ...]:
    """``count`` slides from ``first`` on."""
    return tuple(slides[first : first + count])
