"""In which room a booking takes place, for the lists that hang on its door."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from kiosk.core.booking import Booking
from kiosk.core.booking_book import Kind

# What ends like this is a room (内視鏡室, 超音波室1, CT室(2), Room 3); a doctor, a nurse or a scope is none.
_ROOM = re.compile(r"(?:室|ルーム|ブース|\broom|\bbooth)[\s\-_(]*[0-9a-z]{0,2}\)?", re.IGNORECASE)


def is_room(resource: str, rooms: Collection[str] = ()) -> bool:
    """Is a shared resource a room: by its name, or because the examination master has a room of that name?"""
    if resource in rooms:
        return True
    told = unicodedata.normalize("NFKC", resource).strip()
    found = list(_ROOM.finditer(told))
    return bool(found) and found[-1].end() == len(told)


def rooms_of(kind: Kind, examination_rooms: Mapping[str, str]) -> tuple[str, ...]:
    """The rooms of a kind: what it needs that is a room, else the room of its examination, else its own name.

    ``examination_rooms``: code of the examination master -> its room, which may be empty.
    """
    needed = tuple(dict.fromkeys(each for each in kind.needs if is_room(each, tuple(examination_rooms.values()))))
    return needed or (examination_rooms.get(kind.examination, "") or kind.name or kind.code,)


def by_room(
    bookings: Iterable[Booking], kinds: Mapping[str, Kind], examination_rooms: Mapping[str, str]
) -> dict[str, list[Booking]]:
    """The bookings of each room by time, rooms in the order of the kinds; one that needs two rooms stands in both."""
    found: dict[str, list[Booking]] = {}
    for kind in kinds.values():
        for room in rooms_of(kind, examination_rooms):
            found.setdefault(room, [])
    for each in sorted(bookings, key=lambda one: (one.day, one.at, one.kind, one.seat, one.id)):
        for room in rooms_of(kinds.get(each.kind) or Kind(each.kind, each.kind), examination_rooms):
            found.setdefault(room, []).append(each)
    return {room: booked for room, booked in found.items() if booked}
