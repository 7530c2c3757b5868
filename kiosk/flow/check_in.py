"""An examinee comes to reception: checked in, or the check-in taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.core.faults import Refused
from kiosk.core.visit import Visit, VisitState
from kiosk.core.words import N_
from kiosk.store import audit, notices, visits
from kiosk.store.audit import Actor
from kiosk.store.clock import now_text
from kiosk.store.engine import Connection, Store


@dataclass(frozen=True)
class CheckedIn:
    """``before`` is when somebody else had checked the examinee in already; empty where it was done now."""

    visit: int
    name: str
    number: str
    before: str = ""


def check_in(centre: Store, actor: Actor, visit: int) -> CheckedIn:
    """Note that the examinee is here. Raises Refused for a visit that is gone or cancelled."""
    with centre.writing() as conn:
        found = _found(conn, visit)
        if found.state is VisitState.CANCELLED:
            raise Refused(
                "cancelled", N_("This visit was cancelled."), N_("Make a new visit, or ask the booking desk.")
            )
        if found.arrived_at:
            return CheckedIn(found.id, found.patient.shown_name, found.key.number, found.arrived_at)
        # Pictures may be quicker than reception: what is complete stays complete.
        state = VisitState.DONE if found.state is VisitState.DONE else VisitState.ARRIVED
        visits.set_state(conn, found.id, state, arrived_at=now_text())
        _tell(conn, actor, "checked in", found)
    return CheckedIn(found.id, found.patient.shown_name, found.key.number)


def undo_check_in(centre: Store, actor: Actor, visit: int) -> CheckedIn:
    """Take a check-in back. Raises Refused where the examinee is not checked in, or pictures have come."""
    with centre.writing() as conn:
        found = _found(conn, visit)
        if not found.arrived_at:
            raise Refused("not here", N_("This examinee is not checked in."), N_("Choose the right line."))
        if any(step.images for step in found.steps):
            raise Refused(
                "images",
                N_("Pictures of this examinee have arrived; the check-in can't be taken back."),
                N_("If they are another person's, have the gateway match them by hand first."),
            )
        visits.set_state(conn, found.id, VisitState.BOOKED, arrived_at="")
        _tell(conn, actor, "check-in undone", found)
    return CheckedIn(found.id, found.patient.shown_name, found.key.number)


def days_of_number(centre: Store, institution: str, number: str) -> list[date]:
    """The days on which somebody has this check-up number, newest first."""
    with centre.reading() as conn:
        return visits.days_of_number(conn, institution, number)


def _found(conn: Connection, visit: int) -> Visit:
    found = visits.visit_by_id(conn, visit)
    if found is None:
        raise Refused("visit", N_("This visit is not in the store."), N_("Open the day's list again."))
    return found


def _tell(conn: Connection, actor: Actor, action: str, found: Visit) -> None:
    patient = f"{found.patient.issuer}|{found.patient.patient_id}"
    audit.write(conn, actor, action, patient=patient, subject=f"visit {found.id}")
    notices.tell(conn, "visits", visit=found.id, days=[found.key.day.isoformat()])
