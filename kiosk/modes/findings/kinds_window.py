"""The findings masters under the hands of those who keep them: a kind as its sheets, checked, seen, published."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.finding import FindingBody, FindingVersion
from kiosk.core.kind_sheets import BY_NAME, SHEETS, sheets_of
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.findings.kind_excel_window import KindExcel
from kiosk.modes.findings.kind_form import KindForm
from kiosk.modes.findings.kind_rules import SHOWN, KindEditor
from kiosk.modes.findings.page_window import PageView
from kiosk.ui import look
from kiosk.ui.choice_row import ChoiceRow
from kiosk.ui.fields import ChoiceField
from kiosk.ui.pin_page import PinPage
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table

MASTERS = N_("Masters of findings")


class KindsPage(ttk.Frame):
    """``left()`` when it is closed, ``set_keys()`` when other keys are wanted. ``desk``: KindsDesk."""

    def __init__(
        self, parent: tk.Misc, shell: Shell, desk: Any, page_png: Callable[[bytes, int, int], Any],
        left: Callable[[], object], set_keys: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._shell, self._desk, self._left, self._set_keys = shell, desk, left, set_keys
        self.kept: Any = None  # KeptKinds
        self.editor: KindEditor | None = None
        self.code = ""
        self.sheet = "field"
        self._at: int | None = None
        self.excel = KindExcel(self, shell, desk, self._list, self._refused)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self.pin = PinPage(self, shell, desk, self._entered)
        self.edit = ttk.Frame(self)
        self._build()
        self.listing = Table(
            self, [Column("where", N_("Where"), 330), Column("what", N_("What"), 400, stretch=True)],
            empty=N_("Nothing to show."), on_choose=lambda key: self._go_to_mistake(),
        )  # fmt: skip
        self.page = PageView(self, lambda number: desk.preview(self._sheets), page_png, shell.problem.fault,
                             lambda number: None)  # fmt: skip
        self.page.print_button.pack_forget()
        self.shown: tk.Misc = self.pin

    def _build(self) -> None:
        edit, gap = self.edit, look.px(12)
        edit.columnconfigure(0, weight=4, uniform="halves")
        edit.columnconfigure(1, weight=5, uniform="halves")
        edit.rowconfigure(1, weight=1)
        head = ttk.Frame(edit)
        head.grid(row=0, column=0, columnspan=2, sticky="ew", pady=(0, gap))
        head.columnconfigure(1, weight=1)
        self.kind = ChoiceField(head, N_("Examination"), {}, width=16)
        self.kind.grid(row=0, column=0, sticky="w", padx=(0, gap))
        self.kind.on_change(self._kind_chosen)
        self._titles = {say(each.title): each.name for each in SHEETS}
        self.row = ChoiceRow(head, list(self._titles), lambda title: self.turn_to(self._titles[title]), numbered=False)
        self.row.grid(row=0, column=1, sticky="sew")
        self.table: Table | None = None
        self.form = KindForm(edit)
        self.form.grid(row=1, column=1, sticky="nsew")

    def keys(self) -> list[Key]:
        """The keys of what stands in front."""
        if self.shown is self.pin:
            return [*self.pin.keys(), Key("Esc", N_("Back"), self.leave)]
        if self.shown is self.page:
            return [Key("Esc", N_("Back"), self._back)]
        if self.shown is self.listing:
            take = (
                []
                if self.excel.taken is None or self.excel.taken.wrong
                else [Key("F5", N_("Take it in"), self._take_in)]
            )
            show = [] if self.excel.taken is not None else [Key("F5", N_("Go there"), self._go_to_mistake)]
            return [*take, *show, Key("Esc", N_("Back"), self._back)]
        return [
            Key("F2", N_("Examination"), self.kind.focus),
            Key("F3", N_("Next section"), self.row.next),
            Key("F4", N_("New entry"), self.add),
            Key("F5", N_("Take over"), self._taken_over),
            Key("F6", N_("Undo"), self.undo),
            Key("F7", N_("New PIN"), self._new_pin),
            Key("F8", N_("Remove"), self.remove),
            Key("F9", N_("Page"), self.preview),
            Key("F10", N_("To Excel"), self.export),
            Key("F11", N_("From Excel"), self.ask_import),
            Key("F12", N_("Publish"), self.publish),
            Key("Esc", N_("Back"), self.leave),
        ]

    # -- coming and going --------------------------------------------------------------------------------------

    def opened(self) -> None:
        """It stands in front now."""

        def gate(found: Any) -> None:
            if not self.winfo_exists():
                return
            if found.open:
                self._entered()
            else:
                self._ask_pin(found.fresh)

        def refused(why: Any) -> None:
            self._left()
            self._shell.problem.fault(why)

        self._desk.gate().then(gate, refused)

    def leave(self) -> None:
        """Esc: back to the list; what is not published is asked about."""

        def go() -> None:
            self.editor = None
            self._desk.leave()
            self._left()

        if self.shown is not self.pin:
            self._take()
        self._if_thrown_away(go)

    def may_close(self, close_now: Callable[[], None]) -> bool:
        """Asked before the window closes: what is not published would be lost."""
        if self.editor is None:
            return True
        if self.shown is self.edit:
            self._take()
        if self.editor.changed:
            self._if_thrown_away(close_now)
            return False
        return True

    def _if_thrown_away(self, go: Callable[[], object], no: Callable[[], object] = lambda: None) -> None:
        if self.editor is None or not self.editor.changed:
            go()
            return
        self._shell.ask(
            N_("What was changed is not published."), N_("If you go on, the changes of this kind are thrown away."),
            [Choice(N_("Go on editing"), no), Choice(N_("Throw away"), go, dangerous=True)],
        )  # fmt: skip

    def _entered(self) -> None:
        if self.editor is not None:  # the PIN's time ran out while something was edited
            self._put(self.edit)
            return
        self.read()

    def _ask_pin(self, fresh: bool) -> None:
        self._put(self.pin)
        self.pin.opened(say(MASTERS), fresh)
        self._set_keys()

    def _new_pin(self) -> None:
        self._take()
        self._ask_pin(True)

    def _refused(self, why: Any) -> None:
        if getattr(why, "reference", "") == "B423":
            self._ask_pin(False)
        self._shell.problem.fault(why)

    def read(self, then: Callable[[], object] = lambda: None) -> None:
        """Read the masters as they are in force and show the chosen kind."""

        def show(kept: Any) -> None:
            if self.winfo_exists():
                self.kept = kept
                names = dict(sorted(kept.names.items(), key=lambda each: each[1]))
                self.kind.offer(names)
                self._show_kind(self.code if self.code in names else next(iter(names)))
                self._put(self.edit)
                then()

        self._desk.kinds().then(show, self._refused)

    def _put(self, view: tk.Misc) -> None:
        for each in (self.pin, self.edit, self.listing, self.page):
            each.grid_remove()
        self.shown = view
        view.grid(row=0, column=0, sticky="nsew")
        self._set_keys()

    def _back(self) -> None:
        self.excel.taken = None
        self._put(self.edit)

    # -- a kind and its sheets ---------------------------------------------------------------------------------

    def _kind_chosen(self) -> None:
        code = self.kind.get()
        if self.kept is None or code == self.code:
            return
        self._take()
        self._if_thrown_away(lambda: self._show_kind(code), lambda: self.kind.set(self.code))

    def _show_kind(self, code: str) -> None:
        self.code = code
        self.editor = KindEditor(sheets_of(self.kept.kind(code) or {"code": code}))
        self.kind.set(code)
        self.turn_to(self.sheet, take=False)

    def turn_to(self, sheet: str, at: int = 0, take: bool = True) -> None:
        """Show a sheet and one of its entries."""
        if take:
            self._take()
        if self.table is None or sheet != self.sheet:
            self.sheet = sheet
            columns = {each.name: each for each in BY_NAME[sheet].columns}
            shown = [Column(name, columns[name].title, wide, stretch=number == len(SHOWN[sheet]))
                     for number, (name, wide) in enumerate(SHOWN[sheet], 1)]  # fmt: skip
            if self.table is not None:
                self.table.destroy()
            self.table = Table(self.edit, shown, empty=N_("Nothing yet: F4 adds an entry."),
                               on_select=self._selected, on_choose=lambda key: self.form.begin())  # fmt: skip
            self.table.grid(row=1, column=0, sticky="nsew", padx=(0, look.px(12)))
            self.table.tree.bind("<Control-Up>", lambda event: self._move(-1))
            self.table.tree.bind("<Control-Down>", lambda event: self._move(1))
        assert self.editor is not None
        self.form.lay_out(sheet, self.editor.parts, self.kept.letters)
        self.row.show(say(BY_NAME[sheet].title))
        self._show(at)

    def _show(self, at: int | None) -> None:
        assert self.editor is not None and self.table is not None
        rows = self.editor.sheets[self.sheet]
        self._at = min(at, len(rows) - 1) if at is not None and rows else None
        self.table.show([Row(str(number), [row.get(name, "").replace("\n", " ") for name, _ in SHOWN[self.sheet]],
                             "look" if row.get("retired") else "") for number, row in enumerate(rows)])  # fmt: skip
        self.table.select(str(self._at) if self._at is not None else "")
        self.form.show(rows[self._at] if self._at is not None else {})

    def _selected(self, key: str) -> None:
        if key and int(key) != self._at:
            at = int(key)
            if self._take():
                self._show(at)
            else:
                assert self.editor is not None
                self._at = at
                self.form.show(self.editor.sheets[self.sheet][at])

    def _take(self) -> bool:
        """What stands in the form belongs to the kind; True where that changed something."""
        if self.editor is None or self.form.sheet is None or self.form.sheet.name != self.sheet:
            return False
        row = self.form.row()
        there = self.editor.sheets[self.sheet]
        if self._at is not None and self._at < len(there) and row == {**dict.fromkeys(row, ""), **there[self._at]}:
            return False
        at = self.editor.put(self.sheet, self._at, row)
        self._at = at if at >= 0 else None
        return at >= 0

    @property
    def _sheets(self) -> Any:
        assert self.editor is not None
        return self.editor.sheets

    # -- acts --------------------------------------------------------------------------------------------------

    def add(self) -> None:
        """F4: an empty form; a new entry begins with the part of the one before."""
        self._take()
        assert self.editor is not None
        there = self.editor.sheets[self.sheet]
        part = there[self._at].get("part", "") if self._at is not None else ""
        self._show(None)
        if self.sheet == "kind":
            self._show(0)
            return
        self.form.show({"part": part or next(iter(self.editor.parts), "")})
        self.form.begin("code" if self.sheet in ("code", "field") else "")
        self._shell.problem.plain(N_("Fill in the form, then F5."))

    def _taken_over(self) -> None:
        self._take()
        self._show(self._at)
        self._shell.problem.plain(N_("Taken over here; F12 publishes it for everybody."))

    def undo(self) -> None:
        """F6."""
        self._take()
        assert self.editor is not None
        if not self.editor.undo():
            self._shell.problem.plain(N_("There is nothing to undo."))
        self._show(self._at)

    def remove(self) -> None:
        """F8: the chosen entry; one that was used is retired."""
        if self._at is None or self.sheet == "kind":
            self._shell.problem.look(N_("Mark an entry first."))
            return
        self._take()
        assert self.editor is not None
        retired = self.editor.remove(self.sheet, self._at)
        self._show(self._at)
        self._shell.problem.plain(
            N_("It was used, so it is retired: no longer offered, kept for old findings. F6 takes that back.")
            if retired else N_("Removed; F6 brings it back.")
        )  # fmt: skip

    def _move(self, by: int) -> str:
        if self._at is not None and self.editor is not None:
            self._take()
            self._show(self.editor.move(self.sheet, self._at, by))
        return "break"

    def preview(self) -> None:
        """F9: the page as it would be printed, with something in every field."""
        self._take()
        self._put(self.page)
        self.page.show([FindingVersion(1, FindingBody(), "", "", False)])

    def publish(self) -> None:
        """F12: checked, then in force for every station."""
        self._take()
        assert self.editor is not None
        if not self.editor.changed:
            self._shell.problem.plain(N_("Nothing was changed."))
            return

        def published(wrong: Any) -> None:
            if not self.winfo_exists():
                return
            if wrong is not None:
                self._list([(where, what) for where, what in wrong.wrong])
                self._shell.problem.look(N_("Not published: this is to be corrected first."))
                return
            done = Sentence(N_("{kind} is in force now, for what is written from now on."), {"kind": self.code})
            self.read(lambda: self._shell.problem.done(done))

        self._desk.publish(self.kept.master, self._sheets).then(published, self._refused)

    def _list(self, lines: list[tuple[str, str]]) -> None:
        self.listing.show([Row(str(at), line) for at, line in enumerate(lines)])
        self._put(self.listing)
        self.listing.focus_set()
        if lines:
            self.listing.select("0")

    def _go_to_mistake(self) -> None:
        """To the entry that a line of the list names: by the title of its sheet and its number."""
        row = self.listing.row(self.listing.selected)
        if row is None or self.excel.taken is not None:
            return
        self._back()
        words = row.cells[0]
        sheet = next((name for title, name in self._titles.items() if words.startswith(title)), self.sheet)
        digits = "".join(letter for letter in words.removeprefix(say(BY_NAME[sheet].title)) if letter.isdigit())
        self.turn_to(sheet, int(digits) - 1 if digits else 0, take=False)

    # -- Excel -------------------------------------------------------------------------------------------------

    def export(self) -> None:
        """F10: a workbook of this kind, as it stands here."""
        self._take()
        self.excel.export(self.code, self._sheets)

    def ask_import(self) -> None:
        """F11: take in a workbook; what it changes is shown first."""
        self._take()
        self.excel.ask()

    def _take_in(self) -> None:
        taken, self.excel.taken = self.excel.taken, None

        def take() -> None:
            if taken.code != self.code:
                self._show_kind(taken.code)
            assert self.editor is not None
            self.editor.replace(taken.sheets)
            self._put(self.edit)
            self.turn_to(self.sheet, take=False)
            self._shell.problem.plain(N_("Taken over here; F12 publishes it for everybody."))

        if taken.code == self.code:
            take()
        else:
            self._if_thrown_away(take, self._back)
