"""The command `build`: the single executable, its self-test, its size and the time to its first window."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from statistics import median

from kiosk.bootstrap import HOME, ON_WINDOWS, Stop
from kiosk.modes import catalog
from kiosk.workshop.first_window import seconds_to_first_window
from kiosk.workshop.virtual_screen import virtual_screen

DIST = Path(HOME, "dist")
EXECUTABLE = DIST / ("station.exe" if ON_WINDOWS else "station")
FOLDER_EXECUTABLE = DIST / "station-folder" / EXECUTABLE.name
STARTS = 3


def build(words: list[str]) -> int:
    """Build and prove the executable; 0 only where its self-test passes. Raises Stop where it can't be begun."""
    look_at_build_parts()
    begin = time.monotonic()
    call = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level", "WARN", "build.spec", *words]
    print("PyInstaller ...", flush=True)
    if subprocess.run(call, cwd=HOME, check=False).returncode != 0:
        return 1
    print(f"built in {time.monotonic() - begin:.0f} s", flush=True)
    with virtual_screen() as display:
        for executable in (EXECUTABLE, FOLDER_EXECUTABLE):
            trouble = prove(executable)
            if trouble:
                print(f"{executable.relative_to(HOME)}: {trouble}", file=sys.stderr)
                return 1
            print(f"{executable.relative_to(HOME)}: {size_of(executable)}, {first_window(executable, display)}")
    return 0


def look_at_build_parts() -> None:
    """Raise Stop where this Python or system lacks what PyInstaller needs (Tk was seen to by the bootstrap)."""
    if ON_WINDOWS:
        return
    if sys.platform.startswith("linux") and not shutil.which("objdump"):
        raise Stop(
            "objdump がありません。「apt install binutils」のあと、もう一度始めてください。",
            "objdump is missing; run apt install binutils and start again.",
        )
    if not has_shared_library():
        raise Stop(
            "この Python には共有ライブラリーがありません。「apt install libpython3-dev」か、"
            "--enable-shared で作った Python を使ってください。",
            "This Python has no shared library; run apt install libpython3-dev, or use one made with --enable-shared.",
        )


def has_shared_library() -> bool:
    """Whether libpython is there for PyInstaller to take along."""
    if not sysconfig.get_config_var("Py_ENABLE_SHARED"):
        return False
    name = str(sysconfig.get_config_var("INSTSONAME") or "")
    folder = str(sysconfig.get_config_var("LIBDIR") or "")
    places = [Path(folder), Path(folder, str(sysconfig.get_config_var("MULTIARCH") or ""))]
    return any((place / name).exists() for place in places)


def prove(executable: Path) -> str:
    """What is wrong with the executable, or nothing: self-test, modes against those of the source, a whole day."""
    with tempfile.TemporaryDirectory() as elsewhere:
        tested = run(executable, "--selftest", folder=elsewhere)
        if tested.returncode != 0:
            return f"self-test failed ({tested.returncode})\n{tested.stdout}{tested.stderr}"
        listed = run(executable, "--list-modes", folder=elsewhere)
        day = run(executable, "demo", "--headless", "--folder", "day", folder=elsewhere)
    modes = listed.stdout.split()
    if listed.returncode != 0 or modes != catalog.mode_names():
        return f"lists {modes} instead of {catalog.mode_names()}\n{listed.stderr}"
    if day.returncode != 0:
        return f"the demo day ended with {day.returncode}\n{day.stdout}{day.stderr}"
    return ""


def run(executable: Path, *words: str, folder: str) -> subprocess.CompletedProcess[str]:
    """One run of the executable away from the source, without the variables of our own Python."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        [str(executable), *words],
        cwd=folder,
        env=surroundings,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        timeout=300,
        check=False,
    )


def size_of(executable: Path) -> str:
    """Megabytes of the file, or of the folder that it lies in."""
    files = [executable] if executable.parent == DIST else executable.parent.rglob("*")
    return f"{sum(each.stat().st_size for each in files if each.is_file()) / 1e6:.1f} MB"


def first_window(executable: Path, display: str | None) -> str:
    """How long a start takes until a window shows: the first one on an empty folder, then the usual one."""
    if display is None:
        return "time to first window not measured: no display (apt install xvfb)"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        seconds = [seconds_to_first_window([str(executable)], folder) for _ in range(1 + STARTS)]
    shutil.rmtree(executable.parent / "data", ignore_errors=True)  # the launcher keeps its data beside the program
    measured = [each for each in seconds if each is not None]
    if len(measured) < len(seconds):
        return "time to first window not measured: none seen (apt install xdotool)"
    return f"first window after {median(measured[1:]):.2f} s (very first start {measured[0]:.2f} s)"
