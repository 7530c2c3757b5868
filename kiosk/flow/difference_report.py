"""The list of differences of a walk: a CSV file that grows as they are found, and its first lines for the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from kiosk.core.csv_out import BOM, csv_line
from kiosk.core.equalising import KINDS, Difference, Kind
from kiosk.core.words import N_, Sentence, say

SHOWN = 300
TITLES = (N_("Difference"), N_("File"), N_("Why"))


class DifferenceReport:
    """``folder``/equalise-0012.csv. What was written before an interruption stays; a line may then stand twice."""

    def __init__(self, folder: Path, walk: int) -> None:
        self.path = report_path(folder, walk)
        self._lines: list[bytes] = []

    def add(self, difference: Difference, shown: list[dict[str, Any]]) -> None:
        """A line for the file, and for ``shown`` while that is short; what wants a look goes before what is new."""
        self._lines.append(csv_line((say(KINDS[difference.kind]), difference.path, _why(difference))))
        line = {
            "kind": difference.kind.value,
            "path": difference.path,
            "why": difference.why,
            "values": {key: str(value) for key, value in difference.values.items()},
        }
        if len(shown) < SHOWN:
            shown.append(line)
        elif difference.kind is not Kind.NEW:
            unimportant = next((at for at, each in enumerate(shown) if each["kind"] == Kind.NEW), None)
            if unimportant is not None:
                shown[unimportant] = line

    def flush(self) -> None:
        """Write what was added; raises OSError."""
        if not self._lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "ab") as file:
            if file.tell() == 0:
                file.write(BOM + csv_line(say(title) for title in TITLES))
            file.write(b"".join(self._lines))
        self._lines = []


def report_path(folder: Path, walk: int) -> Path:
    return folder / f"equalise-{walk:04d}.csv"


def _why(difference: Difference) -> str:
    return say(Sentence(difference.why, difference.values)) if difference.why else ""
