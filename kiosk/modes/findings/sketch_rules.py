"""A schema drawing under the doctor's hands: marks are added, moved, taken away, and every step has its way back."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.drawing import MOST_MARKS, Drawing, Mark

MOST_STEPS = 200


class Sketch:
    """``drawing`` as it stands; ``selected`` is the number of the mark that delete and the arrows mean, -1 for none."""

    def __init__(self, drawing: Drawing) -> None:
        self.drawing = drawing
        self.selected = -1
        self._before: list[Drawing] = []
        self._after: list[Drawing] = []

    def add(self, mark: Mark) -> bool:
        """One more mark on top; False where the drawing is full."""
        if len(self.drawing.marks) >= MOST_MARKS:
            return False
        self._step(replace(self.drawing, marks=(*self.drawing.marks, mark)))
        self.selected = -1
        return True

    def delete(self) -> bool:
        """Take the selected mark away; without one the newest. False where there is none."""
        marks = list(self.drawing.marks)
        if not marks:
            return False
        del marks[self.selected if 0 <= self.selected < len(marks) else -1]
        self._step(replace(self.drawing, marks=tuple(marks)))
        self.selected = -1
        return True

    def move(self, dx: float, dy: float, step: bool = True) -> None:
        """Move the selected mark; ``step`` False goes on with the move that is under way."""
        if not 0 <= self.selected < len(self.drawing.marks):
            return
        marks = list(self.drawing.marks)
        marks[self.selected] = marks[self.selected].moved(dx, dy)
        moved = replace(self.drawing, marks=tuple(marks))
        if step:
            self._step(moved)
        else:
            self.drawing = moved

    def put_on(self, background: str) -> None:
        """Another background under the same marks."""
        self._step(replace(self.drawing, background=background))

    def begin_with(self, drawing: Drawing) -> None:
        """Another drawing in its place (last time's)."""
        self._step(drawing)
        self.selected = -1

    def select_next(self, by: int = 1) -> None:
        """The next mark, round and round."""
        count = len(self.drawing.marks)
        if count:
            self.selected = (self.selected + by) % count if self.selected >= 0 else (0 if by > 0 else count - 1)

    def undo(self) -> bool:
        """One step back; False when there is none."""
        return self._go(self._before, self._after)

    def redo(self) -> bool:
        """One step forth again; False when there is none."""
        return self._go(self._after, self._before)

    def _go(self, source: list[Drawing], target: list[Drawing]) -> bool:
        if not source:
            return False
        target.append(self.drawing)
        self.drawing = source.pop()
        self.selected = -1
        return True

    def _step(self, drawing: Drawing) -> None:
        if drawing == self.drawing:
            return
        self._before.append(self.drawing)
        del self._before[:-MOST_STEPS]
        self._after = []
        self.drawing = drawing
