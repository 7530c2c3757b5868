"""The book of reservations is kept behind its PIN: masters, slots of a period, exceptions for one day."""

from __future__ import annotations

from datetime import time, timedelta

import pytest

from kiosk.core.booking_book import WrongMaster
from kiosk.core.faults import Overtaken, Refused
from kiosk.flow.keep_book import KeepBook
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from tests.flow.booking_site import HANAKO, BookingSite
from tests.stores import *  # noqa: F403


@pytest.fixture
def site(centre: Store) -> BookingSite:
    return BookingSite(centre)


def test_books_leave_each_others_slots_alone(site: BookingSite) -> None:
    for keeper in site.keepers.values():
        assert keeper.plan_slots(site.monday, site.monday + timedelta(days=20)).nothing


@pytest.mark.parametrize("text", ["1234", "2468x"])
def test_a_wrong_pin_does_not_open_and_locks_after_some(site: BookingSite, text: str) -> None:
    keeper = KeepBook(site.centre, "0001", lambda: site.actor, master="reservations")
    assert (keeper.gate().open, keeper.gate().fresh) == (False, False)
    with pytest.raises(Refused) as why:
        keeper.make_slots(site.monday, site.monday)
    assert why.value.reference == "B423"
    seen = []
    for _ in range(6):
        with pytest.raises(Refused) as why:
            keeper.enter(text)
        seen.append(why.value.reference)
    assert seen == ["B420"] * 4 + ["B421"] * 2
    with pytest.raises(Refused):
        keeper.enter("2468")  # also the right one waits now
    site.actor = Actor("窓口", "clerk", "r1")
    with pytest.raises(Refused):
        keeper.set_pin("9999 8888")
    site.actor = Actor("責任者", "admin", "r1")  # a PIN that was forgotten is set anew by whoever is in charge
    keeper.set_pin("9999 8888")
    keeper.leave()
    keeper.enter("9999 8888")


def test_the_pin_is_asked_for_again(site: BookingSite) -> None:
    now = [0.0]
    keeper = KeepBook(site.centre, "0001", lambda: site.actor, master="reservations", now=lambda: now[0])
    keeper.enter("2468")
    now[0] = 800.0
    keeper.make_slots(site.monday, site.monday)
    now[0] = 1600.0
    assert keeper.gate().open
    now[0] = 2000.0
    assert not keeper.gate().open
    keeper.enter("2468")
    site.actor = Actor("別の人", "admin", "r1")  # somebody else logged in meanwhile
    assert not keeper.gate().open


def test_one_day_alone_and_as_usual_again(site: BookingSite) -> None:
    keeper, desk = site.keepers["reservations"], site.desk
    added = keeper.add_slot("GASTRO", site.monday, time(16, 0), 1, "増枠")
    assert added.by_hand and keeper.plan_slots(site.monday, site.monday).nothing
    made = desk.make(added.id, HANAKO)
    nine = site.slot("GASTRO", "09:00")
    keeper.add_slot("GASTRO", site.monday, time(9, 0), 5, "応援あり")
    assert [(f"{each.at:%H:%M}", each.capacity) for each in keeper.exceptions(site.monday, site.monday)] == [
        ("09:00", 5), ("16:00", 1)
    ]  # fmt: skip
    keeper.as_usual(nine)
    keeper.as_usual(added.id)
    after = {f"{each.at:%H:%M}": each for each in desk.day("GASTRO", site.monday).slots}
    assert after["09:00"].capacity == 2 and after["16:00"].closed  # booked: closed, never removed
    assert [each.id for each in desk.day("GASTRO", site.monday).bookings] == [made.id]
    assert keeper.exceptions(site.monday, site.monday) == []


def test_masters_are_changed_checked_and_taken_back(site: BookingSite) -> None:
    keeper = site.keepers["reservations"]
    before = keeper.masters()
    new = {**before, "kind": [*before["kind"], {"code": "BONE", "name": "骨密度", "minutes": 10}],
           "pattern": [*before["pattern"], {"kind": "BONE", "weekdays": [0], "times": ["09:00"]}]}  # fmt: skip
    keeper.write_masters(before, new)
    assert site.desk.book().kinds["BONE"].name == "骨密度"
    keeper.make_slots(site.monday, site.monday)
    assert len(site.desk.day("BONE", site.monday).slots) == 1
    with pytest.raises(Overtaken):
        keeper.write_masters(before, new)  # somebody else was there meanwhile
    site.desk.make(site.slot("BONE", "09:00"), HANAKO)
    with pytest.raises(WrongMaster):
        keeper.write_masters(new, before)  # it has bookings to come
    with pytest.raises(WrongMaster):
        keeper.write_masters(new, {**new, "kind": [{**new["kind"][0], "minutes": 0}]})
    assert keeper.masters() == new


def test_a_block_out_says_why_in_the_month(site: BookingSite) -> None:
    keeper, before = site.keepers["reservations"], site.keepers["reservations"].masters()
    day = site.monday.isoformat()
    block = {"since": day, "until": day, "resource": "内視鏡室", "reason": "装置点検"}
    keeper.write_masters(before, {**before, "block": [block]})
    keeper.make_slots(site.monday, site.monday)
    months = {each.day: each for each in site.desk.month("GASTRO", site.monday)}
    assert (months[site.monday].capacity, months[site.monday].reason) == (0, "装置点検")
    assert {each.day: each for each in site.desk.month("MMG", site.monday)}[site.monday].reason == ""
