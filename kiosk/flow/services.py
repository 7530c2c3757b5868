"""Keeps a service (the DICOM receiver) running in a child process: the window lives on if it dies, and it is back soon.

A service is this same program. It reads its settings from standard input as one JSON line; the end of standard input
is the sign to stop, so that no child outlives its station, whatever killed that.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from typing import Any

from kiosk.core.process import program
from kiosk.flow.crew import Crew

log = logging.getLogger(__name__)

STOP_WAIT_S = 8.0
FIRST_PAUSE_S = 0.3  # back within two seconds after a death
LONGEST_PAUSE_S = 15.0  # for a service that dies again and again at once
LIVED_S = 20.0
FAILING = 3  # so many short lives in a row are no accident


class Service:
    """A supervised child. ``on_state(running)`` is called from the supervising thread."""

    def __init__(
        self,
        name: str,
        order: dict[str, Any],
        crew: Crew,
        *,
        on_state: Callable[[bool], None] | None = None,
    ) -> None:
        self.name = name
        self._order = order
        self._on_state = on_state
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.deaths = 0
        self._short_lives = 0
        self._began = 0.0
        crew.start(f"service-{name}", self._run, wake=self._end_child)

    @property
    def pid(self) -> int | None:
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    @property
    def failing(self) -> bool:
        """Does it die again and again soon after its start?"""
        young = self.pid is None or time.monotonic() - self._began < LIVED_S
        return self._short_lives >= FAILING and young

    def _run(self, stop: threading.Event) -> None:
        pause = FIRST_PAUSE_S
        while not stop.is_set():
            self._began = time.monotonic()
            status = self._live(stop)
            if stop.is_set():
                break
            self.deaths += 1
            lived = time.monotonic() - self._began > LIVED_S
            self._short_lives = 0 if lived else self._short_lives + 1
            log.error("service %s ended with status %s; it is started again", self.name, status)
            pause = FIRST_PAUSE_S if lived else min(pause * 2, LONGEST_PAUSE_S)
            stop.wait(pause)

    def _live(self, stop: threading.Event) -> int | str:
        """One life of the child, from start to end; its status, or why it could not be started."""
        try:
            process = self._start()
        except OSError as why:  # the program lies on a share that is away, or there is no memory for it
            return type(why).__name__
        if stop.is_set():
            self._end_child()
        status = process.wait()
        self._tell(False)
        return status

    def _start(self) -> subprocess.Popen[bytes]:
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows: no console flashes up
        process = subprocess.Popen([*program(), "--service", self.name], stdin=subprocess.PIPE, creationflags=flags)
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(self._order).encode("ascii") + b"\n")
            process.stdin.flush()
        except OSError:
            log.error("service %s did not take its settings", self.name)
        with self._lock:
            self._process = process
        self._tell(True)
        return process

    def _end_child(self) -> None:
        """Close its standard input, and end it where it does not follow."""
        with self._lock:
            process = self._process
        if process is None or process.poll() is not None:
            return
        if process.stdin is not None:
            process.stdin.close()

        def see_it_off() -> None:
            try:
                process.wait(STOP_WAIT_S)
            except subprocess.TimeoutExpired:
                process.kill()

        threading.Thread(target=see_it_off, name=f"see-off-{self.name}", daemon=True).start()

    def _tell(self, running: bool) -> None:
        if self._on_state is not None:
            self._on_state(running)


def wait_for_the_end(stop: threading.Event) -> None:
    """In the service: set ``stop`` when standard input ends (the station closed it, or died)."""

    def read() -> None:
        try:
            while os.read(sys.stdin.fileno(), 4096):  # unbuffered: no lock is held when the interpreter ends
                pass
        except (OSError, ValueError):
            pass
        stop.set()

    threading.Thread(target=read, name="end-of-input", daemon=True).start()
