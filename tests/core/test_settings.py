"""Settings declared as data: each knows its default and what it is for."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, dataclass, fields

import pytest

from kiosk.core.settings import Documented, Settings, StationSettings, documented, setting


@dataclass(frozen=True)
class Inner(Settings):
    port: int = setting(104, "the port")


@dataclass(frozen=True)
class Example(Settings):
    name: str = setting("x", "the name")
    words: list[str] = setting(list, "some words")
    inner: Inner = setting(Inner, "the server")
    pair: tuple[int, ...] = setting(lambda: (1, 2), "two numbers")


def test_the_default_and_the_documentation_come_from_one_place() -> None:
    assert documented(Example) == [
        Documented("name", "x", "the name"),
        Documented("words", [], "some words"),
        Documented("inner", Inner(104), "the server"),
        Documented("pair", (1, 2), "two numbers"),
    ]


def test_a_list_is_nobody_elses() -> None:
    one, two = Example(), Example()
    one.words.append("mine")
    assert two.words == []


def test_settings_do_not_change_while_the_program_runs() -> None:
    with pytest.raises(FrozenInstanceError):
        Example().name = "y"  # type: ignore[misc]


def test_what_has_no_default_is_documented_without_one() -> None:
    @dataclass(frozen=True)
    class Strict(Settings):
        needed: str

    assert documented(Strict) == [Documented("needed", None, "")]


def test_a_station_works_without_a_word_in_its_file() -> None:
    station = StationSettings()
    assert station.name and station.data and station.language == "ja"
    assert station.centre == "", "one PC with a store of its own"
    assert station.login and station.idle_lock_min > 0, "nobody sees patient data before saying who he is"
    assert all(each.doc for each in documented(StationSettings))
    assert len(documented(StationSettings)) == len(fields(StationSettings))
