"""The viewers of the doctor's display: each so many panes of one kind, in the page or on a monitor of its own."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.slide import Slide, in_panes
from kiosk.core.words import N_, say
from kiosk.modes.viewer.picture_window import PictureWindow
from kiosk.modes.viewer.sheet import Sheet
from kiosk.ui import look
from kiosk.ui.shell import Shell

TITLES = {
    "CR": N_("Chest"), "RF": N_("Stomach X-ray"), "ES": N_("Endoscopy"), "US": N_("Ultrasound"), "OP": N_("Fundus"),
    "MG": N_("Breast X-ray"),
}  # fmt: skip


class Viewers(ttk.Frame):
    """``show(shown, last_time)``, ``bring(number)`` to the front. ``inside`` says whether any is in the page itself."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, told: Sequence[Any], settled: Callable[[], object],
        clicked: Callable[[], object], letters: Callable[[], Mapping[str, Callable[[], object]]],
        keys: Mapping[str, Callable[[], object]],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._desk, self._told, self._whose = desk, tuple(told)[:9], ""
        self.front = -1
        self.counts: list[int] = [0] * len(self._told)
        self.sheets: list[Sheet] = []
        self.windows: dict[int, PictureWindow] = {}
        self._labels: list[tk.Label] = []
        self._bar = ttk.Frame(self)
        self._bar.grid(row=0, column=0, sticky="ew", pady=(0, look.px(6)))
        self._body = tk.Frame(self, bg=look.BLACK)
        self._body.grid(row=1, column=0, sticky="nsew")
        for frame in (self, self._body):
            frame.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        self._body.rowconfigure(0, weight=1)
        for number, each in enumerate(self._told):
            body: tk.Misc = self._body
            if each.screen:
                window = PictureWindow(shell, desk, f"doctor {number + 1}", each.screen, letters, keys)
                self.windows[number], body = window, window.body
            sheet = Sheet(body, desk, each.columns, each.rows, told=settled,
                          clicked=lambda sheet: self.after_idle(clicked))  # fmt: skip
            sheet.base = each.first - 1
            if each.screen:
                sheet.grid(row=0, column=0, sticky="nsew")
            self.sheets.append(sheet)
            label = tk.Label(
                self._bar, text=self._title(number), font=look.TEXT, pady=look.px(8), cursor="hand2", bg=look.CARD,
                fg=look.INK, highlightthickness=1, highlightbackground=look.LINE,
            )  # fmt: skip
            label.grid(row=0, column=number, sticky="ew", padx=(0 if number == 0 else look.px(4), 0))
            label.bind("<Button-1>", lambda event, number=number: self.bring(number))  # type: ignore[misc]
            self._bar.columnconfigure(number, weight=1)
            self._labels.append(label)

    @property
    def inside(self) -> bool:
        return len(self.windows) < len(self._told)

    @property
    def sheet(self) -> Sheet | None:
        """The one in front."""
        return self.sheets[self.front] if 0 <= self.front < len(self.sheets) else None

    def show(
        self, slides: Sequence[Slide], words: str, whose: str, patient_id: str, why: str = "", keep: bool = False
    ) -> None:  # fmt: skip
        """The pictures of a visit; the viewer in front stays where it has some, else the first that has."""
        self._whose = whose
        for number, (each, sheet) in enumerate(zip(self._told, self.sheets, strict=True)):
            its = in_panes(slides, each.kind)
            last = each.first - 1 + each.columns * each.rows if len(self._alike(each)) > 1 else len(its)
            self.counts[number] = sum(slide is not None for slide in its[each.first - 1 : last])
            sheet.show(its, words, patient_id, why, keep)
        with_pictures = [number for number, count in enumerate(self.counts) if count]
        if self.front not in with_pictures:
            self.front = with_pictures[0] if with_pictures else 0
        for number, window in self.windows.items():
            if self.counts[number]:
                window.show(self._head(number))
            else:
                window.hide()
        self.bring(self.front)

    def decode_rest(self) -> None:
        """Those that are not in front, so that bringing one there shows it at once."""
        self._desk.decode_ahead([slide for sheet in self.sheets for slide in sheet.in_sight])

    def bring(self, number: int) -> bool:
        """To the front; False where it has no pictures."""
        if not 0 <= number < len(self.sheets):
            return False
        self.front = number
        if number in self.windows:
            if self.counts[number]:
                self.windows[number].show(self._head(number))
        else:
            for at, sheet in enumerate(self.sheets):
                if at in self.windows:
                    continue
                if at == number:
                    sheet.grid(row=0, column=0, sticky="nsew")
                else:
                    sheet.grid_remove()
        self._paint()
        return self.counts[number] > 0

    def hide(self) -> None:
        """Nobody is open: the windows on other monitors go."""
        for window in self.windows.values():
            window.hide()

    @property
    def settled(self) -> bool:
        sheet = self.sheet
        return sheet is None or sheet.settled

    def _alike(self, told: Any) -> list[Any]:
        """The viewers that share one kind of picture."""
        return [each for each in self._told if each.kind == told.kind]

    def _title(self, number: int) -> str:
        told = self._told[number]
        name, alike = told.title or say(TITLES[told.kind]), self._alike(told)
        return f"{name} {alike.index(told) + 1}" if len(alike) > 1 and not told.title else name

    def _head(self, number: int) -> str:
        return f"{self._whose}　{self._title(number)}"

    def _paint(self) -> None:
        for number, label in enumerate(self._labels):
            on, count = number == self.front, self.counts[number]
            words = f"{number + 1} {self._title(number)}" + (f" ({count})" if count else "")
            ground = look.PRIMARY if on else look.CARD
            ink = look.CARD if on else look.INK if count else look.SECONDARY
            label.configure(text=words, bg=ground if count or on else look.GROUND, fg=ink)
