"""A referral letter (診療情報提供書, 別紙様式11): its items, what it begins with, what is missing for signing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from kiosk.core.patient import Patient
from kiosk.core.words import N_, Sentence, say


class LetterState(StrEnum):
    DRAFT = "draft"
    SIGNED = "signed"
    AMENDED = "amended"  # signed again after a change; the earlier versions stay readable
    DISCARDED = "discarded"  # a draft that was never signed and is not wanted any more


# The long items of the form in its order: our name and its words.
TEXTS = {
    "diagnosis": N_("Name of the disease"),
    "purpose": N_("Purpose of the referral"),
    "history": N_("Past and family history"),
    "course": N_("Course and results of examinations"),
    "treatment": N_("Course of treatment"),
    "prescription": N_("Current prescription"),
    "remarks": N_("Remarks"),
}
OPTIONAL = ("remarks",)


@dataclass(frozen=True)
class Addressee:
    """To whom one writes: an institution with its department and doctor, found by name or kana."""

    name: str
    kana: str = ""
    department: str = ""
    doctor: str = ""
    phone: str = ""
    medical: bool = True  # else the patient's address and telephone must stand in the letter
    id: int = 0


@dataclass(frozen=True)
class Sender:
    """The own institution as it stands in the letter."""

    name: str
    address: str = ""
    phone: str = ""


@dataclass(frozen=True)
class LetterBody:
    """What is written. ``day`` is ISO; ``key_images`` are rows of the visit's key images, in their order."""

    to_name: str = ""
    to_department: str = ""
    to_doctor: str = ""
    to_phone: str = ""
    medical: bool = True
    day: str = ""
    address: str = ""
    phone: str = ""
    occupation: str = ""
    diagnosis: str = ""
    purpose: str = ""
    history: str = ""
    course: str = ""
    treatment: str = ""
    prescription: str = ""
    remarks: str = ""
    key_images: tuple[int, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """For the store."""
        return {**asdict(self), "key_images": list(self.key_images)}

    @property
    def words(self) -> str:
        """All of its texts, to be searched."""
        return "\n".join(str(value) for value in asdict(self).values() if isinstance(value, str) and value)


def letter_body(data: Mapping[str, Any]) -> LetterBody:
    """From the store; items that a newer program wrote are left out, missing ones are empty."""
    known = {each.name for each in fields(LetterBody)}
    found = {name: value for name, value in data.items() if name in known}
    return LetterBody(**{**found, "key_images": tuple(found.get("key_images", ()))})


@dataclass(frozen=True)
class LetterVersion:
    number: int
    body: LetterBody
    by: str
    at: str
    signed: bool
    reason: str = ""  # why a signed letter was changed


@dataclass(frozen=True)
class Reply:
    """What came back from the addressee."""

    day: str
    text: str
    by: str
    at: str


@dataclass(frozen=True)
class Letter:
    id: int
    visit_id: int
    state: LetterState
    versions: tuple[LetterVersion, ...] = ()
    sent_day: str = ""
    sent_by: str = ""
    replies: tuple[Reply, ...] = ()
    saves: int = 1  # counts every save; a draft that is saved again keeps its number

    @property
    def newest(self) -> LetterVersion:
        return self.versions[-1]

    @property
    def signed(self) -> LetterVersion | None:
        """The newest signed version."""
        return next((each for each in reversed(self.versions) if each.signed), None)


@dataclass(frozen=True)
class Said:
    """A signed finding of the visit, in words. ``referral``: its category wants a letter."""

    exam: str
    category: str
    text: str
    names: tuple[str, ...] = ()
    referral: bool = False
    key_images: tuple[int, ...] = ()


def prefilled(said: Sequence[Said], extra: Mapping[str, str], day: str, purpose: str) -> LetterBody:
    """What a new letter begins with: the findings that want a referral first; what the list told of the examinee."""
    wanting = [each for each in said if each.referral]
    ordered = [*wanting, *(each for each in said if not each.referral)]
    names = dict.fromkeys(name for each in wanting for name in each.names if name)
    address = " ".join(part for part in (extra.get("postal", ""), extra.get("address", "")) if part)
    return LetterBody(
        day=day,
        address=address,
        phone=extra.get("phone", ""),
        occupation=extra.get("occupation", ""),
        diagnosis="、".join(names),
        purpose=purpose,
        history=extra.get("history", ""),
        course="\n".join(f"【{each.exam}】{each.category}\n{each.text}".rstrip() for each in ordered),
        prescription=extra.get("prescription", ""),
        key_images=tuple(dict.fromkeys(image for each in wanting for image in each.key_images)),
    )


def missing_items(body: LetterBody, sender: Sender, patient: Patient) -> list[str]:
    """The mandated items that are empty, as words to be said, in the order of the form."""
    mandated = [
        (body.to_name, N_("Addressee")),
        (body.day, N_("Date of the letter")),
        (sender.name, N_("Name of our institution")),
        (sender.address, N_("Address of our institution")),
        (sender.phone, N_("Telephone of our institution")),
        (patient.kanji or patient.kana, N_("Patient's name")),
        (patient.sex, N_("Sex")),
        (patient.birth_date, N_("Birth date")),
    ]
    if not body.medical:  # 別紙様式11, note: else the addressee could not reach the patient
        mandated += [(body.address, N_("Patient's address")), (body.phone, N_("Patient's telephone"))]
    mandated += [(getattr(body, name).strip(), words) for name, words in TEXTS.items() if name not in OPTIONAL]
    return [words for value, words in mandated if not value]


def trouble_before_signing(body: LetterBody, sender: Sender, patient: Patient) -> Sentence | None:
    """What keeps the letter from being signed, all of it named at once; None when nothing does."""
    missing = missing_items(body, sender, patient)
    if not missing:
        return None
    items = say(N_(", ")).join(say(words) for words in missing)
    return Sentence(N_("These items of the letter are still missing: {items}."), {"items": items})
