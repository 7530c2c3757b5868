"""The fields of one part of the body: a row for each field, a column for each place, filled in by keyboard alone.

A cell is an entry: a digit, a letter or the beginning of a choice, a number, some words; arrows and Return go on, and
what was typed is taken over then. What can be typed stands below.
"""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk
from typing import Any

from kiosk.core.finding_fields import CODE, Field, Part
from kiosk.core.judgement import found_codes
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.findings.rules import Editor
from kiosk.ui import ime, look

LOW_ROW, HIGH_ROW = 27, 40  # px
HINT_LINES, MOST_HINT_LINES = 3, 6
MOST_CODES = 8  # that are offered in the hint


class Cell:
    """One value. ``take(text)`` reads what was typed: the value, None where it cannot be one."""

    def __init__(self, grid: FieldGrid, part: Part, field: Field, place: str) -> None:
        self.part, self.field, self.place = part, field, place
        self._grid = grid
        self.value = ""
        self.entry = tk.Entry(grid.table, width=4, font=look.TEXT, fg=look.INK, bg=look.CARD, relief="flat",
                              disabledbackground=look.GROUND, disabledforeground=look.INK, highlightthickness=1,
                              highlightbackground=look.LINE, highlightcolor=look.PRIMARY, insertwidth=2)  # fmt: skip
        if field.type != "text" and field.code != CODE:
            ime.off_in(self.entry)
        self.entry.bind("<FocusIn>", lambda event: grid.came(self), add=True)
        self.entry.bind("<FocusOut>", lambda event: self.commit(), add=True)

    @property
    def shown(self) -> str:
        """The value as the cell shows it: a finding code by its name."""
        if self.field.code == CODE and self.value:
            code = self._grid.editor.kind.finding(self.value)
            return code.name if code is not None else self.value
        return self.value

    @property
    def words(self) -> str:
        """The value in full."""
        return self.shown if self.field.code == CODE else self.field.shown(self.value)

    def put(self, value: str) -> None:
        """Show a value."""
        self.value = value
        if self.entry.get() != self.shown:
            state = str(self.entry.cget("state"))
            self.entry.configure(state="normal")
            self.entry.delete(0, "end")
            self.entry.insert(0, self.shown)
            self.entry.configure(state=state)  # type: ignore[call-overload]
        self._wrong(False)

    def commit(self) -> bool:
        """Take over what was typed; False where it cannot be read."""
        if not self.entry.winfo_exists():
            return True
        typed = self.entry.get().strip()
        if typed == self.shown:
            return True
        value = self._read(typed)
        self._wrong(value is None)
        if value is None:
            return False
        self.value = value
        if self.entry.get() != self.shown:
            self.put(value)
        self._grid.entered(self)
        return True

    def _read(self, typed: str) -> str | None:
        if self.field.code != CODE or not typed:
            return self.field.read(typed)
        found = found_codes(self._grid.editor.kind, typed, self.part.name)
        return found[0].code if found else None

    def _wrong(self, wrong: bool) -> None:
        self.entry.configure(fg=look.STOP if wrong else look.INK, bg=look.STOP_GROUND if wrong else look.CARD)


class FieldGrid(ttk.Frame):
    """``act(do)`` does something to the editor and paints; ``comes()`` when a cell gets the focus."""

    def __init__(
        self, parent: tk.Misc, act: Callable[[Callable[[Editor], object]], object], comes: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self._act, self._comes = act, comes
        self.editor: Editor
        self.part: Part | None = None
        self.cells: list[list[Cell]] = []  # by row
        self._enabled = True
        self._at: Cell | None = None
        self.columnconfigure(0, weight=1)
        self.rowconfigure(3, weight=1)
        self._title = ttk.Label(self, font=look.TEXT_BOLD)
        self._title.grid(row=0, column=0, sticky="w")
        self._turn = ttk.Label(self, style="Caption.TLabel")
        self._turn.grid(row=0, column=1, sticky="e")
        self.table = tk.Frame(self, bg=look.GROUND)
        self.table.grid(row=1, column=0, columnspan=2, sticky="nsew")
        self.hint = tk.Text(self, height=HINT_LINES, width=10, font=look.CAPTION, fg=look.INK, bg=look.GROUND,
                            relief="flat", wrap="word", cursor="arrow", takefocus=False, highlightthickness=0,
                            state="disabled", spacing1=look.px(4))  # fmt: skip
        self.hint.grid(row=2, column=0, columnspan=2, sticky="ew", pady=(look.px(6), 0))
        self.bind("<Configure>", lambda event: self._fit(event.height))

    @property
    def there(self) -> bool:
        """The kind has fields."""
        return self.part is not None

    # -- showing -----------------------------------------------------------------------------------------------

    def show(self, editor: Editor) -> None:
        """Show the first part of the finding that has fields; none where there is none."""
        self.editor, self.part, self._at = editor, None, None
        for child in self.table.winfo_children():
            child.destroy()
        self.cells = []
        if editor.kind.fields:
            self._lay_out(editor.kind.fields[0])

    def turn_to(self, part: str) -> None:
        """Show the fields of a part; one that has none leaves it as it is."""
        found = self.editor.kind.part(part)
        if found is not None and found is not self.part:
            self.flush()
            self._lay_out(found)

    def _lay_out(self, part: Part) -> None:
        for child in self.table.winfo_children():
            child.destroy()
        self.part, self._at = part, None
        self.hint.configure(height=HINT_LINES)
        rows = list(part.offered)
        if any(each.part == part.name for each in self.editor.kind.codes) and part.places[0].isdigit():
            rows.insert(0, Field(CODE, say(N_("Finding"))))
        at = self.editor.kind.fields.index(part)
        self._title.configure(text=part.name)
        many = len(self.editor.kind.fields)
        told = Sentence(N_("PgUp/PgDn: part {n} of {all}"), {"n": at + 1, "all": many})
        self._turn.configure(text=say(told) if many > 1 else "")
        for column, place in enumerate(part.places, 1):
            if place:
                tk.Label(self.table, text=place, font=look.CAPTION, fg=look.SECONDARY, bg=look.GROUND).grid(
                    row=0, column=column, sticky="ew"
                )
            self.table.columnconfigure(column, weight=1, uniform="places")
        for column in range(len(part.places) + 1, self.table.grid_size()[0]):
            self.table.columnconfigure(column, weight=0, uniform="")
        self.cells = [[Cell(self, part, field, place) for place in part.places] for field in rows]
        for row, (field, cells) in enumerate(zip(rows, self.cells, strict=True), 1):
            name = f"{field.name} {field.unit}".rstrip() + ("＊" if field.required else "")
            tk.Label(self.table, text=name, font=look.CAPTION, fg=look.INK, bg=look.GROUND, anchor="w").grid(
                row=row, column=0, sticky="ew", padx=(0, look.px(6))
            )
            for column, cell in enumerate(cells, 1):
                cell.entry.grid(row=row, column=column, sticky="nsew", padx=1, pady=1)
                self._keys(cell, row - 1, column - 1)
        for cell in [cell for column in zip(*self.cells, strict=True) for cell in column]:
            cell.entry.lift()  # Tab goes down the column
        self.enable(self._enabled)
        self.paint()
        self._say()
        self._fit(self.winfo_height())

    def _fit(self, height: int) -> None:
        rows = len(self.cells)
        if rows:
            room = (height - self._title.winfo_reqheight() - self.hint.winfo_reqheight() - look.px(32)) // rows
            high = max(look.px(LOW_ROW), min(look.px(HIGH_ROW), room))
            for row in range(1, self.table.grid_size()[1]):
                self.table.rowconfigure(row, minsize=high if row <= rows else 0)

    def paint(self) -> None:
        """Bring the cells into line with the editor; what is being typed stays."""
        if self.part is None:
            return
        items = self.editor.body.items
        for place in self.part.places:
            values = self.part.values(items, place)
            for cell in [each for row in self.cells for each in row if each.place == place]:
                value = values.get(cell.field.code, "")
                if value != cell.value:
                    cell.put(value)

    def enable(self, on: bool) -> None:
        """Whether they can be filled in."""
        self._enabled = on
        for cell in [each for row in self.cells for each in row]:
            cell.entry.configure(state="normal" if on else "disabled")

    # -- acts --------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The cursor where something is to be filled in: the first empty cell of the newest lesion, or the first empty
        one that is required, else the first."""
        columns = list(zip(*self.cells, strict=True))
        lesions = [cells for cells in columns if cells[0].field.code == CODE and cells[0].value]
        empty = [cell for cell in (lesions[-1] if lesions else ()) if not cell.value]
        empty += [cell for cells in columns for cell in cells if cell.field.required and not cell.value]
        if columns:
            self._go(empty[0] if empty else columns[0][0])

    def flush(self) -> None:
        """Take over what is being typed."""
        if self._at is not None and self._at.entry.winfo_exists() and self._enabled:
            self._at.commit()

    def unread(self) -> Sentence | None:
        """What was typed and cannot be read, in words, with the cursor put there; None where there is nothing."""
        self.flush()
        cell = next((each for row in self.cells for each in row if each.entry.get().strip() != each.shown), None)
        if cell is None:
            return None
        self._comes()
        self._go(cell)
        values = {"field": cell.field.name, "typed": cell.entry.get().strip()}
        return Sentence(N_("“{typed}” cannot be read in “{field}”."), values)

    def came(self, cell: Cell) -> None:
        """The cursor is in this cell now."""
        self._at = cell
        cell.entry.selection_range(0, "end")
        self._say()
        self._comes()

    def entered(self, cell: Cell) -> None:
        """A value was typed and could be read."""
        self._act(lambda editor: editor.enter(cell.part, cell.field.code, cell.place, cell.value))
        self._say()

    def _keys(self, cell: Cell, row: int, column: int) -> None:
        entry = cell.entry
        for key in ("<Down>", "<Return>", "<KP_Enter>"):
            entry.bind(key, lambda event: self._step(row + 1, column))
        entry.bind("<Up>", lambda event: self._step(row - 1, column))
        entry.bind("<Left>", lambda event: self._sideways(cell, row, column, -1))
        entry.bind("<Right>", lambda event: self._sideways(cell, row, column, 1))
        entry.bind("<Prior>", lambda event: self._turn_by(-1))
        entry.bind("<Next>", lambda event: self._turn_by(1))
        entry.bind("<Control-Delete>", lambda event: self._clear(cell))
        entry.bind("<KeyRelease>", lambda event: self._say())

    def _step(self, row: int, column: int) -> str:
        """Below the last row comes the next place."""
        if self._at is not None and not self._at.commit():
            return "break"
        if row >= len(self.cells):
            row, column = 0, column + 1
        elif row < 0:
            row, column = len(self.cells) - 1, column - 1
        if 0 <= column < len(self.cells[0]):
            self._go(self.cells[row][column])
        elif column >= len(self.cells[0]):
            return self._turn_by(1)
        return "break"

    def _sideways(self, cell: Cell, row: int, column: int, by: int) -> str | None:
        """Within what is being typed, the cursor; at its ends, or where all is marked, the next place."""
        entry, end = cell.entry, 0 if by < 0 else len(cell.entry.get())
        if not entry.selection_present() and entry.index("insert") != end:
            return None
        if 0 <= column + by < len(self.cells[0]) and cell.commit():
            self._go(self.cells[row][column + by])
        return "break"

    def _turn_by(self, by: int) -> str:
        fields = self.editor.kind.fields
        assert self.part is not None
        at = fields.index(self.part) + by
        if 0 <= at < len(fields) and (self._at is None or self._at.commit()):
            self._lay_out(fields[at])
            self._go(self.cells[0][0])
        return "break"

    def _clear(self, cell: Cell) -> str:
        cell.put(cell.value)
        self._act(lambda editor: editor.clear_place(cell.part, cell.place))
        return "break"

    def _go(self, cell: Cell) -> None:
        cell.entry.focus_set()

    # -- what can be typed -------------------------------------------------------------------------------------

    def _say(self) -> None:
        cell, text = self._at, self.hint
        text.configure(state="normal")
        text.delete("1.0", "end")
        if cell is not None and cell.entry.winfo_exists():
            self._say_of(cell)
        text.configure(state="disabled")
        self._hint_fits()

    def _hint_fits(self) -> None:
        """Every choice can be seen; the room only grows while one part is filled in, so that no row jumps about."""
        counted: Any = self.hint.count("1.0", "end", "update", "displaylines")
        lines = counted[0] if isinstance(counted, tuple) else counted or 0
        if lines > int(self.hint.cget("height")):
            self.hint.configure(height=min(lines, MOST_HINT_LINES))
            self._fit(self.winfo_height())

    def _say_of(self, cell: Cell) -> None:
        field, text = cell.field, self.hint
        if field.code == CODE:
            found = found_codes(
                self.editor.kind, cell.entry.get() if cell.entry.get() != cell.shown else "", cell.part.name
            )
            for code in found[:MOST_CODES]:
                self._offer(f"{code.code} {code.name}", partial(self._choose, cell, code.code), code.code == cell.value)
            if len(found) > MOST_CODES:
                text.insert("end", "…")  # typing narrows them, Ctrl+F shows them all
        elif field.choices:
            for choice in field.choices:
                key = field.key_of(choice)
                said = choice.shown if choice.code.startswith(key) else f"{key} {choice.shown}"
                chosen = choice.code in cell.value.split(" ")
                self._offer(said, partial(self._choose, cell, choice.code), chosen)
        else:
            told = field.name
            if field.low is not None and field.high is not None:
                told += f"  {field.low:g}–{field.high:g} {field.unit}"
            text.insert("end", told)

    def _offer(self, said: str, choose: Callable[[], object], chosen: bool) -> None:
        text: Any = self.hint
        tag = f"choice{len(text.tag_names())}"
        text.insert("end", f"\u00a0{said}\u00a0".replace(" ", "\u00a0"), tag)
        text.insert("end", "  ")
        text.tag_configure(tag, background=look.PRIMARY if chosen else look.CARD,
                           foreground=look.CARD if chosen else look.INK)  # fmt: skip
        text.tag_bind(tag, "<Button-1>", lambda event: choose())

    def _choose(self, cell: Cell, code: str) -> None:
        """Touched in the hint."""
        if not self._enabled:
            return
        chosen = cell.value.split(" ") if cell.value else []
        if cell.field.type == "several":
            kept = [each for each in chosen if each != code] if code in chosen else [*chosen, code]
            value = " ".join(each.code for each in cell.field.choices if each.code in kept)
        else:
            value = "" if code in chosen else code
        cell.put(value)
        self.entered(cell)
