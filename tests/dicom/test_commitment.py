"""Storage commitment at the wire, both ways, on the same association and on a new one."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import AE, build_role, evt
from pynetdicom.presentation import build_context

from kiosk.core.commitment import CONFLICT, MISSING, CommitmentAsked, CommitmentReport, Failure, Reference
from kiosk.core.faults import LinkLost, Refused
from kiosk.dicom.commitment import CommitmentDoor, ask_commitment, report_there
from kiosk.dicom.commitment_report import PUSH, PUSH_INSTANCE, request_of
from kiosk.dicom.nodes import Node
from kiosk.dicom.upper_layer import Listener, call
from tests.dicom.peers import listening
from tests.waiting import wait_until

CT = "1.2.840.10008.5.1.4.1.1.2"
WANTED = (Reference(CT, "1.2.3.1"), Reference(CT, "1.2.3.2"))
HALF = CommitmentReport("1.2.9", (WANTED[0],), (Failure(CT, "1.2.3.2", MISSING),))


@dataclass
class Kept:
    asked: list[CommitmentAsked] = field(default_factory=list)
    told: list[CommitmentReport] = field(default_factory=list)
    refuse: Exception | None = None

    def take(self, asked: CommitmentAsked) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.asked.append(asked)

    def tell(self, report: CommitmentReport) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.told.append(report)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def door(kept: Kept) -> CommitmentDoor:
    return CommitmentDoor(kept.take, kept.tell)


@pytest.fixture(params=[True, False], ids=["quick", "plain"])
def listener(door: CommitmentDoor, request: pytest.FixtureRequest) -> Iterator[Listener]:
    with listening(door, quick=request.param) as listener:
        yield listener


def node(port: int, title: str = "KIOSK") -> Node:
    return Node(title, "127.0.0.1", port)


def test_a_request_is_kept(listener: Listener, kept: Kept) -> None:
    transaction = ask_commitment("CT1", node(listener.port), WANTED)
    assert kept.asked == [CommitmentAsked(transaction, "CT1", "127.0.0.1", WANTED)]


@pytest.mark.parametrize(
    ("action", "instance", "said", "status"),
    [
        (1, PUSH_INSTANCE, request_of("1.2.9", WANTED), 0x0000),
        (2, PUSH_INSTANCE, request_of("1.2.9", WANTED), 0x0123),
        (1, "1.2.3", request_of("1.2.9", WANTED), 0x0112),
        (1, PUSH_INSTANCE, request_of("1.2.9", ()), 0x0115),
        (1, PUSH_INSTANCE, request_of("", WANTED), 0x0115),
    ],
)
def test_what_makes_no_sense_is_refused(
    listener: Listener, action: int, instance: str, said: Dataset, status: int
) -> None:
    assoc = call("CT1", node(listener.port), [build_context(PUSH)])
    try:
        assert assoc.send_n_action(said, action, PUSH, instance)[0].Status == status
    finally:
        assoc.release()


@pytest.mark.expects_errors
def test_what_can_not_be_kept_is_not_promised(listener: Listener, kept: Kept) -> None:
    kept.refuse = LinkLost("centre")
    with pytest.raises(LinkLost):
        ask_commitment("CT1", node(listener.port), WANTED)


class Device:
    """A device that asks by pynetdicom alone and takes reports, on its association or on its own port."""

    def __init__(self) -> None:
        self.reports: list[tuple[int, str, list[str], list[tuple[str, int]]]] = []
        self.status = 0x0000

    def take(self, event: Any) -> tuple[int, None]:
        said = event.event_information
        kept = [item.ReferencedSOPInstanceUID for item in said.get("ReferencedSOPSequence") or ()]
        failed = [
            (item.ReferencedSOPInstanceUID, item.FailureReason) for item in said.get("FailedSOPSequence") or ()
        ]
        self.reports.append((event.event_type, said.TransactionUID, kept, failed))
        return self.status, None

    @contextmanager
    def listening(self, *, with_role: bool) -> Iterator[int]:
        ae = AE("CT1")
        ae.add_supported_context(PUSH, scu_role=with_role or None, scp_role=with_role or None)
        server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_N_EVENT_REPORT, self.take)])
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            ae.shutdown()

    @contextmanager
    def asking(self, port: int, transaction: str) -> Iterator[Any]:
        ae = AE("CT1")
        assoc = ae.associate(
            "127.0.0.1", port, [build_context(PUSH)], ae_title="KIOSK",
            evt_handlers=[(evt.EVT_N_EVENT_REPORT, self.take)],
        )  # fmt: skip
        try:
            status, _ = assoc.send_n_action(request_of(transaction, WANTED), 1, PUSH, PUSH_INSTANCE)
            assert status.Status == 0x0000
            yield assoc
        finally:
            assoc.release()


EXPECTED = (2, "1.2.9", ["1.2.3.1"], [("1.2.3.2", 0x0112)])


def test_the_report_comes_on_the_association_of_the_request(listener: Listener, door: CommitmentDoor) -> None:
    device = Device()
    with device.asking(listener.port, "1.2.9") as assoc:
        assert door.report_here(HALF)
        wait_until(lambda: device.reports, 10, "the report")
        assert assoc.is_established
    assert device.reports == [EXPECTED]
    assert not door.report_here(HALF)  # it is closed now


def test_a_device_that_refuses_it_there_is_not_taken_for_told(listener: Listener, door: CommitmentDoor) -> None:
    device = Device()
    device.status = 0x0110
    with device.asking(listener.port, "1.2.9"):
        assert not door.report_here(HALF)


def test_an_association_that_ends_meanwhile_ends_the_wait(listener: Listener, door: CommitmentDoor) -> None:
    device = Device()
    goes_on = threading.Event()

    def hold(event: Any) -> tuple[int, None]:
        goes_on.wait(10)
        return 0x0000, None

    device.take = hold  # type: ignore[method-assign]
    done: list[bool] = []
    with device.asking(listener.port, "1.2.9") as assoc:
        waiting = threading.Thread(target=lambda: done.append(door.report_here(HALF)))
        waiting.start()
        assoc.abort()
        waiting.join(5)
        goes_on.set()
    assert done == [False]


@pytest.mark.parametrize("with_role", [True, False])
def test_the_report_comes_on_a_new_association(with_role: bool) -> None:
    device = Device()
    with device.listening(with_role=with_role) as port:
        report_there("KIOSK", node(port, "CT1"), HALF)
        report_there("KIOSK", node(port, "CT1"), CommitmentReport("1.2.8", WANTED))
        device.status = 0x0110
        with pytest.raises(LinkLost, match="does not take the report"):
            report_there("KIOSK", node(port, "CT1"), HALF)
    assert device.reports[:2] == [EXPECTED, (1, "1.2.8", ["1.2.3.1", "1.2.3.2"], [])]


def test_our_listener_takes_a_servers_report(listener: Listener, kept: Kept) -> None:
    report_there("PACS", node(listener.port), CommitmentReport("1.2.9", (), (Failure(CT, "1.2.3.2", CONFLICT),)))
    assert kept.told == [CommitmentReport("1.2.9", (), (Failure(CT, "1.2.3.2", CONFLICT),), "PACS")]
    kept.refuse = Refused("unknown", "not asked")
    with pytest.raises(LinkLost):
        report_there("PACS", node(listener.port), HALF)


def test_a_server_may_answer_on_the_association_that_asked(listener: Listener, door: CommitmentDoor) -> None:
    """Both ends are ours here: the server reports as soon as it was asked."""
    told: list[CommitmentReport] = []
    said = threading.Thread(target=lambda: wait_until(lambda: door.report_here(HALF), 10, "asked"))
    said.start()
    ask_commitment("KIOSK", node(listener.port), WANTED, transaction_uid="1.2.9", told=told.append, wait_s=10)
    said.join(10)
    assert told == [CommitmentReport("1.2.9", HALF.kept, HALF.failed, "KIOSK")]


def test_orthanc_says_what_it_keeps(tmp_path: Any, kept: Kept, door: CommitmentDoor) -> None:
    from tests.dicom.peers import Orthanc
    from tests.needs import tool

    if tool("Orthanc") is None:
        pytest.skip("needs Orthanc")
    with listening(door) as listener:
        orthanc = Orthanc(tmp_path / "orthanc", listener.port)
        try:
            transaction = ask_commitment("KIOSK", Node("ORTHANC", "127.0.0.1", orthanc.dicom), WANTED)
            wait_until(lambda: kept.told, 20, "Orthanc reports")
        finally:
            orthanc.close()
    [report] = kept.told
    assert (report.transaction_uid, report.kept, report.source) == (transaction, (), "ORTHANC")
    assert [(each.sop_uid, each.why) for each in report.failed] == [("1.2.3.1", MISSING), ("1.2.3.2", MISSING)]


def test_roles_are_offered_for_turning_round(listener: Listener) -> None:
    assoc = call("PACS", node(listener.port), [build_context(PUSH)], ext_neg=[build_role(PUSH, scp_role=True)])
    try:
        assert assoc.accepted_contexts[0].as_scp
    finally:
        assoc.release()
