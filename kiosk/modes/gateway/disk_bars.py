"""The disks as bars: how much is used and free, the reserve, the state in colour, mark and words; one is chosen."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from kiosk.core.disks import DiskLine
from kiosk.core.words import N_, say
from kiosk.modes.gateway import disk_rules
from kiosk.ui import look

ROW, BAR = 76, 16
FILL = {"": look.SECONDARY, "done": look.PRIMARY, "look": look.LOOK, "stop": look.STOP}


class DiskBars(ttk.Frame):
    """``show(disks)`` as often as you like; the arrow keys or a click choose one."""

    def __init__(self, parent: tk.Misc, on_select: Callable[[str], object]) -> None:
        super().__init__(parent, style="Card.TFrame")
        self._on_select = on_select
        self._disks: tuple[DiskLine, ...] = ()
        self.selected = ""
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.canvas = canvas = tk.Canvas(
            self, bg=look.CARD, highlightthickness=look.px(2), highlightbackground=look.CARD,
            highlightcolor=look.PRIMARY, takefocus=True, width=look.px(520), height=look.px(300),
        )  # fmt: skip
        canvas.grid(row=0, column=0, sticky="nsew")
        self._scroll = ttk.Scrollbar(self, command=canvas.yview)
        canvas.configure(yscrollcommand=self._scroll.set)
        self._scroll.grid(row=0, column=1, sticky="ns")
        canvas.bind("<Configure>", lambda event: self._draw())
        canvas.bind("<Button-1>", self._clicked)
        for name, step in (("Up", -1), ("Down", 1)):
            canvas.bind(f"<{name}>", lambda event, by=step: self._step(by))  # type: ignore[misc]

    def show(self, disks: Sequence[DiskLine]) -> None:
        if tuple(disks) != self._disks:
            self._disks = tuple(disks)
            if self.disk() is None:
                self.selected = disks[0].id if disks else ""
            self._draw()

    def disk(self) -> DiskLine | None:
        """The chosen one."""
        return next((each for each in self._disks if each.id == self.selected), None)

    def select(self, name: str) -> None:
        """Choose a disk by its id and bring it into sight."""
        if name == self.selected or all(each.id != name for each in self._disks):
            return
        self.selected = name
        self._draw()
        at = [each.id for each in self._disks].index(name)
        whole = look.px(ROW) * len(self._disks)
        first, last = self.canvas.yview()
        if not first <= at * look.px(ROW) / whole <= (at + 1) * look.px(ROW) / whole <= last:
            self.canvas.yview_moveto(at * look.px(ROW) / whole)
        self._on_select(name)

    def _step(self, by: int) -> str:
        names = [each.id for each in self._disks]
        if names:
            at = names.index(self.selected) + by
            self.select(names[max(0, min(len(names) - 1, at))])
        return "break"

    def _clicked(self, event: tk.Event[tk.Canvas]) -> None:
        self.canvas.focus_set()
        at = int(self.canvas.canvasy(event.y)) // look.px(ROW)
        if at < len(self._disks):
            self.select(self._disks[at].id)

    def _draw(self) -> None:
        canvas, width = self.canvas, self.canvas.winfo_width()
        canvas.delete("all")
        if not self._disks:
            text = say(N_("Nothing was told of the disks yet."))
            canvas.create_text(look.px(16), look.px(24), text=text, anchor="w", fill=look.SECONDARY, font=look.TEXT)
        for at, disk in enumerate(self._disks):
            self._draw_one(disk, at * look.px(ROW), width)
        tall = look.px(ROW) * len(self._disks)
        canvas.configure(scrollregion=(0, 0, width, max(tall, 1)))
        if tall > canvas.winfo_height():
            self._scroll.grid()
        else:
            self._scroll.grid_remove()

    def _draw_one(self, disk: DiskLine, top: int, width: int) -> None:
        canvas, edge = self.canvas, look.px(12)
        level = disk_rules.level(disk)
        if disk.id == self.selected:
            canvas.create_rectangle(0, top, width, top + look.px(ROW), fill=look.SELECTED, width=0)
        words = f"{look.MARKS[level]} {disk_rules.state_words(disk)}".strip()
        first, second, third = top + look.px(16), top + look.px(32), top + look.px(62)
        name = canvas.create_text(
            edge, first, text=disk_rules.named(disk), anchor="w", font=look.TEXT_BOLD, fill=look.INK
        )
        right = canvas.bbox(name)[2] + look.px(12)
        role = say(disk_rules.ROLES[disk.role])
        canvas.create_text(right, first, text=role, anchor="w", font=look.TEXT, fill=look.SECONDARY)
        ink = look.STATES[level][0]
        canvas.create_text(width - edge, first, text=words, anchor="e", font=look.TEXT_BOLD, fill=ink)
        self._draw_bar(disk, level, edge, second, width - edge)
        below = "  ".join(
            each
            for each in (disk_rules.room_words(disk), disk_rules.days_words(disk), disk_rules.waiting_words(disk))
            if each
        )
        canvas.create_text(edge, third, text=below, anchor="w", font=look.TEXT, fill=look.INK)
        canvas.create_line(0, top + look.px(ROW), width, top + look.px(ROW), fill=look.LINE)

    def _draw_bar(self, disk: DiskLine, level: str, left: int, top: int, right: int) -> None:
        canvas, long, bottom = self.canvas, right - left, top + look.px(BAR)
        canvas.create_rectangle(left, top, right, bottom, fill=look.GROUND, outline=look.EDGE)
        if not disk.total:
            return
        used = (disk.total - disk.free) / disk.total
        canvas.create_rectangle(left, top, left + int(long * used), bottom, fill=FILL[level], width=0)
        reserve = right - int(long * disk.reserve / disk.total)  # up to here it may be filled
        canvas.create_line(reserve, top - look.px(2), reserve, bottom + look.px(2), fill=look.INK, width=look.px(2))
