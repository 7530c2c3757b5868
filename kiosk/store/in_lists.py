"""Values for an SQL ``IN`` in few lengths."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

T = TypeVar("T")


def few_lengths(values: Iterable[T]) -> list[T]:
    """The same values, the last one repeated up to a power of two.

    Each length of an IN is a statement of its own, which SQLite prepares and each connection keeps: a process that
    runs for weeks meets all of them, and its memory grows for days.
    """
    found = list(values)
    return found + found[-1:] * ((1 << max(0, len(found) - 1).bit_length()) - len(found)) if found else found
