"""Both eyes beside each other as an ophthalmologist sees them: right eye left, and last time's below each."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from datetime import date
from typing import Any

from kiosk.core.fundus_reading import EYES
from kiosk.core.slide import of_side
from kiosk.core.words import N_, say
from kiosk.modes.viewer.slide_pane import SIDES, SlidePane, Together
from kiosk.ui import look

KeyImage = tuple[str, int, Callable[[], bytes], dict[str, object], str]


class EyesView(tk.Frame):
    """``settled()`` whenever a picture has come or cannot come; ``clicked()`` after a press on one."""

    def __init__(
        self, parent: tk.Misc, desk: Any, two_years: bool, settled: Callable[[], object],
        clicked: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(parent, bg=look.BLACK)
        self._settled = settled
        self.two_years = two_years
        self.green = False
        self.at = 0  # which picture of each eye
        self.shown: Any = None  # the desk's VisitShown
        self.together = Together()
        self.panes: dict[tuple[str, str], SlidePane] = {}
        for when in ("now", "before"):
            for side in EYES:
                pane = SlidePane(
                    self, desk, told=self._told, looked=self.together.looked,
                    clicked=lambda pane: self.after_idle(clicked), leafed=self.leaf,
                )  # fmt: skip
                pane.mirrored_place = side == "L"
                self.panes[when, side] = pane
        self.together.join(list(self.panes.values()))
        self.columnconfigure((0, 1), weight=1, uniform="eyes")
        self._lay_out()

    def show(self, shown: Any) -> None:
        """The pictures of a visit, from the first of each eye."""
        self.shown, self.at = shown, 0
        self._show_slides()

    def empty(self, why: str) -> None:
        """No pictures, and in words why."""
        self.shown = None
        for pane in self.panes.values():
            pane.show_slide(None, why=why)

    @property
    def all_settled(self) -> bool:
        return self.shown is not None and all(pane.settled for pane in self.panes.values())

    def leaf(self, by: int) -> None:
        """The next picture of each eye."""
        if self.shown is not None:
            most = max(len(of_side(self.shown.now, side)) for side in EYES)
            self.at = max(0, min(most - 1, self.at + by))
            self._show_slides()

    def key_image(self, side: str, longest_px: int) -> KeyImage | None:
        """Today's picture of an eye as it is seen, for the desk: UID, frame from 1, maker of the PNG, how it is
        painted, caption; None where none is shown."""
        pane = self.panes["now", side]
        if pane.slide is None or not pane.ready:
            return None
        facts = pane.slide.facts
        how = {**pane.rendering(), "green": self.green}
        caption = "  ".join(part for part in (say(SIDES[side]), say(N_("green channel")) if self.green else "") if part)
        return facts.sop_uid, pane.slide.frame + 1, pane.png_maker(longest_px), how, caption

    def toggle_previous(self) -> None:
        """Last time's pictures below, or today's alone."""
        self.two_years = not self.two_years
        self._lay_out()
        self._show_slides()

    def toggle_green(self) -> None:
        """The green channel alone, or all colours."""
        self.green = not self.green
        for pane in self.panes.values():
            pane.show_green(self.green)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        for at, side in enumerate(EYES):
            gap = (0 if at == 0 else look.px(4), 0)
            self.panes["now", side].grid(row=0, column=at, sticky="nsew", padx=gap)
            if self.two_years:
                below = self.panes["before", side]
                below.grid(row=1, column=at, sticky="nsew", padx=gap, pady=(look.px(4), 0))
            else:
                self.panes["before", side].grid_remove()
        self.rowconfigure(0, weight=3, uniform="years")
        self.rowconfigure(1, weight=2 if self.two_years else 0, uniform="years" if self.two_years else "")

    def _show_slides(self) -> None:
        shown = self.shown
        if shown is None:
            return
        day = shown.visit.key.day
        now = say(N_("today")) if day == date.today() else day.isoformat()
        for (when, side), pane in self.panes.items():
            pane.whose = shown.visit.patient.patient_id
            pane.green = self.green
            slides = of_side(shown.now if when == "now" else shown.before, side)
            slide = slides[min(self.at, len(slides) - 1)] if slides else None
            if when == "now":
                pane.show_slide(slide, now)
            elif shown.before_visit is None:
                pane.show_slide(None, why=say(N_("No pictures of last time")))
            else:
                pane.show_slide(slide, say(N_("last time {day}"), day=shown.before_visit.key.day.isoformat()))

    def _told(self, pane: SlidePane) -> None:
        if pane.ready:
            self.together.came(pane)
        if self.all_settled:
            self._settled()
