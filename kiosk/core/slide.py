"""One picture of a visit as the reading pages show it: its file, its day, its kind, and which eye or view it shows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.core.picture import PictureFacts
from kiosk.core.picture_names import EYES

CHEST, DR, SCOPE, ECHO, FUNDUS, BREAST, OTHER = "CR", "RF", "ES", "US", "OP", "MG", ""
# Kind of picture -> modalities, the kind of the image server's folders, and examinations by modality as scheduled.
KINDS = {
    CHEST: {"CR", "DX", "RG", "DR"},
    DR: {"RF", "XA"},
    SCOPE: {"ES", "FB"},
    ECHO: {"US", "IVUS"},
    FUNDUS: {"OP", "OPT", "GN"},
    BREAST: {"MG"},
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


def in_panes(slides: Sequence[Slide], kind: str) -> list[Slide | None]:
    """In the order of the panes: a chest frontal then lateral, eyes right then left; None keeps the place of one that
    is missing, so that a lateral view never stands where the frontal one is looked for."""
    its = [each for each in slides if each.kind == kind]
    if kind == CHEST:
        firsts = [{"PA", "AP"}, {"LL", "RL", "LAT", "LATERAL"}]
        found = [next((each for each in its if each.facts.view.upper() in views), None) for views in firsts]
    elif kind == FUNDUS:
        found = [next((each for each in its if each.side == side), None) for side in ("R", "L")]
    else:
        return list(its)
    if found == [None, None]:
        return list(its)
    rest = [each for each in its if each not in found]
    for at, place in enumerate(found):  # a picture that says nothing of its view fills the gap, with its words
        if place is None and rest:
            found[at] = rest.pop(0)
    return [*found, *rest]


LEAST_CELL = (220, 190)  # px of a picture on a contact sheet that is still worth a look
CELL_SHAPE = 4 / 3


def contact_grid(width: int, height: int, count: int, columns: int = 0, rows: int = 0) -> tuple[int, int]:
    """Columns and rows of a contact sheet of ``width`` x ``height`` px for ``count`` pictures: as large as they go,
    never smaller than LEAST_CELL; ``columns`` and ``rows`` hold where they are given."""
    most_across, most_down = max(1, width // LEAST_CELL[0]), max(1, height // LEAST_CELL[1])
    wanted = max(1, min(count, most_across * most_down))
    best, best_size = (1, 1), -1.0
    for across in range(1, (columns or most_across) + 1):
        if columns and across != columns:
            continue
        down = rows or min(most_down, -(-wanted // across))
        if across * down < wanted and not (columns or rows) and across < most_across:
            continue
        size = min(width / across / CELL_SHAPE, height / down)
        if size > best_size + 0.5:
            best, best_size = (across, down), size
    return best
