"""MPPS at the wire: what devices tell, what is refused, in the words of the standard."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from pydicom.dataset import Dataset
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import ModalityPerformedProcedureStep  # type: ignore[attr-defined]

from kiosk.core.faults import LinkLost, Refused
from kiosk.core.performed import PerformedSeries, PerformedState, PerformedStep, Scheduled
from kiosk.dicom.mpps import PerformedDoor
from kiosk.dicom.nodes import Node
from kiosk.dicom.tell_performed import WRONG_ENTRY, PerformedReport
from kiosk.dicom.upper_layer import Listener, call
from tests.dicom.peers import a_row, listening

MPPS = ModalityPerformedProcedureStep


@dataclass
class Kept:
    begun: list[PerformedStep] = field(default_factory=list)
    changed: list[PerformedStep] = field(default_factory=list)
    refuse: Exception | None = None

    def begin(self, told: PerformedStep) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.begun.append(told)

    def change(self, told: PerformedStep) -> None:
        if self.refuse is not None:
            raise self.refuse
        self.changed.append(told)


@pytest.fixture
def kept() -> Kept:
    return Kept()


@pytest.fixture
def door(kept: Kept) -> Iterator[Listener]:
    with listening(PerformedDoor(kept.begin, kept.change)) as listener:
        yield listener


def report(door: Listener) -> PerformedReport:
    return PerformedReport("CR1", Node("KIOSK", "127.0.0.1", door.port))


def test_an_examination_from_beginning_to_end(door: Listener, kept: Kept) -> None:
    device = report(door)
    uid = device.begin(a_row())
    series = PerformedSeries("1.2.3.4", "", "胸部", ("1.2.3.4.1", "1.2.3.4.2"))
    device.end(uid, (series,))
    [begun], [ended] = kept.begun, kept.changed
    assert (begun.sop_uid, begun.state) == (uid, PerformedState.IN_PROGRESS)
    assert (begun.source, begun.station_ae) == ("CR1", "CR1")
    assert begun.scheduled == (Scheduled("1.2.392.200036.9999.1", "V000000001", "S1"),)
    assert (begun.patient_id, len(begun.started_at)) == ("00012345", 14)
    assert (ended.sop_uid, ended.state, ended.series) == (uid, PerformedState.COMPLETED, (series,))


def test_a_wrong_entry_says_so(door: Listener, kept: Kept) -> None:
    device = report(door)
    device.end(device.begin(a_row()), state=PerformedState.DISCONTINUED, reason=WRONG_ENTRY)
    [ended] = kept.changed
    assert (ended.state, ended.reason, ended.series) == (PerformedState.DISCONTINUED, "110514", ())


def statuses(door: Listener, *sends: tuple[str, str, Dataset]) -> list[Dataset]:
    assoc = call("CR1", Node("KIOSK", "127.0.0.1", door.port), [build_context(MPPS)])
    found = []
    try:
        for what, uid, said in sends:
            send = assoc.send_n_create if what == "create" else assoc.send_n_set
            found.append(send(said, MPPS, uid or None)[0])
    finally:
        assoc.release()
    return found


def state(text: str) -> Dataset:
    said = Dataset()
    said.PerformedProcedureStepStatus = text
    return said


def ends() -> Dataset:
    said = Dataset()
    said.PerformedProcedureStepEndDate = "20261123"
    return said


@pytest.mark.parametrize(
    ("what", "said", "status"),
    [
        ("create", state("IN PROGRESS"), 0x0000),
        ("create", state("COMPLETED"), 0x0106),
        ("create", state("SLEEPING"), 0x0106),
        ("create", ends(), 0x0121),
        ("set", state("COMPLETED"), 0x0000),
        ("set", state("DONE"), 0x0106),
        ("set", ends(), 0x0000),
    ],
)
def test_states_are_checked(door: Listener, what: str, said: Dataset, status: int) -> None:
    [found] = statuses(door, (what, "1.2.3", said))
    assert found.Status == status


@pytest.mark.parametrize(
    ("why", "status", "error"),
    [
        (Refused("duplicate", "there"), 0x0111, None),
        (Refused("unknown", "not there"), 0x0112, None),
        (Refused("final", "over"), 0x0110, 0xA710),
        pytest.param(LinkLost("centre"), 0x0110, None, marks=pytest.mark.expects_errors),
        pytest.param(RuntimeError("odd"), 0x0110, None, marks=pytest.mark.expects_errors),
    ],
)
def test_a_refusal_in_the_standards_words(
    door: Listener, kept: Kept, why: Exception, status: int, error: int | None
) -> None:
    kept.refuse = why
    [found] = statuses(door, ("set", "1.2.3", state("COMPLETED")))
    assert found.Status == status
    assert found.get("ErrorID") == error
    kept.refuse = None
    [after] = statuses(door, ("set", "1.2.3", state("COMPLETED")))
    assert after.Status == 0x0000


def test_a_step_without_a_uid_is_given_one(door: Listener, kept: Kept) -> None:
    [found] = statuses(door, ("create", "", state("IN PROGRESS")))
    assert found.Status == 0x0000
    assert kept.begun[0].sop_uid.startswith("2.25.")


def test_a_refused_report_is_told_to_the_person(door: Listener, kept: Kept) -> None:
    kept.refuse = Refused("unknown", "not there")
    with pytest.raises(LinkLost, match="did not take"):
        report(door).end("1.2.3")


def test_our_own_modality_tells_what_it_made(door: Listener, kept: Kept) -> None:
    from kiosk.dicom.modality_simulator import ModalitySimulator
    from kiosk.dicom.receive import StorageDoor
    from tests.dicom.peers import MemoryIntake

    intake = MemoryIntake()
    with listening(StorageDoor(intake)) as storage:
        store = Node("KIOSK", "127.0.0.1", storage.port)
        device = ModalitySimulator("CR1", "CR", store, store, Node("KIOSK", "127.0.0.1", door.port))
        assert len(device.examine(a_row())) == 2
    [ended] = kept.changed
    assert ended.series is not None
    assert sorted(uid for each in ended.series for uid in each.objects) == sorted(intake.stored)
