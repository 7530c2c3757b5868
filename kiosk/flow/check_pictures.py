"""Has a foreign JPEG decoded in a process of its own: whole, decodable, when it was taken, which eye it may show."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from kiosk.core import pipe_talk
from kiosk.core.faults import Fault, Refused
from kiosk.core.whole_jpeg import refused
from kiosk.core.words import N_
from kiosk.flow.children import Child, ChildLost

MODULE = "kiosk.dicom.jpeg_child"
MEMORY_MB = 700  # 64 million pixels in colour, with the decoder's own
DECODE_S = 30.0
THUMB = 256, 192


@dataclass(frozen=True)
class Checked:
    """``taken_at`` ISO or empty; ``eye`` a suggestion (R, L or empty)."""

    columns: int
    rows: int
    taken_at: str
    eye: str


class CheckPictures:
    """One child; ``check`` from one thread at a time."""

    def __init__(self) -> None:
        self.child = Child(MODULE, name="jpeg", memory_mb=MEMORY_MB)
        self._turn = threading.Lock()

    def check(self, path: Path) -> Checked:
        """Raises Refused with the reason, Fault where it can't be looked at for another cause."""
        question = {"path": str(path), "width": THUMB[0], "height": THUMB[1]}
        with self._turn:
            try:
                answer = self.child.ask(question, DECODE_S)
            except ChildLost as why:
                if why.reason in ("memory", "deadline", "died"):
                    raise refused(why.reason, N_("decoding it takes more than any camera's picture")) from why
                raise
        if "refused" in answer:
            told: Fault = pipe_talk.fault_from_message(answer["told"])
            raise Refused(
                str(answer["refused"]), told.sentence.text, told.next_step.text, reference=told.reference,
                **told.sentence.values,
            )  # fmt: skip
        return Checked(int(answer["columns"]), int(answer["rows"]), str(answer["taken_at"]), str(answer["eye"]))

    def close(self) -> None:
        self.child.close()
