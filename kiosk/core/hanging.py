"""Which picture hangs in which pane: layouts, the first pictures of a study, and the like of one in another study."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.core.picture import PictureFacts
from kiosk.core.stack import Stack

LAYOUTS = {"1x1": (1, 1), "1x2": (1, 2), "2x1": (2, 1), "2x2": (2, 2)}  # rows, columns
MOST_PANES = 4
SLICED = ("CT", "MR", "PT", "NM")  # a stack is one body, never hung slice by slice

Slide = tuple[int, int]  # number of the stack, slide in it


def layout_for(modality: str, remembered: Mapping[str, str], by_setting: Mapping[str, str]) -> str:
    """What was chosen last on this PC for the modality, else what the setting says, else one pane."""
    for source in (remembered, by_setting):
        if source.get(modality) in LAYOUTS:
            return source[modality]
    return "1x1"


def next_layout(now: str) -> str:
    """One key goes round them all."""
    names = list(LAYOUTS)
    return names[(names.index(now) + 1) % len(names)]


def beside_layout(layout: str) -> str:
    """While an earlier study stands on the right: rows stay, there are two columns."""
    return "2x2" if layout == "2x2" else "1x2"


def hung(stacks: Sequence[Stack], first: int, panes: int) -> list[Slide | None]:
    """What each pane begins with: one stack each from ``first`` on; of single pictures (CR, DX, endoscopy) one each,
    since both views of a chest often lie in one series. None: nothing is left for this pane."""
    places: list[Slide] = []
    order = [*range(first, len(stacks)), *range(first)]
    for number in order:
        stack = stacks[number]
        if not stack.pictures[0].pixels:
            continue
        single = stack.modality not in SLICED and len(stack.pictures) == len(stack)
        places += [(number, slide) for slide in range(len(stack))] if single else [(number, 0)]
        if len(places) >= panes:
            break
    if not places and stacks:
        places = [(first, 0)]
    return [*places[:panes], *[None] * max(0, panes - len(places))]


def like_of(facts: PictureFacts, at: Slide, stacks: Sequence[Stack]) -> Slide | None:
    """The picture of another study that shows the same: view, side, direction, description; where nothing tells them
    apart, the one in the same place. None where the other has nothing to show."""
    best: Slide | None = None
    most = -1
    for number, stack in enumerate(stacks):
        if not stack.pictures[0].pixels:
            continue
        sliced = stack.modality in SLICED or len(stack.pictures) != len(stack)
        for slide in (min(at[1], len(stack) - 1),) if sliced else range(len(stack)):
            points = _alike(facts, stack.picture(slide)) * 4 + 2 * (number == at[0]) + (slide == at[1])
            if points > most:
                best, most = (number, slide), points
    return best


def _alike(one: PictureFacts, other: PictureFacts) -> int:
    return (
        4 * (bool(one.view or one.laterality) and (one.view, one.laterality) == (other.view, other.laterality))
        + 3 * _same_turn(one, other)
        + 2 * (bool(one.series_description) and one.series_description == other.series_description)
        + (one.modality == other.modality)
    )


def _same_turn(one: PictureFacts, other: PictureFacts) -> bool:
    if one.orientation is None or other.orientation is None:
        return False
    return all(abs(a - b) < 0.2 for a, b in zip(one.orientation, other.orientation, strict=True))
