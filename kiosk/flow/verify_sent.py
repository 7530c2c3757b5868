"""Asks a destination whether it has what it accepted: by counting (C-FIND) or by storage commitment."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from kiosk.core.commitment import Reference
from kiosk.core.sending import SendLine, SendState
from kiosk.core.words import N_, Sentence
from kiosk.flow import commit_storage
from kiosk.flow.watch_link import Destination
from kiosk.store import commitments, sends
from kiosk.store.engine import Store
from kiosk.store.image_places import Kept

TRIES = 3  # a server may index some time after it answered: then what it lacks is sent again
REPORT_WAIT_S = 2.0  # for a report on the association on which was asked
ASK_AGAIN_S = 600.0  # a report that did not come by then is asked for anew


class VerifySent:
    """``verify(line, images)``: None where the destination has them all, else what it said so far. Images that it lost
    are marked as not sent, and the study as queued. Raises LinkLost.
    """

    def __init__(self, centre: Store, to: Destination, clock: Callable[[], float] = time.time) -> None:
        self._centre = centre
        self._to = to
        self._clock = clock
        self._wait_s = REPORT_WAIT_S

    def __call__(self, line: SendLine, images: Sequence[Kept]) -> Sentence | None:
        return (self._by_commitment if self._to.verify == "commitment" else self._by_count)(line, images)

    def _by_count(self, line: SendLine, images: Sequence[Kept]) -> Sentence | None:
        from kiosk.dicom.query import QueryLine

        with QueryLine(self._to.own_title, self._to.verify_at or self._to.node) as server:
            told = [row["NumberOfStudyRelatedInstances"] for row in self._rows(server, "STUDY", line)]
            if told and told[0].strip().isdigit() and int(told[0]) >= len(images):
                return None
            with self._centre.reading() as conn:
                tries = sends.by_id(conn, [line.id])[0].attempts
            if told and told[0].strip().isdigit() and tries < TRIES:
                return self._lacks(int(told[0]), len(images))
            there = {  # it counts too few, or not at all: which are they?
                image["SOPInstanceUID"]
                for series in self._rows(server, "SERIES", line)
                for image in self._rows(server, "IMAGE", line, SeriesInstanceUID=series["SeriesInstanceUID"])
            }
        lost = [each.sop_uid for each in images if each.sop_uid not in there]
        if not lost:
            return None
        if tries >= TRIES:
            self._send_again(line, lost)
        return self._lacks(len(images) - len(lost), len(images))

    def _rows(self, server: object, level: str, line: SendLine, **keys: str) -> list[dict[str, str]]:
        found = server.find(level, {"StudyInstanceUID": line.study_uid, **keys}, at_most=100_000)  # type: ignore[attr-defined]
        rows: list[dict[str, str]] = found.rows
        return rows

    def _by_commitment(self, line: SendLine, images: Sequence[Kept]) -> Sentence | None:
        with self._centre.reading() as conn:
            transaction = sends.by_id(conn, [line.id])[0].commitment
            asked = commitments.find(conn, transaction) if transaction else None
        if asked is None or {each.sop_uid for each in asked.wanted} != {each.sop_uid for each in images}:
            self._ask(line, images)
            with self._centre.reading() as conn:
                asked = commitments.find(conn, sends.by_id(conn, [line.id])[0].commitment)
            if asked is None or asked.state == commitments.WAITING:
                return self._no_report()
        if asked.state == commitments.COMMITTED:
            return None
        if asked.state == commitments.FAILED:
            lost = [each.sop_uid for each in asked.failed]
            self._send_again(line, lost)
            return self._lacks(len(images) - len(lost), len(images))
        if self._clock() - _seconds(asked.at) > ASK_AGAIN_S:
            self._ask(line, images)
        return self._no_report()

    def _ask(self, line: SendLine, images: Sequence[Kept]) -> None:
        wanted = [Reference(each.sop_class, each.sop_uid) for each in images]
        whom = self._to.verify_at or self._to.node
        transaction = commit_storage.ask(self._centre, self._to.own_title, whom, wanted, wait_s=self._wait_s)
        with self._centre.writing() as conn:
            sends.change(conn, line.id, commitment=transaction)
            told = commitments.find(conn, transaction)
        if told is None or told.state == commitments.WAITING:
            self._wait_s = 0.0  # it reports on an association of its own: waiting here would hold up the others

    def _send_again(self, line: SendLine, lost: Sequence[str]) -> None:
        with self._centre.writing() as conn:
            sends.forget_said(conn, line.id, lost)
            sends.change(conn, line.id, state=SendState.QUEUED, mark="", commitment="", attempts=0)

    def _lacks(self, there: int, of: int) -> Sentence:
        return Sentence(N_("{whom} has only {n} of {m} images."), {"whom": self._to.whom, "n": there, "m": of})

    def _no_report(self) -> Sentence:
        return Sentence(N_("{whom} has not reported yet whether it keeps the images."), {"whom": self._to.whom})


def _seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp() if text else 0.0
