"""Leafing two stacks together by where their slices lie in the patient (PS3.3 C.7.6.2.1.1, C.7.4.1)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

from kiosk.core.picture import PictureFacts
from kiosk.core.stack import Stack

Vector = tuple[float, float, float]

PARALLEL = math.cos(math.radians(10))  # a gantry set otherwise by a few degrees still shows the same organs

PLACE, FIXED, STOOD, SLIDES, APART = "place", "fixed", "stood", "slides", "apart"


def dot(one: Sequence[float], other: Sequence[float]) -> float:
    """Of two vectors."""
    return sum(a * b for a, b in zip(one, other, strict=True))


def normal_of(facts: PictureFacts) -> Vector | None:
    """Unit vector across the plane of a picture; None without an orientation or with one that is none."""
    if facts.orientation is None:
        return None
    a, b, c, d, e, f = facts.orientation
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    length = math.sqrt(dot(normal, normal))
    return (normal[0] / length, normal[1] / length, normal[2] / length) if length > 0.5 else None


def centre_of(facts: PictureFacts, frame: int = 0) -> Vector | None:
    """The middle of the picture in the patient, mm: the corner would wander sideways with the field of view."""
    position = facts.frame_positions[frame] if frame < len(facts.frame_positions) else facts.position
    if position is None or facts.orientation is None:
        return None
    down, across = facts.spacing_mm or (0.0, 0.0)
    right, below = across * (facts.columns - 1) / 2, down * (facts.rows - 1) / 2
    row, column = facts.orientation[:3], facts.orientation[3:]
    x, y, z = (p + right * r + below * c for p, r, c in zip(position, row, column, strict=True))
    return x, y, z


@dataclass(frozen=True)
class Row:
    """A stack whose slides stand along one line: their middles, and the direction across all of them."""

    centres: tuple[Vector, ...]
    normal: Vector
    frame_of_reference: str
    study: str

    def depths(self, along: Vector) -> list[float]:
        return [dot(centre, along) for centre in self.centres]


def row_of(stack: Stack) -> Row | None:
    """None where not every slide has a place of its own, or where there is but one slide without a place."""
    first = stack.pictures[0]
    normal = normal_of(first)
    centres = [centre_of(stack.picture(slide), frame) for slide, (_, frame) in enumerate(stack.slides)]
    known = tuple(centre for centre in centres if centre is not None)
    if normal is None or len(known) != len(stack) or (len(set(known)) == 1 and len(known) > 1):
        return None
    return Row(known, normal, first.frame_of_reference, first.study_uid)


def _upwards(normal: Vector) -> Vector:
    """The same line, looking along the positive end of its main axis: series of either direction agree then."""
    main = max(range(3), key=lambda axis: abs(normal[axis]))
    return normal if normal[main] > 0 else (-normal[0], -normal[1], -normal[2])


def axis_of(normal: Vector) -> int:
    """0, 1 or 2: the patient's axis (x to the left, y to the back, z to the head) that a stack runs along."""
    return max(range(3), key=lambda axis: abs(normal[axis]))


@dataclass
class Offsets:
    """What a person has fixed: for two studies and an axis, how many mm the second lies further than the first.

    It holds for every series of the two studies along that axis.
    """

    known: dict[tuple[str, str, int], float] = field(default_factory=dict)

    def fix(self, one: Row, at: int, other: Row, other_at: int) -> None:
        """Slide ``at`` of ``one`` shows what ``other_at`` of ``other`` shows."""
        along, across = _upwards(one.normal), _upwards(other.normal)
        further = dot(other.centres[other_at], across) - dot(one.centres[at], along)
        axis = axis_of(one.normal)
        self.known[one.study, other.study, axis] = further
        self.known[other.study, one.study, axis] = -further

    def of(self, one: Row, other: Row) -> float | None:
        """None where nothing was fixed."""
        return self.known.get((one.study, other.study, axis_of(one.normal)))


@dataclass(frozen=True)
class Followed:
    """Where the other stack stands then: ``slide``, and ``off_mm`` that it lies beside the place looked for; None
    where places play no part."""

    slide: int
    off_mm: float | None = None
    beyond: bool = False  # the stack ends before the place looked for


class Link:
    """How ``other`` follows ``one``. ``kind``: PLACE in mm, one frame of reference; FIXED and STOOD by mm with an
    offset, fixed by a person or as both stood (``stood``: their slides) when they were put together; SLIDES picture by
    picture, where one has no places; APART where both have places but lie in different directions.
    """

    def __init__(self, one: Stack, other: Stack, offsets: Offsets, stood: tuple[int, int]) -> None:
        self._stood, self._count = stood, len(other)
        self._one, self._other = row_of(one), row_of(other)
        self._offset = 0.0
        self.kind = self._kind(offsets)
        if self.kind in (PLACE, FIXED, STOOD):
            assert self._one is not None and self._other is not None
            self._across = _upwards(self._other.normal)
            # In one frame of reference both are measured along one line; in two, each along its own.
            self._along = self._across if self.kind == PLACE else _upwards(self._one.normal)
            self._depths = self._other.depths(self._across)
            gaps = sorted(abs(a - b) for a, b in zip(self._depths, self._depths[1:], strict=False))
            self._gap = gaps[len(gaps) // 2] if gaps else 0.0

    def _kind(self, offsets: Offsets) -> str:
        one, other = self._one, self._other
        if one is None or other is None:
            return SLIDES
        if abs(dot(one.normal, other.normal)) < PARALLEL:
            return APART
        if one.frame_of_reference and one.frame_of_reference == other.frame_of_reference:
            return PLACE
        offset = offsets.of(one, other)
        if offset is not None:
            self._offset = offset
            return FIXED
        trial = Offsets()
        trial.fix(one, self._stood[0], other, self._stood[1])
        self._offset = trial.of(one, other) or 0.0
        return STOOD

    @property
    def lines(self) -> bool:
        """They cut each other in one frame of reference: a line shows the place, and nothing needs saying."""
        frames = [row.frame_of_reference for row in (self._one, self._other) if row is not None]
        return self.kind == APART and bool(frames[0]) and frames[0] == frames[1]

    def follow(self, at: int) -> Followed | None:
        """The slide of the other stack that belongs to slide ``at``; None where it is left as it is."""
        if self.kind == APART:
            return None
        if self.kind == SLIDES:
            wanted = self._stood[1] + at - self._stood[0]
            return Followed(max(0, min(self._count - 1, wanted)))
        assert self._one is not None
        wanted_mm = dot(self._one.centres[at], self._along) + self._offset
        slide = min(range(self._count), key=lambda each: abs(self._depths[each] - wanted_mm))
        off = abs(self._depths[slide] - wanted_mm)
        ends = min(self._depths), max(self._depths)
        beyond = not ends[0] - self._gap <= wanted_mm <= ends[1] + self._gap
        return Followed(slide, off, beyond)


def cut_line(of: PictureFacts, frame: int, in_: PictureFacts, in_frame: int) -> tuple[tuple[float, float], ...]:
    """Where the plane of one picture cuts another: two points (row, column) on the other's edge; () where they are
    parallel, don't meet, or lie in different frames of reference."""
    if not of.frame_of_reference or of.frame_of_reference != in_.frame_of_reference or in_.spacing_mm is None:
        return ()
    normal, point = normal_of(of), centre_of(of, frame)
    across = normal_of(in_)
    corner = in_.frame_positions[in_frame] if in_frame < len(in_.frame_positions) else in_.position
    if normal is None or point is None or across is None or corner is None or in_.orientation is None:
        return ()
    if abs(dot(normal, across)) > PARALLEL:
        return ()
    down_mm, across_mm = in_.spacing_mm
    # n . (corner + column * across_mm * row_cosine + row * down_mm * column_cosine - point) = 0; pixels are counted
    # from their corner here, ImagePositionPatient is the middle of the first.
    step_column = across_mm * dot(normal, in_.orientation[:3])
    step_row = down_mm * dot(normal, in_.orientation[3:])
    apart = dot(normal, [c - p for c, p in zip(corner, point, strict=True)]) - 0.5 * (step_column + step_row)
    found: list[tuple[float, float]] = []
    rows, columns = float(in_.rows), float(in_.columns)
    if step_row:
        found += [(-(apart + column * step_column) / step_row, column) for column in (0.0, columns)]
    if step_column:
        found += [(row, -(apart + row * step_row) / step_column) for row in (0.0, rows)]
    inside = [(r, c) for r, c in found if -1e-6 <= r <= rows + 1e-6 and -1e-6 <= c <= columns + 1e-6]
    if len(inside) < 2:
        return ()
    one, other = min(inside), max(inside)
    return (one, other) if math.dist(one, other) > 1e-6 else ()
