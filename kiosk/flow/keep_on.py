"""The loop of a worker that lays something down on this PC every few minutes, for when the shared store is away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from kiosk.core.faults import Fault
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

EVERY_S = 300.0


def keep_on(keep: Callable[[], object], what: str, stop: threading.Event, *stores: Store) -> None:
    """``keep()`` at once and again until ``stop``; a fault waits for the next time. ``what`` is for the log, ``stores``
    are those that this thread leaves at the end.
    """
    try:
        while True:
            try:
                keep()
            except Fault as why:
                log.warning("%s could not be kept: %s", what, why)
            if stop.wait(EVERY_S):
                return
    finally:
        for each in stores:
            each.leave()
