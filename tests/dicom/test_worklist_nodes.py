"""What a device's own settings change in its answers, and real peers that stop in the middle."""

from __future__ import annotations

from dataclasses import replace

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom.presentation import build_context

from kiosk.core.charset import Charset
from kiosk.core.worklist_index import Listed, WorklistIndex
from kiosk.dicom.ask_worklist import Asking, ask_worklist, identifier
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.upper_layer import Listener, call
from kiosk.dicom.worklist import WorklistDoor
from tests.dicom.peers import HANAKO, TODAY, a_row, listening, run
from tests.dicom.test_worklist import WORKLIST
from tests.needs import needs

ROWS = [
    a_row(number=1, modality="ES", aliases=(), station_ae=""),
    a_row(HANAKO, number=2, modality="CR", aliases=(), station_ae="CR1"),
]


def door(rows: list = ROWS) -> WorklistDoor:  # type: ignore[type-arg]
    index = WorklistIndex(rows)
    return WorklistDoor(lambda query: Listed(index), today=lambda: TODAY, issuer="0001")


def ours(listener: Listener) -> Node:
    return Node("KIOSK", "127.0.0.1", listener.port)


def test_a_device_may_mean_another_modality() -> None:
    nodes = Nodes((Node("FB1", "127.0.0.1", also=(("US", ("ES",)),)), Node("FB2", "127.0.0.1")))
    with listening(door(), nodes=nodes) as listener:
        [row] = ask_worklist("FB1", ours(listener), Asking(day=TODAY, modality="US"))
        assert (row.modality, row.station_ae) == ("ES", "FB1")  # a step of no station is the caller's (type 1)
        assert ask_worklist("FB2", ours(listener), Asking(day=TODAY, modality="US")) == []


def test_a_device_may_be_told_what_it_asked_for() -> None:
    nodes = Nodes((Node("DR1", "127.0.0.1", as_asked=True), Node("DR2", "127.0.0.1")))
    with listening(door(), nodes=nodes) as listener:
        for _ in range(2):  # the answers that are kept are each device's own
            assert [row.modality for row in ask_worklist("DR1", ours(listener), Asking(modality="DX"))] == ["DX"]
            assert [row.modality for row in ask_worklist("DR2", ours(listener), Asking(modality="DX"))] == ["CR"]


def asked_with(**keys: str) -> Dataset:
    """A query by keys of the step (``code`` is the protocol's)."""
    asked = identifier(Asking(charset=Charset.UTF8))
    step = asked.ScheduledProcedureStepSequence[0]
    for keyword, value in keys.items():
        if keyword == "code":
            item = Dataset()
            item.CodeValue, item.CodingSchemeDesignator = value, "99KIOSK"
            step.ScheduledProtocolCodeSequence = Sequence([item])
        else:
            setattr(step, keyword, value)
    return asked


def test_every_key_of_the_step_is_matched_on() -> None:
    rows = [replace(ROWS[0], code="CHEST"), replace(ROWS[1], code="ABDOMEN", scheduled_time="140000")]
    with listening(door(rows)) as listener:
        assoc = call("CR1", ours(listener), [build_context(WORKLIST)])
        try:
            for keys, found in (
                ({"code": "CHEST"}, ["V000000001"]),
                ({"code": "HEAD"}, []),
                ({"ScheduledProcedureStepStartTime": "13-15"}, ["V000000002"]),
                ({"ScheduledProcedureStepID": "S2"}, ["V000000002"]),
                ({"ScheduledProcedureStepStatus": "COMPLETED"}, ["V000000001", "V000000002"]),
                ({"ScheduledPerformingPhysicianName": "NOBODY^KNOWN"}, ["V000000001", "V000000002"]),
                ({"ScheduledStationAETitle": "*"}, ["V000000001", "V000000002"]),
            ):
                answers = list(assoc.send_c_find(asked_with(**keys), WORKLIST))
                assert [each.AccessionNumber for _, each in answers if each] == found, keys
                assert all(status.Status in (0xFF00, 0x0000) for status, _ in answers), keys
        finally:
            assoc.release()


@needs("findscu")
def test_dcmtk_may_stop_in_the_middle() -> None:
    rows = [a_row(number=number) for number in range(300)]
    with listening(door(rows)) as listener:
        for _ in range(2):
            done = run(
                "findscu", "-W", "-aec", "KIOSK", "--cancel", "3", "-k", "AccessionNumber", "-k", "PatientName",
                "-k", "(0040,0100)[0].Modality=CR", "127.0.0.1", str(listener.port),
            )  # fmt: skip
            assert done.returncode == 0, done.stderr
        assert len(ask_worklist("CR1", ours(listener), Asking(accession="V000000007"))) == 1
