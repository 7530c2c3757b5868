"""A presentation state: how pictures were shown once, and what was drawn over them, so that it can be shown again.

Points are (row, column) in picture pixels as stored, (0.0, 0.0) being the corner of the first pixel (PS3.3 C.10.5.1.2),
or fractions of the displayed area where ``on_display``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.core.measure import Measure, Point
from kiosk.core.picture import Curve, Paint, Window
from kiosk.core.turn import Turn

POINT, POLYLINE, CURVED, CIRCLE, ELLIPSE = "POINT", "POLYLINE", "INTERPOLATED", "CIRCLE", "ELLIPSE"
FEWEST = {POINT: 1, POLYLINE: 2, CURVED: 2, CIRCLE: 2, ELLIPSE: 4}  # points that each kind has (PS3.3 C.10.5.1.2)
STEPS = 72  # of a round line
REJECTIONS = frozenset({"113001", "113037", "113038", "113039"})  # notes that hide pictures (IHE IOCM)


@dataclass(frozen=True)
class Named:
    """A picture that is referred to; ``frames`` count from 1, empty means all."""

    sop_class: str
    sop_uid: str
    series_uid: str = ""
    frames: tuple[int, ...] = ()

    def holds(self, sop_uid: str, frame: int) -> bool:
        return self.sop_uid == sop_uid and (not self.frames or frame in self.frames)


@dataclass(frozen=True)
class Graphic:
    """Something drawn. CIRCLE: centre and a point of it; ELLIPSE: ends of the long axis, then of the short one."""

    kind: str
    points: tuple[Point, ...]
    filled: bool = False
    on_display: bool = False


@dataclass(frozen=True)
class Label:
    """Words whose left edge stands at ``at``."""

    text: str
    at: Point
    on_display: bool = False


@dataclass(frozen=True)
class Area:
    """What is in sight: the pixels (row, column from 1, as stored) that lie upper left and lower right as seen, i.e.
    after turning (PS3.3 C.10.4).
    """

    upper_left: tuple[int, int]
    lower_right: tuple[int, int]
    fit: bool = True  # SCALE TO FIT; else one pixel to ``magnified`` of the screen
    magnified: float = 1.0


@dataclass(frozen=True)
class Look:
    """How one picture is shown. ``how`` None: every value the picture can hold, from black to white; ``rescale`` is
    slope and intercept of the state itself, None where it has none (then ``how`` is in stored values, PS3.4 N.2.1.1).
    ``inverted``: dark for large values, whatever the picture says of itself.
    """

    how: Window | Curve | None = None
    rescale: tuple[float, float] | None = None
    inverted: bool = False
    turn: Turn = Turn()
    area: Area | None = None
    graphics: tuple[Graphic, ...] = ()
    labels: tuple[Label, ...] = ()
    colour: bool = False


@dataclass(frozen=True)
class Part:
    """A part of a state that holds for some of its pictures only; ``pictures`` empty: for all."""

    pictures: tuple[Named, ...]
    how: Window | Curve | None = None
    area: Area | None = None
    graphics: tuple[Graphic, ...] = ()
    labels: tuple[Label, ...] = ()

    def holds(self, sop_uid: str, frame: int) -> bool:
        return not self.pictures or any(each.holds(sop_uid, frame) for each in self.pictures)


@dataclass(frozen=True)
class State:
    """A presentation state as it is kept: what it is called and which pictures it shows how."""

    sop_uid: str
    label: str = ""
    description: str = ""
    creator: str = ""
    made_at: str = ""  # YYYYMMDDHHMMSS
    pictures: tuple[Named, ...] = ()
    common: Look = Look()
    parts: tuple[Part, ...] = ()

    def shows(self, sop_uid: str, frame: int) -> bool:
        """``frame`` counts from 1."""
        return any(each.holds(sop_uid, frame) for each in self.pictures)

    def look(self, sop_uid: str, frame: int) -> Look:
        """How one of its pictures is shown."""
        how, area = self.common.how, self.common.area
        graphics, labels = list(self.common.graphics), list(self.common.labels)
        for part in self.parts:
            if part.holds(sop_uid, frame):
                how, area = part.how or how, part.area or area
                graphics += part.graphics
                labels += part.labels
        common = self.common
        return Look(how, common.rescale, common.inverted, common.turn, area, tuple(graphics),
                    tuple(labels), common.colour)  # fmt: skip


@dataclass(frozen=True)
class KeyObjects:
    """A key object selection: which pictures somebody chose, and why (the title's code)."""

    sop_uid: str
    title: str = ""
    pictures: tuple[Named, ...] = ()


def dicom_turn(turn: Turn) -> tuple[int, bool]:
    """Degrees clockwise, then mirrored (PS3.3 C.10.6), of a picture that we mirror first and then turn."""
    # A mirror before the turns is one behind them, turned the other way round.
    return (-turn.quarters if turn.mirrored else turn.quarters) % 4 * 90, turn.mirrored


def our_turn(degrees: int, mirrored: bool) -> Turn:
    """The way back."""
    quarters = round(degrees / 90)
    return Turn((-quarters if mirrored else quarters) % 4, mirrored)


def area_in_sight(box: tuple[float, float, float, float], turn: Turn, rows: int, columns: int) -> Area:
    """``box``: left, top, right, bottom of what is in sight, in picture pixels as seen; size of the picture as
    stored. Of a pixel that is cut by the edge of the pane the larger part counts.
    """
    first_column, first_row, end_column, end_row = (round(each) for each in box)
    upper = turn.source(first_row, first_column, rows, columns)
    lower = turn.source(max(first_row, end_row - 1), max(first_column, end_column - 1), rows, columns)
    return Area((upper[0] + 1, upper[1] + 1), (lower[0] + 1, lower[1] + 1))


def whole_area(turn: Turn, rows: int, columns: int) -> Area:
    """All of the picture."""
    high, wide = (columns, rows) if turn.quarters % 2 else (rows, columns)
    return area_in_sight((0, 0, wide, high), turn, rows, columns)


def box_of(area: Area, turn: Turn, rows: int, columns: int) -> tuple[float, float, float, float]:
    """The way back from an Area: left, top, right, bottom as seen. What was written for a turn and names its corners
    unturned is understood too."""
    places = [
        turn.seen_point(row + more, column + more, rows, columns)
        for (row, column), more in ((area.upper_left, -1.0), (area.upper_left, 0.0),
                                    (area.lower_right, -1.0), (area.lower_right, 0.0))
    ]  # fmt: skip
    down, across = [place[0] for place in places], [place[1] for place in places]
    return min(across), min(down), max(across), max(down)


def drawn(measure: Measure, words: str) -> tuple[list[Graphic], list[Label]]:
    """A measurement as what a presentation state can hold."""
    points = measure.points
    if measure.kind == "region":
        graphics = [_ellipse(points[0], points[1])]
    elif measure.kind == "ratio":
        graphics = [Graphic(POLYLINE, points[:2]), Graphic(POLYLINE, points[2:])]
    else:
        graphics = [Graphic(POLYLINE, points)]
    at = max(points, key=lambda point: (point[1], point[0]))
    return graphics, [Label(words, at)] if words else []


def _ellipse(one: Point, other: Point) -> Graphic:
    (top, bottom), (left, right) = sorted((one[0], other[0])), sorted((one[1], other[1]))
    middle, centre = (top + bottom) / 2, (left + right) / 2
    across, down = ((middle, left), (middle, right)), ((top, centre), (bottom, centre))
    return Graphic(ELLIPSE, (*across, *down) if right - left >= bottom - top else (*down, *across))


def outline(graphic: Graphic) -> tuple[Point, ...]:
    """As a line through points: round things become polygons. A POINT is its one point."""
    points = graphic.points
    if graphic.kind == CIRCLE:
        (row, column), (other_row, other_column) = points[:2]
        radius = math.hypot(other_row - row, other_column - column)
        return _round((row, column), (0.0, radius), (radius, 0.0))
    if graphic.kind == ELLIPSE:
        middle = ((points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2)
        axes = [((other[0] - one[0]) / 2, (other[1] - one[1]) / 2) for one, other in (points[:2], points[2:4])]
        return _round(middle, axes[0], axes[1])
    return _through(points) if graphic.kind == CURVED else points


def _round(middle: Point, long: Point, short: Point) -> tuple[Point, ...]:
    steps = [math.tau * step / STEPS for step in range(STEPS + 1)]
    return tuple(
        (middle[0] + long[0] * math.cos(at) + short[0] * math.sin(at),
         middle[1] + long[1] * math.cos(at) + short[1] * math.sin(at))
        for at in steps
    )  # fmt: skip


def _through(points: tuple[Point, ...]) -> tuple[Point, ...]:
    """A smooth line through all of them (Catmull and Rom); closed where the last one is the first."""
    closed = points[0] == points[-1] and len(points) > 3
    before, after = (points[-2], points[1]) if closed else (points[0], points[-1])
    padded = (before, *points, after)
    found: list[Point] = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        for step in range(STEPS // 6):
            t = step / (STEPS // 6)
            weights = (-t + 2 * t**2 - t**3, 2 - 5 * t**2 + 3 * t**3, t + 4 * t**2 - 3 * t**3, -(t**2) + t**3)
            found.append((
                sum(w * p[0] for w, p in zip(weights, (a, b, c, d), strict=True)) / 2,
                sum(w * p[1] for w, p in zip(weights, (a, b, c, d), strict=True)) / 2,
            ))  # fmt: skip
    return (*found, points[-1])


def as_seen(point: Point, on_display: bool, look: Look, rows: int, columns: int) -> Point:
    """Row and column as seen, in picture pixels, of a point of what a state draws."""
    if not on_display:
        return look.turn.seen_point(point[0], point[1], rows, columns)
    area = look.area or whole_area(look.turn, rows, columns)
    left, top, right, bottom = box_of(area, look.turn, rows, columns)
    return top + point[0] * (bottom - top), left + point[1] * (right - left)


def in_values(look: Look, paint: Paint) -> Window | Curve:
    """A state's window in the real-world values of a picture.

    The state's own modality transform takes the place of the picture's, and none is one too (PS3.4 N.2.1.1). Without a
    window all values count that so many bits can hold.
    """
    how = look.how
    if isinstance(how, Curve):
        return how
    own_slope, own_intercept = look.rescale or (1.0, 0.0)
    if how is None:
        most = max(abs(paint.high), abs(paint.low), 1)
        span = max(256, 1 << most.bit_length())
        low, high = (-span, span - 1) if paint.low < 0 else (0, span - 1)
        how = Window((low + high) / 2 * own_slope + own_intercept, (high - low) * abs(own_slope), shape="LINEAR_EXACT")
    if (own_slope, own_intercept) == (paint.slope, paint.intercept) or not own_slope:
        return how
    factor = paint.slope / own_slope
    centre = (how.centre - own_intercept) * factor + paint.intercept
    return Window(centre, abs(how.width * factor), how.name, how.shape)


def key_frames(selections: Sequence[KeyObjects]) -> frozenset[tuple[str, int]]:
    """(SOP Instance UID, frame from 1; 0 for all of them) of all pictures that were chosen."""
    return frozenset(
        (named.sop_uid, frame)
        for each in selections
        if each.title not in REJECTIONS
        for named in each.pictures
        for frame in (named.frames or (0,))
    )
