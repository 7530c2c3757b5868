"""Bookings feed the day's list and the worklist; the list makes and updates bookings: whoever comes second updates."""

from __future__ import annotations

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kiosk.core.booking import Booker, BookingState
from kiosk.core.faults import Refused
from kiosk.core.visit import StepState, VisitKey, VisitState
from kiosk.devices.inbox.simulator import sample_rows
from kiosk.store import booked_visits, masters, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.resources import ResourceTaken
from tests.flow.booking_site import HANAKO, TARO, BookingSite
from tests.flow.reading_desk import Reception
from tests.stores import *  # noqa: F403


@pytest.fixture
def site(centre: Store) -> BookingSite:
    return BookingSite(centre)


# -- bookings make visits ----------------------------------------------------------------------------------------


def test_a_booking_stands_in_the_list_and_the_worklist(site: BookingSite) -> None:
    made = site.desk.make(site.slot("GASTRO", "09:00"), HANAKO)
    [visit] = site.visits()
    assert (visit.key.number, visit.patient.kanji, visit.at) == ("Y001", "見本 花子", time(9))
    assert made.number == "Y001" and site.scheduled() == [("90000001", "GASTRO")]
    second = site.desk.make(site.slot("ABDOMEN", "08:30"), HANAKO)
    assert second.number == "Y001" and site.scheduled() == [("90000001", "ABDOMEN"), ("90000001", "GASTRO")]
    study, accession = visit.steps[0].study_uid, visit.steps[0].accession
    tuesday = site.monday + timedelta(days=1)
    moved = site.desk.move(made, site.slot("GASTRO", "10:00", tuesday))
    assert site.scheduled() == [("90000001", "ABDOMEN")] and site.scheduled(tuesday) == [("90000001", "GASTRO")]
    assert moved.number == "Y001" and site.visits(tuesday)[0].steps[0].study_uid != study
    site.desk.undo()
    [visit] = site.visits()
    gastro = next(each for each in visit.steps if each.exam.code == "GASTRO")
    assert (gastro.study_uid, gastro.accession) == (study, accession)  # never change for a step that was there
    assert site.scheduled(tuesday) == [] and site.visits(tuesday)[0].state is VisitState.CANCELLED


def test_cancelled_and_brought_back(site: BookingSite) -> None:
    made = site.desk.make(site.slot("GASTRO", "09:00"), HANAKO)
    site.desk.cancel(made, "本人都合")
    assert site.scheduled() == [] and site.visits()[0].state is VisitState.CANCELLED
    site.desk.undo()
    assert site.scheduled() == [("90000001", "GASTRO")] and site.visits()[0].state is VisitState.BOOKED


def test_images_that_came_are_not_taken_away_by_cancelling(site: BookingSite) -> None:
    made = site.desk.make(site.slot("GASTRO", "09:00"), HANAKO)
    with site.centre.writing() as conn:
        conn.execute(sa.text("UPDATE steps SET images = 2, state = 'started'"))
    site.desk.cancel(made, "入力誤り")
    [visit] = site.visits()
    assert visit.state is VisitState.BOOKED and visit.steps[0].state is StepState.STARTED


def test_an_id_of_somebody_else_is_refused_and_nothing_is_left(site: BookingSite) -> None:
    site.listed("001", HANAKO, "CHEST")
    with pytest.raises(Refused) as why:
        site.desk.make(site.slot("GASTRO", "09:00"), replace(HANAKO, birth_date="1955-05-05"))
    assert why.value.reference == "B418" and "見本 花子" in str(why.value.sentence.values)
    assert site.all_bookings() == [] and site.scheduled() == [("90000001", "CHEST")]
    made = site.desk.make(site.slot("GASTRO", "09:00"), replace(HANAKO, kanji="新姓 花子"))
    assert made.number == "001" and site.visits()[0].patient.kanji == "見本 花子"  # the list says what she is called


def test_without_an_id_nobody_is_told_until_it_is_known(site: BookingSite) -> None:
    made = site.desk.make(site.slot("GASTRO", "09:00"), replace(HANAKO, patient_id=""))
    assert made.number == "" and site.visits() == []
    changed = site.desk.change(made, HANAKO, "電話で確認")
    assert changed.number == "Y001" and site.scheduled() == [("90000001", "GASTRO")]
    site.desk.undo()
    assert site.scheduled() == []


# -- the list makes and updates bookings -------------------------------------------------------------------------


def test_the_list_comes_second_and_the_visit_gets_its_number(centre: Store, tmp_path: Path) -> None:
    site, reception = BookingSite(centre), Reception(centre, tmp_path)
    made = site.desk.make(site.slot("GASTRO", "09:00"), HANAKO)
    [before] = site.visits()
    rows = sample_rows(site.monday, 3)
    rows[1][3] = "90000001"
    rows[1][4:8] = ["ﾐﾎﾝ ﾊﾅｺ", "見本 花子", "2", "19801231"]
    reception.read(rows)
    [after] = [each for each in site.visits() if each.patient.patient_id == "90000001"]
    assert after.id == before.id and after.key.number == rows[1][0]
    assert site.desk.find("90000001")[0].number == rows[1][0] and site.desk.find("90000001")[0].id == made.id
    assert ("90000001", "GASTRO") in site.scheduled()  # the list does not name it, the booking does
    assert before.steps[0].study_uid in [each.study_uid for each in after.steps]
    reception.read(rows[:1])
    assert any(each.vanished for each in site.visits() if each.id == before.id)
    assert made.id in site.desk.day("GASTRO", site.monday).vanished


def test_the_list_comes_first_and_its_examinees_get_their_seats(site: BookingSite) -> None:
    site.listed("001", HANAKO, "GASTRO", "ABDOMEN", at="09:10")
    site.listed("002", TARO, "CHEST")
    assert [each.number for each in site.desk.day("GASTRO", site.monday).unseated] == ["001"]
    done = site.seating.seat()
    assert (done.booked, done.linked, done.moved, done.without) == (2, 0, 0, 0)
    told = sorted((each.kind, f"{each.at:%H:%M}", each.number, each.source) for each in site.all_bookings())
    assert told == [("ABDOMEN", "09:15", "001", "list"), ("GASTRO", "09:20", "001", "list")]
    assert site.seating.seat().nothing and len(site.all_bookings()) == 2
    assert site.desk.day("GASTRO", site.monday).unseated == ()
    again = site.desk.make(site.slot("MMG", "09:00"), HANAKO)
    assert again.number == "001" and ("90000001", "MAMMO") in site.scheduled()


def test_a_desks_booking_is_found_by_the_list_and_only_told_its_number(site: BookingSite) -> None:
    with site.centre.writing() as conn:
        masters.write_master(conn, "examinations", {"examination": []})
    made = site.desk.make(site.slot("GASTRO", "10:00"), HANAKO)  # while the masters contradict each other
    with site.centre.writing() as conn:
        masters.write_master(conn, "examinations", masters.default_master("examinations"))
    assert made.number == "" and made.exam == ""
    site.listed("001", HANAKO, "GASTRO")
    assert site.seating.seat().linked == 1
    [found] = site.all_bookings()
    assert (found.id, found.number, found.exam) == (made.id, "001", "GASTRO")


def test_what_a_desk_cancels_or_moves_is_not_booked_again_by_the_list(site: BookingSite) -> None:
    site.listed("001", HANAKO, "GASTRO")
    site.listed("002", TARO, "GASTRO")
    site.seating.seat()
    hers, his = sorted(site.all_bookings(), key=lambda each: each.number)
    site.desk.cancel(hers, "本人都合")
    site.desk.move(his, site.slot("GASTRO", "09:00", site.monday + timedelta(days=1)))
    assert site.seating.seat().nothing
    assert [each.state for each in site.all_bookings()].count(BookingState.BOOKED) == 1
    assert [(each.number, each.asked) for each in site.desk.day("GASTRO", site.monday).unseated] == [
        ("001", True), ("002", True)
    ]  # fmt: skip
    assert ("90000001", "GASTRO") in site.scheduled()  # the list still asks for it


def test_somebody_whom_the_list_puts_on_another_day_is_moved(site: BookingSite) -> None:
    old = site.listed("001", HANAKO, "GASTRO")
    site.seating.seat()
    tuesday = site.monday + timedelta(days=1)
    with site.centre.writing() as conn:
        visits.flag_vanished(conn, "0001", [site.monday.isoformat()], set())
    site.listed("017", HANAKO, "GASTRO", day=tuesday)
    assert site.seating.seat().moved == 1
    [booking] = site.all_bookings()
    assert (booking.day, booking.number) == (tuesday, "017") and old > 0
    assert site.scheduled(tuesday) == [("90000001", "GASTRO")]


def test_a_full_day_leaves_them_in_sight(site: BookingSite) -> None:
    for at in ("08:40", "09:00", "09:20", "09:40", "10:00", "10:20", "10:40", "11:00"):
        for _ in range(2):
            site.desk.make(site.slot("GASTRO", at), Booker("", "先客"))
    site.listed("001", HANAKO, "GASTRO")
    done = site.seating.seat()
    assert done.nothing and done.without == 1
    assert [each.patient.kanji for each in site.desk.day("GASTRO", site.monday).unseated] == ["見本 花子"]
    site.desk.cancel(site.all_bookings()[0], "本人都合")
    assert site.seating.seat().booked == 1


# -- what belongs together ---------------------------------------------------------------------------------------


def test_a_course_is_booked_whole_or_not_at_all(site: BookingSite) -> None:
    way = site.desk.course_day("DOCK", site.monday)[0]
    assert [each.kind for each in way] == ["ABDOMEN", "GASTRO", "INTERNAL"]
    made = site.desk.make_all([each.id for each in way], HANAKO)
    assert len({each.linked for each in made}) == 1 and made[0].linked
    assert site.scheduled() == [("90000001", "ABDOMEN"), ("90000001", "GASTRO")]
    other = site.desk.course_day("DOCK", site.monday)[0]
    last = site.desks["reservations"]
    for _ in range(other[-1].free):
        last.make(other[-1].id, Booker("", "先客"))
    count = len(site.all_bookings())
    with pytest.raises(Refused):
        site.desk.make_all([each.id for each in other], TARO)
    assert len(site.all_bookings()) == count and site.visits()[0].patient.patient_id == "90000001"
    site.desk.make_all([each.id for each in site.desk.course_day("DOCK", site.monday)[0]], TARO)
    site.desk.undo()
    assert [each for each in site.all_bookings() if each.who == TARO and each.state.holds_a_seat] == []
    months = {each.day: each for each in site.desk.month("DOCK", site.monday)}
    assert 0 < months[site.monday].free < months[site.monday].capacity


def test_the_holter_comes_back_the_next_day(site: BookingSite) -> None:
    desk, book = site.desks["reservations_physiology"], "reservations_physiology"
    made = desk.make(site.slot("HOLTER", "09:20", book=book), HANAKO)
    back = desk.linked(made)
    assert [(each.kind, each.day, f"{each.at:%H:%M}") for each in back] == [
        ("HOLTEROFF", site.monday + timedelta(days=1), "09:20")
    ]
    wednesday = site.monday + timedelta(days=2)
    moved = desk.move(made, site.slot("HOLTER", "13:30", wednesday, book))
    assert [(each.day, f"{each.at:%H:%M}") for each in desk.linked(moved)] == [(wednesday + timedelta(days=1), "13:30")]
    desk.undo()
    assert [each.day for each in desk.linked(moved)] == [site.monday + timedelta(days=1)]
    now = desk.day("HOLTER", site.monday).bookings[0]
    desk.cancel(now, "本人都合", desk.linked(now))
    assert [each for each in site.all_bookings() if each.state.holds_a_seat] == []
    desk.undo()
    assert len([each for each in site.all_bookings() if each.state.holds_a_seat]) == 2


def test_no_holter_without_its_return(site: BookingSite) -> None:
    desk, book = site.desks["reservations_physiology"], "reservations_physiology"
    tuesday = site.monday + timedelta(days=1)
    for each in desk.day("HOLTEROFF", tuesday).slots:
        site.keepers[book].close_slot(each.id, True, "装置点検")
    with pytest.raises(Refused) as why:
        desk.make(site.slot("HOLTER", "09:00", book=book), HANAKO)
    assert why.value.reference == "B417" and site.all_bookings() == []


def test_rooms_and_doctors_are_not_given_twice(site: BookingSite) -> None:
    desk, book = site.desks["reservations_physiology"], "reservations_physiology"
    ten = site.slot("CAROTID", "10:00", book=book)
    for at in ("10:00", "10:00"):
        desk.make(site.slot("ECHO", at, book=book), Booker("", "先客"))
    view = next(each for each in desk.day("CAROTID", site.monday).slots if each.id == ten)
    assert view.free == 0 and view.short == "心エコー室" and view.taken == 0
    with pytest.raises(ResourceTaken) as why:
        desk.make(ten, HANAKO)
    assert [f"{each.at:%H:%M}" for each in why.value.nearest][:1] == ["10:30"]
    with pytest.raises(ResourceTaken):
        desk.hold(ten)
    over = desk.make(ten, HANAKO, over_reason="緊急")
    assert over.seat == 1
    days = {each.day: each for each in desk.month("CAROTID", site.monday)}
    assert days[site.monday].free == 3
    site.actor = Actor("窓口", "clerk", "r1")
    with pytest.raises(Refused) as refused:
        desk.make(ten, TARO, over_reason="緊急")
    assert refused.value.reference == "B419"


def test_four_recorders_are_four_recorders(site: BookingSite) -> None:
    desk, book = site.desks["reservations_physiology"], "reservations_physiology"
    for at in ("09:00", "09:00", "09:20", "09:20"):
        desk.make(site.slot("HOLTER", at, book=book), Booker("", "先客"))
    with pytest.raises(ResourceTaken):
        desk.make(site.slot("HOLTER", "13:30", book=book), HANAKO)


def test_a_whole_list_gets_what_there_is(site: BookingSite) -> None:
    for number in range(60):
        site.listed(f"{number:03d}", replace(HANAKO, patient_id=f"8{number:07d}"), "GASTRO", "ABDOMEN")
    done = site.seating.seat()
    assert done.booked + done.without == 120 and done.booked == 16 + 20


def test_a_cancelled_booking_and_then_the_list(site: BookingSite) -> None:
    """Somebody whose only booking was cancelled comes after all, as the list says."""
    site.desk.cancel(site.desk.make(site.slot("GASTRO", "09:00"), HANAKO), "本人都合")
    patient = site.visits()[0].patient
    with site.centre.writing() as conn:
        row = visits.VisitRow(VisitKey("0001", site.monday, "007"), patient, "09:00")
        booked_visits.adopt(conn, [row])
        visits.take_visit(conn, row, "list")
    [visit] = site.visits()
    assert (visit.key.number, visit.state) == ("007", VisitState.BOOKED)
