"""A store with indexed images on two volumes, and a listener that answers queries about them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kiosk.dicom.answer_query import QueryDoor
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.retrieve import RetrieveDoor
from kiosk.dicom.upper_layer import Listener
from kiosk.flow.answer_query import IndexedImages, PlainCopies
from kiosk.flow.intake import Intake
from kiosk.store.engine import Store
from kiosk.store.volume import Volumes
from tests.dicom.peers import listening


def keep(intake: Intake, *files: Path) -> None:
    """Take files in as if they had been received."""
    for path in files:
        incoming = intake.begin("test")
        incoming.write(path.read_bytes())
        incoming.settle(facts_of_file(path, "CT1"))


@contextlib.contextmanager
def answering(centre: Store, volumes: Volumes, *nodes: Node, at_most: int = 10_000, **more: Any) -> Iterator[Listener]:
    """Our Query/Retrieve server; ``nodes`` are those that images may be sent to, anybody may ask."""
    known = Nodes(nodes, accept_anyone=True)
    index = IndexedImages(centre, volumes)
    query = QueryDoor(index, "KIOSK", at_most=at_most)
    retrieve = RetrieveDoor(index.wanted, known, "KIOSK", PlainCopies, **more)
    with listening(query, retrieve, nodes=known, at_end=centre.leave) as listener:
        yield listener


@contextlib.contextmanager
def destination(intake: Any, **more: Any) -> Iterator[Node]:
    """A storage server that images are moved to."""
    with listening(StorageDoor(intake), **more) as listener:
        yield Node("KIOSK", "127.0.0.1", listener.port, "読影室")
