"""What reception shows of a visit, and whom a number means."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.patient import Patient
from kiosk.core.visit import Examination, ExpectedView, Step, StepState, Visit, VisitKey, VisitState
from kiosk.core.words import say
from kiosk.modes.reception import rules
from kiosk.modes.reception.rules import DayList, Line

DAY = date(2026, 11, 24)
CHEST = Examination("CHEST", "胸部X線", "胸部", "CR", views=(
    ExpectedView("FRONT", "正面", (("ViewPosition", "PA"),)), ExpectedView("SIDE", "側面", (("ViewPosition", "LL"),)),
))  # fmt: skip
FUNDUS = Examination("FUNDUS", "眼底", "眼底", "OP", views=(
    ExpectedView("R", "右", (("ImageLaterality", "R"),)), ExpectedView("L", "左", (("ImageLaterality", "L"),)),
))  # fmt: skip
STOMACH = Examination(
    "STOMACH", "胃部X線", "胃", "RF", views=tuple(ExpectedView(f"P{n}", f"{n}/4") for n in range(1, 5))
)
BLOOD = Examination("BLOOD", "採血", "採血", "")


def step(exam: Examination, *arrived: str, images: int | None = None) -> Step:
    done = bool(exam.views) and len(arrived) == len(exam.views)
    state = StepState.DONE if done else StepState.STARTED if arrived else StepState.SCHEDULED
    return Step(1, 1, exam, "2.25.1", "V1", "S1", state, arrived, len(arrived) if images is None else images)


def visit(*steps: Step, arrived: bool = True, **changes: object) -> Visit:
    states = [each.state for each in steps if each.exam.gives_images]
    done = bool(states) and set(states) == {StepState.DONE}
    state = VisitState.DONE if done else VisitState.ARRIVED if arrived else VisitState.BOOKED
    made = Visit(
        7, VisitKey("0001", DAY, "20261124-017"),
        Patient("", "90012763", "髙橋 花子", "タカハシ ハナコ", "TAKAHASHI HANAKO", "F", date(1971, 4, 2)),
        1, time(9, 0), "A", "ドックA", (), state, "2026-11-24T08:55:00+09:00" if arrived else "", steps=steps,
    )  # fmt: skip
    return replace(made, **changes)  # type: ignore[arg-type]


def test_a_line() -> None:
    line = rules.line_of(visit(step(CHEST, "FRONT", "SIDE"), step(BLOOD), remark=" 抗凝固薬\n朝のみ "), noted=True)
    assert (line.at, line.number, line.name, line.age, line.remark) == (
        "09:00", "20261124-017", "髙橋 花子", 55, "抗凝固薬 朝のみ",
    )  # fmt: skip
    assert rules.person_text(line) == "F 55"
    assert rules.remark_text(line) == "interviewed 抗凝固薬 朝のみ"
    assert rules.paper_cells(line)["examinations"] == "胸部✓"


@pytest.mark.parametrize(
    ("steps", "arrived", "told", "state"),
    [
        ((step(CHEST), step(FUNDUS)), False, "not here yet", ""),
        ((step(CHEST), step(FUNDUS)), True, "胸部・ 眼底・", ""),
        ((step(CHEST, "FRONT", "SIDE"), step(FUNDUS), step(STOMACH)), True, "胸部✓ 眼底・ 胃・", ""),
        ((step(CHEST, "FRONT", "SIDE"), step(FUNDUS, "R")), True, "胸部✓ 眼底 no 左", "look"),
        ((step(STOMACH, "P1", "P2", "P3"),), True, "胃 3/4", "look"),
        ((step(FUNDUS, images=1),), True, "眼底 no 右・左", ""),
        ((step(CHEST, "FRONT", "SIDE"), step(FUNDUS, "R", "L"), step(BLOOD)), True, "胸部✓ 眼底✓", "done"),
        ((step(CHEST, "FRONT", "SIDE"),), False, "not here yet 胸部✓", "look"),  # amber, and it says why
        ((step(BLOOD),), True, "no pictures in this course", ""),
        ((), False, "not here yet", ""),
    ],
)
def test_what_has_arrived_is_named_and_what_is_missing(
    steps: tuple[Step, ...], arrived: bool, told: str, state: str
) -> None:
    found = rules.line_of(visit(*steps, arrived=arrived))
    assert (found.examinations, found.state) == (told, state)


def test_missing_is_told_by_name() -> None:
    line = rules.line_of(visit(step(CHEST, "FRONT"), step(FUNDUS), step(STOMACH, "P1")))
    assert line.missing == "胸部X線 no 側面、眼底、胃部X線 1/4"
    assert rules.line_of(visit(step(CHEST, "FRONT", "SIDE"))).missing == ""


def test_a_vanished_visit_wants_a_look_whatever_has_arrived() -> None:
    line = rules.line_of(visit(step(CHEST, "FRONT", "SIDE"), vanished=True))
    assert line.state == "look" and rules.remark_text(line).startswith("no longer in the list")


def test_a_cancelled_visit_says_so() -> None:
    line = rules.line_of(visit(step(CHEST), state=VisitState.CANCELLED, vanished=True))
    assert (line.examinations, line.state) == ("cancelled", "")


def lines(*numbers: str) -> list[Line]:
    base = rules.line_of(visit())
    return [
        replace(base, visit=at, number=number, short=rules.short_number(number, DAY), patient_id=f"9{at:07d}")
        for at, number in enumerate(numbers, 1)
    ]


TODAY = lines("20261124-001", "20261124-010", "20261124-017", "20261124-117", "20261124-170")


@pytest.mark.parametrize(
    ("code", "number"),
    [
        ("20261124-017", "20261124-017"), ("017", "20261124-017"), ("17", "20261124-017"), ("117", "20261124-117"),
        ("２０２６１１２４－０１７", "20261124-017"), (" 20261124-017\n", "20261124-017"),
        ("A20261124-017B", "20261124-017"),
        ("a017d", "20261124-017"), ("90000003", "20261124-017"), ("1", "20261124-001"), ("10", "20261124-010"),
    ],
)  # fmt: skip
def test_a_number_means_exactly_one(code: str, number: str) -> None:
    match = rules.find_number(TODAY, code)
    assert match.line is not None and match.line.number == number and match.why is None


@pytest.mark.parametrize(
    "code", ["7", "0", "018", "20261124-01", "0261124-017", "20261125-017", "17x", "90000099", "A017"]
)
def test_an_unknown_number_is_told_and_nobody_is_meant(code: str) -> None:
    match = rules.find_number(TODAY, code)
    assert match.line is None and match.elsewhere
    assert match.why is not None and rules.plain_number(code) in say(match.why)


def test_a_number_of_two_is_nobody() -> None:
    match = rules.find_number(lines("A-017", "B-017", "017", "17"), "0017")
    assert match.line is None and not match.elsewhere and match.why is not None and "2" in say(match.why)
    assert rules.find_number(lines("017", "17"), "17").line is not None
    assert rules.find_number(TODAY, " ").line is None


@given(st.text(st.sampled_from("0123456789-ABab "), max_size=14))
def test_whoever_is_found_has_that_number(code: str) -> None:
    match = rules.find_number(TODAY, code)
    assert (match.line is None) != (match.why is None)
    if match.line is not None:
        plain = rules.plain_number(code)
        assert plain in (match.line.number, match.line.patient_id) or match.line.number.endswith(plain.lstrip("0"))


def test_names_are_found_in_any_form() -> None:
    found = rules.line_of(visit())
    for text in ("髙橋", "タカハシ", "たかはし", "ﾀｶﾊｼ", "takahashi", "花子", "ハシハナ", "髙橋　花子"):
        assert rules.find_name([found], text) == [found], text
    assert rules.find_name([found], "鈴木") == [] and rules.find_name([found], " ") == [found]


def test_counting_and_narrowing() -> None:
    some = [
        rules.line_of(visit(step(CHEST, "FRONT", "SIDE"))), rules.line_of(visit(step(CHEST, "FRONT"))),
        rules.line_of(visit(step(CHEST), arrived=False)),
    ]  # fmt: skip
    assert rules.counted(some) == rules.Counted(look=1, done=1, arrived=2, all=3)
    assert [len(rules.narrowed(some, only)) for only in ("", "look", "done", "arrived")] == [3, 1, 1, 2]


def test_short_numbers() -> None:
    assert rules.short_number("20261124-017", DAY) == "017"
    assert rules.short_number("20261125-017", DAY) == "20261125-017"
    assert rules.short_number("261124-9", DAY) == "9" and rules.short_number("20261124", DAY) == "20261124"


def test_a_kept_list_reads_back() -> None:
    import json

    kept = DayList(DAY, tuple(TODAY))
    data = json.loads(json.dumps(rules.day_list_data(kept)))
    assert rules.kept_day_list(data, "2026-11-24T09:00") == replace(kept, seen_at="2026-11-24T09:00")
