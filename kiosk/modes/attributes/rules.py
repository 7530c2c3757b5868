"""What the attribute sender shows."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.core.words import N_, say

FIELD_NAMES = {
    "patient_id": N_("Patient ID"),
    "number": N_("Check-up number"),
    "kanji": N_("Name"),
    "kana": N_("Kana"),
    "romaji": N_("Name in Latin letters"),
    "family_kanji": N_("Family name"),
    "given_kanji": N_("Given name"),
    "family_kana": N_("Family name (kana)"),
    "given_kana": N_("Given name (kana)"),
    "sex": N_("Sex"),
    "birth_date": N_("Birth date"),
    "age": N_("Age"),
    "day": N_("Day of the visit"),
    "today": N_("Today"),
    "now": N_("Now"),
    "course": N_("Course"),
    "remark": N_("Remark"),
}


@dataclass(frozen=True)
class Chosen:
    """An examinee who was found; ``shown``: field and text as the console would get them."""

    person: Any  # flow.send_attributes.Person
    shown: tuple[tuple[str, str], ...] = ()


def number_of(code: str) -> str:
    """A scanned or typed code without what scanners and input methods add."""
    return unicodedata.normalize("NFKC", code).strip()


def field_rows(shown: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Fields with names that people know."""
    return [(say(FIELD_NAMES.get(name, name)), text) for name, text in shown]


def sent_cells(sent: Any) -> tuple[str, ...]:
    """Cells of a row of what was sent today."""
    state = say(N_("sent")) if not sent.why else say(N_("not sent"))
    took = f"{sent.took_ms} ms" if not sent.why else ""
    return sent.at[11:16], sent.number, sent.patient_id, sent.name, state, took, sent.why
