"""What the name of a picture's file tells: patterns with named groups, as each camera has its own (domain 8.5)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

EYES = {
    "R": "R", "OD": "R", "RIGHT": "R", "1": "R", "右": "R", "右眼": "R",
    "L": "L", "OS": "L", "LEFT": "L", "2": "L", "左": "L", "左眼": "L",
    "B": "B", "OU": "B", "BOTH": "B", "両": "B", "両眼": "B",
}  # fmt: skip
GROUPS = frozenset({"pid", "number", "date", "time", "eye", "seq"})


@dataclass(frozen=True)
class NameFacts:
    """Empty is what the name does not tell. ``eye`` R, L or B."""

    pid: str = ""
    number: str = ""
    day: date | None = None
    eye: str = ""

    @property
    def names_somebody(self) -> bool:
        return bool(self.pid or self.number)


def read_name(name: str, patterns: Sequence[str]) -> NameFacts:
    """By the first pattern that fits anywhere in ``name`` (folders by slashes)."""
    plain = unicodedata.normalize("NFKC", name).replace("\\", "/")
    for pattern in patterns:
        found = re.search(pattern, plain, re.IGNORECASE)
        if found is not None:
            groups = {key: value.strip() for key, value in found.groupdict().items() if value}
            return NameFacts(
                groups.get("pid", ""), groups.get("number", ""), _day(groups.get("date", "")),
                EYES.get(groups.get("eye", "").upper(), ""),
            )  # fmt: skip
    return NameFacts()


def _day(text: str) -> date | None:
    digits = re.sub(r"\D", "", text)
    if len(digits) == 6:
        digits = "20" + digits
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])) if len(digits) == 8 else None
    except ValueError:
        return None


def troubles(patterns: Sequence[str]) -> list[str]:
    """Patterns that make no sense."""
    found = []
    for pattern in patterns:
        try:
            named = set(re.compile(pattern).groupindex)
        except re.error:
            found.append(f"names: {pattern}")
            continue
        if not named or named - GROUPS:
            found.append(f"names: {pattern}")
    return found
