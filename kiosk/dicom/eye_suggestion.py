"""Which eye a fundus picture may show: the optic disc lies on the side of the nose. A suggestion, never a decision."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from PIL.Image import Image

Array = np.ndarray[Any, Any]

SIDE = 128  # px that are looked at
BESIDE = 0.14  # of the field's width: a disc nearer to its middle says nothing
ROUND = 0.55  # of the brightest spots must lie together


def suggested_eye(picture: Image) -> str:
    """R or L, empty where it can't be told. Seen as usual: the disc of a right eye lies to the right."""
    small = np.asarray(picture.convert("RGB").resize((SIDE, SIDE)), np.float32)
    red, green = small[..., 0], small[..., 1]
    field = red > max(25.0, 0.25 * float(np.percentile(red, 90)))
    if field.mean() < 0.2:
        return ""
    columns = np.flatnonzero(field.any(axis=0))
    left, right = float(columns[0]), float(columns[-1])
    width = right - left
    if width < SIDE / 4:
        return ""
    inner = _inside(field)
    bright = np.where(inner, _smooth(green), 0.0)
    spot = bright >= np.percentile(bright[inner], 98) if inner.any() else np.zeros_like(inner)
    rows, at = np.nonzero(spot)
    if not len(at):
        return ""
    middle = float(np.median(at)), float(np.median(rows))
    together = np.hypot(at - middle[0], rows - middle[1]) < 0.12 * width
    if together.mean() < ROUND:
        return ""
    beside = (float(at[together].mean()) - (left + right) / 2) / width
    return "" if abs(beside) < BESIDE else "R" if beside > 0 else "L"


def _smooth(values: Array) -> Array:
    """Mean of 5 by 5, so that a reflex of some pixels is no disc."""
    padded = np.pad(values, 2, mode="edge")
    rows = sum(padded[at : at + values.shape[0], :] for at in range(5))
    return np.asarray(sum(rows[:, at : at + values.shape[1]] for at in range(5)) / 25, np.float32)


def _inside(field: Array) -> Array:
    """Without the field's bright rim."""
    inner = field.copy()
    for _ in range(6):
        inner[1:-1, 1:-1] &= inner[:-2, 1:-1] & inner[2:, 1:-1] & inner[1:-1, :-2] & inner[1:-1, 2:]
        inner[0], inner[-1], inner[:, 0], inner[:, -1] = False, False, False, False
    return inner
