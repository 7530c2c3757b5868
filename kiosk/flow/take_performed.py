"""What devices tell of their work (MPPS) goes into the store, and into the list of examinations to do.

Never lost: where the shared store is away the message is kept on this PC as owed work, answered as taken, and told
later in its order.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from kiosk.core.faults import LinkLost, Refused
from kiosk.core.performed import PerformedSeries, PerformedState, PerformedStep, Scheduled
from kiosk.flow.hand_out import Later
from kiosk.store import audit, jobs, notices, performed
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store
from kiosk.store.jobs import Job

log = logging.getLogger(__name__)

PERFORMED = "performed"  # kind of the local job, and of the notice
BEGUN, CHANGED = "begun", "changed"
AGAIN_S = 5.0


class PerformedSteps:
    """The doors' way in. ``begin`` and ``change`` return when the message is safe; ``doers`` tell what was kept."""

    def __init__(self, centre: Store, own: Store, actor: Actor, station: str) -> None:
        self._centre = centre
        self._own = own
        self._actor = actor
        self._station = station

    def begin(self, told: PerformedStep) -> None:
        """A device began. Raises ``Refused("duplicate")``; LinkLost where it can be kept nowhere."""
        self._take(BEGUN, told)

    def change(self, told: PerformedStep) -> None:
        """It went on or ended. Raises ``Refused("unknown" | "final")``; LinkLost where it can be kept nowhere."""
        self._take(CHANGED, told)

    def doers(self) -> dict[str, Any]:
        """For the hand-out of this PC's own store."""
        return {PERFORMED: self._tell_later}

    def _take(self, what: str, told: PerformedStep) -> None:
        if not self._waits(told.sop_uid):  # else it would overtake what was kept before
            try:
                with self._centre.writing() as conn:
                    self._enter(conn, what, told)
                return
            except LinkLost:
                log.warning("the store is away: what a device told is kept on this PC")
        with self._own.writing() as conn:
            subject = f"{told.sop_uid} {what} {time.time_ns()}"
            body = {"what": what, "told": asdict(told)}
            jobs.owe(conn, PERFORMED, station=self._station, subject=subject, body=body, local=True)

    def _waits(self, sop_uid: str, what: str = "") -> bool:
        """Is something of it still owed that was kept on this PC?"""
        with self._own.reading() as conn:
            return jobs.is_owed(conn, PERFORMED, f"{sop_uid} {what}", local=True)

    def _enter(self, conn: Connection, what: str, told: PerformedStep) -> None:
        touched = performed.begin(conn, told) if what == BEGUN else performed.change(conn, told)
        if told.state is PerformedState.COMPLETED:
            self._note(conn, told, "examination completed")
        elif told.state is PerformedState.DISCONTINUED:
            self._note(conn, told, "examination discontinued")
        else:
            self._note(conn, told, "examination begun" if what == BEGUN else "examination changed")
        for visit in touched.visits:
            notices.tell(conn, "visits", visit=visit)
        notices.tell(conn, PERFORMED, study_uid=touched.study_uid)

    def _note(self, conn: Connection, told: PerformedStep, action: str) -> None:
        patient = told.patient_id[:64]
        audit.write(
            conn, self._actor, action, patient=patient, subject=told.sop_uid, source=told.source, reason=told.reason
        )

    def _tell_later(self, job: Job) -> None:
        told = _told(job.body["told"])
        try:
            with self._centre.writing() as conn:
                self._enter(conn, job.body["what"], told)
        except Refused as why:
            if why.reason == performed.UNKNOWN and self._waits(told.sop_uid, BEGUN):
                raise Later(time.time() + AGAIN_S, "its beginning comes first") from None
            log.warning("what a device told while the store was away was not taken: %s", why.reason)


def _told(data: Mapping[str, Any]) -> PerformedStep:
    series = data["series"]
    return PerformedStep(
        **{
            **data,
            "state": PerformedState(data["state"]) if data["state"] else None,
            "series": None
            if series is None
            else tuple(PerformedSeries(**{**each, "objects": tuple(each["objects"])}) for each in series),
            "scheduled": tuple(Scheduled(**each) for each in data["scheduled"]),
        }
    )
