"""What is found in both eyes, entered by single keys: grades by digit, signs by letter, each eye by itself."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from tkinter import ttk
from typing import Any

from kiosk.core.fundus_reading import EYES, Eye, FundusMaster, Reading, normal, same_in_other, suggested, ungraded
from kiosk.core.judgement import Judgement, Kind
from kiosk.core.two_readers import SECOND, SETTLED
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer.page_keys import KeyHelp
from kiosk.ui import look
from kiosk.ui.ellipsis import Cutter
from kiosk.ui.fields import TextField

WIDTH = 372
CELL = 62
CATEGORY = "j"  # where the cursor is when digits choose the category
SIDES = {"R": N_("Right"), "L": N_("Left")}
EYE_WORDS = {"R": N_("Right eye"), "L": N_("Left eye")}
MOST_STEPS = 100
KEYS = (
    ("0 ... 9", N_("Grade, then on")),
    ("← →", N_("Right eye, left eye")),
    ("↑ ↓", N_("Item before, item after")),
    ("n", N_("No abnormality in both eyes")),
    ("=", N_("The other eye is the same")),
    ("a", N_("As last time")),
    ("j", N_("Category by digit")),
    ("x", N_("Further words")),
    ("Del", N_("Take the grade back")),
    (N_("Space bar"), N_("Next without signing")),
    ("g", N_("Green channel")),
    ("f", N_("Key image of the eye")),
    ("p", N_("Last time's pictures")),
    ("+  -  z", N_("Larger, smaller, fit")),
    ("Shift ← ↑ ↓ →", N_("Push the picture")),
    (", .", N_("Picture before, picture after")),
)


class FundusEntry(ttk.Frame):
    """``changed()`` after each change by a person; ``reading`` is what stands there. Nothing changes while ``locked``
    says why."""

    def __init__(self, parent: tk.Misc, changed: Callable[[], object], refused: Callable[[Sentence], object]) -> None:
        super().__init__(parent, style="Card.TFrame", padding=look.px(8), width=look.px(WIDTH), takefocus=True)
        self.grid_propagate(False)
        self._changed, self._refused = changed, refused
        self.master_data: FundusMaster | None = None
        self.reading = Reading()
        self.last: Reading | None = None
        self.locked: Sentence | None = None
        self.side, self.key = "R", ""
        self._judgement: Judgement | None = None
        self._kind: Kind | None = None
        self._steps: list[Reading] = []
        self._cells: dict[tuple[str, str], tuple[tk.Label, tk.Label]] = {}
        self._heads: dict[str, tk.Label] = {}
        self._signs: dict[str, tk.Label] = {}
        self._categories: dict[str, tk.Label] = {}
        self._category = ttk.Label(self, style="Card.TLabel", anchor="w")
        self.words = TextField(self, N_("Further words (x)"), width=10, limit=400, card=True)
        self.words.on_change(self._words_typed)
        for sequence in ("<Return>", "<Escape>", "<Tab>"):
            self.words.entry.bind(sequence, lambda event: self._out_of_words(), add=True)
        self.columnconfigure(0, weight=1)
        self._help = KeyHelp(self, KEYS)
        self.bind("<Configure>", lambda event: self._show_help(event.height), add=True)
        self.bind("<FocusIn>", lambda event: self.paint(), add=True)
        self.bind("<FocusOut>", lambda event: self.paint(), add=True)

    # -- what stands there -----------------------------------------------------------------------------------------

    def take_master(self, master: FundusMaster, judgement: Judgement, kind: Kind) -> None:
        """Lay out what is graded; the same master once more changes nothing."""
        self._judgement, self._kind = judgement, kind
        if master == self.master_data:
            return
        self.master_data = master
        for child in list(self.winfo_children()):
            if child not in (self._category, self.words, self._help):
                child.destroy()
        self._cells, self._heads, self._signs, self._categories = {}, {}, {}, {}
        self._lay_out(master, judgement)

    def show(self, reading: Reading, last: Reading | None, locked: Sentence | None = None) -> None:
        """Another examinee: what is entered already, what was found last time."""
        self.reading, self.last, self.locked = reading, last, locked
        self._steps = []
        self.side = "R"
        self.key = self.master_data.items[0].key if self.master_data and self.master_data.items else ""
        self.words.set(reading.words.replace("\n", " "))
        self.paint()

    @property
    def category(self) -> str:
        """As chosen, else as suggested."""
        if self.reading.category or self.master_data is None or self._judgement is None or self._kind is None:
            return self.reading.category
        return suggested(self.master_data, self._judgement, self._kind, self.reading)

    def trouble(self) -> Sentence | None:
        """Why it can't be signed: somebody else has it, nothing is said of one eye, or a grade is missing that is
        required (the cursor goes there); None where it can."""
        if self.locked is not None or self.reading.empty:
            return self.locked
        bare = [side for side in EYES if self.reading.eye(side) == Eye()]
        if len(bare) == 1 and not self.reading.words:
            words = N_("{eye} is not read yet. Where it can't be judged, say so by m and 9.")
            return Sentence(words, {"eye": Sentence(EYE_WORDS[bare[0]])})
        return self._ungraded()

    def _ungraded(self) -> Sentence | None:
        if self.master_data is None or self._kind is None:
            return None
        missing = ungraded(self.master_data, self._kind, self.reading)
        if missing is None:
            return None
        self.side, item = missing
        self.go(item.key)
        words = N_("{eye}: “{item}” is not graded yet, its digit is missing.")
        return Sentence(words, {"eye": Sentence(EYE_WORDS[self.side]), "item": item.name})

    # -- what keys do ----------------------------------------------------------------------------------------------

    def letters(self) -> dict[str, Callable[[], object]]:
        """Single keys with a meaning here."""
        found: dict[str, Callable[[], object]] = {
            "n": self.no_abnormality, "a": self.as_last_time, "=": self.same_in_other, "x": self._into_words,
            CATEGORY: lambda: self.go(CATEGORY),
        }  # fmt: skip
        for digit in "0123456789":
            found[digit] = lambda digit=digit: self.digit(digit)  # type: ignore[misc]
        if self.master_data is not None:
            for item in self.master_data.items:
                found[item.key] = lambda key=item.key: self.go(key)  # type: ignore[misc]
            for sign in self.master_data.signs:
                found[sign.key] = lambda code=sign.code: self.toggle(code)  # type: ignore[misc]
        return found

    def go(self, key: str) -> None:
        """The cursor to an item."""
        self.key = key
        self.paint()

    def move(self, down: int) -> None:
        """The cursor to the item above or below."""
        keys = self._keys()
        if keys:
            at = keys.index(self.key) if self.key in keys else 0
            self.key = keys[max(0, min(len(keys) - 1, at + down))]
            self.paint()

    def other_eye(self, side: str = "") -> None:
        """The cursor to the other eye, or to ``side``."""
        self.side = side or ("L" if self.side == "R" else "R")
        self.paint()

    def digit(self, digit: str) -> None:
        """Grade the item under the cursor and go on: down, then to the left eye."""
        if self.key == CATEGORY:
            codes = list(self._categories)
            if digit in "123456789" and int(digit) <= len(codes):
                self.choose_category(codes[int(digit) - 1])
            return
        item = self.master_data.item(self.key) if self.master_data is not None else None
        if item is None:
            return
        if item.grade(digit) is None:
            offered = " ".join(each.digit for each in item.grades)
            self._refused(Sentence(N_("{item}: press one of {digits}."), {"item": item.name, "digits": offered}))
            return
        if self._put(self.reading.with_eye(self.side, self.reading.eye(self.side).graded(self.key, digit))):
            keys = [each.key for each in self.master_data.items] if self.master_data is not None else []
            at = keys.index(self.key) + 1
            if at < len(keys):
                self.key = keys[at]
            elif self.side == "R":
                self.side, self.key = "L", keys[0]
            self.paint()

    def toggle(self, code: str, side: str = "") -> None:
        """Mark a sign in the eye under the cursor, or take it back."""
        side = side or self.side
        self._put(self.reading.with_eye(side, self.reading.eye(side).toggled(code)))

    def clear_cell(self) -> None:
        """Take the grade under the cursor back."""
        if self.key == CATEGORY:
            self.choose_category("")
        else:
            self._put(self.reading.with_eye(self.side, self.reading.eye(self.side).graded(self.key, "")))

    def no_abnormality(self) -> None:
        """Both eyes normal."""
        if self.master_data is not None:
            self._put(replace(normal(self.master_data), words=self.reading.words))

    def as_last_time(self) -> None:
        """What was found last time, to be changed where it is no longer true."""
        if self.last is None:
            self._refused(Sentence(N_("There is no finding of last time.")))
        else:
            self._put(replace(self.last, category=""))

    def same_in_other(self) -> None:
        """The other eye as the one under the cursor."""
        self._put(same_in_other(self.reading, self.side))

    def choose_category(self, code: str) -> None:
        """The doctor's own choice; empty: as suggested."""
        self._put(replace(self.reading, category=code))

    def undo(self) -> bool:
        """One step back; False when there is none."""
        if not self._steps or self.locked is not None:
            return False
        self.reading = self._steps.pop()
        self.words.set(self.reading.words.replace("\n", " "))
        self.paint()
        self._changed()
        return True

    # -- inside ----------------------------------------------------------------------------------------------------

    def _put(self, reading: Reading) -> bool:
        if self.locked is not None:
            self._refused(self.locked)
            return False
        if reading != self.reading:
            self._steps.append(self.reading)
            del self._steps[:-MOST_STEPS]
            self.reading = reading
            self._changed()
        self.paint()
        return True

    def _keys(self) -> list[str]:
        items = [each.key for each in self.master_data.items] if self.master_data is not None else []
        return [*items, CATEGORY]

    def _words_typed(self) -> None:
        text = self.words.get().strip()
        if text == self.reading.words.replace("\n", " ") or self.master_data is None:
            return
        if self.locked is not None:
            self.words.set(self.reading.words.replace("\n", " "))
            return
        self.reading = replace(self.reading, words=text)
        self._changed()

    def _into_words(self) -> None:
        self.words.focus()

    def _out_of_words(self) -> str:
        self.focus_set()
        return "break"

    def _lay_out(self, master: FundusMaster, judgement: Judgement) -> None:
        grid = tk.Frame(self, bg=look.CARD)
        grid.grid(row=0, column=0, sticky="new")
        grid.columnconfigure(1, weight=1)
        for at, side in enumerate(EYES):
            head = self._label(grid, say(SIDES[side]), look.TEXT_BOLD, anchor="center")
            head.grid(row=0, column=2 + at * 2, columnspan=2, sticky="ew", padx=(look.px(4), 0))
            head.bind("<Button-1>", lambda event, side=side: self.other_eye(side))  # type: ignore[misc]
            self._heads[side] = head
        for row, item in enumerate(master.items, start=1):
            self._cap(grid, item.key).grid(row=row, column=0, sticky="w", pady=1)
            name = self._label(grid, item.name, look.TEXT)
            name.grid(row=row, column=1, sticky="ew", padx=(look.px(6), 0))
            for at, side in enumerate(EYES):
                cell = self._label(grid, "", look.TEXT_BOLD, anchor="center", width=1)
                cell.configure(highlightthickness=2, highlightbackground=look.LINE)
                cell.grid(row=row, column=2 + at * 2, sticky="ew", padx=(look.px(4), 0), pady=1)
                cell.bind("<Button-1>", lambda event, key=item.key, side=side: self._clicked(key, side))  # type: ignore[misc]
                grid.columnconfigure(2 + at * 2, minsize=look.px(CELL))
                last = self._label(grid, "", look.CAPTION, width=1)
                last.configure(fg=look.SECONDARY)
                last.grid(row=row, column=3 + at * 2, sticky="ew")
                grid.columnconfigure(3 + at * 2, minsize=look.px(34))
                self._cells[item.key, side] = (cell, last)
        signs = tk.Frame(self, bg=look.CARD)
        signs.grid(row=1, column=0, sticky="new", pady=(look.px(6), 0))
        signs.columnconfigure((0, 1), weight=1, uniform="signs")
        for at, sign in enumerate(master.signs):
            line = tk.Frame(signs, bg=look.CARD)
            line.grid(row=at // 2, column=at % 2, sticky="ew", padx=(0 if at % 2 == 0 else look.px(8), 0))
            line.columnconfigure(1, weight=1)
            self._cap(line, sign.key).grid(row=0, column=0, sticky="w", pady=1)
            label = self._label(line, "", look.TEXT, width=1)
            label.grid(row=0, column=1, sticky="ew", padx=(look.px(4), 0))
            label.bind("<Button-1>", lambda event, code=sign.code: self.toggle(code))  # type: ignore[misc]
            label.bind("<Configure>", lambda event: self.paint())
            self._signs[sign.code] = label
        row = tk.Frame(self, bg=look.CARD)
        row.grid(row=2, column=0, sticky="new", pady=(look.px(8), 0))
        self._cap(row, CATEGORY).grid(row=0, column=0, padx=(0, look.px(4)))
        for at, category in enumerate(judgement.categories):
            label = self._label(row, category.code, look.TEXT, anchor="center", width=1)
            label.configure(highlightthickness=1, highlightbackground=look.LINE, pady=look.px(5))
            label.grid(row=0, column=1 + at, sticky="ew", padx=1)
            label.bind("<Button-1>", lambda event, code=category.code: self.choose_category(code))  # type: ignore[misc]
            row.columnconfigure(1 + at, weight=1, uniform="categories")
            self._categories[category.code] = label
        self._category.grid(row=3, column=0, sticky="ew", pady=(look.px(2), 0))
        self.words.grid(row=4, column=0, sticky="ew", pady=(look.px(4), 0))

    def _show_help(self, height: int) -> None:
        """Where there is room below, the keys stand there."""
        needed = sum(each.winfo_reqheight() for each in self.grid_slaves() if each is not self._help)
        if height > needed + self._help.winfo_reqheight() + look.px(60):
            self._help.grid(row=5, column=0, sticky="new", pady=(look.px(24), 0))
        else:
            self._help.grid_remove()

    def _label(self, parent: tk.Misc, text: str, font: str, anchor: str = "w", width: int = 0) -> tk.Label:
        return tk.Label(parent, text=text, font=font, bg=look.CARD, fg=look.INK, anchor=anchor, width=width,
                        borderwidth=0, padx=0)  # type: ignore[arg-type]  # fmt: skip

    def _cap(self, parent: tk.Misc, key: str) -> tk.Label:
        return tk.Label(parent, text=key, font=look.CAPTION, bg=look.GROUND, fg=look.SECONDARY, width=2)

    def _clicked(self, key: str, side: str) -> None:
        self.key, self.side = key, side
        self.focus_set()
        self.paint()

    def paint(self) -> None:
        """Everything as it stands now."""
        master = self.master_data
        if master is None or not self.winfo_exists():
            return
        here = self.focus_get() is self
        for item in master.items:
            for side in EYES:
                cell, last = self._cells[item.key, side]
                grade = item.grade(self.reading.eye(side).grade(item.key))
                at = here and (item.key, side) == (self.key, self.side)
                odd = grade is not None and bool(grade.category)
                cell.configure(
                    text=grade.name.partition("(")[0] if grade is not None else "－",
                    bg=look.SELECTED if at else look.LOOK_GROUND if odd else look.CARD,
                    fg=look.INK if grade is not None else look.SECONDARY,
                    highlightbackground=look.PRIMARY if at else look.LINE,
                )
                before = item.grade(self.last.eye(side).grade(item.key)) if self.last is not None else None
                last.configure(text=before.name.partition("(")[0] if before is not None else "")
        for side, head in self._heads.items():
            on = side == self.side
            head.configure(bg=look.PRIMARY if on else look.GROUND, fg=look.CARD if on else look.INK)
        for sign in master.signs:
            sides = [say(SIDES[side]) for side in EYES if sign.code in self.reading.eye(side).signs]
            label = self._signs[sign.code]
            mark = say(N_("Both")) if len(sides) == 2 else "".join(sides)
            said = f"{mark} {sign.short}".strip()
            if label.winfo_width() > 40:
                said = Cutter(label, look.TEXT).cut(said, label.winfo_width() - look.px(4))
            label.configure(text=said, bg=look.LOOK_GROUND if sides else look.CARD)
        self._paint_category(here)

    def _paint_category(self, here: bool) -> None:
        chosen = self.category
        ring = look.PRIMARY if here and self.key == CATEGORY else look.LINE
        for code, label in self._categories.items():
            on = code == chosen
            ground, ink = (look.PRIMARY, look.CARD) if on else (look.CARD, look.INK)
            label.configure(bg=ground, fg=ink, highlightbackground=ring)
        category = self._judgement.category(chosen) if self._judgement is not None and chosen else None
        words = category.shown if category is not None else say(N_("No category yet"))
        if category is not None and not self.reading.category:
            words = say(N_("{category} (suggested)"), category=words)
        self._category.configure(text=words)


def why_locked(opened: Any) -> Sentence | None:
    """Why nothing can be entered: somebody else has it open, or it is signed; None where it can."""
    if opened.holder is not None:
        return Sentence(N_("{by} has this finding open at {station}."),
                        {"by": opened.holder.by or "-", "station": opened.holder.station})  # fmt: skip
    if opened.role in (SECOND, SETTLED):
        return Sentence(N_("It is read already; the other reader goes on with it at the findings station."))
    if opened.signed is not None:
        words = N_("Signed by {by} already; it is amended at the findings station.")
        return Sentence(words, {"by": opened.signed.by})
    return None
