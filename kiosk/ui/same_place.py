"""The same place at the same magnification in pictures of other sizes, so that panes are zoomed and pushed together."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kiosk.ui.view import View


@dataclass(frozen=True)
class Place:
    """``zoom`` times larger than fitted; ``across`` and ``down`` are the part of the picture in the pane's middle."""

    zoom: float = 1.0
    across: float = 0.5
    down: float = 0.5

    def mirrored(self) -> Place:
        """The other eye: what lies towards the nose in one lies towards it in the other."""
        return replace(self, across=1.0 - self.across)

    @property
    def whole(self) -> bool:
        return self.zoom <= 1.001


def place_of(view: View) -> Place:
    """Where a view looks."""
    if view.fitted:
        return Place()
    row, column = view.point(view.width / 2, view.height / 2)
    return Place(view.scale / view.fit().scale, column / view.columns, row / view.rows)


def view_at(view: View, place: Place) -> View:
    """The view of another picture that looks at the same place."""
    fitted = view.fit()
    if place.whole:
        return fitted
    there = fitted.at_scale(fitted.scale * place.zoom)
    row, column = there.point(there.width / 2, there.height / 2)
    across = (column - place.across * there.columns) * there.scale
    down = (row - place.down * there.rows) * there.scale * there.aspect
    return there.moved(across, down)
