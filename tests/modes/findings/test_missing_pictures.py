"""A finding on half an examination: told while it is open, asked before it is signed, forgotten when all has come."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from kiosk.core.visit import ExpectedView
from tests.modes.findings.hands import body
from tests.modes.findings.site import FUNDUS, Site

EYES = replace(FUNDUS, views=(ExpectedView("R", "right"), ExpectedView("L", "left")))


def one_eye(site: Site) -> int:
    visit = site.visit(exams=(EYES,))
    site.image(visit, "FUNDUS")
    return visit


def test_a_missing_picture_is_said_until_it_comes(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = one_eye(site)
    window = open_window()
    enter(window, visit, "FUNDUS")
    assert "1/2" in window.shell.problem.text and window.shell.problem.level == "look"
    site.image(visit, "FUNDUS")
    wait(lambda: "1/2" not in window.shell.problem.text)
    window.shell.key("F7").press()
    window.shell.key("F5").press()
    wait(lambda: window.writing.opened.signed is not None)


def test_without_it_signing_is_asked_and_the_safe_answer_signs_nothing(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    window = open_window()
    enter(window, one_eye(site), "FUNDUS")
    window.shell.key("F7").press()
    window.shell.key("F5").press()
    window.shell.question.buttons[0].invoke()
    assert window.shell.question is None and not window.shell.problem.in_progress
    window.shell.key("F5").press()
    window.shell.question.buttons[1].invoke()
    wait(lambda: window.writing.opened.signed is not None)


def test_it_is_said_no_longer_when_the_finding_is_left(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    window = open_window()
    enter(window, one_eye(site), "FUNDUS")
    window.shell.key("Esc").press()
    wait(lambda: window.place == "list")
    assert "1/2" not in window.shell.problem.text


def test_a_key_image_of_another_examination_waits_in_the_tray(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.read(0)
    window = open_window()
    enter(window, visit)
    site.key_image(window.station, visit, site.image(visit, "FUNDUS"), 20)
    wait(lambda: len(window.entry.tray.thumbs) == 1)
    assert body(window).key_images == ()
    site.key_image(window.station, visit, site.image(visit, "ABDOMEN"), 40)
    wait(lambda: len(body(window).key_images) == 1)
