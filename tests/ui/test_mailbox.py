"""Posted calls reach the main thread, in order, whatever fails among them."""

from __future__ import annotations

import logging
import threading
import time
import tkinter as tk
from collections.abc import Callable, Iterator

import pytest

from kiosk.ui.mailbox import SLICE_S, Heartbeat, Mailbox


@pytest.fixture
def failures() -> list[BaseException]:
    return []


@pytest.fixture
def mailbox(root: tk.Tk, failures: list[BaseException]) -> Iterator[Mailbox]:
    box = Mailbox(root, failures.append)
    yield box
    box.close()


def test_calls_from_other_threads_run_here_in_their_order(mailbox: Mailbox, wait_until: Callable[..., object]) -> None:
    seen: list[tuple[int, int]] = []
    here: set[int] = set()

    def note(who: int, number: int) -> None:
        here.add(threading.get_ident())
        seen.append((who, number))

    threads = [
        threading.Thread(target=lambda who=who: [mailbox.post(note, who, n) for n in range(200)]) for who in range(4)
    ]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(seen) == 800)
    for thread in threads:
        thread.join()
    assert here == {threading.get_ident()}
    for who in range(4):
        assert [n for w, n in seen if w == who] == list(range(200))


def test_a_failing_call_is_told_and_the_next_ones_run(
    mailbox: Mailbox, failures: list[BaseException], wait_until: Callable[..., object]
) -> None:
    seen: list[int] = []
    mailbox.post(lambda: 1 / 0)
    mailbox.post(seen.append, 1)
    mailbox.post(lambda: [][0])  # type: ignore[index]
    mailbox.post(seen.append, 2)
    wait_until(lambda: seen == [1, 2])
    assert [type(error) for error in failures] == [ZeroDivisionError, IndexError]


def test_one_slice_ends_soon_and_leaves_the_rest_for_the_next(mailbox: Mailbox) -> None:
    done: list[int] = []

    def work(number: int) -> None:
        until = time.monotonic() + 0.003
        while time.monotonic() < until:
            pass
        done.append(number)

    for number in range(20):
        mailbox.post(work, number)
    begun = time.monotonic()
    assert mailbox.drain() is True
    assert time.monotonic() - begun < SLICE_S + 0.1
    assert 1 <= len(done) <= 4
    while mailbox.drain():
        pass
    assert done == list(range(20))


def test_a_call_that_posts_again_does_not_hold_up_the_window(root: tk.Tk, mailbox: Mailbox) -> None:
    rounds: list[int] = []

    def again() -> None:
        rounds.append(1)
        mailbox.post(again)

    painted: list[int] = []
    mailbox.post(again)
    root.after_idle(painted.append, 1)
    end = time.monotonic() + 5
    while not (painted and len(rounds) > 1000) and time.monotonic() < end:
        root.update()
    assert painted and len(rounds) > 1000


def test_after_close_nothing_runs(root: tk.Tk, mailbox: Mailbox) -> None:
    seen: list[int] = []
    mailbox.post(seen.append, 1)
    mailbox.close()
    mailbox.post(seen.append, 2)
    root.update()
    assert mailbox.drain() is False and seen == []


def test_heartbeat_measures_the_longest_gap(root: tk.Tk, wait_until: Callable[..., object]) -> None:
    heart = Heartbeat(root, every_ms=5)
    wait_until(lambda: heart.beats >= 3)
    heart.reset()
    until = time.monotonic() + 0.15
    while time.monotonic() < until:
        pass
    wait_until(lambda: heart.beats >= 2)
    assert 0.15 <= heart.longest_gap_s < 2
    heart.stop()
    beats = heart.beats
    root.update()
    assert heart.beats == beats


def test_a_stall_is_logged_with_the_place_where_the_main_thread_stands(
    root: tk.Tk, caplog: pytest.LogCaptureFixture, wait_until: Callable[..., object]
) -> None:
    heart = Heartbeat(root, every_ms=5, limit_s=0.05)
    stop = threading.Event()
    watch = threading.Thread(target=heart.watch, args=(stop,))
    with caplog.at_level(logging.WARNING, "kiosk.ui"):
        watch.start()
        wait_until(lambda: heart.beats >= 2)
        _stand_still_until(lambda: bool(caplog.records))
        wait_until(lambda: heart.beats >= 6)
        stop.set()
        watch.join()
    heart.stop()
    stalls = [record.getMessage() for record in caplog.records]
    assert any("_stand_still_until" in stall for stall in stalls)
    assert sum("_stand_still_until" in stall for stall in stalls) == 1, "each stall is told once"


def _stand_still_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 5
    while not condition() and time.monotonic() < end:
        pass
    until = time.monotonic() + 0.12  # it goes on standing; it must not be told again
    while time.monotonic() < until:
        pass
