"""Points, outcome, what is due, and when a case is finished; every figure comes from the master."""

from __future__ import annotations

import copy
from dataclasses import replace
from datetime import date

import pytest

from kiosk.core.faults import Fault, Refused
from kiosk.core.guidance import (
    CaseBody,
    Session,
    case_body,
    due_day,
    due_state,
    merged,
    months_after,
    points_of,
    read_guidance,
    why_not_finished,
)
from kiosk.core.guidance_figures import figures, with_figure
from kiosk.core.guidance_level import Checkup, Level
from kiosk.core.weight_curve import curves_of
from kiosk.core.words import say
from kiosk.store.masters import default_master

MASTER = default_master("guidance")
BOOK = read_guidance(MASTER)
CHECKUP = Checkup("M", 50, 50, waist=90.3, weight=80.3)
FIRST = Session("2026-11-24", "first", 20)
BODY = CaseBody("2026-11-24", CHECKUP, Level.INTENSIVE, sessions=(FIRST,))


def evaluated(waist: float, weight: float, day: str = "2027-02-24", **changes: object) -> CaseBody:
    body = BODY.with_session(Session(day, "evaluation", 20, waist=waist, weight=weight))
    return replace(body, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("form", "minutes", "points"),
    [("individual", 10, 70), ("individual", 9, 0), ("group", 40, 70), ("group", 39, 0), ("phone", 5, 30),
     ("phone", 4, 0), ("mail", 0, 30), ("evaluation", 30, 0), ("left the master", 30, 0)],
)  # fmt: skip
def test_what_a_session_counts(form: str, minutes: int, points: int) -> None:
    body = replace(BODY, sessions=(Session("2027-01-10", form, minutes),))
    assert points_of(BOOK, body).sessions == (points,)


@pytest.mark.parametrize(
    ("day", "points"),
    [("2026-11-24", 20), ("2026-11-25", 10), ("2026-12-01", 10), ("2026-12-02", 0), ("2026-11-23", 0)],
)
def test_an_early_first_interview_counts(day: str, points: int) -> None:
    assert points_of(BOOK, replace(BODY, sessions=(replace(FIRST, day=day),))).sessions == (points,)


def test_only_one_interview_is_the_first() -> None:
    assert points_of(BOOK, replace(BODY, sessions=(FIRST, replace(FIRST, day="2026-11-25")))).sessions == (20, 0)


@pytest.mark.parametrize(
    ("waist", "weight", "points"),
    [(88.3, 78.3, 180), (88.4, 78.3, 20), (88.3, 78.4, 20), (89.3, 79.3, 20), (89.4, 79.3, 0), (88.0, 79.4, 0)],
)
def test_the_outcome_needs_both(waist: float, weight: float, points: int) -> None:
    assert points_of(BOOK, evaluated(waist, weight)).by_outcome == points


def test_an_outcome_without_measures_counts_nothing() -> None:
    assert points_of(BOOK, replace(evaluated(80, 70), checkup=Checkup())).by_outcome == 0


def test_changes_count_from_the_evaluation() -> None:
    changed = ("diet", "smoking", "left the master")
    assert points_of(BOOK, replace(BODY, behaviours=changed)).behaviours == 0
    assert points_of(BOOK, evaluated(90, 80, behaviours=changed)).behaviours == 50
    early = evaluated(88, 78, day="2027-02-23", behaviours=changed)
    assert (points_of(BOOK, early).behaviours, points_of(BOOK, early).by_outcome) == (0, 0)


def test_points_are_needed_for_intensive_support_only() -> None:
    assert points_of(BOOK, BODY).needed == 180
    assert points_of(BOOK, replace(BODY, level=Level.MOTIVATIONAL)).needed == 0


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (replace(BODY, sessions=()), "There was no first interview yet."),
        (BODY, "The evaluation is missing."),
        (evaluated(88, 78, day="2027-02-23"), "The evaluation was less than 3 months after the first interview."),
        (evaluated(89.3, 79.3), "Only 40 of 180 points are reached."),
        (evaluated(88.3, 78.3), ""),
        (evaluated(90, 80, level=Level.MOTIVATIONAL), ""),
    ],
)
def test_what_a_case_lacks_to_be_finished(body: CaseBody, expected: str) -> None:
    trouble = why_not_finished(BOOK, body)
    assert (say(trouble) if trouble else "") == expected


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, "2027-02-24"),  # the evaluation
        ({"next_day": "2026-12-20"}, "2026-12-20"),
        ({"next_day": "2026-11-20"}, "2027-02-24"),  # that appointment is over
        ({"state": "finished"}, ""),
        ({"state": "interrupted", "next_day": "2026-12-20"}, ""),
        ({"sessions": ()}, ""),
        ({"sessions": (), "next_day": "2026-12-01"}, "2026-12-01"),
    ],
)
def test_what_is_due(changes: dict[str, object], due: str) -> None:
    assert due_day(BOOK, replace(BODY, **changes)) == due  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("due", "state"),
    [("", ""), ("2026-11-24", "overdue"), ("2026-11-25", "week"), ("2026-11-29", "week"), ("2026-11-30", "later")],
)
def test_overdue_this_week_and_later(due: str, state: str) -> None:
    assert due_state(due, date(2026, 11, 25)) == state  # a Wednesday


def test_three_months_after_the_end_of_a_long_month() -> None:
    assert months_after(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_after(date(2027, 11, 30), 3) == date(2028, 2, 29)
    assert months_after(date(2026, 10, 5), 3) == date(2027, 1, 5)


def test_sessions_stand_by_day_and_one_takes_the_place_of_another() -> None:
    later, earlier = Session("2027-01-05", "phone", 5), Session("2026-12-01", "mail")
    body = BODY.with_session(later).with_session(earlier)
    assert [each.form for each in body.sessions] == ["first", "mail", "phone"]
    changed = body.with_session(replace(later, minutes=10), instead_of=body.sessions[2])
    assert [each.minutes for each in changed.sessions] == [20, 0, 10]
    assert changed.without_session(changed.sessions[1]).sessions == (FIRST, changed.sessions[2])


def test_a_case_is_the_same_after_the_store() -> None:
    body = evaluated(88, 78, behaviours=("diet",), key_images=(3, 1), behaviour_goal="毎日8000歩")
    kept = body.as_data()
    assert case_body(kept) == body
    assert case_body({**kept, "of a newer program": 1, "checkup": {**kept["checkup"], "new": 2}}) == body


def test_what_two_people_wrote_stands_together() -> None:
    call, mail = Session("2026-12-20", "phone", 10), Session("2027-01-10", "mail")
    base = replace(BODY.with_session(call), ticket="1")
    longer = base.without_session(call).with_session(replace(call, minutes=15))
    mine = replace(longer, weight_goal=70.0, checkup=replace(base.checkup, bmi=27.0))
    theirs = replace(base.with_session(mail), ticket="2", checkup=replace(base.checkup, hdl=50.0))
    both = merged(base, mine, theirs)
    assert both.sessions == (FIRST, replace(call, minutes=15), mail)
    assert (both.ticket, both.weight_goal, both.checkup.bmi, both.checkup.hdl) == ("2", 70.0, 27.0, 50.0)
    assert merged(base, base, theirs) == theirs and merged(base, mine, base) == mine


def test_a_master_in_disorder_is_named() -> None:
    broken = copy.deepcopy(MASTER)
    broken["form"] = [each for each in broken["form"] if each["code"] != "evaluation"]
    with pytest.raises(Fault) as why:
        read_guidance(broken)
    assert "evaluation" in why.value.told()
    with pytest.raises(Fault):
        read_guidance({**MASTER, "limits": {"waist": 85}})


def test_a_centre_changes_a_figure() -> None:
    changed = copy.deepcopy(MASTER)
    next(each for each in changed["form"] if each["code"] == "phone")["points"] = 15
    body = replace(BODY, sessions=(Session("2027-01-10", "phone", 5),))
    assert points_of(read_guidance(changed), body).total == 15


def test_the_curve_begins_at_the_check_up_and_has_the_goal() -> None:
    body = replace(evaluated(88.3, 78.3), weight_goal=76.3)
    weight, waist = curves_of(body)
    assert weight.values == (80.3, 78.3) and waist.values == (90.3, 88.3)
    assert [spot[0] for spot in weight.spots] == [0.0, 1.0]
    assert weight.spots[0][1] == pytest.approx(0.0) and weight.goal_at == pytest.approx(1.0)
    assert waist.goal_at is None and 0.2 < waist.spots[0][1] < waist.spots[1][1] < 0.8
    assert curves_of(CaseBody()) == []


def test_every_figure_can_be_changed_by_itself() -> None:
    before = figures(MASTER)
    assert len({each.key for each in before}) == len(before) > 30
    for each in before:
        changed = with_figure(MASTER, each.key, "1")
        assert {now.key: now.value for now in figures(changed)} == {
            now.key: "1" if now.key == each.key else now.value for now in before
        }
    assert read_guidance(with_figure(MASTER, "limits.waist_m", "84.5")).limits.waist_m == 84.5
    assert read_guidance(with_figure(MASTER, "form.3.points", "15")).forms["phone"].points == 15
    assert MASTER == default_master("guidance")
    for text in ("", "1.2.3", "1000", "nan"):
        with pytest.raises(Refused):
            with_figure(MASTER, "total", text)
