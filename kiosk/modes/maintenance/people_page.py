"""The page of people: who works here, added and changed in a card beside the list."""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence, say
from kiosk.modes.maintenance import rules
from kiosk.modes.maintenance.person_card import PersonCard
from kiosk.ui import look
from kiosk.ui.shell import Choice, Key, Shell
from kiosk.ui.table import Column, Row, Table

CHOOSE_FIRST = N_("Choose a person first.")
NOT_ALLOWED = N_("Only the person in charge may do this.")


class PeoplePage:
    """List on the left, card on the right. The desk refuses what may not be; its sentence stands in the line."""

    def __init__(self, parent: Any, shell: Shell, desk: Any, keys_changed: Callable[[], None]) -> None:
        self.shell, self.desk = shell, desk
        self._keys_changed = keys_changed
        self.people: dict[int, rules.PersonLine] = {}
        self._wanted = 0
        self.frame = ttk.Frame(parent)
        self.frame.columnconfigure(0, weight=1)
        self.frame.rowconfigure(0, weight=1)
        self.table = Table(
            self.frame,
            [
                Column("name", N_("Name"), 260, stretch=True),
                Column("role", N_("Role"), 150),
                Column("badge", N_("Badge"), 90),
                Column("pin", N_("PIN"), 90),
                Column("state", N_("State"), 150),
            ],
            empty=N_("Nobody yet."),
            on_select=lambda key: self._selected(),
            on_choose=lambda key: self.change_role(),
        )
        self.table.grid(row=0, column=0, sticky="nsew")
        self.card = PersonCard(self.frame)
        self.card.grid(row=0, column=1, sticky="nsew", padx=(look.px(12), 0))
        self.card.bind("<<CardCancelled>>", lambda event: self.back())
        end = desk.on_people(self.refresh)
        self.frame.bind("<Destroy>", lambda event: end() if event.widget is self.frame else None, add=True)

    # -- what the window calls -----------------------------------------------------------------------------------

    def keys(self) -> list[Key]:
        person = self.chosen
        leave = N_("Works here again") if person is not None and not person.active else N_("Works here no longer")
        return [
            Key("F3", N_("Role"), self.change_role),
            Key("F4", N_("New PIN"), self.new_pin),
            Key("F5", N_("Add person"), self.add),
            Key("F7", N_("Badge"), self.change_badge),
            Key("F8", leave, self.leave_or_return),
        ]

    def shown(self) -> None:
        self.refresh()
        self.table.focus_set()

    def back(self) -> bool:
        if not self.card.open:
            return False
        self.card.close()
        self._selected()
        self.table.focus_set()
        return True

    def scanned(self, code: str) -> None:
        """A badge: taken where the card waits for one, else it says whose it is."""
        if not self.card.take_badge(code):
            self.desk.whose_badge(code).then(self._tell_holder, self.shell.problem.fault)

    # -- the list ------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> rules.PersonLine | None:
        return self.people.get(int(self.table.selected)) if self.table.selected else None

    def refresh(self) -> None:
        """Read the list anew."""
        self.desk.people().then(self._show, self.shell.problem.fault)

    def _show(self, people: list[rules.PersonLine]) -> None:
        if not self.frame.winfo_exists():
            return
        self.people = {each.id: each for each in people}
        self.table.show([self._row(each) for each in people])
        if self._wanted in self.people:
            self.table.select(str(self._wanted))
            self._wanted = 0
        if not self.card.open:
            self._selected()

    def _row(self, person: rules.PersonLine) -> Row:
        cells = (
            person.name,
            say(rules.ROLES.get(person.role, person.role)),
            say(N_("yes")) if person.has_badge else "",
            say(N_("yes")) if person.has_pin else "",
            "" if person.active else say(N_("no longer here")),
        )
        return Row(str(person.id), cells)

    def _selected(self) -> None:
        if not self.card.open:
            self.card.tell(self.chosen)
        self._keys_changed()

    def _tell_holder(self, person: int) -> None:
        if person in self.people:
            self.table.select(str(person))
            name = self.people[person].name
            self.shell.problem.plain(Sentence(N_("This is the badge of {name}."), {"name": name}))
        else:
            self.shell.problem.look(N_("Nobody here has this badge."))

    # -- acts ----------------------------------------------------------------------------------------------------

    def add(self) -> None:
        """F5: the empty card."""
        if self._allowed():
            self.card.ask_new_person(
                lambda name, role, pin, badge: self._do(
                    self.desk.add(name, role, pin, badge), N_("{name} was added."), name
                )
            )

    def change_role(self) -> None:
        person = self._chosen_by_admin()
        if person is not None:
            self.card.ask_role(
                person,
                lambda role: self._do(
                    self.desk.change_role(person.id, role), N_("The role of {name} was changed."), person.name
                ),
            )

    def new_pin(self) -> None:
        person = self._chosen_by_admin()
        if person is not None:
            self.card.ask_pin(
                person,
                lambda pin: self._do(self.desk.new_pin(person.id, pin), N_("{name} has a new PIN."), person.name),
            )

    def change_badge(self) -> None:
        person = self._chosen_by_admin()
        if person is None:
            return

        def keep(code: str) -> None:
            told = N_("The badge of {name} was changed.") if code else N_("{name} has no badge any more.")
            self._do(self.desk.set_badge(person.id, code), told, person.name)

        self.card.ask_badge(person, keep)

    def leave_or_return(self) -> None:
        person = self._chosen_by_admin()
        if person is None:
            return
        if not person.active:
            self._do(self.desk.reactivate(person.id), N_("{name} may work here again."), person.name)
            return
        self.shell.ask(
            Sentence(N_("Does {name} no longer work here?"), {"name": person.name}),
            N_("That person can't log in any more; what was written and signed stays. You may take it back."),
            [
                Choice(N_("Cancel")),
                Choice(
                    N_("Works here no longer"),
                    lambda: self._do(self.desk.deactivate(person.id), N_("{name} can't log in any more."), person.name),
                    dangerous=True,
                ),
            ],
        )

    def _do(self, answer: Any, told: str, name: str) -> None:
        self.card.wait()
        answer.then(lambda made: self._done(made, told, name), self._refused)

    def _done(self, made: Any, told: str, name: str) -> None:
        self.card.close()
        self._wanted = made if isinstance(made, int) else 0
        self.shell.problem.done(Sentence(told, {"name": name}))
        self.refresh()
        self.table.focus_set()

    def _refused(self, fault: Any) -> None:
        self.card.go_on()
        self.shell.problem.fault(fault)

    def _allowed(self) -> bool:
        if not self.desk.may_change:
            self.shell.problem.look(NOT_ALLOWED)
        return bool(self.desk.may_change)

    def _chosen_by_admin(self) -> rules.PersonLine | None:
        if not self._allowed():
            return None
        if self.chosen is None:
            self.shell.problem.look(CHOOSE_FIRST)
        return self.chosen
