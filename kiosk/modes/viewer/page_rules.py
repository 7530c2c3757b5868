"""Words and small sums of the pages beside the list."""

from __future__ import annotations

from typing import Any

from kiosk.core.calendar_dates import NoDate, read_date
from kiosk.core.names import read_person_name
from kiosk.core.patient import Patient
from kiosk.core.study import Study
from kiosk.core.words import N_

DOCUMENT_KINDS = {
    "DC": N_("DC document"), "D1": N_("D1 document 1"), "D2": N_("D2 document 2"), "D3": N_("D3 document 3"),
    "D4": N_("D4 document 4"), "D5": N_("D5 document 5"),
}  # fmt: skip
SHOWN_HERE = (".pdf", ".bmp", ".jpg", ".jpeg", ".png")


def patient_of(study: Study) -> Patient:
    """Whose a study is, by its images."""
    kanji, kana, romaji = read_person_name(study.name)
    try:
        born = read_date(study.birth_date) if study.birth_date else None
    except NoDate:
        born = None
    return Patient(study.issuer, study.patient_id, kanji, kana, romaji, study.sex, born)


def is_shown_here(name: str) -> bool:
    """Can the program itself show a document of this name?"""
    return name.lower().endswith(SHOWN_HERE)


def document_cells(document: Any) -> tuple[str, ...]:
    """One line of the list of documents."""
    return document.day, document.kind, document.title or document.name, document.name.rpartition(".")[2].upper()
