"""The retrieve client: C-MOVE to our own receiver and C-GET, from dcmqrscp and Orthanc, cut off, stopped, refused."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import LinkLost, NoRoom, Refused
from kiosk.dicom.fetch import Moved, get, move
from kiosk.dicom.nodes import Node
from kiosk.dicom.query import QueryLine
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.send import send_files
from kiosk.dicom.upper_layer import Listener
from tests.dicom.peers import MemoryIntake, Orthanc, listening
from tests.dicom.query_peers import QueryServer, sample_studies, silent_server
from tests.journeys.cut_line import CutLine
from tests.needs import needs

CT = "1.2.392.200036.9999.2"  # four slices
pytestmark = needs("dcmqrscp", "storescu")


@pytest.fixture
def intake() -> MemoryIntake:
    return MemoryIntake()


@pytest.fixture
def receiver(intake: MemoryIntake) -> Iterator[Listener]:
    with listening(StorageDoor(intake)) as listener:
        yield listener


@pytest.fixture
def server(tmp_path: Path, receiver: Listener) -> Iterator[QueryServer]:
    server = QueryServer(tmp_path, receiver.port)
    server.take(*sample_studies(tmp_path))
    yield server
    server.close()


def uids_at(node: Node, study: str = CT) -> set[str]:
    """What the server has of a study, at image level."""
    with QueryLine("KIOSK", node) as line:
        series = line.find("SERIES", {"StudyInstanceUID": study}).rows
        above = [{key: row[key] for key in ("StudyInstanceUID", "SeriesInstanceUID")} for row in series]
        return {row["SOPInstanceUID"] for keys in above for row in line.find("IMAGE", keys).rows}


def test_a_study_is_moved_to_our_receiver_with_numbers(server: QueryServer, intake: MemoryIntake) -> None:
    told: list[Moved] = []
    moved = move("KIOSK", server.node, "STUDY", {"StudyInstanceUID": CT}, "KIOSK", progress=told.append)
    assert moved.done and (moved.completed, moved.total, moved.code) == (4, 4, "0000")
    assert [each.completed for each in told if each.under_way] == [1, 2, 3, 4]
    assert set(intake.stored) == uids_at(server.node)


def test_a_destination_that_the_server_does_not_know_is_told_in_words(server: QueryServer) -> None:
    moved = move("KIOSK", server.node, "STUDY", {"StudyInstanceUID": CT}, "NOWHERE")
    assert not moved.done and moved.code == "A801" and "destination" in str(moved.words)


def test_a_study_is_got_over_the_same_association(server: QueryServer, intake: MemoryIntake) -> None:
    moved = get("KIOSK", server.node, "STUDY", {"StudyInstanceUID": CT}, intake)
    assert moved.done and moved.completed == 4
    assert set(intake.stored) == uids_at(server.node)
    assert {facts.study_uid for facts in intake.facts.values()} == {CT}


def test_what_the_intake_refuses_counts_as_failed(server: QueryServer, intake: MemoryIntake) -> None:
    intake.refuse = NoRoom("MAG1")
    moved = get("KIOSK", server.node, "STUDY", {"StudyInstanceUID": CT}, intake)
    assert not moved.done and moved.failed == 4 and not intake.stored and intake.abandoned == 4


@needs("Orthanc")
def test_orthanc_moves_and_gives(tmp_path: Path, receiver: Listener, intake: MemoryIntake) -> None:
    peer = Orthanc(tmp_path / "orthanc", receiver.port)
    try:
        node = Node("ORTHANC", "127.0.0.1", peer.dicom)
        send_files("KIOSK", node, sample_studies(tmp_path))
        moved = move("KIOSK", node, "STUDY", {"StudyInstanceUID": CT}, "KIOSK")
        assert moved.done and len(intake.stored) == 4
        intake.stored.clear()
        assert get("KIOSK", node, "STUDY", {"StudyInstanceUID": CT}, intake).done
        assert set(intake.stored) == uids_at(node)
    finally:
        peer.close()


def test_a_line_cut_in_the_middle_tells_how_far_it_came_and_the_rest_is_fetched(
    server: QueryServer, intake: MemoryIntake
) -> None:
    """N18: the connection to the server is cut after the second image; only the missing ones are asked for again."""
    with contextlib.closing(CutLine(server.port)) as line:
        begin, told = intake.begin, threading.Event()

        def begin_and_cut(door: str) -> Any:
            if intake.begun == 2:
                assert told.wait(5)
                line.cut()
            return begin(door)

        intake.begin = begin_and_cut  # type: ignore[method-assign]
        node = replace(server.node, port=line.port)
        moved = move(
            "KIOSK", node, "STUDY", {"StudyInstanceUID": CT}, "KIOSK", deadline_s=5, progress=lambda _: told.set()
        )
    assert moved.status is None and not moved.done and moved.code == "----"
    assert 1 <= moved.completed <= 2 and moved.total == 4
    intake.begin = begin  # type: ignore[method-assign]
    missing = uids_at(server.node) - set(intake.stored)
    before = len(intake.stored)
    assert missing
    with QueryLine("KIOSK", server.node) as asking:
        series = asking.find("SERIES", {"StudyInstanceUID": CT}).rows[0]["SeriesInstanceUID"]
    keys = {"StudyInstanceUID": CT, "SeriesInstanceUID": series, "SOPInstanceUID": "\\".join(missing)}
    rest = move("KIOSK", server.node, "IMAGE", keys, "KIOSK")
    assert rest.done and rest.completed == len(missing) == 4 - before
    assert set(intake.stored) == uids_at(server.node)


def test_a_stop_cancels(server: QueryServer, intake: MemoryIntake) -> None:
    stop = threading.Event()
    moved = get(
        "KIOSK", server.node, "STUDY", {"StudyInstanceUID": CT}, intake, stop=stop, progress=lambda _: stop.set()
    )
    assert not moved.done and len(intake.stored) < 4


@pytest.mark.parametrize("way", ["move", "get"])
def test_a_silent_server_is_named_in_bounded_time(way: str, intake: MemoryIntake) -> None:
    def ask(node: Node) -> Any:
        if way == "get":
            return get("KIOSK", node, "STUDY", {"StudyInstanceUID": CT}, intake, deadline_s=0.5)
        return move("KIOSK", node, "STUDY", {"StudyInstanceUID": CT}, "KIOSK", deadline_s=0.5)

    began = time.monotonic()
    with silent_server() as port, pytest.raises(LinkLost) as told:
        ask(Node("DEAF", "127.0.0.1", port, "隣の病院"))
    assert told.value.sentence.values["whom"] == "隣の病院" and time.monotonic() - began < 5


def test_a_receiver_without_retrieval_is_refused(receiver: Listener, intake: MemoryIntake) -> None:
    node = Node("KIOSK", "127.0.0.1", receiver.port)
    with pytest.raises(Refused):
        move("KIOSK", node, "STUDY", {"StudyInstanceUID": CT}, "KIOSK")
