"""The two sheets of the day as cards: title, time, headline, each number with its bar; one is chosen."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from kiosk.core.day_sheets import MISSING, READINESS, RECONCILIATION, TITLES, Sheet
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import morning_rules
from kiosk.ui import look

KINDS = (READINESS, RECONCILIATION)
HEAD, LINE = 62, 22


class SheetCards(ttk.Frame):
    """``show(sheets)``; the arrow keys or a click choose one."""

    def __init__(self, parent: tk.Misc, on_select: Callable[[str], object]) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._on_select = on_select
        self._sheets: dict[str, Sheet | None] = dict.fromkeys(KINDS)
        self.selected = READINESS
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.canvas = canvas = tk.Canvas(
            self, bg=look.CARD, highlightthickness=look.px(2), highlightbackground=look.CARD,
            highlightcolor=look.PRIMARY, takefocus=True, width=look.px(440), height=look.px(300),
        )  # fmt: skip
        canvas.grid(row=0, column=0, sticky="nsew")
        canvas.bind("<Configure>", lambda event: self._draw())
        canvas.bind("<Button-1>", self._clicked)
        for name, kind in (("Up", READINESS), ("Down", RECONCILIATION)):
            canvas.bind(f"<{name}>", lambda event, to=kind: self.select(to))  # type: ignore[misc]

    def show(self, readiness: Sheet | None, reconciliation: Sheet | None) -> None:
        self._sheets = {READINESS: readiness, RECONCILIATION: reconciliation}
        self._draw()

    def select(self, kind: str) -> str:
        if kind != self.selected:
            self.selected = kind
            self._draw()
            self._on_select(kind)
        return "break"

    def _clicked(self, event: tk.Event[tk.Canvas]) -> None:
        self.canvas.focus_set()
        self.select(READINESS if event.y < self._tall(READINESS) else RECONCILIATION)

    def _tall(self, kind: str) -> int:
        sheet = self._sheets[kind]
        return look.px(HEAD + LINE * (len(sheet.counts) if sheet else 1) + 6)

    def _draw(self) -> None:
        self.canvas.delete("all")
        top = 0
        for kind in KINDS:
            self._draw_one(kind, top)
            top += self._tall(kind)

    def _draw_one(self, kind: str, top: int) -> None:
        canvas, width, edge = self.canvas, self.canvas.winfo_width(), look.px(12)
        sheet, tall = self._sheets[kind], self._tall(kind)
        if kind == self.selected:
            canvas.create_rectangle(0, top, width, top + tall, fill=look.SELECTED, width=0)
        room = width - 2 * edge
        canvas.create_text(
            edge, top + look.px(18), text=say(TITLES[kind]), anchor="w", font=look.TEXT_BOLD, fill=look.INK, width=room
        )
        level = morning_rules.level(sheet)
        words = f"{look.MARKS[level]} {morning_rules.headline(sheet)}".strip()
        canvas.create_text(
            edge, top + look.px(44), text=words, anchor="w", font=look.TITLE, fill=look.STATES[level][0]
        )  # fmt: skip
        if sheet is not None:
            made = say(Sentence(N_("made {at}"), {"at": sheet.made_at}))
            canvas.create_text(
                width - edge, top + look.px(46), text=made, anchor="e", font=look.CAPTION, fill=look.SECONDARY
            )  # fmt: skip
            most = max([n for _, n in sheet.counts] or [1]) or 1
            for at, (text, number) in enumerate(sheet.counts):
                middle = top + look.px(HEAD + LINE * at + 10)
                canvas.create_text(edge, middle, text=say(text), anchor="w", font=look.CAPTION, fill=look.INK)
                canvas.create_text(
                    look.px(230), middle, text=f"{number:,}", anchor="e", font=look.TEXT_BOLD, fill=look.INK
                )
                left, right = look.px(244), width - edge
                half = look.px(7)
                canvas.create_rectangle(left, middle - half, right, middle + half, fill=look.GROUND, outline=look.EDGE)
                if number:
                    ink = look.LOOK if text == MISSING else look.DONE
                    wide = left + int((right - left) * number / most)
                    canvas.create_rectangle(left, middle - half, wide, middle + half, fill=ink, width=0)
        canvas.create_line(0, top + tall, width, top + tall, fill=look.LINE)
