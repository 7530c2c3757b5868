"""Queries for images: what a key asks for, by the kind of its value (PS3.4 C.2.2.2), pure.

Devices are taken as they are: trailing blanks, ``2026.11.24``, ``*`` and ``?`` where the standard has single values.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from kiosk.core.kana import full_kana, half_kana, hiragana
from kiosk.core.worklist_query import Span, date_span, time_span

LEVELS = ("patient", "study", "series", "image")

# Field -> (level that it belongs to, kind of its value).
FIELDS: dict[str, tuple[str, str]] = {
    "patient_id": ("patient", "text"), "issuer": ("patient", "text"), "name": ("patient", "name"),
    "sex": ("patient", "text"), "birth_date": ("patient", "date"),
    "study_uid": ("study", "uid"), "study_date": ("study", "date"), "study_time": ("study", "time"),
    "accession": ("study", "text"), "modalities": ("study", "list"), "study_description": ("study", "text"),
    "series_uid": ("series", "uid"), "modality": ("series", "text"), "series_number": ("series", "number"),
    "series_description": ("series", "text"), "body_part": ("series", "text"),
    "sop_uid": ("image", "uid"), "sop_class": ("image", "uid"), "instance_number": ("image", "number"),
    "rows": ("image", "number"), "columns": ("image", "number"), "frames": ("image", "number"),
}  # fmt: skip
UNIQUE = {"patient": "patient_id", "study": "study_uid", "series": "series_uid", "image": "sop_uid"}


@dataclass(frozen=True)
class OneOf:
    """The value is one of these."""

    values: tuple[str, ...]


@dataclass(frozen=True)
class Like:
    """The value, or one of several spellings, fits one of these patterns: ``*`` any text, ``?`` one character."""

    patterns: tuple[str, ...]


Match = OneOf | Like | Span


@dataclass(frozen=True)
class ImageQuery:
    """What is asked for at one level. ``matches`` by field; ``wanted``: fields and counts that the answer must hold."""

    level: str
    matches: Mapping[str, Match] = field(default_factory=dict)
    wanted: frozenset[str] = frozenset()


def match_for(name: str, text: str) -> Match | None:
    """What ``text`` asks of the field; None where it asks for nothing in particular (empty, ``*``).

    Raises ``Refused("bad_key")`` for a date or time that is none. A range whose end lies before its beginning
    matches nothing (PS3.4 C.2.2.2.5).
    """
    kind = FIELDS[name][1]
    if kind in ("date", "time"):
        span = (date_span if kind == "date" else time_span)(text.strip())
        return None if span.open else span
    values = tuple(part for part in (each.strip() for each in text.split("\\")) if part)
    if not values or any(set(each) == {"*"} for each in values):
        return None
    if kind == "uid":
        return OneOf(values)
    if kind == "number":
        return OneOf(tuple(str(int(each)) for each in values if re.fullmatch(r"[+-]?\d{1,9}", each)))
    if kind == "name":
        patterns = tuple(form for each in values for form in name_patterns(each))
        return Like(patterns) if patterns else None
    if any("*" in each or "?" in each for each in values):
        return Like(values)
    return OneOf(values)


def name_patterns(asked: str) -> tuple[str, ...]:
    """A name key as patterns for names kept with single blanks: each group in whatever form it may be kept."""
    found: list[str] = []
    for group in asked.split("="):
        plain = " ".join(unicodedata.normalize("NFKC", group).replace("^", " ").split())
        if plain.strip("* "):
            found += [plain, full_kana(plain), hiragana(full_kana(plain)), half_kana(full_kana(plain))]
    return tuple(dict.fromkeys(found))


def at_or_above(level: str) -> tuple[str, ...]:
    """Levels whose keys may stand in a query at ``level``."""
    return LEVELS[: LEVELS.index(level) + 1]
