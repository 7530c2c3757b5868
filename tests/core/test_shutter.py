"""Which edges of a contact count: bounces and hasty repeats are left out and counted, nothing else is (V2)."""

from __future__ import annotations

import random

import pytest

from kiosk.core.shutter import Contact, Press


def edges(contact: Contact, *moments_ms: float, closed: bool = True) -> list[Press | None]:
    """The contact changes at each of these moments, beginning with a closing."""
    found = []
    for at in moments_ms:
        found.append(contact.level(closed, at / 1000))
        closed = not closed
    return found


def test_the_first_edge_counts_at_once_and_its_bouncing_does_not() -> None:
    contact = Contact(30, 0)
    assert edges(contact, 1000, 1002, 1004, 1007, 1009) == [Press.TAKEN, None, Press.BOUNCE, None, Press.BOUNCE]
    assert contact.level(False, 1.2) is None  # let go
    assert edges(contact, 1203, 1205) == [Press.BOUNCE, None]  # bounces while it opens
    assert edges(contact, 1300) == [Press.TAKEN]
    assert (contact.taken, contact.bounces, contact.too_soon) == (2, 3, 0)


def test_a_contact_that_stays_closed_is_one_trigger() -> None:
    contact = Contact(30, 300)
    assert [contact.level(True, at / 100) for at in range(100, 400)].count(Press.TAKEN) == 1


def test_the_guard_keeps_back_hasty_repeats_and_can_be_off() -> None:
    assert edges(Contact(30, 300), 1000, 1100, 1200, 1250, 1310) == [
        Press.TAKEN, None, Press.TOO_SOON, None, Press.TAKEN,
    ]  # fmt: skip
    assert edges(Contact(30, 0), 1000, 1100, 1200, 1250, 1310) == [Press.TAKEN, None] * 2 + [Press.TAKEN]


@pytest.mark.parametrize("seed", range(20))
def test_ten_a_second_with_bounces_none_lost_none_twice(seed: int) -> None:
    chance = random.Random(seed)
    contact = Contact(30, 0)
    taken = 0
    for number in range(200):
        at = 1000 + 100.0 * number
        moments = [at, *sorted(at + chance.uniform(0.5, 12) for _ in range(2 * chance.randrange(4)))]
        taken += edges(contact, *moments).count(Press.TAKEN)
        contact.level(False, (at + 50) / 1000)
    assert taken == contact.taken == 200


def test_fifty_a_second_are_more_than_a_debounce_of_thirty_lets_through_and_all_are_counted() -> None:
    contact, every = Contact(30, 0), 20.0
    moments = [1000 + every * half / 2 for half in range(200)]
    edges(contact, *moments)
    assert contact.taken + contact.bounces + contact.too_soon == 100
    quick = Contact(8, 0)
    edges(quick, *moments)
    assert quick.taken == 100


def test_a_key_without_a_level() -> None:
    contact = Contact(30, 300)
    assert [contact.press(at / 1000) for at in (1000, 1010, 1100, 1500)] == [
        Press.TAKEN, Press.BOUNCE, Press.TOO_SOON, Press.TAKEN,
    ]  # fmt: skip
