"""A search for studies in several stores: what was typed, in the forms that each may know; the answers as one list."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from kiosk.core.calendar_dates import NoDate, read_date
from kiosk.core.kana import full_kana, half_kana, is_kana, romaji
from kiosk.core.study import Study


@dataclass(frozen=True)
class StudyQuestion:
    """``text``: part of a name, an ID or a birth date; ``since`` YYYYMMDD or empty; ``modality`` empty for all."""

    text: str = ""
    since: str = ""
    modality: str = ""

    @property
    def empty(self) -> bool:
        """It asks for everything."""
        return not (self.text or self.since)


@dataclass(frozen=True)
class Listed:
    """What a store found; ``complete`` False where there was more than it gives at once."""

    studies: tuple[Study, ...]
    complete: bool = True


@dataclass(frozen=True)
class Place:
    """A store that has a study, and how many of its pictures; ``study`` is as this store knows it."""

    store: str
    study: Study


@dataclass(frozen=True)
class FoundStudy:
    """One line of the list: ``study`` is that of the nearest of ``places``."""

    study: Study
    places: tuple[Place, ...]

    @property
    def nearest(self) -> str:
        return self.places[0].store

    @property
    def key(self) -> str:
        """Knows the line when the list is read anew."""
        return self.study.study_uid or f"{self.nearest}:{self.study.id}"


def name_forms(text: str) -> tuple[str, ...]:
    """What was typed, and for kana the forms that images carry: full and half width, romaji."""
    plain = " ".join(unicodedata.normalize("NFKC", text).replace("^", " ").split())
    if not plain or not is_kana(plain):
        return (plain,) if plain else ()
    full = full_kana(plain)
    return tuple(dict.fromkeys((full, half_kana(full), romaji(full).replace("^", " "))))


def birth_date_in(text: str) -> str:
    """YYYYMMDD where the text is a date of the calendar, western or by era; else empty."""
    if not any(letter.isdigit() for letter in text):
        return ""
    try:
        return f"{read_date(text):%Y%m%d}"
    except NoDate:
        return ""


def dicom_keys(question: StudyQuestion, until: str) -> list[dict[str, str]]:
    """The queries (PS3.4 C.4.1, keys by keyword) that together ask a server what was typed: it matches a name only as
    the image bears it, so each form is asked for. ``until``: today, YYYYMMDD.
    """
    shared = {"ModalitiesInStudy": question.modality} if question.modality else {}
    if question.since:
        shared["StudyDate"] = f"{question.since}-{until}"
    text = question.text.strip()
    if not text:
        return [shared]
    asked: list[dict[str, str]] = []
    if born := birth_date_in(text):
        asked.append({"PatientBirthDate": born})
    bare = unicodedata.normalize("NFKC", text)
    if bare.isascii() and " " not in bare and any(letter.isdigit() for letter in bare):
        asked.append({"PatientID": bare + "*"})
    elif not born:
        asked += [{"PatientName": "*" + "*".join(form.split()) + "*"} for form in name_forms(text)]
    return [{**shared, **each} for each in asked]


def study_of_answer(row: Mapping[str, str]) -> Study:
    """A server's answer at study level (by keyword) as a study; ``id`` is 0."""
    groups = (*row.get("PatientName", "").split("="), "", "")[:3]
    names = [" ".join(group.replace("^", " ").split()) for group in groups]
    count = row.get("NumberOfStudyRelatedInstances", "")
    return Study(
        id=0, study_uid=row.get("StudyInstanceUID", ""), patient_id=row.get("PatientID", ""),
        issuer=row.get("IssuerOfPatientID", ""), name=(names[0], names[1], names[2]), sex=row.get("PatientSex", ""),
        birth_date=row.get("PatientBirthDate", ""), study_date=row.get("StudyDate", ""),
        accession=row.get("AccessionNumber", ""),
        modalities=tuple(each for each in row.get("ModalitiesInStudy", "").split("\\") if each),
        description=row.get("StudyDescription", ""), instances=int(count) if count.isascii() and count.isdigit() else 0,
        series=0, received_at="", visit_id=None, step_id=None, matched_by="",
    )  # fmt: skip


def fits(study: Study, question: StudyQuestion) -> bool:
    """Period and kind, seen to here too: not every server heeds both. A kind that is not told may be the right one."""
    if question.since and study.study_date and study.study_date < question.since:
        return False
    return not question.modality or not study.modalities or question.modality in study.modalities


def merged(by_store: Sequence[tuple[str, Sequence[Study]]]) -> list[FoundStudy]:
    """One line per study, newest first. ``by_store``: nearest store first, which is where a study is opened from."""
    lines: dict[str, list[Place]] = {}
    for store, studies in by_store:
        for study in studies:
            places = lines.setdefault(study.study_uid or f"{store}:{study.id}", [])
            if all(place.store != store for place in places):
                places.append(Place(store, study))
    found = [FoundStudy(_completed(places), tuple(places)) for places in lines.values()]
    return sorted(found, key=lambda each: (each.study.study_date, each.study.id), reverse=True)


def _completed(places: Sequence[Place]) -> Study:
    """The nearest one's words; what it does not tell is taken from the others."""
    study = places[0].study
    for place in places[1:]:
        other = place.study
        study = replace(
            study, birth_date=study.birth_date or other.birth_date, sex=study.sex or other.sex,
            description=study.description or other.description, modalities=study.modalities or other.modalities,
        )  # fmt: skip
    return study
