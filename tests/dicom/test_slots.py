"""Known devices always find room, one that went mad does not fill the house, strangers take what is left."""

from __future__ import annotations

from kiosk.dicom.slots import KEPT_EACH, MOST_EACH, MOST_OF_A_STRANGER, Slots


def test_strangers_never_take_what_is_kept_for_the_known() -> None:
    slots = Slots(20, ["CR1", "CT1"])
    taken = [slots.take("X", f"10.0.0.{number}") for number in range(100)]
    assert sum(key is not None for key in taken) == 20 - 2 * KEPT_EACH
    assert all(slots.take(title, "10.0.1.1") for title in ("CR1", "cr1 ", "CT1", "CT1"))
    assert slots.take("CT1", "10.0.1.1") is None and slots.used == 20


def test_one_address_has_its_own_limit() -> None:
    slots = Slots(500, [])
    assert sum(slots.take("X", "10.0.0.1") is not None for _ in range(100)) == MOST_OF_A_STRANGER
    assert slots.take("X", "10.0.0.2") is not None


def test_one_device_has_its_own_limit() -> None:
    slots = Slots(500, ["CT1"])
    assert sum(slots.take("CT1", "10.0.0.1") is not None for _ in range(100)) == MOST_EACH


def test_what_is_given_back_can_be_had_again() -> None:
    slots = Slots(1, [])
    key = slots.take("X", "10.0.0.1")
    assert key is not None and slots.take("X", "10.0.0.2") is None
    slots.give_back(key)
    assert slots.used == 0 and slots.take("X", "10.0.0.2") is not None


def test_more_devices_than_places_still_leaves_each_a_chance() -> None:
    slots = Slots(4, [f"CR{number}" for number in range(10)])
    assert slots.take("CR7", "10.0.0.1") is not None
