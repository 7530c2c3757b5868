"""What is said with a watched peer is told line by line, without a value of anybody, and nobody else is listened to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import LinkLost
from kiosk.core.worklist_index import Listed, WorklistIndex
from kiosk.dicom import traffic
from kiosk.dicom.ask_worklist import Asking, ask_worklist
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.send import echo, send_files
from kiosk.dicom.traffic import Traffic
from kiosk.dicom.upper_layer import Listener
from kiosk.dicom.worklist import WorklistDoor
from tests.dicom.peers import TODAY, MemoryIntake, a_row, listening
from tests.dicom.query_peers import sample_studies

Wait = Callable[..., Any]


class Book:
    """The lines, and whom to watch."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.peers = {"CR1", "KIOSK"}
        self.traffic = Traffic(self.lines.append, lambda ae, address: ae in self.peers)

    def said(self, text: str) -> bool:
        return any(text in line for line in self.lines)


@pytest.fixture
def book() -> Book:
    return Book()


@pytest.fixture(params=[True, False], ids=["quick", "plain"])
def door(request: pytest.FixtureRequest, book: Book) -> Iterator[Listener]:
    nodes = Nodes((Node("CR1", "127.0.0.1"), Node("US1", "127.0.0.1")))
    worklist = WorklistDoor(lambda query: Listed(WorklistIndex([a_row()])), today=lambda: TODAY, issuer="0001")
    doors = [StorageDoor(MemoryIntake()), worklist]
    with listening(*doors, nodes=nodes, traffic=book.traffic, quick=request.param) as listener:
        yield listener


def gateway(door: Listener) -> Node:
    return Node("KIOSK", "127.0.0.1", door.port)


def test_association_contexts_messages_and_statuses_are_told(
    door: Listener, book: Book, tmp_path: Path, wait_until: Wait
) -> None:
    [image, *_] = sample_studies(tmp_path)
    assert send_files("CR1", gateway(door), [image])[0].accepted
    assert ask_worklist("CR1", gateway(door), Asking(modality="CR", patient_id="00012345"))
    wait_until(lambda: sum("connection closed" in line for line in book.lines) == 2, what=str(book.lines))
    for said in (
        "<-  A-ASSOCIATE-RQ CR1 at 127.0.0.1 calls KIOSK, PDU",
        "<-    1 Computed Radiography Image Storage: Explicit VR Little Endian",
        "--    1 Computed Radiography Image Storage: accepted, Explicit VR Little Endian",
        "Computed Radiography Image Storage 2.25.",
        "status 0000",
        "<-  C-FIND-RQ message 1 Modality Worklist Information",
        "<-    PatientID (8)",
        "->  C-FIND-RSP to message 1 Modality Worklist Information",
        "status FF00",
        "->    PatientName (",
        "--  A-RELEASE",
    ):
        assert book.said(said), (said, book.lines)
    text = "\n".join(book.lines)
    for secret in ("00012345", "太郎", "MIHON", "見本", "19700102"):
        assert secret not in text


def test_only_the_watched_one_is_listened_to(door: Listener, book: Book, wait_until: Wait) -> None:
    echo("US1", gateway(door))
    assert not book.lines
    book.peers.add("US1")
    echo("US1", gateway(door))
    wait_until(lambda: book.said("connection closed"))
    assert book.said("C-ECHO-RQ message 1") and book.said("C-ECHO-RSP to message 1")


def test_a_refusal_is_told_with_what_was_asked_for(door: Listener, book: Book, wait_until: Wait) -> None:
    book.peers.add("STRANGER")
    with pytest.raises(LinkLost):
        echo("STRANGER", gateway(door))
    wait_until(lambda: book.said("A-ASSOCIATE-RJ result 1, source 1, reason 3"))
    assert book.said("A-ASSOCIATE-RQ STRANGER at 127.0.0.1 calls KIOSK")


def test_our_own_calls_are_followed_too(book: Book, tmp_path: Path, wait_until: Wait) -> None:
    with listening(StorageDoor(MemoryIntake())) as pacs:
        traffic.outgoing.append(book.traffic)
        try:
            send_files("GATEWAY", gateway(pacs), sample_studies(tmp_path)[:1])
        finally:
            traffic.outgoing.remove(book.traffic)
    assert book.said("->  A-ASSOCIATE-RQ GATEWAY calls KIOSK at 127.0.0.1") and book.said(": accepted, ")
    assert book.said("->  C-STORE-RQ context 1 Computed Radiography Image Storage")
    assert book.said("<-  C-STORE-RSP status 0000")
