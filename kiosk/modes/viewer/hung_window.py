"""What hangs in which pane: the layout of a kind of picture, and an earlier study beside today's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kiosk.core import hanging
from kiosk.core.faults import Fault
from kiosk.modes.viewer import rules
from kiosk.modes.viewer.viewport import Viewport
from kiosk.ui import look


class HungPanes:
    """``panes`` are all there are, ``visible`` those of the layout in force; ``hung()`` is called when others hang
    there, ``fault`` for what can't be remembered."""

    def __init__(
        self, panes: Sequence[Viewport], desk: Any, hung: Callable[[], object], fault: Callable[[Fault], object]
    ) -> None:
        self.panes = list(panes)
        self.two = False  # an earlier study stands on the right
        self.layout = "1x1"  # of one study alone
        self._desk, self._hung, self._fault = desk, hung, fault
        self._remembered: dict[str, str] = {}
        self._seen: list[Any] = [None] * len(self.panes)
        desk.layouts().then(self._remembered.update, fault)

    def show(self, seen: Any, goes_on: bool = False) -> None:
        """Show what was opened, hung as this kind of picture is; None empties all. ``goes_on``: it is the whole of what
        is on the screen already, whose first picture stays as it is."""
        self.two = False
        self._seen = [seen] + [None] * (len(self.panes) - 1)
        stacks = seen.stacks if seen is not None else ()
        first = rules.first_stack(stacks)
        modality = stacks[first].modality if stacks else ""
        self.layout = hanging.layout_for(modality, self._remembered, self._desk.settings.layouts)
        self._hang(hanging.hung(stacks, first, len(self.visible)), goes_on)

    def show_beside(self, seen: Any) -> None:
        """``seen`` on the right, each picture beside its like; None: this study alone again."""
        self.two = seen is not None
        stacks = self._seen[0].stacks if self._seen[0] is not None else ()
        here = self.place_of(self.panes[0])
        following = hanging.hung(stacks, here[0], len(self.panes) + 1)
        today = [here, *(place for place in following if place is not None and place != here)]
        if seen is None:
            self._seen[1:] = [None] * (len(self.panes) - 1)
            self._hang(today, goes_on=True)
            return
        places: list[hanging.Slide | None] = []
        for number in range(2):
            place = today[number] if number < len(today) else None
            other: hanging.Slide | None = None
            if seen is self._seen[0]:  # another one of the same study
                other = ((here[0] + 1 + number) % len(stacks), 0)
            elif place is not None:
                other = hanging.like_of(stacks[place[0]].picture(place[1]), place, seen.stacks)
            places += [place, other]
        self._seen = [self._seen[0], seen] * 2
        self._hang(places, goes_on=True)

    def choose(self, layout: str) -> None:
        """Divide the screen otherwise, and begin so next time with this kind of picture."""
        stack = self.panes[0].stack
        if stack is None:
            return
        self._remembered[stack.modality] = layout
        self._desk.remember_layout(stack.modality, layout).then(None, self._fault)
        self.layout = layout
        stays = self.two and layout in ("1x2", "2x2")
        self.show_beside(self._seen[1] if stays else None)

    def choose_next(self) -> None:
        """One pane, two beside each other, two below each other, four; beside an earlier study two or four."""
        now = self._shape()
        self.choose(("2x2" if now == "1x2" else "1x2") if self.two else hanging.next_layout(now))

    def seen_in(self, pane: Viewport) -> Any:
        """What was opened into this pane."""
        return self._seen[self.panes.index(pane)]

    def stacks_of(self, pane: Viewport) -> tuple[Any, ...]:
        """All that the pane can show."""
        seen = self.seen_in(pane)
        return tuple(seen.stacks) if seen is not None else ()

    def place_of(self, pane: Viewport) -> hanging.Slide:
        """Number of its stack, and slide."""
        return next((at for at, stack in enumerate(self.stacks_of(pane)) if stack is pane.stack), 0), pane.at

    @property
    def visible(self) -> list[Viewport]:
        """The panes of the layout in force."""
        rows, columns = hanging.LAYOUTS[self._shape()]
        return self.panes[: rows * columns]

    def _shape(self) -> str:
        return hanging.beside_layout(self.layout) if self.two else self.layout

    def _hang(self, places: Sequence[hanging.Slide | None], goes_on: bool) -> None:
        """Pictures into the panes: what is there already stays as it is windowed and zoomed."""
        self._lay_out()
        for number, pane in enumerate(self.panes):
            place = places[number] if number < len(self.visible) and number < len(places) else None
            if place is not None and not self.two:
                self._seen[number] = self._seen[0]
            stacks = self.stacks_of(pane)
            if place is None or place[0] >= len(stacks):
                pane.show_stack(None)
                continue
            stack = stacks[place[0]]
            if not goes_on or pane.facts != stack.picture(place[1]):
                pane.show_stack(stack, place[1])
            elif pane.stack is not stack:
                pane.swap_stack(stack, place[1])
        self._hung()

    def _lay_out(self) -> None:
        rows, columns = hanging.LAYOUTS[self._shape()]
        gap = look.px(8)
        for number, pane in enumerate(self.panes):
            if number >= rows * columns:
                pane.grid_remove()
                continue
            row, column = divmod(number, columns)
            pane.grid(
                row=row, column=column + 1, rowspan=3 - rows, columnspan=3 - columns, sticky="nsew",
                padx=(gap if column else 0, 0), pady=(gap if row else 0, 0),
            )  # fmt: skip
