"""One line of the history of something that people change: never altered, only added to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Change:
    """``before`` and ``after`` hold what differs."""

    at: str
    by: str
    what: str
    before: dict[str, Any]
    after: dict[str, Any]
    reason: str = ""
