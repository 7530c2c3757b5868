"""The gateway's part in corrections: it alone writes to the disks, and it talks to the destinations."""

from __future__ import annotations

from kiosk.modes.contract import Kit
from kiosk.modes.gateway.desk_nodes import receiving
from kiosk.modes.gateway.desk_send import sending


def start_correcting(kit: Kit) -> None:
    """In the service that looks after the disks."""
    from kiosk.flow.correct import CORRECT, Correct
    from kiosk.flow.hand_out import HandOut
    from kiosk.flow.image_kinds import ImageKinds
    from kiosk.flow.receive_images import intake_of, owed_of
    from kiosk.flow.redraw_name import REDRAW, RedrawNames

    understand = [each.name for each in kit.settings.send.destinations if each.rejection_notes]
    correct = Correct(
        kit.centre, kit.volumes, kit.station.name, owed=owed_of(kit, receiving(kit.settings, kit.data)),
        understand=understand, kind=ImageKinds(kit.centre),
    )  # fmt: skip
    intake = intake_of(kit, receiving(kit.settings, kit.data))
    redraws = RedrawNames(kit.centre, kit.volumes.path_of, intake, kit.station.name)
    HandOut(kit.centre, kit.station.name, {CORRECT: correct.work, REDRAW: redraws.work}, kit.crew)


def start_telling(kit: Kit) -> None:
    """In the service that sends."""
    from kiosk.flow.hand_out import HandOut
    from kiosk.flow.tell_corrected import TELL, SendNotes

    notes = SendNotes(kit.centre, kit.station.name, sending(kit.settings, kit.data).destinations)
    HandOut(kit.centre, kit.station.name, {TELL: notes.tell}, kit.crew)
