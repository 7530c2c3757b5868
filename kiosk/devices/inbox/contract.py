"""What an inbox is asked: which files are complete, which are waited for, and to put a file away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import N_


class Why(StrEnum):
    """Why a file is not read yet."""

    NO_LOK = "no_lok"  # the list appeared, its .lok did not
    NO_CSV = "no_csv"  # the .lok stands without a list
    GROWING = "growing"  # still changing, or not yet seen unchanged for long enough
    OPEN = "open"  # another program holds it


@dataclass(frozen=True)
class Delivery:
    """A complete list: its file name, and what it looked like when it was found complete."""

    name: str
    size: int
    modified_ns: int


@dataclass(frozen=True)
class Waiting:
    """A file that is waited for. ``since_s`` is how long by the inbox's own clock."""

    name: str
    why: Why
    since_s: float


@dataclass(frozen=True)
class Look:
    """One look into the inbox: what can be read now, oldest first, and what can't be yet."""

    ready: tuple[Delivery, ...] = ()
    waiting: tuple[Waiting, ...] = field(default=())


class InboxGone(LinkLost):
    """The folder can't be looked into (share away, no rights)."""

    reference = "L211"

    def __init__(self, folder: Path) -> None:
        super().__init__(
            str(folder),
            N_("The folder of the reservation list can't be opened: {whom}"),
            N_("Check the network and the folder's name; lists are read by themselves when it is back."),
        )


class Changed(Fault):
    """The file was replaced or written to while it was read; nothing of this reading counts."""

    reference = "L212"

    def __init__(self, name: str) -> None:
        super().__init__(
            N_("The list {name} changed while it was read."),
            N_("It is read again by itself when it is complete."),
            name=name,
        )


class NotPutAway(Fault):
    """The list is in the store, but its files could not be taken away; it is tried again at each look."""

    reference = "L213"

    def __init__(self, name: str) -> None:
        super().__init__(
            N_("The list {name} was read, but it can't be taken out of its folder."),
            N_("Let this PC delete files in that folder, or close the program that holds the list."),
            name=name,
        )


class Inbox(Protocol):
    """Polled, never notified: events of network folders get lost."""

    def look(self) -> Look:
        """Raises InboxGone."""

    def fetch(self, delivery: Delivery, to: Path) -> str:
        """Copy the list to ``to`` and return its SHA-256; raises Changed where it is no longer what was found."""

    def put_away(self, delivery: Delivery) -> None:
        """The list is in the store: take its .lok away first, then the list. May be called again after a crash.

        Raises InboxGone or NotPutAway."""

    def leftovers(self) -> Iterator[Delivery]:
        """Lists that stand without a .lok: just written, or left by a crash between the two steps of putting away."""
