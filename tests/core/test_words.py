"""Words are marked first and said later, in the language that is in force then."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.core.words import N_, Sentence, say, speak

JAPANESE = {
    "{n} pictures stored": "{n} 枚保存しました",
    "The disk {name} is full": "ディスク {name} がいっぱいです",
    "today": "本日",
}


@pytest.fixture
def japanese() -> Iterator[None]:
    speak(lambda text: JAPANESE.get(text, text))
    yield
    speak(lambda text: text)


def test_english_is_the_key_and_what_is_said_without_a_catalogue() -> None:
    assert say(N_("today")) == "today"
    assert say(Sentence("{n} pictures stored", {"n": 3})) == "3 pictures stored"
    assert str(Sentence("today")) == "today"


def test_the_language_is_asked_when_it_is_said(japanese: None) -> None:
    declared = Sentence(N_("{n} pictures stored"), {"n": 3})
    assert say(declared) == "3 枚保存しました"
    speak(lambda text: text)
    assert say(declared) == "3 pictures stored"


def test_values_that_are_sentences_are_said_too(japanese: None) -> None:
    told = Sentence("{n} pictures stored", {"n": Sentence("today")})
    assert say(told) == "本日 枚保存しました"


def test_values_given_later_go_before_those_declared() -> None:
    assert say(Sentence("{n} of {total}", {"n": 1, "total": 5}), n=2) == "2 of 5"
    assert say("{n}", n=Sentence("x")) == "x"


def test_what_a_person_typed_is_a_value_and_never_a_text() -> None:
    """Braces of a typed word must not be filled in."""
    assert say("{text} is not known", text="{n}{0}{") == "{n}{0}{ is not known"
    assert say("100 {not a place}") == "100 {not a place}", "without values nothing is filled in"


def test_nothing_is_said_as_nothing(japanese: None) -> None:
    assert say("") == "" and say(Sentence("")) == ""
