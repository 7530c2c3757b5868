"""The staff list: who may change it, what is refused, and that each change is written down."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable

import pytest

from kiosk.core.faults import Refused
from kiosk.flow.keep_staff import KeepStaff
from kiosk.store import audit, notices, staff
from kiosk.store.audit import Actor
from kiosk.store.engine import Store

BOSS = Actor("見本 花子", "admin", "maint-1")


@pytest.fixture
def keeper(centre: Store) -> KeepStaff:
    with centre.writing() as conn:
        staff.add_person(conn, name=BOSS.who, role="admin", pin="2468")
    return KeepStaff(centre, lambda: BOSS)


def names(keeper: KeepStaff) -> dict[str, staff.Person]:
    return {each.name: each for each in keeper.people()}


def test_every_change_is_audited_without_secrets_and_noticed(centre: Store, keeper: KeepStaff) -> None:
    person = keeper.add("見本 太郎", "nurse", "1357", "B-12345").id
    keeper.change_role(person, "doctor")
    keeper.change_role(person, "doctor")  # changes nothing
    keeper.new_pin(person, "8642")
    keeper.set_badge(person, "B-67890")
    keeper.set_badge(person, "")
    keeper.deactivate(person)
    keeper.deactivate(person)
    keeper.reactivate(person)
    with centre.reading() as conn:
        events = list(reversed(audit.events(conn)))
        told = notices.after(conn, 0)
        assert audit.verify(conn) == []
    assert [event.action for event in events] == [
        "person added", "role changed", "PIN changed", "badge set", "badge taken away", "person deactivated",
        "person reactivated",
    ]  # fmt: skip
    assert {(event.who, event.role, event.station) for event in events} == {(BOSS.who, "admin", "maint-1")}
    assert {event.subject for event in events} == {f"staff {person}"}
    assert json.loads(events[1].detail) == {"name": "見本 太郎", "before": "nurse", "now": "doctor"}
    everything = " ".join(event.detail for event in events)
    assert not any(secret in everything for secret in ("1357", "8642", "B-12345", "B-67890"))
    assert [(notice.kind, notice.ids) for notice in told] == [("staff", {"person": person})] * 7


def test_the_new_person_enters_by_pin_and_badge(centre: Store, keeper: KeepStaff) -> None:
    person = keeper.add(" 見本 太郎 ", "nurse", "1357", "B-12345")
    with centre.writing() as conn:
        assert staff.by_pin(conn, "見本 太郎", "1357").person == person
        assert staff.by_badge(conn, "B-12345") == person


@pytest.mark.parametrize("taken", ["見本 太郎", "見本　太郎", "見本太郎"])
def test_names_that_look_alike_are_one_name(keeper: KeepStaff, taken: str) -> None:
    person = keeper.add("見本 太郎", "nurse", "1357")
    with pytest.raises(Refused, match="in the list already"):
        keeper.add(taken, "nurse", "1357")
    keeper.deactivate(person.id)
    with pytest.raises(Refused, match="no longer active"):
        keeper.add(taken, "nurse", "1357")
    assert len(keeper.people()) == 2


@pytest.mark.parametrize(
    ("name", "role", "pin", "badge", "reason"),
    [
        ("", "nurse", "1357", "", "name"),
        ("  ", "nurse", "1357", "", "name"),
        ("長" * 65, "nurse", "1357", "", "name"),
        ("見本\n太郎", "nurse", "1357", "", "name"),
        ("見本 太郎", "king", "1357", "", "role"),
        ("見本 太郎", "nurse", "135", "", "pin"),
        ("見本 太郎", "nurse", "", "", "pin"),
        ("見本 太郎", "nurse", "11111", "", "pin"),
        ("見本 太郎", "nurse", "1357", "B1", "badge"),
    ],
)
def test_what_does_not_fit_is_refused_and_changes_nothing(
    centre: Store, keeper: KeepStaff, name: str, role: str, pin: str, badge: str, reason: str
) -> None:
    with pytest.raises(Refused) as told:
        keeper.add(name, role, pin, badge)
    assert told.value.reason == reason and told.value.next_step.text
    assert list(names(keeper)) == [BOSS.who]
    with centre.reading() as conn:
        assert audit.events(conn) == []


def test_a_badge_belongs_to_one_person_even_one_who_left(keeper: KeepStaff) -> None:
    one = keeper.add("見本 太郎", "nurse", "1357", "B-12345")
    two = keeper.add("例示 一郎", "nurse", "1357")
    keeper.set_badge(one.id, "B-12345")  # his own once more
    keeper.deactivate(one.id)
    with pytest.raises(Refused) as told:
        keeper.set_badge(two.id, "B-12345")
    assert told.value.sentence.values == {"name": "見本 太郎"}
    keeper.set_badge(one.id, "")
    keeper.set_badge(two.id, "B-12345")
    holder = keeper.whose_badge("B-12345")
    assert holder is not None and holder.id == two.id


@pytest.mark.parametrize(
    "leave",
    [
        lambda keeper, person: keeper.deactivate(person),
        lambda keeper, person: keeper.change_role(person, "nurse"),
    ],
)
def test_the_last_person_in_charge_stays(keeper: KeepStaff, leave: Callable[[KeepStaff, int], None]) -> None:
    boss = names(keeper)[BOSS.who]
    gone = keeper.add("元 管理", "admin", "1357")
    keeper.deactivate(gone.id)  # one who works here no longer does not count
    with pytest.raises(Refused) as told:
        leave(keeper, boss.id)
    assert told.value.reason == "last"
    keeper.add("見本 太郎", "admin", "1357")
    leave(keeper, boss.id)
    with pytest.raises(Refused) as told:
        keeper.add("見本 次郎", "nurse", "1357")
    assert told.value.reference == "R403", "who is no longer in charge is asked anew at each change, not at the login"


def test_two_in_charge_cannot_put_each_other_out_at_once(centre: Store, keeper: KeepStaff) -> None:
    second = keeper.add("見本 太郎", "admin", "1357")
    boss = names(keeper)[BOSS.who]
    other = KeepStaff(centre, lambda: Actor(second.name, "admin", "r2"))
    together, refused = threading.Barrier(2), []

    def put_out(by: KeepStaff, person: int) -> None:
        together.wait()
        try:
            by.change_role(person, "nurse")
        except Refused as why:
            refused.append(why.reason)
        finally:
            centre.leave()

    threads = [
        threading.Thread(target=put_out, args=(keeper, second.id)),
        threading.Thread(target=put_out, args=(other, boss.id)),
    ]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert [each.role for each in keeper.people()].count("admin") == 1
    assert len(refused) == 1


def test_nobody_and_a_forged_role_may_change_nothing(centre: Store, keeper: KeepStaff) -> None:
    keeper.add("見本 太郎", "nurse", "1357")
    for actor in (Actor(station="r1"), Actor("見本 太郎", "admin", "r1"), Actor("誰か", "admin", "r1")):
        with pytest.raises(Refused) as told:
            KeepStaff(centre, lambda actor=actor: actor).new_pin(1, "9753")
        assert told.value.reference == "R403"


def test_an_unknown_person_is_said_to_be_unknown(keeper: KeepStaff) -> None:
    with pytest.raises(Refused) as told:
        keeper.new_pin(99, "1357")
    assert told.value.reason == "person"


def test_a_new_pin_opens_a_locked_account(centre: Store, keeper: KeepStaff) -> None:
    person = keeper.add("見本 太郎", "nurse", "1357")
    with centre.writing() as conn:
        for _ in range(5):
            staff.by_pin(conn, person.name, "0000")
        assert staff.by_pin(conn, person.name, "1357").locked_s > 0
    keeper.new_pin(person.id, "8642")
    with centre.writing() as conn:
        assert staff.by_pin(conn, person.name, "8642").person is not None
