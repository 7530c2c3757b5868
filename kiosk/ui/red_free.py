"""A fundus picture in its green channel: vessels, bleeding and nerve fibres stand out as with a red-free filter."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kiosk.core.picture import Paint, Window

if TYPE_CHECKING:
    from kiosk.ui.painting import Pixels

DARK = 16  # beyond the round field it is darker than this
ENDS = (0.5, 99.5)  # percent of the field that may be cut off at either end


def red_free(pixels: Pixels, paint: Paint) -> tuple[Pixels, Paint]:
    """The green of a colour picture as grey (rows, columns) uint8, its contrast spread over the field."""
    green = np.ascontiguousarray(pixels[:, :, 1])
    some = green[::4, ::4]
    field = some[some > DARK]
    low, high = (float(each) for each in np.percentile(field, ENDS)) if field.size > 100 else (0.0, 255.0)
    window = Window((low + high) / 2, max(16.0, high - low), shape="LINEAR_EXACT")
    return green, Paint(
        paint.rows, paint.columns, low=int(low), high=int(high), guessed=window, spacing_mm=paint.spacing_mm,
        spacing_source=paint.spacing_source, aspect=paint.aspect,
    )  # fmt: skip
