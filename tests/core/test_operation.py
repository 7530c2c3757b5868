"""Operations: times that run over midnight, what stands beside what, masters that make sense; also by random cases."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.faults import Refused
from kiosk.core.operation import (
    Operation,
    OperationPatient,
    OperationState,
    Team,
    check_operation,
    following,
    nearest,
    read_told,
    state_of,
    told,
)
from kiosk.core.theatre_book import (
    SECTIONS,
    TheatreBook,
    WrongTheatreMaster,
    entries,
    read_theatre_book,
    with_entry,
)
from kiosk.core.theatre_overlap import (
    EQUIPMENT,
    PERSON,
    ROOM,
    TheatreRules,
    TheatreTaken,
    check_overlaps,
    overlap_sentence,
    overlaps,
)
from kiosk.store.masters import default_master

NINE = datetime(2026, 11, 30, 9, 0)
RULES = TheatreRules(15, {"C-arm": 1, "腹腔鏡": 2})


def operation(number: int = 1, at: int = 0, minutes: int = 60, **more: object) -> Operation:
    """One that enters ``at`` minutes after nine, starts at once and lasts so long."""
    enter = NINE + timedelta(minutes=at)
    made = Operation(
        number, "手術室1", enter, enter, enter + timedelta(minutes=minutes), OperationPatient("P1", "見本 太郎"),
        method="虫垂切除術",
    )  # fmt: skip
    return replace(made, **more)  # type: ignore[arg-type]


def test_times_go_on_over_midnight() -> None:
    late = datetime(2026, 11, 30, 23, 30)
    assert following(late, time(23, 30)) == late
    assert following(late, time(23, 30), later=True) == late + timedelta(days=1)
    assert following(late, time(1, 15)) == datetime(2026, 12, 1, 1, 15)
    assert nearest(late, time(0, 5)) == datetime(2026, 12, 1, 0, 5)
    assert nearest(datetime(2026, 12, 1, 0, 5), time(23, 50)) == datetime(2026, 11, 30, 23, 50)


@pytest.mark.parametrize(
    ("wrong", "reference"),
    [
        ({"patient": OperationPatient()}, "B421"), ({"room": ""}, "B422"), ({"end": NINE}, "B423"),
        ({"start": NINE - timedelta(minutes=1)}, "B423"), ({"end": NINE + timedelta(hours=25)}, "B423"),
        ({"start": NINE + timedelta(hours=7), "end": NINE + timedelta(hours=8)}, "B423"),
        ({"actual_enter": NINE, "actual_start": NINE - timedelta(minutes=1)}, "B424"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(wrong: dict[str, object], reference: str) -> None:
    check_operation(operation())
    with pytest.raises(Refused) as refused:
        check_operation(operation(**wrong))  # type: ignore[arg-type]
    assert refused.value.reference == reference


def test_where_it_stands_follows_from_its_actual_times() -> None:
    planned = operation()
    entered = replace(planned, actual_enter=NINE + timedelta(minutes=10))
    started = replace(entered, actual_start=NINE + timedelta(minutes=30))
    ended = replace(started, actual_end=NINE + timedelta(minutes=50))
    assert [state_of(each).value for each in (planned, entered, started, ended)] == [
        "planned", "entered", "started", "ended",
    ]  # fmt: skip
    ends = [each.until - NINE for each in (planned, entered, started, ended)]
    assert [each.seconds // 60 for each in ends] == [60, 70, 90, 50]  # a late one lasts as long as planned
    assert state_of(replace(ended, state=OperationState.CANCELLED)) is OperationState.CANCELLED


def test_a_room_needs_its_turnover_and_ends_are_half_open() -> None:
    first, second = operation(1), operation(2, 60)
    assert overlaps(second, [first], TheatreRules(0)) == []
    assert [each.what for each in overlaps(second, [first], RULES)] == [ROOM]
    assert overlaps(operation(2, 75), [first], RULES) == []
    assert [each.what for each in overlaps(operation(2, -60), [first], RULES)] == [ROOM]
    assert overlaps(operation(2, 30, room="手術室2"), [first], RULES) == []
    assert overlaps(operation(2, 30, state=OperationState.CANCELLED), [first], RULES) == []


def test_a_person_is_the_same_however_the_blank_is_typed() -> None:
    mine = operation(1, room="手術室2", team=Team("見本 一郎", ("例題　二郎",), "", "試験 秋", "見本 春"))
    other = operation(2, 30, team=Team("例題二郎", (), "見本麻子", "", "試験　秋"))
    found = overlaps(mine, [other], RULES)
    assert [(each.what, each.name) for each in found] == [(PERSON, "例題　二郎"), (PERSON, "試験 秋")]
    assert overlaps(mine, [operation(2, 60, team=other.team)], RULES) == []  # people need no turnover


def test_equipment_is_counted_at_every_moment() -> None:
    def scope(number: int, at: int) -> Operation:
        return operation(number, at, room=f"手術室{number}", equipment=("腹腔鏡",))

    mine = scope(1, 0)
    assert overlaps(mine, [scope(2, -30)], RULES) == []
    assert overlaps(mine, [scope(2, -30), scope(3, 30)], RULES) == []  # one after the other: never two besides mine
    assert [each.what for each in overlaps(mine, [scope(2, -30), scope(3, 20)], RULES)] == [EQUIPMENT]
    assert overlaps(replace(mine, equipment=("器械",)), [replace(scope(2, 0), equipment=("器械",))], RULES) == []


def test_who_may_overlap_and_with_what() -> None:
    planned, urgent = operation(1), operation(2, 30, urgent=True)
    with pytest.raises(TheatreTaken) as taken:
        check_overlaps(operation(2, 30), None, [planned], RULES, "a reason helps nothing")
    assert not taken.value.reason_helps and "見本 太郎" in taken.value.told() and "15" in taken.value.told()
    with pytest.raises(TheatreTaken) as taken:
        check_overlaps(urgent, None, [planned], RULES, " ")
    assert taken.value.reason_helps
    assert check_overlaps(urgent, None, [planned], RULES, "大量出血") == "大量出血"
    beside = replace(urgent, overlap_reason="大量出血")
    assert check_overlaps(replace(beside, remarks="x"), beside, [planned], RULES, "") == "大量出血"
    assert check_overlaps(beside.moved("手術室2", NINE), beside, [planned], RULES, "") == ""
    with pytest.raises(TheatreTaken):  # no longer urgent: what excused it is gone
        check_overlaps(replace(beside, urgent=False), beside, [planned], RULES, "x")

    team = Team("見本 一郎")
    one, two = replace(planned, team=team), operation(2, 30, room="手術室2", team=team)
    with pytest.raises(TheatreTaken) as taken:
        check_overlaps(two, None, [one], RULES, "途中で交代")
    assert not taken.value.reason_helps
    assert check_overlaps(two, None, [one], replace(RULES, may_share_people=True), "途中で交代") == "途中で交代"
    arms = [replace(each, equipment=("C-arm",), team=Team()) for each in (one, two)]
    with pytest.raises(TheatreTaken):
        check_overlaps(replace(arms[1], urgent=True), None, arms[:1], replace(RULES, may_share_people=True), "x")
    assert "C-arm" in str(overlap_sentence(overlaps(arms[1], arms[:1], RULES)[0]))


spans = st.tuples(st.integers(0, 600), st.integers(5, 240), st.integers(1, 3), st.sampled_from("ABC"))


@settings(deadline=None)
@given(st.lists(spans, max_size=25), st.integers(0, 30))
def test_what_is_let_in_never_overlaps(wanted: list[tuple[int, int, int, str]], turnover: int) -> None:
    """Minute by minute: one operation in a room (with its turnover), one place for a person, one C-arm."""
    rules = TheatreRules(turnover, {"C-arm": 1})
    taken: list[Operation] = []
    for number, (at, minutes, room, surgeon) in enumerate(wanted, 1):
        mine = operation(number, at, minutes, room=f"手術室{room}", team=Team(surgeon),
                         equipment=("C-arm",) if number % 3 == 0 else ())  # fmt: skip
        try:
            check_overlaps(mine, None, taken, rules, "")
        except TheatreTaken as why:
            assert all(each.other in taken for each in why.overlaps)
        else:
            taken.append(mine)
    for minute in range(900):
        moment = NINE + timedelta(minutes=minute)
        rooms = [each.room for each in taken if each.enter <= moment < each.end + timedelta(minutes=turnover)]
        now = [each for each in taken if each.enter <= moment < each.end]
        assert len(set(rooms)) == len(rooms)
        assert len({each.team.surgeon for each in now}) == len(now)
        assert sum("C-arm" in each.equipment for each in now) <= 1


@settings(deadline=None)
@given(spans, spans)
def test_overlapping_is_mutual(one: tuple[int, int, int, str], other: tuple[int, int, int, str]) -> None:
    first, second = (operation(number, at, minutes, room=f"手術室{room}", team=Team(who))
                     for number, (at, minutes, room, who) in enumerate((one, other), 1))  # fmt: skip
    found = {each.what for each in overlaps(first, [second], RULES)}
    assert found == {each.what for each in overlaps(second, [first], RULES)}


def test_it_is_the_same_after_it_was_laid_down() -> None:
    full = operation(
        7, team=Team("a", ("b", "c"), "d", "e", "f"), anaesthesia=("全麻", "硬麻"), blood=("T&S",), pathology=True,
        actual_enter=NINE, state=OperationState.ENTERED, urgent=True,
    )  # fmt: skip
    assert read_told(told(full)) == full
    assert full.patient.age_on(NINE.date()) is None
    born = replace(full.patient, birth_date="1980-12-01")
    assert (born.age_on(date(2026, 11, 30)), born.age_on(date(2026, 12, 1))) == (45, 46)


# -- masters -----------------------------------------------------------------------------------------------------------


def test_the_shipped_master_makes_sense() -> None:
    book = read_theatre_book(default_master("theatre"))
    assert len(book.rooms) == 3 and book.equipment["C-arm"] == 1
    for each in book.methods.values():
        assert each.position in ("", *book.positions) and set(each.anaesthesia) <= set(book.anaesthesia)
        assert set(each.equipment) <= set(book.equipment) and each.department in book.departments


def test_the_list_of_a_week_closes_on_thursday_of_the_week_before() -> None:
    book = TheatreBook(("1",))
    monday = date(2026, 11, 30)
    closes = datetime(2026, 11, 26, 8, 30)
    assert {book.cut_off_of(monday + timedelta(days=at)) for at in range(7)} == {closes}
    assert not book.is_late(monday, closes) and book.is_late(monday, closes + timedelta(minutes=1))
    assert TheatreBook(("1",), cut_off=None).cut_off_of(monday) is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"rooms": []}, {"rooms": ["1", "1"]}, {"positions": "仰臥位"}, {"first": "19:00"}, {"first": "x"},
        {"cut_off_weekday": 7}, {"equipment": [{"name": "C-arm", "count": 0}]}, {"method": [{"minutes": 60}]},
        {"method": [{"name": "a", "minutes": "long"}]}, {"method": [{"name": "a", "hue": 1}]},
        {"method": [{"name": "a"}, {"name": "a"}]}, {"staff": {"nurses": [""]}},
    ],
)  # fmt: skip
def test_a_master_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(WrongTheatreMaster):
        read_theatre_book({**default_master("theatre"), **wrong})


def test_entries_are_added_changed_and_removed() -> None:
    body = default_master("theatre")
    for section in SECTIONS:
        assert entries(body, section), section
    grown = with_entry(body, "nurses", None, {"name": "見本 新"})
    assert read_theatre_book(grown).nurses[-1] == "見本 新" and "見本 新" not in read_theatre_book(body).nurses
    [hours] = entries(body, "hours")
    assert read_theatre_book(with_entry(body, "hours", hours, {**hours, "last": "20:00"})).last == time(20, 0)
    method = entries(body, "method")[0]
    longer = with_entry(body, "method", method, {**method, "minutes": 120})
    assert next(iter(read_theatre_book(longer).methods.values())).minutes == 120
    fewer = with_entry(body, "equipment", {"name": "C-arm", "count": 1}, None)
    assert "C-arm" not in read_theatre_book(fewer).equipment
    with pytest.raises(KeyError):
        with_entry(fewer, "equipment", {"name": "C-arm", "count": 1}, None)
    with pytest.raises(WrongTheatreMaster):
        with_entry(body, "rooms", {"name": "手術室1"}, {"name": "手術室2"})
