"""What went wrong once at a reservation desk, and does not any more."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from kiosk.core.booking import Booker, BookingState
from kiosk.core.booking_book import WrongMaster
from kiosk.core.faults import Overtaken, Refused
from kiosk.core.patient import Patient, same_name
from kiosk.flow.book_seats import BookSeats
from kiosk.flow.keep_book import KeepBook
from kiosk.flow.reserve import Reserve
from kiosk.flow.seat_visits import SeatVisits
from kiosk.store import masters, visits
from kiosk.store.engine import Store
from kiosk.store.seats import SlotFull
from tests.flow.booking_site import BOOKS, HANAKO, TARO, BookingSite
from tests.stores import *  # noqa: F403

SOMEBODY = Booker("", "先客")


@pytest.fixture
def site(centre: Store) -> BookingSite:
    return BookingSite(centre)


def on(site: BookingSite) -> list[Any]:
    return [each for each in site.all_bookings() if each.state.holds_a_seat]


def test_taking_back_means_the_last_act_whatever_it_was(site: BookingSite) -> None:
    made = site.desk.make(site.slot("GASTRO", "09:00"), TARO)
    site.desk.wait_for("GASTRO", site.monday, site.monday, HANAKO)
    assert site.desk.undo().booking is None
    assert site.desk.waiting("GASTRO") == [] and [each.id for each in on(site)] == [made.id]
    with pytest.raises(Refused):
        site.desk.undo()
    site.desk.wait_for("GASTRO", site.monday, site.monday, HANAKO)
    [waiter] = site.desk.waiting("GASTRO")
    site.desk.drop_waiter(waiter)
    site.desk.undo()
    assert site.desk.waiting("GASTRO") == [waiter]
    site.desk.book_waiter(waiter, [site.slot("GASTRO", "09:20")])
    site.desk.undo()
    assert site.desk.waiting("GASTRO") == [waiter] and len(on(site)) == 1


def test_what_could_not_be_taken_back_can_be_a_moment_later(site: BookingSite) -> None:
    made = site.desk.make(site.slot("BREASTUS", "13:30", site.monday + timedelta(days=1)), HANAKO)
    site.desk.cancel(made, "入力誤り")
    first = Reserve(site.centre, site.books["reservations"], lambda: site.actor)
    other = first.make(made.slot, TARO)
    with pytest.raises(SlotFull):
        site.desk.undo()
    first.cancel(other, "入力誤り")
    assert site.desk.undo().booking.state is BookingState.BOOKED  # type: ignore[union-attr]


def test_who_waits_for_a_course_gets_all_of_it(site: BookingSite) -> None:
    site.desk.wait_for("DOCK", site.monday, site.monday, HANAKO)
    [waiter] = site.desk.waiting("DOCK")
    way = site.desk.course_day("DOCK", site.monday)[0]
    site.desk.book_waiter(waiter, [each.id for each in way])
    assert sorted(each.kind for each in on(site)) == ["ABDOMEN", "GASTRO", "INTERNAL"]
    assert len({each.linked for each in on(site)}) == 1


def test_another_institutions_booking_is_its_own(site: BookingSite) -> None:
    elsewhere = BookSeats("reservations", "0002", "C")
    keeper = KeepBook(site.centre, "0002", lambda: site.actor, master="reservations")
    keeper.enter("2468")
    keeper.make_slots(site.monday, site.monday)
    branch = Reserve(site.centre, elsewhere, lambda: site.actor)
    theirs = branch.make(branch.day("GASTRO", site.monday).slots[0].id, HANAKO)
    site.listed("101", HANAKO, "GASTRO")
    done = site.seating.seat()
    assert (done.linked, done.booked) == (0, 1)
    assert branch.day("GASTRO", site.monday).bookings[0].number == theirs.number
    assert site.desk.warnings("BARIUM", HANAKO.patient_id, site.monday)[0].other.id != theirs.id


def test_a_book_without_kinds_touches_nobody_elses_slots(site: BookingSite) -> None:
    keeper = KeepBook(site.centre, "0001", lambda: site.actor, master="reservations_new")
    assert keeper.gate().fresh and keeper.masters() == {}
    keeper.set_pin("2468")
    assert keeper.plan_slots(site.monday, site.monday).nothing and keeper.exceptions(site.monday, site.monday) == []
    keeper.make_slots(site.monday, site.monday)
    assert len(site.desk.day("GASTRO", site.monday).slots) == 8


def test_a_slot_over_full_is_full(site: BookingSite) -> None:
    slot = site.slot("OGTT", "08:30")
    first = [site.desk.make(slot, SOMEBODY) for _ in range(3)][0]
    over = site.desk.make(slot, SOMEBODY, over_reason="緊急")
    site.desk.cancel(first, "本人都合")
    assert over.over_reason == "緊急" and len(on(site)) == 3
    with pytest.raises(SlotFull):
        site.desk.make(slot, TARO)


def test_a_room_too_many_keeps_its_reason(site: BookingSite) -> None:
    desk, book = site.desks["reservations_physiology"], "reservations_physiology"
    for _ in range(2):
        desk.make(site.slot("ECHO", "10:00", book=book), SOMEBODY)
    over = desk.make(site.slot("CAROTID", "10:00", book=book), HANAKO, over_reason="緊急")
    assert over.over_reason == "緊急" and desk.history(over.id)[0].reason == "緊急"


def test_rooms_are_shared_between_the_books_of_an_institution(site: BookingSite) -> None:
    hospital = Reserve(
        site.centre, BookSeats("reservations_endoscopy", "0001", "C", BOOKS), lambda: site.actor
    )  # fmt: skip
    for _ in range(2):
        site.desk.make(site.slot("GASTRO", "09:00"), SOMEBODY)
    view = next(
        each for each in hospital.day("H-GASTRO", site.monday).slots if each.at.hour == 9 and not each.at.minute
    )
    assert (view.free, view.short) == (0, "内視鏡室")


def test_recorders_that_are_worn_overnight_are_away_the_next_morning(site: BookingSite) -> None:
    desk, book = site.desks["reservations_physiology"], "reservations_physiology"
    tuesday = site.monday + timedelta(days=1)
    for _ in range(2):
        desk.make(site.slot("HOLTER", "13:30", book=book), SOMEBODY)
        desk.make(site.slot("HOLTER", "09:20", book=book), SOMEBODY)
    with pytest.raises(Refused):
        desk.make(site.slot("HOLTER", "09:00", tuesday, book), HANAKO)
    desk.make(site.slot("HOLTER", "09:20", tuesday, book), HANAKO)  # two are back just then


def test_a_kept_seat_counts_for_the_room(site: BookingSite) -> None:
    desk, book = site.desks["reservations_physiology"], "reservations_physiology"
    desk.make(site.slot("ECHO", "10:00", book=book), SOMEBODY)
    held = desk.hold(site.slot("ECHO", "10:00", book=book))
    with pytest.raises(Refused):
        desk.hold(site.slot("CAROTID", "10:00", book=book))
    desk.make(held.slot, HANAKO, hold=held.mark)  # one's own is no hindrance
    view = next(each for each in desk.day("CAROTID", site.monday).slots if f"{each.at:%H:%M}" == "10:00")
    assert view.free == 0


# -- the list and the desk -----------------------------------------------------------------------------------------


def test_what_the_desk_decided_stands_whatever_the_list_renumbers(site: BookingSite) -> None:
    site.listed("101", HANAKO, "GASTRO")
    site.seating.seat()
    site.desk.cancel(on(site)[0], "本人都合")
    with site.centre.writing() as conn:
        visits.flag_vanished(conn, "0001", [site.monday.isoformat()], set())
    site.listed("205", HANAKO, "GASTRO")
    assert site.seating.seat().nothing and on(site) == []
    wednesday = site.monday + timedelta(days=2)
    site.listed("102", TARO, "GASTRO")
    site.seating.seat()
    site.desk.move(on(site)[0], site.slot("GASTRO", "09:00", wednesday))
    site.listed("301", TARO, "GASTRO", day=site.monday + timedelta(days=1))
    assert site.seating.seat().nothing and [each.day for each in on(site)] == [wednesday]


def test_two_numbers_of_one_person_do_not_steal_each_others_seat(site: BookingSite) -> None:
    site.listed("101", HANAKO, "GASTRO")
    site.seating.seat()
    site.listed("102", HANAKO, "GASTRO")
    site.seating.seat()
    assert [each.number for each in on(site)] == ["101"]
    assert [each.number for each in site.desk.day("GASTRO", site.monday).unseated] == ["102"]


def test_an_examination_that_left_the_course_is_told(site: BookingSite) -> None:
    site.listed("101", HANAKO, "GASTRO")
    site.seating.seat()
    site.listed("101", HANAKO, "CHEST")
    [booking] = on(site)
    assert site.desk.day("GASTRO", site.monday).vanished == {booking.id}


def test_the_time_of_the_booking_stands_in_the_worklist(site: BookingSite) -> None:
    site.desk.make(site.slot("GASTRO", "10:40"), HANAKO)
    site.listed("Y001", HANAKO, "GASTRO", at="08:30")
    with site.centre.reading() as conn:
        [(at, visit_at)] = [(row.at, visit.at) for visit, row in _steps(conn, site.monday)]
    assert at == "10:40" and visit_at is not None and visit_at.hour == 8


def _steps(conn: Any, day: date) -> list[Any]:
    import sqlalchemy as sa

    from kiosk.store.tables import steps

    rows = conn.execute(sa.select(steps).where(steps.c.day == day.isoformat())).all()
    return [(visit, row) for visit in visits.day_visits(conn, day) for row in rows if row.visit == visit.id]


def test_names_and_facts_are_compared_and_corrected(site: BookingSite) -> None:
    site.listed("101", HANAKO, "CHEST")
    with pytest.raises(Refused) as why:
        site.desk.make(site.slot("GASTRO", "09:00"), Booker("90000001", "別人 次郎", "ベツジン ジロウ"))
    assert why.value.reference == "B418"
    site.desk.make(site.slot("GASTRO", "09:00"), Booker("90000001", "新姓 花子", "シンセイ ハナコ"))  # married
    known = Patient("", "1", "見本 花子", "ミホン ハナコ")
    assert same_name(known, replace(known, kana="シンセイ ハナコ")) and same_name(known, Patient("", "1"))
    assert not same_name(known, replace(known, kana="ベツジン ジロウ"))
    made = site.desk.make(site.slot("ABDOMEN", "09:00"), TARO)
    wrong = site.desk.change(made, replace(TARO, kanji="見本 太朗"), "")
    taro = next(each.patient for each in site.visits() if each.patient.patient_id == TARO.patient_id)
    assert wrong.who.kanji == "見本 太朗" == taro.kanji  # nobody but the desk tells of him


def test_a_corrected_id_goes_along_to_the_return_visit(site: BookingSite) -> None:
    desk, book = site.desks["reservations_physiology"], "reservations_physiology"
    made = desk.make(site.slot("HOLTER", "09:00", book=book), replace(HANAKO, patient_id="90000009"))
    desk.change(made, HANAKO, "")
    assert {each.who.patient_id for each in on(site)} == {"90000001"}
    desk.undo()
    assert {each.who.patient_id for each in on(site)} == {"90000009"}
    with pytest.raises(Refused) as why:
        desk.move(on(site)[0], site.slot("ECHO", "09:00", book=book))
    assert why.value.reference == "B424"


# -- the keeper ----------------------------------------------------------------------------------------------------


def changed(site: BookingSite, **what: Any) -> Callable[[], Any]:
    keeper = site.keepers["reservations"]
    before = keeper.masters()
    return lambda: keeper.write_masters(before, {**before, **what})


def test_masters_that_make_no_sense_are_refused(site: BookingSite) -> None:
    book = site.keepers["reservations"].masters()
    day = site.monday.isoformat()
    for what in (
        {"kind": [{**book["kind"][0], "needs": ["内視鏡质"]}, *book["kind"][1:]]},
        {"kind": [*book["kind"], {"name": "コードなし"}]},
        {"kind": [*book["kind"], {"code": "X" * 33, "name": "長い"}]},
        {"pattern": [{**book["pattern"][0], "since": "2026-12-02", "until": "2026-12-01"}]},
        {"pattern": [{**book["pattern"][0], "weeks": [9]}]},
        {"block": [{"since": day, "until": day, "resource": "無い"}]},
        {"block": [{"since": day, "until": day, "first": "12:00", "last": "09:00"}]},
        {"day": [{"day": day, "state": "closed"}, {"day": day, "state": "closed"}]},
    ):  # fmt: skip
        with pytest.raises(WrongMaster):
            changed(site, **what)()
    assert site.keepers["reservations"].masters() == book


def test_a_book_with_bookings_does_not_change_its_institution(site: BookingSite) -> None:
    made = site.desk.make(site.slot("GASTRO", "09:00"), SOMEBODY)
    with pytest.raises(WrongMaster):
        changed(site, institution="0009")()
    site.desk.cancel(made, "入力誤り")
    changed(site, institution="0009")()


def test_a_closed_day_closes_what_was_changed_by_hand(site: BookingSite) -> None:
    keeper = site.keepers["reservations"]
    added = keeper.add_slot("GASTRO", site.monday, site.desk.day("GASTRO", site.monday).slots[0].at, 5, "応援")
    changed(site, day=[{"day": site.monday.isoformat(), "state": "closed", "reason": "停電"}])()
    keeper.fit_slots(site.monday, site.monday)
    assert [
        each for each in site.desk.day("GASTRO", site.monday).slots if each.id == added.id and not each.closed
    ] == []
    keeper.undo_masters()
    keeper.fit_slots(site.monday, site.monday)
    assert len(site.desk.day("GASTRO", site.monday).slots) == 8


def test_fewer_seats_than_booked_is_told_beforehand(site: BookingSite) -> None:
    keeper, book = site.keepers["reservations"], site.keepers["reservations"].masters()
    for _ in range(2):
        site.desk.make(site.slot("GASTRO", "09:00"), SOMEBODY)
    changed(site, kind=[{**book["kind"][0], "capacity": 1}, *book["kind"][1:]])()
    told = keeper.plan_slots(site.monday, site.monday)
    assert [(f"{each.slot.at:%H:%M}", each.taken) for each in told.too_few] == [("09:00", 2)]


def test_nothing_is_made_beyond_what_was_made(site: BookingSite) -> None:
    far = site.monday + timedelta(days=200)
    assert site.keepers["reservations"].fit_slots(far, far).nothing
    for seats in (0, 1000):
        with pytest.raises(Refused):
            site.keepers["reservations"].add_slot(
                "GASTRO", site.monday, site.desk.day("GASTRO", site.monday).slots[0].at, seats, ""
            )


# -- many at once --------------------------------------------------------------------------------------------------


def at_once(site: BookingSite, *acts: Callable[[], object]) -> list[BaseException]:
    """Each in its own thread, begun together; what went wrong beside refusals."""
    start, wrong = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        start.wait(30)
        try:
            act()
        except (Refused, Overtaken):
            pass
        except BaseException as why:
            wrong.append(why)
        finally:
            site.centre.leave()

    threads = [threading.Thread(target=run, args=(act,), name=f"desk-{at}") for at, act in enumerate(acts)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return wrong


@pytest.mark.usefixtures("long_turns")
def test_newcomers_movers_courses_and_the_list_at_once(site: BookingSite) -> None:
    """No deadlock, no raw error: one act after the other."""

    def desk() -> Reserve:
        return Reserve(site.centre, site.books["reservations"], lambda: site.actor)

    def newcomer(number: int) -> Callable[[], object]:
        who = Booker(f"8000{number}", f"新規 {number}", "シンキ")
        return lambda: desk().make(site.slot("GASTRO", f"{9 + number % 2}:00".zfill(5)), who)

    assert at_once(site, *(newcomer(number) for number in range(6))) == []
    one, other = on(site)[:2]
    slots = [site.slot("GASTRO", "09:20"), site.slot("GASTRO", "09:40")]
    ways = desk().course_day("DOCK", site.monday)
    for number in range(20):
        site.listed(f"5{number:02d}", replace(HANAKO, patient_id=f"7000{number:02d}"), "GASTRO", "ABDOMEN")
    seating = SeatVisits(site.centre, site.books["reservations"], "r2")
    acts: list[Callable[[], object]] = [
        lambda: desk().move(one, slots[0]), lambda: desk().move(other, slots[1]),
        lambda: desk().make_all([each.id for each in ways[0]], HANAKO),
        lambda: desk().make_all([each.id for each in reversed(ways[1])], TARO), seating.seat, site.seating.seat,
    ]  # fmt: skip
    assert at_once(site, *acts) == []
    twice = [(each.number, each.exam) for each in on(site) if each.number and each.exam]
    assert len(twice) == len(set(twice)), "nobody has two seats for one examination"


def test_two_keepers_at_once(site: BookingSite) -> None:
    keepers = [KeepBook(site.centre, "0001", lambda: site.actor, master="reservations") for _ in range(2)]
    for each in keepers:
        each.enter("2468")
    later = site.monday + timedelta(days=40)
    assert (
        at_once(site, *(lambda each=each: each.make_slots(later, later + timedelta(days=30)) for each in keepers)) == []
    )  # type: ignore[misc]
    before = keepers[0].masters()
    done: list[str] = []

    def write(keeper: KeepBook, name: str) -> None:
        keeper.write_masters(before, {**before, "name": name})
        done.append(name)

    assert at_once(site, lambda: write(keepers[0], "甲"), lambda: write(keepers[1], "乙")) == []
    assert done == [keepers[0].masters()["name"]]
    with site.centre.reading() as conn:
        assert masters.master(conn, "reservations")["name"] == done[0]
