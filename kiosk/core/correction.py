"""Images that were taken under a wrong name: who they are of and who they should be of, why, and how far it is."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from kiosk.core.faults import Refused
from kiosk.core.names import read_person_name
from kiosk.core.patient import Patient
from kiosk.core.study import Study
from kiosk.core.words import N_


class State(StrEnum):
    """How far a correction is. What people see changes in one step only: from staged to swapped, or back."""

    PLANNED = "planned"  # asked for; copies are being made
    STAGED = "staged"  # every copy is made and proven; nothing is visible yet
    SWAPPED = "swapped"  # the new images are visible, the old ones are not
    TOLD = "told"  # the old files are put away, and whoever had them was told or is listed
    UNDOING = "undoing"  # it is to be taken back; until it is, the new ones stay visible
    UNDONE = "undone"  # the old images are visible again, as they were
    CANCELLED = "cancelled"  # given up before anything was visible


FOLLOWS: dict[State, tuple[State, ...]] = {
    State.PLANNED: (State.STAGED, State.CANCELLED),
    State.STAGED: (State.SWAPPED, State.CANCELLED, State.PLANNED),  # planned: further images came meanwhile
    State.SWAPPED: (State.TOLD, State.UNDOING),
    State.TOLD: (State.UNDOING,),
    State.UNDOING: (State.UNDONE, State.SWAPPED),  # swapped: the new ones are somebody else's by now; they stay
    State.UNDONE: (),
    State.CANCELLED: (),
}
OPEN = (State.PLANNED, State.STAGED, State.SWAPPED, State.UNDOING)  # something is still to be done by itself
NEW_VISIBLE = (State.SWAPPED, State.TOLD, State.UNDOING)
STATE_NAMES = {
    State.PLANNED: N_("Copies are being made"),
    State.STAGED: N_("Copies are proven"),
    State.SWAPPED: N_("Corrected; being put away"),
    State.TOLD: N_("Corrected"),
    State.UNDOING: N_("Being taken back"),
    State.UNDONE: N_("Taken back"),
    State.CANCELLED: N_("Given up"),
}


def removable_from(state: State, changed_at: str, days: int) -> date | None:
    """The first day on which what lies in QUARANTINE may be removed for good; None where it may not. ``changed_at``
    ISO 8601, when it was over."""
    if state not in (State.TOLD, State.UNDONE):
        return None
    return datetime.fromisoformat(changed_at).date() + timedelta(days=days)


def may_follow(now: State, then: State) -> bool:
    return then in FOLLOWS[now]


class Reason(StrEnum):
    RECEPTION = "reception"
    ORDER = "order"
    OPERATOR = "operator"
    ID_TYPED = "id_typed"


REASON_NAMES = {
    Reason.RECEPTION: N_("Mistake at reception"),
    Reason.ORDER: N_("Wrong order chosen"),
    Reason.OPERATOR: N_("Mistake of whoever took it"),
    Reason.ID_TYPED: N_("ID typed wrong"),
}
# PS3.16 CID 7011: why the destination shall hide the old ones.
TITLES = {"113001": "Rejected for Quality Reasons", "113037": "Rejected for Patient Safety Reasons",
          "113038": "Incorrect Modality Worklist Entry"}  # fmt: skip


def title_of(reason: Reason) -> str:
    """The document title of a rejection note."""
    return "113038" if reason is Reason.ORDER else "113037"


@dataclass(frozen=True)
class Identity:
    """Whose images, as shown side by side. ``birth_date`` YYYYMMDD or empty."""

    patient_id: str = ""
    issuer: str = ""
    kanji: str = ""
    kana: str = ""
    romaji: str = ""
    sex: str = ""
    birth_date: str = ""
    accession: str = ""

    @classmethod
    def of_patient(cls, patient: Patient, accession: str = "") -> Identity:
        born = f"{patient.birth_date:%Y%m%d}" if patient.birth_date else ""
        name = (patient.kanji, patient.kana, patient.romaji)
        return cls(patient.patient_id, patient.issuer, *name, patient.sex, born, accession)

    @classmethod
    def of_study(cls, study: Study) -> Identity:
        kanji, kana, romaji = read_person_name(study.name)
        return cls(
            study.patient_id, study.issuer, kanji, kana, romaji, study.sex, study.birth_date, study.accession
        )  # fmt: skip

    @classmethod
    def from_data(cls, data: dict[str, Any]) -> Identity:
        return cls(**data)

    def as_data(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def shown_name(self) -> str:
        return self.kanji or self.kana or self.romaji or self.patient_id

    @property
    def names(self) -> tuple[str, ...]:
        """Every form of the name that is known."""
        return tuple(each for each in (self.kanji, self.kana, self.romaji) if each)


FIELDS = {
    "patient_id": N_("Patient ID"),
    "kanji": N_("Name"),
    "kana": N_("Kana"),
    "birth_date": N_("Birth date"),
    "sex": N_("Sex"),
    "accession": N_("Accession number"),
}


@dataclass(frozen=True)
class Difference:
    """One line of the two identities side by side. ``differs`` None: one of the two does not tell it."""

    field: str
    before: str
    after: str
    differs: bool | None


def folded(text: str) -> str:
    """What is compared of a text: width, case and blanks are none of the person."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split()).replace("^", "")


def differences(before: Identity, after: Identity) -> tuple[Difference, ...]:
    """Every field in the order of the window; a name is the same where one of its forms is."""
    found = []
    for field in FIELDS:
        old, new = getattr(before, field), getattr(after, field)
        differs = None if not old or not new else folded(old) != folded(new)
        found.append(Difference(field, old, new, differs))
    return tuple(found)


def check(
    before: Identity, after: Identity, reason: str, first: str, second: str, images: int, *, text: str = ""
) -> Reason:
    """May it be asked for? The reason as one of ours. Raises Refused."""
    if not images:
        raise Refused("no_images", N_("There are no images to correct."), reference="K301")
    if not after.patient_id:
        raise Refused("no_id", N_("The right examinee has no ID."), N_("Scan the right barcode."), reference="K302")
    if all(not each.differs and each.before == each.after for each in differences(before, after)):
        raise Refused(
            "same", N_("Both are the same person; nothing is to be corrected."), N_("Scan the right barcode."),
            reference="K303",
        )  # fmt: skip
    if reason not in list(Reason):
        raise Refused("reason", N_("Choose the reason first."), reference="K304")
    if not second or folded(second) == folded(first):
        raise Refused(
            "second", N_("A second person must confirm it."), N_("Somebody else enters name and PIN."),
            reference="K305",
        )  # fmt: skip
    if len(text) > 200:
        raise Refused("text", N_("The explanation is too long (200 characters)."), reference="K306")
    return Reason(reason)
