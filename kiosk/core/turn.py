"""Quarter turns and flips of a picture: where a place as seen lies in the picture as stored, and back."""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Turn:
    """How the picture stands: mirrored first (left and right change), then turned by quarters, clockwise."""

    quarters: int = 0
    mirrored: bool = False

    def turned(self, quarters: int) -> Turn:
        """Further quarters, clockwise as seen."""
        return replace(self, quarters=(self.quarters + quarters) % 4)

    def flipped(self, upright: bool = False) -> Turn:
        """As seen now, left and right change (``upright``: top and bottom)."""
        # A mirror behind the turns is one in front of them, turned the other way round.
        return Turn((-self.quarters + (2 if upright else 0)) % 4, not self.mirrored)

    def source(self, row: int, column: int, rows: int, columns: int) -> tuple[int, int]:
        """Row and column as stored of a place as seen; ``rows`` and ``columns`` are those stored."""
        if self.quarters == 1:
            row, column = rows - 1 - column, row
        elif self.quarters == 2:
            row, column = rows - 1 - row, columns - 1 - column
        elif self.quarters == 3:
            row, column = column, columns - 1 - row
        return row, columns - 1 - column if self.mirrored else column

    def source_point(self, y: float, x: float, rows: int, columns: int) -> tuple[float, float]:
        """As ``source``, for a point: row and column in fractions, (0.0, 0.0) being the corner of the picture."""
        row, column = ((y, x), (rows - x, y), (rows - y, columns - x), (x, columns - y))[self.quarters]
        return row, columns - column if self.mirrored else column

    def seen_point(self, row: float, column: float, rows: int, columns: int) -> tuple[float, float]:
        """The way back: y and x as seen of a point of the picture as stored."""
        column = columns - column if self.mirrored else column
        return ((row, column), (column, rows - row), (rows - row, columns - column), (columns - column, row))[
            self.quarters
        ]
