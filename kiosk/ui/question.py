"""A question in the window, where a person must decide: the consequence in its text, the safe answer first."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk

from kiosk.core.words import Sentence, say
from kiosk.ui import buttons, look

Words = str | Sentence

PER_ROW = 4


@dataclass(frozen=True)
class Choice:
    """One answer: its words, what it does, and whether it takes something away (then it is red)."""

    text: Words
    action: Callable[[], object] = lambda: None
    dangerous: bool = False


class Question(tk.Frame):
    """Covers the work (not the bar, banner, line), so that nothing is done under it; other windows go on."""

    def __init__(
        self,
        work: tk.Misc,
        question: Words,
        consequence: Words,
        choices: Sequence[Choice],
        closed: Callable[[], None],
    ) -> None:
        """``choices[0]`` must be the safe one: it has the focus, and Esc means it."""
        if not choices:
            raise ValueError("a question needs an answer to choose")
        super().__init__(work, bg=look.GROUND)
        self._closed = closed
        self._choices = choices
        self._focus_before = work.winfo_toplevel().focus_lastfor()
        card = ttk.Frame(self, style="Card.TFrame", padding=look.px(28))
        ttk.Label(card, text=say(question), style="Card.Title.TLabel", wraplength=look.px(620)).pack(anchor="w")
        ttk.Label(card, text=say(consequence), style="Card.TLabel", wraplength=look.px(620), justify="left").pack(
            anchor="w", pady=(look.px(12), look.px(24))
        )
        row = ttk.Frame(card, style="Plain.TFrame")
        row.pack(anchor="e", fill="x")
        self.buttons: list[ttk.Button] = []
        for at, choice in enumerate(choices):
            make = buttons.primary if at == 0 else buttons.dangerous if choice.dangerous else buttons.secondary
            button = make(row, choice.text, lambda choice=choice: self._answer(choice))  # type: ignore[misc]
            pad = (0, look.px(16)), (0, look.px(12) if len(choices) > PER_ROW else 0)
            button.grid(row=at // PER_ROW, column=at % PER_ROW, padx=pad[0], pady=pad[1], sticky="ew")
            button.bind("<Left>", lambda event, at=at: self._focus(at - 1))  # type: ignore[misc]
            button.bind("<Right>", lambda event, at=at: self._focus(at + 1))  # type: ignore[misc]
            # Tab goes round inside the question: what lies under it can't be reached.
            button.bind("<Tab>", lambda event, at=at: self._focus(at + 1))  # type: ignore[misc]
            button.bind("<Shift-Tab>", lambda event, at=at: self._focus(at - 1))  # type: ignore[misc]
            self.buttons.append(button)
        card.place(relx=0.5, rely=0.42, anchor="center")
        self.place(relx=0, rely=0, relwidth=1, relheight=1)
        self.lift()
        self.buttons[0].focus_set()

    def answer_safely(self) -> None:
        """What Esc does."""
        self._answer(self._choices[0])

    def _focus(self, at: int) -> str:
        self.buttons[at % len(self.buttons)].focus_set()
        return "break"

    def _answer(self, choice: Choice) -> None:
        before = self._focus_before
        self.destroy()
        if before is not None and before.winfo_exists():
            before.focus_set()
        self._closed()
        choice.action()
