"""The viewer's arithmetic: windows to choose from, leafing, loops by the clock, words in the corners."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from kiosk.core.picture import Curve, Paint, PictureFacts, Window
from kiosk.core.stack import Stack
from kiosk.core.stack_sync import cut_line
from kiosk.core.study import Study
from kiosk.core.visit import Visit
from kiosk.core.words import N_, say

DEFAULT_STEP_MS = 100.0  # a stack of files played as a loop: ten pictures a second
PAGE = 10  # pictures that the Page keys pass over

# Centre and width in HU, as they are printed beside every CT console.
CT_WINDOWS = (
    (N_("Soft tissue"), 40.0, 400.0),
    (N_("Lung"), -600.0, 1600.0),
    (N_("Bone"), 500.0, 2000.0),
    (N_("Brain"), 40.0, 80.0),
    (N_("Mediastinum"), 50.0, 350.0),
)


@dataclass(frozen=True)
class Preset:
    """A window or curve with the words that it is offered by."""

    name: str
    how: Window | Curve


def presets(paint: Paint, modality: str) -> list[Preset]:
    """What the digits 1 to 9 choose: the header's own first, then those of the modality, then from the pixels."""
    found: list[Preset] = []
    if paint.colour:
        return found
    for number, window in enumerate(paint.windows, start=1):
        found.append(Preset(window.name or say(N_("From the header {number}"), number=number), window))
    for curve in paint.curves:
        found.append(Preset(curve.name or say(N_("Curve of the device")), curve))
    if modality == "CT" and paint.unit == "HU":
        found += [Preset(say(name), Window(centre, width, say(name))) for name, centre, width in CT_WINDOWS]
    if paint.guessed is not None:
        found.append(Preset(say(N_("Automatic")), paint.guessed))
    return [*found[:8], Preset(say(N_("All values")), all_values(paint))]


def all_values(paint: Paint) -> Window:
    """From the smallest to the largest value of the frame, in real-world values."""
    ends = sorted((paint.low * paint.slope + paint.intercept, paint.high * paint.slope + paint.intercept))
    return Window((ends[0] + ends[1]) / 2, max(ends[1] - ends[0], abs(paint.slope) or 1.0), shape="LINEAR_EXACT")


def window_step(paint: Paint, coarse: bool) -> float:
    """How much an arrow key with Control changes centre or width; ten times as much with Shift."""
    span = abs((paint.high - paint.low) * paint.slope) or 1.0
    fine = max(span / 1000, 1.0 if span > 100 else span / 1000)
    return fine * (10 if coarse else 1)


def stepped(at: int, by: int, count: int) -> int:
    """The slide reached from ``at``; the ends hold, since a stack that jumps back is read twice."""
    return max(0, min(count - 1, at + by))


def first_stack(stacks: Sequence[Stack]) -> int:
    """The stack to begin with: of slices the largest, since the first is often a scout; else the first picture."""
    shown = [number for number, stack in enumerate(stacks) if stack.pictures[0].pixels]
    if not shown:
        return 0
    if all(stacks[number].modality in ("CT", "MR", "PT") for number in shown):
        return max(shown, key=lambda number: (len(stacks[number]), -number))
    return shown[0]


def preset_in_force(presets: Sequence[Preset], how: Window | Curve | None) -> int:
    """The number of the preset that paints the picture now, -1 for none of them."""
    return next((number for number, each in enumerate(presets) if each.how == how), -1)


def in_loop(started_at: int, elapsed_ms: float, times_ms: Sequence[float], count: int, speed: float = 1.0) -> int:
    """The slide that a loop shows after ``elapsed_ms``: by the clock, so that a slow PC drops pictures, not speed.

    ``times_ms``: how long each stands, one value for all, or none (then DEFAULT_STEP_MS).
    """
    if count < 1:
        return 0
    elapsed = elapsed_ms * speed
    if len(times_ms) != count:
        each = times_ms[0] if len(times_ms) == 1 and times_ms[0] > 0 else DEFAULT_STEP_MS
        return (started_at + int(elapsed // each)) % count
    ends = list(accumulate(times_ms))
    before = ends[started_at - 1] if started_at else 0.0
    return min(count - 1, bisect_right(ends, (before + elapsed) % ends[-1]))


def frames_per_second(times_ms: Sequence[float], speed: float = 1.0) -> float:
    mean = sum(times_ms) / len(times_ms) if times_ms else DEFAULT_STEP_MS
    return 1000.0 / mean * speed if mean > 0 else 0.0


# -- words -------------------------------------------------------------------------------------------------------


def line_between(of: Any, in_: Any) -> tuple[tuple[float, float], ...]:
    """Where the picture of one pane cuts that of another: two points of it, or ()."""
    if of.stack is None or in_.stack is None:
        return ()
    return cut_line(of.facts, of.stack.slides[of.at][1], in_.facts, in_.stack.slides[in_.at][1])


def day_of(text: str) -> str:
    """``20261124`` (in old files ``2026.11.24``) as ``2026-11-24``; anything else as it is."""
    digits = text.replace(".", "")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 and digits.isdigit() else text


def time_of(text: str) -> str:
    """``094105.12`` as ``09:41``."""
    return f"{text[:2]}:{text[2:4]}" if len(text) >= 4 and text[:4].isdigit() else ""


def shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[: max(1, letters - 1)].rstrip() + "…"


def corner_who(facts: PictureFacts, letters: int = 60) -> str:
    """Upper left: whose picture this is; on every pane, because two panes may hold two days."""
    lines = [facts.name, facts.patient_id, " ".join((day_of(facts.study_date), time_of(facts.study_time))).strip()]
    return "\n".join(shortened(line, letters) for line in lines if line)


def corner_what(facts: PictureFacts, letters: int = 60) -> str:
    """Upper right: what it shows; at most ``letters`` a line, so that it does not run into the name."""
    side = {"L": say(N_("left")), "R": say(N_("right")), "B": say(N_("both sides"))}.get(facts.laterality, "")
    first = " ".join(part for part in (facts.modality, facts.view, side) if part)
    lines = [first, facts.study_description, facts.series_description]
    return "\n".join(dict.fromkeys(shortened(line, letters) for line in lines if line))


def another_id(facts: PictureFacts, visit: Visit | None) -> bool:
    """Does the picture carry another patient ID than the examinee it is shown for?"""
    return visit is not None and bool(facts.patient_id) and facts.patient_id != visit.patient.patient_id


def corner_where(stack: Stack, at: int) -> str:
    """Lower left: which picture of how many, and its number where that differs."""
    facts = stack.picture(at)
    lines = [f"{at + 1} / {len(stack)}" if stack.whole else f"{at + 1} / …"]
    if facts.number is not None and len(stack.pictures) > 1 and facts.number != at + 1:
        lines.insert(0, say(N_("number {number}"), number=facts.number))
    return "\n".join(lines)


def turned_words(quarters: int, mirrored: bool) -> str:
    """How the picture stands otherwise than it came; a mirrored chest looks like a heart on the right."""
    if mirrored and quarters % 2 == 0:
        return say(N_("top and bottom mirrored")) if quarters else say(N_("left and right mirrored"))
    turned = say(N_("turned by {degrees}°"), degrees=quarters * 90) if quarters else ""
    return f"{say(N_('left and right mirrored'))}  {turned}" if mirrored else turned


def caption_of(facts: PictureFacts, turned: str, inverted: bool) -> str:
    """Below a key image on paper: what it shows, which side, and how it was changed on the screen."""
    changed = [turned, say(N_("inverted")) if inverted else ""]
    cut = facts.series_description if facts.frame_positions and not facts.sop_uid else ""
    return "  ".join(part for part in (corner_what(facts).split("\n")[0], cut, *changed) if part)


def corner_how(paint: Paint, window: Window | None, scale: float, inverted: bool, turned: str = "") -> str:
    """Lower right: how it is painted and stands; nobody should read a picture without knowing that."""
    lines = [turned] if turned else []
    if inverted:
        lines.append(say(N_("inverted")))
    if window is not None and not paint.colour:
        lines.append(f"W {figure(window.width)}  C {figure(window.centre)}")
    lines.append(say(N_("1:1")) if abs(scale - 1.0) < 0.001 else f"{scale * 100:.0f} %")
    return "\n".join(lines)


def figure(value: float) -> str:
    """A number as short as it can be read: no decimals from 100 on."""
    size = abs(value)
    return f"{value:.0f}" if size >= 100 or value == int(value) else f"{value:.1f}" if size >= 1 else f"{value:.3g}"


def value_text(paint: Paint, row: int, column: int, stored: float | tuple[int, ...]) -> str:
    """What lies under the pointer: place and real-world value."""
    place = f"{column + 1}, {row + 1}"
    if isinstance(stored, tuple):
        return f"{place}: RGB {stored[0]} {stored[1]} {stored[2]}"
    return f"{place}: {figure(stored * paint.slope + paint.intercept)} {paint.unit}".rstrip()


def rendering_of(paint: Paint, window: Window | None, inverted: bool, scale: float, turn: str) -> dict[str, object]:
    """How a key image was painted, kept beside it so that the same view can be made again."""
    facts: dict[str, object] = {"inverted": inverted, "scale": round(scale, 4), "turn": turn}
    if window is not None and not paint.colour:
        facts |= {"centre": window.centre, "width": window.width, "shape": window.shape, "unit": paint.unit}
    return facts


# -- lists -------------------------------------------------------------------------------------------------------


def shown_name(name: tuple[str, str, str]) -> str:
    """Kanji where there are any (alphabetic, ideographic, phonetic)."""
    return name[1] or name[0] or name[2]


def study_cells(study: Study) -> tuple[str, ...]:
    """One line of the list of studies."""
    return (
        day_of(study.study_date),
        shown_name(study.name),
        study.patient_id,
        " ".join(study.modalities),
        study.description,
        str(study.instances),
    )


def study_state(study: Study) -> str:
    """Amber for images that found no visit: they want a look at the gateway."""
    return "" if study.visit_id is not None else "look"


def stack_cells(stack: Stack) -> tuple[str, str]:
    return stack.title, str(len(stack))


MEASURING = {
    "length": N_("Length: press at one end, let go at the other."),
    "angle": N_("Angle: click one side, the vertex, the other side."),
    "region": N_("Region: press at one corner, let go at the other."),
    "ratio": N_("Heart and chest: click both edges of the heart, then both of the chest."),
}
KEY_CARD = (
    ("↑ ↓", N_("Picture before, picture after")),
    ("Page ↑ ↓", N_("Ten pictures")),
    ("Home End", N_("First, last picture")),
    ("← →", N_("Row of pictures before, after")),
    ("Tab", N_("Next pane")),
    ("1 ... 9", N_("Windows of the header and of the modality")),
    ("Ctrl ↑ ↓", N_("Brighter, darker (with Shift in large steps)")),
    ("Ctrl ← →", N_("Less, more contrast (with Shift in large steps)")),
    ("+  -", N_("Larger, smaller")),
    ("Shift ← ↑ ↓ →", N_("Push the picture")),
    ("z", N_("Fit, 1:1")),
    ("i", N_("Invert")),
    ("r  e", N_("Turn right, turn left")),
    ("h  v", N_("Mirror left and right, top and bottom")),
    ("o", N_("Drawings of the file on, off")),
    ("s", N_("Leaf through the panes together, by place")),
    ("f", N_("The pictures shown are of the same place")),
    ("x", N_("Number of panes (Ctrl 1 ... 4: 1, 2 beside, 2 below, 4)")),
    ("n", N_("Position lines on, off")),
    ("t", N_("Axial, coronal and sagittal cuts (MPR) on, off")),
    ("g", N_("Thin cut, MIP or mean")),
    ("[  ]", N_("Slab: thinner, thicker")),
    (N_("Space bar"), N_("Play, stop")),
    (",  .", N_("Play slower, faster")),
    ("w  p", N_("Mouse: window, push")),
    ("l  a", N_("Mouse: length, angle")),
    ("m  c", N_("Mouse: mean of a region, heart against chest")),
    ("d", N_("Into the teaching file")),
    ("Del", N_("Take the last measurement back")),
    ("k", N_("Next key image of the examination")),
    ("b", N_("Mouse: mark a region to be saved (F11)")),
)
