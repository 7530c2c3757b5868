"""Tells those who had images that are not to be seen any more: a rejection note where it is heeded, else by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.core.correction import Reason, title_of
from kiosk.core.faults import Fault, LinkLost
from kiosk.core.sending import SendState
from kiosk.core.words import N_
from kiosk.dicom import status_words
from kiosk.dicom.rejection_note import Named, rejection_note
from kiosk.flow.watch_link import Destination
from kiosk.store import audit, corrections, images, jobs, notices
from kiosk.store.audit import Actor
from kiosk.store.clock import day_of
from kiosk.store.corrections import NOTICE, Correction, Tell
from kiosk.store.engine import Connection, Store
from kiosk.store.jobs import Job

TELL = "reject"  # kind of its job; the subject is the row of correction_tells
SENT = (SendState.ACCEPTED, SendState.VERIFIED, SendState.DONE)
FINDINGS = "findings"  # stands in the column of destinations for a visit's reports


class Telling:
    """Enters who must hear of it, in the transaction that hides the images."""

    def __init__(self, station: str, understand: Sequence[str]) -> None:
        self._station = station
        self._understand = frozenset(understand)

    def old(self, conn: Connection, now: Correction, sop_uids: Sequence[str]) -> None:
        """Before the old images leave the index."""
        self._destinations(conn, now, "old", now.old_study_uid, sop_uids)
        for visit, uids in corrections.visits_with_pictures_of(conn, sop_uids).items():
            corrections.add_tell(conn, now.id, "finding", f"{FINDINGS} {visit}", uids, note=False)

    def new(self, conn: Connection, now: Correction, sop_uids: Sequence[str]) -> None:
        """Before the new ones leave it because the correction is taken back."""
        for each in corrections.tells_of(conn, now.id):
            if each.what == "old" and each.state == "told":
                corrections.add_tell(conn, now.id, "back", each.destination, each.sop_uids, note=False)
            elif each.what in ("old", "finding") and each.state != "done":
                corrections.change_tell(conn, each.id, state="done")
        self._destinations(conn, now, "new", now.new_study_uid, sop_uids)

    def _destinations(
        self, conn: Connection, now: Correction, what: str, study_uid: str, sop_uids: Sequence[str]
    ) -> None:  # fmt: skip
        for destination, (state, said) in corrections.receivers(conn, study_uid, sop_uids).items():
            had = [uid for uid, status in said.items() if status_words.stored(status)]
            if not had and not said and state in SENT:
                had = list(sop_uids)  # somebody marked it as sent
            if had:
                row = corrections.add_tell(
                    conn, now.id, what, destination, had, note=destination in self._understand
                )  # fmt: skip
                if row is not None and destination in self._understand:
                    jobs.owe(conn, TELL, station=self._station, destination=destination, subject=str(row))
        study = images.study_by_uid(conn, study_uid)
        if study is not None:
            taken = day_of(study.study_date)  # nobody fetched it before it was taken
            for title in sorted(corrections.retrieved_by(conn, study_uid, taken.isoformat() if taken else "")):
                corrections.add_tell(conn, now.id, what, title, sop_uids, note=False)


class SendNotes:
    """Sends rejection notes; in the service that talks to other servers."""

    def __init__(
        self,
        centre: Store,
        station: str,
        destinations: Sequence[Destination],
        *,
        send: Callable[..., Sequence[object]] | None = None,
    ) -> None:
        self._centre = centre
        self._station = station
        self._destinations: Mapping[str, Destination] = {each.name: each for each in destinations}
        self._send = send

    def tell(self, job: Job) -> None:
        """Raises Fault where it was not taken; then it is tried again."""
        with self._centre.reading() as conn:
            tell = corrections.tell_by_id(conn, int(job.subject))
            now = corrections.by_id(conn, tell.correction) if tell is not None else None
            files = corrections.files_of(conn, now.id) if now is not None else []
        if tell is None or now is None or tell.state != "owed":
            return
        to = self._destinations.get(tell.destination)
        if to is None:
            raise Fault(N_("The destination {whom} is not set up any more."), reference="K321", whom=tell.destination)
        old = tell.what == "old"
        named = [
            Named(
                each.old_sop_uid if old else each.new_sop_uid, each.sop_class,
                each.old_series_uid if old else each.new_series_uid,
            )
            for each in files
            if (each.old_sop_uid if old else each.new_sop_uid) in tell.sop_uids
        ]  # fmt: skip
        note = rejection_note(
            tell.note_uids[0], tell.note_uids[1], now.before if old else now.after,
            now.old_study_uid if old else now.new_study_uid, named, title_of(Reason(now.reason)),
            datetime.fromisoformat(tell.at), station=self._station if self._station.isascii() else "",
        )  # fmt: skip
        self._hand_over(to, note)
        with self._centre.writing() as conn:
            corrections.change_tell(conn, tell.id, state="told", error="")
            self._audit(conn, now, tell)
            notices.tell(conn, NOTICE, correction=now.id)

    def _hand_over(self, to: Destination, note: bytes) -> None:
        from kiosk.dicom.send import send_files

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "note.dcm"
            path.write_bytes(note)
            [result] = (self._send or send_files)(to.own_title, to.node, [path])
        if not getattr(result, "accepted", False):
            trouble = getattr(result, "trouble", None)
            if isinstance(trouble, Fault):
                raise trouble
            raise LinkLost(to.whom, N_("{whom} did not take the rejection note."))

    def _audit(self, conn: Connection, now: Correction, tell: Tell) -> None:
        audit.write(
            conn, Actor(station=self._station), "rejection note sent",
            patient=f"{now.before.issuer}|{now.before.patient_id}", subject=f"correction {now.id}",
            to=tell.destination, images=list(tell.sop_uids), note=tell.note_uids[0],
        )  # fmt: skip
