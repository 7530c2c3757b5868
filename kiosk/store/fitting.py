"""Facts of an image as the columns can hold them."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from kiosk.core.study import ImageFacts
from kiosk.store.tables import series, studies


def longest(column: sa.Column[Any]) -> int:
    """How many characters a text column holds."""
    assert isinstance(column.type, sa.String) and column.type.length is not None
    return column.type.length


_CUT = {
    "issuer": longest(studies.c.issuer),
    "sex": longest(studies.c.sex),
    "birth_date": longest(studies.c.birth_date),
    "study_date": longest(studies.c.study_date),
    "study_time": longest(studies.c.study_time),
    "study_description": longest(studies.c.description),
    "source": longest(studies.c.source),
    "series_description": longest(series.c.description),
    "body_part": longest(series.c.body_part),
    "modality": longest(series.c.modality),
}
_TOLD_APART = {"patient_id": longest(studies.c.patient_id), "accession": longest(studies.c.accession)}
_NAME = longest(studies.c.name_alphabetic)


def fitted(facts: ImageFacts) -> ImageFacts:
    """The facts as the columns can hold them, since PostgreSQL refuses what SQLite takes: a device that writes a
    description of 300 characters must not have its image refused for it. The bytes keep what it wrote.

    A patient ID that is too long ends in a hash of the whole, so that two of them never become one patient.
    """
    changed: dict[str, Any] = {}
    for field, length in _CUT.items():
        text = getattr(facts, field)
        if len(text) > length or "\0" in text:
            changed[field] = _cut(text, length)
    for field, length in _TOLD_APART.items():
        text = getattr(facts, field)
        if len(text) > length:
            digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]
            changed[field] = f"{_cut(text, length)[: length - 17]}~{digest}"
    for group in facts.name:
        if len(group) > _NAME or "\0" in group:
            changed["name"] = tuple(_cut(each, _NAME) for each in facts.name)
    return replace(facts, **changed, doubts=(*facts.doubts, "too_long")) if changed else facts


def _cut(text: str, length: int) -> str:
    return text.replace("\0", "")[:length]
