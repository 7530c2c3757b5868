"""Devices tell of their work and ask what is kept: through the doors into the store, and when the store is away."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pynetdicom import AE, evt
from pynetdicom.presentation import build_context

from kiosk.core.commitment import CONFLICT, MISSING, CommitmentReport, Failure, Reference
from kiosk.core.faults import LinkLost, Refused
from kiosk.core.patient import Patient
from kiosk.core.performed import PerformedSeries, PerformedState, PerformedStep, Scheduled
from kiosk.core.settings import StationSettings
from kiosk.core.visit import Examination, ExpectedView, StepState, VisitKey
from kiosk.core.worklist_query import WorklistQuery
from kiosk.dicom.commitment import ask_commitment, report_there
from kiosk.dicom.commitment_report import PUSH
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.tell_performed import WRONG_ENTRY, PerformedReport
from kiosk.dicom.upper_layer import Listener
from kiosk.flow import commit_storage, hand_out, serve_devices, take_performed
from kiosk.flow.commit_storage import take_report
from kiosk.flow.crew import Crew
from kiosk.flow.notices import Watch
from kiosk.store import audit, commitments, performed, visits
from kiosk.store.engine import Store
from kiosk.store.tables import instances, series, studies
from tests.dicom.peers import a_row, free_port
from tests.stores import *  # noqa: F403
from tests.waiting import wait_until

TARO = Patient("0001", "00012345", "見本 太郎", "ミホン タロウ", "", "M", date(1970, 1, 2))
CHEST = Examination("CHEST", "胸部X線", "胸部", "CR", station_ae="CR1", views=(ExpectedView("PA", "正面"),))


@dataclass
class Served:
    centre: Any
    local: Store
    port: int
    services: serve_devices.DeviceServices
    folder: Path

    def step(self) -> Any:
        with self.centre.reading() as conn:
            [visit] = visits.day_visits(conn, date.today())
        return visit.steps[0]

    def row(self) -> Any:
        step = self.step()
        return replace(a_row(), study_uid=step.study_uid, accession=step.accession, step_id=step.step_id)

    def told(self, patient_id: str = "") -> list[str]:
        query = WorklistQuery(patient_id=patient_id)
        return [row.state for row in self.services._steps.steps(query).index.choose(query, 9).rows]

    def device(self) -> PerformedReport:
        return PerformedReport("CR1", Node("KIOSK", "127.0.0.1", self.port))


Serve = Callable[..., Served]


@pytest.fixture
def serve(local: Store, tmp_path: Path) -> Iterator[Serve]:
    ends: list[Callable[[], None]] = []

    def start(centre: Any, *nodes: Node) -> Served:
        with centre.writing() as conn:
            row = visits.VisitRow(VisitKey("0001", date.today(), "001"), TARO, "09:00", exams=(CHEST,))
            visits.take_visit(conn, row, "list")
        crew = Crew()
        volumes = SimpleNamespace(path_of=lambda volume, path: tmp_path / path if volume == "MAG1" else None)
        kit: Any = SimpleNamespace(
            station=StationSettings(name="gateway"), centre=centre, local=local, volumes=volumes, crew=crew,
            notices=Watch(centre, crew, lambda do, *args: do(*args)),
        )  # fmt: skip
        known = Nodes(nodes, accept_anyone=True)
        services = serve_devices.DeviceServices(kit, known, "KIOSK", 1, lambda query: None)
        listener = Listener(
            "KIOSK", 0, known, services.doors, host="127.0.0.1", at_end=lambda: (centre.leave(), local.leave())
        )
        ends.extend((listener.close, lambda: crew.close(10)))
        services.start()
        return Served(centre, local, listener.port, services, tmp_path)

    yield start
    for end in ends:
        end()


def test_completed_is_no_longer_offered_but_still_missing(serve: Serve, centre: Store) -> None:
    served = serve(centre)
    assert served.told() == ["scheduled"]
    device = served.device()
    uid = device.begin(served.row())
    assert served.told() == ["started"]
    assert served.step().state is StepState.STARTED
    study = served.step().study_uid
    with centre.reading() as conn:
        assert performed.expected_instances(conn, study) is None
    device.end(uid, (PerformedSeries("1.2.3", "CR", "", ("1.2.3.1", "1.2.3.2")),))
    assert served.told() == []
    assert served.told("00012345") == ["done"]
    assert served.step().missing == CHEST.views  # no image came: reception still says so
    with centre.reading() as conn:
        assert performed.expected_instances(conn, study) == 2
        actions = [event.action for event in audit.events(conn)]
    assert sorted(actions) == ["examination begun", "examination completed"]
    again = device.begin(served.row())  # a repeat
    assert served.told() == ["started"]
    device.end(again, state=PerformedState.DISCONTINUED, reason=WRONG_ENTRY)
    assert served.told() == ["scheduled"]


def test_a_wrong_entry_waits_again_and_what_ended_never_changes(serve: Serve, centre: Store) -> None:
    served = serve(centre)
    device = served.device()
    uid = device.begin(served.row())
    device.end(uid, state=PerformedState.DISCONTINUED, reason=WRONG_ENTRY)
    assert served.told() == ["scheduled"]
    with centre.reading() as conn:
        row = performed.performed_of(conn, uid)
    assert row is not None and (row["state"], row["reason"]) == ("DISCONTINUED", "110514")
    with pytest.raises(LinkLost):
        device.end(uid)
    with centre.writing() as conn:
        for told, reason in ((uid, "final"), ("1.2.3", "unknown")):
            with pytest.raises(Refused) as why:
                performed.change(conn, PerformedStep(told, PerformedState.COMPLETED))
            assert why.value.reason == reason
        with pytest.raises(Refused) as why:
            performed.begin(conn, PerformedStep(uid, PerformedState.IN_PROGRESS))
        assert why.value.reason == "duplicate"


def test_the_step_is_found_by_whatever_the_device_says(serve: Serve, centre: Store) -> None:
    served = serve(centre)
    step = served.step()
    for number, said in enumerate(
        (Scheduled(study_uid=step.study_uid), Scheduled("1.9", step.accession), Scheduled("1.9", "", step.step_id))
    ):
        with centre.writing() as conn:
            told = PerformedStep(f"1.2.{number}", PerformedState.IN_PROGRESS, scheduled=(said,))
            assert performed.begin(conn, told) == ((step.visit_id,), said.study_uid)
    with centre.writing() as conn:
        told = PerformedStep("1.2.9", PerformedState.IN_PROGRESS, scheduled=(Scheduled("1.9", "x", "77"),))
        assert performed.begin(conn, told).visits == ()


class Cut:
    """A store that can be cut off."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.away = False

    @contextmanager
    def reading(self) -> Iterator[Any]:
        self._look()
        with self._store.reading() as conn:
            yield conn

    @contextmanager
    def writing(self) -> Iterator[Any]:
        self._look()
        with self._store.writing() as conn:
            yield conn

    def _look(self) -> None:
        if self.away:
            raise LinkLost("centre")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def test_no_message_is_lost_while_the_store_is_away(
    serve: Serve, centre_on_sqlite: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hand_out, "PAUSES_S", (0.1,))
    monkeypatch.setattr(take_performed, "AGAIN_S", 0.1)
    cut = Cut(centre_on_sqlite)
    served = serve(cut)
    device, row = served.device(), served.row()
    cut.away = True
    uid = device.begin(row)
    device.end(uid, (PerformedSeries("1.2.3", "CR", "", ("1.2.3.1",)),))
    cut.away = False
    wait_until(lambda: _state(cut, uid) == "COMPLETED", 15, "both were told later, in order")
    assert served.told() == []


def _state(centre: Any, uid: str) -> str:
    with centre.reading() as conn:
        row = performed.performed_of(conn, uid)
    return row["state"] if row else ""


CT = "1.2.840.10008.5.1.4.1.1.2"


def index(centre: Store, folder: Path, uid: str, *, size: int = 4, content: bytes | None = b"DICM") -> None:
    with centre.writing() as conn:
        study = conn.execute(studies.insert().values(study_uid=f"{uid}.1", received_at="x")).inserted_primary_key[0]
        of = conn.execute(series.insert().values(series_uid=f"{uid}.2", study=study)).inserted_primary_key[0]
        conn.execute(
            instances.insert().values(
                sop_uid=uid, sop_class=CT, series=of, transfer_syntax="1.2", volume="MAG1", path=f"{uid}.dcm",
                size=size, sha256="ab", received_at="x", hints={}, doubts=[],
            )
        )  # fmt: skip
    if content is not None:
        (folder / f"{uid}.dcm").write_bytes(content)


WANTED = tuple(Reference(CT, f"1.2.{each}") for each in range(1, 5)) + (Reference("1.2.840.9", "1.2.5"),)
FAILED = (Failure(CT, "1.2.2", MISSING), Failure(CT, "1.2.3", MISSING), Failure(CT, "1.2.4", MISSING),
          Failure("1.2.840.9", "1.2.5", CONFLICT))  # fmt: skip


def fill(centre: Store, folder: Path) -> None:
    index(centre, folder, "1.2.1")
    index(centre, folder, "1.2.2", content=None)  # the file is gone
    index(centre, folder, "1.2.3", size=5)  # the file is cut off
    index(centre, folder, "1.2.5")  # of another class; 1.2.4 was never here


def test_a_device_is_told_what_is_kept(serve: Serve, centre: Store, tmp_path: Path) -> None:
    """First to a device that cannot be reached yet, then it listens: the report comes as soon as it can."""
    port = free_port()
    fill(centre, tmp_path)
    served = serve(centre, Node("CT1", "127.0.0.1", port))
    reports: list[Any] = []

    def take(event: Any) -> tuple[int, None]:
        reports.append(event.event_information)
        return 0x0000, None

    ae = AE("CT1")
    ae.add_supported_context(PUSH, scu_role=True, scp_role=True)
    server = ae.start_server(("127.0.0.1", port), block=False, evt_handlers=[(evt.EVT_N_EVENT_REPORT, take)])
    try:
        transaction = ask_commitment("CT1", Node("KIOSK", "127.0.0.1", served.port), WANTED)
        wait_until(lambda: reports, 15, "the report")
    finally:
        server.shutdown()
        ae.shutdown()
    [said] = reports
    assert said.TransactionUID == transaction
    assert [item.ReferencedSOPInstanceUID for item in said.ReferencedSOPSequence] == ["1.2.1"]
    assert [(item.ReferencedSOPInstanceUID, item.FailureReason) for item in said.FailedSOPSequence] == [
        ("1.2.2", 0x0112), ("1.2.3", 0x0112), ("1.2.4", 0x0112), ("1.2.5", 0x0119),
    ]  # fmt: skip
    wait_until(lambda: _commitment(centre, transaction).state == commitments.REPORTED, 10, "settled")
    assert _commitment(centre, transaction).failed == FAILED


def _commitment(centre: Store, transaction: str) -> commitments.Commitment:
    with centre.reading() as conn:
        found = commitments.find(conn, transaction)
    assert found is not None
    return found


def test_an_open_association_gets_the_report_itself(
    serve: Serve, centre: Store, tmp_path: Path
) -> None:
    fill(centre, tmp_path)
    served = serve(centre)
    told: list[CommitmentReport] = []
    node = Node("KIOSK", "127.0.0.1", served.port)
    ask_commitment("CT1", node, WANTED, transaction_uid="1.2.77", told=told.append, wait_s=15)
    [report] = told
    assert (report.kept, report.failed) == ((WANTED[0],), FAILED)


def test_a_server_answers_our_own_request(serve: Serve, centre: Store) -> None:
    asked: list[Any] = []
    ae = AE("PACS")
    ae.supported_contexts = [build_context(PUSH)]

    def take(event: Any) -> tuple[int, None]:
        asked.append(event.action_information)
        return 0x0000, None

    server = ae.start_server(("127.0.0.1", 0), block=False, evt_handlers=[(evt.EVT_N_ACTION, take)])
    try:
        node = Node("PACS", "127.0.0.1", server.server_address[1])
        transaction = commit_storage.ask(centre, "KIOSK", node, WANTED[:2])
    finally:
        server.shutdown()
        ae.shutdown()
    assert _commitment(centre, transaction).state == commitments.WAITING
    served = serve(centre)
    back = Node("KIOSK", "127.0.0.1", served.port)
    report_there("PACS", back, CommitmentReport(transaction, (WANTED[0],), (Failure(CT, "1.2.2", MISSING),)))
    found = _commitment(centre, transaction)
    assert (found.state, found.failed) == (commitments.FAILED, (Failure(CT, "1.2.2", MISSING),))
    with pytest.raises(Refused):
        take_report(centre, CommitmentReport("1.2.3.4", WANTED))


def test_times_of_a_report(serve: Serve, centre_on_sqlite: Store) -> None:
    served = serve(centre_on_sqlite)
    uid = served.device().begin(served.row(), when=datetime(2026, 11, 23, 9, 30, 5))
    with centre_on_sqlite.reading() as conn:
        row = performed.performed_of(conn, uid)
    assert row is not None and (row["started_at"], row["station_ae"]) == ("20261123093005", "CR1")
    assert threading.active_count() < 40
