"""Finding codes in place of the thick book: examination, part and category narrow them, kana or number finds them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.judgement import FindingCode, Judgement, Kind, found_codes
from kiosk.core.words import N_, Sentence
from kiosk.ui import look
from kiosk.ui.fields import ChoiceField, TextField
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

EVERY = "*"  # all examinations


class CodesView(ttk.Frame):
    """``insert(code)`` puts a code into the open finding; ``back()`` leaves. Alone in the mode nothing is inserted."""

    def __init__(
        self,
        parent: tk.Misc,
        shell: Shell,
        desk: Any,
        insert: Callable[[FindingCode], object],
        back: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._insert, self._back = shell, desk, insert, back
        self._judgement: Judgement | None = None
        self._shown: dict[str, tuple[Kind, FindingCode]] = {}
        self.inside = ""  # the kind of the finding that codes are inserted into; empty: alone
        gap = look.px(8)
        self.columnconfigure(4, weight=1)
        self.rowconfigure(1, weight=1)
        self.kind = ChoiceField(self, N_("Examination"), {EVERY: N_("all")}, width=16)
        self.part = ChoiceField(self, N_("Part"), {"": N_("all")}, width=14)
        self.category = ChoiceField(self, N_("Category"), {"": N_("all")}, width=22)
        self.search = TextField(self, N_("Kana, number or words"), width=24)
        for column, field in enumerate((self.kind, self.part, self.category, self.search)):
            field.grid(row=0, column=column, sticky="sw", padx=(0, gap), pady=(0, gap))
        self.count = ttk.Label(self, foreground=look.SECONDARY)
        self.count.grid(row=0, column=4, sticky="se", pady=(0, gap))
        columns = [
            Column("code", N_("Code"), 84),
            Column("name", N_("Words"), 220, stretch=True),
            Column("kana", N_("Kana"), 200, stretch=True),
            Column("exam", N_("Examination"), 130),
            Column("part", N_("Part"), 110),
            Column("category", N_("Cat."), 60),
            Column("sentence", N_("Sentence"), 300, stretch=True),
        ]
        self.table = Table(self, columns, empty=N_("No code like that."), on_choose=lambda key: self.take())
        self.table.grid(row=1, column=0, columnspan=5, sticky="nsew")
        self.kind.on_change(self._kind_chosen)
        self.part.on_change(self.narrow)
        self.category.on_change(self.narrow)
        self.search.on_change(self.narrow)
        self.search.entry.bind("<Return>", lambda event: self._take_first(), add=True)
        self.search.entry.bind("<Down>", lambda event: self._into_table(), add=True)

    def show(self, judgement: Judgement, inside: str = "") -> None:
        """Show the master's codes; ``inside``: of this kind, to be inserted into the open finding."""
        self._judgement, self.inside = judgement, inside
        kinds = {kind.code: kind.name or kind.code for kind in judgement.kinds.values() if kind.codes}
        self.kind.offer({**kinds, EVERY: N_("all")})
        if inside or not self.kind.get():
            self.kind.set(inside if inside in kinds else EVERY)
        self.category.offer({"": N_("all"), **{each.code: each.shown for each in judgement.categories}})
        self.category.set("")
        self.search.set("")
        self._kind_chosen()
        self._shell.give_focus(self.search.entry)

    def _kinds(self) -> list[Kind]:
        assert self._judgement is not None
        chosen = self.kind.get()
        return [kind for kind in self._judgement.kinds.values() if chosen in (EVERY, kind.code) and kind.codes]

    def _kind_chosen(self) -> None:
        parts = dict.fromkeys(part for kind in self._kinds() for part in kind.parts)
        self.part.offer({"": N_("all"), **{part: part for part in parts}})
        self.part.set("")
        self.narrow()

    def narrow(self) -> None:
        """Show the codes that fit."""
        if self._judgement is None:
            return
        wanted = self.category.get()
        self._shown, rows = {}, []
        for kind in self._kinds():
            for code in found_codes(kind, self.search.get(), self.part.get()):
                category = self._judgement.category(code.category)
                letter = category.code if category is not None else ""
                if wanted and letter != wanted:
                    continue
                self._shown[f"{kind.code} {code.code}"] = (kind, code)
                rows.append(Row(f"{kind.code} {code.code}", [code.code, code.name, code.kana, kind.name or kind.code,
                                                             code.part, letter, code.in_words]))  # fmt: skip
        self.table.show(rows)
        if rows and self.search.get():
            self.table.select(rows[0].key)
        self.count.configure(text=str(Sentence(N_("{n} codes"), {"n": len(rows)})))

    # -- acts --------------------------------------------------------------------------------------------------

    def take(self) -> None:
        """Put the marked code into the open finding."""
        kind, code = self._shown.get(self.table.selected, (None, None))
        if not self.inside:
            return
        if kind is None or code is None:
            self._shell.problem.look(N_("Mark a code first."))
        elif kind.code != self.inside:
            self._shell.problem.look(Sentence(N_("This code belongs to another examination ({kind})."),
                                              {"kind": kind.name or kind.code}))  # fmt: skip
        else:
            self._insert(code)

    def print(self) -> None:
        """The codes that are shown, as the book."""
        codes = [code for _, code in self._shown.values()]
        kinds = self._kinds()
        kind = kinds[0] if len(kinds) == 1 else Kind("", str(Sentence(N_("all"))))
        assert self._judgement is not None
        categories = {
            code.category: found.code
            for code in codes
            if (found := self._judgement.category(code.category)) is not None
        }
        if not codes:
            self._shell.problem.look(N_("No code like that."))
            return
        self._shell.problem.progress(N_("Printing"))
        asked = self._desk.lists.print_codes(kind, self.part.get(), codes, categories)
        asked.then(lambda path: None, self._failed)

    def _failed(self, fault: Any) -> None:
        self._shell.problem.progress_over()
        self._shell.problem.fault(fault)

    def keys(self) -> list[Key]:
        """The keys of this page."""
        own = [Key("F5", N_("Put into the finding"), self.take)] if self.inside else []
        return [
            *own,
            Key("F3", N_("Code"), self.search.focus),
            Key("F8", N_("Print the book"), self.print),
            Key("Esc", N_("Back"), self._back),
        ]

    def _take_first(self) -> str:
        if self.search.get() and self.table.selected:
            self.take()
        return "break"

    def _into_table(self) -> str:
        self.table.tree.focus_set()
        return "break"
