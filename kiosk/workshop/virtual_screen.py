"""A virtual X screen of our own for tests and builds on machines without one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

SCREEN = "1920x1080x24"


@contextmanager
def virtual_screen() -> Iterator[str | None]:
    """Yield the display in force: the one that is there, else that of an Xvfb started for this while, else None.

    DISPLAY is set for the while, so that child processes show their windows there too.
    """
    if os.name == "nt" or os.environ.get("DISPLAY"):
        yield os.environ.get("DISPLAY", ":windows")
        return
    if not shutil.which("Xvfb"):
        yield None
        return
    reading, writing = os.pipe()
    # -displayfd lets the server choose a free number and tell it once it answers.
    call = ["Xvfb", "-displayfd", str(writing), "-screen", "0", SCREEN, "-nolisten", "tcp", "-noreset"]
    server = subprocess.Popen(call, pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as answer:
        number = answer.readline().strip()
    if not number:
        server.wait()
        yield None
        return
    os.environ["DISPLAY"] = f":{number}"
    try:
        yield os.environ["DISPLAY"]
    finally:
        del os.environ["DISPLAY"]
        server.terminate()
        server.wait()
