"""Finds who somebody means: by a scanned number or ID exactly, by what was typed in part; one line per person."""

from __future__ import annotations

from kiosk.core.visit import Visit
from kiosk.store import visits
from kiosk.store.engine import Store

MOST = 200


def examinees(centre: Store, text: str, *, exact: bool = False) -> list[Visit]:
    """The newest visit of each person that fits. ``exact``: check-up number or patient ID as a whole (a scan)."""
    with centre.reading() as conn:
        found = visits.find_visits(conn, text, limit=MOST) if text else []
    newest: dict[int, Visit] = {}
    for visit in found:
        if not exact or text in (visit.key.number, visit.patient.patient_id):
            newest.setdefault(visit.patient_row, visit)
    return list(newest.values())
