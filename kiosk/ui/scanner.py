"""Tells a barcode scanner's keystrokes from a person's typing, so that a scan works whatever has the focus.

A scanner types like a keyboard, but each key within some milliseconds of the one before, and ends with Return or Tab.
What it typed is taken out of the field that happened to have the focus, and handed over as one code.
"""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_
from kiosk.ui.burst import FAST_MS, SHORTEST, WITHOUT_SUFFIX, Burst, normalised
from kiosk.ui.field_memory import Before, editable, mark_end
from kiosk.ui.held_keys import HeldKeys

SILENCE_MS = 150  # after so long without a key, a scanner without suffix has ended
DOUBLE_MS = 1000  # the same code again within this time is the same scan
ENDS = ("Return", "KP_Enter", "Tab")
ACTS = {"Return", "KP_Enter", "Escape", *(f"F{number}" for number in range(1, 13))}  # once per press

TOO_LONG = N_("That code is too long and was not read. Please scan the barcode again.")

_NOT_TYPING = 0x0004 | 0x20000  # Control everywhere, Alt on Windows
_ALT_X11 = 0x0008
_CHOICES = ".f.l"  # the list in the window that a ttk.Combobox opens


class Scanner:
    """Listens on one toplevel. ``on_scan(code)`` may be lent to another (the lock screen) by ``lend``."""

    def __init__(
        self,
        top: tk.Misc,
        on_scan: Callable[[str], object] | None = None,
        clock_ms: Callable[[], float] = lambda: time.monotonic() * 1000,
        trouble: Callable[[str], object] = lambda text: None,
    ) -> None:
        self._top = top
        self._tag = f"KioskScan{top.winfo_id()}"
        self._clock_ms = clock_ms
        self._trouble = trouble
        self._takers: list[Callable[[str], object]] = [on_scan] if on_scan else []
        self._burst = Burst()
        self._before: Before | None = None
        self._after: str | None = None
        self._last_code, self._last_code_ms = "", -1e9
        self._told_runaway = False
        self.search: tk.Misc | None = None
        self.typing_goes_to_search = True
        self.letters: dict[str, Callable[[], object]] = {}  # single keys with a meaning; never fired by a scan
        self._letter_after: str | None = None
        self.touched: Callable[[], object] = lambda: None  # any key at all: somebody is there
        self.may_repeat: set[str] = set()  # keysyms of ACTS that do something again and again while held
        self._held = HeldKeys()
        top.bind_class(self._tag, "<KeyPress>", self._key)
        top.bind_class(self._tag, "<KeyRelease>", self._key_up)
        self.listen(top)
        top.bind("<FocusIn>", lambda event: self.listen(event.widget), add=True)
        top.bind("<Destroy>", lambda event: self._stop() if event.widget is top else None, add=True)

    def goes_to(self, on_scan: Callable[[str], object]) -> None:
        """Name the one who takes scans when nobody has borrowed them."""
        self._takers[:1] = [on_scan]

    def lend(self, on_scan: Callable[[str], object]) -> Callable[[], None]:
        """Scans go to ``on_scan`` until the call returned is made."""
        taker = lambda code: on_scan(code)  # noqa: E731 - a new object, so that the same one can borrow twice
        if not self._takers:
            self._takers.append(lambda code: None)
        self._takers.append(taker)

        def give_back() -> None:
            if taker in self._takers:
                self._takers.remove(taker)

        return give_back

    def quiet(self) -> Callable[[], None]:
        """No search and no single keys until the call returned is made: a question or the lock stands in front."""
        kept = self.typing_goes_to_search, self.letters
        self.typing_goes_to_search, self.letters = False, {}

        def wake() -> None:
            self.typing_goes_to_search, self.letters = kept

        return wake

    def listen(self, widget: Any) -> None:
        """Hear this widget's keys. Every widget that gets the focus is heard by itself, unless it keeps its events
        from the toplevel."""
        # In front of all others, so that a scan's Return does not press the focused button. Widgets come and go:
        # the one that gets keys is the one with the focus, so it is enough to see to that one.
        if isinstance(widget, tk.Misc) and widget.winfo_exists():
            tags = widget.bindtags()
            if self._tag not in tags:
                widget.bindtags((self._tag, *tags))
            if isinstance(widget, ttk.Combobox):
                self._listen_to_choices(widget)

    def _listen_to_choices(self, box: ttk.Combobox) -> None:
        """The open list of a choice is a window of its own, which Tk keeps to itself."""
        call = box.tk.call
        choices = str(call("ttk::combobox::PopdownWindow", str(box))) + _CHOICES
        tags = box.tk.splitlist(call("bindtags", choices))
        if self._tag not in tags:
            call("bindtags", choices, (self._tag, *tags))

    def _stop(self) -> None:
        self._forget_silence()
        self._forget_letter()

    def _key(self, event: tk.Event) -> str | None:
        self.touched()
        if self._repeats(event):
            return "break"
        # The window system's time stamp where there is one: after a stall the queued keys of a slow typist arrive
        # all at once, but their stamps tell how they were typed.
        at_ms = float(event.time) if event.time else self._clock_ms()
        state = int(event.state) if isinstance(event.state, int) else 0
        if event.keysym in ENDS:
            return self._end(at_ms)
        char = event.char
        if event.keysym in ("Linefeed", "Control_L", "Control_R", "j") and at_ms - self._burst.ended_ms <= FAST_MS:
            return "break"  # a scanner that ends with CR LF: the line feed comes as Control-j
        if not char or not char.isprintable() or state & _NOT_TYPING or self._alt(state):
            return None
        begins = self._burst.begins(at_ms)
        self._burst.letter(char, at_ms)
        widget = event.widget
        moved = None
        if begins:
            self._told_runaway = False
            moved = self._target(widget, char)
            self._before = Before(moved or widget, widget)
        elif self._burst.runaway():
            self._too_long()
            return "break"
        self._wait_for_silence()
        if moved is None and not editable(widget) and char in self.letters:
            self._letter_typed(char)
            return None
        if moved is not None:
            moved.focus_set()
            moved.insert("end", char)  # type: ignore[attr-defined]
            mark_end(moved)
            return "break"
        if char == " " and not begins and not editable(widget):
            return "break"  # a blank inside a code must not press the focused button
        return None

    def _repeats(self, event: tk.Event) -> bool:
        """A held key that acts: it has acted already, and what has the focus now may be another thing."""
        if event.keysym not in ACTS or not event.time:  # without a stamp it was made by the program
            return False
        held = self._held.pressed(event.keysym, float(event.time))
        return held and event.keysym not in self.may_repeat and not isinstance(event.widget, tk.Text)

    def _key_up(self, event: tk.Event) -> None:
        if event.keysym in ACTS and event.time:
            self._held.released(event.keysym, float(event.time))

    def _end(self, at_ms: float) -> str | None:
        if at_ms - self._burst.ended_ms <= FAST_MS and not self._burst.letters:
            return "break"  # Return after Tab, or a second Return
        if self._told_runaway and self._burst.letters:
            self._burst.forget()
            self._burst.ended_ms = at_ms
            return "break"
        code = self._burst.end(at_ms)
        if not code:
            self._burst.forget()
            self._forget_silence()
            return None
        self._take(code, at_ms)
        return "break"

    def _letter_typed(self, char: str) -> None:
        """Fire a single key when it is sure that it is not a scan's: nothing follows, or it is being held down."""
        self._forget_letter()
        if len(self._burst.letters) >= SHORTEST and self._burst.held_key():
            self.letters[char]()
        else:
            self._letter_after = self._top.after(FAST_MS + 5, self._letters_alone)

    def _letters_alone(self) -> None:
        self._letter_after = None
        if len(self._burst.letters) < SHORTEST:
            for char in self._burst.letters:
                if char in self.letters:
                    self.letters[char]()

    def _forget_letter(self) -> None:
        if self._letter_after is not None:
            self._top.after_cancel(self._letter_after)
            self._letter_after = None

    def given(self, code: str) -> None:
        """A reader that does not type (on a serial line) read this."""
        plain = normalised(code)
        if plain:
            self._take(plain, self._clock_ms())

    def _take(self, code: str, at_ms: float) -> None:
        self._forget_silence()
        self._forget_letter()
        if self._before is not None:
            self._before.restore()
        self._before = None
        self._burst.forget()
        self._burst.ended_ms = at_ms
        twice = code == self._last_code and 0 <= at_ms - self._last_code_ms <= DOUBLE_MS
        self._last_code, self._last_code_ms = code, at_ms
        self._close_choices()
        if not twice and self._takers:
            self._takers[-1](code)

    def _close_choices(self) -> None:
        path = str(self._top.tk.call("focus", "-displayof", str(self._top)))
        if path.endswith(".popdown" + _CHOICES):
            self._top.tk.call("ttk::combobox::Unpost", path.removesuffix(".popdown" + _CHOICES))

    def _too_long(self) -> None:
        self._forget_silence()
        if not self._told_runaway:
            self._told_runaway = True
            if self._before is not None:
                self._before.restore()
                self._before = None
            self._trouble(TOO_LONG)

    def _wait_for_silence(self) -> None:
        self._forget_silence()
        if len(self._burst.letters) >= WITHOUT_SUFFIX:
            self._after = self._top.after(SILENCE_MS, self._silent)

    def _silent(self) -> None:
        self._after = None
        code = self._burst.silence()
        if code:
            self._take(code, self._burst.last_ms)

    def _forget_silence(self) -> None:
        if self._after is not None:
            self._top.after_cancel(self._after)
            self._after = None

    def _target(self, widget: tk.Misc | str, char: str) -> tk.Misc | None:
        """The search field, when somebody types where nothing can be typed."""
        if not self.typing_goes_to_search or self.search is None or char == " " or editable(widget):
            return None
        if char in self.letters or isinstance(widget, str):
            return None
        if not self.search.winfo_viewable() or "disabled" in str(self.search.cget("state")):
            return None
        return self.search

    def _alt(self, state: int) -> bool:
        return bool(state & _ALT_X11) and self._top.tk.call("tk", "windowingsystem") == "x11"
