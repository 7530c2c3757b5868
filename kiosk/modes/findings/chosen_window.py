"""What was chosen of a finding, to be seen and taken back: the codes as buttons, the category as a row of them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.ui import buttons, look
from kiosk.ui.ellipsis import Cutter


class Chips(tk.Frame):
    """The chosen codes as buttons, in as many rows as they need; pressing one takes the code back."""

    def __init__(self, parent: tk.Misc, take_back: Callable[[str], object]) -> None:
        super().__init__(parent, bg=look.GROUND)
        self._take_back = take_back
        self.buttons: dict[str, ttk.Button] = {}
        self._enabled = True
        self._from_last: dict[str, str] = {}
        self.bind("<Configure>", lambda event: self._flow(event.width))

    def show(self, codes: Sequence[tuple[str, str]], from_last: Sequence[str] = ()) -> None:
        """Show these (code, name) pairs; those ``from_last`` time say so."""
        told = {code: say(N_(" (last time)")) for code in from_last}
        if list(self.buttons) == [code for code, _ in codes] and told == self._from_last:
            return
        self._from_last = told
        for button in self.buttons.values():
            button.destroy()
        self.buttons = {}
        for code, name in codes:
            said = f"{code} {name}{self._from_last.get(code, '')}  ×"
            self.buttons[code] = buttons.secondary(self, said, lambda code=code: self._press(code))  # type: ignore[misc]
        if codes:
            self.grid()
        else:
            self.grid_remove()
        self._flow(self.winfo_width())

    def enable(self, on: bool) -> None:
        """Whether they can be taken back."""
        self._enabled = on

    def _press(self, code: str) -> None:
        if self._enabled:
            self._take_back(code)

    def _flow(self, width: int) -> None:
        """Lay the buttons out in rows; a frame of ``place``d ones would not ask for its height by itself."""
        gap, x, y, high = look.px(8), 0, 0, 0
        for button in self.buttons.values():
            wide, high = button.winfo_reqwidth(), button.winfo_reqheight()
            if x and x + wide > width:
                x, y = 0, y + high + gap
            button.place(x=x, y=y, width=min(wide, max(width, 1)))
            x += wide + gap
        self.configure(height=y + high)


class CategoryRow(ttk.Frame):
    """The categories as one row of buttons; the chosen one is blue and said in words below."""

    def __init__(self, parent: tk.Misc, choose: Callable[[str], object]) -> None:
        super().__init__(parent)
        style = ttk.Style(self)
        high = style.lookup("TButton", "padding")[1]
        for name in ("Category.TButton", "Category.Primary.TButton"):  # eight of them stand side by side
            style.configure(name, padding=(look.px(2), high))
        self._choose = choose
        self.buttons: dict[str, ttk.Button] = {}
        self._labels: dict[str, str] = {}
        self._across = 0
        self._row = ttk.Frame(self)
        self._row.bind("<Configure>", lambda event: self._flow(event.width))
        self._words = ttk.Label(self, font=look.TEXT_BOLD)
        ttk.Label(self, text=say(N_("Category")), style="Caption.TLabel").grid(row=0, column=0, sticky="w")
        self._row.grid(row=1, column=0, sticky="ew", pady=look.px(4))
        self._words.grid(row=2, column=0, sticky="w")
        self.columnconfigure(0, weight=1)

    def offer(self, categories: Sequence[Any]) -> None:
        """The categories in force, in the order of the master."""
        if list(self.buttons) == [each.code for each in categories]:
            return
        for button in self.buttons.values():
            button.destroy()
        self.buttons = {}
        self._labels = {each.code: each.shown for each in categories}
        for at, code in enumerate(self._labels):
            button = ttk.Button(self._row, text=code, command=lambda code=code: self._choose(code))  # type: ignore[misc]
            button.bind("<Left>", lambda event, at=at: self._focus(at - 1))  # type: ignore[misc]
            button.bind("<Right>", lambda event, at=at: self._focus(at + 1))  # type: ignore[misc]
            self.buttons[code] = button
        self._across = 0
        self._flow(self._row.winfo_width())

    def _flow(self, width: int) -> None:
        """All beside each other, or in two rows where the screen is too narrow for their words."""
        words = Cutter(self, look.TEXT_BOLD)
        widest = max((words.width(f"✓{code}") for code in self.buttons), default=1) + look.px(24)
        count = len(self.buttons)
        across = count if width <= 1 or widest * count <= width + look.px(8) else -(-count // 2)
        if across == self._across or not count:
            return
        self._across = across
        for at in range(max(count, self._row.grid_size()[0])):
            self._row.columnconfigure(at, weight=int(at < across), uniform="categories" if at < across else "")
        for at, button in enumerate(self.buttons.values()):
            row, column = divmod(at, across)
            button.grid(row=row, column=column, sticky="ew", padx=(0, look.px(8)), pady=(look.px(8) if row else 0, 0))

    def mark(self, chosen: str, suggestion: str, last: str = "") -> None:
        """Show the chosen category, what the codes suggest where it differs, and whether it is last time's."""
        for code, button in self.buttons.items():
            style = "Category.Primary.TButton" if code == chosen else "Category.TButton"
            button.configure(style=style, text=f"✓{code}" if code == chosen else code)
        words = self._labels.get(chosen) or say(N_("Not chosen yet."))
        if last and last == chosen:
            words += say(N_(" (last time)"))
        if suggestion and suggestion != chosen:
            words += "　" + say(N_("The codes suggest {category}."), category=suggestion)
        self._words.configure(text=words)

    def enable(self, on: bool) -> None:
        """Whether it can be chosen."""
        for button in self.buttons.values():
            button.state(["!disabled" if on else "disabled"])

    def _focus(self, at: int) -> str:
        row = list(self.buttons.values())
        row[at % len(row)].focus_set()
        return "break"
