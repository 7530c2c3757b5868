"""A row that contradicts what is known is told, and refused where it would rewrite somebody."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.core.checkup_list import ListRow
from kiosk.core.list_checks import person_problem, visit_problem
from kiosk.core.patient import Patient
from kiosk.core.visit import VisitKey
from kiosk.core.words import say

KNOWN = Patient("", "00012345", "見本 花子", "ミホン ハナコ", "MIHON HANAKO", "F", date(1980, 5, 6))
ROW = ListRow(9, VisitKey("0001", date(2026, 11, 24), "017"), KNOWN)


def changed(**fields: object) -> ListRow:
    return ROW._replace(patient=replace(KNOWN, **fields))  # type: ignore[arg-type]


def test_nobody_known_and_nothing_changed_is_no_problem() -> None:
    assert person_problem(ROW, None) is None and person_problem(ROW, KNOWN) is None
    assert person_problem(changed(kanji="例示 花子", kana="レイジ ハナコ"), KNOWN) is None  # a marriage
    assert person_problem(changed(birth_date=None), KNOWN) is None
    assert person_problem(changed(birth_date=date(1981, 1, 1)), replace(KNOWN, birth_date=None)) is None


def test_a_corrected_birth_date_is_told_and_taken() -> None:
    for name in ({}, {"kanji": "美本 花子"}, {"kana": "ミホンハナコ", "kanji": ""}):
        problem = person_problem(changed(birth_date=date(1980, 5, 7), **name), KNOWN)
        assert problem is not None and problem.taken and "1980-05-06" in say(problem.sentence)


def test_another_person_under_the_same_id_is_refused() -> None:
    problem = person_problem(changed(kanji="例示 次郎", kana="レイジ ジロウ", birth_date=date(1950, 1, 1)), KNOWN)
    assert problem is not None and not problem.taken and problem.key == ROW.key and problem.line == 9
    assert "another person" in say(problem.sentence)


def test_a_number_that_changes_hands() -> None:
    assert visit_problem(ROW, "00012345", begun=True) is None and visit_problem(ROW, "", begun=True) is None
    booked, here = visit_problem(ROW, "99", begun=False), visit_problem(ROW, "99", begun=True)
    assert booked is not None and booked.taken
    assert here is not None and not here.taken and "already here" in say(here.sentence)
