"""The scheduled steps in memory, found by examinee, order, day and modality, so that a query looks at few of them."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kiosk.core.worklist_query import (
    LeftOut,
    Span,
    WorklistQuery,
    WorklistRow,
    birth_of,
    identity_checks,
    is_pattern,
    name_forms,
    naming,
    other_checks,
    plain,
    same_modality,
    when_not,
)

MOST_TOLD = 12  # rows of one examinee that a log tells about


class Scheduled:
    """One step in the list. ``answers`` is a place where doors keep what they made of this very row."""

    def __init__(self, row: WorklistRow) -> None:
        self.row = row
        self.answers: dict[Any, Any] = {}

    @cached_property
    def names(self) -> tuple[str, ...]:
        return name_forms(self.row.patient)


@dataclass
class Chosen:
    """The steps that answer, how many each key kept out, and why those of the examinee asked for are not among them."""

    steps: list[Scheduled] = field(default_factory=list)
    kept_out: dict[str, int] = field(default_factory=dict)
    left_out: list[LeftOut] = field(default_factory=list)
    capped: bool = False

    @property
    def rows(self) -> list[WorklistRow]:
        return [each.row for each in self.steps]

    def keep_out(self, keyword: str, count: int) -> None:
        """Count rows that this key keeps out."""
        if count > 0:
            self.kept_out[keyword] = self.kept_out.get(keyword, 0) + count


class WorklistIndex:
    """Steps by what devices ask for. Any thread may ask while another puts in what changed."""

    def __init__(self, rows: Iterable[WorklistRow] = ()) -> None:
        self._lock = threading.Lock()
        self._visits: dict[int, dict[str, Scheduled]] = {}
        self._by_day: dict[str, dict[tuple[str, tuple[str, ...]], dict[str, Scheduled]]] = {}
        self._by_key: dict[tuple[str, str], dict[str, Scheduled]] = {}
        self._stations: Counter[str] = Counter()
        self._size = 0
        self.put(rows)

    def __len__(self) -> int:
        return self._size

    def put(self, rows: Iterable[WorklistRow], *, instead_of: Iterable[int] = ()) -> set[str]:
        """Add rows, or take their place by step ID; rows of the visits ``instead_of`` that are not told again go.

        A row that did not change keeps what doors made of it. Returns the days (YYYYMMDD) that are not as they were.
        """
        whole = set(instead_of)
        days: set[str] = set()
        with self._lock:
            told: dict[int, dict[str, WorklistRow]] = {visit: {} for visit in whole}
            for row in rows:
                told.setdefault(row.visit, {})[row.step_id] = row
            for visit, its_rows in told.items():
                known = self._visits.setdefault(visit, {})
                for step in [step for step in known if visit in whole and step not in its_rows]:
                    days.add(self._take_out(known.pop(step)))
                for step, row in its_rows.items():
                    old = known.get(step)
                    if old is not None and old.row == row:
                        continue
                    if old is not None:
                        days.add(self._take_out(old))
                    known[step] = self._put_in(Scheduled(row))
                    days.add(row.scheduled_date)
                if not known:
                    del self._visits[visit]
        return days

    def keep_days(self, within: Span) -> None:
        """Let go of the days outside."""
        with self._lock:
            over = [day for day in self._by_day if not within.holds(day)]
        self.put((), instead_of=self.visits_of(over))

    def rows_of(self, day: str) -> list[WorklistRow]:
        """The rows of one day (YYYYMMDD)."""
        with self._lock:
            return [each.row for steps in self._by_day.get(day, {}).values() for each in steps.values()]

    def stations(self) -> frozenset[str]:
        """Station AE titles that somebody is scheduled for."""
        with self._lock:
            return frozenset(self._stations) - {""}

    def visits_of(self, days: Iterable[str]) -> set[int]:
        """The visits that have steps on these days (YYYYMMDD)."""
        with self._lock:
            kinds = [self._by_day.get(day, {}).values() for day in days]
            return {each.row.visit for some in kinds for steps in some for each in steps.values()}

    def choose(self, query: WorklistQuery, at_most: int) -> Chosen:
        """The steps that match, by day, time and accession number, no more than ``at_most``.

        Rows are kept out by the same keys, in the same order, as ``why_not`` tells of each.
        """
        chosen = Chosen()
        identity, others = self._identity(query), other_checks(query)
        with self._lock:
            if identity:
                for each in self._identified(query, identity, chosen):
                    self._judge(each, query, others, chosen)
            else:
                for each in self._of_days(query, chosen):
                    self._judge(each, query, others, chosen, modality_known=True)
        chosen.steps.sort(key=lambda each: (each.row.scheduled_date, each.row.scheduled_time, each.row.accession))
        chosen.capped = len(chosen.steps) > at_most
        del chosen.steps[at_most:]
        return chosen

    @staticmethod
    def _identity(query: WorklistQuery) -> list[tuple[str, Callable[[Scheduled], bool]]]:
        """The checks of whom it asks for, on entries whose name forms are kept."""
        checks: list[tuple[str, Callable[[Scheduled], bool]]] = []
        named = naming(query.name)
        for keyword, fits in identity_checks(query):
            if keyword == "PatientName" and named is not None:
                checks.append((keyword, lambda each, named=named: named(each.names)))  # type: ignore[misc]
            else:
                checks.append((keyword, lambda each, fits=fits: fits(each.row)))  # type: ignore[misc]
        return checks

    def _identified(
        self, query: WorklistQuery, checks: list[tuple[str, Callable[[Scheduled], bool]]], chosen: Chosen
    ) -> list[Scheduled]:
        """Those it asks for: one look where the first key is exact, else all are compared."""
        first = checks[0][0]
        candidates: Iterable[Scheduled]
        exact = {"PatientID": query.patient_id, "AccessionNumber": query.accession}.get(first, "")
        if exact and not is_pattern(plain(exact)):
            candidates = list(self._by_key.get((first, plain(exact)), {}).values())
            chosen.keep_out(first, self._size - len(candidates))
            checks = checks[1:]
        elif first == "StudyInstanceUID":
            found = [self._by_key.get((first, uid), {}) for uid in dict.fromkeys(query.study_uids)]
            candidates = [each for some in found for each in some.values()]
            chosen.keep_out(first, self._size - len(candidates))
            checks = checks[1:]
        else:
            candidates = [each for steps in self._visits.values() for each in steps.values()]
        kept = []
        for each in candidates:
            reason = next((keyword for keyword, fits in checks if not fits(each)), "")
            if reason:
                chosen.keep_out(reason, 1)
            else:
                kept.append(each)
        return kept

    def _of_days(self, query: WorklistQuery, chosen: Chosen) -> list[Scheduled]:
        """Those of the days and modalities asked for; the others are counted by the bucket."""
        kept: list[Scheduled] = []
        for day, kinds in self._by_day.items():
            inside = query.dates.holds(day)
            for (modality, aliases), steps in kinds.items():
                if not inside:
                    chosen.keep_out("ScheduledProcedureStepStartDate", len(steps))
                    continue
                fits = not query.modalities or same_modality(query.modalities, modality, aliases)
                if fits:
                    kept += steps.values()
                elif query.times.open:
                    chosen.keep_out("Modality", len(steps))
                else:
                    for each in steps.values():
                        chosen.keep_out(when_not(each.row, query) or "Modality", 1)
        return kept

    @staticmethod
    def _judge(
        each: Scheduled, query: WorklistQuery, others: list[Any], chosen: Chosen, *, modality_known: bool = False
    ) -> None:
        row = each.row
        reason = when_not(row, query)
        if not reason and not modality_known and query.modalities:
            reason = "" if same_modality(query.modalities, row.modality, row.aliases) else "Modality"
        if not reason:
            reason = next((keyword for keyword, fits in others if not fits(row)), "")
        if not reason:
            chosen.steps.append(each)
            return
        chosen.keep_out(reason, 1)
        if query.identifies and len(chosen.left_out) < MOST_TOLD:
            chosen.left_out.append(left_out(row, query, reason))

    def _put_in(self, each: Scheduled) -> Scheduled:
        row = each.row
        kinds = self._by_day.setdefault(row.scheduled_date, {})
        kinds.setdefault((row.modality, row.aliases), {})[row.step_id] = each
        for key in _keys(row):
            self._by_key.setdefault(key, {})[row.step_id] = each
        self._stations[row.station_ae] += 1
        self._size += 1
        return each

    def _take_out(self, each: Scheduled) -> str:
        """Returns its day."""
        row = each.row
        kinds, kind = self._by_day[row.scheduled_date], (row.modality, row.aliases)
        kinds[kind].pop(row.step_id)
        if not kinds[kind]:
            kinds.pop(kind)
        if not kinds:
            self._by_day.pop(row.scheduled_date)
        for key in _keys(row):
            self._by_key[key].pop(row.step_id)
            if not self._by_key[key]:
                self._by_key.pop(key)
        self._stations[row.station_ae] -= 1
        if not self._stations[row.station_ae]:
            del self._stations[row.station_ae]
        self._size -= 1
        return row.scheduled_date


@dataclass(frozen=True)
class Listed:
    """The steps that may answer; ``seen_at`` is when they were read where the store is away since, else empty."""

    index: WorklistIndex
    seen_at: str = ""


def _keys(row: WorklistRow) -> tuple[tuple[str, str], ...]:
    return (
        ("PatientID", row.patient.patient_id.strip().upper()),
        ("AccessionNumber", row.accession.strip().upper()),
        ("StudyInstanceUID", row.study_uid),
    )


def left_out(row: WorklistRow, query: WorklistQuery, keyword: str) -> LeftOut:
    """What was asked and what is scheduled under the key that kept a row out. Names of examinees are not told."""
    states = {"done": "COMPLETED", "started": "STARTED", "cancelled": "CANCELLED"}
    pair = {
        "PatientID": (query.patient_id, row.patient.patient_id),
        "AccessionNumber": (query.accession, row.accession),
        "StudyInstanceUID": ("\\".join(query.study_uids), row.study_uid),
        "ScheduledProcedureStepID": (query.step_id, row.step_id),
        "RequestedProcedureID": (query.requested_procedure_id, row.requested_procedure_id),
        "ScheduledProcedureStepStartDate": (_span_text(query.dates), row.scheduled_date),
        "ScheduledProcedureStepStartTime": (_span_text(query.times), row.scheduled_time),
        "Modality": ("\\".join(query.modalities), row.modality),
        "ScheduledProcedureStepStatus": (query.status, states.get(row.state, "SCHEDULED")),
        "ScheduledStationAETitle": (query.station_ae, row.station_ae),
        "CodeValue": ("\\".join(query.codes), row.code),
        "PatientBirthDate": (_span_text(query.birth_date), birth_of(row)),
        "PatientSex": (query.sex, row.patient.sex),
    }.get(keyword, ("", ""))
    return LeftOut(row.patient.patient_id, row.step_id, keyword, *pair)


def _span_text(span: Span) -> str:
    return f"{span.first}-{span.last}" if span.first != span.last else span.first
