"""Looks into a camera's shared folder again and again; a folder that is away is told once and waited for."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kiosk.core.faults import LinkLost
from kiosk.devices.inbox.shared_pictures import SharedPictures

log = logging.getLogger(__name__)


def watch_share(share: SharedPictures, came: Callable[[], object], stop: threading.Event, every_s: float) -> None:
    """The worker."""
    away = False
    while not stop.wait(every_s):
        try:
            if share.look():
                came()
            away = False
        except LinkLost as why:
            if not away:
                log.warning("the camera's folder is away: %s", why)
            away = True
