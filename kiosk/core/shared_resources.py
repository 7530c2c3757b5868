"""Rooms, scopes, doctors and nurses that several kinds share: how many are spare at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import time

from kiosk.core.booking_book import BookingBook

MINUTES_OF_DAY = 24 * 60
Busy = tuple[str, int]  # kind and minute of a booking: below 0 it begins on the day before, from 1440 on the day after


@dataclass(frozen=True)
class Need:
    """A resource that a kind takes: how many there are, and the minutes of each kind that takes it too."""

    resource: str
    count: int
    minutes: Mapping[str, int]


def needs_of(book: BookingBook, kind: str, beside: Iterable[BookingBook] = ()) -> tuple[Need, ...]:
    """What a kind needs of that which is counted; a resource whose number the masters don't tell is never short.
    ``beside``: other books of the same institution, whose kinds take what has the same name.
    """
    books = (book, *beside)

    def taking(name: str) -> dict[str, int]:
        every = (each for one in books for each in one.kinds.values() if name in each.needs)
        return {each.code: each.keeps.get(name, each.minutes) for each in every}

    if kind not in book.kinds:
        return ()
    counted = (name for name in book.kinds[kind].needs if name in book.resources)
    return tuple(Need(name, book.resources[name], taking(name)) for name in counted)


def sharing(needs: Iterable[Need]) -> frozenset[str]:
    """The kinds whose bookings count."""
    return frozenset(kind for need in needs for kind in need.minutes)


def spare(needs: Iterable[Need], kind: str, at: time, booked: Iterable[Busy]) -> tuple[int | None, str]:
    """How many more of the shortest resource there are for ``kind`` at that time, and its name; (None, "") where it
    needs none. ``booked``: all bookings that hold a seat, of that day and of those around it.
    """
    shortest: tuple[int | None, str] = (None, "")
    booked = list(booked)
    for need in needs:
        left = need.count - _peak(need, at, need.minutes.get(kind, 0), booked)
        if shortest[0] is None or left < shortest[0]:
            shortest = (left, need.resource)
    return shortest


def days_around(needs: Iterable[Need]) -> int:
    """How many days before and after have bookings that may reach into a day."""
    return max((-(-minutes // MINUTES_OF_DAY) for need in needs for minutes in need.minutes.values()), default=1)


def minute_of(at: time) -> int:
    """Minutes since midnight."""
    return at.hour * 60 + at.minute


def _peak(need: Need, at: time, minutes: int, booked: list[Busy]) -> int:
    """The most that are in use at once between ``at`` and so many minutes later."""
    first = minute_of(at)
    last = first + minutes
    spans = [(begun, begun + need.minutes[kind]) for kind, begun in booked if kind in need.minutes]
    inside = [(begun, over) for begun, over in spans if begun < last and over > first]
    moments = {first, *(begun for begun, _ in inside if begun > first)}
    return max(sum(begun <= moment < over for begun, over in inside) for moment in moments)
