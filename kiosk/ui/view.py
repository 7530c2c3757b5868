"""Where a picture lies in its pane: fit, 1:1, zoom about a point, pan. Plain arithmetic."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.core.turn import Turn

__all__ = ["Part", "Turn", "View"]

SMALLEST, LARGEST = 0.02, 32.0
IN_SIGHT = 40  # pixels of the picture that stay in the pane however far it is pushed


@dataclass(frozen=True)
class Part:
    """What of the picture is in sight: ``box`` left, top, right, bottom in picture pixels (fractions), and the pane's
    pixels ``left top width height`` that it fills."""

    box: tuple[float, float, float, float]
    left: int
    top: int
    width: int
    height: int


@dataclass(frozen=True)
class View:
    """A picture of ``columns`` x ``rows`` (as seen) in a pane of ``width`` x ``height`` px.

    ``scale`` is pane pixels per picture pixel across; ``aspect`` is a picture pixel's height over its width.
    ``left`` and ``top`` are where the picture's corner lies in the pane. ``fitted`` follows the pane's size.
    """

    columns: int
    rows: int
    width: int
    height: int
    aspect: float = 1.0
    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0
    fitted: bool = True

    def fit(self) -> View:
        """All of the picture, as large as the pane allows."""
        scale = min(self.width / self.columns, self.height / (self.rows * self.aspect))
        return replace(self, scale=max(scale, 1e-4), fitted=True)._held()

    def resized(self, width: int, height: int) -> View:
        """The pane has another size; what was in the middle stays there."""
        moved = replace(self, width=width, height=height, left=self.left + (width - self.width) / 2,
                        top=self.top + (height - self.height) / 2)  # fmt: skip
        return moved.fit() if self.fitted else moved._held()

    def at_scale(self, scale: float, x: float | None = None, y: float | None = None) -> View:
        """Another scale (1.0 is one pixel to one pixel); what lies under ``x, y`` stays there, else the middle does."""
        x = self.width / 2 if x is None else x
        y = self.height / 2 if y is None else y
        scale = min(LARGEST, max(SMALLEST, scale))
        ratio = scale / self.scale
        return replace(self, scale=scale, left=x - (x - self.left) * ratio, top=y - (y - self.top) * ratio,
                       fitted=False)._held()  # fmt: skip

    def showing(self, box: tuple[float, float, float, float]) -> View:
        """A part (left, top, right, bottom in picture pixels as seen) as large as the pane allows, in its middle."""
        left, top, right, bottom = box
        wide, high = max(1.0, right - left), max(1.0, bottom - top)
        if wide >= self.columns and high >= self.rows:
            return self.fit()
        scale = min(LARGEST, max(SMALLEST, min(self.width / wide, self.height / (high * self.aspect))))
        across, down = (left + right) / 2 * scale, (top + bottom) / 2 * scale * self.aspect
        return replace(
            self, scale=scale, left=self.width / 2 - across, top=self.height / 2 - down, fitted=False
        )._held()

    def moved(self, across: float, down: float) -> View:
        """Pushed by so many pane pixels."""
        return replace(self, left=self.left + across, top=self.top + down, fitted=False)._held()

    def place(self, x: float, y: float) -> tuple[int, int] | None:
        """Row and column of the picture (as seen) under a point of the pane; None beside it."""
        column = (x - self.left) / self.scale
        row = (y - self.top) / (self.scale * self.aspect)
        if 0 <= column < self.columns and 0 <= row < self.rows:
            return int(row), int(column)
        return None

    def point(self, x: float, y: float) -> tuple[float, float]:
        """Row and column (as seen, fractions) under a point of the pane, also beside the picture."""
        return (y - self.top) / (self.scale * self.aspect), (x - self.left) / self.scale

    def part(self) -> Part | None:
        """What is to be painted, None if nothing of the picture is in sight."""
        down = self.scale * self.aspect
        left, top = max(0, round(self.left)), max(0, round(self.top))
        right = min(self.width, round(self.left + self.columns * self.scale))
        bottom = min(self.height, round(self.top + self.rows * down))
        if right <= left or bottom <= top:
            return None
        box = (
            max(0.0, (left - self.left) / self.scale),
            max(0.0, (top - self.top) / down),
            min(float(self.columns), (right - self.left) / self.scale),
            min(float(self.rows), (bottom - self.top) / down),
        )
        return Part(box, left, top, right - left, bottom - top) if box[2] > box[0] and box[3] > box[1] else None

    def _held(self) -> View:
        """Centred along a side on which it is smaller than the pane; else never pushed out of sight."""
        return replace(
            self,
            left=_held_along(self.left, self.columns * self.scale, self.width),
            top=_held_along(self.top, self.rows * self.scale * self.aspect, self.height),
        )


def _held_along(start: float, length: float, room: int) -> float:
    # Whole pixels: at 1:1 a picture that lay between them would be blurred.
    if length <= room:
        return float(round((room - length) / 2))
    return float(round(min(room - IN_SIGHT, max(IN_SIGHT - length, start))))
