"""Where the labels of a sheet lie: label sheets are sold in grids, each make with its own millimetres."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kiosk.core.faults import Fault
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_

A4_WIDTH_MM, A4_HEIGHT_MM = 210.0, 297.0
SMALLEST_MM = (30.0, 15.0)  # below that nothing can be read


@dataclass(frozen=True)
class LabelGrid(Settings):
    """The labels of one A4 sheet; as shipped, 24 of 66 by 33.9 mm with a margin all round."""

    columns: int = setting(3, N_("Labels side by side."))
    rows: int = setting(8, N_("Labels one below the other."))
    left_mm: float = setting(6.0, N_("From the left edge of the sheet to the first label, in mm."))
    top_mm: float = setting(12.9, N_("From the upper edge of the sheet to the first label, in mm."))
    pitch_x_mm: float = setting(66.0, N_("From the left edge of a label to that of the next one, in mm."))
    pitch_y_mm: float = setting(33.9, N_("From the upper edge of a label to that of the one below, in mm."))
    width_mm: float = setting(0.0, N_("Width of a label in mm; 0 = labels touch."))
    height_mm: float = setting(0.0, N_("Height of a label in mm; 0 = labels touch."))
    padding_mm: float = setting(3.0, N_("What stays empty along the edges of a label, in mm."))

    @property
    def wide_mm(self) -> float:
        return self.width_mm or self.pitch_x_mm

    @property
    def high_mm(self) -> float:
        return self.height_mm or self.pitch_y_mm

    @property
    def a_sheet(self) -> int:
        """How many labels a sheet has."""
        return self.columns * self.rows


class WrongGrid(Fault):
    """The labels can't lie like that on a sheet of A4."""

    reference = "B471"

    def __init__(self, key: str) -> None:
        super().__init__(
            N_("The label sheet cannot be like that: {key}."),
            N_("Measure a sheet and correct the settings of the labels."), key=key,
        )  # fmt: skip


class WrongStart(Fault):
    """There is no such label on a sheet."""

    reference = "B472"

    def __init__(self, start: int, last: int) -> None:
        super().__init__(
            N_("A sheet has the labels 1 to {last}; printing cannot begin at {start}."),
            N_("Count from the upper left corner, row by row."), start=start, last=last,
        )  # fmt: skip


@dataclass(frozen=True)
class Place:
    """One label: its sheet (from 0) and its upper left corner in mm."""

    sheet: int
    x_mm: float
    y_mm: float


def check_grid(grid: LabelGrid) -> None:
    """Raise WrongGrid, naming the first key that makes no sense."""
    if grid.columns < 1 or grid.rows < 1:
        raise WrongGrid("columns, rows")
    if min(grid.left_mm, grid.top_mm, grid.width_mm, grid.height_mm, grid.padding_mm) < 0:
        raise WrongGrid("left_mm, top_mm, width_mm, height_mm, padding_mm")
    across = (grid.columns, grid.left_mm, grid.pitch_x_mm, grid.wide_mm, A4_WIDTH_MM, SMALLEST_MM[0], "x")
    down = (grid.rows, grid.top_mm, grid.pitch_y_mm, grid.high_mm, A4_HEIGHT_MM, SMALLEST_MM[1], "y")
    for count, first, pitch, size, sheet, smallest, axis in (across, down):
        ends = first + (count - 1) * pitch + size
        inner = size - 2 * grid.padding_mm
        if (count > 1 and size > pitch + 0.01) or ends > sheet + 0.5 or inner < smallest:
            raise WrongGrid("columns, left_mm, pitch_x_mm, width_mm" if axis == "x" else
                            "rows, top_mm, pitch_y_mm, height_mm")  # fmt: skip


def places(grid: LabelGrid, count: int, start: int = 1) -> Iterator[Place]:
    """Where ``count`` labels go, row by row, from label ``start`` (1 is the upper left one) of the first sheet on.

    Raises WrongGrid, WrongStart.
    """
    check_grid(grid)
    if not 1 <= start <= grid.a_sheet:
        raise WrongStart(start, grid.a_sheet)
    for number in range(start - 1, start - 1 + count):
        sheet, place = divmod(number, grid.a_sheet)
        row, column = divmod(place, grid.columns)
        yield Place(sheet, grid.left_mm + column * grid.pitch_x_mm, grid.top_mm + row * grid.pitch_y_mm)
