"""What the gateway's lists say: devices, studies, queries, troubles, as plain lines with a state."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk.core.disks import DiskLine
from kiosk.core.study import Study
from kiosk.core.words import N_, Sentence
from kiosk.core.worklist_query import LeftOut

SILENT_S = 15.0  # the receiver tells that it lives every five seconds
LITTLE_ROOM = 0.10

WHY_UNMATCHED = {
    "no_visit": N_("no examination of that day fits"),
    "several": N_("several examinations fit"),
    "other_patient": N_("ID or birth date differ from the visit"),
    "no_id_or_date": N_("the images name no patient ID, date or kind"),
}
DIFFERS = {"id": N_("different patient ID"), "birth_date": N_("different birth date"), "sex": N_("different sex")}


@dataclass(frozen=True)
class DeviceLine:
    """One sender: its last image (``last_at`` empty where it never sent one), and how many today."""

    source: str
    last_at: str = ""
    images: int = 0


@dataclass(frozen=True)
class QueryLine:
    """One worklist query as a person reads it."""

    at: str
    calling_ae: str
    address: str
    keys: dict[str, str]
    answers: int
    kept_out: dict[str, int]
    downgraded: tuple[str, ...]
    charset: str
    took_ms: int
    capped: bool = False
    trouble: str = ""
    left_out: tuple[LeftOut, ...] = ()
    seen_at: str = ""  # the list was of that moment, for want of the store


@dataclass(frozen=True)
class TroubleLine:
    at: str
    source: str
    text: Sentence
    next_step: Sentence
    times: int


@dataclass(frozen=True)
class ReceiverState:
    """What the receiving process last said of itself; ``told_at`` empty where it never did."""

    told_at: str = ""
    ae_title: str = ""
    port: int = 0
    associations: int = 0
    taken: int = 0
    refused: int = 0
    anyone: bool = False  # callers that nobody named are let in
    free_bytes: int = 0
    total_bytes: int = 0
    volume: str = ""

    def alive(self, now: datetime) -> bool:
        if not self.told_at:
            return False
        return (now - datetime.fromisoformat(self.told_at)).total_seconds() < SILENT_S

    @property
    def little_room(self) -> bool:
        """Below a tenth, or below 2 GB."""
        if not self.total_bytes:
            return False
        return self.free_bytes < 2_000_000_000 or self.free_bytes < LITTLE_ROOM * self.total_bytes


@dataclass(frozen=True)
class Overview:
    """Everything that the gateway's window shows."""

    state: ReceiverState = ReceiverState()
    devices: tuple[DeviceLine, ...] = ()
    today: tuple[Study, ...] = ()
    unmatched: tuple[tuple[Study, str], ...] = ()
    queries: tuple[QueryLine, ...] = ()
    troubles: tuple[TroubleLine, ...] = ()
    titles: dict[str, str] = field(default_factory=dict)  # AE title -> what people call it
    contacts: dict[str, str] = field(default_factory=dict)  # AE title -> whom to call
    disks: tuple[DiskLine, ...] = ()


def device_lines(body: dict[str, Any], known: Iterable[str], today: str) -> tuple[DeviceLine, ...]:
    """Who sent, newest first, then those that may and never did."""
    told = {str(source): dict(each) for source, each in dict(body.get("devices", {})).items()}
    lines = [
        DeviceLine(source, str(each.get("last", "")), int(each.get("images", 0)) if each.get("day") == today else 0)
        for source, each in told.items()
    ]
    lines.sort(key=lambda line: line.last_at, reverse=True)
    return (*lines, *(DeviceLine(source) for source in known if source not in told))


def told_of(line: DeviceLine, view: Overview, today: str) -> Sentence:
    """What to know of a device when it is chosen: its last image, and whom to call."""
    values = {
        "device": view.titles.get(line.source, line.source),
        "at": day_and_clock(line.last_at, today),
        "contact": view.contacts.get(line.source, ""),
    }
    if not line.last_at:
        if values["contact"]:
            return Sentence(N_("{device} has not sent anything yet. If it should have: {contact}."), values)
        return Sentence(
            N_("{device} has not sent anything yet. If it should have, look at its DICOM settings."), values
        )
    if values["contact"]:
        return Sentence(N_("{device}: last image at {at}. If images are missing: {contact}."), values)
    return Sentence(N_("{device}: last image at {at}."), values)


def query_line(body: dict[str, Any]) -> QueryLine:
    return QueryLine(
        at=str(body.get("at", "")),
        calling_ae=str(body.get("calling_ae", "")),
        address=str(body.get("address", "")),
        keys={str(key): str(value) for key, value in dict(body.get("keys", {})).items()},
        answers=int(body.get("answers", 0)),
        kept_out={str(key): int(value) for key, value in dict(body.get("kept_out", {})).items()},
        downgraded=tuple(str(each) for each in body.get("downgraded", ())),
        charset=str(body.get("charset", "")),
        took_ms=int(body.get("took_ms", 0)),
        capped=bool(body.get("capped", False)),
        trouble=str(body.get("trouble", "")),
        left_out=tuple(
            LeftOut(**{name: str(each.get(name, "")) for name in LeftOut.__dataclass_fields__})
            for each in body.get("left_out", ())
        ),
        seen_at=str(body.get("seen_at", "")),
    )


def trouble_line(body: dict[str, Any]) -> TroubleLine:
    values = dict(body.get("values", {}))
    return TroubleLine(
        at=str(body.get("at", "")),
        source=str(body.get("source", "")),
        text=Sentence(str(body.get("sentence", "")), values),
        next_step=Sentence(str(body.get("next_step", "")), values),
        times=int(body.get("times", 1)),
    )


def receiver_state(body: dict[str, Any], told_at: str) -> ReceiverState:
    known = {name: body[name] for name in ReceiverState.__dataclass_fields__ if name in body and name != "told_at"}
    return ReceiverState(told_at=told_at, **known)


def asked_for(keys: dict[str, str]) -> str:
    """The keys of a query in one line: ``20261123 CR CR1``."""
    order = ("date", "time", "modality", "station_ae", "patient_id", "name", "accession")
    rest = [key for key in keys if key not in order]
    return " ".join(keys[key] for key in (*order, *rest) if keys.get(key))


def query_state(line: QueryLine) -> str:
    """``stop`` where it failed, ``look`` where nobody was told anything though steps were there, or not all."""
    if line.trouble and line.trouble != "cancelled":
        return "stop"
    if line.capped or line.seen_at or (line.answers == 0 and line.kept_out):
        return "look"
    return ""


def identifies(line: QueryLine) -> bool:
    """Did it ask for one examinee or order?"""
    return any(key in line.keys for key in ("patient_id", "accession", "study_uid", "step_id", "name"))


def why_empty(line: QueryLine) -> str:
    """The key that kept most rows out of an empty answer; empty where rows were told or there were none."""
    if line.answers or not line.kept_out:
        return ""
    return max(line.kept_out, key=lambda key: line.kept_out[key])


def told_today(studies: Sequence[Study], day: str) -> list[Study]:
    """The studies that received an image on ``day`` (``2026-11-23``), newest first as given."""
    return [study for study in studies if study.received_at.startswith(day)]


def shown_name(study: Study) -> str:
    """The name as people read it: kanji, else kana, else romaji."""
    alphabetic, ideographic, phonetic = study.name
    return ideographic or phonetic or alphabetic


def clock_of(at: str) -> str:
    """``13:05:42`` of an ISO moment; with the day where it is not today's."""
    return at[11:19] if len(at) >= 19 else at


def day_and_clock(at: str, today: str) -> str:
    return clock_of(at) if at.startswith(today) else f"{at[5:10]} {at[11:16]}"
