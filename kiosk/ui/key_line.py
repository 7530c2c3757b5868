"""The keys at the bottom, always in the same places: pressed on the keyboard, clicked or touched."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.ellipsis import Cutter
from kiosk.ui.tooltip import Tooltip

Words = str | Sentence

# F2 examinee, F5 the station's main act, F6 undo, F12 finish or maintenance, Esc back; the rest in between.
PLACES = [f"F{number}" for number in range(1, 13)] + ["Esc"]
KEYSYM = {"Esc": "Escape"}


@dataclass(frozen=True)
class Key:
    """One key of the line: its cap (``F5``, ``Esc``), what it does in a word or two, and the action.

    ``repeats``: held down it acts again and again (the next image, say); else one press is one act. ``why``: it cannot
    be used now, for this reason.
    """

    cap: str
    text: Words
    action: Callable[[], object]
    repeats: bool = False
    why: Words = ""


class KeyButton(tk.Frame):
    """A key as drawn on the line. Disabled it stays in its place, grey, and says why when it is pressed."""

    def __init__(self, line: KeyLine, key: Key) -> None:
        super().__init__(line, bg=look.CARD, cursor="hand2")
        self.key = key
        self.words = say(key.text)
        self.enabled = True
        self._line = line
        self._why: Words = ""
        self._room_for_note = False
        self._cap = tk.Label(self, text=key.cap, bg=look.GROUND, fg=look.SECONDARY, font=look.CAPTION, padx=look.px(7),
                             pady=look.px(2))  # fmt: skip
        self._text = tk.Label(self, bg=look.CARD, fg=look.INK, font=look.TEXT, anchor="w", justify="left")
        self._note = tk.Label(self, bg=look.CARD, fg=look.SECONDARY, font=look.CAPTION, anchor="w", pady=0)
        self.rowconfigure(0, weight=1, minsize=look.px(look.TARGET))
        self.columnconfigure(1, weight=1)
        self._cap.grid(row=0, column=0, rowspan=2, padx=(look.px(12), look.px(8)))
        self._text.grid(row=0, column=1, sticky="ew")
        for part in (self, self._cap, self._text, self._note):
            part.bind("<Button-1>", lambda event: self.press())
            part.bind("<Enter>", lambda event: self._light(True))
            part.bind("<Leave>", lambda event: self._light(False))
        Tooltip(self._text, lambda event: "" if self._text.cget("text") == self.words else self.words)
        self.bind("<Configure>", lambda event: self._fit())
        self._text.configure(text=self.words)

    def take(self, key: Key) -> None:
        """The same cap and words, perhaps with another action; it can be used."""
        self.key = key
        self.enable()

    def press(self) -> None:
        """What happens when a person presses it; ``invoke`` by another name."""
        self._line.press(self)

    invoke = press

    def enable(self) -> None:
        """It can be used."""
        self._turn(True, "")

    def disable(self, why: Words) -> None:
        """It cannot be used now; ``why`` is told when it is pressed ("Choose an examinee first.")."""
        self._turn(False, why)

    @property
    def why(self) -> str:
        return say(self._why) if self._why else say(N_("This key can't be used now."))

    def needed_width(self) -> int:
        """Pixels that cap and words need side by side, with the note below where the key was ever disabled."""
        words = Cutter(self, look.TEXT).width(self.words)
        if self._room_for_note:
            words = max(words, self._note.winfo_reqwidth())
        return self._cap.winfo_reqwidth() + words + look.px(24)

    def _turn(self, enabled: bool, why: Words) -> None:
        self._why = why
        if enabled == self.enabled:
            return
        self.enabled = enabled
        self._text.configure(fg=look.INK if enabled else look.SECONDARY)
        self.configure(cursor="hand2" if enabled else "arrow")
        if enabled:
            self.rowconfigure(0, weight=1, minsize=look.px(look.TARGET))
            self._note.grid_remove()
        else:
            self.rowconfigure(0, weight=1, minsize=look.px(look.TARGET - 18))
            self._note.configure(text=say(N_("not now")))
            self._note.grid(row=1, column=1, sticky="new", pady=(0, look.px(2)))
            if not self._room_for_note:
                self._room_for_note = True  # and it stays so: keys that come and go must not move the others
                self._line.fit()

    def _light(self, on: bool) -> None:
        ground = look.SELECTED if on and self.enabled else look.CARD
        for part in (self, self._text, self._note):
            part.configure(bg=ground)

    def _fit(self) -> None:
        room = self.winfo_width() - self._cap.winfo_reqwidth() - look.px(24)
        if room > 20:
            self._text.configure(text=Cutter(self, look.TEXT).cut(self.words, room))


class KeyLine(tk.Frame):
    """All keys of a window; on a narrow screen in two rows instead of being cut."""

    def __init__(self, parent: tk.Misc, top: tk.Misc) -> None:
        super().__init__(parent, bg=look.CARD, highlightthickness=1, highlightbackground=look.LINE)
        self._keys: dict[str, KeyButton] = {}
        self._laid_out: tuple[int, bool] | None = None
        self.told_why: Callable[[str], None] = lambda why: None
        self.held_by: Callable[[str], bool] = lambda cap: False  # a question in front takes the keys
        self.bind("<Configure>", lambda event: self.fit())
        for cap in PLACES:
            top.bind(f"<{KEYSYM.get(cap, cap)}>", lambda event, cap=cap: self._typed(cap), add=True)  # type: ignore[misc]

    def show(self, keys: Sequence[Key]) -> None:
        """Replace the keys. Raises ValueError for an unknown cap or two keys with the same one."""
        caps = [key.cap for key in keys]
        if len(set(caps)) != len(caps) or not set(caps) <= set(PLACES):
            raise ValueError(f"keys must be different ones of {PLACES}, not {caps}")
        ordered = sorted(keys, key=lambda key: PLACES.index(key.cap))
        if [(key.cap, say(key.text)) for key in ordered] == [(cap, old.words) for cap, old in self._keys.items()]:
            for key in ordered:  # windows say what can be done after each step: most times it is the same
                self._keys[key.cap].take(key)
            return
        for old in self._keys.values():
            old.destroy()
        self._keys = {key.cap: KeyButton(self, key) for key in ordered}
        self._laid_out = None
        self.fit()

    def button(self, cap: str) -> KeyButton:
        """The key with that cap. Raises KeyError if the window has none."""
        return self._keys[cap]

    def press(self, button: KeyButton) -> None:
        """Run the key's action unless a question stands in front or it is disabled."""
        if self.held_by(button.key.cap):
            return
        if button.enabled:
            button.key.action()
        else:
            self.told_why(button.why)

    def _typed(self, cap: str) -> str | None:
        if not self.winfo_exists() or cap not in self._keys:
            return None
        self._keys[cap].press()
        return "break"

    def fit(self) -> None:
        """Share the width: in one row where all words and notes fit, else in more."""
        width = self.winfo_width()
        if width <= 1 or not self._keys:
            return
        buttons = list(self._keys.values())
        widest = max(button.needed_width() for button in buttons)
        rows = 1 if widest * len(buttons) <= width else 2 if widest * -(-len(buttons) // 2) <= width else 3
        # Keys of unlike lengths may still fit side by side when each takes only what it needs.
        uneven = rows > 1 and sum(button.needed_width() for button in buttons) <= width
        per_row = len(buttons) if uneven else -(-len(buttons) // rows)
        if (per_row, uneven) == self._laid_out:
            return
        self._laid_out = (per_row, uneven)
        columns, _ = self.grid_size()
        for column in range(columns):
            self.columnconfigure(column, weight=0, uniform="")
        for at, button in enumerate(buttons):
            button.grid(row=at // per_row, column=at % per_row, sticky="nsew", pady=look.px(2))
        for column in range(per_row):
            self.columnconfigure(column, weight=1, uniform="" if uneven else "keys")
