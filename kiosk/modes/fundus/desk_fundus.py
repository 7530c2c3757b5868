"""What the fundus window may ask and do."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from kiosk.devices.inbox.arrived import Arrivals
from kiosk.flow.answers import Answer
from kiosk.flow.check_pictures import CheckPictures
from kiosk.flow.picture_desk import PictureDesk
from kiosk.flow.take_fundus import TakeFundus, Told
from kiosk.modes.contract import Kit


class FundusDesk(PictureDesk):
    """What became of each file that came is told to ``listen``."""

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        settings = kit.settings
        self.arrivals = Arrivals(kit.data / "ARRIVED" / kit.mode)
        self.fundus = TakeFundus(
            self.spool, self.arrivals, CheckPictures(), lambda: self.people, self._tell, patterns=settings.names,
            ways=settings.ways,
        )  # fmt: skip
        self.taking = self.fundus
        self.share = kit.data / settings.share.folder if settings.share.folder else None
        self.ftp_port = 0  # where the FTP server listens
        self.ftp_trouble = ""
        self._listener: Callable[[Told], object] = lambda told: None

    def listen(self, call: Callable[[Told], object]) -> None:
        """``call(told)`` through the mailbox for each file that came."""
        self._listener = call

    def doors(self) -> Answer:
        """Answer: what is wrong with the ways in, empty where nothing is."""
        return self._kit.ask(self._doors)

    def asides(self) -> Answer:
        """Answer: what was not taken, newest first (name, source, at, why)."""
        return self._kit.ask(self.arrivals.asides)

    def _doors(self) -> str:
        if self.ftp_trouble:
            return self.ftp_trouble
        if self.fundus.trouble is not None:
            return self.fundus.trouble.told()
        return "" if self.share is None or Path(self.share).is_dir() else str(self.share)

    def _register(self, set_id: str) -> None:
        self.fundus.may_register(set_id)
        super()._register(set_id)

    def _tell(self, told: Told) -> None:
        if self.mailbox is not None:
            self.mailbox.post(lambda: self._listener(told))
        else:
            self._listener(told)
