"""Schema drawing (シェーマ): tools, stamps and colours at the left, the sheet at the right; and its small picture."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk

from kiosk.core import drawing as core
from kiosk.core.drawing import Background, Drawing, Mark, Piece, Stroke
from kiosk.core.words import N_, say
from kiosk.modes.findings.drawing_canvas import SELECT, DrawingCanvas, paint
from kiosk.modes.findings.sketch_rules import Sketch
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField
from kiosk.ui.shell import Key

TOOLS = {
    SELECT: ("v", N_("choose")),
    core.PEN: ("p", N_("pen")),
    core.LINE: ("l", N_("line")),
    core.ARROW: ("a", N_("arrow")),
    core.ELLIPSE: ("o", N_("circle")),
    core.HATCH: ("h", N_("hatch")),
    core.TEXT: ("t", N_("letters")),
}
INKS = {"black": ("k", N_("black")), "red": ("r", N_("red")), "blue": ("b", N_("blue"))}
STAMP_KEYS = "1234567890"
SIZE_WORDS = (N_("small"), N_("middle"), N_("large"))
CELL_PX = (122, 48)
ACROSS = 4


class Cell(tk.Canvas):
    """One choice of the palette: its sign, its words and its key; touched, or by Return and space."""

    def __init__(self, parent: tk.Misc, pieces: Sequence[Piece], words: str, cap: str, press: Callable[[], object]):
        wide, high = (look.px(each) for each in CELL_PX)
        super().__init__(parent, width=wide, height=high, highlightthickness=2, takefocus=True, cursor="hand2")
        self._pieces, self._words, self._cap = pieces, words, cap
        for event in ("<Button-1>", "<Return>", "<space>"):
            self.bind(event, lambda event: press())
        self.mark(False)

    def mark(self, on: bool) -> None:
        """Show whether it is the one in force."""
        self.delete("all")
        ground, ink = (look.SELECTED, look.PRIMARY) if on else (look.CARD, look.INK)
        self.configure(bg=ground, highlightbackground=look.PRIMARY if on else look.LINE, highlightcolor=look.INK)
        high = look.px(CELL_PX[1])
        paint(self, self._pieces, high / 60, look.px(4), 0, "sign")
        self.create_text(look.px(46), high / 2, text=self._words, anchor="w", fill=ink,
                         font=look.TEXT_BOLD if on else look.TEXT)  # fmt: skip
        self.create_text(look.px(CELL_PX[0]) - 4, high - 4, text=self._cap, anchor="se", fill=look.SECONDARY,
                         font=look.CAPTION)  # fmt: skip


_SIZE_SIGN = [Stroke(core.ellipse((6 + dx, 40 - 2 * r), (6 + dx + 2 * r, 40)), 3, look.INK)
              for dx, r in ((0, 5), (14, 11))]  # fmt: skip


def _sign(tool: str) -> list[Piece]:
    """A tool's sign in a field of 60 x 60."""
    if tool == SELECT:
        arrow = ((14.0, 8.0), (14.0, 44.0), (23.0, 35.0), (30.0, 50.0), (36.0, 47.0), (29.0, 33.0), (42.0, 33.0))
        return [Stroke((*arrow, arrow[0]), 0, look.INK, look.INK)]
    ways = {core.PEN: ((8.0, 40.0), (18.0, 20.0), (28.0, 36.0), (36.0, 18.0), (46.0, 30.0)),
            core.TEXT: ((24.0, 30.0),), core.STAMP: ((28.0, 30.0),)}  # fmt: skip
    return core.pieces_of(Mark(tool, ways.get(tool, ((8.0, 44.0), (46.0, 16.0))), text="文", size=26))


class DrawingView(ttk.Frame):
    """``changed(drawing)`` is called after each act, None while nothing is drawn."""

    def __init__(
        self,
        parent: tk.Misc,
        changed: Callable[[Drawing | None], object],
        told: Callable[[str], object],
        back: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self._tell_changed, self._told, self._back = changed, told, back
        self._backgrounds: Sequence[Background] = ()
        self._last: Drawing | None = None
        self.cells: dict[str, Cell] = {}
        self.columnconfigure(1, weight=1)
        self.rowconfigure(0, weight=1)
        self.canvas = DrawingCanvas(self, self._changed)
        side = ttk.Frame(self)
        side.grid(row=0, column=0, sticky="ns", padx=(0, look.px(12)))
        self.canvas.grid(row=0, column=1, sticky="nsew")
        self.background = ChoiceField(side, N_("Background"), {}, width=22)
        self.background.grid(row=0, column=0, columnspan=ACROSS, sticky="ew", pady=(0, look.px(8)))
        self.background.on_change(self._put_on)
        at = ACROSS
        for tool, (cap, words) in TOOLS.items():
            at = self._cell(side, at, tool, _sign(tool), words, cap, partial(self.choose, tool))
        at = self._cell(side, at, "size", _SIZE_SIGN, SIZE_WORDS[1], "s", self.next_size)
        for cap, (stamp, words) in zip(STAMP_KEYS, core.STAMPS.items(), strict=True):
            sign = core.pieces_of(Mark(core.STAMP, ((28.0, 30.0),), text=stamp, size=20))
            at = self._cell(side, at, f"stamp {stamp}", sign, words, cap, partial(self.choose, core.STAMP, stamp))
        at += -at % ACROSS
        for colour, (cap, words) in INKS.items():
            sign = [Stroke(core.ellipse((12, 16), (42, 46)), 0, "", core.COLOURS[colour])]
            at = self._cell(side, at, colour, sign, words, cap, partial(self.ink, colour))
        self._hint = ttk.Label(side, style="Caption.TLabel", wraplength=look.px(470), justify="left", text=say(N_(
            "Without a mouse: arrows move the cross, Return puts a stamp or the ends of a line. n goes from mark to "
            "mark; arrows move the chosen one, Delete takes it away.")))  # fmt: skip
        self._hint.grid(row=at // ACROSS + 1, column=0, columnspan=ACROSS, sticky="w", pady=(look.px(8), 0))
        self._mark()

    def _cell(
        self, side: tk.Misc, at: int, name: str, sign: Sequence[Piece], words: str, cap: str, do: Callable[[], object]
    ) -> int:
        self.cells[name] = cell = Cell(side, sign, say(words), cap, do)
        cell.grid(row=at // ACROSS, column=at % ACROSS, padx=(0, look.px(4)), pady=(0, look.px(4)))
        return at + 1

    # -- showing -----------------------------------------------------------------------------------------------

    def show(
        self, drawing: Drawing | None, backgrounds: Sequence[Background], last: Drawing | None, editable: bool
    ) -> None:
        """Show a drawing, or an empty sheet with the first background; ``last`` is last time's."""
        self._backgrounds, self._last = backgrounds, last
        first = backgrounds[0].code if backgrounds else ""
        self.canvas.sketch = Sketch(drawing or Drawing(first))
        self.canvas.editable = editable
        self.background.offer({**{each.code: each.name for each in backgrounds}, "": N_("white sheet")})
        self.background.enable(editable)
        self._show_ground()
        self.canvas.show()
        self.canvas.focus_set()

    def _show_ground(self) -> None:
        code = self.canvas.sketch.drawing.background
        self.background.set(code)
        self.canvas.ground = next((each.pieces() for each in self._backgrounds if each.code == code), ())

    def _changed(self) -> None:
        self._show_ground()
        drawing = self.canvas.sketch.drawing
        self._tell_changed(drawing if drawing.marks else None)

    # -- acts --------------------------------------------------------------------------------------------------

    def choose(self, tool: str, stamp: str = "") -> None:
        """Take a tool, or a stamp."""
        if stamp:
            self.canvas.stamp = stamp
        self.canvas.choose(tool)
        self._mark()
        self.canvas.focus_set()

    def ink(self, colour: str) -> None:
        """Take a colour."""
        self.canvas.colour = colour
        self._mark()
        self.canvas.focus_set()

    def next_size(self) -> None:
        """The next size of stamps and letters."""
        at = (core.SIZES.index(self.canvas.size) + 1) % len(core.SIZES)
        self.canvas.size = core.SIZES[at]
        self.cells["size"]._words = say(SIZE_WORDS[at])
        self._mark()
        self.canvas.focus_set()

    def _mark(self) -> None:
        canvas = self.canvas
        on = {canvas.colour, f"stamp {canvas.stamp}" if canvas.tool == core.STAMP else canvas.tool}
        for name, cell in self.cells.items():
            cell.mark(name in on)

    def _put_on(self) -> None:
        code = self.background.get()
        if code != self.canvas.sketch.drawing.background:
            self.canvas.act(lambda sketch: sketch.put_on(code))
            self.canvas.show()

    def step(self, forth: bool) -> None:
        """Undo or redo."""
        gone = self.canvas.sketch.redo() if forth else self.canvas.sketch.undo()
        if not gone:
            self._told(N_("There is nothing to undo.") if not forth else N_("There is nothing to redo."))
            return
        self._changed()
        self.canvas.show()

    def begin_with_last(self) -> None:
        """Last time's drawing, to be changed where it is no longer true."""
        last = self._last
        if last is not None:
            self.canvas.act(lambda sketch: sketch.begin_with(last))
            self.canvas.show()

    def _select_next(self) -> None:
        self.choose(SELECT)
        self.canvas.sketch.select_next()
        self.canvas.show()

    def keys(self) -> list[Key]:
        """The keys of this page."""
        only_seen = "" if self.canvas.editable else N_("This finding can only be read now.")
        no_last = only_seen or ("" if self._last is not None else N_("There is no drawing of last time."))
        return [
            Key("F5", N_("Done"), self._back),
            Key("F6", N_("Undo"), lambda: self.step(False), repeats=True, why=only_seen),
            Key("F7", N_("Redo"), lambda: self.step(True), repeats=True, why=only_seen),
            Key("F8", N_("Delete"), lambda: self.canvas.act(lambda sketch: sketch.delete()), why=only_seen),
            Key("F9", N_("Last time's drawing"), self.begin_with_last, why=no_last),
            Key("Esc", N_("Back"), self._back),
        ]

    def letters(self) -> dict[str, Callable[[], object]]:
        """Single keys of the palette."""
        found: dict[str, Callable[[], object]] = {"n": self._select_next, "s": self.next_size}
        found |= {cap: partial(self.choose, tool) for tool, (cap, _) in TOOLS.items()}
        found |= {cap: partial(self.ink, colour) for colour, (cap, _) in INKS.items()}
        stamps = zip(STAMP_KEYS, core.STAMPS, strict=True)
        return found | {cap: partial(self.choose, core.STAMP, stamp) for cap, stamp in stamps}


class DrawingThumb(tk.Frame):
    """The drawing small, beside the finding: pressing it, Return or space opens it."""

    def __init__(self, parent: tk.Misc, open_it: Callable[[], object]) -> None:
        super().__init__(parent, bg=look.CARD, takefocus=True, highlightthickness=2, cursor="hand2",
                         highlightbackground=look.LINE, highlightcolor=look.PRIMARY)  # fmt: skip
        self.backgrounds: Sequence[Background] = ()
        self.shown: Drawing | None = None
        self.columnconfigure(1, weight=1)
        wide, high = look.px(112), look.px(84)
        self._sheet = tk.Canvas(self, width=wide, height=high, bg=look.CARD, highlightthickness=0)
        self._words = tk.Label(self, bg=look.CARD, fg=look.INK, font=look.TEXT, anchor="w", justify="left",
                               pady=look.px(10))  # fmt: skip
        self._sheet.grid(row=0, column=0, padx=look.px(4), pady=look.px(4))
        self._words.grid(row=0, column=1, sticky="w", padx=look.px(8))
        for part in (self, self._sheet, self._words):
            part.bind("<Button-1>", lambda event: open_it())
        for key in ("<Return>", "<space>"):
            self.bind(key, lambda event: open_it())

    def show(self, drawing: Drawing | None) -> None:
        """Show the drawing of the finding, None for none."""
        self.shown = drawing
        self._sheet.delete("all")
        words = say(N_("Schema drawing (F1)"))
        if drawing is None:
            self._sheet.grid_remove()
            self._words.configure(text=f"{words}  {say(N_('none'))}")
            return
        self._sheet.grid()
        ground = next((each.pieces() for each in self.backgrounds if each.code == drawing.background), [])
        pieces = [*ground, *(piece for mark in drawing.marks for piece in core.pieces_of(mark))]
        paint(self._sheet, pieces, look.px(112) / core.WIDTH, 0, 0, "sheet")
        self._words.configure(text=f"{words}\n{say(N_('{n} marks'), n=len(drawing.marks))}")
