"""What the page of discs may ask and do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.correction import Identity
from kiosk.modes.contract import Kit

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer, Running
    from kiosk.flow.open_study import StudyReader

WORK = "DISC"  # below the data folder: copies on their way to the gateway


class DiscDesk:
    """Reading is done by the decoders' processes, so that a drive that hangs or a file that crashes holds nobody."""

    def __init__(self, kit: Kit, reader: StudyReader, after: Callable[[Answer, Callable[[Any], Any]], Answer]) -> None:
        self._kit, self._reader, self._after = kit, reader, after
        self.drive: str = kit.settings.disc.drive

    def read(self, place: str, progress: Callable[..., None] | None) -> Answer:
        """Answer: Disc. ``progress(done, of)`` while the headers are read."""
        from kiosk.flow.take_disc import disc_of

        opened = self._reader.open([Path(place)], progress)
        return self._after(
            opened,
            # On a thread of its own: a drive that hangs must not keep one that other questions wait for.
            lambda found: self._kit.errands.begin(
                "disc-look", lambda told: disc_of(self._kit.centre, place, found.stacks, found.refused)
            ),
        )

    def examinees(self, text: str, *, exact: bool = False) -> Answer:
        """Answer: the newest visit of each person that fits."""
        from kiosk.flow.find_examinee import examinees

        return self._kit.ask(examinees, self._kit.centre, text, exact=exact)

    def take(self, studies: Sequence[Any], ours: Identity) -> Running:
        """Answer: TakenDisc; with its progress."""
        kit, told, actor = self._kit, self._kit.settings.disc, self._kit.session.actor()

        def work(tell: Callable[[float], None]) -> Any:
            from kiosk.core.words import N_
            from kiosk.dicom.nodes import Node
            from kiosk.flow.take_disc import TakeDisc

            gateway = Node(told.ae_title, told.address, told.port, title=N_("gateway"))
            own = (told.own_ae_title or kit.station.name)[:16]
            return TakeDisc(kit.centre, kit.data / WORK, own, gateway, kit.station.name).take(
                list(studies), ours, actor, tell
            )

        return kit.errands.begin("disc", work)
