"""Which study goes to which destination: pick-lists, and why one does not apply (for the dry run)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

from kiosk.core.copy_plan import clock
from kiosk.core.words import N_, Sentence

_LENGTHS = re.compile(r"\s*(\d{1,2})\s*(?:-\s*(\d{1,2})\s*)?")
_HOURS = re.compile(r"\s*(\d{1,2}:\d\d)\s*-\s*(\d{1,2}:\d\d)\s*")


@dataclass(frozen=True)
class StudyFacts:
    """What a rule looks at. ``station``: AE title of the room that the order was made for; ``came`` the time of day of
    its first image.
    """

    source: str = ""
    modalities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    patient_id: str = ""
    station: str = ""
    came: time = time()


@dataclass(frozen=True)
class Rule:
    """Each list that is not empty must hold what the study has; of several modalities one is enough.

    ``id_digits``: lengths of the patient ID (``8`` or ``7-8``), which then must be digits only. ``hours``:
    ``08:00-17:00``, also over midnight.
    """

    name: str
    destinations: tuple[str, ...]
    sources: tuple[str, ...] = ()
    modalities: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    id_digits: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()

    def wrong(self, known: Iterable[str]) -> Sentence | None:
        """What does not fit in it; ``known`` are the names of the destinations."""
        values: dict[str, object] = {"rule": self.name}
        missing = [each for each in self.destinations if each not in set(known)]
        if missing or not self.destinations:
            text = N_("The rule {rule} names a destination that is not there: {name}.")
            return Sentence(text, {**values, "name": ", ".join(missing) or "-"})
        for each in self.id_digits:
            if not _LENGTHS.fullmatch(each):
                return Sentence(N_("The rule {rule}: write the number of digits as 8 or 7-8."), values)
        for each in self.hours:
            if _span(each) is None:
                return Sentence(N_("The rule {rule}: write the hours as 08:00-17:00."), values)
        return None

    def against(self, study: StudyFacts) -> Sentence | None:
        """Why it does not apply; None where it does."""
        lists = (
            (self.sources, (study.source,), N_("sent by {has}, not {wants}")),
            (self.modalities, study.modalities, N_("modality {has}, not {wants}")),
            (self.kinds, study.kinds, N_("kind {has}, not {wants}")),
            (self.stations, (study.station,), N_("made for the room {has}, not {wants}")),
        )
        for wants, has, text in lists:
            if wants and not {each.upper() for each in wants} & {each.upper() for each in has}:
                told = "/".join(each for each in has if each) or "-"
                return Sentence(text, {"has": told, "wants": ", ".join(wants)})
        if self.id_digits and not has_digits(study.patient_id, self.id_digits):
            values = {"has": len(study.patient_id), "wants": ", ".join(self.id_digits)}
            return Sentence(N_("an ID of {has} characters, not {wants} digits"), values)
        if self.hours and not any(_within(study.came, each) for each in self.hours):
            values = {"has": f"{study.came:%H:%M}", "wants": ", ".join(self.hours)}
            return Sentence(N_("came at {has}, not {wants}"), values)
        return None


EVERYTHING = ""  # name of the rule that stands where none is written


def rules_in_force(rules: Sequence[Rule], destinations: Sequence[str]) -> tuple[Rule, ...]:
    """Without a rule everything goes to every destination, as the old forwarder did."""
    return tuple(rules) or (Rule(EVERYTHING, tuple(destinations)),)


def destinations_of(rules: Sequence[Rule], study: StudyFacts) -> dict[str, str]:
    """Destination -> the first rule that sends the study there."""
    found: dict[str, str] = {}
    for rule in rules:
        if rule.against(study) is None:
            for each in rule.destinations:
                found.setdefault(each, rule.name)
    return found


def has_digits(patient_id: str, wanted: Sequence[str]) -> bool:
    """Does it consist of digits only, as many as one of ``wanted`` (``8``, ``7-8``) says?"""
    if not (patient_id.isascii() and patient_id.isdigit()):
        return False
    for each in wanted:
        if (match := _LENGTHS.fullmatch(each)) and int(match[1]) <= len(patient_id) <= int(match[2] or match[1]):
            return True
    return False


def _span(text: str) -> tuple[time, time] | None:
    match = _HOURS.fullmatch(text)
    start, end = (clock(match[1]), clock(match[2])) if match else (None, None)
    return (start, end) if start is not None and end is not None else None


def _within(at: time, hours: str) -> bool:
    span = _span(hours)
    if span is None:
        return False
    start, end = span
    return start <= at < end if start <= end else at >= start or at < end
