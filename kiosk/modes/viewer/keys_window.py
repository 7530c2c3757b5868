"""The keys of the viewer: which letter does what on this PC, and the card of all keys as it will be printed."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer import keys_rules
from kiosk.modes.viewer.rules import KEY_CARD
from kiosk.ui import look
from kiosk.ui.shell import Key, Shell
from kiosk.ui.table import Column, Row, Table

COLUMNS = (
    Column("now", N_("Key now"), 96),
    Column("first", N_("Key at first"), 110),
    Column("words", N_("What it does"), 340, stretch=True),
)
Letters = Mapping[str, Callable[[], object]]


class KeysView(ttk.Frame):
    """``letters()`` gives all letters with what they do; ``f_keys()`` caps and words of the key line beside pictures;
    ``changed()`` is called when a letter was changed or the key line of this page is another.
    """

    def __init__(
        self,
        parent: tk.Misc,
        shell: Shell,
        desk: Any,
        letters: Callable[[], Letters],
        f_keys: Callable[[], list[tuple[str, str]]],
        changed: Callable[[], object],
    ) -> None:
        super().__init__(parent)
        self._shell, self._desk, self._letters, self._f_keys, self._changed = shell, desk, letters, f_keys, changed
        self.changes: dict[str, str] = {}
        self._acts: dict[str, keys_rules.Act] = {}
        self._waiting: keys_rules.Act | None = None  # for its new letter
        self._photo: tk.PhotoImage | None = None
        self._asked = 0
        self.columnconfigure(0, weight=3)
        self.columnconfigure(1, weight=2, minsize=look.px(420))
        self.rowconfigure(0, weight=1)
        self.table = Table(self, COLUMNS, on_choose=lambda key: self.change())
        self.table.grid(row=0, column=0, sticky="nsew", padx=(0, look.px(12)))
        self._page = tk.Label(self, bg=look.SECONDARY)
        self._page.grid(row=0, column=1, sticky="nsew")
        self.table.tree.bind("<Key>", self._typed)
        self.table.tree.bind("<FocusOut>", lambda event: self._wait_for(None), add=True)
        self.bind("<Destroy>", lambda event: self._drop() if event.widget is self else None)
        desk.keys().then(self._read, shell.problem.fault)

    # -- what others ask -----------------------------------------------------------------------------------------

    def applied(self, letters: Letters) -> dict[str, Callable[[], object]]:
        """The letters as they act on this PC."""
        return keys_rules.applied(letters, self.changes)

    def letter(self, at_first: str) -> str:
        """The letter that stands for this one now."""
        return keys_rules.letter_of(at_first, self.changes)

    def card(self) -> list[tuple[str, str]]:
        """Caps and words of all keys but those of the key line."""
        return keys_rules.shown_card(KEY_CARD, self._letters(), self.changes)

    def key_line(self) -> list[Key]:
        return [
            Key("F5", N_("Change"), self.change),
            Key("F6", N_("As at first"), self.back_to_first),
            Key("F7", N_("All as at first"), self.all_back),
            Key("F9", N_("Print"), self.print),
        ]

    def open(self) -> None:
        """It stands in front now."""
        self.update_idletasks()  # so that the page is painted as wide as its place
        self._show()
        self.table.select(next(iter(self._acts), ""))

    # -- what can be done ----------------------------------------------------------------------------------------

    def change(self) -> None:
        """The next key that is pressed becomes that of the marked line."""
        act = self._marked()
        if act is not None:
            self.table.focus_set()
            self._wait_for(act)
            self._shell.problem.plain(Sentence(N_("Press the new key for “{words}” (Esc: leave it)."),
                                               {"words": act.words}))  # fmt: skip

    def stop_waiting(self) -> bool:
        """True where a new key was waited for."""
        waited = self._waiting is not None
        self._wait_for(None)
        if waited:
            self._shell.problem.clear()
        return waited

    def back_to_first(self) -> None:
        """The marked line as it was at first."""
        act = self._marked()
        if act is not None:
            self._take(act, act.letter)

    def all_back(self) -> None:
        """Every line as it was at first."""
        self._keep({}, Sentence(N_("All keys are as they were at first.")))

    def print(self) -> None:
        """The card to the printer of this PC."""
        done = self._shell.problem.done
        self._desk.print_keys(say(N_("Keys of the viewer")), self._groups()).then(
            lambda path: done(N_("The card of keys goes to the printer.")), self._shell.problem.fault
        )

    # -- inside --------------------------------------------------------------------------------------------------

    def _marked(self) -> keys_rules.Act | None:
        act = self._acts.get(self.table.selected)
        if act is None:
            self._shell.problem.look(N_("Choose a line first."))
        return act

    def _read(self, changes: Any) -> None:
        if self.winfo_exists():
            self.changes = changes
            self._changed()

    def _wait_for(self, act: keys_rules.Act | None) -> None:
        self._waiting = act

    def _typed(self, event: tk.Event) -> str | None:
        act, char = self._waiting, event.char
        if act is None or not char or not char.isprintable() or event.keysym in ("Return", "Tab"):
            return None
        self._wait_for(None)
        self._take(act, char)
        return "break"

    def _take(self, act: keys_rules.Act, new: str) -> None:
        why = keys_rules.why_not(act, new, list(self._acts.values()), self.changes)
        if why is not None:
            self._shell.problem.look(why)
            return
        values = {"letter": new, "words": act.words}
        self._keep(keys_rules.changed(self.changes, act.letter, new), Sentence(N_("{letter}: {words}"), values))

    def _keep(self, changes: dict[str, str], told: Sentence) -> None:
        def kept(_: Any) -> None:
            if self.winfo_exists():
                self.changes = changes
                self._show()
                self._changed()
                self._shell.problem.done(told)

        self._desk.keep_keys(changes).then(kept, self._shell.problem.fault)

    def _show(self) -> None:
        self._acts = {act.letter: act for act in keys_rules.acts(KEY_CARD, self._letters())}
        self.table.show([
            Row(letter, (self.letter(letter), letter, act.words), "done" if letter in self.changes else "")
            for letter, act in self._acts.items()
        ])  # fmt: skip
        self._asked += 1
        asked = self._asked

        def painted(png: bytes) -> None:
            if self.winfo_exists() and asked == self._asked:
                self._photo = tk.PhotoImage(master=self, data=png)
                self._page.configure(image=self._photo)

        def failed(fault: Fault) -> None:
            if asked == self._asked:
                self._shell.problem.fault(fault)

        width = max(look.px(400), self._page.winfo_width() - look.px(16))
        self._desk.key_page(say(N_("Keys of the viewer")), self._groups(), width).then(painted, failed)

    def _groups(self) -> list[tuple[str, list[tuple[str, str]]]]:
        return [(say(N_("Keys of the key line")), self._f_keys()), (say(N_("Keyboard and mouse")), self.card())]

    def _drop(self) -> None:
        self._photo = None  # on this thread: collected by a worker, it would call Tk from there
