"""What the fundus window shows, in plain rules."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.taken import TakenPicture
from kiosk.core.words import Sentence, say
from kiosk.flow.take_fundus import Told
from kiosk.modes.fundus import rules

PICTURE = TakenPicture("s", 2, "0002.jpg", "2026-11-25T09:05:00", 1, "", "1.3", facts={"suggested": "R"})


def test_an_eye_that_is_only_suggested_looks_so() -> None:
    assert (rules.caption(PICTURE), rules.state(PICTURE)) == ("2 R?", "look")
    said = replace(PICTURE, eye="R", star=True, comment="x")
    assert (rules.caption(said), rules.state(said)) == ("2 R ★ ✎", "done")
    nothing = replace(PICTURE, facts={})
    assert rules.caption(nothing) == "2 ?" and rules.eye_words(nothing) == say("Which eye?")
    assert rules.eye_words(said) == say("right eye") and say("right eye") in rules.eye_words(PICTURE)
    assert rules.without_eye([PICTURE, said, nothing]) == [PICTURE]


def test_what_came_is_told_by_level() -> None:
    why = Sentence("because")
    told = [
        rules.came_words(Told("came", "a", PICTURE), "s"), rules.came_words(Told("came", "a", PICTURE), "other"),
        rules.came_words(Told("nobody", "a", PICTURE, why), "s"), rules.came_words(Told("known", "a"), "s"),
        rules.came_words(Told("aside", "a", why=why), "s"),
    ]  # fmt: skip
    assert [level for level, _ in told] == ["done", "look", "look", "look", "stop"]


def test_rows_of_what_was_not_taken() -> None:
    aside = {"at": "2026-11-25T09:05:01.5", "name": "x.jpg", "source": "camera", "why": "cut: ..."}
    assert rules.aside_cells(aside) == ("11-25 09:05", "x.jpg", "camera", "cut: ...")
    assert set(rules.eye_names().values()) == {"R", "L", "B"}
