"""The teaching file: pictures for students, found by keyword, of which nobody can tell whose they are."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kiosk.core.faults import Refused
from kiosk.core.kana import full_kana
from kiosk.core.patient import Patient
from kiosk.core.words import N_

_BETWEEN = re.compile(r"[,;、，；\n]+")
LONGEST_TITLE, LONGEST_COMMENT, MOST_KEYWORDS = 100, 2000, 20

Area = tuple[float, float, float, float]  # left, top, right, bottom as parts of width and height (0 to 1)


@dataclass(frozen=True)
class TeachingPicture:
    """One picture with its words, without its bytes. ``by``: who kept it, the only person that is named."""

    id: int
    title: str
    keywords: tuple[str, ...]
    comment: str
    modality: str
    width: int
    height: int
    sha256: str
    by: str
    at: str


@dataclass(frozen=True)
class Words:
    """What is told of a picture."""

    title: str
    keywords: tuple[str, ...] = ()
    comment: str = ""
    modality: str = ""


def keywords_of(text: str) -> tuple[str, ...]:
    """As typed between commas; each once."""
    found = (" ".join(unicodedata.normalize("NFKC", each).split()) for each in _BETWEEN.split(text))
    return tuple(dict.fromkeys(each for each in found if each))[:MOST_KEYWORDS]


def folded(text: str) -> str:
    """One spelling for what is searched: width, capitals, hiragana; no blanks."""
    return "".join(full_kana(unicodedata.normalize("NFKC", text).casefold()).split())


def searched(words: Words) -> str:
    """What a search looks through."""
    return "\n".join(folded(each) for each in (words.title, *words.keywords, words.comment))


def check(words: Words, whose: Sequence[Patient]) -> None:
    """Raises Refused where a title is missing, or words tell whose picture it is: name, ID or birth date."""
    if not words.title.strip():
        raise Refused("title", N_("A title is needed."), N_("Type what the picture shows."), reference="V641")
    said = searched(words)
    for patient in whose:
        for secret in _secrets(patient):
            if secret in said:
                raise Refused(
                    "identity", N_("The words tell whose picture it is."),
                    N_("Take name, ID and birth date out; the teaching file names nobody."), reference="V642",
                )  # fmt: skip


def _secrets(patient: Patient) -> Iterable[str]:
    for name in (patient.kanji, patient.kana, patient.romaji):
        if len(folded(name)) >= 3:
            yield folded(name)
    if len(patient.patient_id) >= 3:
        yield folded(patient.patient_id)
    if patient.birth_date is not None:
        for form in ("%Y%m%d", "%Y-%m-%d", "%Y/%m/%d"):
            yield patient.birth_date.strftime(form)


def pixels_of(area: Area, width: int, height: int) -> tuple[int, int, int, int]:
    """The area in pixels: left, top, right, bottom, whole ones, inside the picture."""
    left, right = sorted((area[0], area[2]))
    top, bottom = sorted((area[1], area[3]))
    return (
        max(0, int(left * width)), max(0, int(top * height)), min(width, -int(-right * width // 1)),
        min(height, -int(-bottom * height // 1)),
    )  # fmt: skip
