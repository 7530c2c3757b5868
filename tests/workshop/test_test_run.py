"""The command `test` runs everything, shared by several pytests, and says so when any of them fails."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.workshop import test_run
from kiosk.workshop.test_run import HOME, named
from tests.sharing import HERE, WITH_WINDOWS, Share


@pytest.mark.parametrize(
    ("words", "alone"),
    [([], False), (["-q", "--durations=30"], False), (["tests/core"], True), (["-k", "x"], True), (["--soak"], True)],
)
def test_only_the_whole_suite_is_shared(words: list[str], alone: bool) -> None:
    assert named(words) is alone


def test_each_test_is_run_once_by_one_of_them(tmp_path: Path) -> None:
    """With a folder of claims between them, files go to whoever comes first; the tree is read by one alone."""
    one, other = Share(tmp_path), Share(tmp_path)
    files = [HERE / place for place in ("core/test_a.py", "ui/test_b.py", "house/test_c.py", "house/test_d.py")]
    assert [one.mine(files[0]), other.mine(files[0]), one.mine(files[0])] == [True, False, True]
    assert [other.mine(files[1]), one.mine(files[1])] == [True, False]
    assert [one.mine(files[2]), other.mine(files[3]), one.mine(files[3])] == [True, False, True]


def test_of_one_screen_one_has_the_windows(tmp_path: Path) -> None:
    first, other = Share(tmp_path, "first"), Share(tmp_path, "none")
    window, rules = HERE / "modes/viewer/test_window.py", HERE / "core/test_a.py"
    assert not other.mine(window) and first.mine(window)
    assert other.mine(rules) and not first.mine(rules)
    items: list[Any] = [SimpleNamespace(path=each) for each in (rules, window)]
    assert [item.path for item in Share(tmp_path / "..", "first").items(items)] == [window, rules]


def test_rooms_with_windows_are_known() -> None:
    """A room whose tests ask for the root, or look at the screen, is one of them."""
    asking = {
        path.relative_to(HERE).parts[0]
        for path in HERE.rglob("test_*.py")
        if re.search(r"def test_\w+\([^)]*\b(?:root|open_window): ", path.read_text(encoding="utf-8"))
    }
    assert asking and asking <= set(WITH_WINDOWS)


def test_on_a_screen_that_is_there_windows_follow_one_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISPLAY", ":7")
    assert not test_run.each_has_a_screen()


@pytest.mark.parametrize("fails", [None, 0, 1])
def test_all_of_them_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], fails: int | None
) -> None:
    """A stand-in for pytest that takes a place among the claims, and fails in one of them."""
    fake = tmp_path / "fake.py"
    fake.write_text(
        "import os, sys\n"
        "from pathlib import Path\n"
        "for at in range(9):\n"
        "    try:\n"
        "        (Path(os.environ['KIOSK_TEST_CLAIMS']) / str(at)).touch(exist_ok=False)\n"
        "        break\n"
        "    except FileExistsError:\n"
        "        pass\n"
        "print('number', at, sys.argv[1:], flush=True)\n"
        f"sys.exit(3 if {fails!r} == at else 0)\n",
        encoding="utf-8",
    )
    monkeypatch.setattr(test_run, "_pytest", lambda: [sys.executable, str(fake)])
    assert test_run._all_together(["-q"]) == (0 if fails is None else 3)
    out = capfd.readouterr().out
    assert all(f"number {at} ['-q']" in out for at in range(test_run.AT_ONCE))


def test_files_are_shared_between_real_ones(tmp_path: Path) -> None:
    """Fixtures of a file that is left are over before the next one of ours begins."""
    claims, suite = tmp_path / "claims", tmp_path / "suite"
    claims.mkdir()
    suite.mkdir()
    (claims / "test_b.py").touch()
    for name in "abc":
        (suite / f"test_{name}.py").write_text(
            "import pytest\n"
            "@pytest.fixture(scope='module')\n"
            "def thing():\n    print('begins', __name__)\n    yield\n    print('ends', __name__)\n"
            "def test_one(thing): pass\ndef test_two(thing): pass\n",
            encoding="utf-8",
        )
    call = [sys.executable, "-m", "pytest", "-c", str(HOME / "pyproject.toml"), f"--rootdir={suite}", "-s", "-q",
            "-p", "tests.conftest", str(suite)]  # fmt: skip
    env = {**os.environ, "PYTHONPATH": str(HOME), "KIOSK_TEST_CLAIMS": str(claims)}
    told = subprocess.run(call, env=env, cwd=suite, capture_output=True, encoding="utf-8", check=False)
    assert told.returncode == 0 and "4 passed" in told.stdout, told.stdout + told.stderr
    assert re.findall(r"(begins|ends) (test_\w)", told.stdout) == [
        ("begins", "test_a"), ("ends", "test_a"), ("begins", "test_c"), ("ends", "test_c"),
    ]  # fmt: skip
    assert {each.name for each in claims.iterdir()} == {"test_a.py", "test_b.py", "test_c.py"}
