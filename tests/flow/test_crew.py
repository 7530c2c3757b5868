"""Workers have a name, a stop flag and a deadline; none is lost from sight."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from kiosk.flow.crew import Crew


def test_a_worker_runs_under_its_name_until_it_is_told_to_stop() -> None:
    crew, seen = Crew(), []

    def work(stop: threading.Event) -> None:
        seen.append(threading.current_thread().name)
        stop.wait(30)
        seen.append("stopped")

    crew.start("reader", work)
    assert crew.close(5) == []
    assert seen == ["reader", "stopped"]


def test_wake_interrupts_a_wait_so_that_closing_is_quick() -> None:
    crew, woken = Crew(), threading.Event()
    crew.start("sleeper", lambda stop: woken.wait(30) and None, wake=woken.set)
    assert crew.close(5) == []


def test_one_worker_can_be_stopped_alone(wait_until: Callable[..., Any]) -> None:
    crew, ended = Crew(), []
    stop = crew.start("one", lambda stop: ended.append(stop.wait(30)))
    crew.start("two", lambda stop: ended.append(stop.wait(30)))
    stop.set()
    wait_until(lambda: ended == [True])
    assert crew.close(5) == []
    assert len(ended) == 2


@pytest.mark.expects_errors
def test_an_error_in_a_worker_is_logged_and_told(errors_logged: list[logging.LogRecord]) -> None:
    told: list[tuple[str, BaseException]] = []
    crew = Crew(lambda name, why: told.append((name, why)))

    def fail(stop: threading.Event) -> None:
        raise ZeroDivisionError

    crew.start("unlucky", fail)
    assert crew.close(5) == []
    assert [(name, type(why)) for name, why in told] == [("unlucky", ZeroDivisionError)]
    assert "unlucky" in errors_logged[0].getMessage()


def test_a_worker_that_does_not_end_in_time_is_named() -> None:
    crew, release = Crew(), threading.Event()
    crew.start("stubborn", lambda stop: release.wait(30) and None)
    crew.start("good", lambda stop: stop.wait(30) and None)
    assert crew.close(0.05) == ["stubborn"]
    release.set()
    assert crew.close(5) == []


def test_after_closing_nobody_is_started() -> None:
    crew = Crew()
    crew.close(1)
    with pytest.raises(RuntimeError, match="late-comer"):
        crew.start("late-comer", lambda stop: None)


def test_the_newest_is_stopped_first() -> None:
    """Who came later may use what came earlier: the desk its stores, the writer its door."""
    crew, order = Crew(), []
    for name in ("older", "newer"):
        crew.start(name, lambda stop: stop.wait(30) and None, wake=lambda name=name: order.append(name))
    assert crew.close(10) == []
    assert order == ["newer", "older"]


HUNG = """
import threading
from kiosk.flow.crew import Crew
crew = Crew()
crew.start("hung", lambda stop: threading.Event().wait())
print(crew.close(0.05))
"""


def test_a_worker_that_hangs_does_not_keep_the_program() -> None:
    done = subprocess.run([sys.executable, "-c", HUNG], capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stdout.strip()) == (0, "['hung']")
