"""Two readers on the screen: what is told of their readings, and both beside each other where they differ."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core import two_readers
from kiosk.core.finding import Finding, FindingState, FindingVersion
from kiosk.core.judgement import Judgement
from kiosk.core.words import N_, Sentence, say
from kiosk.ui import look
from kiosk.ui.fields import NoteField
from kiosk.ui.shell import Key

WORDS = {
    two_readers.CATEGORY: N_("category"), two_readers.CODES: N_("codes"), two_readers.FIELDS: N_("required fields"),
}  # fmt: skip


def _at(version: FindingVersion) -> str:
    return version.at.replace("T", " ")[:16]


def told(opened: Any) -> Sentence | None:
    """What the problem line says of a finding with two readers that is not final yet; None for any other."""
    first, second = (two_readers.reading(opened.finding, role) for role in (two_readers.FIRST, two_readers.SECOND))
    if first is None or opened.finding.state not in (FindingState.FIRST, FindingState.DIFFERS):
        return None
    values = {"by": first.by, "at": _at(first)}
    if opened.hidden:
        return Sentence(N_("{by} gave the first reading ({at}); it is shown when yours is signed."), values)
    if opened.role == two_readers.SECOND:
        return Sentence(N_("{by} gave the first reading ({at}); yours is the second one, F5 signs it."), values)
    if opened.role == two_readers.FIRST:
        return Sentence(N_("Your first reading is signed ({at}); another person gives the second one."), values)
    values = {"first": first.by, "second": second.by if second is not None else ""}
    if opened.may_settle:
        return Sentence(N_("The readings of {first} and {second} differ: adopt one or write the final text."), values)
    return Sentence(N_("The readings of {first} and {second} differ; one of them or a person in charge settles it."),
                    values)  # fmt: skip


def in_words(judgement: Judgement, kind: str, version: FindingVersion, head: str) -> str:
    """A version as words: heading, category, who, codes, text."""
    body = version.body
    codes = [f"{code} {name}" for code, name in judgement.codes_of(kind, body.codes)]
    category = judgement.category(body.category)
    return "\n".join([f"{head}  {category.shown if category else body.category}  {version.by}", *codes, body.text])


def beside(judgement: Judgement, opened: Any) -> str:
    """What stands beside the own words: readings that this reader may see, then last time's finding."""
    found = []
    if not opened.hidden and opened.role in (two_readers.SECOND, two_readers.SETTLED):
        readings = [two_readers.reading(opened.finding, role) for role in (two_readers.FIRST, two_readers.SECOND)]
        found = [in_words(judgement, opened.kind, each, say(two_readers.ROLES[each.role])) for each in readings if each]
    if opened.last is not None:
        found.append(in_words(judgement, opened.kind, opened.last.version, opened.last.day))
    return "\n\n".join(found)


class SettleView(ttk.Frame):
    """Both readings beside each other with what differs; adopting one or writing the final text settles it."""

    def __init__(
        self, parent: tk.Misc, adopt: Callable[[str], object], write: Callable[[], object], back: Callable[[], object]
    ) -> None:
        super().__init__(parent)
        self.show_page: Callable[[], object] = lambda: None  # both readings as they print
        self._adopt, self._write, self._back = adopt, write, back
        self.columnconfigure((0, 1), weight=1, uniform="readings")
        self.rowconfigure(1, weight=1)
        self.differ = ttk.Label(self, font=look.TEXT_BOLD, foreground=look.LOOK, wraplength=look.px(1100))
        self.differ.grid(row=0, column=0, columnspan=2, sticky="w", pady=(0, look.px(12)))
        self.sides = [self._side(column) for column in (0, 1)]

    def _side(self, column: int) -> tuple[ttk.Label, ttk.Label, NoteField]:
        card = ttk.Frame(self, style="Card.TFrame", padding=look.px(16))
        card.grid(row=1, column=column, sticky="nsew", padx=(look.px(12) if column else 0, 0))
        card.columnconfigure(0, weight=1)
        card.rowconfigure(2, weight=1)
        who = ttk.Label(card, style="Card.Title.TLabel")
        said = ttk.Label(card, style="Card.TLabel", justify="left", wraplength=look.px(540))
        text = NoteField(card, N_("Finding"), lines=6, width=20, card=True)
        who.grid(row=0, column=0, sticky="w")
        said.grid(row=1, column=0, sticky="w", pady=look.px(12))
        text.grid(row=2, column=0, sticky="nsew")
        text.enable(False)
        return who, said, text

    def show(self, judgement: Judgement, finding: Finding) -> None:
        """Show the two newest readings of the finding."""
        first, second = (two_readers.reading(finding, role) for role in (two_readers.FIRST, two_readers.SECOND))
        assert first is not None and second is not None
        found = two_readers.differences(judgement, first.body, second.body, finding.kind)
        fields = two_readers.differing_fields(judgement.kind(finding.kind), first.body, second.body)
        named = "・".join(say(WORDS[each]) for each in found)
        self.differ.configure(text=say(N_("The readings differ in: {parts}"), parts=named))
        for (who, said, text), version, other in zip(self.sides, (first, second), (second, first), strict=True):
            who.configure(text=f"{say(two_readers.ROLES[version.role])}  {version.by}  {_at(version)}")
            category = judgement.category(version.body.category)
            lines = [f"{say(N_('Category'))}: {category.shown if category else version.body.category}"]
            if two_readers.CATEGORY in found:
                lines[0] += "  ≠"
            for code, name in judgement.codes_of(finding.kind, version.body.codes):
                lines.append(f"{code} {name}" + ("" if code in other.body.codes else "  ≠"))
            for part, place, field in fields:
                value = part.values(version.body.items, place).get(field.code, "")
                lines.append(f"{part.name} {place} {field.name}: {field.shown(value)}  ≠")
            if version.body.key_images:
                lines.append(say(N_("Key images: {n}"), n=len(version.body.key_images)))
            if version.body.drawing is not None:
                lines.append(say(N_("Schema drawing")))
            said.configure(text="\n".join(lines))
            text.set(version.body.text)

    def keys(self, may_settle: bool) -> list[Key]:
        """The keys of this page; only those who may settle can use them."""
        why = "" if may_settle else N_("One of the two readers or a person in charge settles it.")
        return [
            Key("F5", N_("Write the final text"), self._write, why=why),
            Key("F7", N_("Adopt the first"), lambda: self._adopt(two_readers.FIRST), why=why),
            Key("F8", N_("Adopt the second"), lambda: self._adopt(two_readers.SECOND), why=why),
            Key("F9", N_("Page"), lambda: self.show_page()),
            Key("Esc", N_("Back"), self._back),
        ]
