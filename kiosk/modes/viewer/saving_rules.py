"""What the saving side works out: what a state is called, where key images lie, which name a file gets."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.core.picture import Curve, PictureFacts, Window
from kiosk.core.presentation import Look, State
from kiosk.core.safe_names import folder_key
from kiosk.core.stack import Stack
from kiosk.core.words import N_, say
from kiosk.modes.viewer.rules import figure, time_of


@dataclass(frozen=True)
class Beside:
    """What lies beside the pictures of a study: states, and (SOP Instance UID, frame; 0 for all) of key images."""

    states: tuple[State, ...] = ()
    keys: frozenset[tuple[str, int]] = frozenset()

    def is_key(self, sop_uid: str, frame: int) -> bool:
        return (sop_uid, frame) in self.keys or (sop_uid, 0) in self.keys


def key_places(stacks: Sequence[Stack], wanted: Callable[[str, int], bool]) -> list[tuple[int, int]]:
    """Stack and slide of each picture for which ``wanted(sop_uid, frame)``, in order."""
    return [
        (number, slide)
        for number, stack in enumerate(stacks)
        for slide, (picture, frame) in enumerate(stack.slides)
        if wanted(stack.pictures[picture].sop_uid, frame + 1)
    ]


def described(look: Look, window: Window | Curve | None, turned: str, inverted: bool, fitted: bool) -> str:
    """What a state keeps, in a few words, so that one is told from the other in a list."""
    parts = []
    if look.labels or look.graphics:
        parts.append(say(N_("{count} drawn"), count=max(len(look.labels), len(look.graphics))))
    if not fitted:
        parts.append(say(N_("part enlarged")))
    parts += [part for part in (turned, say(N_("inverted")) if inverted else "") if part]
    if isinstance(window, Window) and not look.colour:
        parts.append(f"W {figure(window.width)} C {figure(window.centre)}")
    return "  ".join(parts)[:64]


def state_words(state: State) -> str:
    """One line of the list of states: when, what, by whom."""
    day, time = state.made_at[:8], time_of(state.made_at[8:])
    when = f"{day[4:6]}/{day[6:8]} {time}".strip() if len(day) == 8 else ""
    return "  ".join(part for part in (when, state.description or state.label, state.creator) if part)


def file_name(facts: PictureFacts, frame: int, ending: str) -> str:
    """Patient ID, day, kind, series and number: told apart, and legal on every disk. ``frame`` from 1, 0 for all."""
    parts = [folder_key(facts.patient_id) if facts.patient_id else "NOID"]
    parts += [each for each in (facts.study_date, facts.modality) if each.isascii() and each.isalnum()]
    parts += [str(each) for each in (facts.series_number, facts.number) if each is not None]
    if frame and facts.frames > 1:
        parts.append(f"F{frame}")
    return "_".join(parts)[:120] + ending


def nameless_file(now: datetime, ending: str) -> str:
    """Nothing of the person, nor the day of the examination."""
    return f"picture_{now:%Y%m%d-%H%M%S}{ending}"
