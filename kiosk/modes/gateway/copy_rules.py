"""What the disk page says: the copy's state in words, a walk's progress, the next step of a replacement."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from kiosk.core.copy_plan import FINISHED, CopyConditions, Unit
from kiosk.core.equalising import KINDS, Conditions, Kind
from kiosk.core.image_kinds import IMAGE_KINDS
from kiosk.core.words import N_, Sentence, say


@dataclass(frozen=True)
class Disk:
    """A volume as this PC's parameter file names it; ``there`` where its volume-id file can be read."""

    id: str
    writable: bool
    there: bool


@dataclass(frozen=True)
class WalkLine:
    """An equalising as the page shows it."""

    id: int
    conditions: Conditions
    state: str
    files: int
    counts: dict[str, int]
    shown: list[dict[str, Any]]
    why: str
    why_values: dict[str, Any]
    at: str


@dataclass(frozen=True)
class CopyView:
    """Everything that the page shows at one moment."""

    disks: tuple[Disk, ...] = ()
    conditions: CopyConditions = CopyConditions()
    units: tuple[Unit, ...] = ()
    state: dict[str, Any] = field(default_factory=dict)
    walks: tuple[WalkLine, ...] = ()
    replacing: dict[str, Any] = field(default_factory=dict)


def offered(view: CopyView) -> CopyConditions:
    """What was set before; where no disks were, from the first to the last that may be written to."""
    source = view.conditions.source or view.disks[0].id
    others = [each.id for each in view.disks if each.writable and each.id != source]
    return replace(view.conditions, source=source, target=view.conditions.target or (others[-1] if others else ""))


STATES = {
    "off": N_("Copying is not allowed: nothing is copied."),
    "outside": N_("It waits for its time."),
    "nothing": N_("Everything on the list is finished, or had its turn tonight."),
    "resting": N_("It rests before the next copy."),
    "away": N_("A disk is not there; it goes on when it is connected."),
}
WALK_STATES = {
    "asked": N_("begins in a moment"),
    "headers": N_("reading headers"),
    "contents": N_("proving contents"),
    "waiting": N_("waits for the disk"),
    "done": N_("done"),
    "stopped": N_("stopped"),
    "failed": N_("failed"),
}
STEP_TEXTS = {
    "choose": N_("1 Choose the disk that fails, then press F5."),
    "check": N_("2 Choose the new, empty disk, then press F5: it is checked and its id is written."),
    "copy": N_("3 Press F5: the images are copied from the other copies."),
    "prove": N_("4 Press F5: every image is read from the new disk and held against the index."),
    "switch": N_("5 Press F5: the index goes over to the new disk, the old one is retired."),
    "done": N_("The disk was replaced. Take the old one out of the parameter file."),
}


def state_sentence(view: CopyView) -> tuple[str, Sentence]:
    """(level, words) of what the copy is at."""
    state = view.state
    said = state.get("state", "off")
    if said == "running":
        values = {"day": state.get("day") or "-", "kind": state["kind"], "files": state["files"], "of": state["of"]}
        return "", Sentence(N_("Copying {day} {kind}: {files} of {of} images"), values)
    if said in ("failed", "away") and state.get("why"):
        return "look", Sentence(state["why"], state.get("values", {}))
    if said == "off" and state.get("why") and view.conditions.allowed:
        return "look", Sentence(state["why"])
    return "look" if said == "off" else "", Sentence(STATES.get(said, STATES["off"]))


def unit_sentence(unit: Unit) -> Sentence:
    """One date and kind in words."""
    values = {"day": unit.day or "-", "kind": unit.kind, "n": unit.files, "at": unit.done_at[:16].replace("T", " ")}
    if unit.state == FINISHED:
        return Sentence(N_("{day} {kind}: {n} images, finished {at}"), values)
    if unit.error:
        why = Sentence(unit.error, dict(unit.error_values))
        return Sentence(N_("{day} {kind}: {n} images to do. {why}"), {**values, "why": why})
    return Sentence(N_("{day} {kind}: {n} images to do"), values)


def summary(units: tuple[Unit, ...]) -> Sentence:
    done = sum(each.state == FINISHED for each in units)
    return Sentence(N_("{done} of {n} finished"), {"done": done, "n": len(units)})


def kinds_of(units: tuple[Unit, ...]) -> list[str]:
    """The columns of the list, in the order in which they are worked."""
    present = {each.kind for each in units}
    return [kind for kind in IMAGE_KINDS if kind in present] + sorted(present - set(IMAGE_KINDS))


def walk_cells(line: WalkLine) -> tuple[str, ...]:
    """When, disk and folders, state, files, differences."""
    of = ", ".join((line.conditions.volume, *line.conditions.folders[:2]))
    if len(line.conditions.folders) > 2:
        of += " ..."
    found = [f"{say(KINDS[kind])} {line.counts[kind]}" for kind in Kind if line.counts.get(kind)]
    state = say(Sentence(line.why, line.why_values)) if line.why else say(WALK_STATES.get(line.state, line.state))
    return (line.at[5:16].replace("T", " "), of, state, f"{line.files:,}", say(N_(", ")).join(found))


def difference_cells(line: dict[str, Any]) -> tuple[str, ...]:
    kind = Kind(line["kind"])
    return (say(KINDS[kind]), line["path"], say(Sentence(line["why"], line["values"])) if line["why"] else "")
