"""The command `test`: packages that the tests need, then pytest with whatever was asked of it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

from kiosk.workshop.system_packages import TEST_PACKAGES, install_test_packages

HOME = Path(__file__).resolve().parents[2]
# Without windows and stations as a whole. It runs beside the others: a part waits for its devices half of the time.
BESIDE = (
    *(f"tests/{room}" for room in ("core", "devices", "dicom", "flow", "house", "paper", "store", "workshop")),
    "tests/test_bootstrap.py", "tests/test_commands.py",
)  # fmt: skip
# Windows of single modes: a part of its own where each part gets a screen, or two windows would fight for the keyboard.
WINDOWS = ("tests/modes", "tests/ui")


def run_tests(words: list[str]) -> int:
    """Run pytest with ``words`` added, `--soak` among them if wished; its exit code. All tests run as several parts at
    once; those that were named run alone. Pytest itself sees to a screen where there is none.
    """
    for package in install_test_packages():
        print(f"not here: {package} ({TEST_PACKAGES[package]}); tests that need it are reported as skipped", flush=True)
    try:
        if named(words):
            return subprocess.run([*_pytest(), *words], cwd=HOME, check=False).returncode
        return _all_parts(words)
    except KeyboardInterrupt:
        return 130


def named(words: list[str]) -> bool:
    """Do these words choose among the tests, or measure them? Then nothing may run beside."""
    return "--soak" in words or any(
        not word.startswith("-") or word.startswith(("-k", "-m", "--lf", "--ff")) for word in words
    )


def each_has_a_screen() -> bool:
    """Does each pytest get a virtual screen of its own?"""
    return not os.environ.get("DISPLAY") and shutil.which("Xvfb") is not None


def parts(own_screens: bool) -> list[list[str]]:
    """What each of several pytests is given. The first one gets all that is not named, so that nothing is left out."""
    others = [list(BESIDE), *([list(WINDOWS)] if own_screens else [])]
    return [[f"--ignore={room}" for other in others for room in other], *others]


def _all_parts(words: list[str]) -> int:
    """The first part is seen as it goes on, the others when all are over."""
    first, *others = parts(each_has_a_screen())
    with ExitStack() as opened:
        beside = []
        for rooms in others:
            told = opened.enter_context(tempfile.TemporaryFile())
            call = [*_pytest(), *words, *rooms]
            running = subprocess.Popen(call, cwd=HOME, stdout=told, stderr=subprocess.STDOUT)
            opened.callback(running.kill)
            beside.append((running, told))
        codes = [subprocess.run([*_pytest(), *words, *first], cwd=HOME, check=False).returncode]
        codes += [running.wait() for running, _ in beside]
        for _, told in beside:
            told.seek(0)
            sys.stdout.flush()
            sys.stdout.buffer.write(told.read())
            sys.stdout.flush()
    return next(filter(None, codes), 0)


def _pytest() -> list[str]:
    return [sys.executable, "-m", "pytest"]
