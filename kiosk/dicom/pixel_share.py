"""What lies in the shared memory that the decoding child filled, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


def taken_out(
    memory: bytes, dtype: str, shape: Sequence[int], size: int, overlay: int
) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any] | None]:
    """Pixels (``size`` bytes) and overlay mask (``overlay`` bytes behind them, 0 = none) as read-only arrays."""
    import numpy as np

    kind = np.dtype(dtype)
    pixels = np.frombuffer(memory, kind, size // kind.itemsize).reshape(shape)
    mask = np.frombuffer(memory, np.uint8, overlay, size).reshape(pixels.shape[:2]) if overlay else None
    return pixels, mask
