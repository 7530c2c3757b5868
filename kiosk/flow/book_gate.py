"""The gate before masters that not everybody may change: a role, and a PIN of their own."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kiosk.core.faults import Refused
from kiosk.core.words import N_
from kiosk.flow.session import check_pin
from kiosk.store import audit, book_pins
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

UNLOCKED_S = 900.0  # without an act, the PIN is asked for again


@dataclass(frozen=True)
class Gate:
    """``open``: may work now. ``fresh``: the book has no PIN yet and is given one."""

    open: bool
    fresh: bool = False


class BookGate:
    """One desk before one book. ``keepers``: roles that may pass; empty: whoever knows the PIN."""

    not_yours = N_("Slots are made, closed and opened by other roles than yours.")
    give_again = N_("Press F12 and give the PIN again.")

    def __init__(
        self, centre: Store, actor: Callable[[], Actor], *, book: str, keepers: Sequence[str] = (),
        now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._centre = centre
        self._actor = actor
        self._book_name = book
        self._keepers = frozenset(keepers)
        self._now = now
        self._open_until = 0.0
        self._opened_by = ""

    def gate(self) -> Gate:
        """Must the PIN be asked for? Raises Refused for another role."""
        self._must_be_keeper()
        if self._is_open():
            return Gate(True)
        with self._centre.reading() as conn:
            return Gate(False, not book_pins.has_pin(conn, self._book_name))

    def enter(self, pin: str) -> None:
        """Raises Refused for a wrong one; after some of them for a while."""
        self._must_be_keeper()
        with self._centre.writing() as conn:
            tried = book_pins.try_pin(conn, self._book_name, pin)
            if tried.right:
                audit.write(conn, self._actor(), "book opened", subject=self._book_name)
            else:
                audit.write(conn, self._actor(), "book refused", subject=self._book_name)
        if tried.locked_s:
            raise Refused(
                "locked", N_("Too many wrong PINs."), N_("Wait {minutes} minutes, or ask the person in charge."),
                reference="B421", minutes=int(tried.locked_s // 60) + 1,
            )  # fmt: skip
        if not tried.right:
            raise Refused("pin", N_("This PIN does not open the book."), N_("Try again."), reference="B420")
        self._opened()

    def set_pin(self, pin: str) -> None:
        """A new PIN: for a book that has none yet, or from whoever is in. Raises Refused for one too easy to guess."""
        self._must_be_keeper()
        check_pin(pin)
        with self._centre.writing() as conn:
            may = self._is_open() or self._actor().role == "admin"  # forgotten: whoever is in charge gives a new one
            if book_pins.has_pin(conn, self._book_name) and not may:
                raise Refused("pin", N_("This PIN does not open the book."), N_("Try again."), reference="B420")
            book_pins.set_pin(conn, self._book_name, pin)
            audit.write(conn, self._actor(), "book PIN set", subject=self._book_name)
        self._opened()

    def leave(self) -> None:
        self._open_until = 0.0

    def _is_open(self) -> bool:
        return self._now() < self._open_until and self._opened_by == self._actor().who

    def _opened(self) -> None:
        self._open_until, self._opened_by = self._now() + UNLOCKED_S, self._actor().who

    def _must_be_in(self) -> None:
        self._must_be_keeper()
        if not self._is_open():
            raise Refused(
                "closed", N_("The maintenance of this book was closed."), self.give_again,
                reference="B423",
            )  # fmt: skip
        self._opened()

    def _must_be_keeper(self) -> None:
        if self._keepers and self._actor().role not in self._keepers:
            raise Refused(
                "role", self.not_yours,
                N_("Log in as somebody who may; the parameter file of this PC names the roles."), reference="B406",
            )  # fmt: skip
