"""Labelled fields for entry: words, numbers, a choice, several lines, a date; each says what is wrong with it."""

from __future__ import annotations

import re
import tkinter as tk
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from tkinter import ttk
from typing import Literal

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import dates, ime, look

Words = str | Sentence

_HALF_KANA = re.compile("[\uff61-\uff9f]+")


def full_width_kana(text: str) -> str:
    """Half-width kana made full-width; everything else (①, ㎝, 髙) stays as it is."""
    return _HALF_KANA.sub(lambda found: unicodedata.normalize("NFKC", found[0]), text)


class Field(ttk.Frame):
    """Caption above, beside it what is wrong (nothing moves when that comes), then the entry of 48 px."""

    entry: tk.Misc

    def __init__(self, parent: tk.Misc, caption: Words, card: bool = False) -> None:
        super().__init__(parent, style="Plain.TFrame" if card else "TFrame")
        self.columnconfigure(1, weight=1)
        self.caption = ttk.Label(self, text=say(caption), style="Card.Caption.TLabel" if card else "Caption.TLabel")
        self._wrong = ttk.Label(self, style="Wrong.TLabel", background=look.CARD if card else look.GROUND)
        if caption:
            self.caption.grid(row=0, column=0, sticky="w", pady=(0, look.px(4)))
        self._listeners: list[Callable[[], object]] = []

    def on_change(self, changed: Callable[[], object]) -> None:
        """Call ``changed()`` after each change, by a person or by ``set``."""
        self._listeners.append(changed)

    def wrong(self, text: Words = "") -> None:
        """Say beside the caption what is wrong; empty takes it away."""
        self._wrong.configure(text=("× " + say(text)) if text else "")
        if text:
            self._wrong.grid(row=0, column=1, sticky="w", padx=(look.px(8), 0), pady=(0, look.px(4)))
        else:
            self._wrong.grid_remove()
        if isinstance(self.entry, ttk.Entry):
            self.entry.state(["invalid" if text else "!invalid"])

    def focus(self) -> None:  # type: ignore[override]
        """Put the cursor in, all of it selected."""
        self.entry.focus_set()
        if isinstance(self.entry, tk.Entry):
            self.entry.selection_range(0, "end")
            self.entry.icursor("end")

    def enable(self, on: bool = True) -> None:
        """Let it be edited, or not."""
        self.entry.configure(state="normal" if on else "disabled")  # type: ignore[call-arg]

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()


class TextField(Field):
    """One line of words. Kana are shown full-width; line breaks of a paste become blanks; ``limit`` letters at most."""

    entry: ttk.Entry

    def __init__(
        self,
        parent: tk.Misc,
        caption: Words,
        width: int = 24,
        limit: int = 200,
        card: bool = False,
        secret: bool = False,
    ) -> None:
        super().__init__(parent, caption, card)
        self._limit = limit
        self._variable = tk.StringVar(self)
        self.entry = ttk.Entry(
            self, textvariable=self._variable, width=width, font=look.TEXT, show="●" if secret else ""
        )
        self.entry.grid(row=1, column=0, columnspan=2, sticky="ew")
        self._variable.trace_add("write", lambda *_: self._written())

    def get(self) -> str:
        """What stands in it, without outer blanks."""
        return self._variable.get().strip()

    def set(self, text: str) -> None:
        """Replace what stands in it."""
        self._variable.set(text)

    def _written(self) -> None:
        text = self._variable.get()
        clean = self._cleaned(text)
        if clean != text:
            # What stands behind the cursor keeps standing behind it.
            behind = len(text) - self.entry.index("insert")
            self._variable.set(clean)
            self.entry.icursor(max(0, len(clean) - behind))
        if self._wrong.winfo_manager():
            self.wrong()
        self._tell()

    def _cleaned(self, text: str) -> str:
        return full_width_kana(text.replace("\r", "").replace("\n", " ").replace("\t", " "))[: self._limit]


class NumberField(TextField):
    """Digits (and what ``allowed`` names besides). Full-width digits become half-width; the input method is off."""

    def __init__(
        self, parent: tk.Misc, caption: Words, width: int = 14, limit: int = 64, allowed: str = "-", card: bool = False,
        secret: bool = False,
    ) -> None:  # fmt: skip
        super().__init__(parent, caption, width, limit, card, secret)
        self._allowed = allowed
        ime.off_in(self.entry)

    def _cleaned(self, text: str) -> str:
        plain = unicodedata.normalize("NFKC", text)
        return "".join(c for c in plain if c.isascii() and c.isdigit() or c in self._allowed)[: self._limit]


class ChoiceField(Field):
    """One of several: ``choices`` maps what is kept to the words shown."""

    entry: ttk.Combobox

    def __init__(
        self, parent: tk.Misc, caption: Words, choices: Mapping[str, Words], width: int = 20, card: bool = False
    ) -> None:
        super().__init__(parent, caption, card)
        self._keys: list[str] = []
        self.entry = ttk.Combobox(self, state="readonly", width=width, font=look.TEXT)
        self.entry.grid(row=1, column=0, columnspan=2, sticky="ew")
        self.entry.bind("<<ComboboxSelected>>", lambda event: self._chosen())
        self.entry.bind("<Return>", lambda event: self._open())
        self.offer(choices)

    def offer(self, choices: Mapping[str, Words]) -> None:
        """Replace the choices; the chosen one stays if it still exists."""
        kept = self.get()
        self._keys = list(choices)
        self.entry.configure(values=[say(words) for words in choices.values()])
        self.set(kept)

    def get(self) -> str:
        """The key chosen, empty for none."""
        at = self.entry.current()
        return self._keys[at] if 0 <= at < len(self._keys) else ""

    def set(self, key: str) -> None:
        """Choose ``key``; one that is not offered chooses none."""
        if key in self._keys:
            self.entry.current(self._keys.index(key))
        else:
            self.entry.set("")

    def enable(self, on: bool = True) -> None:
        self.entry.configure(state="readonly" if on else "disabled")

    def _chosen(self) -> None:
        self.entry.selection_clear()
        self.wrong()
        self._tell()

    def _open(self) -> str:
        self.entry.event_generate("<Down>")
        return "break"


class DateField(TextField):
    """A date, typed in any of the ways people write it; shown as ``2026-11-24(火)`` when left."""

    def __init__(self, parent: tk.Misc, caption: Words, day: date | None = None, card: bool = False) -> None:
        super().__init__(parent, caption, width=16, limit=24, card=card)
        ime.off_in(self.entry)
        self.entry.bind("<FocusOut>", lambda event: self._left(), add=True)
        if day is not None:
            self.set_day(day)

    def day(self) -> date | None:
        """The date, None where there is none or none that can be read."""
        return dates.read_day(re.sub(r"\(.*?\)", "", unicodedata.normalize("NFKC", self.get())))

    def set_day(self, day: date | None) -> None:
        """Show this date."""
        self.set(dates.day_text(day) if day is not None else "")

    def _left(self) -> None:
        day = self.day()
        if day is not None:
            self.set_day(day)
        elif self.get():
            self.wrong(N_("Please write the date like 2026-11-24."))


class NoteField(Field):
    """Several lines of words with a scrollbar. Tab leaves it, as everywhere; Control-z takes the last change back."""

    def __init__(
        self, parent: tk.Misc, caption: Words, lines: int = 6, width: int = 40, limit: int = 20_000, card: bool = False
    ) -> None:
        super().__init__(parent, caption, card)
        self._limit = limit
        self.rowconfigure(1, weight=1)
        frame = tk.Frame(self, bg=look.CARD, highlightthickness=2, highlightbackground=look.EDGE,
                         highlightcolor=look.PRIMARY)  # fmt: skip
        frame.grid(row=1, column=0, columnspan=2, sticky="nsew")
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(0, weight=1)
        text = tk.Text(frame, height=lines, width=width, font=look.TEXT, fg=look.INK, bg=look.CARD, wrap="char",
                       undo=True, maxundo=500, relief="flat", borderwidth=0, highlightthickness=0, padx=look.px(10),
                       pady=look.px(8), insertbackground=look.INK, insertwidth=2, spacing3=look.px(4),
                       selectbackground=look.PRIMARY, selectforeground=look.CARD)  # fmt: skip
        bar = ttk.Scrollbar(frame, command=text.yview)
        text.configure(yscrollcommand=bar.set)
        text.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        text.bind("<FocusIn>", lambda event: frame.configure(highlightbackground=look.PRIMARY), add=True)
        text.bind("<FocusOut>", lambda event: frame.configure(highlightbackground=look.EDGE), add=True)
        text.bind("<Tab>", lambda event: self._go(text.tk_focusNext()))
        text.bind("<Shift-Tab>", lambda event: self._go(text.tk_focusPrev()))
        text.bind("<<Modified>>", lambda event: self._modified())
        self.entry = self._text = text

    def get(self) -> str:
        """What stands in it, without blanks at the end, half-width kana made full-width."""
        return full_width_kana(self._text.get("1.0", "end")).rstrip()

    def set(self, text: str) -> None:
        """Replace what stands in it; the history of changes begins anew."""
        state: Literal["normal", "disabled"] = "normal" if str(self._text.cget("state")) == "normal" else "disabled"
        self._text.configure(state="normal")
        self._text.delete("1.0", "end")
        self._text.insert("1.0", text)
        self._text.edit_reset()
        self._text.configure(state=state)

    def enable(self, on: bool = True) -> None:
        self._text.configure(state="normal" if on else "disabled", bg=look.CARD if on else look.GROUND)

    def _modified(self) -> None:
        if not self._text.edit_modified():
            return
        self._text.edit_modified(False)
        if self._text.count("1.0", "end", "chars")[0] - 1 > self._limit:  # type: ignore[index]
            self._text.delete(f"1.0+{self._limit}c", "end")
            self.wrong(Sentence(N_("Not more than {limit} letters; the rest was left out."), {"limit": self._limit}))
        self._tell()

    def _go(self, to: tk.Misc | None) -> str:
        if to is not None:
            to.focus_set()
        return "break"
