"""Who may work here: people are added, get another role, PIN or badge, and are let go; each change is audited."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.core.faults import Refused
from kiosk.core.words import N_
from kiosk.flow.session import check_pin, checked_name
from kiosk.store import audit, notices, staff
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store
from kiosk.store.staff import ROLES, Person

ADMIN = "admin"
KIND = "staff"  # of the notice; ids: person
SHORTEST_BADGE = 4


def check_admin(conn: Connection, actor: Actor) -> None:
    """Raises Refused unless the actor is, at this moment, an active person with the role admin."""
    if not any(each.name == actor.who and each.role == ADMIN for each in staff.people(conn)):
        raise Refused(
            "role",
            N_("Only the person in charge may do this."),
            N_("Ask that person, or log in as that person."),
            reference="R403",
        )


class KeepStaff:
    """Journeys of the staff list. ``actor`` is asked at each change for who does it."""

    def __init__(self, centre: Store, actor: Callable[[], Actor]) -> None:
        self._centre = centre
        self._actor = actor

    def people(self) -> list[Person]:
        """Everybody, also those who no longer work here: these last."""
        with self._centre.reading() as conn:
            found = staff.people(conn, active_only=False)
        return sorted(found, key=lambda each: not each.active)

    def whose_badge(self, badge: str) -> Person | None:
        with self._centre.reading() as conn:
            return staff.badge_holder(conn, badge)

    def add(self, name: str, role: str, pin: str, badge: str = "") -> Person:
        """A new person. Raises Refused for a name that is taken, an unknown role, an easy PIN, a badge in use."""
        name = checked_name(name)
        _check_role(role)
        check_pin(pin)
        with self._changing() as (conn, actor, known):
            same = next((each for each in known if _same_name(each.name, name)), None)
            if same is not None and not same.active:
                raise Refused(
                    "name", N_("{name} is in the list, but no longer active."), N_("Let that person work here again."),
                    name=same.name,
                )  # fmt: skip
            if same is not None:
                raise Refused(
                    "name", N_("{name} is in the list already."), N_("Add something that tells the two apart."),
                    name=same.name,
                )  # fmt: skip
            if badge:
                _check_badge(conn, badge)
            person = staff.add_person(conn, name=name, role=role, pin=pin, badge=badge)
            _note(conn, actor, "person added", person, role=role, badge=bool(badge))
        return person

    def change_role(self, person: int, role: str) -> None:
        """Raises Refused for the last person in charge."""
        _check_role(role)
        with self._changing() as (conn, actor, known):
            found = _one(known, person)
            if role == found.role:
                return
            if role != ADMIN:
                _check_another_admin(known, found)
            staff.change_person(conn, person, role=role)
            _note(conn, actor, "role changed", found, before=found.role, now=role)

    def new_pin(self, person: int, pin: str) -> None:
        """Also opens an account that too many wrong PINs have locked."""
        check_pin(pin)
        with self._changing() as (conn, actor, known):
            found = _one(known, person)
            staff.change_person(conn, person, pin=pin)
            _note(conn, actor, "PIN changed", found)

    def set_badge(self, person: int, badge: str) -> None:
        """The code of a badge as scanned; empty takes the badge away (it was lost)."""
        with self._changing() as (conn, actor, known):
            found = _one(known, person)
            if badge:
                _check_badge(conn, badge, found)
            staff.change_person(conn, person, badge=badge)
            _note(conn, actor, "badge set" if badge else "badge taken away", found)

    def deactivate(self, person: int) -> None:
        """May no longer enter; what the person did stays. Raises Refused for the last person in charge."""
        with self._changing() as (conn, actor, known):
            found = _one(known, person)
            _check_another_admin(known, found)
            if found.active:
                staff.change_person(conn, person, active=False)
                _note(conn, actor, "person deactivated", found)

    def reactivate(self, person: int) -> None:
        with self._changing() as (conn, actor, known):
            found = _one(known, person)
            if not found.active:
                staff.change_person(conn, person, active=True)
                _note(conn, actor, "person reactivated", found)

    @contextmanager
    def _changing(self) -> Iterator[tuple[Connection, Actor, list[Person]]]:
        actor = self._actor()
        with self._centre.writing() as conn:
            known = staff.people(conn, active_only=False, hold=True)
            check_admin(conn, actor)
            yield conn, actor, known


def _note(conn: Connection, actor: Actor, action: str, person: Person, **detail: Any) -> None:
    audit.write(conn, actor, action, subject=f"staff {person.id}", name=person.name, **detail)
    notices.tell(conn, KIND, person=person.id)


def _one(known: list[Person], person: int) -> Person:
    for each in known:
        if each.id == person:
            return each
    raise Refused("person", N_("This person is not in the list."), N_("Open this page again."))


def _same_name(one: str, other: str) -> bool:
    """Names that a person at the lock screen could not tell apart: width, blanks and capitals don't count."""
    plain = ["".join(unicodedata.normalize("NFKC", name).split()).casefold() for name in (one, other)]
    return plain[0] == plain[1]


def _check_role(role: str) -> None:
    if role not in ROLES:
        raise Refused("role", N_("Please choose a role."), N_("Choose one of the list."))


def _check_another_admin(known: list[Person], leaving: Person) -> None:
    others = [each for each in known if each.active and each.role == ADMIN and each.id != leaving.id]
    if leaving.active and leaving.role == ADMIN and not others:
        raise Refused(
            "last",
            N_("{name} is the last person in charge; then nobody could add people any more."),
            N_("Make somebody else a person in charge first."),
            name=leaving.name,
        )


def _check_badge(conn: Connection, badge: str, own: Person | None = None) -> None:
    if len(badge) < SHORTEST_BADGE:
        raise Refused("badge", N_("This code is too short for a badge."), N_("Scan the badge once more."))
    holder = staff.badge_holder(conn, badge)
    if holder is not None and (own is None or holder.id != own.id):
        raise Refused(
            "badge", N_("This is the badge of {name}."), N_("Scan another one, or take it away there first."),
            name=holder.name,
        )  # fmt: skip
