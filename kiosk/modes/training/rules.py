"""What the training window shows: devices to play, steps they may take, what became of their pictures."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.words import N_
from kiosk.core.worklist_query import WorklistRow

MISTAKES = {
    "": N_("Everything right"),
    "wrong_id": N_("Wrong patient ID typed by hand"),
    "missing_view": N_("One picture forgotten"),
    "no_worklist": N_("Worklist not used"),
}


@dataclass(frozen=True)
class Device:
    """A modality that is simulated."""

    ae_title: str
    modality: str
    title: str = ""

    @property
    def shown(self) -> str:
        return f"{self.title} ({self.ae_title})" if self.title else self.ae_title


@dataclass(frozen=True)
class Examined:
    """What became of the pictures of one step."""

    sent: int
    taken: int

    @property
    def all_taken(self) -> bool:
        return self.sent > 0 and self.sent == self.taken


@dataclass(frozen=True)
class PacsState:
    """The PACS that is simulated."""

    running: bool = False
    ae_title: str = ""
    port: int = 0
    images: int = 0
    studies: int = 0
    full: bool = False


def fits(row: WorklistRow, text: str) -> bool:
    """Does the step belong to what was typed or scanned (ID, name, order number)?"""
    patient = row.patient
    where = f"{patient.patient_id} {patient.kanji} {patient.kana} {patient.romaji} {row.accession}".casefold()
    return all(word in where for word in text.casefold().split())


def moment_of(row: WorklistRow) -> str:
    """``09:30``, empty where the step is open all day."""
    time = row.scheduled_time
    return f"{time[:2]}:{time[2:4]}" if len(time) >= 4 and time != "000000" else ""
