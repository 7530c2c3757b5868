"""A slow database: what is pressed meanwhile waits for its turn, and nobody saves against himself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.flow.answers import Answer
from tests.modes.findings.hands import type_into
from tests.modes.findings.site import Site


@pytest.fixture
def slow_save(monkeypatch: pytest.MonkeyPatch) -> Callable[[Any], list[tuple[Answer, Any]]]:
    """From now on the window's saves are done, and answered when the test says so."""

    def slow(window: Any) -> list[tuple[Answer, Any]]:
        save, held = window.desk.save, []

        def saved(*asked: Any) -> Answer:
            answer: Answer = Answer(lambda do, *args: do(*args))
            held.append((answer, save(*asked).wait()))
            return answer

        monkeypatch.setattr(window.desk, "save", saved)
        return held

    return slow


def test_leaving_while_the_page_is_asked_for_saves_once_and_leaves(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any], slow_save: Any
) -> None:
    window = open_window()
    enter(window, site.read(0))
    held = slow_save(window)
    type_into(window.entry.text.entry, "肝に嚢胞。")
    window.shell.key("F8").press()
    window.shell.key("Esc").press()
    (only,) = held
    only[0].settle(only[1])
    wait(lambda: window.place == "list")
    assert len(held) == 1 and window.shell.problem.level != "stop"


def test_signing_while_the_page_is_asked_for_signs_what_was_saved(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any], slow_save: Any
) -> None:
    window = open_window()
    enter(window, site.read(0))
    held = slow_save(window)
    window.shell.key("F7").press()
    window.shell.key("F8").press()
    window.shell.key("F5").press()
    held[0][0].settle(held[0][1])
    wait(lambda: window.writing.opened.signed is not None)
    assert "changed" not in window.shell.problem.text
