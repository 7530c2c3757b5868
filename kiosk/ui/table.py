"""A list of rows in the look of the kit: states by colour and mark, thousands of rows without a stall."""

from __future__ import annotations

import re
import time
import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import ttk
from typing import Any, Literal

from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.ellipsis import Cutter
from kiosk.ui.tooltip import Tooltip

Words = str | Sentence

SLICE_S = 0.008  # how long one slice of filling may take
PAUSE_MS = 4
AT_ONCE = 60  # rows that fill a screen are there when ``show`` returns
NOTHING = N_("Nothing to show.")
MARK_WIDTH = 40
CELL_PADDING = 10  # clam's padding left and right of a cell's text


@dataclass(frozen=True)
class Column:
    """``name`` is its key; ``width`` in px; ``stretch`` takes spare room; ``sort``: cell -> what is compared."""

    name: str
    title: Words
    width: int
    stretch: bool = False
    right: bool = False
    sort: Callable[[str], Any] | None = None


@dataclass(frozen=True)
class Row:
    """``key`` knows the row across refreshes; ``cells`` in the order of the columns; ``state`` done look stop."""

    key: str
    cells: Sequence[str]
    state: str = ""


def natural(text: str) -> list[tuple[int, int, str]]:
    """Order in which people count: 2 before 10, empty last."""
    if not text:
        return [(2, 0, "")]
    if text.isdecimal():
        return [(0, int(text), "")]
    parts = re.findall(r"\d+|\D+", text)
    return [(0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts]


class Table(ttk.Frame):
    """``show(rows)`` as often as you like: what is the same stays, selection and scroll place are kept."""

    def __init__(
        self,
        parent: tk.Misc,
        columns: Sequence[Column],
        empty: Words = NOTHING,
        on_select: Callable[[str], object] | None = None,
        on_choose: Callable[[str], object] | None = None,
        several: bool = False,
        lines: int = 4,
    ) -> None:
        """``on_select(key)`` when the selection moves (empty key: none), ``on_choose(key)`` by Return or double click.

        ``lines`` is the least number of rows in sight; ``several`` lets more than one be selected.
        """
        super().__init__(parent)
        self._columns = columns
        self._rows: dict[str, Row] = {}
        self._order: list[str] = []  # as given
        self._shown: dict[str, tuple[tuple[str, ...], str]] = {}  # what each item holds: cut cells, state
        self._todo: list[str] = []
        self._after: str | None = None
        self._sorted_by: tuple[int, bool] | None = None
        self._widths: tuple[int, ...] = ()
        self._room = 0
        self._marked = ""
        self._told = ""
        self._on_select, self._on_choose = on_select, on_choose
        self._cutter = Cutter(self, look.TEXT)
        self.rowconfigure(0, weight=1)
        self.columnconfigure(0, weight=1)
        self.tree = tree = ttk.Treeview(self, columns=[c.name for c in columns], height=lines,
                                        selectmode="extended" if several else "browse")  # fmt: skip
        self._bar = bar = ttk.Scrollbar(self, command=tree.yview)
        tree.configure(yscrollcommand=self._scrolled)  # type: ignore[arg-type]
        tree.grid(row=0, column=0, sticky="nsew")
        bar.grid(row=0, column=1, sticky="ns")
        bar.grid_remove()
        tree.column("#0", width=look.px(MARK_WIDTH), minwidth=look.px(MARK_WIDTH), stretch=False, anchor="center")
        for at, column in enumerate(columns):
            anchor: Literal["e", "w"] = "e" if column.right else "w"
            tree.column(column.name, width=look.px(40), minwidth=look.px(40), stretch=False, anchor=anchor)
            tree.heading(column.name, anchor=anchor, command=partial(self.sort_by, at))
        for state, (_, ground) in look.STATES.items():
            if state:
                tree.tag_configure(state, background=ground, foreground=look.INK)
        self._empty = ttk.Label(self, text=say(empty), style="Card.TLabel", foreground=look.SECONDARY)
        self._title()
        tree.bind("<<TreeviewSelect>>", lambda event: self._selected())
        tree.bind("<Double-1>", lambda event: self._choose() if tree.identify_row(event.y) else None)
        tree.bind("<Return>", lambda event: self._choose())
        tree.bind("<Down>", lambda event: self._begin())
        tree.bind("<Up>", lambda event: self._begin())
        tree.bind("<Home>", lambda event: self._go(0))
        tree.bind("<End>", lambda event: self._go(-1))
        for number in range(1, min(9, len(columns)) + 1):  # the headings, for those without a mouse
            tree.bind(f"<Alt-Key-{number}>", lambda event, at=number - 1: self.sort_by(at))  # type: ignore[misc]
        tree.bind("<Configure>", lambda event: self._share_width(event.width), add=True)
        tree.bind("<ButtonRelease-1>", lambda event: self.after_idle(self._widths_changed), add=True)
        Tooltip(tree, self._under_pointer)
        self.bind("<Destroy>", lambda event: self._stop_filling() if event.widget is self else None)
        self._say_if_empty()

    # -- what it holds -----------------------------------------------------------------------------------------

    def show(self, rows: Sequence[Row]) -> None:
        """Show these rows in this order (or in the order of the heading that was pressed).

        Returns after the first screen is there; the rest follows in slices. Two rows with one key: the later wins.
        """
        self._stop_filling()
        self._rows = {row.key: row for row in rows}
        self._order = list(self._rows)
        gone = [key for key in self._shown if key not in self._rows]
        if gone:
            self.tree.delete(*gone)
            for key in gone:
                del self._shown[key]
        self._arrange()

    def update_row(self, row: Row) -> None:
        """Change one row, or add it at the end."""
        if row.key not in self._rows:
            self._order.append(row.key)
            self._rows[row.key] = row
            self._arrange()
            return
        self._rows[row.key] = row
        if row.key in self._shown:
            self._put(row.key)

    @property
    def shown_keys(self) -> list[str]:
        """Keys of all rows in the order shown."""
        return self._in_order()

    def row(self, key: str) -> Row | None:
        return self._rows.get(key)

    @property
    def filling(self) -> bool:
        """True while rows are still being put in."""
        return bool(self._todo)

    def __len__(self) -> int:
        return len(self._rows)

    # -- selection ---------------------------------------------------------------------------------------------

    @property
    def selected(self) -> str:
        """Key of the selected row, empty for none."""
        chosen = self.tree.selection()
        return str(chosen[0]) if chosen else ""

    @property
    def selected_keys(self) -> list[str]:
        return [str(key) for key in self.tree.selection()]

    def select(self, key: str) -> None:
        """Select a row and bring it into sight; an unknown key selects none."""
        if key not in self._rows:
            self.tree.selection_set(())
            return
        if key not in self._shown:
            self._fill_until(key)
        self.tree.selection_set((key,))
        self.tree.focus(key)
        self.tree.see(key)

    def say_when_empty(self, text: Words) -> None:
        """What stands there while there are no rows."""
        self._empty.configure(text=say(text))

    def focus_set(self) -> None:
        """Keys go to the list."""
        self.tree.focus_set()

    # -- order -------------------------------------------------------------------------------------------------

    def sort_by(self, at: int) -> None:
        """Sort by a column: first time upwards, second downwards, third as given."""
        if self._sorted_by == (at, True):
            self._sorted_by = None
        else:
            self._sorted_by = (at, self._sorted_by == (at, False))
        self._title()
        self._arrange()

    def _title(self) -> None:
        for at, column in enumerate(self._columns):
            mark = ""
            if self._sorted_by is not None and self._sorted_by[0] == at:
                mark = " ▼" if self._sorted_by[1] else " ▲"
            self.tree.heading(column.name, text=say(column.title) + mark)

    def _in_order(self) -> list[str]:
        if self._sorted_by is None:
            return list(self._order)
        at, downwards = self._sorted_by
        compare = self._columns[at].sort or natural
        return sorted(self._order, key=lambda key: compare(self._rows[key].cells[at]), reverse=downwards)

    # -- filling -----------------------------------------------------------------------------------------------

    def _arrange(self) -> None:
        self._stop_filling()
        order = self._in_order()
        self._widths = self._now_widths()
        present = [str(key) for key in self.tree.get_children()]
        expected = [key for key in order if key in self._shown]
        if present != expected:
            if present == expected[: len(present)] or not expected:
                pass
            else:
                self.tree.set_children("", *expected)
        self._todo = list(reversed(order))
        self._position = {key: at for at, key in enumerate(order)}
        for _ in range(min(AT_ONCE, len(self._todo))):
            self._put(self._todo.pop())
        self._say_if_empty()
        if self._todo:
            self._after = self.after(PAUSE_MS, self._fill)

    def _fill(self) -> None:
        self._after = None
        until = time.monotonic() + SLICE_S
        while self._todo and time.monotonic() < until:
            self._put(self._todo.pop())
        if self._todo:
            self._after = self.after(PAUSE_MS, self._fill)

    def _fill_until(self, key: str) -> None:
        while self._todo and key not in self._shown:
            self._put(self._todo.pop())

    def _stop_filling(self) -> None:
        if self._after is not None:
            self.after_cancel(self._after)
            self._after = None
        self._todo = []

    def _put(self, key: str) -> None:
        row = self._rows[key]
        cells = tuple(self._cut(text, at) for at, text in enumerate(row.cells))
        now = (cells, row.state)
        before = self._shown.get(key)
        if before == now:
            return
        tags = (row.state,) if row.state else ()
        if before is None:
            # Tk counts its way to a place by number; to the end it jumps.
            place = self._position.get(key, len(self._shown))
            where: int | Literal["end"] = place if place < len(self._shown) else "end"
            self.tree.insert("", where, iid=key, text=self._mark(key, row.state), values=cells,
                             tags=tags)  # fmt: skip
        else:
            self.tree.item(key, text=self._mark(key, row.state), values=cells, tags=tags)
        self._shown[key] = now

    def _mark(self, key: str, state: str) -> str:
        return ("▶" if key == self._marked else "") + look.MARKS[state]

    def _cut(self, text: str, at: int) -> str:
        return self._cutter.cut(text, self._widths[at] - look.px(CELL_PADDING))

    def _now_widths(self) -> tuple[int, ...]:
        return tuple(int(self.tree.column(column.name, "width")) for column in self._columns)  # type: ignore[call-overload]

    def _share_width(self, width: int) -> None:
        """Give the columns all of the room: spare pixels to those that stretch, missing ones taken from these first."""
        asked = [look.px(column.width) for column in self._columns]
        room = width - look.px(MARK_WIDTH) - 4
        if room < look.px(100) or room == self._room:
            return
        self._room = room
        spare = room - sum(asked)
        elastic = [at for at, column in enumerate(self._columns) if column.stretch] or [len(asked) - 1]
        if spare < 0:  # the stretching columns give by their width, up to half of it; then all give their share
            wide = sum(asked[at] for at in elastic)
            gives = {at: min(asked[at] // 2, -(spare * asked[at] // wide)) for at in elastic}
            asked = [each - gives.get(at, 0) for at, each in enumerate(asked)]
            if sum(asked) > room:
                asked = [each * room // sum(asked) for each in asked]
        else:
            for at in elastic:
                asked[at] += spare // len(elastic)
        for column, each in zip(self._columns, asked, strict=True):
            self.tree.column(column.name, width=max(look.px(40), each))
        self._widths_changed()

    def _scrolled(self, first: str, last: str) -> None:
        self._bar.set(first, last)
        needed = float(first) > 0 or float(last) < 1
        if needed != bool(self._bar.winfo_manager()):
            # Not while Tk is laying the list out: taking the bar away changes its width.
            self.after_idle(self._bar.grid if needed else self._bar.grid_remove)

    def _widths_changed(self) -> None:
        if self.winfo_exists() and self._now_widths() != self._widths:
            self._arrange()

    def _say_if_empty(self) -> None:
        if self._rows:
            self._empty.place_forget()
        else:
            self._empty.place(relx=0.5, rely=0.5, anchor="center")

    # -- what a person does ------------------------------------------------------------------------------------

    def _selected(self) -> None:
        key = self.selected
        before, self._marked = self._marked, key
        for each in (before, key):
            if each in self._shown and each in self._rows:
                self.tree.item(each, text=self._mark(each, self._rows[each].state))
        if key != self._told:
            self._told = key
            if self._on_select is not None:
                self._on_select(key)

    def _choose(self) -> str:
        if self.selected and self._on_choose is not None:
            self._on_choose(self.selected)
        return "break"

    def _go(self, at: int) -> str:
        keys = self._in_order()
        if keys:
            self.select(keys[at])
        return "break"

    def _begin(self) -> str | None:
        """An arrow key where nothing is selected (the rows may be others than a moment ago): the first row."""
        return None if self.tree.selection() else self._go(0)

    def _under_pointer(self, event: tk.Event) -> str:
        key, column = self.tree.identify_row(event.y), self.tree.identify_column(event.x)
        at = int(column[1:]) - 1 if column else -1
        if key not in self._shown or not 0 <= at < len(self._columns):
            return ""
        full = self._rows[key].cells[at]
        return full if self._shown[key][0][at] != full else ""
