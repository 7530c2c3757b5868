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
# Pytests that share the suite (tests/sharing.py): as many as cores; a third one is quicker and starves cameras.
AT_ONCE = 2


def run_tests(words: list[str]) -> int:
    """Run pytest with ``words`` added, `--soak` among them if wished; its exit code. Several pytests at once share all
    tests; those that were named run alone. Each pytest sees to a screen where there is none.
    """
    for package in install_test_packages():
        print(f"not here: {package} ({TEST_PACKAGES[package]}); tests that need it are reported as skipped", flush=True)
    try:
        if named(words):
            return subprocess.run([*_pytest(), *words], cwd=HOME, check=False).returncode
        return _all_together(words)
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


def _all_together(words: list[str]) -> int:
    """The first one is seen as it goes on, the others when all are over."""
    with ExitStack() as opened:
        claims = opened.enter_context(tempfile.TemporaryDirectory())
        windows = ["any"] * AT_ONCE if each_has_a_screen() else ["first", *["none"] * (AT_ONCE - 1)]
        call = [*_pytest(), *words]
        env = [{**os.environ, "KIOSK_TEST_CLAIMS": claims, "KIOSK_TEST_WINDOWS": each} for each in windows]
        beside = []
        for each in env[1:]:
            told = opened.enter_context(tempfile.TemporaryFile())
            running = subprocess.Popen(call, cwd=HOME, env=each, stdout=told, stderr=subprocess.STDOUT)
            opened.callback(running.kill)
            beside.append((running, told))
        codes = [subprocess.run(call, cwd=HOME, env=env[0], check=False).returncode]
        codes += [running.wait() for running, _ in beside]
        for _, told in beside:
            told.seek(0)
            sys.stdout.flush()
            sys.stdout.buffer.write(told.read())
            sys.stdout.flush()
    return next(filter(None, codes), 0)


def _pytest() -> list[str]:
    return [sys.executable, "-m", "pytest"]
