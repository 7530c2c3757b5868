"""A sheet or picture that came as PNG: scrolled where it is higher than its room, pages turned by the Page keys."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from kiosk.core.words import Sentence, say
from kiosk.ui import look

RESIZED_MS = 150


class SheetPane(ttk.Frame):
    """``turned(by)`` when the sheet before (-1) or after (1) is wanted, ``resized()`` when there is other room."""

    def __init__(
        self,
        parent: tk.Misc,
        turned: Callable[[int], object] = lambda by: None,
        resized: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(parent)
        self._photo: tk.PhotoImage | None = None
        self._resized, self._room, self._after = resized, (0, 0), ""
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self._canvas = canvas = tk.Canvas(self, bg=look.BLACK, highlightthickness=2, takefocus=True, width=200,
                                          highlightbackground=look.BLACK, highlightcolor=look.PRIMARY,
                                          height=160, yscrollincrement=look.px(40))  # fmt: skip
        self._bar = ttk.Scrollbar(self, command=canvas.yview)
        canvas.configure(yscrollcommand=self._bar.set)
        canvas.grid(row=0, column=0, sticky="nsew")
        self._image = canvas.create_image(0, 0, anchor="nw")
        self._words = canvas.create_text(0, 0, fill=look.ON_BLACK, font=look.TEXT, justify="center")
        for key, act in (
            ("<Up>", lambda event: canvas.yview_scroll(-1, "units")),
            ("<Down>", lambda event: canvas.yview_scroll(1, "units")),
            ("<Prior>", lambda event: turned(-1)),
            ("<Next>", lambda event: turned(1)),
            ("<Button-1>", lambda event: canvas.focus_set()),
            ("<Button-4>", lambda event: canvas.yview_scroll(-2, "units")),
            ("<Button-5>", lambda event: canvas.yview_scroll(2, "units")),
            ("<MouseWheel>", lambda event: canvas.yview_scroll(-event.delta // 60, "units")),
        ):
            canvas.bind(key, act)
        canvas.bind("<Configure>", lambda event: self._configured(), add=True)
        self.bind("<Destroy>", lambda event: self._end() if event.widget is self else None, add=True)

    def room(self) -> tuple[int, int]:
        """Width and height inside, px."""
        return max(50, self._canvas.winfo_width() - 4), max(50, self._canvas.winfo_height() - 4)

    @property
    def painted(self) -> bool:
        return self._photo is not None

    def show(self, png: bytes) -> None:
        """Show it from its top."""
        self._photo = tk.PhotoImage(master=self, data=png)
        self._canvas.itemconfigure(self._image, image=self._photo)
        self._canvas.itemconfigure(self._words, text="")
        self._canvas.yview_moveto(0)
        self._place()

    def say(self, words: str | Sentence) -> None:
        """Words instead."""
        self._drop()
        self._canvas.itemconfigure(self._image, image="")
        self._canvas.itemconfigure(self._words, text=say(words) if words else "")
        self._place()

    def focus_set(self) -> None:  # type: ignore[override]
        self._canvas.focus_set()

    def _configured(self) -> None:
        self._place()
        if self._after:
            self.after_cancel(self._after)
        self._after = self.after(RESIZED_MS, self._look_at_room)  # while a window is pulled nothing is made anew

    def _end(self) -> None:
        self._drop()
        if self._after:
            self.after_cancel(self._after)
            self._after = ""

    def _look_at_room(self) -> None:
        self._after = ""
        if self._room != self.room():
            self._room = self.room()
            self._resized()

    def _drop(self) -> None:
        self._photo = None  # on this thread: collected by a worker, it would call Tk from there

    def _place(self) -> None:
        width, height = self._canvas.winfo_width(), self._canvas.winfo_height()
        wide, high = (self._photo.width(), self._photo.height()) if self._photo is not None else (0, 0)
        self._canvas.coords(self._image, max(2, (width - wide) // 2), max(2, (height - high) // 2))
        self._canvas.coords(self._words, width // 2, height // 2)
        self._canvas.itemconfigure(self._words, width=max(100, width - look.px(40)))
        self._canvas.configure(scrollregion=(0, 0, width, max(height, high + 4)))
        if high + 4 > height > 1:
            self._bar.grid(row=0, column=1, sticky="ns")
        else:
            self._bar.grid_remove()
