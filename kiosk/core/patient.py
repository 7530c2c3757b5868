"""Who is examined: the patient as known to one issuer of IDs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Patient:
    """A patient, known by ``(issuer, patient_id)``. ``sex`` is DICOM's M, F, O or empty (PS3.3 C.7.1.1)."""

    issuer: str
    patient_id: str
    kanji: str = ""
    kana: str = ""  # full-width katakana, a blank between family and given name
    romaji: str = ""  # FAMILY GIVEN, ASCII
    sex: str = ""
    birth_date: date | None = None

    def age_on(self, day: date) -> int | None:
        """Completed years on ``day``; None where the birth date is not known."""
        if self.birth_date is None:
            return None
        before_birthday = (day.month, day.day) < (self.birth_date.month, self.birth_date.day)
        return day.year - self.birth_date.year - before_birthday

    def updated_by(self, newer: Patient) -> Patient:
        """This patient as told anew; an empty field never wipes out what is known."""
        return Patient(
            self.issuer,
            self.patient_id,
            newer.kanji or self.kanji,
            newer.kana or self.kana,
            newer.romaji or self.romaji,
            newer.sex or self.sex,
            newer.birth_date or self.birth_date,
        )

    @property
    def shown_name(self) -> str:
        return self.kanji or self.kana or self.romaji or self.patient_id


def age_at(birth_date: str, day: date) -> int | None:
    """Completed years of somebody whose birth date is told as text (ISO); None where it is none, or after that day."""
    try:
        age = Patient("", "", birth_date=date.fromisoformat(birth_date)).age_on(day)
    except ValueError:
        return None
    return age if age is not None and age >= 0 else None


def same_name(one: Patient, other: Patient) -> bool:
    """May these be names of one person? With nothing to compare, yes; one part of two may be another (a marriage)."""
    for mine, theirs in ((one.kana, other.kana), (one.kanji, other.kanji)):
        if mine and theirs:
            return bool(set(mine.split()) & set(theirs.split())) or mine.replace(" ", "") == theirs.replace(" ", "")
    return True
