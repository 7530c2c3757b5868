"""Rules are pick-lists: each list that is not empty must hold what the study has."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from kiosk.core.routing import Rule, StudyFacts, destinations_of, rules_in_force

STUDY = StudyFacts("CT1", ("CT", "SR"), ("CT", "SC"), "00012345", "CT1", time(16, 59))


def rule(name: str = "r", to: tuple[str, ...] = ("pacs",), **lists: Any) -> Rule:
    return Rule(name, to, **lists)


@pytest.mark.parametrize(
    ("lists", "applies"),
    [
        ({}, True),
        ({"sources": ("ct1",)}, True),
        ({"sources": ("CR1", "CR2")}, False),
        ({"modalities": ("MR", "SR")}, True),
        ({"modalities": ("MR",)}, False),
        ({"kinds": ("CT",)}, True),
        ({"kinds": ("US",)}, False),
        ({"stations": ("CT1",)}, True),
        ({"stations": ("MR1",)}, False),
        ({"id_digits": ("8",)}, True),
        ({"id_digits": ("6-7", "10")}, False),
        ({"hours": ("08:00-17:00",)}, True),
        ({"hours": ("17:00-08:00",)}, False),
        ({"hours": ("16:00-02:00",)}, True),
        ({"sources": ("CT1",), "modalities": ("CR",)}, False),
    ],
)
def test_each_list_must_hold_what_the_study_has(lists: dict[str, Any], applies: bool) -> None:
    against = rule(**lists).against(STUDY)
    assert (against is None) == applies
    if against is not None:
        assert "{" not in str(against)


def test_an_id_with_letters_has_no_number_of_digits() -> None:
    assert rule(id_digits=("1-20",)).against(StudyFacts(patient_id="A0012345")) is not None
    assert rule(id_digits=("1-20",)).against(StudyFacts(patient_id="00１２")) is not None


def test_the_first_rule_that_names_a_destination_is_the_one_that_sends_there() -> None:
    rules = (
        rule("ct", ("pacs", "ai"), modalities=("CT",)),
        rule("all", ("pacs", "backup")),
        rule("us", ("us",), kinds=("US",)),
    )
    assert destinations_of(rules, STUDY) == {"pacs": "ct", "ai": "ct", "backup": "all"}


def test_without_rules_everything_goes_everywhere() -> None:
    assert destinations_of(rules_in_force((), ("a", "b")), STUDY) == {"a": "", "b": ""}
    only = (rule("ct", ("a",), modalities=("MR",)),)
    assert destinations_of(rules_in_force(only, ("a", "b")), STUDY) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        rule(to=()),
        rule(to=("elsewhere",)),
        rule(id_digits=("eight",)),
        rule(hours=("8-17",)),
        rule(hours=("25:00-26:00",)),
    ],
)
def test_a_rule_that_makes_no_sense_is_told(wrong: Rule) -> None:
    assert wrong.wrong(["pacs"]) is not None


def test_a_good_rule_is_not_wrong() -> None:
    assert rule(id_digits=("8", "6-7"), hours=("17:00-08:00",)).wrong(["pacs"]) is None
