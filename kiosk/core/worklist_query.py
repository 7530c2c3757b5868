"""Matching rules of the modality worklist: which scheduled steps answer a query (PS3.4 K.4.1, C.2.2.2), pure.

Devices are taken as they are: ``*`` in a patient ID, trailing blanks, ``2026.11.24``, several modalities in one key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from kiosk.core.faults import Refused
from kiosk.core.kana import full_kana, romaji
from kiosk.core.patient import Patient
from kiosk.core.words import N_

MODALITY_FAMILIES = (
    frozenset({"CR", "DX", "RG", "DR"}),
    frozenset({"OP", "OPT", "XC", "GN"}),
    frozenset({"ES", "XC"}),
    frozenset({"MG"}),
)


@dataclass(frozen=True)
class WorklistRow:
    """One scheduled step as a modality may be told it. Dates YYYYMMDD, times HHMMSS or empty where open all day."""

    step_id: str
    study_uid: str
    accession: str
    requested_procedure_id: str
    requested_procedure: str
    scheduled_date: str
    modality: str
    patient: Patient
    scheduled_time: str = ""
    aliases: tuple[str, ...] = ()  # modalities that also count as this one
    station_ae: str = ""
    description: str = ""
    code: str = ""
    institution: str = ""
    room: str = ""
    state: str = "scheduled"  # scheduled started done cancelled
    views: tuple[str, ...] = ()  # codes of the views expected, for a simulator that takes them


@dataclass(frozen=True)
class Span:
    """A closed range of fixed-width texts; an empty side is open."""

    first: str = ""
    last: str = ""
    ranged: bool = False

    @property
    def open(self) -> bool:
        return not self.first and not self.last

    def holds(self, value: str) -> bool:
        return (not self.first or value >= self.first) and (not self.last or value <= self.last)


@dataclass(frozen=True)
class WorklistQuery:
    """What a modality asks for; an empty key matches everything."""

    dates: Span = Span()
    times: Span = Span()
    modalities: tuple[str, ...] = ()
    station_ae: str = ""
    patient_id: str = ""
    name: str = ""
    accession: str = ""
    requested_procedure_id: str = ""
    study_uids: tuple[str, ...] = ()
    step_id: str = ""
    birth_date: Span = Span()
    sex: str = ""
    status: str = ""
    calling_ae: str = ""

    @property
    def names_one(self) -> bool:
        """Does it ask for one examinee or one order (then what is already done is told too, for a repeat)?"""
        keys = (self.patient_id, self.accession, self.requested_procedure_id, self.step_id)
        return any(key and not set(key) <= {"*", "?"} for key in keys) or bool(self.study_uids)


def date_span(text: str) -> Span:
    """A DA key: one day, ``a-b``, ``a-``, ``-b`` (PS3.4 C.2.2.2.5). Raises ``Refused("bad_key")``."""
    text = text.replace(".", "").replace("/", "").replace(" ", "")
    if re.fullmatch(r"\d{4}-\d\d-\d\d", text):  # one day as the law of the office writes it
        text = text.replace("-", "")
    return _span(text, r"\d{8}", str, str)


def time_span(text: str) -> Span:
    """A TM key, as ``date_span``; parts left out are the whole hour or minute. Raises ``Refused("bad_key")``."""
    text = text.replace(":", "").replace(" ", "")

    def first(part: str) -> str:
        return part.split(".")[0].ljust(6, "0")

    def last(part: str) -> str:
        bare = part.split(".")[0]
        return bare + "235959"[len(bare) :]

    return _span(text, r"\d{2}(\d{2}(\d{2}(\.\d{1,6})?)?)?", first, last)


def with_known_station(query: WorklistQuery, known: Iterable[str], own_station: str) -> WorklistQuery:
    """A device that asks by a station nobody scheduled for gets the station of its own AE, or every station."""
    if not query.station_ae or _is_pattern(query.station_ae):
        return query
    if query.station_ae.upper() in {each.upper() for each in known}:
        return query
    return replace(query, station_ae=own_station)


def with_days_around(query: WorklistQuery, today: date, days: int) -> WorklistQuery:
    """A query without a date and without a name of one is limited to ``days`` around today."""
    if not query.dates.open or query.names_one:
        return query
    around = timedelta(days=days)
    return replace(query, dates=Span(f"{today - around:%Y%m%d}", f"{today + around:%Y%m%d}", True))


def why_not(row: WorklistRow, query: WorklistQuery) -> str:
    """The keyword of the key that keeps this row out of the answer; empty where the row matches."""
    patient = row.patient
    if row.state == "cancelled":
        return "ScheduledProcedureStepStatus"
    if row.state == "done" and not query.names_one and query.status.upper() != "COMPLETED":
        return "ScheduledProcedureStepStatus"
    if query.modalities and not any(_same_modality(asked, row) for asked in query.modalities):
        return "Modality"
    when = _when_not(row, query)
    if when:
        return when
    birth = f"{patient.birth_date:%Y%m%d}" if patient.birth_date else ""
    checks = (
        ("ScheduledStationAETitle", _like(query.station_ae, row.station_ae) or not row.station_ae),
        ("PatientID", _like(query.patient_id, patient.patient_id)),
        ("PatientName", name_matches(query.name, patient)),
        ("AccessionNumber", _like(query.accession, row.accession)),
        ("RequestedProcedureID", _like(query.requested_procedure_id, row.requested_procedure_id)),
        ("StudyInstanceUID", not query.study_uids or row.study_uid in query.study_uids),
        ("ScheduledProcedureStepID", _like(query.step_id, row.step_id)),
        ("PatientBirthDate", query.birth_date.open or query.birth_date.holds(birth)),
        ("PatientSex", _like(query.sex, patient.sex)),
    )
    return next((keyword for keyword, fits in checks if not fits), "")


@dataclass
class Chosen:
    """The rows that answer, and how many each key kept out (for the log that a person reads)."""

    rows: list[WorklistRow] = field(default_factory=list)
    kept_out: dict[str, int] = field(default_factory=dict)
    capped: bool = False


def choose(rows: Iterable[WorklistRow], query: WorklistQuery, at_most: int) -> Chosen:
    """The rows that match, in the order of day, time and accession number, no more than ``at_most``."""
    chosen = Chosen()
    for row in rows:
        reason = why_not(row, query)
        if reason:
            chosen.kept_out[reason] = chosen.kept_out.get(reason, 0) + 1
        else:
            chosen.rows.append(row)
    chosen.rows.sort(key=lambda row: (row.scheduled_date, row.scheduled_time, row.accession))
    chosen.capped = len(chosen.rows) > at_most
    del chosen.rows[at_most:]
    return chosen


def name_matches(asked: str, patient: Patient) -> bool:
    """Does a PN key match in any of the forms of the name? Case, width of kana and the kind of blank don't count."""
    groups = [_plain_name(group) for group in asked.split("=")]
    groups = [group for group in groups if group]
    if not groups:
        return True
    roman = patient.romaji or romaji(patient.kana)  # as the answers tell it
    forms = [_plain_name(form) for form in (patient.kanji, patient.kana, roman) if form]
    return any(_wild(group).fullmatch(form) for group in groups for form in forms)


def _when_not(row: WorklistRow, query: WorklistQuery) -> str:
    """PS3.4 K.4.1.1.2: a range of dates with a range of times is one interval from the first to the last moment."""
    dates, times = query.dates, query.times
    if not times.open and row.scheduled_time and dates.ranged and times.ranged and dates.first and dates.last:
        moment = row.scheduled_date + row.scheduled_time
        whole = Span(dates.first + (times.first or "000000"), dates.last + (times.last or "235959"))
        return "" if whole.holds(moment) else "ScheduledProcedureStepStartTime"
    if not dates.holds(row.scheduled_date):
        return "ScheduledProcedureStepStartDate"
    if row.scheduled_time and not times.holds(row.scheduled_time):
        return "ScheduledProcedureStepStartTime"
    return ""


def _same_modality(asked: str, row: WorklistRow) -> bool:
    asked = asked.upper()
    if _is_pattern(asked):
        return _wild(asked).fullmatch(row.modality.upper()) is not None
    if asked == row.modality or asked in row.aliases:
        return True
    return any(asked in family and row.modality in family for family in MODALITY_FAMILIES)


def _span(text: str, one: str, first: object, last: object) -> Span:
    assert callable(first) and callable(last)
    if not text or set(text) <= {"*", "-"}:
        return Span()
    if re.fullmatch(one, text):
        return Span(first(text), last(text))
    left, dash, right = text.partition("-")
    if dash and all(not part or re.fullmatch(one, part) for part in (left, right)):
        return Span(first(left) if left else "", last(right) if right else "", ranged=True)
    raise Refused(
        "bad_key", N_("The worklist query has a date or time that cannot be read."), N_("Correct it on the device.")
    )


def _like(asked: str, value: str) -> bool:
    asked = unicodedata.normalize("NFKC", asked).strip().upper()
    return not asked or _wild(asked).fullmatch(value.strip().upper()) is not None


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text


def _wild(text: str) -> re.Pattern[str]:
    text = re.sub(r"\*+", "*", text)
    parts = (".*" if each == "*" else "." if each == "?" else re.escape(each) for each in text)
    return re.compile("".join(parts), re.DOTALL)


def _plain_name(text: str) -> str:
    """One group without the kind of blank, the width of kana and the case. ``YAMADA^TARO`` -> ``YAMADA TARO``."""
    text = full_kana(unicodedata.normalize("NFKC", text)).replace("^", " ").upper()
    return " ".join(text.split())
