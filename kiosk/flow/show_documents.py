"""Documents beside the images: listed for an examinee, read and proven, opened by the system's program from a copy."""

from __future__ import annotations

import hashlib
import logging
import os
import shutil
import subprocess
import sys
from pathlib import Path

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.safe_names import is_legal_on_windows
from kiosk.core.words import N_
from kiosk.store import audit, documents
from kiosk.store.audit import Actor
from kiosk.store.documents import StoredDocument
from kiosk.store.engine import Store
from kiosk.store.volume import Volumes

log = logging.getLogger(__name__)

LARGEST = 500 << 20


def documents_of(centre: Store, patient_id: str) -> list[StoredDocument]:
    """Newest first."""
    if not patient_id:
        return []
    with centre.reading() as conn:
        return documents.documents_of(conn, patient_id)


def content(volumes: Volumes, document: StoredDocument) -> bytes:
    """The bytes of the first copy that is whole. Raises Fault where none is in reach, or none is what was stored."""
    damaged = False
    for volume, relative in document.places:
        path = volumes.path_of(volume, relative)
        if path is None:
            continue
        try:
            data = path.read_bytes() if path.stat().st_size == document.size <= LARGEST else b""
        except OSError as why:
            log.warning("document %d can't be read on %s: %s", document.id, volume, type(why).__name__)
            continue
        if hashlib.sha256(data).hexdigest() == document.sha256:
            return data
        damaged = True
    if damaged:
        raise Fault(
            N_("This document is damaged on the disk."), N_("Tell the person in charge; a copy may be whole."),
            reference="V622",
        )  # fmt: skip
    raise Fault(
        N_("The disk of this document can't be reached from this PC."),
        N_("Check the network; the disk must be named in the parameter file under [volumes]."), reference="V623",
    )  # fmt: skip


def note_opened(centre: Store, actor: Actor, document: StoredDocument) -> None:
    """Who looked at it; the day's log keeps that while the shared store is away."""
    try:
        with centre.writing() as conn:
            audit.write(conn, actor, "document opened", patient=f"|{document.patient_id}", subject=document.sha256)
    except LinkLost:
        log.warning("document %d was opened while the shared store was away", document.id)


def open_by_system(folder: Path, document: StoredDocument, data: bytes) -> Path:
    """Have the system's program open a copy in ``folder``: what somebody changes in it changes nothing stored."""
    name = document.name if is_legal_on_windows(document.name) else f"document{document.sha256[:8]}"
    path = folder / document.sha256[:12] / name
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        if sys.platform == "win32":
            os.startfile(str(path))
        else:
            program = shutil.which("xdg-open")
            if program is None:
                raise OSError("xdg-open")
            subprocess.Popen([program, str(path)], stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError as why:
        raise Fault(
            N_("There is no program on this PC that opens {name}."), N_("Install one, or open it on another PC."),
            reference="V624", name=document.name,
        ) from why  # fmt: skip
    return path


def clear_copies(folder: Path) -> None:
    """Copies that are still open stay until next time."""
    shutil.rmtree(folder, ignore_errors=True)
