"""Lines of headers: searched, and set against those of another file."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

Line = tuple[str, str, str, str, int]  # tag, keyword, VR, value, depth
Place = tuple[str, ...]  # tags and numbers of items on the way to an element


@dataclass(frozen=True)
class Pair:
    """One element of either header; ``value`` or ``other`` None where that header has no such element."""

    place: Place
    tag: str
    keyword: str
    vr: str
    value: str | None
    other: str | None = None
    depth: int = 0

    @property
    def differs(self) -> bool:
        return self.value != self.other

    def cells(self, compared: bool) -> tuple[str, ...]:
        first = ("  " * self.depth + self.tag, self.keyword, self.vr, self.value or "")
        return (*first, self.other or "") if compared else first


def places(lines: Sequence[Line]) -> list[tuple[Place, Line]]:
    """Each line with the way to it; an element that stands twice in a damaged file is told apart by its number."""
    found: list[tuple[Place, Line]] = []
    seen: dict[Place, int] = {}
    way: list[str] = []
    for line in lines:
        tag, _, _, value, depth = line
        # An item has no tag: its number is its name, padded so that 10 comes after 2.
        name = tag or f"#{value.lstrip('#'):>6}"
        del way[2 * depth - (0 if tag else 1) :]
        place = (*way, name)
        seen[place] = seen.get(place, 0) + 1
        if seen[place] > 1:
            place = (*way, f"{name}/{seen[place]}")
        way.append(name)
        found.append((place, line))
    return found


def pairs(lines: Sequence[Line], others: Sequence[Line] | None = None) -> list[Pair]:
    """The lines of a header; with those of another one beside them, where there is one."""
    mine = [Pair(place, *line[:4], line[3], line[4]) for place, line in places(lines)]
    if others is None:
        return mine
    theirs = dict(places(others))
    known = {pair.place for pair in mine}
    both = [
        Pair(pair.place, pair.tag, pair.keyword, pair.vr, pair.value,
             theirs[pair.place][3] if pair.place in theirs else None, pair.depth)
        for pair in mine
    ]  # fmt: skip
    both += [
        Pair(place, line[0], line[1], line[2], None, line[3], line[4])
        for place, line in theirs.items()
        if place not in known
    ]
    return sorted(both, key=lambda pair: pair.place)


class Search:
    """What each pair can be found by, put together once, since a header may have twenty thousand of them."""

    def __init__(self, found: Sequence[Pair]) -> None:
        self._texts = [f"{p.tag} {p.keyword} {p.value or ''} {p.other or ''}".lower() for p in found]
        self._pairs = found

    def lines(self, wanted: str, differences: bool = False) -> list[tuple[int, Pair]]:
        """Those that hold every word of ``wanted``, with their numbers; ``differences``: only where both differ."""
        words = wanted.lower().split()
        return [
            (number, pair)
            for number, (text, pair) in enumerate(zip(self._texts, self._pairs, strict=True))
            if all(word in text for word in words) and (pair.differs or not differences)
        ]
