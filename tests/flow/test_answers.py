"""Answers come once, to the right place, in time; whatever fails ends as one sentence."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.flow.answers import Answer, Errands, Running, Stopped, as_fault
from kiosk.flow.crew import Crew


class Mailbox:
    """The main thread's post, opened by hand."""

    def __init__(self) -> None:
        self.letters: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []

    def post(self, do: Callable[..., Any], *args: Any) -> None:
        self.letters.append((do, args))

    def open(self) -> None:
        while self.letters:
            do, args = self.letters.pop(0)
            do(*args)


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def desk(crew: Crew, mailbox: Mailbox) -> Errands:
    return Errands(crew, mailbox.post)


def test_the_answer_comes_through_the_mailbox_and_not_on_the_workers_thread(
    desk: Errands, mailbox: Mailbox, wait_until: Callable[..., Any]
) -> None:
    got: list[Any] = []
    worked_on: list[str] = []

    def work(a: int, *, b: int) -> int:
        worked_on.append(threading.current_thread().name)
        return a + b

    answer = desk.ask(work, 1, b=2).then(lambda value: got.append((value, threading.current_thread())))
    wait_until(lambda: answer.arrived and mailbox.letters)
    assert got == []
    mailbox.open()
    assert got == [(3, threading.main_thread())] and worked_on[0].startswith("desk-")
    answer.then(got.append)  # who asks late is answered, too
    mailbox.open()
    assert got[-1] == 3
    assert answer.wait() == 3


def test_a_fault_goes_to_failed_and_out_of_wait(
    desk: Errands, mailbox: Mailbox, wait_until: Callable[..., Any]
) -> None:
    def refuse() -> None:
        raise Refused("pin", "No.")

    got: list[Any] = []
    answer = desk.ask(refuse).then(lambda value: got.append("value"), got.append)
    with pytest.raises(Refused):
        answer.wait()
    wait_until(lambda: mailbox.letters)
    mailbox.open()
    assert [str(each) for each in got] == ["R100 No."]
    answer.then(got.append)  # without anybody who wants to hear of it, a fault is not called back
    mailbox.open()
    assert len(got) == 1


def test_after_cancel_nothing_is_called_even_if_the_letter_is_on_its_way(
    desk: Errands, mailbox: Mailbox, wait_until: Callable[..., Any]
) -> None:
    got: list[Any] = []
    answer = desk.ask(lambda: 1).then(got.append)
    wait_until(lambda: mailbox.letters)
    answer.cancel()
    mailbox.open()
    assert got == [] and answer.cancelled


def test_cancelled_work_that_has_not_begun_is_not_done(crew: Crew, mailbox: Mailbox) -> None:
    desk = Errands(crew, mailbox.post, threads=1)
    gate, done = threading.Event(), []
    first = desk.ask(gate.wait, 10)
    second = desk.ask(done.append, "second")
    second.cancel()
    gate.set()
    assert first.wait() is True
    assert desk.ask(lambda: "third").wait() == "third"
    assert done == []


def test_late_work_is_answered_at_the_deadline_and_its_result_is_dropped(
    desk: Errands, mailbox: Mailbox, wait_until: Callable[..., Any]
) -> None:
    gate = threading.Event()
    got: list[Any] = []
    answer = desk.ask(gate.wait, 10, deadline_s=0.05).then(lambda value: got.append("value"), got.append)
    with pytest.raises(LinkLost):
        answer.wait(10)
    gate.set()
    assert desk.ask(lambda: "next").wait() == "next"
    wait_until(lambda: mailbox.letters)
    mailbox.open()
    assert len(got) == 1 and isinstance(got[0], LinkLost) and got[0].next_step.text


def test_a_later_deadline_does_not_hold_up_an_earlier_one(desk: Errands) -> None:
    gate = threading.Event()
    long = desk.ask(gate.wait, 20, deadline_s=60)
    short = desk.ask(gate.wait, 20, deadline_s=0.05)
    with pytest.raises(LinkLost):
        short.wait(5)
    gate.set()
    assert long.wait() is True


def test_waiting_has_its_own_deadline(mailbox: Mailbox) -> None:
    with pytest.raises(LinkLost):
        Answer(mailbox.post).wait(0.01)


@pytest.mark.expects_errors
def test_an_unexpected_error_is_logged_and_told_without_its_words(
    desk: Errands, errors_logged: list[logging.LogRecord]
) -> None:
    def fail() -> None:
        raise RuntimeError("見本 太郎 is in this message")

    with pytest.raises(Fault) as told:
        desk.ask(fail).wait()
    assert "見本" not in told.value.told() and told.value.reference.startswith("X")
    assert told.value.reference in errors_logged[0].getMessage(), "the number a person reads out leads to the log"
    assert desk.ask(lambda: "on").wait() == "on"


@pytest.mark.expects_errors
def test_the_reference_of_an_error_is_the_same_in_every_process() -> None:
    here = as_fault(KeyError("x")).reference
    ask = "from kiosk.flow.answers import as_fault; print(as_fault(KeyError('x')).reference)"
    there = subprocess.run([sys.executable, "-c", ask], capture_output=True, text=True, check=True).stdout.strip()
    assert here == there


def test_threads_leave_what_they_hold_when_they_end(mailbox: Mailbox) -> None:
    crew, left = Crew(), []
    desk = Errands(crew, mailbox.post, threads=2, leave=lambda: left.append(threading.current_thread().name))
    desk.begin("long", lambda told: None).wait()
    assert crew.close(5) == []
    assert sorted(left) == ["desk-1", "desk-2", "long"]


# -- long work -------------------------------------------------------------------------------------------------------
def test_long_work_tells_its_way_until_it_is_done(
    desk: Errands, mailbox: Mailbox, wait_until: Callable[..., Any]
) -> None:
    parts: list[float] = []
    steps = [threading.Event() for _ in range(2)]

    def work(told: Callable[[float], None]) -> str:
        steps[0].wait(10)
        told(0.5)
        steps[1].wait(10)
        told(1.0)
        return "done"

    running = desk.begin("work", work).on_progress(parts.append)
    steps[0].set()
    wait_until(lambda: mailbox.letters)
    mailbox.open()
    assert parts == [0.5]
    steps[1].set()
    assert running.wait() == "done"
    mailbox.open()
    assert parts == [0.5], "once the answer is there, nobody moves the bar again"


def test_long_work_is_stopped_at_its_next_step(desk: Errands) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def work(told: Callable[[float], None]) -> None:
        begun.set()
        go_on.wait(10)
        told(0.5)
        raise AssertionError("it went on")

    running = desk.begin("work", work)
    assert begun.wait(10)
    running.stop()
    go_on.set()
    with pytest.raises(Stopped):
        running.wait()


def test_long_work_ends_when_the_program_ends(mailbox: Mailbox) -> None:
    crew = Crew()
    desk = Errands(crew, mailbox.post)
    begun = threading.Event()

    def work(told: Callable[[float], None]) -> None:
        while True:
            told(0.0)
            begun.set()

    running = desk.begin("work", work)
    assert begun.wait(10)
    assert crew.close(5) == []
    with pytest.raises(Stopped):
        running.wait(1)


def test_progress_does_not_flood_the_mailbox(mailbox: Mailbox) -> None:
    running = Running(mailbox.post).on_progress(lambda part: None)
    for number in range(10_000):
        running.told(number / 10_000)
    assert 1 <= len(mailbox.letters) < 50
