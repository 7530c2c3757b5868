"""Who may hold how many associations at once: devices that are known always find room, strangers take what is left."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

KEPT_EACH = 2  # for each known device, whatever the others do
MOST_EACH = 24  # of one device: a CT that went mad must not fill the house
MOST_OF_A_STRANGER = 16  # from one address that no node is named for (they come in by "accept anyone" alone)


class Slots:
    """Counts associations from their acceptance to their end. Safe to call from any thread."""

    def __init__(self, most: int, known: Iterable[str]) -> None:
        """``most`` in all; ``known``: the AE titles that slots are kept for."""
        titles = {each.strip().upper() for each in known}
        self._most = most
        self._kept = min(KEPT_EACH, max(1, most // (2 * len(titles)))) if titles else 0
        self._known: Counter[str] = Counter(dict.fromkeys(titles, 0))
        self._strangers: Counter[str] = Counter()
        self._lock = threading.Lock()

    def take(self, ae_title: str, address: str) -> str | None:
        """A place for this caller: the key to give it back by, or None where there is no room for it."""
        title = ae_title.strip().upper()
        with self._lock:
            if title in self._known:
                used = self._known[title]
                if used >= MOST_EACH or (used >= self._kept and self._common_room() <= 0):
                    return None
                self._known[title] += 1
                return title
            if self._strangers[address] >= MOST_OF_A_STRANGER or self._common_room() <= 0:
                return None
            self._strangers[address] += 1
            return f" {address}"  # no AE title begins with a blank

    def give_back(self, key: str) -> None:
        with self._lock:
            if key.startswith(" "):
                self._strangers[key[1:]] -= 1
                if self._strangers[key[1:]] <= 0:
                    del self._strangers[key[1:]]
            else:
                self._known[key] -= 1

    @property
    def used(self) -> int:
        with self._lock:
            return self._known.total() + self._strangers.total()

    def _common_room(self) -> int:
        """Places that are neither taken nor kept for somebody."""
        kept_or_used = sum(max(self._kept, used) for used in self._known.values())
        return self._most - kept_or_used - self._strangers.total()
