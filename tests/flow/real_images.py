"""Small images that are DICOM to the last byte, for what reads headers from the disk again."""

from __future__ import annotations

from kiosk.dicom.dataset import WANTED, RequestFacts, facts_of_walk
from kiosk.dicom.part10 import part10_head
from kiosk.dicom.soundness import EXPLICIT_LE, Walk
from kiosk.flow.intake import Intake, Settled
from tests.journeys.steady_sender import CT, template

_PLACE = b"1000000000"


def take_real(intake: Intake, number: int) -> Settled:
    """Hand in image ``number`` of one study, as the storage door would."""
    place = f"{2_000_000_000 + number}"
    body = template("CT1", 1024).replace(_PLACE, place.encode())
    uid = f"1.2.392.200036.9999.5.{place}"
    walk = Walk(EXPLICIT_LE, WANTED)
    walk.feed(body)
    walk.finish()
    incoming = intake.begin("test")
    incoming.write(part10_head(CT, uid, EXPLICIT_LE))
    incoming.write(body)
    return incoming.settle(facts_of_walk(walk, RequestFacts(CT, uid, EXPLICIT_LE, "CT1")))
