"""A pane of the reading pages: one picture of a visit, zoomed and pushed together with its neighbours."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import Any

from kiosk.core.slide import Slide
from kiosk.core.stack import Stack
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer.rules import day_of, figure
from kiosk.modes.viewer.viewport import Viewport
from kiosk.ui.same_place import Place, place_of, view_at
from kiosk.ui.view import View

SIDES = {"R": N_("Right eye"), "L": N_("Left eye"), "B": N_("Both eyes")}
DRAG_TOOL = "pan"  # these pictures are of colour cameras: what a hand wants is to push them


class SlidePane(Viewport):
    """``show_slide(slide)``; ``looked(pane)`` when a person has zoomed or pushed, ``clicked(pane)`` at a press."""

    def __init__(
        self,
        parent: tk.Misc,
        desk: Any,
        *,
        told: Callable[[SlidePane], object] = lambda pane: None,
        looked: Callable[[SlidePane], object] = lambda pane: None,
        clicked: Callable[[SlidePane], object] = lambda pane: None,
        leafed: Callable[[int], object] = lambda steps: None,
        whose: str = "",
    ) -> None:
        self.slide: Slide | None = None
        self.green = False
        self.mirrored_place = False  # a left eye: what its neighbour does stands the other way round
        self.quiet = False  # no words in the corners (a contact sheet of small pictures)
        self.whose = whose
        self.words = ""
        self._following = False
        self._looked = looked
        super().__init__(
            parent, desk, told=lambda pane: told(self), fault=lambda fault: None, warned=lambda sentence: None,
            leafed=lambda pane, steps: leafed(steps),
        )  # fmt: skip
        self.tool = DRAG_TOOL
        self.configure(takefocus=False, width=60, height=60)
        self.bind("<Button-1>", lambda event: clicked(self), add=True)

    def show_slide(self, slide: Slide | None, words: str = "", why: str = "") -> None:
        """Show a picture, or in words ``why`` there is none. ``words`` stand in the corner ("last year")."""
        self.words = words
        if slide == self.slide and slide is not None and self.stack is not None:
            self._corners_again()
            return
        self.slide = slide
        if slide is None:
            self.show_stack(None)
            self.clear(why or say(N_("No picture")))
            self.corner("nw", words)
            return
        self.mirrored_place = slide.side == "L"
        self.show_stack(Stack(slide.title, slide.facts.modality, (slide.facts,), ((0, slide.frame),), "name"))

    @property
    def settled(self) -> bool:
        """Its picture is on the screen, it cannot be shown, or there is none."""
        return self.slide is None or self.ready or not self.waiting

    # -- together with others ------------------------------------------------------------------------------------

    @property
    def spot(self) -> Place:
        """Where it looks, as a right eye would."""
        place = place_of(self._view) if self._view is not None else Place()
        return place.mirrored() if self.mirrored_place else place

    def follow(self, place: Place) -> None:
        """Look there too."""
        if self._view is None or self.slide is None:
            return
        self._following = True
        try:
            self._look_at(view_at(self._view, place.mirrored() if self.mirrored_place else place))
        finally:
            self._following = False

    def _look_at(self, view: View) -> None:
        changed = view != self._view
        super()._look_at(view)
        if changed and not self._following and self._view is not None:
            self._looked(self)

    def _configured(self, event: tk.Event) -> None:
        self._following = True  # a pane that is laid out anew has not been pushed by anybody
        try:
            super()._configured(event)
        finally:
            self._following = False

    def _stand(self, keep_place: bool) -> None:
        self._following = True
        try:
            super()._stand(keep_place)
        finally:
            self._following = False

    # -- green channel -------------------------------------------------------------------------------------------

    def show_green(self, on: bool) -> None:
        """The green channel alone, or all colours."""
        if on == self.green:
            return
        self.green = on
        if self.image is not None and self.image.paint.colour:
            place = self.spot
            self._paint_image(keep=False)
            self.follow(place)
            self._corners_again()

    def _paint_image(self, keep: bool) -> None:
        if not self.green or not self.image.paint.colour:
            super()._paint_image(keep)
            return
        from kiosk.ui.red_free import red_free

        pixels, paint = red_free(self.image.pixels, self.image.paint)
        self.show(pixels, paint, keep=False)

    # -- words ---------------------------------------------------------------------------------------------------

    def _corners_again(self) -> None:
        slide = self.slide
        if slide is None:
            return
        if self.quiet:
            for name in ("nw", "ne", "sw", "se"):
                self.corner(name, "")
            return
        top = [self.words or day_of(slide.day.replace("-", ""))]
        other = slide.facts.patient_id
        if self.whose and other and other != self.whose:
            top.append(say(N_("Another ID: {id}"), id=other))
        self.corner("nw", "\n".join(top))
        self.corner("ne", "\n".join(part for part in (_side(slide), slide.facts.view) if part))
        self.corner("sw", say(N_("{count} frames"), count=slide.facts.frames) if slide.facts.frames > 1 else "")
        how = [say(N_("green channel"))] if self.green and self.image is not None and self.image.paint.colour else []
        if self._view is not None and not self._view.fitted:
            how.append(f"×{figure(round(place_of(self._view).zoom, 1))}")
        self.corner("se", "\n".join(how))


def _side(slide: Slide) -> str:
    if slide.side:
        return say(SIDES[slide.side]) if slide.kind == "OP" else slide.side
    return say(N_("Which eye is not said")) if slide.kind == "OP" else ""


def left_out(shown: Any) -> Sentence | None:
    """What of a visit is not on the screen, for the problem line; ``shown`` is the desk's VisitShown."""
    if shown.away:
        words = N_("Some pictures lie on disk {volume}, which this PC does not reach.")
        return Sentence(words, {"volume": ", ".join(shown.away)})
    if shown.refused:
        return Sentence(N_("{count} pictures can't be shown."), {"count": len(shown.refused)})
    return None


class Together:
    """Panes that are zoomed and pushed as one; a pane that takes part later looks where the others look."""

    def __init__(self) -> None:
        self.panes: list[SlidePane] = []
        self.place = Place()

    def join(self, panes: Sequence[SlidePane]) -> None:
        """These from now on."""
        self.panes = list(panes)

    def looked(self, by: SlidePane) -> None:
        """One was zoomed or pushed: the others follow."""
        self.place = by.spot
        for pane in self.panes:
            if pane is not by:
                pane.follow(self.place)

    def zoom(self, factor: float) -> None:
        """All larger or smaller, about the middle."""
        zoom = min(16.0, max(1.0, self.place.zoom * factor))
        self.place = Place(zoom, self.place.across, self.place.down) if zoom > 1.001 else Place()
        self._all()

    def push(self, across: float, down: float) -> None:
        """Look further to the right or down, in parts of what is in sight."""
        step = 1.0 / max(1.0, self.place.zoom)
        there = (min(1.0, max(0.0, now + by * step)) for now, by in
                 ((self.place.across, across), (self.place.down, down)))  # fmt: skip
        self.place = Place(self.place.zoom, *there)
        self._all()

    def fit(self) -> None:
        """All of each picture."""
        self.place = Place()
        self._all()

    def came(self, pane: SlidePane) -> None:
        """A picture came into this pane."""
        pane.follow(self.place)

    def _all(self) -> None:
        for pane in self.panes:
            pane.follow(self.place)
