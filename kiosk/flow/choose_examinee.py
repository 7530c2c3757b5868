"""Who is examined at a station with a device: the day's steps of its modality, from the store or by the worklist.

While neither answers, the list that this PC saw last goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from kiosk.core.barcodes import Code
from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.core.words import N_
from kiosk.core.worklist_query import WorklistRow
from kiosk.store import local, visits
from kiosk.store.engine import Store
from kiosk.store.kept_worklist import row_data, row_of


@dataclass(frozen=True)
class Listed:
    """One examination of the day. ``number``: check-up number, empty where the worklist does not tell it;
    ``seen_at``: when this PC saw it, where neither store nor worklist answers now.
    """

    row: WorklistRow
    number: str = ""
    seen_at: str = ""


class ChooseExaminee:
    """Methods work on the calling thread and may block."""

    def __init__(
        self,
        centre: Store,
        own: Store,
        institution: str,
        modality: str,
        ask_worklist: Callable[[date], Sequence[WorklistRow]] | None = None,
        *,
        place: str = "capture",
        institution_name: str = "",
    ) -> None:
        """``modality`` of the steps, empty for any; ``ask_worklist``: by C-FIND instead of from the store; ``place``:
        under which the list is kept on this PC.
        """
        self._centre = centre
        self._own = own
        self._institution = institution
        self._institution_name = institution_name
        self._modality = modality
        self._ask = ask_worklist
        self._place = place

    def day(self, day: date) -> list[Listed]:
        """Everybody who is to be examined here. Raises LinkLost where nothing was seen before."""
        subject = f"{self._place}/steps {day.isoformat()}"
        try:
            found = self._from_worklist(day) if self._ask is not None else self._from_store(day)
        except LinkLost:
            with self._own.reading() as conn:
                kept = local.seen_last(conn, subject)
            if kept is None:
                raise
            return [Listed(row_of(each["row"]), each["number"], kept.at) for each in kept.body["steps"]]
        body = {"steps": [{"row": row_data(each.row), "number": each.number} for each in found]}
        with self._own.writing() as conn:
            local.keep_last_seen(conn, subject, body)
        return found

    def find(self, code: Code, day: date) -> Listed:
        """Whose check-up number, patient ID or accession number it is, exactly so, never the nearest. Raises Refused
        where nobody or more than one has it, LinkLost.
        """
        if code.institution and self._institution and code.institution != self._institution:
            raise Refused(
                "elsewhere", N_("This code is of the institution {institution}."),
                N_("Scan the code of this visit."), reference="H334", institution=code.institution,
            )  # fmt: skip
        number = code.number or code.patient_id
        everybody = self.day(code.day or day)
        # What is known to be a patient ID is never taken for a check-up number.
        found = [each for each in everybody if code.number and each.number == code.number] or [
            each for each in everybody if number in (each.row.patient.patient_id, each.row.accession)
        ]
        if not found:
            raise Refused(
                "nobody", N_("Nobody with the number {number} is to be examined here on this day."),
                N_("Scan again, or choose from the list; ask at reception."), reference="H335", number=number,
            )  # fmt: skip
        if len(found) > 1:
            raise Refused(
                "several", N_("{n} examinations of this day have {number}."), N_("Choose from the list (F2)."),
                reference="H336", n=len(found), number=number,
            )  # fmt: skip
        return found[0]

    # -- inside --------------------------------------------------------------------------------------------------

    def _from_store(self, day: date) -> list[Listed]:
        from kiosk.flow.answer_worklist import worklist_row

        with self._centre.reading() as conn:
            text = day.isoformat()
            steps = visits.scheduled(conn, since=text, until=text)
        return [
            Listed(worklist_row(visit, step, self._institution_name), visit.key.number)
            for visit, step in steps
            if visit.key.institution == self._institution
            and (not self._modality or self._modality in (step.exam.modality, *step.exam.aliases))
        ]

    def _from_worklist(self, day: date) -> list[Listed]:
        """Check-up numbers are told by the store, where it answers: a worklist has none."""
        assert self._ask is not None
        rows = self._ask(day)
        numbers: dict[str, tuple[str, int]] = {}
        try:
            with self._centre.reading() as conn:
                for visit, step in visits.scheduled(conn, since=day.isoformat(), until=day.isoformat()):
                    numbers[step.study_uid] = visit.key.number, visit.id
        except Fault:
            pass
        found = []
        for row in rows:
            number, visit_id = numbers.get(row.study_uid, ("", 0))
            found.append(Listed(replace(row, visit=visit_id), number))
        return found


def by_worklist(own_title: str, gateway: Any, modality: str) -> Callable[[date], Sequence[WorklistRow]]:
    """How a modality asks: C-FIND at ``gateway`` (a Node)."""

    def ask(day: date) -> Sequence[WorklistRow]:
        from kiosk.core.charset import Charset
        from kiosk.dicom.ask_worklist import Asking, ask_worklist

        # In Unicode, which alone has every letter of a name (髙).
        return ask_worklist(own_title, gateway, Asking(day=day, modality=modality, charset=Charset.UTF8))

    return ask


def at_text(row: WorklistRow) -> str:
    """Time of the step as people read it."""
    try:
        return f"{datetime.combine(date.min, time.fromisoformat(row.scheduled_time[:6])):%H:%M}"
    except ValueError:
        return ""
