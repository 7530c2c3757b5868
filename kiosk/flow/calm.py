"""Waits for the next commit without being woken by each of hundreds a second."""

from __future__ import annotations

import threading
import time

CALM_S = 0.05  # while images come in one look serves all the commits of so long: reading at each halves their rate


def calm_wait(stirred: threading.Event, wait_s: float, looked_at: float, stop: threading.Event) -> None:
    """Until ``stirred`` is set or ``wait_s`` is over, and no sooner than CALM_S after the last look
    (``looked_at``, time.monotonic()).
    """
    if stirred.wait(wait_s):
        stop.wait(max(0.0, looked_at + CALM_S - time.monotonic()))
