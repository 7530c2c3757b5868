"""Who is working at this station: people enter by badge or PIN; the first start makes the first person."""

from __future__ import annotations

import unicodedata

from kiosk.core.faults import Refused
from kiosk.core.words import N_
from kiosk.flow.answers import Answer, Errands
from kiosk.store import audit, staff
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.staff import Person

SHORTEST_PIN = 4


class Session:
    """The gate that the lock screen talks to, and the actor that the audit table is told."""

    def __init__(self, centre: Store, errands: Errands, station: str) -> None:
        self._centre = centre
        self._errands = errands
        self._station = station
        self.person: Person | None = None

    @property
    def name(self) -> str:
        return self.person.name if self.person else ""

    @property
    def role(self) -> str:
        return self.person.role if self.person else ""

    def actor(self) -> Actor:
        """For ``audit.write``; ``system`` while nobody is logged in (workers)."""
        if self.person is None:
            return Actor(station=self._station)
        return Actor(self.person.name, self.person.role, self._station)

    # -- the gate -----------------------------------------------------------------------------------------------
    def needs_first_person(self) -> Answer:
        """Answer: True where no person exists yet."""
        return self._errands.ask(self._nobody_yet)

    def names(self) -> Answer:
        """Answer: the names to choose from at the lock screen."""
        return self._errands.ask(self._names)

    def enter(self, *, badge: str = "", name: str = "", pin: str = "") -> Answer:
        """Answer: the Person; fails with Refused where badge or PIN is not known."""
        return self._errands.ask(self.enter_now, badge=badge, name=name, pin=pin)

    def first_person(self, name: str, pin: str) -> Answer:
        """Answer: the Person made (role admin) and logged in. Refused where somebody exists already."""
        return self._errands.ask(self.first_person_now, name, pin)

    def leave(self) -> Answer:
        return self._errands.ask(self._leave)

    # -- on a desk thread ---------------------------------------------------------------------------------------
    def _nobody_yet(self) -> bool:
        with self._centre.reading() as conn:
            return staff.nobody_yet(conn)

    def _names(self) -> list[str]:
        with self._centre.reading() as conn:
            return [person.name for person in staff.people(conn)]

    def enter_now(self, *, badge: str = "", name: str = "", pin: str = "") -> Person:
        locked_s = 0.0
        with self._centre.writing() as conn:
            if badge:
                person = staff.by_badge(conn, badge)
            else:
                tried = staff.by_pin(conn, name, pin)
                person, locked_s = tried.person, tried.locked_s
            actor = Actor(person.name if person else name or "?", person.role if person else "", self._station)
            audit.write(conn, actor, "login" if person else "login refused")
        if person is None:
            if locked_s:
                raise Refused(
                    "locked",
                    N_("Too many wrong PINs."),
                    N_("Wait {minutes} minutes, or have the person in charge set a new PIN."),
                    minutes=int(locked_s // 60) + 1,
                )
            if badge:
                raise Refused(
                    "badge", N_("This badge is not known here."), N_("Use your PIN, or ask the person in charge.")
                )
            raise Refused("pin", N_("Name and PIN do not fit."), N_("Try again."))
        self.person = person
        return person

    def first_person_now(self, name: str, pin: str) -> Person:
        name = checked_name(name)
        check_pin(pin)
        with self._centre.writing() as conn:
            if staff.people(conn, active_only=False, hold=True):  # two PCs may be started for the first time at once
                raise Refused("taken", N_("The first person exists already."), N_("Log in, or ask that person."))
            person = staff.add_person(conn, name=name, role="admin", pin=pin)
            audit.write(conn, Actor(name, "admin", self._station), "first person made", subject=f"staff {person.id}")
        self.person = person
        return person

    def _leave(self) -> None:
        if self.person is not None:
            with self._centre.writing() as conn:
                audit.write(conn, self.actor(), "logout")
            self.person = None


def checked_name(name: str) -> str:
    """The name without outer blanks. Raises Refused for an empty or too long one, or one with control characters."""
    name = unicodedata.normalize("NFC", name).strip()
    if not name or len(name) > 64 or any(unicodedata.category(letter) in ("Cc", "Cs") for letter in name):
        raise Refused("name", N_("A name is needed (up to 64 characters)."), N_("Type the name."))
    return name


def check_pin(pin: str) -> None:
    """Raises Refused for a PIN that is too short or one digit repeated."""
    if len(pin) < SHORTEST_PIN or len(set(pin)) == 1:
        raise Refused(
            "pin",
            N_("The PIN is too easy to guess."),
            N_("Choose at least {least} characters, not all the same."),
            least=SHORTEST_PIN,
        )
