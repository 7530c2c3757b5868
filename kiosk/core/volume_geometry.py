"""From slices to a body of equal voxels, and from it to axial, coronal and sagittal cuts, all in mm of the patient."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from kiosk.core.faults import Fault
from kiosk.core.picture import PictureFacts
from kiosk.core.stack import Stack
from kiosk.core.stack_sync import Vector, axis_of, dot, normal_of
from kiosk.core.words import N_, say

AXIAL, CORONAL, SAGITTAL = "axial", "coronal", "sagittal"
PLANES = (AXIAL, CORONAL, SAGITTAL)
THIN, HIGHEST, MEAN = "thin", "mip", "mean"

FEWEST = 6  # slices; fewer make stripes, not cuts
UNEQUAL = 0.05  # of the spacing: positions are written rounded
TILT = 0.01  # sideways per mm of depth: over a chest of 300 mm not more than 3 mm
BYTES = 2  # of a voxel

# Patient axes x to the left, y to the back, z to the head. Of each plane: the axis that is cut across, then the axes of
# the screen to the right and downwards with their sense: the right side of the patient is on the left, the head is up.
_STANDS = {AXIAL: (2, (0, 1), (1, 1)), CORONAL: (1, (0, 1), (2, -1)), SAGITTAL: (0, (1, 1), (2, -1))}
_NAMES = {AXIAL: N_("axial cut"), CORONAL: N_("coronal cut"), SAGITTAL: N_("sagittal cut")}
_HOW = {HIGHEST: N_("MIP {mm} mm"), MEAN: N_("mean {mm} mm")}


def _refused(sentence: str, **values: object) -> Fault:
    next_step = N_("The slices themselves can be viewed as they are.")
    return Fault(sentence, next_step, reference="V421", **values)


@dataclass(frozen=True)
class Body:
    """Voxels [slice, row, column]. ``slides`` are the slides of the stack in the order of the slices; ``step_mm`` from
    voxel to voxel along each, ``axes`` their directions (unit vectors), ``corner`` the middle of voxel [0, 0, 0]."""

    slides: tuple[int, ...]
    shape: tuple[int, int, int]
    step_mm: tuple[float, float, float]
    axes: tuple[Vector, Vector, Vector]
    corner: Vector
    facts: PictureFacts  # of one of the slices

    @property
    def size(self) -> int:
        """Bytes of memory."""
        return math.prod(self.shape) * BYTES


def body_of(stack: Stack) -> Body:
    """Raises Fault with the reason where the slices don't make equal voxels."""
    first = stack.pictures[0]
    if len(stack) < FEWEST:
        raise _refused(N_("Cuts need at least {count} slices of one series."), count=FEWEST)
    places = [_corner_of(stack, slide) for slide in range(len(stack))]
    known = [place for place in places if place is not None]
    normal = normal_of(first)
    if normal is None or len(known) != len(stack) or first.spacing_mm is None or first.orientation is None:
        raise _refused(N_("These pictures don't say where they lie in the patient, so cuts can't be made."))
    for each in stack.pictures:
        if (each.rows, each.columns, each.spacing_mm) != (first.rows, first.columns, first.spacing_mm):
            raise _refused(N_("The slices differ in size, so cuts can't be made."))
    step = _step(known, normal)
    sideways = _sideways(known, normal)
    if sideways > TILT:
        degrees = f"{math.degrees(math.atan(sideways)):.0f}"
        raise _refused(
            N_("The gantry was tilted by {degrees}°; cuts through such slices would be skewed."), degrees=degrees
        )
    order = sorted(range(len(stack)), key=lambda slide: dot(known[slide], normal))
    row, column = first.orientation[:3], first.orientation[3:]
    axes = (normal, _unit(column), _unit(row))
    steps = (step, first.spacing_mm[0], first.spacing_mm[1])
    shape = (len(stack), first.rows, first.columns)
    return Body(tuple(order), shape, steps, axes, known[order[0]], first)


def _corner_of(stack: Stack, slide: int) -> Vector | None:
    facts, frame = stack.picture(slide), stack.slides[slide][1]
    return facts.frame_positions[frame] if frame < len(facts.frame_positions) else facts.position


def _unit(vector: Sequence[float]) -> Vector:
    length = math.sqrt(dot(vector, vector)) or 1.0
    return vector[0] / length, vector[1] / length, vector[2] / length


def _step(places: Sequence[Vector], normal: Vector) -> float:
    depths = sorted(dot(place, normal) for place in places)
    gaps = [later - earlier for earlier, later in zip(depths, depths[1:], strict=False)]
    step, low, high = median(gaps), min(gaps), max(gaps)
    if low < 1e-3:
        raise _refused(N_("Several pictures lie at one place (phases, echoes), so cuts can't be made."))
    if high - low > 2 * max(UNEQUAL * step, 0.011):
        raise _refused(
            N_("The slices are not equally far apart ({low} to {high} mm), so cuts would be wrong."),
            low=f"{low:.2f}",
            high=f"{high:.2f}",
        )
    return (depths[-1] - depths[0]) / (len(depths) - 1)


def _sideways(places: Sequence[Vector], normal: Vector) -> float:
    """How far the corner wanders in the plane per mm along the normal."""
    low, high = (end(places, key=lambda place: dot(place, normal)) for end in (min, max))
    way = [b - a for a, b in zip(low, high, strict=True)]
    deep = dot(way, normal)
    across = [w - deep * n for w, n in zip(way, normal, strict=True)]
    return math.sqrt(dot(across, across)) / deep


@dataclass(frozen=True)
class Cut:
    """One plane through a body: axis ``through`` is cut across; ``down`` and ``across`` are the body's axes on the
    screen, each with whether it runs the other way there. ``backwards``: cut 0 is the last along ``through``."""

    plane: str
    through: int
    down: tuple[int, bool]
    across: tuple[int, bool]
    backwards: bool

    def index(self, frame: int, body: Body) -> int:
        """Where frame ``frame`` (from 0) cuts the body, in voxels along ``through``."""
        return body.shape[self.through] - 1 - frame if self.backwards else frame


def cut_of(body: Body, plane: str) -> Cut:
    """How ``plane`` lies in the body, along the body's own axes (an oblique series gives oblique cuts)."""
    lies = _assigned(body.axes)
    through_patient, right, below = _STANDS[plane]
    through = lies[through_patient]

    def seen(patient_axis: int, sense: int) -> tuple[int, bool]:
        axis = lies[patient_axis]
        return axis, body.axes[axis][patient_axis] * sense < 0

    # From the right to the left side, from front to back, and of axial cuts from head to feet.
    rises = body.axes[through][through_patient] > 0
    return Cut(plane, through, seen(*below), seen(*right), rises if plane == AXIAL else not rises)


def _assigned(axes: Sequence[Vector]) -> dict[int, int]:
    """Patient axis -> axis of the body that runs most along it, each once."""
    lies = {axis_of(axes[0]): 0}
    left = [axis for axis in range(3) if axis not in lies]
    straight = abs(axes[1][left[0]]) + abs(axes[2][left[1]]) >= abs(axes[1][left[1]]) + abs(axes[2][left[0]])
    lies.update(dict(zip(left, (1, 2) if straight else (2, 1), strict=True)))
    return lies


def slab(cut: Cut, frame: int, thick_mm: float, body: Body) -> tuple[int, int]:
    """First and behind-last voxel along ``through`` of a slab about a cut; the ends of the body cut it off."""
    middle, count = cut.index(frame, body), body.shape[cut.through]
    voxels = max(1, round(thick_mm / body.step_mm[cut.through]))
    first = middle - (voxels - 1) // 2
    return max(0, first), min(count, first + voxels)


def stack_of(body: Body, plane: str, path: str, how: str = THIN, thick_mm: float = 0.0) -> Stack:
    """The cuts of a plane as a stack: one picture of many frames, whose ``path`` and ``stamp`` name it to the desk."""
    cut = cut_of(body, plane)
    (down, up_down), (across, mirrored) = cut.down, cut.across
    below, right = body.axes[down], body.axes[across]
    corner = list(body.corner)
    for axis, turned in (cut.down, cut.across):
        if turned:
            whole = (body.shape[axis] - 1) * body.step_mm[axis]
            corner = [c + whole * a for c, a in zip(corner, body.axes[axis], strict=True)]
    places = []
    for frame in range(body.shape[cut.through]):
        deep = cut.index(frame, body) * body.step_mm[cut.through]
        x, y, z = (c + deep * a for c, a in zip(corner, body.axes[cut.through], strict=True))
        places.append((x, y, z))
    orientation = (*(-each if mirrored else each for each in right), *(-each if up_down else each for each in below))
    title = " ".join((say(_NAMES[plane]), say(_HOW[how], mm=f"{thick_mm:g}") if how in _HOW else "")).strip()
    facts = replace(
        body.facts, path=path, sop_uid="", series_description=title, number=None, frames=len(places),
        rows=body.shape[down], columns=body.shape[across], position=places[0], orientation=orientation,
        frame_of_reference=body.facts.frame_of_reference or path, frame_positions=tuple(places), frame_times_ms=(),
        spacing_mm=(body.step_mm[down], body.step_mm[across]), stamp=f"{plane} {how} {thick_mm:g}",
    )  # fmt: skip
    return Stack(title, facts.modality, (facts,), tuple((0, frame) for frame in range(len(places))), "place")
