"""Breaking text into lines as Japanese print does: no line begins with 。 or ends with 「."""

from __future__ import annotations

from kiosk.paper.fonts import printable, width_pt

# JIS X 4051, the part that clinical text meets.
_NOT_FIRST = frozenset(
    "、。，．,.・：；:;？！?!」』）)]］｝}〉》】〕ゝゞヽヾ々ーァィゥェォッャュョヮぁぃぅぇぉっゃゅょゎ％%℃゛゜"
)
_NOT_LAST = frozenset("「『（([［｛{〈《【〔＜")


def wrapped(text: str, width_limit_pt: float, size_pt: float, bold: bool = False) -> list[str]:
    """The text in lines no wider than the limit; its own line breaks are kept, and empty lines too."""
    lines: list[str] = []
    for paragraph in printable(text).split("\n"):
        lines += _wrap(paragraph.rstrip("\r"), width_limit_pt, size_pt, bold)
    return lines


def _wrap(paragraph: str, limit: float, size: float, bold: bool) -> list[str]:
    lines: list[str] = []
    rest = paragraph
    while rest:
        end = _fitting(rest, limit, size, bold)
        if end < len(rest):
            end = _moved(rest, end)
        lines.append(rest[:end].rstrip(" "))
        rest = rest[end:].lstrip(" ")
    return lines or [""]


def _fitting(text: str, limit: float, size: float, bold: bool) -> int:
    """How many characters fit; at least one, so that a narrow column never loops for ever."""
    room = limit
    for index, character in enumerate(text):
        room -= width_pt(character, size, bold)
        if room < -0.01:
            return max(index, 1)
    return len(text)


def _moved(text: str, end: int) -> int:
    """A better place to break near ``end``, looking back a few characters only."""
    for place in range(end, max(end - 8, 0), -1):
        if place < len(text) and text[place] in _NOT_FIRST:
            continue
        if text[place - 1] in _NOT_LAST:
            continue
        if _latin(text[place - 1]) and place < len(text) and _latin(text[place]):
            continue
        return place
    return end


def _latin(character: str) -> bool:
    return character.isascii() and character.isalnum()


def shortened(text: str, width_limit_pt: float, size_pt: float, bold: bool = False) -> str:
    """The text in one line, its end replaced by … where it is too wide."""
    line = printable(text).replace("\n", " ")
    if width_pt(line, size_pt, bold) <= width_limit_pt:
        return line
    end = _fitting(line, width_limit_pt - width_pt("…", size_pt, bold), size_pt, bold)
    return line[:end] + "…"


def cut(text: str, width_limit_pt: float, size_pt: float, most: int, bold: bool = False) -> list[str]:
    """The text in at most so many lines, the last one ending with … where there is more; at least one line."""
    found = wrapped(text, width_limit_pt, size_pt, bold) or [""]
    if len(found) > most:
        rest = found[most - 1] + found[most] + "…"
        found = [*found[: most - 1], shortened(rest, width_limit_pt, size_pt, bold)]
    return found


def fitted(
    text: str, room_pt: float, size_pt: float, least_pt: float, bold: bool = False, most: int = 2
) -> tuple[float, list[str]]:
    """A name, and the size at which it stands in one line; below ``least_pt`` it goes over ``most`` lines instead."""
    size = size_pt
    while size > least_pt and width_pt(text, size, bold) > room_pt:
        size -= 0.5
    return size, cut(text, room_pt, size, most, bold)
