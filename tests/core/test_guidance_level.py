"""Who is to be guided: every branch of the stratification, and every limit from both sides."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kiosk.core.guidance_level import Checkup, Level, Limits, checkup_from, fiscal_year, stratify, told, with_person
from kiosk.core.words import say

LIMITS = Limits()
HEALTHY = Checkup("M", 50, 50, 80.0, 65.0, 22.0, 90.0, 5.2, 100.0, None, 55.0, 120.0, 75.0, False, False)
LARGE, HEAVY = {"waist": 85.0}, {"bmi": 25.0}
SUGAR, FAT, PRESSURE, SMOKER = {"glucose": 100.0}, {"triglycerides": 150.0}, {"systolic": 130.0}, {"smoker": True}
INTENSIVE, MOTIVATIONAL, INFORMATION = Level.INTENSIVE, Level.MOTIVATIONAL, Level.INFORMATION
NOT_TARGETED, UNKNOWN = Level.NOT_TARGETED, Level.UNKNOWN


def level(*changes: dict[str, object], limits: Limits = LIMITS) -> Level:
    checkup = HEALTHY
    for each in changes:
        checkup = replace(checkup, **each)  # type: ignore[arg-type]
    return stratify(limits, checkup).level


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ((), INFORMATION),
        ((SUGAR, FAT, PRESSURE, SMOKER), INFORMATION),  # neither waist nor BMI
        ((LARGE,), INFORMATION),
        ((LARGE, SUGAR), MOTIVATIONAL),
        ((LARGE, SUGAR, FAT), INTENSIVE),
        ((LARGE, SUGAR, FAT, PRESSURE, SMOKER), INTENSIVE),
        ((LARGE, SMOKER), INFORMATION),  # smoking alone is no risk
        ((LARGE, PRESSURE, SMOKER), INTENSIVE),
        ((HEAVY,), INFORMATION),
        ((HEAVY, SUGAR), MOTIVATIONAL),
        ((HEAVY, SUGAR, FAT), MOTIVATIONAL),
        ((HEAVY, SUGAR, FAT, PRESSURE), INTENSIVE),
        ((HEAVY, SUGAR, FAT, SMOKER), INTENSIVE),
        ((HEAVY, SMOKER), INFORMATION),
        ((LARGE, HEAVY, SUGAR, FAT), INTENSIVE),  # the waist comes first
    ],
)
def test_steps_and_numbers_of_risks(changes: tuple[dict[str, object], ...], expected: Level) -> None:
    assert level(*changes) is expected


@pytest.mark.parametrize(
    ("sex", "waist", "expected"),
    [("M", 84.9, INFORMATION), ("M", 85.0, MOTIVATIONAL), ("F", 89.9, INFORMATION), ("F", 90.0, MOTIVATIONAL)],
)
def test_the_waist_has_a_limit_for_each_sex(sex: str, waist: float, expected: Level) -> None:
    assert level({"sex": sex, "waist": waist}, SUGAR) is expected


@pytest.mark.parametrize(
    ("name", "below", "reached", "without"),
    [
        ("bmi", 24.9, 25.0, {"glucose": 100.0}),
        ("glucose", 99.9, 100.0, LARGE),
        ("hba1c", 5.5, 5.6, LARGE),
        ("triglycerides", 149.9, 150.0, LARGE),
        ("triglycerides_casual", 174.9, 175.0, {**LARGE, "triglycerides": None}),
        ("hdl", 40.0, 39.9, LARGE),  # the one that must not be low
        ("systolic", 129.9, 130.0, LARGE),
        ("diastolic", 84.9, 85.0, LARGE),
    ],
)
def test_each_limit_from_both_sides(name: str, below: float, reached: float, without: dict[str, object]) -> None:
    assert level(without, {name: below}) is INFORMATION
    assert level(without, {name: reached}) is MOTIVATIONAL


@pytest.mark.parametrize(
    ("age", "in_year", "expected"),
    [(39, 39, NOT_TARGETED), (39, 40, INTENSIVE), (64, 64, INTENSIVE), (64, 65, MOTIVATIONAL), (74, 74, MOTIVATIONAL),
     (74, 75, MOTIVATIONAL), (75, 75, NOT_TARGETED)],
)  # fmt: skip
def test_ages(age: int, in_year: int, expected: Level) -> None:
    assert level(LARGE, SUGAR, FAT, {"age": age, "age_in_year": in_year}) is expected


def test_who_takes_medicine_is_not_guided() -> None:
    assert level(LARGE, SUGAR, FAT, {"medicated": True}) is NOT_TARGETED
    assert level(LARGE, SUGAR, FAT, {"medicated": None}) is UNKNOWN
    assert level({"medicated": None}) is INFORMATION  # nothing follows from the answer


@pytest.mark.parametrize(
    ("changes", "expected", "missing"),
    [
        ((LARGE, SUGAR, FAT, {"hdl": None}), INTENSIVE, ()),  # fats are a risk already
        ((LARGE, SUGAR, {"hdl": None}), UNKNOWN, ("hdl",)),
        ((LARGE, {"glucose": None}), INFORMATION, ()),  # HbA1c was measured
        ((LARGE, {"glucose": None, "hba1c": None}), UNKNOWN, ("glucose", "hba1c")),
        ((LARGE, SUGAR, {"smoker": None}), UNKNOWN, ("smoker",)),
        ((LARGE, {"smoker": None}), INFORMATION, ()),  # no other risk
        ((SUGAR, {"waist": None}), UNKNOWN, ("waist",)),
        ((HEAVY, SUGAR, {"waist": None}), MOTIVATIONAL, ()),  # one risk: the same by waist and by BMI
        ((HEAVY, SUGAR, FAT, {"waist": None}), UNKNOWN, ("waist",)),
        ((LARGE, SUGAR, {"diastolic": None}), UNKNOWN, ("diastolic",)),
        (({"age": None},), UNKNOWN, ("age",)),
        (({"sex": ""},), UNKNOWN, ("sex",)),
    ],
)
def test_what_is_missing_matters_only_where_it_decides(
    changes: tuple[dict[str, object], ...], expected: Level, missing: tuple[str, ...]
) -> None:
    checkup = HEALTHY
    for each in changes:
        checkup = replace(checkup, **each)  # type: ignore[arg-type]
    result = stratify(LIMITS, checkup)
    assert (result.level, result.missing) == (expected, missing)


def test_fasting_glucose_may_come_before_hba1c() -> None:
    high_hba1c = {"hba1c": 6.0}
    assert level(LARGE, high_hba1c) is MOTIVATIONAL
    assert level(LARGE, high_hba1c, limits=replace(LIMITS, prefer_fasting_glucose=True)) is INFORMATION
    without = {"hba1c": 6.0, "glucose": None}
    assert level(LARGE, without, limits=replace(LIMITS, prefer_fasting_glucose=True)) is MOTIVATIONAL


def test_the_level_says_by_what() -> None:
    checkup = replace(HEALTHY, waist=85.0, glucose=100.0, smoker=True)
    result = stratify(LIMITS, checkup)
    assert (result.step, result.risks) == (1, ("glucose", "smoker"))
    assert say(told(result)) == "Intensive support (waist; blood glucose, smoking)"
    assert say(told(stratify(LIMITS, replace(checkup, medicated=None)))) == "Not decided: On medication missing"


def test_the_check_up_is_taken_from_the_list() -> None:
    extra = {"waist": "85.5", "hba1c": "5.6", "smoker": "1", "medicated": "2", "systolic": "測定不能"}
    found = checkup_from(extra, "F", date(1986, 4, 1), date(2026, 3, 31))
    assert (found.waist, found.hba1c, found.systolic) == (85.5, 5.6, None)
    assert (found.smoker, found.medicated) == (True, False)
    assert (found.age, found.age_in_year) == (39, 39)
    later = with_person(found, "F", date(1986, 4, 1), date(2026, 4, 1))
    assert (later.age, later.age_in_year) == (40, 40)
    assert (fiscal_year(date(2026, 3, 31)), fiscal_year(date(2026, 4, 1))) == (2025, 2026)
