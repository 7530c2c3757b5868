"""What makes keystrokes a barcode: how quickly they come, how many, how they end. Plain rules, times handed in."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field

FAST_MS = 40  # longest time between two keys of a scan
REPEAT_MS = 25  # a held key repeats no quicker than that; most scanners do
SHORTEST = 4  # letters; two quick keys of a person are no scan
LONGEST = 128  # letters; more is a paste or a broken scanner
WITHOUT_SUFFIX = 8  # letters that such a scan must have; nobody types eight keys at this speed


def normalised(typed: str) -> str:
    """The code as it was meant: full-width letters made half-width (NFKC), control characters and outer blanks gone."""
    plain = unicodedata.normalize("NFKC", typed)
    return "".join(c for c in plain if c.isprintable()).strip()


@dataclass
class Burst:
    """Keys that came quickly after one another, and whether they were a scan. Pure: times are handed in, in ms."""

    letters: list[str] = field(default_factory=list)
    last_ms: float = -1e9
    ended_ms: float = -1e9
    longest_gap_ms: float = 0.0

    def begins(self, at_ms: float) -> bool:
        """Would a key at this time begin a new burst?"""
        return not self.letters or not 0 <= at_ms - self.last_ms <= FAST_MS

    def letter(self, char: str, at_ms: float) -> None:
        """A key with a letter came."""
        if self.begins(at_ms):
            self.letters, self.longest_gap_ms = [], 0.0
        else:
            self.longest_gap_ms = max(self.longest_gap_ms, at_ms - self.last_ms)
        self.letters.append(char)
        self.last_ms = at_ms

    def end(self, at_ms: float) -> str:
        """Return or Tab came: the code if this was a scan, else an empty text."""
        quick = 0 <= at_ms - self.last_ms <= FAST_MS
        return self._code(SHORTEST) if quick else ""

    def silence(self) -> str:
        """Nothing came any more: the code if only the suffix was missing (then one digit repeated is a held key)."""
        return self._code(WITHOUT_SUFFIX) if len(set(self.letters)) > 1 else ""

    def runaway(self) -> bool:
        return len(self.letters) > LONGEST

    def held_key(self) -> bool:
        """A key held down repeats nearly as quickly as a scanner types; "1111" at a scanner's speed is a number."""
        return len(set(self.letters)) == 1 and self.longest_gap_ms >= REPEAT_MS

    def _code(self, shortest: int) -> str:
        code = normalised("".join(self.letters))
        if len(code) < shortest or self.runaway() or self.held_key():
            return ""
        return code

    def forget(self) -> None:
        self.letters = []
