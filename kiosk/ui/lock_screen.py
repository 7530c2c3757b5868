"""What covers a locked window: badge or name and PIN; on the very first start, the form that makes the first person."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, say
from kiosk.ui import buttons, look
from kiosk.ui.fields import ChoiceField, NumberField, TextField
from kiosk.ui.keypad import Keypad
from kiosk.ui.shell import Shell

AGAIN_MS = 3000  # how soon a gate that did not answer is asked again


class LockScreen(tk.Frame):
    """Covers all of ``shell`` but its top bar. ``entered(person)`` is called once somebody is let in."""

    def __init__(self, shell: Shell, gate: Any, entered: Callable[[Any], object]) -> None:
        super().__init__(shell.frame, bg=look.GROUND, width=1, height=1)
        self._shell, self._gate, self._on_entered = shell, gate, entered
        self._asking = False
        self._gone = False
        self._pins: list[NumberField] = []  # of the form that stands there
        self._after: str | None = None
        self._first: tk.Misc = self
        self._focus_before = shell.top.focus_lastfor()
        self._uncover = shell.cover(self, self._badge, lambda: self._first)
        self._card = ttk.Frame(self, style="Card.TFrame", padding=look.px(28))
        self._card.place(relx=0.5, rely=0.46, anchor="center")
        self._message = ttk.Label(self._card, style="Card.TLabel", wraplength=look.px(560), justify="left")
        self._ask_gate()

    def take_away(self) -> None:
        """Uncover the window; the cursor goes back to where it was."""
        if self._gone:
            return
        self._gone = True
        if self._after is not None:
            self.after_cancel(self._after)
        self._uncover()
        before = self._focus_before
        self.destroy()
        if before is not None and before.winfo_exists():
            self._shell.give_focus(before)

    # -- which form --------------------------------------------------------------------------------------------

    def _ask_gate(self) -> None:
        self._after = None
        self._say(N_("One moment, asking for the staff list..."))
        self._gate.needs_first_person().then(self._first_form, lambda fault: self._not_now(fault))

    def _not_now(self, fault: Fault) -> None:
        if self._gone:
            return
        self._wrong(fault)
        self._after = self.after(AGAIN_MS, self._ask_gate)

    def _first_form(self, needed: bool) -> None:
        if self._gone:
            return
        if needed:
            self._build_first_person()
        else:
            self._gate.names().then(self._build_enter, self._not_now)

    def _clear(self, title: str, text: str) -> ttk.Frame:
        for child in self._card.winfo_children():
            if child is not self._message:
                child.destroy()
        self._message.pack_forget()
        ttk.Label(self._card, text=say(title), style="Card.Title.TLabel").pack(anchor="w")
        ttk.Label(self._card, text=say(text), style="Card.TLabel", wraplength=look.px(560), justify="left").pack(
            anchor="w", pady=(look.px(8), look.px(16))
        )
        form = ttk.Frame(self._card, style="Plain.TFrame")
        form.pack(fill="x")
        self._message.configure(text="")
        self._message.pack(anchor="w", pady=(look.px(12), 0))
        return form

    def _build_enter(self, names: list[str]) -> None:
        if self._gone:
            return
        form = self._clear(N_("Who is working here?"), N_("Scan your badge, or choose your name and type your PIN."))
        self._who = ChoiceField(form, N_("Name"), {name: name for name in names}, width=22, card=True)
        self._pin = NumberField(form, N_("PIN"), width=22, limit=32, allowed="", card=True, secret=True)
        self._go = buttons.primary(form, N_("Log in"), self._enter)
        form.columnconfigure(0, weight=1)
        self._who.grid(row=0, column=0, sticky="ew")
        self._pin.grid(row=1, column=0, sticky="ew", pady=look.px(12))
        self._go.grid(row=2, column=0, sticky="ew")
        self._pins = [self._pin]
        Keypad(form, self._pin.entry).grid(row=0, column=1, rowspan=3, padx=(look.px(24), 0))
        told = say(N_("When you leave, touch your name at the top right or press Ctrl+L."))
        ttk.Label(self._card, text=told, style="Card.TLabel", foreground=look.SECONDARY).pack(
            anchor="w", pady=(look.px(8), 0)
        )
        self._pin.entry.bind("<Return>", lambda event: self._enter())
        self._who.entry.bind("<<ComboboxSelected>>", lambda event: self._pin.focus(), add=True)
        if len(names) == 1:
            self._who.set(names[0])
        self._stand_apart(self._pin.entry if len(names) == 1 else self._who.entry)

    def _build_first_person(self) -> None:
        form = self._clear(
            N_("First start"),
            N_("Nobody is known here yet. The first person may add the others. Choose a PIN that only you know."),
        )
        self._name = TextField(form, N_("Your name"), width=28, limit=64, card=True)
        self._pin = NumberField(
            form, N_("PIN, at least 4 digits"), width=28, limit=32, allowed="", card=True, secret=True
        )
        self._pin_again = NumberField(
            form, N_("The same PIN again"), width=28, limit=32, allowed="", card=True, secret=True
        )
        self._pins = [self._pin, self._pin_again]
        self._go = buttons.primary(form, N_("Begin"), self._make_first)
        form.columnconfigure(0, weight=1)
        for row, part in enumerate((self._name, self._pin, self._pin_again, self._go)):
            part.grid(row=row, column=0, sticky="ew", pady=(0, look.px(12)))
        self._name.entry.bind("<Return>", lambda event: self._pin.focus())
        self._pin.entry.bind("<Return>", lambda event: self._pin_again.focus())
        self._pin_again.entry.bind("<Return>", lambda event: self._make_first())
        self._stand_apart(self._name.entry)

    def _stand_apart(self, first: tk.Misc) -> None:
        """Keys typed here are not the window's: its own bindings must not hear them."""
        self._first = first
        for widget in _all_below(self):
            widget.bindtags(tuple(tag for tag in widget.bindtags() if tag != str(self._shell.top)))
            self._shell.scanner.listen(widget)
        self._shell.give_focus(first)

    # -- what a person does ------------------------------------------------------------------------------------

    def _badge(self, code: str) -> None:
        if not self._asking:
            self._ask(self._gate.enter(badge=code))

    def _enter(self) -> None:
        if self._asking:
            return
        if not self._who.get():
            self._say(N_("Choose your name first."), wrong=True)
            self._who.focus()
        elif not self._pin.get():
            self._say(N_("Type your PIN."), wrong=True)
            self._pin.focus()
        else:
            self._ask(self._gate.enter(name=self._who.get(), pin=self._pin.get()))

    def _make_first(self) -> None:
        if self._asking:
            return
        if not self._name.get():
            self._name.wrong(N_("Type your name."))
            self._name.focus()
        elif self._pin.get() != self._pin_again.get():
            self._pin_again.set("")
            self._pin_again.wrong(N_("The two PINs differ."))
            self._pin_again.focus()
        else:
            self._ask(self._gate.first_person(self._name.get(), self._pin.get()))

    def _ask(self, answer: Any) -> None:
        self._asking = True
        self._say(N_("Checking..."))
        answer.then(self._let_in, self._refused)

    def _let_in(self, person: Any) -> None:
        self._asking = False
        if not self._gone:
            self._on_entered(person)

    def _refused(self, fault: Fault) -> None:
        self._asking = False
        if self._gone:
            return
        self._wrong(fault)
        for pin in reversed(self._pins):
            pin.set("")
            pin.focus()

    # -- inside ------------------------------------------------------------------------------------------------

    def _wrong(self, fault: Fault) -> None:
        self._message.configure(text="× " + fault.told(), foreground=look.STOP)
        if not self._message.winfo_manager():
            self._message.pack(anchor="w")

    def _say(self, text: str, wrong: bool = False) -> None:
        self._message.configure(text=say(text), foreground=look.STOP if wrong else look.SECONDARY)
        if not self._message.winfo_manager():
            self._message.pack(anchor="w")


def _all_below(widget: tk.Misc) -> list[tk.Misc]:
    found: list[tk.Misc] = []
    for child in widget.winfo_children():
        found += [child, *_all_below(child)]
    return found
