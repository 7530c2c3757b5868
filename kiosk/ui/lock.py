"""The lock: nobody sees patient data before saying who he is, and it falls again when nobody has touched a key."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, Protocol

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.ui.lock_screen import LockScreen
from kiosk.ui.shell import Shell

LOOK_EVERY_MS = 1000
OTHER_HANDS = N_("What is open here was begun by {before}. Saving or signing it now does so in the name of {now}.")


class Gate(Protocol):
    """What the lock asks; each answer has ``then(do, failed)`` and calls back on the main thread."""

    def needs_first_person(self) -> Any: ...

    def names(self) -> Any: ...

    def enter(self, *, badge: str = "", name: str = "", pin: str = "") -> Any: ...

    def first_person(self, name: str, pin: str) -> Any: ...

    def leave(self) -> Any: ...


class Lock:
    """One for all windows of a process: whoever enters at one is in at all of them.

    ``idle_min`` minutes without a key, click or scan in any window lock it (0: never), but not while one of them is
    ``busy`` with an examination. ``asks`` False: nobody is asked, nothing is covered.
    """

    def __init__(
        self,
        gate: Gate,
        idle_min: float = 10,
        asks: bool = True,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._gate = gate
        self._idle_s = idle_min * 60
        self._asks = asks
        self._clock_s = clock_s
        self._touched_s = clock_s()
        self._screens: dict[Shell, LockScreen | None] = {}
        self._after: tuple[Any, str] | None = None
        self.locked = asks
        self.person: Any = None
        self._before = ""  # who left last

    def guard(self, shell: Shell) -> None:
        """From now on this window takes part. It is covered at once when nobody is logged in."""
        if not self._asks:
            return
        self._screens[shell] = None
        # Keys are heard in front of everything else: a bound key, an F-key say, is heard nowhere behind its binding.
        shell.scanner.touched = self._touch
        shell.top.bind("<Control-l>", lambda event: self.lock_now(), add=True)
        shell.bar.on_person = self.lock_now
        if self.locked:
            self._cover(shell)
        else:
            shell.person(_name(self.person))
        if self._after is None:
            root = shell.top.nametowidget(".")
            for doing in ("<ButtonPress>", "<Motion>", "<MouseWheel>"):
                root.bind_all(doing, lambda event: self._touch(), add=True)
            self._watch(root)

    def release(self, shell: Shell) -> None:
        """The window is being closed."""
        screen = self._screens.pop(shell, None)
        if screen is not None:
            screen.take_away()
        if not self._screens and self._after is not None:
            root, name = self._after
            root.after_cancel(name)
            self._after = None

    def lock_now(self) -> None:
        """Somebody leaves: cover every window. What was being typed stays under the cover."""
        if self.locked or not self._asks:
            return
        self._before = _name(self.person)
        self.locked, self.person = True, None
        self._gate.leave().then(lambda _: None, self._told)
        for shell in self._screens:
            shell.person("")
            self._cover(shell)

    def look(self) -> None:
        """Lock if it is time (called each second)."""
        if self.locked or not self._idle_s:
            return
        if any(shell.is_busy for shell in self._screens):
            self._touched_s = self._clock_s()  # the time counts from the end of the examination
        elif self._clock_s() - self._touched_s >= self._idle_s:
            self.lock_now()

    def _watch(self, root: Any) -> None:
        self.look()
        self._after = (root, root.after(LOOK_EVERY_MS, lambda: self._watch(root)))

    def _touch(self) -> None:
        self._touched_s = self._clock_s()

    def _cover(self, shell: Shell) -> None:
        if self._screens[shell] is None:
            self._screens[shell] = LockScreen(shell, self._gate, self._entered)

    def _entered(self, person: Any) -> None:
        self.locked, self.person = False, person
        self._touch()
        for shell, screen in self._screens.items():
            shell.person(_name(person))
            if screen is not None:
                screen.take_away()
                self._screens[shell] = None
            if shell.is_busy and self._before not in ("", _name(person)):
                shell.problem.look(Sentence(OTHER_HANDS, {"before": self._before, "now": _name(person)}))

    def _told(self, fault: Fault) -> None:
        for shell in self._screens:
            shell.problem.fault(fault)


def _name(person: Any) -> str:
    return str(getattr(person, "name", ""))
