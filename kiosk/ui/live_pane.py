"""The live picture of a camera on black: the newest one, how many were taken, and why there is none."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from typing import Any

from kiosk.core.camera import Preview
from kiosk.core.words import Sentence, say
from kiosk.ui import look
from kiosk.ui.black_canvas import RING, BlackCanvas

FLASH_MS = 120


class LivePane(BlackCanvas):
    """``on_room(width, height)`` hears how large a picture may be."""

    def __init__(self, parent: tk.Misc, on_room: Callable[[int, int], object]) -> None:
        super().__init__(parent, look.px(640), look.px(400))
        self.configure(cursor="arrow", takefocus=False)
        self._on_room = on_room
        self._size = (0, 0)
        self._data: Any = None
        pad = look.px(10)
        self._plate = self.create_rectangle(0, 0, 0, 0, fill=look.PRIMARY, width=0, state="hidden")
        self._count = self.create_text(pad * 2, pad * 2, anchor="nw", fill=look.CARD, font=look.TITLE, text="")
        self._alarm = self.create_rectangle(0, 0, 0, 0, outline=look.STOP, width=look.px(8), state="hidden")
        self._flash_after: str | None = None
        self.bind("<Configure>", self._resized, add=True)
        self.bind("<Destroy>", lambda event: self._forget_flash(), add=True)

    def show(self, preview: Preview) -> None:
        """Paint the newest picture in the middle."""
        import numpy as np

        shades = np.frombuffer(preview.data, np.uint8).reshape(preview.height, preview.width, 3)
        width, height = self.room()
        self.put(shades, max(0, (width - preview.width) // 2), max(0, (height - preview.height) // 2))

    def review(self, width: int, height: int, data: bytes) -> None:
        """Another picture instead, fitted before: ``width * height * 3`` RGB bytes."""
        self.show(Preview(0, 0.0, width, height, data))

    def count(self, text: str) -> None:
        """How many were taken, at the upper left."""
        self.itemconfigure(self._count, text=text)
        box = self.bbox(self._count)
        self.itemconfigure(self._plate, state="normal" if text else "hidden")
        if text and box:
            pad = look.px(8)
            self.coords(self._plate, box[0] - pad, box[1] - pad // 2, box[2] + pad, box[3] + pad // 2)
        self.tag_raise(self._plate)
        self.tag_raise(self._count)

    def flash(self) -> None:
        """One was taken: seen without looking for it."""
        self._forget_flash()
        self.itemconfigure(self._plate, fill=look.DONE)
        self.configure(highlightbackground=look.LAMP_GOOD)
        self._flash_after = self.after(FLASH_MS, self._calm)

    def alarm(self, why: str | Sentence) -> None:
        """No picture may be taken: red frame and the reason, over whatever was seen last; empty ends it."""
        text = say(why) if why else ""
        self.itemconfigure(self._alarm, state="normal" if text else "hidden")
        if text:
            self.hide_picture()
        self.say_in_middle(text)
        self.tag_raise(self._alarm)

    def _calm(self) -> None:
        self._flash_after = None
        self.itemconfigure(self._plate, fill=look.PRIMARY)
        self.configure(highlightbackground=look.BLACK)

    def _forget_flash(self) -> None:
        if self._flash_after is not None:
            self.after_cancel(self._flash_after)
            self._flash_after = None

    def _resized(self, event: Any) -> None:
        width, height = self.room()
        edge = look.px(4)
        self.coords(self._alarm, RING + edge, RING + edge, RING + width - edge, RING + height - edge)
        if (width, height) != self._size:
            self._size = width, height
            self._on_room(width, height)
