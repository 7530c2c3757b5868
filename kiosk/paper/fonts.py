"""Which embedded font draws which character: the main font, the name font, or 〓 where neither has it.

A page must look the same on every PC and lose no character silently, so the fonts travel with the program and
every text is split by what they cover before it is drawn.
"""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.paper.uvs import SELECTORS, plain_sequences

FOLDER = Path(__file__).parent / "fonts"
MAIN, BOLD, NAMES = "BIZUDGothic-Regular", "BIZUDGothic-Bold", "KioskNameKanji-Regular"
GETA = "〓"

# Format characters that draw nothing; leaving them out loses nothing that could be read.
_INVISIBLE = frozenset("\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\ufeff\u00ad")
_MARKS = {"\u3099": "\u309b", "\u309a": "\u309c"}  # combining -> spacing sound marks
_SPACES = str.maketrans({"\t": " ", "\u00a0": " ", "\u2003": "\u3000"})
_lock = threading.Lock()


class UnreadableCharacter(Fault):
    """A signed page must show every character; this one could not."""

    reference = "P422"

    def __init__(self, characters: str) -> None:
        super().__init__(
            N_("The page cannot show these characters: {characters}. A signed page must not have a gap."),
            N_("Write them in another way, then try again."),
            characters=", ".join(named(character) for character in characters),
        )


@dataclass(frozen=True)
class Run:
    """A piece of text that one font can draw. ``thicken``: drawn bold by a thin outline, the font has no bold."""

    font: str
    text: str
    thicken: bool = False


class _Embedded(TTFont):  # type: ignore[misc]  # reportlab has no types
    """reportlab writes characters above U+FFFF into the text map as one five-digit number; PDF wants UTF-16."""

    def addObjects(self, doc: Any) -> None:  # noqa: N802 - reportlab's name
        super().addObjects(doc)
        for name, found in doc.idToObject.items():
            if name.startswith("toUnicodeCMap:"):
                found.content = re.sub(r"<([0-9A-F]{5,6})>(?=\n)", _as_utf16, found.content)


def _as_utf16(match: re.Match[str]) -> str:
    return f"<{chr(int(match[1], 16)).encode('utf-16-be').hex().upper()}>"


_faces: dict[str, TTFont] = {}


def register() -> None:
    """Make the fonts known to reportlab; once per process (about 0.2 s), harmless to call again."""
    with _lock:  # two threads that print at once must not register two objects of one name
        for name in (MAIN, BOLD, NAMES):
            if name not in _faces:
                face = _Embedded(name, str(FOLDER / f"{name}.ttf"), shapable=False)
                pdfmetrics.registerFont(face)
                _faces[name] = face


@cache
def _covered(name: str) -> frozenset[int]:
    register()
    return frozenset(_faces[name].face.charToGlyph)


@cache
def _plain() -> frozenset[tuple[int, int]]:
    return plain_sequences((FOLDER / f"{MAIN}.ttf").read_bytes())


def printable(text: str) -> str:
    """The text as it is drawn: same characters, but kana and their combining sound marks joined.

    Unicode's NFC would do that too, and would also turn 﨟-like compatibility kanji of names into other kanji
    (U+FA19 into U+795E); therefore only kana are joined here.
    """
    drawn: list[str] = []
    for character in text.replace("\r\n", "\n").translate(_SPACES):
        if character in _MARKS and drawn:
            joined = _JOINED.get((drawn[-1], character))
            if joined:
                drawn[-1] = joined
            else:
                drawn.append(_MARKS[character])
        elif character in _MARKS:
            drawn.append(_MARKS[character])
        elif character not in _INVISIBLE and ord(character) not in SELECTORS:
            drawn.append(character)
    return "".join(drawn)


def _joined_kana() -> dict[tuple[str, str], str]:
    from unicodedata import normalize

    kana = [chr(code) for code in (*range(0x3041, 0x30FF),)]
    pairs = ((base, mark) for base in kana for mark in _MARKS)
    return {pair: whole for pair in pairs if len(whole := normalize("NFC", "".join(pair))) == 1}


_JOINED = _joined_kana()


def runs(text: str, bold: bool = False) -> tuple[Run, ...]:
    """The text in pieces, each drawn by one font; a character that no font has becomes 〓."""
    pieces: list[Run] = []
    main = BOLD if bold else MAIN
    for character in printable(text):
        code = ord(character)
        if code in _covered(main):
            font = main
        elif code in _covered(NAMES):
            font = NAMES
        else:
            font, character = main, GETA
        if pieces and pieces[-1].font == font:
            pieces[-1] = Run(font, pieces[-1].text + character, pieces[-1].thicken)
        else:
            pieces.append(Run(font, character, bold and font == NAMES))
    return tuple(pieces)


def gaps(text: str) -> str:
    """The characters of the text that neither font has, each once, in order; line breaks are none."""
    missing: dict[str, None] = {}
    for character in printable(text):
        if character != "\n" and ord(character) not in _covered(MAIN) and ord(character) not in _covered(NAMES):
            missing[character] = None
    return "".join(missing)


def other_forms(text: str) -> tuple[str, ...]:
    """Characters written with a variation selector whose form differs from the one drawn (葛 with U+E0100 ...)."""
    found: dict[str, None] = {}
    for base, selector in zip(text, text[1:], strict=False):
        if ord(selector) in SELECTORS and (ord(base), ord(selector)) not in _plain():
            found[base + selector] = None
    return tuple(found)


def refuse_gaps(*texts: str) -> None:
    """Raise ``UnreadableCharacter`` when a text cannot be shown whole: for everything that is signed."""
    missing = gaps("".join(texts))
    if missing:
        raise UnreadableCharacter(missing)


def numbered(characters: str) -> str:
    """Characters by their Unicode numbers, for a page that cannot show them."""
    return ", ".join(f"U+{ord(character):04X}" for character in characters)


def named(character: str) -> str:
    """A character for the screen: itself and its Unicode number."""
    number = numbered(character)
    return f"{character} ({number})" if character.isprintable() else number


def width_pt(text: str, size_pt: float, bold: bool = False) -> float:
    """How wide the text is drawn, in points."""
    return sum(pdfmetrics.stringWidth(run.text, run.font, size_pt) for run in runs(text, bold))
