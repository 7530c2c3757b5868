"""In which order the pictures of a study are leafed through."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.core.picture import PictureFacts

SAME_DIRECTION = 0.01  # of a direction cosine; devices round differently from slice to slice
SAME_PLACE_MM = 0.01


@dataclass(frozen=True)
class Stack:
    """One row of pictures: ``slides`` are (index into ``pictures``, frame from 0), top of the stack first."""

    title: str
    modality: str
    pictures: tuple[PictureFacts, ...]
    slides: tuple[tuple[int, int], ...]
    ordered_by: str  # place, number or name
    whole: bool = True  # False: the first pictures, while the headers of the others are being read

    def __len__(self) -> int:
        return len(self.slides)

    def picture(self, slide: int) -> PictureFacts:
        return self.pictures[self.slides[slide][0]]

    @property
    def frame_times_ms(self) -> tuple[float, ...]:
        """Of a loop that is one file; () for a stack of files."""
        return self.pictures[0].frame_times_ms if len(self.pictures) == 1 else ()


def stacks_of(facts: Iterable[PictureFacts]) -> tuple[Stack, ...]:
    """All stacks of a study in the order of their series; files without a picture stay where they are, to say so."""
    series: dict[tuple[str, str], list[PictureFacts]] = {}
    for each in facts:
        # Pictures without a series (photographs) belong together with those of their folder.
        home = each.series_uid or each.path[: -len(natural_name(each.path))]
        series.setdefault((each.study_uid, home), []).append(each)
    groups = [part for group in series.values() for part in _parts(group)]
    groups.sort(key=_series_key)
    return tuple(_stack(group) for group in groups)


def _series_key(group: list[PictureFacts]) -> tuple[object, ...]:
    first = group[0]
    number = first.series_number
    return (first.study_date, first.study_uid, number is None, number or 0, first.series_uid, not first.pixels)


def _parts(group: list[PictureFacts]) -> list[list[PictureFacts]]:
    """A series by direction: a scout that lies in the series of its slices becomes a stack of its own.

    Loops stand alone too, since one of them is played, not leafed through with its neighbours.
    """
    parts: list[list[PictureFacts]] = []
    for each in group:
        if each.frames > 1:
            parts.append([each])
            continue
        for part in parts:
            first = part[0]
            alike = first.frames == 1 and first.pixels == each.pixels
            if alike and _same_direction(first.orientation, each.orientation):
                part.append(each)
                break
        else:
            parts.append([each])
    return parts


def _same_direction(one: Sequence[float] | None, other: Sequence[float] | None) -> bool:
    if one is None or other is None:
        return one is other
    return all(abs(a - b) < SAME_DIRECTION for a, b in zip(one, other, strict=True))


def _stack(group: list[PictureFacts]) -> Stack:
    pictures, ordered_by = _ordered(group)
    first = pictures[0]
    title = first.series_description or first.study_description or natural_name(first.path)
    slides = tuple((index, frame) for index, each in enumerate(pictures) for frame in range(each.frames))
    return Stack(title, first.modality, tuple(pictures), slides, ordered_by)


def _ordered(group: list[PictureFacts]) -> tuple[list[PictureFacts], str]:
    """By place along the normal where every picture has a place of its own; a place taken twice (phases, echoes)
    means that the numbers know better."""
    depths = [depth_mm(each) for each in group]
    known = [depth for depth in depths if depth is not None]
    if len(known) == len(group) > 1 and _all_apart(known):
        by_place = [each for _, each in sorted(zip(known, group, strict=True), key=lambda pair: pair[0])]
        numbers = [each.number for each in by_place if each.number is not None]
        if len(numbers) == len(group) and numbers[0] > numbers[-1]:
            by_place.reverse()  # the device counts from the other end, and so does everybody who reads its numbers
        return by_place, "place"
    if all(each.number is not None for each in group):
        return sorted(group, key=lambda each: (each.number or 0, name_key(each.path))), "number"
    return sorted(group, key=lambda each: name_key(each.path)), "name"


def _all_apart(depths: list[float]) -> bool:
    ordered = sorted(depths)
    return all(later - earlier > SAME_PLACE_MM for earlier, later in zip(ordered, ordered[1:], strict=False))


def depth_mm(facts: PictureFacts) -> float | None:
    """ImagePositionPatient projected on the normal of the plane (PS3.3 C.7.6.2.1.1); None without either."""
    if facts.position is None or facts.orientation is None:
        return None
    a, b, c, d, e, f = facts.orientation
    normal = (b * f - c * e, c * d - a * f, a * e - b * d)
    return sum(p * n for p, n in zip(facts.position, normal, strict=True))


def natural_name(path: str) -> str:
    return re.split(r"[\\/]", path)[-1]


def name_key(path: str) -> tuple[object, ...]:
    """I2 before I10: digits compare as numbers, also between names that begin differently."""
    parts = re.split(r"(\d+)", path)
    return tuple((1, int(part), "") if part.isdigit() else (0, 0, part.lower()) for part in parts if part)
