"""Handing images to an intake, and looking at what it made of them."""

from __future__ import annotations

from typing import Any

from kiosk.flow.intake import Intake, Settled
from kiosk.store import images
from kiosk.store.engine import Store
from kiosk.store.volume import Volume
from tests.store.samples import facts

BYTES = b"DICM" + bytes(range(256)) * 64


def take(intake: Intake, data: bytes = BYTES, sop_uid: str = "1.2.3.4.1", **changes: Any) -> Settled:
    incoming = intake.begin("test")
    for at in range(0, len(data), 1000):
        incoming.write(data[at : at + 1000])
    return incoming.settle(facts(sop_uid, **changes))


def files(volume: Volume) -> dict[str, bytes]:
    """What lies in the volume, without its id."""
    return {
        path.relative_to(volume.root).as_posix(): path.read_bytes()
        for path in sorted(volume.root.rglob("*"))
        if path.is_file() and path.name != "volume-id.txt"
    }


def indexed(centre: Store) -> list[images.Known]:
    with centre.reading() as conn:
        return images.instances_after(conn, 0, limit=100)
