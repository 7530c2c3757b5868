"""PINs and badges are hashed once a run: the same one gets the same salt, or each test would pay for its people."""

from __future__ import annotations

from functools import cache

from kiosk.store import staff

new_salt = staff.new_salt  # for a test that looks at the salts


def hash_once() -> None:
    """From now on in this process; the hashes are real ones, as another process reads and writes them."""
    staff.new_salt = lambda: b"one salt for all"  # type: ignore[assignment]
    staff.stretched = cache(staff.stretched)  # type: ignore[assignment]
    staff.badge_key = cache(staff.badge_key)  # type: ignore[assignment]
