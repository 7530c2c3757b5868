"""Who stands before a console at this moment: the station beside it says so, the worklist offers that visit first."""

from __future__ import annotations

import time
from collections.abc import Callable

from kiosk.flow.notices import Watch
from kiosk.store import notices
from kiosk.store.engine import Store
from kiosk.store.notices import Notice

NOTICE = "scanned"  # of the centre; ids: ae (title of the console), visit
HOLDS_S = 900.0  # then somebody else stands there


def tell_scanned(centre: Store, ae_title: str, visit: int) -> None:
    """Say whom the console ``ae_title`` is to be offered first. Raises LinkLost."""
    with centre.writing() as conn:
        notices.tell(conn, NOTICE, ae=ae_title, visit=visit)


class JustScanned:
    """Of the gateway: AE title -> visit, as long as it holds. A restart forgets it, which only costs the order."""

    def __init__(self, heard: Watch, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._visits: dict[str, tuple[int, float]] = {}
        heard.listen(NOTICE, self._heard)

    def __call__(self, ae_title: str) -> int:
        """The visit, 0 where nobody was scanned."""
        visit, since = self._visits.get(ae_title.upper(), (0, 0.0))
        return visit if visit and self._clock() - since < HOLDS_S else 0

    def _heard(self, notice: Notice) -> None:
        ae_title = str(notice.ids.get("ae", "")).upper()
        if ae_title:
            self._visits[ae_title] = (int(notice.ids["visit"]), self._clock())
