"""Storage commitment: a device asks whether its images are safe, and is told which are, however long that takes.

The request is kept before it is answered; the report is owed work, told on the device's own association while that is
open, else on a new one, again and again until the device confirms it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from kiosk.core.commitment import CONFLICT, MISSING, CommitmentAsked, CommitmentReport, Failure, Reference
from kiosk.core.faults import Fault, Refused
from kiosk.core.words import N_
from kiosk.dicom.nodes import Node, Nodes
from kiosk.store import commitments, jobs, notices
from kiosk.store.commitments import Kept
from kiosk.store.engine import Store
from kiosk.store.jobs import Job

if TYPE_CHECKING:
    from kiosk.dicom.commitment import CommitmentDoor

log = logging.getLogger(__name__)

COMMITMENT = "commitment"  # kind of the job, and of the notice
GRACE_S = 0.5  # for the device to say whether it keeps its association open


class Reporter(Protocol):
    """The two ways to a device."""

    def report_here(self, report: CommitmentReport, /) -> bool: ...
    def report_there(self, source: str, address: str, report: CommitmentReport, /) -> None: ...


class StorageCommitments:
    """``path_of(volume, relative)`` is where a file lies for this PC, None where it can't be reached from here."""

    def __init__(
        self, centre: Store, path_of: Callable[[str, str], Path | None], station: str, reporter: Callable[[], Reporter]
    ) -> None:
        self._centre = centre
        self._path_of = path_of
        self._station = station
        self._reporter = reporter

    def take(self, asked: CommitmentAsked) -> None:
        """Keep a device's request. Raises ``Refused("duplicate")``, LinkLost where the store is away."""
        with self._centre.writing() as conn:
            commitments.ask(conn, asked.transaction_uid, asked.source, asked.wanted, commitments.ASKED)
            jobs.owe(
                conn,
                COMMITMENT,
                station=self._station,
                destination=asked.source,
                subject=asked.transaction_uid,
                body={"address": asked.address},
                due=time.time() + GRACE_S,
                revive=True,
            )

    def told(self, report: CommitmentReport) -> None:
        """A server answered a request of ours. Raises ``Refused("unknown")``."""
        take_report(self._centre, report)

    def doers(self) -> dict[str, Any]:
        """For the hand-out of the shared store."""
        return {COMMITMENT: self._report}

    def _report(self, job: Job) -> None:
        with self._centre.reading() as conn:
            asked = commitments.find(conn, job.subject)
            found = commitments.kept(conn, [each.sop_uid for each in asked.wanted]) if asked else {}
        if asked is None:
            return
        report = self._judge(asked.transaction_uid, asked.wanted, found)
        reporter = self._reporter()
        if not reporter.report_here(report):
            reporter.report_there(asked.source, str(job.body.get("address", "")), report)
        with self._centre.writing() as conn:
            commitments.settle(conn, report, commitments.REPORTED)
        if report.failed:
            log.warning("%s was told that %d of its images are not kept", asked.source, len(report.failed))

    def _judge(self, transaction: str, wanted: Iterable[Reference], found: dict[str, Kept]) -> CommitmentReport:
        """What is indexed and lies on a disk of ours in its full size is kept."""
        kept, failed = [], []
        for each in wanted:
            known = found.get(each.sop_uid)
            if known is None or not self._lies_there(known):
                failed.append(Failure(each.sop_class, each.sop_uid, MISSING))
            elif each.sop_class and known.sop_class != each.sop_class:
                failed.append(Failure(each.sop_class, each.sop_uid, CONFLICT))
            else:
                kept.append(each)
        return CommitmentReport(transaction, tuple(kept), tuple(failed))

    def _lies_there(self, known: Kept) -> bool:
        for volume, relative in known.places:
            path = self._path_of(volume, relative)
            try:
                if path is not None and path.stat().st_size == known.size:
                    return True
            except OSError:
                continue
        return False


def take_report(centre: Store, report: CommitmentReport) -> None:
    """Keep a server's answer to a request of ours, with a notice. Raises ``Refused("unknown")``, LinkLost."""
    try:
        with centre.writing() as conn:
            known = commitments.find(conn, report.transaction_uid)
            if known is None or known.state in (commitments.ASKED, commitments.REPORTED):
                raise Refused("unknown", "a report of something that was not asked")
            state = commitments.FAILED if report.failed else commitments.COMMITTED
            commitments.settle(conn, report, state)
            notices.tell(conn, COMMITMENT, transaction=report.transaction_uid)
    finally:
        centre.leave()  # it is called in a thread that ends


def ask(centre: Store, own_title: str, node: Node, wanted: Iterable[Reference], *, wait_s: float = 0.0) -> str:
    """Ask a server whether it keeps our images; its report ends in the store (``commitments``) under the returned
    transaction UID, with a notice. The request is kept before it is sent. Raises LinkLost.
    """
    from kiosk.dicom.commitment import ask_commitment
    from kiosk.dicom.write import new_uid

    transaction, wanted = new_uid(), tuple(wanted)
    with centre.writing() as conn:
        commitments.ask(conn, transaction, node.ae_title, wanted, commitments.WAITING)

    def told(report: CommitmentReport) -> None:
        take_report(centre, report)

    return ask_commitment(
        own_title, node, wanted, transaction_uid=transaction, told=told if wait_s else None, wait_s=wait_s
    )


class DeviceReporter:
    """The ways to a device that asked: its open association, or its address and port among the known devices."""

    def __init__(self, door: CommitmentDoor, nodes: Nodes, own_title: str) -> None:
        self.report_here = door.report_here
        self._nodes = nodes
        self._own_title = own_title

    def report_there(self, source: str, address: str, report: CommitmentReport) -> None:
        """On a new association. Raises LinkLost; Fault where its port is not known."""
        from kiosk.dicom.commitment import report_there

        node = self._nodes.admit(source, address)
        if node is None or not node.port:
            raise Fault(
                N_("The device {ae} waits for the report of what is stored, but its port is not known."),
                N_("Enter its port in the parameter file of the gateway."),
                reference="L520",
                ae=source,
            )
        report_there(self._own_title, replace(node, address=address or node.address), report)
