"""Words and small sums of the pages beside the list."""

from __future__ import annotations

from datetime import date
from pathlib import PureWindowsPath
from typing import Any

from kiosk.core.calendar_dates import NoDate, read_date
from kiosk.core.disc import DiscStudy
from kiosk.core.names import read_person_name
from kiosk.core.patient import Patient
from kiosk.core.picture import PictureFacts
from kiosk.core.study import Study
from kiosk.core.words import N_, say
from kiosk.modes.viewer.rules import day_of

DOCUMENT_KINDS = {
    "DC": N_("DC document"), "D1": N_("D1 document 1"), "D2": N_("D2 document 2"), "D3": N_("D3 document 3"),
    "D4": N_("D4 document 4"), "D5": N_("D5 document 5"),
}  # fmt: skip
COMPARED: dict[bool | None, tuple[str, str]] = {  # does it differ? -> words, state
    True: (N_("differs"), "stop"), False: (N_("the same"), "done"), None: (N_("not told"), "look"),
}  # fmt: skip
SHOWN_HERE = (".pdf", ".bmp", ".jpg", ".jpeg", ".png")


def patient_of(study: Study) -> Patient:
    """Whose a study is, by its images."""
    kanji, kana, romaji = read_person_name(study.name)
    return Patient(study.issuer, study.patient_id, kanji, kana, romaji, study.sex, _born(study.birth_date))


def _born(text: str) -> date | None:
    try:
        return read_date(text) if text else None
    except NoDate:
        return None


def patient_of_picture(facts: PictureFacts) -> Patient:
    """Whose a loose file says that it is."""
    kanji, kana, romaji = read_person_name((facts.name, "", ""))
    return Patient("", facts.patient_id, kanji, kana, romaji, facts.sex, _born(facts.birth_date))


def is_shown_here(name: str) -> bool:
    """Can the program itself show a document of this name?"""
    return name.lower().endswith(SHOWN_HERE)


def document_cells(document: Any) -> tuple[str, ...]:
    """One line of the list of documents."""
    return document.day, document.kind, document.title or document.name, document.name.rpartition(".")[2].upper()


def short_place(place: str) -> str:
    """A drive or the last folder of a path."""
    return PureWindowsPath(place).name or place


def disc_cells(study: DiscStudy) -> tuple[str, ...]:
    """One line of what a disc holds."""
    here = ""
    if study.here:
        whole = study.here >= len(study.files)
        here = say(N_("here ({id})") if whole else N_("partly ({id})"), id=study.here_as)
    who = study.identity
    return (
        who.shown_name, who.patient_id, day_of(study.day), " ".join(study.modalities), str(len(study.files)), here,
    )  # fmt: skip


def identity_cell(field: str, value: str) -> str:
    """A field of an identity as it is read."""
    return day_of(value) if field == "birth_date" else value
