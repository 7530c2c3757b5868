"""Several pytests at once share the suite: each takes the next file of tests that no other has taken."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
WITH_WINDOWS = ("feel", "journeys", "modes", "ui")
WHOLE = ("house",)  # its tests read the whole tree, which one process shall do and not each


class Share:
    """What this process takes. ``claims``: a folder in which a file stands for each part that somebody has taken.
    ``windows``: "any" where each process has a screen of its own, else "first" for the one that has the screen (it
    begins with them), "none" for the others.
    """

    def __init__(self, claims: Path, windows: str = "any") -> None:
        self._claims, self._windows = claims, windows
        self._mine: dict[str, bool] = {}

    def mine(self, path: Path) -> bool:
        """Is this file of tests ours? Asked for the first time, it is taken unless somebody has it."""
        place = path.relative_to(HERE) if path.is_relative_to(HERE) else Path(path.name)
        room = place.parts[0]
        if self._windows == "none" and room in WITH_WINDOWS:
            return False
        part = room if room in WHOLE else "-".join(place.parts)
        if part not in self._mine:
            try:
                (self._claims / part).touch(exist_ok=False)
                self._mine[part] = True
            except FileExistsError:
                self._mine[part] = False
        return self._mine[part]

    def items(self, items: list[pytest.Item]) -> Iterator[pytest.Item]:
        """Ours, each taken when it is come to."""
        if self._windows == "first":
            items = sorted(items, key=lambda item: item.path.relative_to(HERE).parts[0] not in WITH_WINDOWS)
        return (item for item in items if self.mine(item.path))

    def run(self, session: pytest.Session) -> None:
        """Pytest's own loop, for our items."""
        ours = self.items(session.items)
        item = next(ours, None)
        while item is not None:
            following = next(ours, None)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if session.shouldfail:
                raise session.Failed(session.shouldfail)
            if session.shouldstop:
                raise session.Interrupted(session.shouldstop)
            item = following


def share_asked_for() -> Share | None:
    """What `main.py test` wants of this process; children of it know nothing of that."""
    claims, windows = os.environ.pop("KIOSK_TEST_CLAIMS", ""), os.environ.pop("KIOSK_TEST_WINDOWS", "any")
    return Share(Path(claims), windows) if claims else None
