"""Large numbers with a word each, at the head of a list: 2 want a look, 31 done, 64 here, 118 today."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.core.words import Sentence, say
from kiosk.ui import look


@dataclass(frozen=True)
class Count:
    """A number, its word, its state (done, look, stop or none) and, where it filters the list, what a click does."""

    number: int
    caption: str | Sentence
    state: str = ""
    action: Callable[[], object] | None = None


class Counters(tk.Frame):
    """A row of counts; those with an action are reached by Tab and pressed by Return, space or touch."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent, bg=look.GROUND)
        self._cells: list[tuple[tk.Frame, tk.Label, tk.Label]] = []

    def show(self, counts: Sequence[Count]) -> None:
        """Show these; widgets are kept, so that a refresh each second does not flicker."""
        while len(self._cells) > len(counts):
            self._cells.pop()[0].destroy()
        while len(self._cells) < len(counts):
            self._cells.append(self._cell())
        for (frame, number, caption), count in zip(self._cells, counts, strict=True):
            number.configure(text=f"{count.number:,}", fg=look.STATES[count.state][0])
            caption.configure(text=say(count.caption))
            frame.configure(takefocus=count.action is not None, cursor="hand2" if count.action else "")
            for part in (frame, number, caption):
                for press in ("<Button-1>", "<Return>", "<space>"):
                    part.bind(press, lambda event, do=count.action: do() if do else None)  # type: ignore[misc]

    def _cell(self) -> tuple[tk.Frame, tk.Label, tk.Label]:
        frame = tk.Frame(self, bg=look.GROUND, highlightthickness=2, highlightbackground=look.GROUND,
                         highlightcolor=look.PRIMARY, padx=look.px(8), height=look.px(look.TARGET))  # fmt: skip
        number = tk.Label(frame, bg=look.GROUND, font=look.NUMBER)
        caption = tk.Label(frame, bg=look.GROUND, fg=look.SECONDARY, font=look.TEXT)
        number.pack(side="left", pady=look.px(6))
        caption.pack(side="left", padx=(look.px(8), 0))
        frame.pack(side="left", padx=(look.px(12), 0))
        return frame, number, caption
