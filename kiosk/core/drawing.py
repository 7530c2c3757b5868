"""A schema drawing (シェーマ): marks on a background, kept as vectors in picture coordinates.

The picture is ``WIDTH`` x ``HEIGHT`` units, origin at the upper left, whatever the screen or the paper. What is drawn
on the screen and what is flattened for paper come from the same pieces (``pieces_of``), so that both look alike.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from kiosk.core.words import N_

WIDTH, HEIGHT = 1200, 900
COLOURS = {"black": "#101418", "red": "#c8201a", "blue": "#1546b0"}
PEN, LINE, ARROW, ELLIPSE, HATCH, TEXT, STAMP = "pen", "line", "arrow", "ellipse", "hatch", "text", "stamp"
STAMPS = {
    "polyp": N_("polyp"),
    "ulcer": N_("ulcer"),
    "scar": N_("scar"),
    "erosion": N_("erosion"),
    "mass": N_("mass"),
    "cyst": N_("cyst"),
    "stone": N_("stone"),
    "calcification": N_("calcification"),
    "bleeding": N_("bleeding"),
    "biopsy": N_("biopsy"),
}
SIZES = (20.0, 30.0, 44.0)  # of stamps (half their width) and of letters, in units
INK_W = 4.0  # width of a line that a person drew
GROUND_W = 2.5  # width of the background's lines
GROUND_COLOUR = "#5f6b78"
MOST_MARKS = 400
NEAR = 18.0  # a click so near to a mark means it

Point = tuple[float, float]


@dataclass(frozen=True)
class Mark:
    """One thing drawn. ``points``: the pen's way, both ends of a line, two corners of an ellipse, or one place;
    ``text``: the words, or the name of a stamp."""

    tool: str
    points: tuple[Point, ...]
    colour: str = "black"
    text: str = ""
    size: float = SIZES[1]

    def moved(self, dx: float, dy: float) -> Mark:
        """The same mark elsewhere, never out of the picture."""
        left, top = min(x for x, _ in self.points), min(y for _, y in self.points)
        right, low = max(x for x, _ in self.points), max(y for _, y in self.points)
        dx, dy = max(-left, min(dx, WIDTH - right)), max(-top, min(dy, HEIGHT - low))
        points = tuple((round(x + dx, 1), round(y + dy, 1)) for x, y in self.points)
        return Mark(self.tool, points, self.colour, self.text, self.size)


@dataclass(frozen=True)
class Drawing:
    """``background`` is a code of the master of schemas; empty: a white sheet."""

    background: str = ""
    marks: tuple[Mark, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """What is kept in the database and in drafts."""
        marks = [[m.tool, [[x, y] for x, y in m.points], m.colour, m.text, m.size] for m in self.marks]
        return {"background": self.background, "marks": marks}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any] | None) -> Drawing | None:
        """The drawing that was kept; None for none."""
        if not kept:
            return None
        marks = [
            Mark(tool, tuple((float(x), float(y)) for x, y in points), colour, text, float(size))
            for tool, points, colour, text, size in kept["marks"]
        ]
        return cls(str(kept["background"]), tuple(marks))


@dataclass(frozen=True)
class Stroke:
    """A line through points, or with ``fill`` a filled area; ``width`` 0 draws no edge."""

    points: tuple[Point, ...]
    width: float
    colour: str
    fill: str = ""


@dataclass(frozen=True)
class Letters:
    """A line of words in the middle of a place, ``size`` units high; ``left``: beginning there instead."""

    at: Point
    text: str
    size: float
    colour: str
    left: bool = False


Piece = Stroke | Letters


def pieces_of(mark: Mark) -> list[Piece]:
    """What has to be painted for a mark."""
    colour = COLOURS.get(mark.colour, COLOURS["black"])
    if mark.tool == TEXT:
        return [Letters(mark.points[0], mark.text, mark.size, colour, left=True)]
    if mark.tool == STAMP:
        return _stamped(mark, colour)
    if mark.tool == ELLIPSE:
        return [Stroke(ellipse(mark.points[0], mark.points[1]), INK_W, colour)]
    if mark.tool == HATCH:
        return _hatched(mark.points[0], mark.points[1], colour)
    if mark.tool == ARROW:
        return _arrow(mark.points[0], mark.points[1], colour)
    points = mark.points if len(mark.points) > 1 else (*mark.points, *mark.points)
    return [Stroke(points, INK_W, colour)]


def ellipse(one: Point, other: Point, steps: int = 64) -> tuple[Point, ...]:
    """The closed way round the ellipse between two corners."""
    (x1, y1), (x2, y2) = one, other
    cx, cy, rx, ry = (x1 + x2) / 2, (y1 + y2) / 2, abs(x2 - x1) / 2, abs(y2 - y1) / 2
    return tuple(
        (round(cx + rx * math.cos(2 * math.pi * n / steps), 1), round(cy + ry * math.sin(2 * math.pi * n / steps), 1))
        for n in range(steps + 1)
    )


def _hatched(one: Point, other: Point, colour: str) -> list[Piece]:
    """An ellipse filled with slanting lines."""
    (x1, y1), (x2, y2) = one, other
    cx, cy, rx, ry = (x1 + x2) / 2, (y1 + y2) / 2, abs(x2 - x1) / 2, abs(y2 - y1) / 2
    found: list[Piece] = [Stroke(ellipse(one, other), INK_W / 2, colour)]
    if rx < 2 or ry < 2:
        return found
    reach, step = rx + ry, 16.0
    for number in range(int(-reach / step), int(reach / step) + 1):
        c = number * step  # y = -x + c, relative to the middle; both ends lie on the ellipse
        a, b, d = 1 / rx**2 + 1 / ry**2, -2 * c / ry**2, c**2 / ry**2 - 1
        inside = b * b - 4 * a * d
        if inside <= 0:
            continue
        left, right = (-b - math.sqrt(inside)) / (2 * a), (-b + math.sqrt(inside)) / (2 * a)
        ends = tuple((round(cx + x, 1), round(cy - x + c, 1)) for x in (left, right))
        found.append(Stroke(ends, INK_W / 2, colour))
    return found


def _arrow(start: Point, end: Point, colour: str) -> list[Piece]:
    angle = math.atan2(end[1] - start[1], end[0] - start[0])
    wings = tuple(
        (round(end[0] - 22 * math.cos(angle + turn), 1), round(end[1] - 22 * math.sin(angle + turn), 1))
        for turn in (0.45, -0.45)
    )
    return [Stroke((start, end), INK_W, colour), Stroke((wings[0], end, wings[1], wings[0]), 0, colour, colour)]


def _ring(cx: float, cy: float, radius: float) -> tuple[Point, ...]:
    return ellipse((cx - radius, cy - radius), (cx + radius, cy + radius), 32)


# Signs in units of their half width: (points, filled). Drawn for this program.
_SIGNS: dict[str, list[tuple[Sequence[Point], bool]]] = {
    "polyp": [([(-0.32, 1), (-0.28, 0.35), (-0.72, 0.2), (-0.9, -0.25), (-0.66, -0.75), (-0.2, -0.98), (0.2, -0.98),
                (0.66, -0.75), (0.9, -0.25), (0.72, 0.2), (0.28, 0.35), (0.32, 1)], False)],
    "ulcer": [([(-1, -0.55), (-0.62, -0.55), (-0.36, 0.35), (0, 0.55), (0.36, 0.35), (0.62, -0.55), (1, -0.55)], False),
              ([(-0.36, 0.35), (-0.16, 0.1), (0, 0.3), (0.16, 0.1), (0.36, 0.35), (0, 0.55), (-0.36, 0.35)], True)],
    "scar": [([(math.cos(turn) * 0.22, math.sin(turn) * 0.22), (math.cos(turn), math.sin(turn))], False)
             for turn in (n * math.pi / 4 for n in range(8))],
    "erosion": [([(-0.85, -0.3), (-0.3, -0.85), (0.4, -0.8), (0.85, -0.2), (0.7, 0.5), (0.1, 0.85), (-0.6, 0.65),
                  (-0.85, -0.3)], False), (_ring(0, 0, 0.2), True)],
    "mass": [(_ring(0, 0, 0.85), True)],
    "cyst": [(_ring(0, 0, 0.9), False), (_ring(0, 0, 0.68), False)],
    "stone": [(ellipse((-0.7, -0.75), (0.7, 0), 32), True), ([(-0.4, 0.2), (-0.55, 1)], False),
              ([(0, 0.2), (0, 1)], False), ([(0.4, 0.2), (0.55, 1)], False)],
    "calcification": [(_ring(x, y, 0.14), True) for x, y in
                      ((-0.6, -0.4), (0, -0.75), (0.55, -0.3), (-0.15, 0), (0.4, 0.4), (-0.5, 0.5), (0.05, 0.8))],
    "bleeding": [([(0, -1), (0.38, -0.3), (0.62, 0.2), (0.55, 0.68), (0.2, 0.95), (-0.2, 0.95), (-0.55, 0.68),
                   (-0.62, 0.2), (-0.38, -0.3), (0, -1)], True)],
    "biopsy": [([(-0.75, -0.75), (0.75, 0.75)], False), ([(0.75, -0.75), (-0.75, 0.75)], False),
               (_ring(0, 0, 1), False)],
}  # fmt: skip


def _stamped(mark: Mark, colour: str) -> list[Piece]:
    (x, y), size = mark.points[0], mark.size
    found: list[Piece] = []
    for points, filled in _SIGNS.get(mark.text, _SIGNS["mass"]):
        placed = tuple((round(x + px * size, 1), round(y + py * size, 1)) for px, py in points)
        found.append(Stroke(placed, 0 if filled else INK_W * 0.75, colour, colour if filled else ""))
    return found


def mark_at(marks: Sequence[Mark], place: Point) -> int:
    """The number of the mark at a place, the topmost one of several; -1 where there is none."""
    for number in range(len(marks) - 1, -1, -1):
        if _distance(marks[number], place) <= NEAR:
            return number
    return -1


def _distance(mark: Mark, place: Point) -> float:
    """How far a place lies from what is painted for a mark; 0 inside a stamp, a hatched area or words."""
    if mark.tool in (TEXT, STAMP, HATCH):
        left, top, right, low = bounds(mark)
        return math.hypot(max(left - place[0], 0, place[0] - right), max(top - place[1], 0, place[1] - low))
    return min(
        _to_line(place, one, other)
        for piece in pieces_of(mark)
        if isinstance(piece, Stroke)
        for one, other in zip(piece.points, piece.points[1:], strict=False)
    )


def _to_line(place: Point, one: Point, other: Point) -> float:
    (px, py), (x1, y1), (x2, y2) = place, one, other
    length = (x2 - x1) ** 2 + (y2 - y1) ** 2
    along = 0.0 if not length else max(0.0, min(1.0, ((px - x1) * (x2 - x1) + (py - y1) * (y2 - y1)) / length))
    return math.hypot(px - x1 - along * (x2 - x1), py - y1 - along * (y2 - y1))


def bounds(mark: Mark) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is painted for a mark."""
    if mark.tool == TEXT:
        x, y = mark.points[0]
        wide = sum(1.0 if ord(letter) > 0xFF else 0.55 for letter in mark.text) * mark.size
        return x, y - mark.size * 0.6, x + wide, y + mark.size * 0.6
    points = [point for piece in pieces_of(mark) if isinstance(piece, Stroke) for point in piece.points]
    return min(x for x, _ in points), min(y for _, y in points), max(x for x, _ in points), max(y for _, y in points)


def thinned(points: Sequence[Point], gap: float = 3.0) -> tuple[Point, ...]:
    """The pen's way without places nearer than ``gap`` to the one before; the last place stays."""
    kept: list[Point] = []
    for x, y in points:
        if not kept or math.hypot(x - kept[-1][0], y - kept[-1][1]) >= gap:
            kept.append((round(x, 1), round(y, 1)))
    last = (round(points[-1][0], 1), round(points[-1][1], 1))
    return tuple(kept if kept[-1] == last else [*kept, last])


def inside(place: Point) -> Point:
    """The nearest place in the picture."""
    return min(max(place[0], 0.0), float(WIDTH)), min(max(place[1], 0.0), float(HEIGHT))


# -- backgrounds -----------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Background:
    """Lines that a drawing is made on. ``kinds``: for which kinds of findings it is offered first."""

    code: str
    name: str
    kinds: tuple[str, ...]
    paths: tuple[str, ...]
    words: tuple[tuple[float, float, str], ...] = ()

    def pieces(self) -> list[Piece]:
        """What has to be painted under the marks."""
        strokes: list[Piece] = [
            Stroke(line, GROUND_W, GROUND_COLOUR) for path in self.paths for line in lines_of_path(path)
        ]
        return strokes + [Letters((x, y), text, 27, GROUND_COLOUR) for x, y, text in self.words]


def read_backgrounds(data: Mapping[str, Any]) -> tuple[Background, ...]:
    """The master of schemas (``masters/schemas.toml``), the white sheet last."""
    found = [
        Background(
            each["code"], each["name"], tuple(each.get("kinds", ())), tuple(each.get("paths", ())),
            tuple((float(x), float(y), str(text)) for x, y, text in each.get("words", ())),
        )
        for each in data.get("schema", ())
    ]  # fmt: skip
    return tuple(found)


def backgrounds_for(backgrounds: Iterable[Background], kind: str) -> list[Background]:
    """Those of the kind first, all others after them."""
    return sorted(backgrounds, key=lambda each: kind not in each.kinds)


@lru_cache(maxsize=400)
def lines_of_path(path: str) -> tuple[tuple[Point, ...], ...]:
    """The lines of an SVG path of the commands M L C Q Z and E (our own: ``E cx cy rx ry``, an ellipse), all absolute.

    Curves become short straight pieces. Raises ValueError for any other command.
    """
    words = path.replace(",", " ").split()
    lines: list[list[Point]] = []
    at = 0

    def numbers(count: int) -> list[float]:
        nonlocal at
        taken = [float(word) for word in words[at : at + count]]
        at += count
        return taken

    command = ""
    while at < len(words):
        if words[at].isalpha():
            command = words[at]
            at += 1
        if command == "M":
            x, y = numbers(2)
            lines.append([(x, y)])
            command = "L"  # as in SVG: further pairs are lines
        elif command == "L":
            x, y = numbers(2)
            lines[-1].append((x, y))
        elif command == "C":
            lines[-1] += _cubic(lines[-1][-1], numbers(6))
        elif command == "Q":
            x1, y1, x, y = numbers(4)
            (x0, y0) = lines[-1][-1]
            thirds = [x0 + 2 / 3 * (x1 - x0), y0 + 2 / 3 * (y1 - y0), x + 2 / 3 * (x1 - x), y + 2 / 3 * (y1 - y), x, y]
            lines[-1] += _cubic((x0, y0), thirds)
        elif command == "Z":
            lines[-1].append(lines[-1][0])
            command = ""
        elif command == "E":
            cx, cy, rx, ry = numbers(4)
            lines.append(list(ellipse((cx - rx, cy - ry), (cx + rx, cy + ry), 96)))
        else:
            raise ValueError(f"unknown command in a schema's path: {path[:60]!r}")
    return tuple(tuple(line) for line in lines)


def _cubic(start: Point, numbers: Sequence[float], steps: int = 20) -> list[Point]:
    (x0, y0), (x1, y1, x2, y2, x3, y3) = start, numbers
    found = []
    for step in range(1, steps + 1):
        t, u = step / steps, 1 - step / steps
        found.append(
            (
                round(u**3 * x0 + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t**3 * x3, 1),
                round(u**3 * y0 + 3 * u * u * t * y1 + 3 * u * t * t * y2 + t**3 * y3, 1),
            )
        )
    return found
