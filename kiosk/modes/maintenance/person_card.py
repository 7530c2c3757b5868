"""The card beside the list of people: who is chosen, or the form for what is being changed."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.maintenance import rules
from kiosk.ui import buttons, look
from kiosk.ui.fields import ChoiceField, Field, NumberField, TextField

WIDTH = 420


class PersonCard(ttk.Frame):
    """One form at a time; Return goes to the next field and, in the last one, does it."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent, style="Card.TFrame", padding=look.px(20))
        self.open = False
        self.badge = ""
        self._takes_badge: Callable[[str], None] | None = None
        self._do: ttk.Button | None = None
        self._inner = ttk.Frame(self, style="Plain.TFrame", width=look.px(WIDTH))
        self._inner.pack(fill="both", expand=True)
        self._inner.columnconfigure(0, weight=1, minsize=look.px(WIDTH))
        self.tell(None)

    # -- who is chosen -------------------------------------------------------------------------------------------

    def tell(self, person: rules.PersonLine | None) -> None:
        """What is known of the person who is chosen."""
        self._clear()
        if person is None:
            self._text(N_("Choose a person in the list, or add one with F5."))
            self._text(N_("Scan a badge to see whose it is."))
            return
        self._title(person.name)
        self._text(rules.ROLES.get(person.role, person.role))
        self._text(N_("Has a badge.") if person.has_badge else N_("Has no badge."))
        self._text(N_("Has a PIN.") if person.has_pin else N_("Has no PIN."))
        if not person.active:
            self._text(N_("Works here no longer and can't log in."))

    def close(self) -> None:
        """Put the form away."""
        self.open = False
        self._takes_badge = None
        self._clear()

    # -- forms ---------------------------------------------------------------------------------------------------

    def ask_new_person(self, do: Callable[[str, str, str, str], None]) -> None:
        """``do(name, role, pin, badge)``; the badge may be empty."""
        self._begin(N_("Add person"))
        name = TextField(self._inner, N_("Name"), limit=64, card=True)
        role = ChoiceField(self._inner, N_("Role"), rules.ROLES, card=True)
        pin, again = self._pin_fields()
        scanned = ttk.Label(self._inner, text=say(N_("Badge: scan it now, or later.")), style="Card.TLabel")

        def take(code: str) -> None:
            self.badge = code
            scanned.configure(text=say(N_("Badge: scanned ✓")), foreground=look.DONE)

        self._takes_badge = take

        def go() -> None:
            if not name.get():
                self._wrong(name, N_("Type the name."))
            elif not role.get():
                self._wrong(role, N_("Choose one."))
            elif self._pins_agree(pin, again):
                do(name.get(), role.get(), pin.get(), self.badge)

        self._lay_out([name, role, pin, again], scanned, N_("Add"), go)

    def ask_role(self, person: rules.PersonLine, do: Callable[[str], None]) -> None:
        """``do(role)``."""
        self._begin(person.name)
        role = ChoiceField(self._inner, N_("Role"), rules.ROLES, card=True)
        role.set(person.role)
        self._lay_out([role], None, N_("Change role"), lambda: do(role.get()))

    def ask_pin(self, person: rules.PersonLine, do: Callable[[str], None]) -> None:
        """``do(pin)``."""
        self._begin(person.name)
        pin, again = self._pin_fields()
        hint = ttk.Label(
            self._inner, text=say(N_("The person types it, nobody else.")), style="Card.TLabel",
            wraplength=look.px(WIDTH), justify="left",
        )  # fmt: skip
        self._lay_out(
            [pin, again], hint, N_("Set PIN"), lambda: do(pin.get()) if self._pins_agree(pin, again) else None
        )

    def ask_badge(self, person: rules.PersonLine, do: Callable[[str], None]) -> None:
        """``do(code)`` when a badge is scanned, ``do("")`` when it is taken away."""
        self._begin(person.name)
        self._text(N_("Scan the new badge now."))
        self._takes_badge = do
        row = self._button_row()
        cancel = buttons.secondary(row, N_("Cancel"), self._cancel)
        cancel.pack(side="left")
        if person.has_badge:
            away = buttons.dangerous(row, N_("Take the badge away"), lambda: do(""))
            away.pack(side="left", padx=(look.px(12), 0))
        cancel.focus_set()

    def take_badge(self, code: str) -> bool:
        """A badge was scanned; False where no form waits for one."""
        if self._takes_badge is None:
            return False
        self._takes_badge(code)
        return True

    def wait(self) -> None:
        """The desk is asked: nothing is done twice."""
        if self._do is not None and self._do.winfo_exists():
            self._do.state(["disabled"])

    def go_on(self) -> None:
        """The desk refused: what was typed is still there."""
        if self._do is not None and self._do.winfo_exists():
            self._do.state(["!disabled"])

    # -- inside --------------------------------------------------------------------------------------------------

    def _begin(self, title: str) -> None:
        self.close()
        self.open = True
        self.badge = ""
        self._title(title)

    def _pin_fields(self) -> tuple[NumberField, NumberField]:
        captions = (N_("PIN, at least 4 digits"), N_("The same PIN again"))
        one, two = (
            NumberField(self._inner, caption, limit=32, allowed="", card=True, secret=True) for caption in captions
        )
        return one, two

    def _pins_agree(self, pin: NumberField, again: NumberField) -> bool:
        if not pin.get():
            self._wrong(pin, N_("Type the PIN."))
        elif pin.get() != again.get():
            again.set("")
            self._wrong(again, N_("The two PINs differ."))
        else:
            return True
        return False

    def _wrong(self, field: Field, text: str) -> None:
        field.wrong(text)
        field.focus()

    def _lay_out(self, fields: list[Field], below: ttk.Label | None, do: str, go: Callable[[], object]) -> None:
        for field, after in zip(fields, [*fields[1:], None], strict=True):
            field.grid(sticky="ew", pady=(0, look.px(12)))
            if isinstance(field, TextField):
                step = after.focus if after is not None else go
                field.entry.bind("<Return>", lambda event, step=step: step())  # type: ignore[misc]
        if below is not None:
            below.grid(sticky="w", pady=(0, look.px(12)))
        row = self._button_row()
        self._do = buttons.primary(row, do, go)
        self._do.pack(side="left")
        buttons.secondary(row, N_("Cancel"), self._cancel).pack(side="left", padx=(look.px(12), 0))
        fields[0].focus()

    def _button_row(self) -> ttk.Frame:
        row = ttk.Frame(self._inner, style="Plain.TFrame")
        row.grid(sticky="ew", pady=(look.px(8), 0))
        return row

    def _cancel(self) -> None:
        self.event_generate("<<CardCancelled>>")

    def _clear(self) -> None:
        self._do = None
        for child in self._inner.winfo_children():
            child.destroy()

    def _title(self, text: str) -> None:
        label = ttk.Label(self._inner, text=say(text), style="Card.Title.TLabel", wraplength=look.px(WIDTH))
        label.grid(sticky="w", pady=(0, look.px(16)))

    def _text(self, text: str | Sentence) -> None:
        label = ttk.Label(self._inner, text=say(text), style="Card.TLabel", wraplength=look.px(WIDTH), justify="left")
        label.grid(sticky="w", pady=(0, look.px(8)))
