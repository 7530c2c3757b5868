"""The header of a file as lines that can be searched, copied, and set against those of another file."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from pathlib import PureWindowsPath
from tkinter import filedialog, ttk
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.picture import PictureFacts
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer.header_rules import Line, Pair, Search, pairs
from kiosk.ui import look
from kiosk.ui.fields import TextField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = (
    Column("tag", N_("Tag"), 190),
    Column("keyword", N_("Element"), 330),
    Column("vr", N_("VR"), 60),
    Column("value", N_("Value"), 520, stretch=True),
)
COMPARED = (
    Column("tag", N_("Tag"), 180),
    Column("keyword", N_("Element"), 270),
    Column("vr", N_("VR"), 60),
    Column("value", N_("Value"), 300, stretch=True),
    Column("other", N_("Value of the other picture"), 300, stretch=True),
)


class HeaderView(ttk.Frame):
    """``open(facts)`` once per picture; what is typed in the search field leaves the lines that hold every word of it.

    ``other()``: what the other pane shows, None where there is one pane.
    """

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, other: Callable[[], PictureFacts | None],
        changed: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk, self._other, self._changed = shell, desk, other, changed
        self._asked = 0
        self._lines: Sequence[Line] = ()
        self._others: Sequence[Line] | None = None
        self._names = ["", ""]
        self._search = Search(())
        self._found: dict[str, Pair] = {}
        self.differences = False
        self.columnconfigure(1, weight=1)
        self.rowconfigure(1, weight=1)
        self.search = TextField(self, N_("Search in the header"), width=34)
        self.search.grid(row=0, column=0, sticky="w", pady=(0, look.px(12)))
        self.search.on_change(self._fill)
        self.file = ttk.Label(self)
        self.file.grid(row=0, column=1, sticky="sw", padx=look.px(12), pady=(0, look.px(24)))
        self._plain = Table(self, COLUMNS, empty=N_("No line holds these words."))
        self._both = Table(self, COMPARED, empty=N_("No line holds these words."))
        for table in (self._plain, self._both):
            table.tree.bind("<Control-c>", lambda event: self.copy())
        self.table = self._plain
        self.table.grid(row=1, column=0, columnspan=2, sticky="nsew")
        for sequence in ("<Down>", "<Return>"):
            self.search.entry.bind(sequence, lambda event: self._to_table())

    def key_line(self) -> list[Key]:
        """Of the key line, while a header is shown."""
        compared = self._others is not None
        why_not = N_("There is only one pane: compare the pictures first (F4).") if self._other() is None else ""
        other = Key("F4", N_("With other pane"), self.compare, why=why_not)
        return [
            Key("F3", N_("With file"), self.compare_file),
            Key("F4", N_("Alone"), self.alone) if compared else other,
            Key("F5", N_("Copy value"), self.copy),
            Key("F6", N_("Copy tag"), lambda: self.copy(tag=True)),
            Key("F7", N_("All lines") if self.differences else N_("Only differences"), self.only_differences,
                why="" if compared else N_("Compare with another picture first.")),
        ]  # fmt: skip

    def open(self, facts: PictureFacts, failed: Callable[[Fault], object]) -> None:
        """Ask for the header of a picture and show it."""
        self.clear()
        self._names[0] = PureWindowsPath(facts.path).name
        self._ask(facts.path, facts.stamp, self._came, failed)

    def clear(self) -> None:
        """Show nothing; what is under way is not wanted any more."""
        self._asked += 1
        self._lines, self._others, self.differences = (), None, False
        self.file.configure(text="")
        self._show()

    # -- another header beside it --------------------------------------------------------------------------------

    def compare(self) -> None:
        """With the picture of the other pane."""
        facts = self._other()
        if facts is not None:
            self._names[1] = PureWindowsPath(facts.path).name
            self._ask(facts.path, facts.stamp, self._other_came, self._shell.problem.fault)

    def compare_file(self) -> None:
        """With a file to be chosen."""
        chosen = filedialog.askopenfilename(parent=self._shell.top, title=say(N_("Header of which file?")))
        if chosen:
            self._names[1] = PureWindowsPath(chosen).name
            self._ask(chosen, "", self._other_came, self._shell.problem.fault)

    def alone(self) -> None:
        """This header alone again."""
        self._others, self.differences = None, False
        self._show()

    def only_differences(self) -> None:
        """Only the lines that differ, or all again."""
        self.differences = not self.differences
        self._fill()
        self._changed()

    # -- copying -------------------------------------------------------------------------------------------------

    def copy(self, tag: bool = False) -> str:
        """The value of the marked line (or its tag) to the clipboard."""
        pair = self._found.get(self.table.selected)
        if pair is None:
            self._shell.problem.look(N_("Choose a line first."))
            return "break"
        text = pair.tag if tag else pair.value if pair.value is not None else pair.other or ""
        self.clipboard_clear()
        self.clipboard_append(text)
        self._shell.problem.done(Sentence(N_("Copied: {text}"), {"text": text[:60] + ("…" if len(text) > 60 else "")}))
        return "break"

    # -- inside --------------------------------------------------------------------------------------------------

    def _ask(self, path: str, stamp: str, came: Callable[[Any], object], failed: Callable[[Fault], object]) -> None:
        asked = self._asked

        def if_wanted(call: Callable[[Any], object]) -> Callable[[Any], None]:
            return lambda value: call(value) if asked == self._asked and self.winfo_exists() else None  # type: ignore[return-value]

        self._desk.header(path, stamp).then(if_wanted(came), if_wanted(failed))

    def _came(self, lines: Any) -> None:
        self._lines = lines
        self._show()
        self.search.focus()

    def _other_came(self, lines: Any) -> None:
        self._others, self.differences = lines, True
        self._show()

    def _show(self) -> None:
        compared = self._others is not None
        table = self._both if compared else self._plain
        if table is not self.table:
            self.table.grid_remove()
            self.table.show([])
            self.table = table
            table.grid(row=1, column=0, columnspan=2, sticky="nsew")
        self._search = Search(pairs(self._lines, self._others))
        self._fill()
        self._changed()

    def _fill(self) -> None:
        compared = self._others is not None
        found = self._search.lines(self.search.get(), self.differences)
        self._found = {str(number): pair for number, pair in found}
        self.table.show([
            Row(str(number), pair.cells(compared), "look" if compared and pair.differs else "")
            for number, pair in found
        ])  # fmt: skip
        if not self._lines:
            return
        values = {"name": self._names[0], "other": self._names[1], "count": len(found)}
        words = N_("{name} and {other}: {count} lines") if compared else N_("{name}: {count} lines")
        self.file.configure(text=say(Sentence(words, values)))

    def _to_table(self) -> str:
        self.table.focus_set()
        return "break"
