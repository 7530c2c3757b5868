"""The real hand-over: a file written under another name, synced, renamed, then a flag file; the console acknowledges.

The console must never see half a record: what it looks for appears by a rename in the same folder.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from kiosk.devices.handover.contract import NoFolder, NotTaken, RecordRefused

LOOK_S, LONGEST_LOOK_S = 0.01, 0.2  # looked for often at first: somebody stands before the console
LONGEST_REASON = 200


class SharedFolder:
    """``flag``: ending of a file that is put beside the record when it is whole (``.end``); empty: none.

    ``taken``: how the console says that it took it: ``gone`` it removes the record, ``answer`` it writes ``.ok`` or
    ``.ng`` beside it, ``none`` it says nothing.
    """

    def __init__(
        self,
        folder: Path,
        *,
        flag: str = "",
        taken: Literal["none", "gone", "answer"] = "none",
        wait_s: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._folder = folder
        self._flag = flag
        self._taken = taken
        self._wait_s = wait_s
        self._clock = clock
        self._sleep = sleep

    def deliver(self, name: str, data: bytes) -> None:
        path = self._folder / name
        answers = {ending: path.with_suffix(ending) for ending in (".ok", ".ng")}
        try:
            if self._taken == "answer":  # of the time before
                for each in answers.values():
                    each.unlink(missing_ok=True)
            self._put(path, data)
            if self._flag:
                self._put(path.with_suffix(self._flag), b"")
        except OSError as why:
            raise NoFolder(str(self._folder)) from why
        if self._taken != "none":
            self._await(path, answers)

    def _put(self, path: Path, data: bytes) -> None:
        half = path.with_name(f"{path.name}.tmp")
        with open(half, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, path)

    def _await(self, path: Path, answers: dict[str, Path]) -> None:
        until, pause = self._clock() + self._wait_s, LOOK_S
        while True:
            try:
                if self._taken == "gone" and not path.exists():
                    if self._folder.is_dir():  # a share that went away shows no file either
                        return
                    raise NoFolder(str(self._folder))
                if self._taken == "answer":
                    if answers[".ng"].exists():
                        reason = answers[".ng"].read_bytes()[:LONGEST_REASON].decode("cp932", "replace").strip()
                        raise RecordRefused(reason)
                    if answers[".ok"].exists():
                        with contextlib.suppress(OSError):
                            answers[".ok"].unlink()
                        return
            except OSError as why:
                raise NoFolder(str(self._folder)) from why
            if self._clock() >= until:
                raise NotTaken(str(self._folder))
            self._sleep(pause)
            pause = min(2 * pause, LONGEST_LOOK_S)
