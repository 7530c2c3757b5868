"""The attributes of one examinee go to a console at the moment somebody stands before it (S22).

What could not be handed over is never sent later by itself: by then another person stands there.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from kiosk.core.barcodes import Code
from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.core.patient import Patient
from kiosk.core.record_formats import Record, RecordFormat, file_name, preview, record_of, written
from kiosk.core.visit import Visit, VisitState
from kiosk.core.words import N_
from kiosk.devices.handover.contract import Handover
from kiosk.flow.just_scanned import tell_scanned
from kiosk.store import audit, local, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

SENT, DAY = "attributes/sent", "attributes/day"  # among what this PC saw last
MOST_SENT = 200


@dataclass(frozen=True)
class Person:
    """An examinee as the console is told. ``birth_date`` ISO or empty; ``seen_at`` where the shared store is away."""

    visit: int
    day: str
    number: str
    issuer: str
    patient_id: str
    kanji: str
    kana: str
    romaji: str
    sex: str
    birth_date: str
    course: str = ""
    remark: str = ""
    cancelled: bool = False
    seen_at: str = ""

    @property
    def patient(self) -> Patient:
        born = date.fromisoformat(self.birth_date) if self.birth_date else None
        return Patient(self.issuer, self.patient_id, self.kanji, self.kana, self.romaji, self.sex, born)


@dataclass(frozen=True)
class Sent:
    """A record that went out, or why it did not (``why``: a sentence as it was told)."""

    at: str
    number: str
    patient_id: str
    name: str
    took_ms: int
    why: str = ""


class SendAttributes:
    """Finds examinees and hands their records to one console. Methods work on the calling thread and may block."""

    def __init__(
        self,
        centre: Store,
        own: Store,
        actor: Callable[[], Actor],
        institution: str,
        to: Handover,
        how: RecordFormat,
        pattern: str,
        *,
        console: str = "",
        ae_title: str = "",
        clock: Callable[[], datetime] = datetime.now,
    ) -> None:
        """``pattern``: name of the record, fields of ours in braces; ``console``: how it is called; ``ae_title``: by
        which it asks the worklist, empty where it does not.
        """
        self._centre = centre
        self._own = own
        self._actor = actor
        self._institution = institution
        self._to = to
        self._how = how
        self._pattern = pattern
        self._console = console
        self._ae_title = ae_title
        self._clock = clock

    def find(self, code: Code, day: date) -> Person:
        """Who has this check-up number or this patient ID on that day (the code's own day comes first): exactly so,
        never the nearest. A number that is nobody's may be a patient ID. Raises Refused where nobody or more than one
        has it.
        """
        people, number = self.people(code.day or day), code.number or code.patient_id
        if code.institution and self._institution and code.institution != self._institution:
            raise Refused(
                "elsewhere", N_("This code is of the institution {institution}."),
                N_("Scan the code of this visit."), reference="H334", institution=code.institution,
            )  # fmt: skip
        found = [each for each in people if code.number and each.number == code.number] or [
            each for each in people if each.patient_id == number
        ]
        if not found:
            raise Refused(
                "nobody", N_("Nobody has the number {number} on this day."), N_("Scan again, or check the date."),
                reference="H330", number=number,
            )  # fmt: skip
        if len(found) > 1:
            raise Refused(
                "several", N_("{n} visits of this day have {number}."), N_("Scan the check-up number instead."),
                reference="H331", n=len(found), number=number,
            )  # fmt: skip
        [person] = found
        if person.cancelled:
            raise Refused(
                "cancelled", N_("The visit {number} was cancelled."), N_("Ask at reception."), reference="H332",
                number=number,
            )  # fmt: skip
        if self._ae_title:
            with contextlib.suppress(Fault):  # the shared store is away: the worklist keeps its order
                tell_scanned(self._centre, self._ae_title, person.visit)
        return person

    def people(self, day: date) -> Sequence[Person]:
        """Everybody of a day; as this PC saw them last while the shared store is away. Raises LinkLost."""
        subject = f"{DAY} {day.isoformat()}"
        try:
            with self._centre.reading() as conn:
                found = [_person(each) for each in visits.day_visits(conn, day, self._institution)]
        except LinkLost:
            with self._own.reading() as conn:
                kept = local.seen_last(conn, subject)
            if kept is None:
                raise
            return [Person(**{**each, "seen_at": kept.at}) for each in kept.body["people"]]
        with self._own.writing() as conn:
            local.keep_last_seen(conn, subject, {"people": [asdict(each) for each in found]})
        return found

    def shown(self, person: Person) -> list[tuple[str, str]]:
        """What the console would get, field by field. Raises NoRecord."""
        return preview(self._how, self._record(person))

    def send(self, person: Person) -> Sent:
        """Hand the record over; returns when the console has it. Raises NoRecord, LinkLost, Fault; Refused where the
        examinee was corrected since ``person`` was looked at.
        """
        self._still_the_same(person)
        record = self._record(person)
        began = time.monotonic()
        try:
            self._to.deliver(file_name(self._pattern, record), written(self._how, record))
        except Fault as why:
            log.warning("attributes of visit %d did not reach the console: %s", person.visit, why)
            self._keep(person, began, str(why.sentence))
            raise
        sent = self._keep(person, began, "")
        log.info("attributes of visit %d handed over in %d ms", person.visit, sent.took_ms)
        self._write_down(person)
        return sent

    def sent_today(self) -> list[Sent]:
        """Newest first."""
        with self._own.reading() as conn:
            kept = local.seen_last(conn, SENT)
        today = self._clock().date().isoformat()
        rows = kept.body["rows"] if kept is not None and kept.body.get("day") == today else []
        return [Sent(**each) for each in reversed(rows)]

    # -- inside --------------------------------------------------------------------------------------------------

    def _record(self, person: Person) -> Record:
        return record_of(
            person.patient, now=self._clock(), number=person.number, day=person.day, course=person.course,
            remark=person.remark,
        )  # fmt: skip

    def _still_the_same(self, person: Person) -> None:
        """Not where the shared store is away: what was looked at is all there is."""
        try:
            with self._centre.reading() as conn:
                now = visits.visit_by_id(conn, person.visit)
        except LinkLost:
            return
        if now is None or _person(now) != Person(**{**asdict(person), "seen_at": ""}):
            raise Refused(
                "changed", N_("This examinee was corrected in the meantime."), N_("Scan again and look once more."),
                reference="H333",
            )  # fmt: skip

    def _keep(self, person: Person, began: float, why: str) -> Sent:
        now = self._clock()
        took = round(1000 * (time.monotonic() - began))
        sent = Sent(now.isoformat(timespec="seconds"), person.number, person.patient_id, person.kanji, took, why)
        with self._own.writing() as conn:
            kept = local.seen_last(conn, SENT)
            today = now.date().isoformat()
            rows = kept.body["rows"] if kept is not None and kept.body.get("day") == today else []
            local.keep_last_seen(conn, SENT, {"day": today, "rows": [*rows, asdict(sent)][-MOST_SENT:]})
        return sent

    def _write_down(self, person: Person) -> None:
        try:
            with self._centre.writing() as conn:
                audit.write(
                    conn, self._actor(), "attributes sent", patient=f"{person.issuer}|{person.patient_id}",
                    subject=f"visit {person.visit}", console=self._console,
                )  # fmt: skip
        except Fault as why:  # the console has it: that must not look like a failure
            log.warning("the audit row of visit %d could not be written: %s", person.visit, why)


def _person(visit: Visit) -> Person:
    patient = visit.patient
    return Person(
        visit.id, visit.key.day.isoformat(), visit.key.number, patient.issuer, patient.patient_id, patient.kanji,
        patient.kana, patient.romaji, patient.sex,
        patient.birth_date.isoformat() if patient.birth_date else "", visit.course_name, visit.remark,
        visit.state is VisitState.CANCELLED,
    )  # fmt: skip
