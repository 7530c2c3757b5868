"""Matching rules of the modality worklist: which scheduled steps answer a query (PS3.4 K.4.1, C.2.2.2), pure.

Devices are taken as they are: ``*`` in a patient ID, trailing blanks, ``2026.11.24``, several modalities in one key.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
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


@dataclass(frozen=True, slots=True)
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
    visit: int = 0  # our row of the visit, 0 where it is not ours


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
    codes: tuple[str, ...] = ()
    calling_ae: str = ""

    @property
    def names_one(self) -> bool:
        """Does it ask for one examinee or one order (then what is already done is told too, for a repeat)?"""
        keys = (self.patient_id, self.accession, self.requested_procedure_id, self.step_id)
        return any(key and not set(key) <= {"*", "?"} for key in keys) or bool(self.study_uids)

    @property
    def identifies(self) -> bool:
        """Does it ask for one examinee or order in any way, by name too?"""
        return self.names_one or bool(self.name.strip("*?^= "))


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
    if not query.station_ae or is_pattern(query.station_ae):
        return query
    if query.station_ae.upper() in {each.upper() for each in known}:
        return query
    return replace(query, station_ae=own_station)


def with_days_around(query: WorklistQuery, today: date, days: int) -> WorklistQuery:
    """A query without a date and without a name of one is limited to ``days`` around today."""
    if not query.dates.open or query.names_one:
        return query
    around = timedelta(days=days)  # nobody asked for a range: a range of times stays one of each day
    return replace(query, dates=Span(f"{today - around:%Y%m%d}", f"{today + around:%Y%m%d}"))


Check = Callable[[WorklistRow], bool]


def identity_checks(query: WorklistQuery) -> list[tuple[str, Check]]:
    """The keys that say whom the device asks for, by keyword; a key that is empty is left out."""
    checks: list[tuple[str, Check]] = []

    def like(keyword: str, asked: str, of: Callable[[WorklistRow], str]) -> None:
        if fits := _liking(asked):
            checks.append((keyword, lambda row: fits(of(row))))

    like("PatientID", query.patient_id, lambda row: row.patient.patient_id)
    like("AccessionNumber", query.accession, lambda row: row.accession)
    if query.study_uids:
        checks.append(("StudyInstanceUID", lambda row: row.study_uid in query.study_uids))
    like("ScheduledProcedureStepID", query.step_id, lambda row: row.step_id)
    like("RequestedProcedureID", query.requested_procedure_id, lambda row: row.requested_procedure_id)
    if named := naming(query.name):
        checks.append(("PatientName", lambda row: named(name_forms(row.patient))))
    return checks


def other_checks(query: WorklistQuery) -> list[tuple[str, Check]]:
    """The keys beside identity, day and modality, by keyword; the state of a step is one that is always looked at."""
    checks: list[tuple[str, Check]] = []
    status = query.status.upper()
    hidden = {"cancelled"} if query.names_one or status == "COMPLETED" else {"cancelled", "done"}
    checks.append(("ScheduledProcedureStepStatus", lambda row: row.state not in hidden))
    if station := _liking(query.station_ae):
        checks.append(("ScheduledStationAETitle", lambda row: not row.station_ae or station(row.station_ae)))
    if query.codes:
        checks.append(("CodeValue", lambda row: row.code in query.codes))
    if not query.birth_date.open:
        checks.append(("PatientBirthDate", lambda row: query.birth_date.holds(birth_of(row))))
    if sex := _liking(query.sex):
        checks.append(("PatientSex", lambda row: sex(row.patient.sex)))
    return checks


def why_not(row: WorklistRow, query: WorklistQuery) -> str:
    """The keyword of the key that keeps this row out of the answer; empty where the row matches.

    Whom it asks for is looked at first, then day, kind and the rest: so that of one examinee's rows the reason is told.
    """
    for keyword, fits in identity_checks(query):
        if not fits(row):
            return keyword
    if when := when_not(row, query):
        return when
    if query.modalities and not same_modality(query.modalities, row.modality, row.aliases):
        return "Modality"
    return next((keyword for keyword, fits in other_checks(query) if not fits(row)), "")


def birth_of(row: WorklistRow) -> str:
    return f"{row.patient.birth_date:%Y%m%d}" if row.patient.birth_date else ""


@dataclass(frozen=True)
class LeftOut:
    """One step of the examinee that was asked for, and the key that kept it out: what was asked, what is scheduled."""

    patient_id: str
    step_id: str
    keyword: str
    asked: str
    scheduled: str


def name_matches(asked: str, patient: Patient) -> bool:
    """Does a PN key match in any of the forms of the name? Case, width of kana and the kind of blank don't count."""
    named = naming(asked)
    return named is None or named(name_forms(patient))


def naming(asked: str) -> Callable[[tuple[str, ...]], bool] | None:
    """A PN key as a question to the forms of a name; None where it asks for everybody."""
    groups = [_wild(plain) for group in asked.split("=") if (plain := _plain_name(group))]
    if not groups:
        return None
    return lambda forms: any(group.fullmatch(form) for group in groups for form in forms)


def name_forms(patient: Patient) -> tuple[str, ...]:
    """Kanji, kana and romaji of a name as ``naming`` compares them."""
    roman = patient.romaji or romaji(patient.kana)  # as the answers tell it
    return tuple(_plain_name(form) for form in (patient.kanji, patient.kana, roman) if form)


def when_not(row: WorklistRow, query: WorklistQuery) -> str:
    """PS3.4 K.4.1.1.2: a range of dates with a range of times is one interval from the first to the last moment."""
    dates, times = query.dates, query.times
    if not dates.holds(row.scheduled_date):
        return "ScheduledProcedureStepStartDate"
    if times.open or not row.scheduled_time:
        return ""
    if dates.ranged and times.ranged and dates.first and dates.last:
        moment = row.scheduled_date + row.scheduled_time
        whole = Span(dates.first + (times.first or "000000"), dates.last + (times.last or "235959"))
        return "" if whole.holds(moment) else "ScheduledProcedureStepStartTime"
    return "" if times.holds(row.scheduled_time) else "ScheduledProcedureStepStartTime"


def same_modality(asked: Iterable[str], modality: str, aliases: Iterable[str]) -> bool:
    """Does any of the modalities asked for mean the scheduled one, by alias or family (CR, DX, RG are one room)?"""
    for each in asked:
        each = each.upper()
        if is_pattern(each):
            if _wild(each).fullmatch(modality.upper()):
                return True
        elif each == modality or each in aliases:
            return True
        elif any(each in family and modality in family for family in MODALITY_FAMILIES):
            return True
    return False


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


def plain(text: str) -> str:
    """One key or value as keys are compared: NFKC, without outer blanks, in capitals."""
    return unicodedata.normalize("NFKC", text).strip().upper()


def is_pattern(text: str) -> bool:
    return "*" in text or "?" in text


def _liking(asked: str) -> Callable[[str], bool] | None:
    """A key of one value, wildcards allowed, as a question; None where it asks for everything."""
    asked = plain(asked)
    if not asked or not asked.strip("*"):
        return None
    if is_pattern(asked):
        wild = _wild(asked)
        return lambda value: wild.fullmatch(value.strip().upper()) is not None
    return lambda value: value.strip().upper() == asked


def _wild(text: str) -> re.Pattern[str]:
    text = re.sub(r"\*+", "*", text)
    parts = (".*" if each == "*" else "." if each == "?" else re.escape(each) for each in text)
    return re.compile("".join(parts), re.DOTALL)


def _plain_name(text: str) -> str:
    """One group without the kind of blank, the width of kana and the case. ``YAMADA^TARO`` -> ``YAMADA TARO``."""
    text = full_kana(unicodedata.normalize("NFKC", text)).replace("^", " ").upper()
    return " ".join(text.split())
