"""A window of pictures on a monitor of its own: it comes up where it belongs, and is remembered where it was left."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.core.screens import Placed, WindowPlace
from kiosk.modes.viewer.page_keys import bind_keys
from kiosk.ui import look
from kiosk.ui.scanner import Scanner
from kiosk.ui.shell import Shell

KEEP_AFTER_MS = 800


def remember(
    top: Any, desk: Any, name: str, wanted: str, told: Callable[[Any], object], zoom: Callable[[], object] | None = None
) -> None:
    """Put ``top`` where it was left, else on the wanted monitor; from then on its places are kept.

    ``told(sentence)`` where its monitor is not there. ``zoom()`` instead of maximising it at once, which would show a
    window that is hidden.
    """
    waiting: list[str] = []
    last: list[str] = []

    def place_came(placed: Placed) -> None:
        if not top.winfo_exists():
            return
        if placed.place is not None:
            top.geometry(placed.place.geometry)
            if placed.place.zoomed:
                (zoom or (lambda: maximise(top)))()
        if placed.why is not None:
            told(placed.why)
        top.update_idletasks()
        last.append(top.winfo_geometry())
        top.bind("<Configure>", moved, add=True)

    def moved(event: tk.Event) -> None:
        if event.widget is top:
            forget()
            waiting.append(top.after(KEEP_AFTER_MS, keep))

    def keep() -> None:
        waiting.clear()
        if top.winfo_geometry() == last[-1] or top.state() not in ("normal", "zoomed"):
            return
        last[:] = [top.winfo_geometry()]
        place = WindowPlace(
            top.winfo_x(), top.winfo_y(), top.winfo_width(), top.winfo_height(), top.state() == "zoomed"
        )
        desk.keep_place(name, place).then(None, lambda fault: None)  # a place that is not kept costs nobody a picture

    def forget() -> None:
        while waiting:
            top.after_cancel(waiting.pop())

    top.bind("<Destroy>", lambda event: forget() if event.widget is top else None, add=True)
    desk.place_of(name, wanted).then(place_came, lambda fault: None)


def maximise(top: Any) -> None:
    """Fill its monitor but for the task bar; elsewhere than on Windows its geometry does so already."""
    if top.tk.call("tk", "windowingsystem") == "win32":
        top.state("zoomed")


class PictureWindow:
    """``body`` holds the pictures. It hides with the window that it belongs to when that is locked; keys pressed here
    do what they do there, and scans go there."""

    def __init__(
        self,
        shell: Shell,
        desk: Any,
        name: str,
        wanted: str,
        letters: Callable[[], Mapping[str, Callable[[], object]]],
        keys: Mapping[str, Callable[[], object]],
    ) -> None:
        self._shell = shell
        self.wanted = False  # somebody has asked for it
        self._zoomed = False  # it fills its monitor when it is shown
        self.top = tk.Toplevel(shell.top, class_="Kiosk", bg=look.BLACK)
        self.top.withdraw()
        self.top.geometry(look.first_size(self.top))
        self.top.protocol("WM_DELETE_WINDOW", self.hide)
        self.head = tk.Label(self.top, bg=look.BAR, fg=look.ON_BAR, font=look.TITLE, anchor="w", padx=look.px(16),
                             pady=look.px(4))  # fmt: skip
        self.body = tk.Frame(self.top, bg=look.BLACK)
        self.head.grid(row=0, column=0, sticky="ew")
        self.body.grid(row=1, column=0, sticky="nsew")
        self.top.columnconfigure(0, weight=1)
        self.top.rowconfigure(1, weight=1)
        self.body.columnconfigure(0, weight=1)
        self.body.rowconfigure(0, weight=1)
        self._letters = letters
        self._scanner = Scanner(self.top, shell.scanner.given)
        self._scanner.touched = lambda: shell.scanner.touched()
        bind_keys(self.top, keys)
        for number in range(2, 13):
            self.top.bind(f"<F{number}>", lambda event, cap=f"F{number}": self._key_line(cap))  # type: ignore[misc]
        shell.on_cover(self._covered)
        # Its place on one monitor says nothing of another: who sends it elsewhere in the file finds it there.
        remember(self.top, desk, f"viewer.{name} {wanted}", wanted, shell.problem.look, self._zoom)

    def show(self, whose: str) -> None:
        """To the front; ``whose`` stands above the pictures."""
        self.head.configure(text=whose)
        self.top.title(whose)
        self._scanner.letters = dict(self._letters())
        self.wanted = True
        if not self._shell.covered:
            self._raise()

    def hide(self) -> None:
        """Away until it is asked for again."""
        self.wanted = False
        self.top.withdraw()

    def destroy(self) -> None:
        self.top.destroy()

    def _key_line(self, cap: str) -> None:
        """As if the key had been pressed in the window that has the key line."""
        if cap in self._shell.caps:
            self._shell.key(cap).press()

    def _covered(self, covered: bool) -> None:
        if not self.top.winfo_exists():
            return
        if covered:
            self.top.withdraw()
        elif self.wanted:
            self._raise()

    def _raise(self) -> None:
        hidden = self.top.state() == "withdrawn"
        self.top.deiconify()
        if hidden and self._zoomed:
            self._zoomed = False  # once: a person may have made it smaller since
            maximise(self.top)
        self.top.lift()

    def _zoom(self) -> None:
        if self.wanted and not self._shell.covered:
            maximise(self.top)
        else:
            self._zoomed = True
