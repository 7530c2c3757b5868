"""The destinations as cards: name, what it does now, its three lamps, the day's studies as a bar; one is chosen."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk

from kiosk.core.sending import DestinationLine
from kiosk.core.words import N_, say
from kiosk.modes.gateway import send_rules
from kiosk.ui import look

ROW, BAR, DOT = 132, 14, 12
FILL = {"": look.SECONDARY, "done": look.DONE, "look": look.LOOK, "stop": look.STOP}


class DestinationCards(ttk.Frame):
    """``show(...)`` as often as you like; the arrow keys or a click choose one, the first card stands for all."""

    def __init__(self, parent: tk.Misc, on_select: Callable[[str], object]) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._on_select = on_select
        self._lines: tuple[DestinationLine, ...] = ()
        self._counts: Mapping[str, Mapping[str, int]] = {}
        self._today = ""
        self.selected = ""
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.canvas = canvas = tk.Canvas(
            self, bg=look.CARD, highlightthickness=look.px(2), highlightbackground=look.CARD,
            highlightcolor=look.PRIMARY, takefocus=True, width=look.px(380), height=look.px(300),
        )  # fmt: skip
        canvas.grid(row=0, column=0, sticky="nsew")
        self._scroll = ttk.Scrollbar(self, command=canvas.yview)
        canvas.configure(yscrollcommand=self._scroll.set)
        self._scroll.grid(row=0, column=1, sticky="ns")
        canvas.bind("<Configure>", lambda event: self._draw())
        canvas.bind("<Button-1>", self._clicked)
        for name, step in (("Up", -1), ("Down", 1)):
            canvas.bind(f"<{name}>", lambda event, by=step: self._step(by))  # type: ignore[misc]

    def show(self, lines: Sequence[DestinationLine], counts: Mapping[str, Mapping[str, int]], today: str) -> None:
        if (tuple(lines), counts, today) != (self._lines, self._counts, self._today):
            self._lines, self._counts, self._today = tuple(lines), counts, today
            if self.chosen() is None and lines:
                self.selected = lines[0].name
                self._on_select(self.selected)
            self._draw()

    def chosen(self) -> DestinationLine | None:
        return next((each for each in self._lines if each.name == self.selected), None)

    def select(self, name: str) -> None:
        """Choose a destination by its name and bring it into sight."""
        names = [each.name for each in self._lines]
        if name == self.selected or name not in names:
            return
        self.selected = name
        self._draw()
        at, whole = names.index(name), look.px(ROW) * len(names)
        first, last = self.canvas.yview()
        if not first <= at * look.px(ROW) / whole <= (at + 1) * look.px(ROW) / whole <= last:
            self.canvas.yview_moveto(at * look.px(ROW) / whole)
        self._on_select(name)

    def _step(self, by: int) -> str:
        names = [each.name for each in self._lines]
        if names:
            at = (names.index(self.selected) if self.selected in names else 0) + by
            self.select(names[max(0, min(len(names) - 1, at))])
        return "break"

    def _clicked(self, event: tk.Event[tk.Canvas]) -> None:
        self.canvas.focus_set()
        at = int(self.canvas.canvasy(event.y)) // look.px(ROW)
        if at < len(self._lines):
            self.select(self._lines[at].name)

    # -- drawing -------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        canvas, width = self.canvas, self.canvas.winfo_width()
        canvas.delete("all")
        if not self._lines:
            text = say(N_("No destination is entered, or nothing was told of them yet."))
            canvas.create_text(
                look.px(16), look.px(24), text=text, anchor="nw", fill=look.SECONDARY, font=look.TEXT,
                width=max(100, width - look.px(32)),
            )  # fmt: skip
        for at, line in enumerate(self._lines):
            self._draw_one(line, at * look.px(ROW), width)
        tall = look.px(ROW) * len(self._lines)
        canvas.configure(scrollregion=(0, 0, width, max(tall, 1)))
        (self._scroll.grid if tall > canvas.winfo_height() else self._scroll.grid_remove)()

    def _draw_one(self, line: DestinationLine, top: int, width: int) -> None:
        canvas, edge = self.canvas, look.px(12)
        level = send_rules.level(line)
        if line.name == self.selected:
            canvas.create_rectangle(0, top, width, top + look.px(ROW), fill=look.SELECTED, width=0)
        words = f"{look.MARKS[level]} {send_rules.state_words(line, self._today)}".strip()
        ink = look.STATES[level][0]
        state = canvas.create_text(
            width - edge, top + look.px(18), text=words, anchor="e", font=look.TEXT_BOLD, fill=ink
        )
        room = canvas.bbox(state)[0] - edge - look.px(8)
        self._text(edge, top + look.px(18), line.title or line.name, room, look.TEXT_BOLD, look.INK)
        left = edge
        for name, tone, took in send_rules.lamp_parts(line):
            left = self._lamp(left, top + look.px(44), name, tone, took) + look.px(14)
        link = send_rules.link_words(line)
        self._text(edge, top + look.px(70), f"{line.ae_title}  {link}", width // 2, look.TEXT, look.SECONDARY)
        good = send_rules.good_words(line, self._today)
        canvas.create_text(
            width - edge, top + look.px(70), text=good, anchor="e", font=look.TEXT, fill=look.SECONDARY
        )  # fmt: skip
        self._bar(line, edge, top + look.px(88), width - edge)
        canvas.create_line(0, top + look.px(ROW), width, top + look.px(ROW), fill=look.LINE)

    def _lamp(self, left: int, middle: int, name: str, tone: str, took: str) -> int:
        half = look.px(DOT) // 2
        filled = look.GROUND if not tone else FILL[tone]
        self.canvas.create_oval(
            left, middle - half, left + 2 * half, middle + half, fill=filled, outline=look.EDGE
        )  # fmt: skip
        mark = {"stop": "×", "look": "!"}.get(tone, "")
        text = " ".join(part for part in (name, mark, took) if part)
        made = self.canvas.create_text(
            left + 2 * half + look.px(5), middle, text=text, anchor="w", font=look.CAPTION, fill=look.INK
        )
        return int(self.canvas.bbox(made)[2])

    def _bar(self, line: DestinationLine, left: int, top: int, right: int) -> None:
        """The studies of the day in the colours of their states, with their numbers below."""
        canvas, steps = self.canvas, send_rules.ladder(self._counts.get(line.name, {}))
        total, long, bottom = sum(n for _, n, _ in steps), right - left, top + look.px(BAR)
        canvas.create_rectangle(left, top, right, bottom, fill=look.GROUND, outline=look.EDGE)
        at = float(left)
        for _, count, tone in reversed(steps):
            if count:
                wide = long * count / total
                canvas.create_rectangle(int(at), top, int(at + wide), bottom, fill=FILL[tone], width=0)
                at += wide
        told = [(say(text), count, tone) for text, count, tone in steps if count]
        x = left
        for text, count, tone in told:
            made = canvas.create_text(
                x, bottom + look.px(14), text=f"{text} {count}", anchor="w", font=look.CAPTION,
                fill=look.STATES[tone][0],
            )  # fmt: skip
            x = canvas.bbox(made)[2] + look.px(12)
        if not told:
            text = say(N_("no study today"))
            canvas.create_text(left, bottom + look.px(14), text=text, anchor="w", font=look.CAPTION,
                               fill=look.SECONDARY)  # fmt: skip

    def _text(self, left: int, middle: int, text: str, room: int, font: str, ink: str) -> None:
        """In so much room; what does not fit is cut with an ellipsis."""
        made = self.canvas.create_text(left, middle, text=text, anchor="w", font=font, fill=ink)
        while text and self.canvas.bbox(made)[2] - left > room:
            text = text[:-1]
            self.canvas.itemconfigure(made, text=f"{text}…")
