"""A console to practise with: it takes records from its folder as the real one does, and can misbehave."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal


@dataclass
class ConsoleSimulator:
    """Looks into its folder again and again. ``manner``: well, silent (takes nothing) or refusing (answers .ng)."""

    folder: Path
    flag: str = ""
    taken: Literal["none", "gone", "answer"] = "none"
    manner: Literal["well", "silent", "refusing"] = "well"
    records: dict[str, bytes] = field(default_factory=dict)

    def look(self) -> None:
        """Take what is there."""
        if self.manner == "silent" or not self.folder.is_dir():
            return
        for path in sorted(self.folder.iterdir()):
            if path.suffix in (".tmp", ".ok", ".ng", self.flag) or not path.is_file():
                continue
            if self.flag and not path.with_suffix(self.flag).exists():
                continue
            if self.manner == "refusing":
                path.with_suffix(".ng").write_bytes("患者IDが違います".encode("cp932"))
            else:
                self.records[path.name] = path.read_bytes()
                if self.taken == "answer":
                    path.with_suffix(".ok").write_bytes(b"")
            if self.taken != "none":
                if self.flag:
                    path.with_suffix(self.flag).unlink(missing_ok=True)
                path.unlink()

    def work(self, stop: threading.Event, every_s: float = 0.02) -> None:
        """A worker."""
        while not stop.wait(every_s):
            self.look()
