"""New and changed patients of the billing system, read by a query and handed to a console as owed work (S42)."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from kiosk.core.calendar_dates import NoDate, read_date
from kiosk.core.faults import Fault
from kiosk.core.patient import Patient
from kiosk.core.record_formats import RecordFormat, file_name, record_of, written
from kiosk.core.words import N_
from kiosk.devices.handover.contract import Handover
from kiosk.flow import fetching_state
from kiosk.flow.answers import as_fault
from kiosk.store import foreign_query, jobs, notices, seen_rows
from kiosk.store.engine import Store
from kiosk.store.jobs import Job

log = logging.getLogger(__name__)

HANDOVER = "handover"  # kind of the job
BILLING = "billing"  # its destination; also how it is called among those that run by themselves
FIELDS = ("patient_id", "kanji", "kana", "romaji", "sex", "birth_date")
_SEX = {"1": "M", "M": "M", "男": "M", "MALE": "M", "2": "F", "F": "F", "女": "F", "FEMALE": "F", "O": "O", "3": "O"}


@dataclass(frozen=True)
class Billing:
    """``columns``: our field -> their column. ``baseline``: what is there at the first look is known already."""

    url: str
    query: str
    columns: Mapping[str, str]
    title: str = ""
    every_s: float = 60.0
    baseline: bool = True
    format: RecordFormat = field(default_factory=RecordFormat)
    file_name: str = "{patient_id}.csv"

    @property
    def whom(self) -> str:
        return self.title or BILLING


class ReadBilling:
    """Reads, finds what changed by its content, and owes its hand-over."""

    def __init__(self, centre: Store, own: Store, station: str, how: Billing) -> None:
        self._centre = centre
        self._own = own
        self._station = station
        self._how = how
        self._now = threading.Event()
        self._trouble = ""

    def look_now(self) -> None:
        self._now.set()

    def work(self, stop: threading.Event) -> None:
        """The worker."""
        try:
            while not stop.is_set():
                self._now.clear()
                if BILLING not in fetching_state.paused(self._own):
                    self._look()
                self._now.wait(self._how.every_s)
        finally:
            self._own.leave()
            self._centre.leave()

    def _look(self) -> None:
        why: Fault | None = None
        counts = {"rows": 0, "changed": 0, "wrong": 0}
        try:
            counts = self.look()
        except Exception as trouble:
            why = as_fault(trouble)
        if str(why or "") != self._trouble:
            self._trouble = str(why or "")
            log.log(logging.WARNING if why else logging.INFO, "billing system: %s", why or "answers")
        fetching_state.tell(self._own, BILLING, counts, why)

    def look(self) -> dict[str, int]:
        """How many rows there are, how many are new or changed, how many can't be read. Raises LinkLost, Fault."""
        rows = foreign_query.rows_of(self._how.url, self._how.query, whom=self._how.whom)
        records: dict[str, dict[str, str]] = {}
        wrong = 0
        for row in rows:
            try:
                record = self.mapped(row)
            except (NoDate, ValueError):
                wrong += 1
                continue
            records[record["patient_id"]] = record
        return {"rows": len(rows), "changed": self._owe(records), "wrong": wrong}

    def mapped(self, row: Mapping[str, Any]) -> dict[str, str]:
        """A row in our fields. Raises ValueError (also NoDate) where it names no patient or no date."""
        told = {ours: _text(row[theirs]) for ours, theirs in self._how.columns.items() if theirs in row}
        missing = [theirs for theirs in self._how.columns.values() if theirs not in row]
        if missing:
            raise Fault(
                N_("The query of the billing system gives no column {column}."),
                N_("Correct the query or the columns in the parameter file."),
                reference="P253",
                column=", ".join(missing),
            )
        if not told.get("patient_id"):
            raise ValueError("no patient ID")
        told["sex"] = _SEX.get(told.get("sex", "").upper(), "")
        if told.get("birth_date"):
            told["birth_date"] = read_date(told["birth_date"]).isoformat()
        return told

    def _owe(self, records: Mapping[str, dict[str, str]]) -> int:
        digests = {key: _digest(record) for key, record in records.items()}
        with self._centre.writing() as conn:
            known = seen_rows.known(conn, BILLING, list(digests))
            changed = [key for key, digest in digests.items() if known.get(key) != digest]
            first = self._how.baseline and not known and not seen_rows.any_of(conn, BILLING)
            if not first:
                for key in changed:
                    jobs.owe(
                        conn, HANDOVER, station=self._station, destination=BILLING, subject=key, body=records[key],
                        revive=True,
                    )  # fmt: skip
            seen_rows.keep(conn, BILLING, [(key, digests[key]) for key in changed])
            if changed:
                notices.tell(conn, HANDOVER)
        return 0 if first else len(changed)


class HandRecordsOver:
    """Does the jobs of kind ``HANDOVER``."""

    def __init__(self, how: Billing, to: Handover, now: Callable[[], datetime] = datetime.now) -> None:
        self._how = how
        self._to = to
        self._now = now

    def hand_over(self, job: Job) -> None:
        """Raises NoRecord, LinkLost, Fault: it stays owed."""
        name, data = record_file(self._how, job.body, self._now())
        self._to.deliver(name, data)


def record_file(how: Billing, told: Mapping[str, str], now: datetime) -> tuple[str, bytes]:
    """Name and bytes of the file that the console gets. Raises NoRecord."""
    born = told.get("birth_date", "")
    patient = Patient(
        "", told["patient_id"], told.get("kanji", ""), told.get("kana", ""), told.get("romaji", ""),
        told.get("sex", ""), date.fromisoformat(born) if born else None,
    )  # fmt: skip
    more = {key: value for key, value in told.items() if key not in FIELDS}
    record = record_of(patient, now=now, **more)
    return file_name(how.file_name, record), written(how.format, record)


def first_rows(how: Billing, reader: ReadBilling, count: int, now: datetime) -> Iterable[tuple[str, str]]:
    """For the dry run: of the first rows what a console would get (name, text), or why not."""
    for row in foreign_query.rows_of(how.url, how.query, whom=how.whom, most=count):
        try:
            name, data = record_file(how, reader.mapped(row), now)
            encoding = "utf-8" if how.format.encoding.startswith("utf-8") else how.format.encoding
            yield name, data.decode(encoding, "replace").replace("\r\n", " ↵ ").replace("\n", " ↵ ")
        except (ValueError, Fault) as why:
            yield "-", str(as_fault(why).sentence) if isinstance(why, Fault) else str(why)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, (datetime, date)):
        return value.strftime("%Y-%m-%d")
    if isinstance(value, bytes):
        value = value.decode("cp932", "replace")
    return unicodedata.normalize("NFC", str(value)).strip(" \u3000\0")


def _digest(record: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
