"""Documents on their way in: from the gateway's inbox folder to a disk, as safe and as certain as an image.

A document is known by its SHA-256, so that handing it over twice stores it once. Its sender is told (``.ok``) only when
bytes and row survive a power cut; until then its files stay where they are.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import date

from kiosk.core.disks import COPIED_TO, PRIMARY
from kiosk.core.document import DocumentFacts, document_facts, see_to_content
from kiosk.core.faults import Refused
from kiosk.core.safe_names import folder_key
from kiosk.core.words import say
from kiosk.devices.inbox.documents import DocumentFolder, Handed
from kiosk.flow.answers import as_fault
from kiosk.flow.keep_twice import COPY_DOCUMENT
from kiosk.store import audit, documents, jobs, notices
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Arriving, Volume, Volumes, make_folders

log = logging.getLogger(__name__)


class TakeDocuments:
    """Its worker belongs to the process that keeps the disks."""

    def __init__(
        self,
        centre: Store,
        volumes: Volumes,
        folder: DocumentFolder,
        actor: Actor,
        *,
        today: Callable[[], date] = date.today,
    ) -> None:
        self._centre = centre
        self._volumes = volumes
        self._folder = folder
        self._actor = actor
        self._today = today
        self._trouble = ""

    def work(self, stop: threading.Event, every_s: float = 2.0) -> None:
        """The worker. A trouble is logged once; what is complete waits in the folder."""
        try:
            while not stop.is_set():
                try:
                    make_folders(self._folder.folder)
                    self.look(stop)
                    self._trouble = ""
                except Exception as problem:
                    why = str(as_fault(problem))
                    if why != self._trouble:
                        log.warning("the inbox for documents waits: %s", why)
                    self._trouble = why
                stop.wait(every_s)
        finally:
            self._centre.leave()

    def look(self, stop: threading.Event) -> int:
        """Take what is complete; returns how many were taken. Raises Fault where the disks or the store fail."""
        taken = 0
        for handed in self._folder.look():
            if stop.is_set():
                break
            try:
                document, sha256 = self._take(handed)
            except Refused as why:
                log.warning("a document was refused: %s", why)
                self._folder.refuse(handed, say(why.sentence))
                continue
            self._folder.acknowledge(handed, document=document, sha256=sha256)
            taken += 1
        return taken

    def _take(self, handed: Handed) -> tuple[int, str]:
        """Row and SHA-256 of what was taken (or was there already). Raises Refused, Fault."""
        facts = document_facts(handed.name, handed.told)
        volume = self._receiving()
        arriving = volume.begin()
        try:
            beginning = b""
            for piece in handed.pieces():
                arriving.write(piece)
                beginning = beginning or piece[:16]
            see_to_content(facts, beginning, arriving.size, arriving.sha256)
            with self._centre.reading() as conn:
                known = documents.find(conn, arriving.sha256)
            if known is not None and self._is_there(known):
                arriving.abandon()
                return known.id, known.sha256
            arriving.make_safe()
            return self._store(facts, volume, arriving), arriving.sha256
        except BaseException:
            arriving.abandon()
            raise

    def _is_there(self, known: documents.StoredDocument) -> bool:
        """On a disk, or on one that this PC does not reach: then that is where it is proven."""
        paths = [self._volumes.path_of(*place) for place in known.places]
        return any(path is None or (path.exists() and path.stat().st_size == known.size) for path in paths)

    def _receiving(self) -> Volume:
        """Documents belong to the image server; without such a disk they lie beside the images."""
        for each in self._volumes.of_role(PRIMARY):
            if each.room.takes and each.is_same_disk():
                return each
        return self._volumes.receiving()

    def _store(self, facts: DocumentFacts, volume: Volume, arriving: Arriving) -> int:
        day = facts.day or self._today()
        owner = folder_key(facts.patient_id) if facts.patient_id else "NOID"
        folder = f"IMAGE/{facts.kind}/{day:%Y%m%d}/{facts.kind}-{owner}"
        path = f"{folder}/{arriving.sha256[:24]}{facts.suffix}"
        volume.place(arriving, path)
        size, sha256 = arriving.size, arriving.sha256
        with self._centre.writing() as conn:
            known = documents.find(conn, sha256)
            if known is not None:  # its file was lost: it lies here again
                documents.note_copy(conn, known.id, volume.id, path)
                return known.id
            row = documents.add(conn, facts, volume=volume.id, path=path, size=size, sha256=sha256, day=day.isoformat())
            patient = f"{facts.issuer}|{facts.patient_id}"
            audit.write(conn, self._actor, "document stored", patient=patient, subject=sha256, source=facts.source)
            for role in COPIED_TO:
                if self._volumes.of_role(role):
                    jobs.owe(conn, COPY_DOCUMENT, station=self._actor.station, destination=role, subject=sha256)
            notices.tell(conn, "documents", document=row)
        return row
