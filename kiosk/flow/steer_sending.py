"""What people do to studies that are to be sent: again, now, set back, marked as sent, held, released."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from kiosk.core.sending import SENT, SET_BACK, SendLine, SendState
from kiosk.flow.send_studies import NOTICE, SEND, SEND_NOW
from kiosk.store import audit, jobs, notices, sends
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store

FIRST = 0.0  # due before all that waits


class SteerSending:
    """Each act takes rows of ``sends``, is written to the audit table, and returns how many it concerned."""

    def __init__(self, centre: Store, station: str, actor: Callable[[], Actor]) -> None:
        self._centre = centre
        self._station = station
        self._actor = actor

    def again(self, ids: Sequence[int]) -> int:
        """Send all images anew, whatever was accepted before."""

        def do(conn: Connection, line: SendLine) -> None:
            sends.forget_said(conn, line.id)
            self._open(conn, line, SEND_NOW, mark="", accepted=0)

        return self._each(ids, "send again", do)

    def now(self, ids: Sequence[int]) -> int:
        """What is missing of them before all others, and also while automatic sending is off."""
        return self._each(ids, "send now", lambda conn, line: self._open(conn, line, SEND_NOW))

    def set_back(self, ids: Sequence[int]) -> int:
        """Mark 00: not sent; it goes in its turn."""

        def do(conn: Connection, line: SendLine) -> None:
            sends.forget_said(conn, line.id)
            self._open(conn, line, SEND, mark=SET_BACK, accepted=0)

        return self._each(ids, "sending mark cleared", do)

    def mark_sent(self, ids: Sequence[int]) -> int:
        """Mark 01: it is there already; nothing is sent."""

        def do(conn: Connection, line: SendLine) -> None:
            sends.change(conn, line.id, state=SendState.DONE, mark=SENT, sendable=1, error=None)

        return self._each(ids, "sending mark set", do)

    def hold(self, ids: Sequence[int]) -> int:
        """Not to be sent before somebody releases it."""

        def do(conn: Connection, line: SendLine) -> None:
            if line.state != SendState.DONE:
                sends.change(conn, line.id, state=SendState.HELD, sendable=0)

        return self._each(ids, "sending held", do)

    def release(self, ids: Sequence[int]) -> int:
        """It may be sent."""

        def do(conn: Connection, line: SendLine) -> None:
            if line.state == SendState.HELD:
                self._open(conn, line, SEND, mark="")

        return self._each(ids, "sending released", do)

    def add(self, study_uid: str, destination: str) -> int:
        """Send a study there although no rule says so."""
        with self._centre.writing() as conn:
            study = sends.study_to_route(conn, study_uid)
            if study is None:
                return 0
            send = sends.want(conn, destination, study.id, study.images, "")
            line = sends.by_id(conn, [send])[0]
            self._open(conn, line, SEND_NOW)
            self._note(conn, "send now", line)
        return 1

    def _open(self, conn: Connection, line: SendLine, kind: str, **values: object) -> None:
        sends.change(
            conn, line.id, state=SendState.QUEUED, sendable=1, attempts=0, error=None, verified_at="", done_at="",
            commitment="", **values,
        )  # fmt: skip
        due = FIRST if kind == SEND_NOW else None
        jobs.owe(
            conn, kind, station=self._station, destination=line.destination, subject=line.study_uid, revive=True,
            due=due,
        )  # fmt: skip

    def _each(self, ids: Sequence[int], action: str, do: Callable[[Connection, SendLine], None]) -> int:
        with self._centre.writing() as conn:
            lines = sends.by_id(conn, ids)
            for line in lines:
                do(conn, line)
                self._note(conn, action, line)
        return len(lines)

    def _note(self, conn: Connection, action: str, line: SendLine) -> None:
        audit.write(
            conn, self._actor(), action, patient=f"|{line.patient_id}", subject=line.study_uid, to=line.destination
        )  # fmt: skip
        notices.tell(conn, NOTICE, destination=line.destination, study=line.study)
