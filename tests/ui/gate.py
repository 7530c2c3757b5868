"""A gate for the lock: people with PINs and badges in memory, whose answers come when a test says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kiosk.core.faults import Fault, LinkLost, Refused


@dataclass
class Person:
    name: str


class Later:
    """An answer that comes when the test says so."""

    def __init__(self, value: Any) -> None:
        self._value = value
        self._waiting: list[tuple[Callable[[Any], None], Callable[[Fault], None]]] = []
        self.held = False

    def then(self, do: Callable[[Any], None], failed: Callable[[Fault], None]) -> Later:
        self._waiting.append((do, failed))
        if not self.held:
            self.come()
        return self

    def come(self) -> None:
        for do, failed in self._waiting:
            failed(self._value) if isinstance(self._value, Fault) else do(self._value)
        self._waiting.clear()


class FakeGate:
    def __init__(self, names: tuple[str, ...] = ("見本 花子", "見本 次郎")) -> None:
        self.people = dict.fromkeys(names, "2468")
        self.badges = {"B-0001": names[0]} if names else {}
        self.left = 0
        self.away = 0
        self.asked: list[Later] = []
        self.hold = False

    def _answer(self, value: Any) -> Later:
        answer = Later(value)
        answer.held = self.hold
        self.asked.append(answer)
        return answer

    def needs_first_person(self) -> Later:
        if self.away:
            self.away -= 1
            return self._answer(LinkLost("the database"))
        return self._answer(not self.people)

    def names(self) -> Later:
        return self._answer(list(self.people))

    def enter(self, *, badge: str = "", name: str = "", pin: str = "") -> Later:
        if badge in self.badges:
            return self._answer(Person(self.badges[badge]))
        if name and self.people.get(name) == pin:
            return self._answer(Person(name))
        return self._answer(Refused("pin", "Name and PIN do not fit.", "Try again."))

    def first_person(self, name: str, pin: str) -> Later:
        self.people[name] = pin
        return self._answer(Person(name))

    def leave(self) -> Later:
        self.left += 1
        return self._answer(None)
