"""Uncaught errors of windows, threads and the mailbox meet in one place: no name in the log, a plain sentence shown."""

from __future__ import annotations

import logging
import sys
import threading
import tkinter as tk
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.core.faults import LinkLost
from kiosk.ui import errors
from kiosk.ui.mailbox import Mailbox

NAME = "見本 太郎"


@pytest.fixture
def met(root: tk.Tk) -> Iterator[Mailbox]:
    mailbox = Mailbox(root)
    errors._seen.clear()
    undo = errors.meet(root, mailbox)
    yield mailbox
    undo()
    mailbox.close()


def fail_with_a_name() -> None:
    patient = NAME
    raise ValueError(f"cannot read {patient}")


@pytest.mark.expects_errors
def test_an_error_in_a_tk_callback_is_told_in_the_window_and_logged_without_the_name(
    root: tk.Tk, met: Mailbox, shell: Any, caplog: pytest.LogCaptureFixture, wait_until: Callable[..., object]
) -> None:
    root.after(0, fail_with_a_name)
    wait_until(lambda: shell.problem.level == "stop")
    assert NAME not in caplog.text and "cannot read" not in caplog.text
    assert "ValueError" in caplog.text and "fail_with_a_name" in caplog.text
    reference = caplog.records[-1].getMessage().split()[0]
    assert reference in shell.problem.text and NAME not in shell.problem.text
    assert "Traceback" not in shell.problem.text


@pytest.mark.expects_errors
def test_an_error_in_a_thread_and_in_the_mailbox_comes_to_the_same_place(
    met: Mailbox, shell: Any, caplog: pytest.LogCaptureFixture, wait_until: Callable[..., object]
) -> None:
    thread = threading.Thread(target=fail_with_a_name)
    thread.start()
    thread.join()
    wait_until(lambda: len(caplog.records) == 1 and shell.problem.level == "stop")
    shell.problem.clear()
    met.post(lambda: {}["x"])  # type: ignore[index]
    wait_until(lambda: len(caplog.records) == 2 and shell.problem.level == "stop")
    assert NAME not in caplog.text


@pytest.mark.expects_errors
def test_without_a_stderr_nothing_more_breaks(
    root: tk.Tk, met: Mailbox, shell: Any, monkeypatch: pytest.MonkeyPatch, wait_until: Callable[..., object]
) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    root.after(0, fail_with_a_name)
    wait_until(lambda: shell.problem.level == "stop")
    try:
        fail_with_a_name()
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    wait_until(lambda: shell.problem.level == "stop")


def test_a_fault_is_told_in_its_own_words_and_is_no_error_of_ours(
    met: Mailbox, shell: Any, caplog: pytest.LogCaptureFixture, wait_until: Callable[..., object]
) -> None:
    def lose() -> None:
        raise LinkLost("CR1")

    met.post(lose)
    wait_until(lambda: "CR1 does not answer." in shell.problem.text)
    assert "(L503)" in shell.problem.text
    assert [record.levelno for record in caplog.records] == [logging.WARNING]


@pytest.mark.expects_errors
def test_the_same_error_again_and_again_does_not_fill_the_log(
    met: Mailbox, shell: Any, caplog: pytest.LogCaptureFixture, wait_until: Callable[..., object]
) -> None:
    for _ in range(300):
        met.post(fail_with_a_name)
    seen: list[int] = []
    met.post(seen.append, 1)
    wait_until(lambda: seen)
    assert len(caplog.records) == 1


def test_the_window_in_front_is_the_one_that_tells(met: Mailbox, wait_until: Callable[..., object]) -> None:
    told: list[str] = []
    first, second = object(), object()
    errors.in_front(first, lambda fault: told.append("first"))
    errors.in_front(second, lambda fault: told.append("second"))
    errors.in_front(first, lambda fault: told.append("first"))
    errors.report(LinkLost("x"))
    wait_until(lambda: told == ["first"])
    errors.leaves(first)
    errors.report(LinkLost("x"))
    wait_until(lambda: told == ["first", "second"])
    errors.leaves(second)


def test_causes_are_written_down_too_without_their_words() -> None:
    try:
        try:
            fail_with_a_name()
        except ValueError as inner:
            raise KeyError(NAME) from inner
    except KeyError as error:
        text = errors.masked(error)
    assert "KeyError" in text and "ValueError" in text and NAME not in text
    assert errors.reference_of(ValueError("a")) == errors.reference_of(ValueError("b"))
