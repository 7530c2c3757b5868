"""The first start on a fresh machine: what it makes, and the one sentence it says where it can't."""

from __future__ import annotations

import ast
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest

from kiosk import bootstrap, environment
from tests.waiting import wait_until

HOME = Path(bootstrap.HOME)
OLD_SYNTAX = ["main.py", "kiosk/__init__.py", "kiosk/bootstrap.py"]

# A package of one module stands for the real ones; a station of three lines says whether it arrived.
STATION = """
import sys, tiny

def main(argv):
    print("station runs", tiny.VERSION, *argv)
    return 7
"""


class Project:
    """A fresh copy of the program in a folder with a space and Japanese in its name, and its own package source."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "健診 センター"
        self.wheels = folder / "wheels"
        self.venv = self.folder / ".venv"

    def lay_out(self) -> None:
        """The files as a fresh clone has them."""
        (self.folder / "kiosk").mkdir(parents=True)
        self.wheels.mkdir()
        for name in [*OLD_SYNTAX, "kiosk/environment.py"]:
            shutil.copy(HOME / name, self.folder / name)
        (self.folder / "kiosk" / "station.py").write_text(STATION, encoding="utf-8")
        self.lock(self.wheel("1.0"))

    def wheel(self, version: str) -> str:
        """Publish tiny ``version``; its line for the lock."""
        path = self.wheels / f"tiny-{version}-py3-none-any.whl"
        about = f"tiny-{version}.dist-info"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("tiny.py", f"VERSION = {version!r}\n")
            archive.writestr(f"{about}/METADATA", f"Metadata-Version: 2.1\nName: tiny\nVersion: {version}\n")
            archive.writestr(f"{about}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            archive.writestr(f"{about}/RECORD", f"tiny.py,,\n{about}/METADATA,,\n{about}/WHEEL,,\n{about}/RECORD,,\n")
        return f"tiny=={version} \\\n    --hash=sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}\n"

    def lock(self, text: str) -> None:
        """What the runtime lock asks for."""
        (self.folder / "requirements.lock").write_text(text, encoding="utf-8")

    def surroundings(self, **more: str) -> dict[str, str]:
        """The variables of a start: packages from our folder alone, whatever this machine has set up for pip."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PIP_", "PYTHON"))}
        given = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(self.wheels)}
        return kept | given | {"PYTHONUTF8": "1"} | more

    def begin(self, *words: str, **more: str) -> subprocess.Popen[str]:
        """A start in the background, from another folder than the program's."""
        return subprocess.Popen(
            [sys.executable, str(self.folder / "main.py"), *words],
            cwd=self.folder.parent,
            env=self.surroundings(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def start(self, *words: str, **more: str) -> tuple[int, str, str]:
        """Exit code, output and error output of a start."""
        process = self.begin(*words, **more)
        output, errors = process.communicate(timeout=120)
        return process.returncode, output, errors


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project that was never started."""
    fresh = Project(tmp_path)
    fresh.lay_out()
    return fresh


@pytest.fixture(scope="module")
def first_start(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, int, str, str]:
    """A project after its first start, and what that start answered."""
    fresh = Project(tmp_path_factory.mktemp("first"))
    fresh.lay_out()
    return fresh, *fresh.start("status", "x y")


@pytest.fixture
def fitted(first_start: tuple[Project, int, str, str], tmp_path: Path) -> Project:
    """A started project of one's own; that it was moved must not matter to it."""
    shutil.copytree(first_start[0].folder.parent, tmp_path / "moved", symlinks=True)
    return Project(tmp_path / "moved")


def assert_said(errors: str, *, japanese: str, english: str) -> None:
    """One line in Japanese, one in English, nothing else."""
    lines = errors.splitlines()
    assert len(lines) == 2, errors
    assert japanese in lines[0]
    assert english in lines[1]


# ---- a start that can go on


def test_a_fresh_start_makes_what_is_missing(first_start: tuple[Project, int, str, str]) -> None:
    _, code, output, errors = first_start
    assert (code, errors) == (7, "")
    assert "making .venv" in output and "ready: 1 packages" in output
    assert output.splitlines()[-1] == "station runs 1.0 status x y"


def test_the_next_start_needs_neither_network_nor_package_source(fitted: Project) -> None:
    shutil.rmtree(fitted.wheels)
    assert fitted.start("status") == (7, "station runs 1.0 status\n", "")


def test_children_find_the_program_when_it_is_started_by_its_own_python_from_elsewhere(fitted: Project) -> None:
    child = "import subprocess, sys\nmain = lambda argv: subprocess.call([sys.executable, '-m', 'kiosk.station'])\n"
    (fitted.folder / "kiosk" / "station.py").write_text(child, encoding="utf-8")
    python = fitted.venv / Path(environment.PYTHON).relative_to(environment.VENV)
    call = [str(python), str(fitted.folder / "main.py"), "status"]
    answer = subprocess.run(
        call, cwd=fitted.folder.parent, env=fitted.surroundings(), capture_output=True, encoding="utf-8", check=False
    )
    assert (answer.returncode, answer.stderr) == (0, "")


def test_progress_counts_what_pip_met() -> None:
    said = "Collecting tiny==1.0 (from -r lock (line 1))\nRequirement already satisfied: more==2.0 in here (2.0)\n"
    assert environment.progress("", 3) == "取得中 / fetching: 0/3"
    assert environment.progress(said, 3) == "取得中 / fetching: 2/3 more"
    assert "laying out: 3" in environment.progress(said + "Installing collected packages: tiny\n", 3)


def test_a_newer_lock_is_installed_into_the_same_environment(fitted: Project) -> None:
    mark = fitted.venv / "mark"
    mark.touch()
    fitted.lock(fitted.wheel("2.0"))
    assert fitted.start("status")[1].splitlines()[-1] == "station runs 2.0 status"
    assert mark.exists()


def test_line_ends_turned_by_git_change_nothing(fitted: Project) -> None:
    lock = fitted.folder / "requirements.lock"
    lock.write_bytes(lock.read_bytes().replace(b"\n", b"\r\n"))
    assert fitted.start("status") == (7, "station runs 1.0 status\n", "")


@pytest.mark.skipif(os.name == "nt", reason="no kill -9 on Windows: docs/windows-acceptance.md")
def test_a_start_that_was_killed_half_way_is_made_anew(project: Project) -> None:
    process = project.begin("status")
    wait_until((project.venv / "pyvenv.cfg").exists, 60)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert (project.venv / "unfinished").exists()
    code, output, errors = project.start("status")
    assert (code, errors) == (7, "")
    assert "making .venv" in output
    assert not (project.venv / "unfinished").exists()


def test_an_environment_whose_python_is_gone_is_made_anew(fitted: Project) -> None:
    (fitted.venv / Path(environment.PYTHON).relative_to(environment.VENV)).unlink()
    code, output, _ = fitted.start("status")
    assert code == 7 and "making .venv" in output


def test_two_first_starts_at_once_prepare_once(project: Project) -> None:
    starts = [project.begin("status"), project.begin("status")]
    outputs = [start.communicate(timeout=120)[0] for start in starts]
    assert [start.returncode for start in starts] == [7, 7]
    assert "".join(outputs).count("making .venv") == 1


def test_a_fitting_environment_costs_next_to_nothing() -> None:
    fastest = min(timed_fits() for _ in range(5))
    assert fastest < 0.05


def timed_fits() -> float:
    """Seconds that the check of .venv takes."""
    begin = time.perf_counter()
    environment.fits(bootstrap.RUNTIME_LOCK)
    return time.perf_counter() - begin


# ---- a start that can't


def test_without_network(fitted: Project) -> None:
    away = {"PIP_NO_INDEX": "0", "PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_FIND_LINKS": ""}
    fitted.lock(fitted.wheel("2.0"))
    code, _, errors = fitted.start("status", **away)
    assert code == 2
    assert_said(errors, japanese="ネットワークにつないで", english="connect this PC to the network once")
    # Nothing is kept from going on as soon as the network is there.
    assert fitted.start("status")[0] == 7


def test_a_package_that_is_not_the_recorded_one_is_refused(fitted: Project) -> None:
    fitted.wheel("2.0")
    fitted.lock("tiny==2.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    code, _, errors = fitted.start("status")
    assert code == 2
    assert_said(errors, japanese="記録と違う", english="not the recorded one")


def test_without_a_fitting_package(fitted: Project) -> None:
    fitted.lock("absent==1.0 \\\n    --hash=sha256:" + "0" * 64 + "\n")
    code, _, errors = fitted.start("status")
    assert code == 2
    assert_said(errors, japanese="この OS に合う部品", english="no package for this system")


def test_without_its_lock(fitted: Project) -> None:
    (fitted.folder / "requirements.lock").unlink()
    code, _, errors = fitted.start("status")
    assert code == 2
    assert_said(errors, japanese="もう一度全部コピー", english="copy the program's folder once more")


@pytest.mark.skipif(os.name == "nt", reason="Windows always has a display")
def test_without_a_display(project: Project) -> None:
    for display in ("", ":65000"):
        code, output, errors = project.start("station.toml", DISPLAY=display)
        assert (code, output) == (2, "")
        assert_said(errors, japanese="--headless", english="There is no display")


@pytest.mark.parametrize(
    ("trick", "japanese", "english"),
    [
        ("sys.version_info = (3, 10, 13, 'final', 0)", "Python は 3.10", "install a 64-bit Python 3.11 to 3.13"),
        ("sys.version_info = (3, 14, 0, 'final', 0)", "Python は 3.14", "install a 64-bit Python 3.11 to 3.13"),
        ("sys.maxsize = 2**31 - 1", "(32 bit)", "install a 64-bit Python 3.11 to 3.13"),
        ("sys.modules['_tkinter'] = None", "python3-tk", "This Python has no Tk"),
    ],
)
@pytest.mark.parametrize("command", ["demo", "build"])
def test_on_an_unfit_python(trick: str, japanese: str, english: str, command: str) -> None:
    script = f"import sys; {trick}; from kiosk.bootstrap import main; sys.exit(main([{command!r}]))"
    surroundings = {**os.environ, "PYTHONUTF8": "1"}
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=HOME, env=surroundings, capture_output=True, encoding="utf-8", check=False
    )
    assert (answer.returncode, answer.stdout) == (2, "")
    assert_said(answer.stderr, japanese=japanese, english=english)


def test_on_a_terminal_without_japanese() -> None:
    script = "import sys; sys.maxsize = 1; from kiosk.bootstrap import main; sys.exit(main(['demo']))"
    surroundings = {**os.environ, "PYTHONIOENCODING": "ascii"}
    answer = subprocess.run(
        [sys.executable, "-c", script], cwd=HOME, env=surroundings, capture_output=True, encoding="ascii", check=False
    )
    assert answer.returncode == 2
    assert "install a 64-bit Python" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_in_a_folder_that_cannot_be_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(environment, "TURN", tmp_path / "file" / "turn")
    monkeypatch.setattr(environment, "FITTED", tmp_path / "absent")
    with pytest.raises(bootstrap.Stop) as stopped:
        environment.fit(bootstrap.RUNTIME_LOCK)
    assert "書き込めません" in stopped.value.japanese
    assert "copy it to where you may write" in stopped.value.english


@pytest.mark.parametrize("name", OLD_SYNTAX)
def test_an_old_python_can_read_it(name: str) -> None:
    source = (HOME / name).read_text(encoding="utf-8")
    newer = (ast.JoinedStr, ast.AnnAssign, ast.NamedExpr, ast.Nonlocal, ast.Starred, ast.AsyncFunctionDef)
    tree = ast.parse(source, feature_version=(3, 4))
    assert [node for node in ast.walk(tree) if isinstance(node, newer)] == []
    assert [node for node in ast.walk(tree) if isinstance(node, ast.Raise) and node.cause] == []
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    assert [each.name for each in functions if each.returns or each.args.kwonlyargs] == []
    if name != "kiosk/__init__.py":
        assert source.startswith("# -*- coding: utf-8 -*-")
