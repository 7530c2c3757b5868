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
        self.cuts: tuple[Any, ...] = ()  # stacks that were made of one of what was opened
        self._cut: Any = None  # what they were made of
        self._cut_shape = "2x2"
        self._before: tuple[Any, Any, hanging.Slide] = (None, None, (0, 0))  # what hung there before them
        desk.layouts().then(self._remembered.update, fault)

    def show(self, seen: Any, goes_on: bool = False) -> None:
        """Show what was opened, hung as this kind of picture is; None empties all. ``goes_on``: it is the whole of what
        is on the screen already, whose first picture stays as it is."""
        self._drop_cuts()
        self.two = False
        self._seen = [seen] + [None] * (len(self.panes) - 1)
        stacks = seen.stacks if seen is not None else ()
        first = rules.first_stack(stacks)
        modality = stacks[first].modality if stacks else ""
        self.layout = hanging.layout_for(modality, self._remembered, self._desk.settings.layouts)
        self._hang(hanging.hung(stacks, first, len(self.visible)), goes_on)

    def show_beside(self, seen: Any) -> None:
        """``seen`` on the right, each picture beside its like; None: this study alone again."""
        if self.cuts:
            self._leave_cuts()
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

    def hang_cuts(self, pane: Viewport, cuts: tuple[Any, ...]) -> None:
        """The three planes of the stack in ``pane``, and the stack itself as the fourth."""
        seen, place, how = self.seen_in(pane), self.place_of(pane), pane.painted_by
        self._before = (self._seen[0], self._seen[1] if self.two else None, self.place_of(self.panes[0]))
        self.two, self._cut, self.cuts, self._cut_shape = False, seen, cuts, "2x2"
        self._seen = [seen] * len(self.panes)
        known = len(seen.stacks)
        middles = [(known + number, len(cut) // 2) for number, cut in enumerate(cuts)]
        self._hang([*middles, place], goes_on=False, how=how)

    def change_cuts(self, cuts: tuple[Any, ...]) -> None:
        """The same planes as thin cuts or slabs: every pane stays at its place."""
        self.cuts, before = cuts, self.cuts
        for pane in self.panes:
            number = next((at for at, cut in enumerate(before) if cut is pane.stack), None)
            if number is not None:
                pane.swap_stack(cuts[number], pane.at)
        self._hung()

    def close_cuts(self) -> None:
        """What hung there before."""
        self.show_beside(self._before[1])

    def _leave_cuts(self) -> None:
        seen, _, place = self._before
        self._drop_cuts()
        self._seen = [seen] + [None] * (len(self.panes) - 1)
        self.panes[0].show_stack(seen.stacks[place[0]], place[1])

    def _drop_cuts(self) -> None:
        self.cuts, self._cut = (), None
        self._desk.drop_cuts()

    def _choose_for_cuts(self, layout: str, first: Viewport) -> None:
        """The pane that is being read stays; what does not fit is hidden until there is room again."""
        shown = [self.place_of(pane) for pane in (first, *(pane for pane in self.visible if pane is not first))]
        known = len(self.stacks_of(first)) - len(self.cuts)
        rest = [(known + number, len(cut) // 2) for number, cut in enumerate(self.cuts)]
        places = shown + [place for place in rest if place[0] not in {at for at, _ in shown}]
        self._cut_shape = layout
        self._hang(places, goes_on=True)

    def choose(self, layout: str, first: Viewport) -> None:
        """Divide the screen otherwise, and begin so next time with this kind of picture. ``first``: the active one."""
        if self.cuts:
            self._choose_for_cuts(layout, first)
            return
        stack = self.panes[0].stack
        if stack is None:
            return
        self._remembered[stack.modality] = layout
        self._desk.remember_layout(stack.modality, layout).then(None, self._fault)
        self.layout = layout
        stays = self.two and layout in ("1x2", "2x2")
        self.show_beside(self._seen[1] if stays else None)

    def choose_next(self, first: Viewport) -> None:
        """One pane, two beside each other, two below each other, four; beside an earlier study two or four."""
        now = self._shape()
        self.choose(("2x2" if now == "1x2" else "1x2") if self.two else hanging.next_layout(now), first)

    def seen_in(self, pane: Viewport) -> Any:
        """What was opened into this pane."""
        return self._seen[self.panes.index(pane)]

    def stacks_of(self, pane: Viewport) -> tuple[Any, ...]:
        """All that the pane can show."""
        seen = self.seen_in(pane)
        if seen is None:
            return ()
        return (*seen.stacks, *self.cuts) if seen is self._cut else tuple(seen.stacks)

    def place_of(self, pane: Viewport) -> hanging.Slide:
        """Number of its stack, and slide."""
        return next((at for at, stack in enumerate(self.stacks_of(pane)) if stack is pane.stack), 0), pane.at

    @property
    def visible(self) -> list[Viewport]:
        """The panes of the layout in force."""
        rows, columns = hanging.LAYOUTS[self._shape()]
        return self.panes[: rows * columns]

    def _shape(self) -> str:
        if self.cuts:
            return self._cut_shape
        return hanging.beside_layout(self.layout) if self.two else self.layout

    def _hang(self, places: Sequence[hanging.Slide | None], goes_on: bool, how: Any = None) -> None:
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
                pane.show_stack(stack, place[1], how)
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
