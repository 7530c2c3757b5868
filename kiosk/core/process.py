"""How this program starts itself again for one worker."""

from __future__ import annotations

import sys


def program() -> list[str]:
    """The command prefix that starts this same program, from source or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "kiosk.station"]


def worker_command(module: str, *args: str) -> list[str]:
    """The command that runs ``module.run_worker(args)`` in a process of its own."""
    return [*program(), "--worker", module, *args]
