"""What is known of a disk at this moment: the chooser asks it for each image, a watcher brings it up to date."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from kiosk.core.disks import DiskState
from kiosk.core.faults import Fault

HUNG_S = 5.0  # a disk that a look has not come back from for so long does not answer
LOOK_EVERY_S = 1.0

Mark = tuple[int, int, int]  # device, file and time of the volume-id file: another disk has another


@dataclass
class Room:
    """``left``: bytes above the reserve. Numbers may be off by what was written since the last look; that is what the
    reserve is for.
    """

    state: DiskState = DiskState.UNKNOWN
    why: Fault | None = None
    free: int = 0
    total: int = 0
    reserve: int = 0
    left: int = 0
    token: str = ""  # what the volume-id file must say; empty while that is not known
    mark: Mark | None = None
    looked_at: float = field(default=float("-inf"))  # time.monotonic()
    looking_since: float | None = None  # while its watcher looks at it
    written_at: float = field(default=float("-inf"))  # when writing to it was last tried
    watched: bool = False
    retired: bool = False

    @property
    def shown(self) -> DiskState:
        """The state, where nobody else would notice: a disk whose watcher hangs in it, one that was retired."""
        if self.retired:
            return DiskState.RETIRED
        return DiskState.HUNG if self.hangs and self.state is not DiskState.UNKNOWN else self.state

    @property
    def hangs(self) -> bool:
        """Not told by the time of the last look: a PC that slept, or stood still for want of memory, has none."""
        since = self.looking_since
        return since is not None and time.monotonic() - since > HUNG_S

    @property
    def age_s(self) -> float:
        return time.monotonic() - self.looked_at

    @property
    def takes(self) -> bool:
        """May something be written to it?"""
        return self.state is DiskState.GOOD and self.left > 0 and not self.retired and not self.hangs

    @property
    def is_full(self) -> bool:
        """At its reserve; nothing else is wrong with it."""
        return self.state is DiskState.FULL or (self.state is DiskState.GOOD and self.left <= 0)

    def spend(self, size: int) -> None:
        self.left -= size

    def full(self) -> None:
        """Whatever was thought: the disk took no more."""
        self.state, self.left = DiskState.FULL, 0

    def failed(self, state: DiskState, why: Fault) -> None:
        self.state, self.why, self.left, self.mark = state, why, 0, None
