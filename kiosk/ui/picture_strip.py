"""A strip of thumbnails, two beside each other, newest first: chosen by click or arrow keys, scrolled by wheel."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import TYPE_CHECKING, Any

from kiosk.core.words import Sentence, say
from kiosk.ui import look
from kiosk.ui.ellipsis import Cutter

if TYPE_CHECKING:
    from PIL.ImageTk import PhotoImage

COLUMNS = 2
THUMB = (128, 96)  # px at normal size; pictures are fitted in


@dataclass(frozen=True)
class Thumb:
    """``pixels``: width, height, RGB bytes; None while they are being made."""

    key: str
    caption: str
    pixels: tuple[int, int, bytes] | None = None
    state: str = ""  # done look stop, as in look.STATES


class PictureStrip(ttk.Frame):
    """``on_select(key)`` when one is chosen by a person; ``on_open(key)`` by double click or Return."""

    def __init__(
        self,
        parent: tk.Misc,
        *,
        empty: str | Sentence = "",
        on_select: Callable[[str], object] = lambda key: None,
        on_open: Callable[[str], object] = lambda key: None,
        columns: int = COLUMNS,
    ) -> None:
        super().__init__(parent)
        self._on_select, self._on_open = on_select, on_open
        self._columns = columns
        self._thumbs: list[Thumb] = []
        self._photos: dict[str, tuple[int, PhotoImage]] = {}
        self.selected = ""
        self._empty = say(empty)
        self._width, self._height = look.px(THUMB[0]), look.px(THUMB[1])
        self._gap = look.px(10)
        self._line = look.px(26)
        wide = columns * (self._width + self._gap) + self._gap
        self._canvas = tk.Canvas(self, width=wide, bg=look.CARD, highlightthickness=1, takefocus=True,
                                 highlightbackground=look.LINE, highlightcolor=look.PRIMARY)  # fmt: skip
        bar = ttk.Scrollbar(self, orient="vertical", command=self._canvas.yview)
        self._canvas.configure(yscrollcommand=bar.set)
        self._canvas.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self._cut = Cutter(self, look.CAPTION)
        self._canvas.bind("<Button-1>", self._clicked)
        self._canvas.bind("<Double-Button-1>", lambda event: self.selected and self._on_open(self.selected))
        self._canvas.bind("<Return>", lambda event: self.selected and self._on_open(self.selected))
        for key, step in (("Left", -1), ("Right", 1), ("Up", -columns), ("Down", columns)):
            self._canvas.bind(f"<{key}>", lambda event, step=step: self._step(step))  # type: ignore[misc]
        self._canvas.bind("<MouseWheel>", lambda event: self._scroll(-1 if event.delta > 0 else 1))
        self._canvas.bind("<Button-4>", lambda event: self._scroll(-1))
        self._canvas.bind("<Button-5>", lambda event: self._scroll(1))
        self._draw()

    def show(self, thumbs: Sequence[Thumb]) -> None:
        """All of them, in the order in which they stand."""
        self._thumbs = list(thumbs)
        keys = {each.key for each in thumbs}
        self._photos = {key: photo for key, photo in self._photos.items() if key in keys}
        if self.selected not in keys:
            self.selected = ""
        self._draw()

    def select(self, key: str) -> None:
        """Mark one (empty: none) without calling ``on_select``."""
        self.selected = key
        self._draw()

    def focus_set(self) -> None:  # type: ignore[override]
        self._canvas.focus_set()

    @property
    def shown(self) -> list[Thumb]:
        return list(self._thumbs)

    # -- inside --------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        canvas = self._canvas
        canvas.delete("all")
        if not self._thumbs:
            canvas.create_text(look.px(16), look.px(16), anchor="nw", text=self._empty, fill=look.SECONDARY,
                               font=look.TEXT, width=int(canvas["width"]) - look.px(32))  # fmt: skip
        for at, each in enumerate(self._thumbs):
            x, y = self._place(at)
            fore, ground = look.STATES[each.state]
            chosen = each.key == self.selected
            canvas.create_rectangle(
                x - self._gap // 2, y - self._gap // 2, x + self._width + self._gap // 2,
                y + self._height + self._line, fill=look.SELECTED if chosen else ground,
                outline=look.PRIMARY if chosen else ground, width=2,
            )  # fmt: skip
            canvas.create_rectangle(x, y, x + self._width, y + self._height, fill=look.BLACK, width=0)
            photo = self._photo(each)
            if photo is not None:
                canvas.create_image(x + self._width // 2, y + self._height // 2, image=photo)
            text = self._cut.cut(each.caption, self._width)
            canvas.create_text(x, y + self._height + look.px(3), anchor="nw", text=text, fill=fore, font=look.CAPTION)
        rows = -(-len(self._thumbs) // self._columns)
        height = rows * (self._height + self._line + self._gap) + self._gap
        canvas.configure(scrollregion=(0, 0, int(canvas["width"]), height), yscrollincrement=look.px(40))

    def _place(self, at: int) -> tuple[int, int]:
        row, column = divmod(at, self._columns)
        return self._gap + column * (self._width + self._gap), self._gap + row * (self._height + self._line + self._gap)

    def _photo(self, thumb: Thumb) -> PhotoImage | None:
        if thumb.pixels is None:
            return None
        known = self._photos.get(thumb.key)
        if known is not None and known[0] == hash(thumb.pixels):
            return known[1]
        from PIL import Image, ImageTk

        width, height, data = thumb.pixels
        picture = Image.frombytes("RGB", (width, height), data)
        picture.thumbnail((self._width, self._height))
        photo = ImageTk.PhotoImage(picture, master=self)
        self._photos[thumb.key] = hash(thumb.pixels), photo
        return photo

    def _clicked(self, event: Any) -> None:
        self._canvas.focus_set()
        y = int(self._canvas.canvasy(event.y))
        for at, each in enumerate(self._thumbs):
            left, top = self._place(at)
            if left <= event.x <= left + self._width and top <= y <= top + self._height + self._line:
                self._choose(each.key)
                return
        self._choose("")

    def _step(self, by: int) -> str:
        keys = [each.key for each in self._thumbs]
        if keys:
            at = keys.index(self.selected) + by if self.selected in keys else 0
            self._choose(keys[min(max(at, 0), len(keys) - 1)])
            _, top = self._place(keys.index(self.selected))
            region = float(str(self._canvas.cget("scrollregion")).split()[3]) or 1.0
            height = self._canvas.winfo_height()
            if not self._canvas.canvasy(0) <= top <= self._canvas.canvasy(height) - self._height:
                self._canvas.yview_moveto(max(0.0, (top - self._gap) / region))
        return "break"

    def _scroll(self, by: int) -> None:
        self._canvas.yview_scroll(by, "units")

    def _choose(self, key: str) -> None:
        self.select(key)
        self._on_select(key)
