"""What can be saved of a picture, over the pictures: one digit, or a click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import buttons, look
from kiosk.ui.shell import Shell


@dataclass(frozen=True)
class Way:
    """One way to save; ``why_not`` says why it can't be done now."""

    words: str
    act: Callable[[], object]
    why_not: str | Sentence = ""


class SaveCard(ttk.Frame):
    """Closed by Esc, F11, or a choice."""

    def __init__(self, shell: Shell, ways: Sequence[Way], closed: Callable[[], object]) -> None:
        super().__init__(shell.work, style="Card.TFrame", padding=look.px(16), takefocus=True)
        self._problem, self._closed = shell.problem, closed
        self._wake = shell.scanner.quiet()
        ttk.Label(self, text=say(N_("Save")), style="Card.Title.TLabel").grid(
            row=0, column=0, sticky="w", pady=(0, look.px(8))
        )
        self.buttons: list[ttk.Button] = []
        for number, way in enumerate(ways):
            why = f"    {say(way.why_not)}" if way.why_not else ""
            words = f"{number + 1}   {say(way.words)}{why}"
            button = buttons.secondary(self, words, lambda way=way: self._choose(way))  # type: ignore[misc]
            button.configure(style="Left.TButton" if not why else "Quiet.TButton")
            button.grid(row=1 + number, column=0, sticky="ew", pady=(0, look.px(8)))
            for key, by in (("<Down>", 1), ("<Up>", -1)):
                button.bind(key, lambda event, at=number + by: self._to(at))  # type: ignore[misc]
            self.buttons.append(button)
        for button in self.buttons:
            for number, way in enumerate(ways):
                self._listen(button, str(number + 1), way)
        self.place(relx=0.5, rely=0.5, anchor="center")
        self.lift()
        self.buttons[0].focus_set()

    def _listen(self, widget: ttk.Frame | ttk.Button, digit: str, way: Way) -> None:
        widget.bind(f"<Key-{digit}>", lambda event: self._choose(way))
        widget.bind(f"<KP_{digit}>", lambda event: self._choose(way))

    def _to(self, at: int) -> str:
        self.buttons[at % len(self.buttons)].focus_set()
        return "break"

    def _choose(self, way: Way) -> None:
        if way.why_not:
            self._problem.look(way.why_not)
            return
        self.close()
        way.act()

    def close(self) -> None:
        """Back to the pictures."""
        self._wake()
        self.destroy()
        self._closed()
