"""Letters may be changed on each PC: no two acts share one, and nothing a person chose is taken from him."""

from __future__ import annotations

from typing import Any

from kiosk.flow.keep_keys import read_keys
from kiosk.modes.viewer import keys_rules, rules
from tests.modes.viewer.hands import Open, press

LETTERS = {"r": "right", "e": "left", "z": "fit", "1": "first", "q": "unlisted"}
CARD = (("1 ... 9", "Windows"), ("r  e", "Turn right, turn left"), ("z", "Fit"), ("Tab", "Other pane"))


def test_what_may_be_changed_is_told_by_the_card() -> None:
    found = keys_rules.acts(CARD, LETTERS)
    assert [(act.letter, act.words) for act in found] == [
        ("r", "Turn right"), ("e", "turn left"), ("z", "Fit"), ("q", "q"),
    ]  # fmt: skip
    assert [act.words for act in keys_rules.acts((("r e", "Thinner; thicker"),), {"r": 1, "e": 1})] == [
        "Thinner; thicker (1)", "Thinner; thicker (2)",
    ]  # fmt: skip
    assert keys_rules.acts((("r  e", "Mouse: length, angle"),), {"r": 1, "e": 1})[1].words == "Mouse: angle"


def test_no_two_acts_share_a_letter() -> None:
    every = keys_rules.acts(CARD, LETTERS)
    changes = keys_rules.changed({}, "r", "x")
    assert keys_rules.why_not(every[2], "x", every, changes) is not None
    assert keys_rules.why_not(every[2], "r", every, changes) is None, "r is free now"
    for wrong in ("1", " ", "R", "あ", ""):
        assert keys_rules.why_not(every[2], wrong, every, {}) is not None
    assert keys_rules.changed(changes, "r", "r") == {}
    swapped = {"r": "e", "e": "r"}
    assert keys_rules.applied(LETTERS, swapped)["e"] == "right" and keys_rules.applied(LETTERS, swapped)["r"] == "left"
    assert keys_rules.applied({**LETTERS, "x": "new"}, changes)["x"] == "right", "an update takes nobody's letter"
    assert keys_rules.shown_card(CARD, LETTERS, {"r": "x"})[1] == ("x  e", "Turn right, turn left")


def test_a_letter_is_changed_kept_printed_and_put_back(opened: Open, wait_until: Any) -> None:
    ward, window = opened(pictures=1)
    pane, view, line = window.pictures.pane, window.key_side.view, window.shell.problem
    letters = window.shell.scanner.letters
    known = {act.letter for act in keys_rules.acts(rules.KEY_CARD, letters)}
    assert known == {letter for letter in letters if not letter.isdigit()}
    assert all(act.words != act.letter for act in keys_rules.acts(rules.KEY_CARD, letters)), "each is on the card"
    press(window, "<F10>", "<F5>")
    assert window.place == "keys"
    wait_until(lambda: view._photo is not None, 30, what="the card as it will be printed")
    view.table.select("i")
    press(window, "<F5>", "<Key-z>")
    assert "already" in line.text and not view.changes
    press(window, "<F5>", "<Escape>")
    assert window.place == "keys", "Esc leaves the key as it is"
    press(window, "<F5>", "<Key-y>")
    wait_until(lambda: view.changes == {"i": "y"})
    assert read_keys(ward.station.local, "viewer") == {"i": "y"}
    press(window, "<F9>")
    wait_until(lambda: list((ward.folder / "pages").glob("keys-*.pdf")), 30)
    press(window, "<Escape>")
    assert window.place == "pictures" and "i" not in window.shell.scanner.letters
    window.shell.scanner.letters["y"]()
    assert pane.inverted
    press(window, "<F10>", "<F5>", "<F7>")
    wait_until(lambda: not view.changes)
    assert read_keys(ward.station.local, "viewer") == {}
