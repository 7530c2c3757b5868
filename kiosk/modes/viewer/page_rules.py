"""Words and small sums of the pages beside the list."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import PureWindowsPath
from typing import Any

from kiosk.core.calendar_dates import NoDate, read_date
from kiosk.core.correction import FIELDS, Identity, differences, folded
from kiosk.core.disc import DiscStudy
from kiosk.core.kana import romaji
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
DIFFERS: dict[bool | None, tuple[str, str]] = {  # does it differ? -> words, state
    True: (N_("differs"), "stop"), False: (N_("the same"), "done"), None: (N_("not told"), "look"),
}  # fmt: skip
SHOWN_HERE = (".pdf", ".bmp", ".jpg", ".jpeg", ".png")


def patient_of(study: Study) -> Patient:
    """Whose a study is, by its images."""
    kanji, kana, roman = read_person_name(study.name)
    return Patient(study.issuer, study.patient_id, kanji, kana, roman, study.sex, _born(study.birth_date))


def _born(text: str) -> date | None:
    try:
        return read_date(text) if text else None
    except NoDate:
        return None


def patient_of_picture(facts: PictureFacts) -> Patient:
    """Whose a loose file says that it is."""
    kanji, kana, roman = read_person_name((facts.name, "", ""))
    return Patient("", facts.patient_id, kanji, kana, roman, facts.sex, _born(facts.birth_date))


def is_shown_here(name: str) -> bool:
    """Can the program itself show a document of this name?"""
    return name.lower().endswith(SHOWN_HERE)


def document_cells(document: Any) -> tuple[str, ...]:
    """One line of the list of documents."""
    return document.day, document.kind, document.title or document.name, document.name.rpartition(".")[2].upper()


def compared(before: Identity, after: Identity) -> list[tuple[str, str, str, str, bool | None]]:
    """Field, its words, on the disc, ours, does it differ; most discs name in romaji alone, which our list may lack."""
    if not after.romaji and after.kana:
        after = replace(after, romaji=romaji(after.kana))
    found: list[tuple[str, str, str, str, bool | None]] = []
    for each in differences(before, after):
        if each.field == "accession":
            continue
        found.append((each.field, say(FIELDS[each.field]), each.before, each.after, each.differs))
        if each.field == "kana":
            unlike = folded(before.romaji) != folded(after.romaji) if before.romaji and after.romaji else None
            found.append(("romaji", say(N_("Romaji")), before.romaji, after.romaji, unlike))
    return found


def fitting(studies: Sequence[DiscStudy], ours: Identity) -> list[str]:
    """The studies of the one person on the disc who may be ours: something is the same, and nothing but the ID differs.
    Empty where nobody is, or several are.
    """
    found: dict[tuple[str, str, str], list[str]] = {}
    for study in studies:
        told = [differs for field, *_, differs in compared(study.identity, ours) if field != "patient_id"]
        if False in told and True not in told:
            found.setdefault(study.person, []).append(study.study_uid)
    return next(iter(found.values())) if len(found) == 1 else []


def here_as_another(studies: Sequence[DiscStudy], ours: Identity) -> str:
    """The ID that some of these images are stored under already, where it is not ours: somebody erred, now or then."""
    return next((each.here_as for each in studies if each.here and each.here_as != ours.patient_id), "")


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
