"""The watch over every test really sees what goes wrong unseen, and skips that CI must not accept."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

from tests.house.tree import HOME
from tests.needs import needs

SUITE = """
import logging, sys, threading
import pytest
import tests.conftest

tests.conftest.THREAD_END_S = 0.2

def test_plain(): pass

def test_error_in_log(): logging.getLogger("x").error("oh")

@pytest.mark.expects_errors
def test_expected_error(): logging.getLogger("x").error("oh")

def test_thread_left():
    threading.Thread(target=threading.Event().wait, args=(30,), daemon=True, name="idler").start()

def test_callback_error(root, wait_until):
    done = []
    root.after(1, lambda: (done.append(1), 1 / 0))
    wait_until(lambda: done)

def test_off_thread(root):
    def touch():
        try:
            root.title("x")
        except RuntimeError:
            pass
    thread = threading.Thread(target=touch)
    thread.start()
    thread.join()

def test_never(wait_until): wait_until(lambda: False, 0.05, "pigs fly")
"""
SKIPS = """
import sys
import pytest
from tests.needs import needs

@pytest.mark.skipif(True, reason="only on Windows")
def test_elsewhere(): pass

@pytest.mark.skipif(True, reason="not today")
@pytest.mark.may_skip("foreign files")
def test_may(): pass

@pytest.mark.parametrize("none", [])
def test_none(none): pass
"""
LAZY = (
    SKIPS
    + """
@needs("no-such-program")
def test_lazy(): pass
"""
)


def run(folder: Path, suite: str) -> tuple[int, str]:
    """Exit code and output of a small suite under our conftest, with no skips accepted."""
    (folder / "test_small.py").write_text(suite, encoding="utf-8")
    call = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        str(HOME / "pyproject.toml"),
        f"--rootdir={folder}",
        "-p",
        "tests.conftest",
    ]
    answer = subprocess.run(
        [*call, "-p", "no:cacheprovider", "test_small.py"],
        cwd=folder,
        env={**os.environ, "KIOSK_NO_SKIPS": "1", "PYTHONPATH": str(HOME)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    return answer.returncode, answer.stdout


@needs("Xvfb")
def test_what_goes_wrong_unseen_fails_the_test(tmp_path: Path) -> None:
    code, told = run(tmp_path, SUITE)
    assert code == 1
    bad = set(re.findall(r"^(?:ERROR|FAILED) \S*::(\w+)", told, re.MULTILINE))
    assert bad == {"test_error_in_log", "test_thread_left", "test_callback_error", "test_off_thread", "test_never"}, (
        told
    )
    for sentence in ("thread left alive: idler", "ERROR in the log: x: oh", "Tk touched off-thread", "pigs fly"):
        assert sentence in told


def test_only_what_ci_cannot_run_may_be_skipped(tmp_path: Path) -> None:
    assert run(tmp_path, SKIPS)[0] == 0
    code, told = run(tmp_path, LAZY)
    assert code == 1
    assert "needs no-such-program (apt install no-such-program)" in told
    assert "test_lazy" in told.split("skipped where nothing may be skipped")[1]
