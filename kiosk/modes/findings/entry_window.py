"""One finding under the doctor's hands: codes at the left, the text in the middle, last time and key images right."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk
from typing import Any

from kiosk.core.finding import FindingBody
from kiosk.core.judgement import BLANK, Kind, found_blocks, found_codes
from kiosk.core.words import N_, say
from kiosk.modes.findings.chosen_window import CategoryRow, Chips
from kiosk.modes.findings.drawing_window import DrawingThumb
from kiosk.modes.findings.fields_window import FieldGrid
from kiosk.modes.findings.rules import Editor, next_blank, same_lines
from kiosk.modes.findings.tray_window import TrayView
from kiosk.ui import buttons, look
from kiosk.ui.fields import ChoiceField, NoteField, TextField, full_width_kana
from kiosk.ui.table import Column, Row, Table

BLOCK = "block:"
LEAST_CODES = 180  # px of the list of codes that are worth showing above the fields


def _as_shown(text: str) -> str:
    """A text as the field gives it back."""
    return full_width_kana(text).rstrip()


class EntryView(ttk.Frame):
    """Shows an ``Editor`` and works on it; ``changed()`` is called after each act of the person."""

    def __init__(
        self,
        parent: tk.Misc,
        picture: Callable[[int, int, int], Any],
        enlarge: Callable[[int], object],
        changed: Callable[[], object],
        draw: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self.flush_also: Callable[[], object] = lambda: None  # words that are being typed into a drawing
        self._changed = changed
        self.editor: Editor | None = None
        self._editable = False
        self._painting = False
        self._offered: dict[str, Any] = {}
        self.columnconfigure(0, weight=1, minsize=look.px(330))
        self.columnconfigure(1, weight=4)
        self.columnconfigure(2, weight=1, minsize=look.px(330))
        self.rowconfigure(0, weight=1)
        gap = look.px(12)
        self._build_codes().grid(row=0, column=0, sticky="nsew", padx=(0, gap))
        self._build_text().grid(row=0, column=1, sticky="nsew", padx=(0, gap))
        right = ttk.Frame(self)
        right.grid(row=0, column=2, sticky="nsew")
        right.columnconfigure(0, weight=1)
        right.rowconfigure(0, weight=1)
        right.rowconfigure(2, weight=2)
        self.last = NoteField(right, N_("Last time"), lines=3, width=10)
        self.last.enable(False)
        self.last.grid(row=0, column=0, sticky="nsew")
        self.tray = TrayView(right, picture, self._toggle_image, enlarge)
        self.tray.grid(row=2, column=0, sticky="nsew", pady=(look.px(8), 0))
        self.drawing = DrawingThumb(right, draw)
        self.drawing.grid(row=1, column=0, sticky="ew", pady=(look.px(8), 0))

    def _build_codes(self) -> ttk.Frame:
        frame = ttk.Frame(self)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(1, weight=1)
        self.search = TextField(frame, N_("Codes and text blocks (F3)"), width=12)
        self.search.grid(row=0, column=0, sticky="ew", padx=(0, look.px(8)))
        self.part = ChoiceField(frame, N_("Part"), {"": N_("all")}, width=7)
        self.part.grid(row=0, column=1, sticky="ew")
        self.codes = Table(
            frame, [Column("code", N_("Code"), 66), Column("name", N_("Words"), 170, stretch=True),
                    Column("category", N_("Cat."), 46)], empty=N_("No code like that."), on_choose=self.choose,
        )  # fmt: skip
        self.codes.grid(row=1, column=0, columnspan=2, sticky="nsew", pady=(look.px(8), 0))
        self.book = buttons.secondary(frame, N_("All codes (Ctrl+F)"), lambda: None)
        self.book.grid(row=3, column=0, columnspan=2, sticky="ew", pady=(look.px(8), 0))
        self.fields = FieldGrid(frame, self.act, lambda: self._bring_forward(self.fields))
        self.fields.grid(row=2, column=0, columnspan=2, sticky="nsew", pady=(look.px(8), 0))
        self.fields.grid_remove()
        self._front: tk.Misc = self.codes
        frame.bind("<Configure>", lambda event: self._bring_forward(self._front))
        for each in (self.search.entry, self.codes.tree):
            each.bind("<FocusIn>", lambda event: self._bring_forward(self.codes), add=True)
        self._left = frame
        self.search.on_change(self._narrow)
        self.part.on_change(self._narrow)
        self.search.entry.bind("<Return>", lambda event: self._choose_first(), add=True)
        self.search.entry.bind("<Down>", lambda event: self._into_codes(), add=True)
        return frame

    def _build_text(self) -> ttk.Frame:
        frame = ttk.Frame(self)
        frame.columnconfigure(0, weight=1)
        frame.rowconfigure(1, weight=1)
        self.chips = Chips(frame, self._take_back)
        self.chips.grid(row=0, column=0, sticky="ew", pady=(0, look.px(8)))
        self.text = NoteField(frame, N_("Finding"), lines=6, width=60)
        self.text.grid(row=1, column=0, sticky="nsew", pady=(0, look.px(8)))
        self.text.on_change(self._typed)
        self.text.entry.bind("<Control-Return>", lambda event: self.go_to_blank(), add=True)
        self.text.entry.tag_configure("blank", background=look.LOOK_GROUND, foreground=look.LOOK)  # type: ignore[attr-defined]
        self.text.entry.tag_configure("last", background=look.SELECTED)  # type: ignore[attr-defined]
        self.text.entry.tag_raise("blank")  # type: ignore[attr-defined]
        self.category = CategoryRow(frame, self._choose_category)
        self.category.grid(row=2, column=0, sticky="ew")
        return frame

    # -- showing -----------------------------------------------------------------------------------------------

    def show(self, editor: Editor, last: str, images: Sequence[Any], editable: bool) -> None:
        """Show a finding; ``last`` is last time's in words."""
        self.editor = editor
        self.search.set("")
        kind: Kind = editor.kind
        self.part.offer({"": N_("all"), **{part: part for part in kind.parts}})
        self.part.set("")
        self.category.offer(editor.judgement.categories)
        self.fields.show(editor)
        self._bring_forward(self.codes)
        self.last.enable(True)
        self.last.set(last or say(N_("No finding of this kind from an earlier visit.")))
        self.last.enable(False)
        self._narrow()
        self.tray.show(images, editor.body.key_images)
        self.allow(editable)
        self.paint()

    def allow(self, editable: bool) -> None:
        """Whether it can be changed, or only read."""
        self._editable = editable
        self.text.enable(editable)
        self.search.enable(editable)
        self.part.enable(editable)
        self.chips.enable(editable)
        self.category.enable(editable)
        self.tray.enable(editable)
        self.fields.enable(editable)

    @property
    def editable(self) -> bool:
        """It can be changed."""
        return self._editable

    def paint(self) -> None:
        """Bring the widgets into line with the editor; the text is touched only where it differs."""
        editor = self._open
        body: FindingBody = editor.body
        self._painting = True
        try:
            if self.text.get() != _as_shown(body.text):
                self.text.set(body.text)
        finally:
            self._painting = False
        self._tint_blanks()
        last = editor.from_last or FindingBody()
        self.chips.show(editor.judgement.codes_of(editor.kind.code, body.codes), last.codes)
        self.category.mark(body.category, editor.suggestion, last.category)
        self.tray.mark(body.key_images)
        self.drawing.show(body.drawing)
        self.fields.paint()

    @property
    def _open(self) -> Editor:
        assert self.editor is not None
        return self.editor

    # -- acts --------------------------------------------------------------------------------------------------

    def act(self, do: Callable[[Editor], object]) -> None:
        """Do something to the finding and show it, unless it can only be read."""
        if self._editable and self.editor is not None:
            self.flush()
            do(self.editor)
            self.paint()
            self._changed()

    def flush(self, beat: bool = False) -> None:
        """Take over what stands in the text, in the drawing and in the field that is being filled in; not on a mere
        ``beat`` what is just being typed into a drawing."""
        if not beat:
            self.flush_also()
        self._take_over()
        self.fields.flush()

    def _take_over(self) -> bool:
        """Text that the field shows alike (full-width kana, no blanks at the end) is no change of the finding."""
        if not self._editable or self.editor is None or self.text.get() == _as_shown(self.editor.body.text):
            return False
        return self.editor.typed(self.text.get())

    def choose(self, key: str) -> None:
        """Take the code or text block ``key`` of the list, then go to the first place to fill in."""
        found = self._offered.get(key)
        if found is None or not self._editable:
            return
        start = len(self.text.get())
        self.act(lambda editor: editor.add_block(found) if key.startswith(BLOCK) else editor.add_code(found))
        if not key.startswith(BLOCK):
            self.fields.turn_to(found.part)
        self.search.set("")
        self.go_to_blank(from_=start)

    def go_to_blank(self, from_: int | None = None) -> str:
        """Select the next place to fill in; without one, put the cursor at the end of the text."""
        widget: Any = self.text.entry
        text = widget.get("1.0", "end-1c")
        after = widget.count("1.0", "insert", "chars")
        at = next_blank(text, from_ if from_ is not None else (after[0] if after else 0))
        widget.focus_set()
        widget.tag_remove("sel", "1.0", "end")
        if at < 0:
            widget.mark_set("insert", "end-1c")
        else:
            first = f"1.0+{at}c"
            widget.tag_add("sel", first, f"{first}+{len(BLANK)}c")
            widget.mark_set("insert", f"{first}+{len(BLANK)}c")
        widget.see("insert")
        return "break"

    def _typed(self) -> None:
        if self._painting or self.editor is None or not self._editable:
            return
        if self._take_over():
            self._tint_blanks()
            self._changed()

    def _tint_blanks(self) -> None:
        widget: Any = self.text.entry
        text = widget.get("1.0", "end-1c")
        widget.tag_remove("blank", "1.0", "end")
        for at, letter in enumerate(text):
            if letter == BLANK:
                widget.tag_add("blank", f"1.0+{at}c")
        widget.tag_remove("last", "1.0", "end")
        taken = self._open.from_last
        for number in same_lines(text, taken.text) if taken is not None else ():
            widget.tag_add("last", f"{number + 1}.0", f"{number + 1}.end")
        widget.tag_raise("sel")

    def _take_back(self, code: str) -> None:
        self.act(lambda editor: editor.remove_code(code))

    def _choose_category(self, code: str) -> None:
        self.act(lambda editor: editor.choose_category(code))

    def _toggle_image(self, key: int) -> None:
        def toggle(editor: Editor) -> None:
            if key in editor.body.key_images:
                editor.put_out(key)
            else:
                editor.put_in(key)

        self.act(toggle)

    # -- the list of codes -------------------------------------------------------------------------------------

    def codes_or_fields(self) -> None:
        """F3: to the codes, and from there to the fields."""
        at = self.focus_get()
        if self.fields.there and at in (self.search.entry, self.codes.tree):
            self._bring_forward(self.fields)
            self.fields.begin()
        else:
            self.search.focus()

    def _bring_forward(self, front: tk.Misc) -> None:
        """Codes and fields below each other where there is room for both, else the one that is worked in."""
        self._front = front
        room = self._left.winfo_height() - self.fields.winfo_reqheight() - self.search.winfo_reqheight()
        both = room >= look.px(LEAST_CODES)
        codes = both or front is self.codes or not self.fields.there
        fields = self.fields.there and (both or front is self.fields)
        for row, view, there in ((1, self.codes, codes), (2, self.fields, fields)):
            if there:
                view.grid()
            else:
                view.grid_remove()
            self._left.rowconfigure(row, weight=int(there and (view is self.codes or not codes)))

    def _narrow(self) -> None:
        if self.editor is None:
            return
        if self.part.get():
            self.fields.turn_to(self.part.get())
        kind, typed = self.editor.kind, self.search.get()
        rows = []
        self._offered = {}
        for code in found_codes(kind, typed, self.part.get()):
            self._offered[code.code] = code
            shown = self.editor.judgement.category(code.category)
            rows.append(Row(code.code, [code.code, code.name, shown.code if shown else ""]))
        if not self.part.get():
            for at, block in enumerate(found_blocks(kind, typed)):
                self._offered[f"{BLOCK}{at}"] = block
                rows.append(Row(f"{BLOCK}{at}", [say(N_("text")), block.name, ""]))
        self.codes.show(rows)
        if rows and typed:
            self.codes.select(rows[0].key)

    def _choose_first(self) -> str:
        key = self.codes.selected or next(iter(self._offered), "")
        if key and self.search.get():
            self.choose(key)
        return "break"

    def _into_codes(self) -> str:
        self.codes.tree.focus_set()
        return "break"
