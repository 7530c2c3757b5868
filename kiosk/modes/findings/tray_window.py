"""The visit's key images beside the finding: which of them go on the page, and a large look at each."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, say
from kiosk.ui import look

THUMB_PX = (128, 96)
GAP_PX = 4


class Thumb(tk.Frame):
    """One key image: Return, space or a click puts it on the page or takes it off; double click shows it large."""

    def __init__(self, parent: tk.Misc, tray: TrayView, image: Any) -> None:
        super().__init__(parent, bg=look.CARD, takefocus=True, highlightthickness=3, cursor="hand2",
                         highlightbackground=look.CARD, highlightcolor=look.PRIMARY)  # fmt: skip
        self.image = image
        self._photo: tk.PhotoImage | None = None
        wide, high = (look.px(each) for each in THUMB_PX)
        frame = tk.Frame(self, bg=look.BLACK, width=wide, height=high)
        frame.pack_propagate(False)
        self._picture = tk.Label(frame, bg=look.BLACK, fg=look.ON_BLACK, font=look.CAPTION)
        self._caption = tk.Label(self, bg=look.CARD, fg=look.INK, font=look.CAPTION, anchor="w")
        self._picture.pack(expand=True)
        frame.pack()
        self._caption.pack(fill="x")
        for part in (self, frame, self._picture, self._caption):
            part.bind("<Button-1>", lambda event: self._pressed(tray))
            part.bind("<Double-1>", lambda event: tray.enlarge(image.id))
        for key in ("<Return>", "<space>"):
            self.bind(key, lambda event: self._pressed(tray))
        self.bind("<Destroy>", lambda event: self._drop())

    def paint(self, png: bytes) -> None:
        """Show the picture."""
        self._photo = tk.PhotoImage(master=self, data=png)
        self._picture.configure(image=self._photo, text="")

    def fails(self, text: str) -> None:
        """Say why there is none."""
        self._picture.configure(text=text, wraplength=look.px(THUMB_PX[0] - 8))

    def _drop(self) -> None:
        self._photo = None  # here and now: Tk must not be told of it by a worker that happens to collect garbage

    def mark(self, place: int) -> None:
        """``place``: its number on the page, 0 when it is not on it."""
        said = say(N_("✓ on the page: {n}"), n=place) if place else say(N_("not on the page"))
        self._caption.configure(text=said, fg=look.DONE if place else look.SECONDARY)
        self.configure(highlightbackground=look.DONE if place else look.CARD)

    def _pressed(self, tray: TrayView) -> str:
        self.focus_set()
        tray.toggle(self.image.id)
        return "break"


class TrayView(ttk.Frame):
    """Thumbnails beside each other, scrolled. ``picture(id, w, h)`` answers PNG; ``toggled(id)``, ``enlarged(id)``."""

    def __init__(
        self,
        parent: tk.Misc,
        picture: Callable[[int, int, int], Any],
        toggled: Callable[[int], object],
        enlarged: Callable[[int], object],
    ) -> None:
        super().__init__(parent, style="Card.TFrame", padding=look.px(8))
        self._ask, self._toggled, self.enlarge = picture, toggled, enlarged
        self.thumbs: dict[int, Thumb] = {}
        self._across = 0
        self._enabled = True
        self.columnconfigure(0, weight=1)
        self.rowconfigure(1, weight=1)
        ttk.Label(self, text=say(N_("Key images")), style="Card.Caption.TLabel").grid(row=0, column=0, sticky="w")
        self._canvas = tk.Canvas(self, bg=look.CARD, highlightthickness=0, width=look.px(300), height=look.px(120))
        self._bar = ttk.Scrollbar(self, command=self._canvas.yview)
        self._canvas.configure(yscrollcommand=self._bar.set)
        self._inside = tk.Frame(self._canvas, bg=look.CARD)
        self._canvas.create_window(0, 0, window=self._inside, anchor="nw")
        self._inside.bind("<Configure>", lambda event: self._measure())
        self._canvas.bind("<Configure>", lambda event: self._measure())
        self._canvas.grid(row=1, column=0, sticky="nsew")
        self._bar.grid(row=1, column=1, sticky="ns")
        self._none = ttk.Label(self, style="Card.TLabel", foreground=look.SECONDARY, wraplength=look.px(270),
                               text=say(N_("None yet. Take one over in the viewer.")))  # fmt: skip

    def show(self, images: Sequence[Any], on_page: Sequence[int]) -> None:
        """Show these key images; those that are there already keep their picture."""
        wanted = {image.id: image for image in images}
        for gone in [key for key in self.thumbs if key not in wanted]:
            self.thumbs.pop(gone).destroy()
        for key, image in wanted.items():
            if key not in self.thumbs:
                self.thumbs[key] = self._made(key, image)
        self._across = 0
        self._measure()
        self.mark(on_page)
        if wanted:
            self._none.grid_remove()
        else:
            self._none.grid(row=1, column=0, sticky="n", pady=look.px(24))

    def mark(self, on_page: Sequence[int]) -> None:
        """Mark those that go on the page, with their number there."""
        for key, thumb in self.thumbs.items():
            thumb.mark(on_page.index(key) + 1 if key in on_page else 0)

    def enable(self, on: bool) -> None:
        """Whether they may be put on the page and taken off."""
        self._enabled = on

    def toggle(self, key: int) -> None:
        """Put it on the page or take it off."""
        if self._enabled:
            self._toggled(key)

    def clear(self) -> None:
        """Nothing is open."""
        self.show([], [])

    @property
    def focused(self) -> int:
        """The key image that has the focus, else the first one; 0 when there is none."""
        focus = self.focus_get()
        for key, thumb in self.thumbs.items():
            if thumb is focus:
                return key
        return next(iter(self.thumbs), 0)

    def _made(self, key: int, image: Any) -> Thumb:
        thumb = Thumb(self._inside, self, image)

        def paint(png: bytes) -> None:
            if thumb.winfo_exists():
                thumb.paint(png)

        def fails(fault: Any) -> None:
            if thumb.winfo_exists():
                thumb.fails(say(fault.sentence))

        self._ask(key, *(look.px(each) for each in THUMB_PX)).then(paint, fails)
        thumb.bind("<FocusIn>", lambda event: self._see(thumb), add=True)
        return thumb

    def _see(self, thumb: Thumb) -> None:
        whole = max(1, self._inside.winfo_height())
        self._canvas.yview_moveto(max(0, thumb.winfo_y() - look.px(8)) / whole)

    def _measure(self) -> None:
        """As many beside each other as the width allows; the scrollbar only where it is needed."""
        wide = next((thumb.winfo_reqwidth() for thumb in self.thumbs.values()), 1) + look.px(GAP_PX)
        across = max(1, self._canvas.winfo_width() // wide)
        if across != self._across:
            self._across = across
            for at, thumb in enumerate(self.thumbs.values()):
                thumb.grid(row=at // across, column=at % across, padx=look.px(GAP_PX) // 2, pady=look.px(GAP_PX) // 2)
            self._inside.update_idletasks()
        self._canvas.configure(scrollregion=(0, 0, self._inside.winfo_reqwidth(), self._inside.winfo_reqheight()))
        needed = self._inside.winfo_reqheight() > self._canvas.winfo_height()
        if needed:
            self._bar.grid()
        else:
            self._bar.grid_remove()


class BigPicture(tk.Frame):
    """One key image as large as the work; arrows go to the next one, Esc, Return or a click closes it."""

    def __init__(
        self,
        work: tk.Misc,
        images: Mapping[int, str],  # and what stands below each on paper
        first: int,
        picture: Callable[..., Any],
        closed: Callable[[], object],
    ) -> None:
        super().__init__(work, bg=look.BLACK, takefocus=True)
        self._captions = dict(images)
        self._images, self._at = list(images), list(images).index(first)
        self._ask, self._closed = picture, closed
        self._photo: tk.PhotoImage | None = None
        self._label = tk.Label(self, bg=look.BLACK, fg=look.ON_BLACK, font=look.TEXT)
        self._label.place(relx=0.5, rely=0.5, anchor="center")
        self._number = tk.Label(self, bg=look.BLACK, fg=look.ON_BLACK, font=look.TEXT)
        self._number.place(x=look.px(12), y=look.px(8))
        self.place(relx=0, rely=0, relwidth=1, relheight=1)
        self.lift()
        self.bind("<Left>", lambda event: self._go(-1))
        self.bind("<Right>", lambda event: self._go(1))
        self.bind("<Return>", lambda event: self.close())
        for part in (self, self._label):
            part.bind("<Button-1>", lambda event: self.close())
        self.bind("<Destroy>", lambda event: self._drop())
        self.focus_set()
        self.update_idletasks()
        self._show()

    def close(self) -> str:
        """Back to the finding."""
        self.destroy()
        self._closed()
        return "break"

    def _drop(self) -> None:
        self._photo = None  # see Thumb

    @property
    def painted(self) -> bool:
        """The picture is on the screen."""
        return self._photo is not None

    def _go(self, step: int) -> str:
        self._at = (self._at + step) % len(self._images)
        self._show()
        return "break"

    def _show(self) -> None:
        shown = self._images[self._at]
        self._number.configure(text=f"{self._at + 1} / {len(self._images)}  {self._captions[shown]}".rstrip())

        def paint(png: bytes) -> None:
            if self.winfo_exists() and self._images[self._at] == shown:
                self._photo = tk.PhotoImage(master=self, data=png)
                self._label.configure(image=self._photo, text="")

        def fails(fault: Any) -> None:
            if self.winfo_exists():
                self._label.configure(image="", text=fault.told())

        wide, high = max(200, self.winfo_width()), max(200, self.winfo_height())
        self._ask(shown, wide, high, True).then(paint, fails)
