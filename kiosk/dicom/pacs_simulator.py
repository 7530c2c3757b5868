"""A PACS to practise with: takes every image, keeps it in a folder and counts, behind the real receiver's door."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.core.faults import NoRoom
from kiosk.core.study import ImageFacts
from kiosk.dicom.nodes import Nodes
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.upper_layer import Listener


@dataclass
class PacsSimulator:
    """Listens on ``port`` (0: a free one) and keeps images below ``folder``, one file per SOP instance.

    ``full`` plays a full disk: everything is answered 0xA700 until it is False again.
    """

    folder: Path
    ae_title: str = "PACS"
    port: int = 0
    host: str = ""
    full: bool = False
    kept: dict[str, ImageFacts] = field(default_factory=dict, init=False)
    repeated: int = field(default=0, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)
    _number: int = field(default=0, init=False)

    def open(self) -> PacsSimulator:
        self.folder.mkdir(parents=True, exist_ok=True)
        nodes = Nodes(accept_anyone=True)
        self._listener = Listener(self.ae_title, self.port, nodes, [StorageDoor(self)], host=self.host)
        self.port = self._listener.port
        return self

    def close(self) -> None:
        self._listener.close()

    def __enter__(self) -> PacsSimulator:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    def per_study(self) -> Counter[str]:
        """How many images it keeps of each study."""
        with self._lock:
            return Counter(facts.study_uid for facts in self.kept.values())

    def begin(self, door: str) -> _Keeping:
        if self.full:
            raise NoRoom(str(self.folder))
        with self._lock:
            self._number += 1
            return _Keeping(self, self.folder / f"{self._number:08d}.part")

    def _keep(self, half: Path, facts: ImageFacts) -> None:
        with self._lock:
            if facts.sop_uid in self.kept:
                self.repeated += 1
            self.kept[facts.sop_uid] = facts
            half.replace(self.folder / f"{facts.sop_uid}.dcm")


class _Keeping:
    def __init__(self, pacs: PacsSimulator, half: Path) -> None:
        self._pacs = pacs
        self._half = half
        self._file = half.open("wb")

    def write(self, piece: bytes) -> None:
        self._file.write(piece)

    def settle(self, facts: ImageFacts) -> None:
        self._file.close()
        self._pacs._keep(self._half, facts)

    def abandon(self) -> None:
        self._file.close()
        self._half.unlink(missing_ok=True)
