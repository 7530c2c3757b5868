"""The query client against dcmqrscp, Orthanc, and servers that say nothing or never stop."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.presentation import PresentationContext, build_context

from kiosk.core.faults import LinkLost, Refused
from kiosk.dicom.nodes import Node
from kiosk.dicom.query import FIND, QueryLine, find
from kiosk.dicom.send import echo, send_files
from kiosk.dicom.soundness import EXPLICIT_LE
from kiosk.dicom.upper_layer import Handlers
from tests.dicom.peers import Orthanc, listening
from tests.dicom.query_peers import QueryServer, sample_studies, silent_server
from tests.needs import needs


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QueryServer]:
    folder = tmp_path_factory.mktemp("qr")
    server = QueryServer(folder, 1)
    server.take(*sample_studies(folder))
    yield server
    server.close()


@needs("dcmqrscp", "storescu")
def test_every_level_is_asked_and_read(server: QueryServer) -> None:
    with QueryLine("KIOSK", server.node) as line:
        studies = line.find("STUDY", {"PatientID": "00012345"})
        assert studies.complete and len(studies.rows) == 2
        ct = next(row for row in studies.rows if row["StudyDate"] == "20261124")
        assert ct["PatientName"].split("=")[1] == "見本^太郎"
        assert ct["NumberOfStudyRelatedInstances"] == ""  # it does not count; the key is there all the same
        series = line.find("SERIES", {"StudyInstanceUID": ct["StudyInstanceUID"]})
        assert [row["Modality"] for row in series.rows] == ["CT"]
        above = {key: series.rows[0][key] for key in ("StudyInstanceUID", "SeriesInstanceUID")}
        images = line.find("IMAGE", above)
        assert sorted(row["InstanceNumber"] for row in images.rows) == ["1", "2", "3", "4"]
        assert len({row["SOPInstanceUID"] for row in images.rows}) == 4
    patients = find("KIOSK", server.node, "PATIENT", {"PatientID": "*"})
    assert {row["PatientID"] for row in patients.rows} == {"00012345", "00012346"}


@needs("dcmqrscp", "storescu")
def test_names_and_days_are_matched(server: QueryServer) -> None:
    by_day = find("KIOSK", server.node, "STUDY", {"StudyDate": "20261124-20261125"})
    assert len(by_day.rows) == 2
    by_name = find("KIOSK", server.node, "STUDY", {"PatientName": "MIHON*"})
    assert len(by_name.rows) == 2
    assert find("KIOSK", server.node, "STUDY", {"PatientID": "NOBODY"}).rows == []


@needs("Orthanc")
def test_orthanc_answers_in_its_own_character_set(tmp_path: Path) -> None:
    peer = Orthanc(tmp_path / "orthanc", 1)
    try:
        node = Node("ORTHANC", "127.0.0.1", peer.dicom)
        assert all(each.accepted for each in send_files("KIOSK", node, sample_studies(tmp_path)))
        rows = find("KIOSK", node, "STUDY", {"PatientName": "*花子*"}).rows
        assert [row["PatientName"].split("=")[1] for row in rows] == ["髙橋^花子"]
        assert rows[0]["ModalitiesInStudy"] == "US"
    finally:
        peer.close()


def test_a_silent_server_is_named_in_bounded_time() -> None:
    with silent_server() as port:
        node = Node("DEAF", "127.0.0.1", port, "隣の病院")
        for ask in (lambda: find("KIOSK", node, "STUDY", {}, deadline_s=0.5), lambda: echo("KIOSK", node, 0.5)):
            began = time.monotonic()
            with pytest.raises(LinkLost) as told:
                ask()
            assert told.value.sentence.values["whom"] == "隣の病院" and time.monotonic() - began < 5


def test_a_server_that_is_not_there_is_named() -> None:
    with pytest.raises(LinkLost) as told:
        find("KIOSK", Node("GONE", "127.0.0.1", 1, "隣の病院"), "STUDY", {})
    assert told.value.sentence.values["whom"] == "隣の病院"


class OddDoor:
    """A query server that behaves as ``answers(event)`` says."""

    def __init__(self, answers: Any) -> None:
        self._answers = answers

    def contexts(self) -> list[PresentationContext]:
        return [build_context(FIND["study"], [EXPLICIT_LE])]

    def handlers(self) -> Handlers:
        return [(evt.EVT_C_FIND, self._answers)]

    def ended(self, assoc: Any) -> None:
        """Nothing is held."""


def asked_of(answers: Any, **more: Any) -> Any:
    with listening(OddDoor(answers)) as listener:
        return find("KIOSK", Node("KIOSK", "127.0.0.1", listener.port, "古いサーバ"), "STUDY", {}, **more)


def a_study(number: int = 1) -> Dataset:
    ds = Dataset()
    ds.StudyInstanceUID = f"1.2.3.{number}"
    return ds


def test_a_question_taken_and_not_answered_ends_with_the_name_of_the_server() -> None:
    over = threading.Event()

    def silence(event: Any) -> Any:
        over.wait(10)
        yield 0x0000, None

    began = time.monotonic()
    with listening(OddDoor(silence)) as listener:
        with pytest.raises(LinkLost) as told:
            node = Node("KIOSK", "127.0.0.1", listener.port, "古いサーバ")
            find("KIOSK", node, "STUDY", {}, deadline_s=0.4)
        over.set()
    assert told.value.sentence.values["whom"] == "古いサーバ" and time.monotonic() - began < 5


def test_too_many_answers_are_cut_off_with_a_cancel() -> None:
    told = []

    def endless(event: Any) -> Any:
        for number in range(100_000):
            if event.is_cancelled:
                told.append(number)
                yield 0xFE00, None
                return
            yield 0xFF00, a_study(number)

    found = asked_of(endless, at_most=25)
    assert len(found.rows) == 25 and not found.complete and 25 <= told[0] < 100_000


def test_a_stop_ends_the_query() -> None:
    stop = threading.Event()
    seen: list[int] = []

    def endless(event: Any) -> Any:
        for number in range(100_000):
            if event.is_cancelled:
                seen.append(number)
                yield 0xFE00, None
                return
            yield 0xFF00, a_study(number)

    def note(row: dict[str, str]) -> None:
        stop.set()

    assert not asked_of(endless, stop=stop, on_row=note).complete and seen


def test_exactly_as_many_as_asked_for_is_complete() -> None:
    def three(event: Any) -> Any:
        for number in range(3):
            yield 0xFF00, a_study(number)
        yield 0x0000, None

    found = asked_of(three, at_most=3)
    assert len(found.rows) == 3 and found.complete


def test_a_failure_is_told_with_its_status() -> None:
    def fails(event: Any) -> Any:
        yield 0xA700, None

    with pytest.raises(LinkLost) as told:
        asked_of(fails)
    assert "A700" in told.value.told() and "古いサーバ" in told.value.told()


def test_a_server_without_queries_is_refused() -> None:
    with listening() as listener, pytest.raises(Refused):
        find("KIOSK", Node("KIOSK", "127.0.0.1", listener.port), "STUDY", {})
