"""Header values read without trust: a value that can't be read as what it should be counts as missing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from pydicom.dataset import Dataset

from kiosk.dicom.text import person_name


def raw(ds: Dataset, keyword: str) -> Any:
    """The element's value as pydicom gives it, or None; pydicom converts late, so any error may show here."""
    try:
        return ds.get(keyword)
    except Exception:  # noqa: BLE001 - foreign bytes: each broken value fails in its own way
        return None


def text(ds: Dataset, keyword: str) -> str:
    value = raw(ds, keyword)
    if value is None:
        return ""
    if isinstance(value, str):
        return value.strip().strip("\0")
    if isinstance(value, Iterable) and not isinstance(value, bytes):
        return "\\".join(str(part).strip() for part in value)
    return str(value).strip()


def reals(ds: Dataset, keyword: str) -> tuple[float, ...]:
    """All values that are finite numbers; () if any of them is not, since half a vector is worse than none."""
    value = raw(ds, keyword)
    if value is None or isinstance(value, (bytes, Dataset)):
        return ()
    parts = [value] if isinstance(value, (str, int, float)) or not isinstance(value, Iterable) else list(value)
    try:
        numbers = tuple(float(part) for part in parts)
    except (TypeError, ValueError, OverflowError):
        return ()
    return numbers if all(math.isfinite(number) for number in numbers) else ()


def real(ds: Dataset, keyword: str) -> float | None:
    numbers = reals(ds, keyword)
    return numbers[0] if numbers else None


def whole(ds: Dataset, keyword: str) -> int | None:
    number = real(ds, keyword)
    return int(number) if number is not None else None


def items(ds: Dataset | None, keyword: str) -> list[Dataset]:
    """The items of a sequence; [] where it is missing or is no sequence."""
    value = raw(ds, keyword) if ds is not None else None
    if value is None or isinstance(value, (str, bytes)):
        return []
    try:
        return [item for item in value if isinstance(item, Dataset)]
    except Exception:  # noqa: BLE001 - items of a broken sequence are parsed late
        return []


def group_item(ds: Dataset, keyword: str, frame: int) -> Dataset | None:
    """A functional group's item for one frame (from 0): the frame's own before the shared one (PS3.3 C.7.6.16)."""
    per_frame = items(ds, "PerFrameFunctionalGroupsSequence")
    own = items(per_frame[frame], keyword) if 0 <= frame < len(per_frame) else []
    if own:
        return own[0]
    shared = items(ds, "SharedFunctionalGroupsSequence")
    common = items(shared[0], keyword) if shared else []
    return common[0] if common else None


def shown_name(ds: Dataset, keyword: str = "PatientName") -> str:
    """A name as people read it: kanji where there are any, else what is there; mislabelled bytes are repaired."""
    value = raw(ds, keyword)
    original = getattr(value, "original_string", None)
    if isinstance(original, bytes):
        terms = raw(ds, "SpecificCharacterSet")
        terms = [str(term) for term in ([terms] if isinstance(terms, str) else terms or [])]
        groups, _ = person_name(original, terms)
    else:
        said = str(value or "").split("=")
        groups = tuple(" ".join(part.replace("^", " ").split()) for part in (*said, "", "")[:3])  # type: ignore[assignment]
    alphabetic, ideographic, phonetic = groups
    return ideographic or alphabetic or phonetic
