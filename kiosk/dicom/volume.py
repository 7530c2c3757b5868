"""The voxels of a body in memory, and cuts and slabs through them as pictures."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Fault
from kiosk.core.picture import Paint
from kiosk.core.volume_geometry import HIGHEST, THIN, Body, Cut, slab
from kiosk.core.words import N_

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_NEXT = N_("The slices themselves can be viewed as they are.")


class Volume:
    """int16 voxels [slice, row, column]. ``put`` every slice, then ``cut`` as often as wanted, from any thread."""

    def __init__(self, body: Body) -> None:
        import numpy as np

        self.body = body
        try:
            self.voxels: Array = np.empty(body.shape, np.int16)
        except MemoryError as why:
            raise Fault(N_("There is too little memory left to make cuts."), _NEXT, reference="V507") from why
        self._paint: Paint | None = None
        self._shift = 0  # stored value of voxel 0: 16-bit values without a sign are moved to fit

    def put(self, number: int, pixels: Array, paint: Paint) -> None:
        """Slice ``number`` of the body: grey (rows, columns). Raises Fault for a slice that doesn't fit the others."""
        if pixels.ndim != 2 or pixels.shape != self.body.shape[1:]:
            raise Fault(
                N_("The slices are not grey pictures of one size, so cuts can't be made."), _NEXT, reference="V421"
            )
        shift = 0x8000 if pixels.dtype.str[1:] == "u2" else 0
        if self._paint is None:
            self._paint, self._shift = paint, shift
        scale = (paint.slope, paint.intercept, paint.unit, shift)
        if scale != (self._paint.slope, self._paint.intercept, self._paint.unit, self._shift):
            raise Fault(N_("The slices are scaled differently, so cuts can't be made."), _NEXT, reference="V421")
        self._paint = replace(self._paint, low=min(self._paint.low, paint.low), high=max(self._paint.high, paint.high))
        self.voxels[number] = (pixels ^ pixels.dtype.type(shift)).view("i2") if shift else pixels

    def cut(self, cut: Cut, frame: int, how: str = THIN, thick_mm: float = 0.0) -> tuple[Array, Paint]:
        """Pixels (rows, columns) int16 as they stand on the screen, and how they are painted."""
        import numpy as np

        assert self._paint is not None
        first, last = slab(cut, frame, thick_mm if how != THIN else 0.0, self.body)
        where: list[Any] = [slice(None)] * 3
        where[cut.through] = slice(first, last)
        thick = self.voxels[tuple(where)]
        if last - first == 1:
            flat = thick.take(0, cut.through)
        elif how == HIGHEST:  # the highest real value, which is the lowest stored one where the slope falls
            flat = thick.min(cut.through) if self._paint.slope < 0 else thick.max(cut.through)
        else:
            flat = np.rint(thick.mean(cut.through, dtype=np.float32)).astype(np.int16)
        if cut.down[0] > cut.across[0]:  # the axes left keep their order in the body
            flat = flat.T
        flat = flat[:: -1 if cut.down[1] else 1, :: -1 if cut.across[1] else 1]
        return np.ascontiguousarray(flat), self.paint(cut)

    def paint(self, cut: Cut) -> Paint:
        """As the slices are painted, with the spacing and the shape of a pixel of this plane."""
        assert self._paint is not None
        steps, shape = self.body.step_mm, self.body.shape
        down, across = cut.down[0], cut.across[0]
        base = self._paint
        return replace(
            base, rows=shape[down], columns=shape[across], intercept=base.intercept + self._shift * base.slope,
            low=base.low - self._shift, high=base.high - self._shift,
            padding=(base.padding[0] - self._shift, base.padding[1] - self._shift) if base.padding else None,
            spacing_mm=(steps[down], steps[across]), spacing_source="patient", aspect=steps[down] / steps[across],
        )  # fmt: skip
