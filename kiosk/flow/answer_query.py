"""What Query/Retrieve is told and given: rows of the index, and the files of images wherever they can be reached."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Fault
from kiosk.core.image_query import ImageQuery
from kiosk.dicom.nodes import Nodes
from kiosk.flow.children import Child
from kiosk.flow.kit import Kit
from kiosk.store import audit, query_images
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Volumes

if TYPE_CHECKING:
    from kiosk.dicom.retrieve import Retrieved
    from kiosk.dicom.suboperations import Wanted
    from kiosk.dicom.upper_layer import Door

log = logging.getLogger(__name__)

PIECE = query_images.MOST_IN
LOOKED_S = 30.0  # a disk that was pulled out is noticed that soon
DECODE_S = 120.0
MOST_IMAGES = 0xFFFF  # the counts of C-MOVE have 16 bits (PS3.7 9.3.4.2)


def image_doors(kit: Kit, nodes: Nodes, own_title: str, most_answers: int, most_retrievals: int) -> list[Door]:
    """Query and retrieval, to stand behind the listener."""
    from kiosk.dicom.answer_query import QueryDoor
    from kiosk.dicom.retrieve import RetrieveDoor

    index, actor = IndexedImages(kit.centre, kit.volumes), Actor(station=kit.station.name)

    def told(over: Retrieved) -> None:
        if not over.completed and not over.warning:
            return
        subject, count = ", ".join(over.studies), over.completed + over.warning
        try:
            with kit.centre.writing() as conn:
                audit.write(
                    conn, actor, "images retrieved", subject=subject,
                    asked_by=over.calling_ae, to=over.destination, images=count,
                )  # fmt: skip
        except Fault as why:
            log.warning("a retrieval could not be entered in the audit table: %s", why)

    query = QueryDoor(index, own_title, at_most=most_answers)
    return [query, RetrieveDoor(index.wanted, nodes, own_title, PlainCopies, most=most_retrievals, told=told)]


class IndexedImages:
    """The centre's index as queries and retrievals see it. Used by any thread; each leaves the store by itself."""

    def __init__(self, centre: Store, volumes: Volumes) -> None:
        self._centre = centre
        self._volumes = volumes
        self._lock = threading.Lock()
        self._looked_s = 0.0
        self._here: frozenset[str] = frozenset()
        self._away: frozenset[str] = frozenset()

    def rows(self, query: ImageQuery, at_most: int) -> Iterator[dict[str, Any]]:
        """The rows that match, some at a time. Raises LinkLost where the store is away."""
        with self._centre.reading() as conn:
            keys = query_images.matching(conn, query, at_most=at_most)
        here, away = self._reachable() if "near" in query.wanted else (frozenset(), frozenset())
        for at in range(0, len(keys), PIECE):
            with self._centre.reading() as conn:
                piece = query_images.told(conn, query, keys[at : at + PIECE], away, here)
            yield from piece

    def wanted(self, query: ImageQuery) -> list[Wanted]:
        """The images that a retrieval names, each with a file that can be read from here, or none. Raises LinkLost."""
        from kiosk.dicom.suboperations import Wanted

        with self._centre.reading() as conn:
            keys = query_images.matching(conn, query, at_most=MOST_IMAGES)
        found = []
        for at in range(0, len(keys), PIECE):
            with self._centre.reading() as conn:
                piece = query_images.places(conn, keys[at : at + PIECE])
            found += [
                Wanted(each.sop_uid, each.sop_class, each.transfer_syntax, self._file(each.places)) for each in piece
            ]
        return found

    def _file(self, places: tuple[tuple[str, str], ...]) -> Path | None:
        for volume, relative in places:
            path = self._volumes.path_of(volume, relative)
            try:
                if path is not None and path.is_file():
                    return path
            except OSError:  # a network path that is away
                continue
        return None

    def _reachable(self) -> tuple[frozenset[str], frozenset[str]]:
        """Volumes whose folder stands here, and those that are known but away."""
        with self._lock:
            if not self._looked_s or time.monotonic() - self._looked_s > LOOKED_S:
                here = frozenset(each.id for each in self._volumes if _is_there(each.root))
                with self._centre.reading() as conn:
                    known = query_images.known_volumes(conn)
                self._here, self._away = here, frozenset(known) - here
                self._looked_s = time.monotonic()
            return self._here, self._away


class PlainCopies:
    """Plain copies made in a process of its own, which starts with the first one and ends with ``close``."""

    def __init__(self) -> None:
        self._child: Child | None = None

    def plain(self, source: Path, target: Path, transfer_syntax: str) -> None:
        """Raises Fault where the pixels can't be decoded."""
        if self._child is None:
            self._child = Child("kiosk.dicom.decode_child", name="plain-copies")
        question = {"do": "plain", "path": str(source), "target": str(target), "syntax": transfer_syntax}
        self._child.ask(question, DECODE_S)

    def close(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None


def _is_there(root: Path) -> bool:
    try:
        return root.is_dir()
    except OSError:
        return False
