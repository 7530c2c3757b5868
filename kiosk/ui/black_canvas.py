"""The black ground of pictures: one image that is painted over and over, words in the corners and in the middle."""

from __future__ import annotations

import tkinter as tk
from typing import TYPE_CHECKING, Any

from kiosk.ui import look

if TYPE_CHECKING:
    from PIL.ImageTk import PhotoImage

    from kiosk.ui.painting import Pixels

RING = 2  # px of focus ring around the room for the picture
CORNERS = {"nw": (0.0, 0.0), "ne": (1.0, 0.0), "sw": (0.0, 1.0), "se": (1.0, 1.0)}
OUTLINE = ((-1, -1), (1, -1), (-1, 1), (1, 1), (0, 0))  # where the words are drawn, the last time in light


class BlackCanvas(tk.Canvas):
    """Paints shades where it is told to, and keeps the words over them readable."""

    def __init__(self, parent: tk.Misc, width: int, height: int) -> None:
        super().__init__(parent, width=width, height=height, bg=look.BLACK, highlightthickness=RING, takefocus=True,
                         highlightbackground=look.BLACK, highlightcolor=look.LAMP_OFF, cursor="crosshair")  # fmt: skip
        self._photo: PhotoImage | None = None
        self._photo_is: tuple[str, tuple[int, int]] = ("", (0, 0))
        self._image = self.create_image(RING, RING, anchor="nw", state="hidden")
        self._told = self.create_text(0, 0, fill=look.ON_BLACK, font=look.TEXT, justify="center", width=look.px(500))
        self._corners = {name: self._corner_items(name) for name in CORNERS}
        self.bind("<Configure>", lambda event: self._place_words(), add=True)

    def room(self) -> tuple[int, int]:
        """Width and height inside the focus ring, px, at least 1."""
        return max(1, self.winfo_width() - 2 * RING), max(1, self.winfo_height() - 2 * RING)

    def corner(self, name: str, text: str) -> None:
        """Words in a corner (``nw ne sw se``), over the picture; lines by line breaks."""
        for item in self._corners[name]:
            self.itemconfigure(item, text=text)

    def say_in_middle(self, text: str) -> None:
        """Words where a picture would be."""
        self.itemconfigure(self._told, text=text)

    def hide_picture(self) -> None:
        """Nothing of the picture is in sight."""
        self.itemconfigure(self._image, state="hidden")

    def put(self, shades: Pixels, left: int, top: int) -> None:
        """One image of the size in sight is kept and painted over: a new one each time costs half as much again."""
        import numpy as np
        from PIL import Image, ImageTk

        mode, size = "RGB" if shades.ndim == 3 else "L", (shades.shape[1], shades.shape[0])
        if self._photo is None or self._photo_is != (mode, size):
            self._photo, self._photo_is = ImageTk.PhotoImage(mode, size, master=self), (mode, size)
            self.itemconfigure(self._image, image=self._photo)
        shades = np.ascontiguousarray(shades)
        self._photo.paste(Image.frombuffer(mode, size, shades, "raw", mode, 0, 1))
        self.coords(self._image, left + RING, top + RING)
        self.itemconfigure(self._image, state="normal")

    def _place_words(self) -> None:
        width, height = self.room()
        for name, items in self._corners.items():
            across, down = CORNERS[name]
            x = look.px(8) + across * (width - look.px(16))
            y = look.px(6) + down * (height - look.px(12))
            for item, (right, lower) in zip(items, OUTLINE, strict=True):
                self.coords(item, x + right, y + lower)
        self.coords(self._told, width / 2, height / 2)
        self.itemconfigure(self._told, width=max(look.px(100), min(look.px(500), width - look.px(32))))

    def _corner_items(self, name: str) -> list[int]:
        """Words with a dark outline: they must be read on bone as on air."""
        justify: Any = "left" if "w" in name else "right"
        anchor: Any = name
        fills = [look.BLACK] * (len(OUTLINE) - 1) + [look.ON_BLACK]
        return [self.create_text(0, 0, anchor=anchor, justify=justify, fill=fill, font=look.TEXT) for fill in fills]
