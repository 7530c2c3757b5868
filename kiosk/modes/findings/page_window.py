"""The page as it will be printed, in the window: its versions, its sheets, and the way to the printer."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import buttons, look
from kiosk.ui.fields import ChoiceField


class PageView(ttk.Frame):
    """``ask_page(number)`` answers (PDF, sheets), ``ask_png(pdf, sheet, width)`` one sheet, ``print_it(number)``."""

    def __init__(
        self,
        parent: tk.Misc,
        ask_page: Callable[[int], Any],
        ask_png: Callable[[bytes, int, int], Any],
        failed: Callable[[Any], object],
        print_it: Callable[[int], object],
    ) -> None:
        super().__init__(parent)
        self._ask_page, self._ask_png, self._failed, self._print = ask_page, ask_png, failed, print_it
        self._pdf = b""
        self._sheets = 0
        self._sheet = 0
        self._photo: tk.PhotoImage | None = None
        self._current: Any = None
        self.columnconfigure(1, weight=1)
        self.rowconfigure(0, weight=1)
        side = ttk.Frame(self)
        side.grid(row=0, column=0, sticky="ns", padx=(0, look.px(16)))
        self.versions = ChoiceField(side, N_("Version"), {}, width=32)
        self.versions.pack(anchor="w", fill="x")
        self._reason = ttk.Label(side, wraplength=look.px(300), justify="left")
        self._reason.pack(anchor="w", pady=look.px(8))
        self._count = ttk.Label(side)
        self._count.pack(anchor="w", pady=look.px(8))
        row = ttk.Frame(side)
        row.pack(anchor="w")
        self._before = buttons.secondary(row, N_("Sheet before"), lambda: self.turn(-1))
        self._after = buttons.secondary(row, N_("Next sheet"), lambda: self.turn(1))
        self._before.pack(side="left", padx=(0, look.px(8)))
        self._after.pack(side="left")
        self.print_button = buttons.primary(side, N_("Print (F5)"), self.print)
        self.print_button.pack(anchor="w", pady=look.px(24))
        card = tk.Frame(self, bg=look.SECONDARY)
        card.grid(row=0, column=1, sticky="nsew")
        card.columnconfigure(0, weight=1)
        card.rowconfigure(0, weight=1)
        self._canvas = tk.Canvas(card, bg=look.SECONDARY, highlightthickness=2, takefocus=True,
                                 highlightbackground=look.SECONDARY, highlightcolor=look.PRIMARY)  # fmt: skip
        bar = ttk.Scrollbar(card, command=self._canvas.yview)
        self._canvas.configure(yscrollcommand=bar.set)
        self._canvas.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        for key, act in (
            ("<Up>", lambda event: self._canvas.yview_scroll(-1, "units")),
            ("<Down>", lambda event: self._canvas.yview_scroll(1, "units")),
            ("<Prior>", lambda event: self.turn(-1)),
            ("<Next>", lambda event: self.turn(1)),
            ("<Button-4>", lambda event: self._canvas.yview_scroll(-2, "units")),
            ("<Button-5>", lambda event: self._canvas.yview_scroll(2, "units")),
            ("<MouseWheel>", lambda event: self._canvas.yview_scroll(-event.delta // 60, "units")),
            ("<Return>", lambda event: self.print()),
        ):
            self._canvas.bind(key, act)
        self._canvas.configure(yscrollincrement=look.px(40))
        self._canvas.bind("<Configure>", lambda event: self._place())
        self.versions.on_change(self._load)
        self.bind("<Destroy>", lambda event: self._drop())

    def show(self, versions: Sequence[Any]) -> None:
        """Offer these versions of one finding, the newest shown first."""
        self._versions = {each.number: each for each in versions}
        newest_first = sorted(versions, key=lambda each: -each.number)
        self.versions.offer({str(each.number): _named(each) for each in newest_first})
        self.versions.set(str(newest_first[0].number))
        self._load()
        self._canvas.focus_set()

    def _drop(self) -> None:
        self._photo = None  # on this thread: collected by a worker, it would call Tk from there

    @property
    def number(self) -> int:
        """The version that is shown."""
        return int(self.versions.get() or 0)

    @property
    def painted(self) -> bool:
        """A sheet is on the screen."""
        return self._photo is not None

    def print(self) -> None:
        """Hand the version that is shown to the printer."""
        if self._pdf:
            self._print(self.number)

    def turn(self, step: int) -> None:
        """The sheet before or after."""
        if 0 <= self._sheet + step < self._sheets:
            self._sheet += step
            self._paint()

    def _load(self) -> None:
        if self._current is not None:
            self._current.cancel()
        self._pdf, self._sheets, self._sheet, self._photo = b"", 0, 0, None
        self._canvas.delete("all")
        version = self._versions[self.number]
        reason = say(N_("Reason for the change: {reason}"), reason=version.reason) if version.reason else ""
        self._reason.configure(text=f"{_named(version)}\n{reason}")  # in full: the choice may have had to cut it
        self._current = self._ask_page(self.number).then(self._loaded, self._failed)

    def _loaded(self, answer: tuple[bytes, int]) -> None:
        if self.winfo_exists():
            self._pdf, self._sheets = answer
            self._paint()

    def _paint(self) -> None:
        sheet = self._sheet
        self._count.configure(text=say(N_("Sheet {n} of {all}"), n=sheet + 1, all=self._sheets))
        for button, on in ((self._before, sheet > 0), (self._after, sheet + 1 < self._sheets)):
            button.state(["!disabled" if on else "disabled"])

        def painted(png: bytes) -> None:
            if self.winfo_exists() and self._sheet == sheet:
                self._photo = tk.PhotoImage(master=self, data=png)
                self._place()
                self._canvas.yview_moveto(0)

        # Wide enough to read without enlarging, not wider than the room.
        width = min(look.px(820), max(look.px(400), self._canvas.winfo_width() - look.px(40)))
        self._current = self._ask_png(self._pdf, sheet, width).then(painted, self._failed)

    def _place(self) -> None:
        if self._photo is None:
            return
        self._canvas.delete("all")
        wide, high = max(self._canvas.winfo_width(), 1), self._photo.height()
        self._canvas.create_image(wide // 2, look.px(12), image=self._photo, anchor="n")
        self._canvas.configure(scrollregion=(0, 0, wide, high + look.px(24)))


def _named(version: Any) -> Sentence | str:
    """A version in the list of versions: number, time, who."""
    at = version.at.replace("T", " ")[:16]
    values = {"n": version.number, "at": at, "by": version.by}
    return Sentence(N_("{n}: {at} {by}") if version.signed else N_("{n}: draft {at} {by}"), values)
