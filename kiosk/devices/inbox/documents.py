"""The folder where stations leave documents: ``xxx.pdf``, and ``xxx.pdf.json`` when it is complete.

The sidecar says what it is (kind, title, patient ID, day) and is written last. The answer is ``xxx.pdf.ok`` when the
document is safe, or ``xxx.pdf.ng`` with the reason; a new sidecar asks again.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_

SIDECAR, OK, NG = ".json", ".ok", ".ng"
LONGEST_SIDECAR = 64 * 1024
PIECE = 1 << 20


@dataclass(frozen=True)
class Handed:
    """A document with its sidecar. ``told`` is what the sidecar says (any JSON), None where it is none."""

    path: Path
    told: Any

    @property
    def name(self) -> str:
        return self.path.name

    def pieces(self) -> Iterator[bytes]:
        """Its content. Raises LinkLost where it can't be read."""
        try:
            with open(self.path, "rb") as file:
                while piece := file.read(PIECE):
                    yield piece
        except OSError as why:
            raise _gone(self.path.parent) from why


class DocumentFolder:
    """Polled. A sidecar that is no JSON is waited for until it rested for ``settle_s``."""

    def __init__(self, folder: Path, *, settle_s: float = 3.0, clock: Callable[[], float] = time.monotonic) -> None:
        self.folder = folder
        self._settle_s = settle_s
        self._clock = clock
        self._rests: dict[str, tuple[tuple[int, int], float]] = {}

    def look(self) -> list[Handed]:
        """The documents that are complete, oldest sidecar first. Raises LinkLost where the folder can't be read."""
        found: list[tuple[int, Handed]] = []
        try:
            with os.scandir(self.folder) as entries:
                sidecars = [each.name for each in entries if each.name.lower().endswith(SIDECAR)]
        except OSError as why:
            raise _gone(self.folder) from why
        self._rests = {name: rest for name, rest in self._rests.items() if name in sidecars}
        for name in sidecars:
            path = self.folder / name[: -len(SIDECAR)]
            try:
                stat = os.stat(self.folder / name)
                data = (self.folder / name).read_bytes() if stat.st_size <= LONGEST_SIDECAR else b""
                if not path.is_file():
                    continue
            except OSError:  # being written, or taken away
                continue
            try:
                told = json.loads(data.decode("utf-8-sig"))
            except ValueError:
                if not self._rested(name, (stat.st_size, stat.st_mtime_ns)):
                    continue
                told = None
            found.append((stat.st_mtime_ns, Handed(path, told)))
        return [each for _, each in sorted(found, key=lambda one: (one[0], one[1].name))]

    def acknowledge(self, handed: Handed, **answer: Any) -> None:
        """It is safe: say so, then take it away. May be said again after a crash."""
        self._answer(handed, OK, answer)
        handed.path.with_name(handed.name + NG).unlink(missing_ok=True)
        handed.path.with_name(handed.name + SIDECAR).unlink(missing_ok=True)
        handed.path.unlink(missing_ok=True)

    def refuse(self, handed: Handed, why: str) -> None:
        """It is not taken: say why, take the sidecar away, leave the document."""
        self._answer(handed, NG, {"why": why})
        handed.path.with_name(handed.name + SIDECAR).unlink(missing_ok=True)

    def _answer(self, handed: Handed, suffix: str, answer: dict[str, Any]) -> None:
        half = handed.path.with_name(f"{handed.name}.part")
        half.write_text(json.dumps(answer, ensure_ascii=False), encoding="utf-8")
        os.replace(half, handed.path.with_name(handed.name + suffix))

    def _rested(self, name: str, looked: tuple[int, int]) -> bool:
        known = self._rests.get(name)
        if known is None or known[0] != looked:
            self._rests[name] = (looked, self._clock())
            return False
        return self._clock() - known[1] >= self._settle_s


def _gone(folder: Path) -> Fault:
    return LinkLost(
        str(folder),
        N_("The inbox for documents can't be read: {whom}"),
        N_("Check the network and the folder's name; documents are taken by themselves when it is back."),
    )
