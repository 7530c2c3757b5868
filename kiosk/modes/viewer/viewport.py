"""One pane: a stack of pictures that is leafed through, played and windowed; whatever it waits for, it says so."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.picture import PictureFacts, Window
from kiosk.core.stack import Stack
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer import rules
from kiosk.ui import look
from kiosk.ui.lined_pane import LinedPane

PATIENCE_MS = 150  # a picture that comes sooner replaces the old one without a word in between
SLOWEST, FASTEST = 0.1, 8.0
TICK_MS = 10
LETTER_PX = 22  # two corners side by side, half a pane each


class Viewport(LinedPane):
    """``show_stack(stack)`` and then keys or calls. ``told(pane)`` is called after each change of what is shown,
    ``fault(fault)`` for a picture that can't be shown, ``warned(sentence)`` for one that is not as it should be."""

    def __init__(
        self,
        parent: tk.Misc,
        desk: Any,
        told: Callable[[Viewport], object],
        fault: Callable[[Fault], object],
        warned: Callable[[Sentence], object],
        leafed: Callable[[Viewport, int], object],
    ) -> None:
        super().__init__(
            parent,
            on_scroll=lambda steps: leafed(self, steps),
            on_window=lambda window: self._window_changed(),
            on_view=lambda scale: self._corners_again(),
            on_pointer=self._pointed_at,
        )
        self._desk, self._told_of, self._fault, self._warned = desk, told, fault, warned
        self.stack: Stack | None = None
        self.at = 0  # the slide that is wanted
        self.image: Any = None  # flow's Shown of the slide that is on the screen
        self.on_screen = -1  # its number, -1 for none
        self.drawings = True
        self.playing = False
        self.speed = 1.0
        self.waiting = False
        self._answer: Any = None
        self._patience: str | None = None
        self._tick: str | None = None
        self._started = (0, 0.0)
        self._series = ""  # of the picture on the screen: its window and place go on within it
        self._before: Any = None  # how the last picture was painted, while nothing is on the screen
        self._pointer = ""
        self._note = ""
        self._begin_with: Any = None
        self.shown_anew = 0  # how often something was put here afresh: how it stood before is gone then
        self._words: dict[str, str] = {}
        self.bind("<Configure>", lambda event: self._corners_again(), add=True)
        self.bind("<Destroy>", lambda event: self._end() if event.widget is self else None, add=True)

    def corner(self, name: str, text: str) -> None:
        """Words in a corner; the same ones again cost nothing, since a loop says them many times a second."""
        if self._words.get(name) != text:
            self._words[name] = text
            super().corner(name, text)

    # -- what is shown -----------------------------------------------------------------------------------------

    def show_stack(self, stack: Stack | None, at: int = 0, how: Any = None) -> None:
        """Show a stack from slide ``at``; None empties the pane. ``how``: the window or curve to begin with."""
        self.stop()
        self._forget_wait()
        self.stack, self.at, self.on_screen, self.image, self._series, self._before = stack, 0, -1, None, "", None
        self._note, self._begin_with = "", how
        self.shown_anew += 1
        self.clear()
        for corner in ("nw", "ne", "sw", "se"):
            self.corner(corner, "")
        if stack is None:
            self._told_of(self)
        else:
            self.go_to(at)

    def swap_stack(self, stack: Stack, at: int) -> None:
        """Another stack goes on with the picture on the screen: the whole one after its first picture, or other cuts of
        one body. Window, zoom and place stay."""
        self.stop()
        self._forget_wait()
        self.stack = stack
        self.go_to(at)

    @property
    def note(self) -> str:
        """What stands in the corner beside the number of the picture: how it is leafed."""
        return self._note

    @note.setter
    def note(self, text: str) -> None:
        if text != self._note:
            self._note = text
            self._corners_again()

    def go_to(self, at: int) -> None:
        """Show slide ``at``: at once if it is decoded, else as soon as it is."""
        if self.stack is None:
            return
        forward = at >= self.at
        self.at = rules.stepped(at, 0, len(self.stack))
        self._drop_answer()
        facts, frame = self._place(self.at)
        shown = self._desk.peek(facts.path, frame, facts.stamp)
        if shown is not None:
            self._arrived(self.at, shown)
        else:
            wanted = self.at
            self.waiting = True
            if self._patience is None:
                self._patience = self.after(PATIENCE_MS, self._say_waiting)
            answer = self._answer = self._desk.frame(facts.path, frame, facts.stamp)
            answer.then(lambda shown: self._arrived(wanted, shown), lambda fault: self._failed(wanted, fault))
        self._desk.fetch_ahead(self.stack, self.at, forward, who=str(self))
        self._told_of(self)

    def step(self, by: int) -> None:
        """Leaf ``by`` slides on; a running loop stops."""
        self.stop()
        if self.stack is not None:
            self.go_to(rules.stepped(self.at, by, len(self.stack)))

    @property
    def facts(self) -> PictureFacts | None:
        """Of the picture that is wanted."""
        return self.stack.picture(self.at) if self.stack is not None else None

    @property
    def ready(self) -> bool:
        """The wanted picture is on the screen."""
        return self.image is not None and self.on_screen == self.at

    def show_drawings(self, on: bool) -> None:
        """Whether what the file draws over its picture is shown."""
        self.drawings = on
        if self.image is not None:
            self._paint_image(keep=True)

    @property
    def painted_by(self) -> Any:
        """The window or curve in force."""
        return self._how

    def presets(self) -> list[rules.Preset]:
        """What the digits choose now."""
        if self.image is None or self.stack is None:
            return []
        return rules.presets(self.image.paint, self.stack.modality)

    def reset(self) -> None:
        """As it was when it came: window of the header, fitted, upright."""
        if self.image is not None:
            self.drawings = True
            self._paint_image(keep=False)
            self._corners_again()

    def rendering(self) -> dict[str, object]:
        """How the picture is painted now, for a key image."""
        turn = f"{self.turn_now.quarters * 90}{' mirrored' if self.turn_now.mirrored else ''}"
        return rules.rendering_of(self.image.paint, self.window, self.inverted, self.scale_now, turn)

    def invert(self) -> None:
        """Black becomes white, and the corner says so."""
        super().invert()
        self._corners_again()

    def turn(self, quarters: int = 1) -> None:
        """Turn clockwise by quarters, and the corner says so."""
        super().turn(quarters)
        self._corners_again()

    def flip(self, upright: bool = False) -> None:
        """Change left and right, or top and bottom, and the corner says so."""
        super().flip(upright)
        self._corners_again()

    @property
    def turned_now(self) -> str:
        """In words how the picture stands otherwise than it came."""
        return rules.turned_words(self.turn_now.quarters, self.turn_now.mirrored)

    def nudge_window(self, brighter: int, contrast: int, coarse: bool) -> None:
        """Change centre and width by keyboard."""
        if self.image is None or self.image.paint.colour:
            return
        now = self.window or rules.all_values(self.image.paint)
        step = rules.window_step(self.image.paint, coarse)
        if self.image.paint.inverted != self.inverted:
            brighter = -brighter  # large values are painted dark
        width = max(step if step < 1 else 1.0, now.width - 2 * contrast * step)
        self.set_window(Window(now.centre - brighter * step, width, "", now.shape))

    # -- loops -------------------------------------------------------------------------------------------------

    def play(self) -> None:
        """Play the stack as a loop, by its own times."""
        if self.stack is None or len(self.stack) < 2 or self.playing:
            return
        self.playing = True
        self._started = (self.at, time.monotonic())
        self._desk.fetch_loop(self.stack, self.at)
        self._tick = self.after(TICK_MS, self._next_of_loop)
        self._corners_again()
        self._told_of(self)

    def stop(self) -> None:
        """End the loop where it is."""
        if self._tick is not None:
            self.after_cancel(self._tick)
            self._tick = None
        if self.playing:
            self.playing = False
            if self.stack is not None and self.on_screen >= 0:
                self.at = self.on_screen
            self._corners_again()
            self._told_of(self)

    def faster(self, factor: float) -> None:
        """Play at another speed."""
        self.speed = min(FASTEST, max(SLOWEST, self.speed * factor))
        self._started = (self.at, time.monotonic())
        self._corners_again()
        self._told_of(self)

    def _next_of_loop(self) -> None:
        self._tick = None
        stack = self.stack
        if not self.playing or stack is None:
            return
        first, since = self._started
        elapsed_ms = (time.monotonic() - since) * 1000
        at = rules.in_loop(first, elapsed_ms, stack.frame_times_ms, len(stack), self.speed)
        if at != self.on_screen:
            facts, frame = self._place(at)
            shown = self._desk.peek(facts.path, frame, facts.stamp)
            if shown is not None:
                self.at = at
                self._arrived(at, shown)
            elif not self.waiting:
                self._fetch_for_loop(at)
        self._tick = self.after(TICK_MS, self._next_of_loop)

    def _fetch_for_loop(self, at: int) -> None:
        """Not decoded yet: the last picture stays, the loop goes on by the clock, and what comes is shown if timely."""
        assert self.stack is not None
        facts, frame = self._place(at)
        self.waiting = True
        self._answer = self._desk.frame(facts.path, frame, facts.stamp)

        def came(shown: Any) -> None:
            self.waiting = False
            if self.playing:
                self.at = at
                self._arrived(at, shown)

        def failed(fault: Fault) -> None:
            self.stop()
            self.at = at
            self._failed(at, fault)

        self._answer.then(came, failed)

    # -- inside ------------------------------------------------------------------------------------------------

    def _place(self, at: int) -> tuple[PictureFacts, int]:
        assert self.stack is not None
        return self.stack.picture(at), self.stack.slides[at][1]

    def _arrived(self, at: int, shown: Any) -> None:
        if at != self.at or self.stack is None or not self.winfo_exists():
            return
        self._forget_wait()
        facts, _ = self._place(at)
        # Slices bring windows of their own; they are followed until a person has chosen one.
        before = self.image.paint if self.image is not None else self._before
        follow = before is not None and bool(before.windows) and self.window == before.windows[0]
        self.image, self.on_screen = shown, at
        self.measures.picture(f"{facts.sop_uid or facts.path} {self._place(at)[1]}")
        series = f"{facts.series_uid}|{shown.paint.colour}|{shown.paint.rows}x{shown.paint.columns}"
        # Window, zoom and place stay within a series; another one begins as its own header says.
        keep = series == self._series and self.kept
        self._series = series
        self._paint_image(keep)
        if keep and follow and shown.paint.windows and self.shown:
            self.set_window(shown.paint.windows[0])
        if self._begin_with is not None:
            self.set_window(self._begin_with)
            self._begin_with = None
        self._corners_again()
        if not self.playing:
            for sentence in shown.warnings:
                self._warned(sentence)
            self._told_of(self)

    def stored_values(self) -> Any:
        """Of the picture itself, without the drawings over it."""
        pixels = self.image.pixels if self.image is not None else None
        return pixels if pixels is not None and pixels.ndim == 2 else None

    def _paint_image(self, keep: bool) -> None:
        pixels = self.image.drawn_over() if self.drawings else self.image.pixels
        try:
            self.show(pixels, self.image.paint, keep=keep)
        except ValueError:
            self._failed(self.at, Fault(N_("This picture can't be shown."), reference="V219"))

    def _failed(self, at: int, fault: Fault) -> None:
        if at != self.at or self.stack is None or not self.winfo_exists():
            return
        self._forget_wait()
        self.image, self.on_screen, self._series = None, -1, ""
        self.clear(fault.told())
        self._corners_again()
        self._fault(fault)
        self._told_of(self)

    def _say_waiting(self) -> None:
        """It takes longer: the old picture must not stand under the new one's number."""
        self._patience = None
        if self.stack is None or self.playing:
            return
        self._before = self.image.paint if self.image is not None else self._before
        self.image, self.on_screen = None, -1
        text = say(N_("Picture {number} of {count} is being opened..."), number=self.at + 1, count=len(self.stack))
        self.clear(text, keep=True)  # a slow picture is no reason to read the next one in another window
        self._corners_again()
        self._told_of(self)

    def _drop_answer(self) -> None:
        if self._answer is not None:
            self._answer.cancel()
            self._answer = None

    def _forget_wait(self) -> None:
        self.waiting = False
        self._drop_answer()
        if self._patience is not None:
            self.after_cancel(self._patience)
            self._patience = None

    def _corners_again(self) -> None:
        if self.stack is None:
            return
        facts = self.stack.picture(self.at)
        letters = max(12, self.winfo_width() // look.px(LETTER_PX))
        self.corner("nw", rules.corner_who(facts, letters))
        self.corner("ne", rules.corner_what(facts, letters))
        where = rules.corner_where(self.stack, self.at)
        self.corner("sw", f"{self._note}\n{where}" if self._note else where)
        how = ""
        if self.image is not None:
            how = rules.corner_how(self.image.paint, self.window, self.scale_now, self.inverted, self.turned_now)
            if self.playing or self.speed != 1.0:
                rate = rules.frames_per_second(self.stack.frame_times_ms, self.speed)
                how = say(N_("{rate} pictures a second"), rate=rules.figure(round(rate, 1))) + "\n" + how
        self.corner("se", "\n".join(line for line in (self._pointer, how) if line))

    def _window_changed(self) -> None:
        self._corners_again()
        if self.ready and not self.playing:
            self._told_of(self)

    def _pointed_at(self, row: int | None, column: int | None, value: Any) -> None:
        text = ""
        if self.image is not None and row is not None and column is not None:
            text = rules.value_text(self.image.paint, row, column, value)
        if text != self._pointer:
            self._pointer = text
            self._corners_again()

    def _end(self) -> None:
        if self._tick is not None:
            self.after_cancel(self._tick)
        self._tick = None
        self.playing = False
        self._forget_wait()
