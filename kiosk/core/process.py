"""How this program starts itself again for one worker."""

from __future__ import annotations

import sys
from pathlib import Path


def program() -> list[str]:
    """The command prefix that starts this same program, from source or frozen."""
    if getattr(sys, "frozen", False):
        return [sys.executable]
    return [sys.executable, "-m", "kiosk.station"]


def worker_command(module: str, *args: str) -> list[str]:
    """The command that runs ``module.run_worker(args)`` in a process of its own."""
    return [*program(), "--worker", module, *args]


def home() -> Path:
    """The folder of the executable, or of main.py: where station.toml is looked for."""
    if getattr(sys, "frozen", False):
        return Path(sys.executable).parent
    return Path(__file__).parents[2]
