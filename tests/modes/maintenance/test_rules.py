"""Lines of the maintenance lists, without store and window."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from datetime import datetime

import pytest

from kiosk.core.settings import Settings, setting
from kiosk.core.words import say
from kiosk.modes.maintenance import rules
from tests.house.tree import modules

NOW = datetime(2026, 11, 24, 9, 41)


def line(**changes: object) -> rules.AuditLine:
    values = {"seq": 1, "at": "2026-11-24T09:41:07.123+09:00", "who": "見本 花子", "role": "nurse", "station": "r1",
              "action": "check in", "patient": "HOSP|P00001", "subject": "visit 1", "detail": ""}  # fmt: skip
    return rules.AuditLine(**{**values, **changes})  # type: ignore[arg-type]


def test_an_audit_row_is_read_as_it_was_written() -> None:
    assert (line().when, line().patient_id) == ("2026-11-24 09:41:07", "P00001")
    assert line(patient="P00001").patient_id == "P00001"
    detail = '{"reason": "左右の訂正", "keys": {"date": "20261124"}, "codes": ["A", "B"], "empty": ""}'
    assert rules.details(line(detail=detail)) == "visit 1, reason: 左右の訂正, keys: date=20261124, codes: A B"


def test_details_that_are_no_json_are_shown_as_they_are() -> None:
    assert rules.details(line(detail="{broken")) == "visit 1 {broken"


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (datetime(2026, 11, 24, 8, 5), "today 08:05"),
        (datetime(2026, 11, 25, 8, 5), "today 08:05"),  # a clock that was set back
        (datetime(2026, 11, 23, 23, 59), "yesterday 23:59"),
        (datetime(2026, 11, 14, 12, 0), "10 days ago"),
    ],
)
def test_the_age_of_a_backup_in_words(made: datetime, said: str) -> None:
    assert say(rules.age(made, NOW)) == said


def test_no_backup_or_an_old_one_wants_a_look() -> None:
    assert rules.is_old(None, NOW) and rules.is_old(datetime(2026, 11, 17, 9, 0), NOW)
    assert not rules.is_old(datetime(2026, 11, 18, 9, 0), NOW)


@pytest.mark.parametrize(("given", "said"), [(0, "0.0 KB"), (3_400_000, "3.4 MB"), (5_000_000_000_000, "5,000.0 GB")])
def test_sizes_in_the_unit_people_know(given: int, said: str) -> None:
    assert rules.size(given) == said


@dataclass(frozen=True)
class Node(Settings):
    ae_title: str = setting("", "its AE title")


@dataclass(frozen=True)
class Nested(Settings):
    port: int = setting(104, "its port")


@dataclass(frozen=True)
class Example(Settings):
    url: str = setting("", "where")
    on: bool = setting(False, "whether")
    nodes: tuple[Node, ...] = setting((), "the devices")
    words: tuple[str, ...] = setting(tuple, "some words")
    query: Nested = setting(Nested, "the server")


def test_settings_are_shown_one_by_one_without_passwords() -> None:
    settings = Example("postgresql+psycopg://kiosk:geheim@srv/kiosk", True, (Node("CR1"), Node("US1")), ("a", "b"))
    lines = {each.key: each for each in rules.setting_lines("modes.x", settings)}
    assert list(lines) == [
        "modes.x.url", "modes.x.on", "modes.x.nodes[1].ae_title", "modes.x.nodes[2].ae_title", "modes.x.words",
        "modes.x.query.port",
    ]  # fmt: skip
    assert lines["modes.x.url"].value == '"postgresql+psycopg://kiosk:***@srv/kiosk"'
    assert lines["modes.x.on"].value == "true" and lines["modes.x.on"].changed
    assert lines["modes.x.words"].value == '["a", "b"]'
    assert not lines["modes.x.query.port"].changed
    assert all(each.doc for each in lines.values())
    assert list(rules.setting_lines("s", Example()))[2].value == "[]"


def audited_actions() -> dict[str, str]:
    """Every action that the program writes down by name, and where."""
    found: dict[str, str] = {}
    for module in modules():
        if module.room not in ("flow", "modes"):
            continue
        for call in (node for node in module.nodes if isinstance(node, ast.Call)):
            called = ast.unparse(call.func).rsplit(".", 2)
            within = called[-1] in ("_note", "_tell") and bool(call.args) and ast.unparse(call.args[0]) == "conn"
            each_line = called[-1] == "_each"  # of steer_sending: one row for every line
            if within or each_line or called[-2:] in (["audit", "write"], ["audit", "Entry"]):
                for argument in call.args:
                    choices = [argument.body, argument.orelse] if isinstance(argument, ast.IfExp) else [argument]
                    for each in choices:
                        if isinstance(each, ast.Constant) and isinstance(each.value, str):
                            found[each.value] = module.place
    return found


def test_every_action_that_is_written_down_has_words_for_people() -> None:
    written = audited_actions()
    assert {"login", "finding signed", "image stored"} <= set(written)
    assert {action: place for action, place in written.items() if action not in rules.ACTIONS} == {}
    assert set(rules.ACTIONS) - set(written) == set(), "words for what nobody writes"
