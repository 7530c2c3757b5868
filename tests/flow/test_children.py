"""A child may crash, swell, hang or babble: the asker gets a sentence in time and the next question works."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import psutil
import pytest

from kiosk.flow import children
from kiosk.flow.children import Child, ChildLost
from tests.flow import unruly

UNRULY = "tests.flow.unruly"


@pytest.fixture(autouse=True)
def _unruly_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "worker_command", unruly.command)


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child(UNRULY, ["echo"], name="unruly", memory_mb=200)
    yield child
    child.close()


def gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE and os.getpid() != pid


def test_a_question_is_answered_by_one_process_kept_running(child: Child) -> None:
    assert child.ask({"n": 1}, 10)["echo"] == {"n": 1}
    pid = child.pid
    assert child.ask({"n": 2}, 10)["echo"] == {"n": 2}
    assert (child.pid, child.starts) == (pid, 1)
    assert pid != os.getpid()


@pytest.mark.parametrize(
    ("misdeed", "reason", "deadline_s"),
    [("crash", "died", 20.0), ("swell", "memory", 20.0), ("hang", "deadline", 0.5), ("babble", "died", 20.0)],
)
def test_after_a_misdeed_the_next_question_works(child: Child, misdeed: str, reason: str, deadline_s: float) -> None:
    child.ask({"do": "well"}, 10)
    pid = child.pid
    with pytest.raises(ChildLost) as lost:
        child.ask({"do": misdeed}, deadline_s)
    assert lost.value.reason == reason
    assert lost.value.sentence.text and lost.value.next_step.text
    assert not psutil.pid_exists(pid), "ended, and no zombie"
    assert child.ask({"do": "well"}, 10)["echo"] == {"do": "well"}
    assert child.starts == 2


def test_memory_is_stopped_near_the_cap(child: Child) -> None:
    child.ask({"do": "well"}, 10)
    seen = [0]
    watched = psutil.Process(child.pid)

    def watch() -> bool:
        try:
            seen.append(watched.memory_info().rss)
        except psutil.Error:
            pass
        return False

    with pytest.raises(ChildLost):
        child.ask({"do": "swell"}, 20, watch)
    assert max(seen) < 600 << 20


def test_a_person_can_stop_it(child: Child) -> None:
    child.ask({"do": "well"}, 10)
    stop = threading.Event()
    timer = threading.Timer(0.1, stop.set)
    timer.start()
    began = time.monotonic()
    with pytest.raises(ChildLost) as lost:
        child.ask({"do": "hang"}, 60, stop.is_set)
    timer.join()
    assert lost.value.reason == "stopped" and time.monotonic() - began < 5


def test_one_that_dies_at_once_or_never_gets_ready_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "START_WITHIN_S", 1.0)
    for args, reason in ((["dies at once"], "died"), (["never ready"], "deadline")):
        child = Child(UNRULY, args, name="unruly")
        with pytest.raises(ChildLost) as lost:
            child.ask({"do": "well"}, 5)
        assert lost.value.reason == reason
        assert child.close() is None, "already cleared away"


def test_closing_ends_a_child_that_hangs_and_its_thread() -> None:
    child = Child(UNRULY, ["echo"], name="unruly")
    child.ask({}, 10)
    pid = child.pid
    before = {thread.name for thread in threading.enumerate()}
    assert "unruly-answers" in before
    child.close()
    assert not psutil.pid_exists(pid)
    assert "unruly-answers" not in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("module", [UNRULY, "kiosk.dicom.decode_child"])
def test_it_goes_when_its_parent_dies(module: str, wait_until: Callable[..., Any]) -> None:
    """The parent is killed outright; nobody is left to close anything."""
    script = (
        "import sys; from kiosk.flow.children import Child\n"
        "from kiosk.flow import children; from tests.flow import unruly; children.worker_command = unruly.command\n"
        f"child = Child({module!r}, ['echo'], name='unruly')\n"
        "try: child.ask({'do': 'well'}, 20)\n"
        "except Exception: pass\n"
        "print(child.pid, flush=True); sys.stdin.read()"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert parent.stdin is not None and parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert psutil.pid_exists(pid)
    parent.kill()
    parent.wait()
    parent.stdin.close()
    parent.stdout.close()
    wait_until(lambda: gone(pid), 10, "the child ends")
