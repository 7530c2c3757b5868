"""What handing a record over is: whole or not at all, and acknowledged where the console can say so."""

from __future__ import annotations

from typing import Protocol

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_


class Handover(Protocol):
    def deliver(self, name: str, data: bytes) -> None:
        """Hand over a record under a file name. Returns when it stands there safely and, where that is agreed, the
        console has taken it. Doing it again under the same name is harmless. Raises NoFolder, NotTaken, RecordRefused.
        """


class NoFolder(LinkLost):
    """The shared folder is away, or may not be written to."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            folder,
            N_("The shared folder {whom} can't be written to."),
            N_("Check the network and the console's PC; it is handed over by itself when it is back."),
        )


class NotTaken(LinkLost):
    """The console did not take the record in time."""

    def __init__(self, folder: str) -> None:
        super().__init__(
            folder,
            N_("The console did not take the record from {whom}."),
            N_("Check whether the console runs; it is handed over again by itself."),
        )


class RecordRefused(Fault):
    """The console took the record and said no."""

    def __init__(self, reason: str) -> None:
        super().__init__(
            N_("The console refused the record: {reason}"),
            N_("Look at the console's own messages and at the format in the parameter file."),
            reference="H321",
            reason=reason or "-",
        )
