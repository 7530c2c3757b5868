"""Documents on their way from a viewer to the gateway: into its inbox with what is told of them, until it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from kiosk.core.document import TYPES, document_facts, see_to_content
from kiosk.core.faults import Fault, Refused
from kiosk.core.safe_names import is_legal_on_windows
from kiosk.core.words import N_
from kiosk.devices.inbox.hand_in import HandIn
from kiosk.store import audit
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

LARGEST = 500 << 20
LOOK_S = 0.3


@dataclass(frozen=True)
class Given:
    """A file of this PC and what is told of it; ``day`` YYYYMMDD."""

    path: Path
    kind: str
    title: str
    patient_id: str
    issuer: str
    day: str


@dataclass(frozen=True)
class TakenIn:
    """How many the gateway has stored, how many wait in its inbox, and those that it can't take, each with why."""

    stored: int
    waiting: int
    refused: tuple[tuple[str, Fault], ...]


def hand_in(
    centre: Store, actor: Actor, inbox: Path, given: Sequence[Given], told: Callable[[float], None], wait_s: float
) -> TakenIn:  # fmt: skip
    """Put each into the inbox, then wait up to ``wait_s`` for the answers. The files themselves stay where they are.

    Raises LinkLost where the inbox can't be reached: what was put there before is taken all the same.
    """
    door = HandIn(inbox)
    names: dict[str, Given] = {}
    refused: list[tuple[str, Fault]] = []
    for at, each in enumerate(given):
        told(at / max(1, len(given)) / 2)
        try:
            data, facts = _read(each, actor.station)
        except Refused as why:
            refused.append((each.path.name, why))
            continue
        sha256 = facts["sha256"]
        plain = each.path.name
        if not is_legal_on_windows(plain) or len(plain) > 180:
            plain = "document" + each.path.suffix
        name = f"{sha256[:12]}-{plain}"
        if not door.waits(name):
            door.put(name, data, facts)
        names[name] = each
        with centre.writing() as conn:
            patient = f"{each.issuer}|{each.patient_id}"
            audit.write(conn, actor, "document handed in", patient=patient, subject=sha256, kind=each.kind)
    waiting = dict(names)
    pause, tries = Event(), max(1, round(wait_s / LOOK_S))
    for look in range(tries):
        for name in list(waiting):
            try:
                if door.answered(name):
                    del waiting[name]
            except Refused as why:
                refused.append((waiting.pop(name).path.name, why))
        if not waiting:
            break
        told(0.5 + (len(names) - len(waiting)) / len(names) / 2)
        if look < tries - 1:
            pause.wait(LOOK_S)
    stored = len(given) - len(waiting) - len(refused)
    return TakenIn(stored, len(waiting), tuple(refused))


def _read(given: Given, source: str) -> tuple[bytes, dict[str, Any]]:
    """Raises Refused where it can't be read, is none of the kinds of files, or not what its name says."""
    try:
        data = given.path.read_bytes() if given.path.stat().st_size <= LARGEST else None
    except OSError as why:
        raise Refused(
            "unreadable", N_("The file can't be read ({why})."), N_("Check the file, or copy it to this PC first."),
            reference="V625", why=why.strerror or type(why).__name__,
        ) from why  # fmt: skip
    if data is None:
        raise Refused("large", N_("The file is too large (500 MB)."), N_("Make it smaller first."), reference="V626")
    if given.path.suffix.lower() not in TYPES:
        raise Refused(
            "type", N_("Files of this kind are not taken."), N_("PDF, Excel, BMP, JPEG and PNG are."), reference="V627"
        )
    facts = {
        "kind": given.kind, "title": given.title or given.path.stem, "patient_id": given.patient_id,
        "issuer": given.issuer, "day": given.day, "source": source, "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }  # fmt: skip
    see_to_content(document_facts(given.path.name, facts), data[:16], len(data), str(facts["sha256"]))
    return data, facts
