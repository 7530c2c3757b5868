"""Measures how soon a spare PC is a station: an empty folder, the executable and one TOML copied there, started; until
its window stands on the screen, and until its log says that the device is there.

Needs `main.py build` first, and a screen. There is no camera here: the capture station's TOML names the simulator.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from kiosk.workshop.first_window import windows_shown

HOME = Path(__file__).resolve().parent.parent
STATIONS = {  # station -> what is changed in its TOML, what its log says when it is ready
    "capture": ({'source = "0"': 'source = "simulator"'}, "camera: live"),
    "fundus": (
        {
            '# { name = "camera1", password = "set one"': '{ name = "camera1", password = "x"',
            ', address = "192.168.1.61" }': " }",
            "port = 21\n": "port = 2121\n",
        },
        "FTP server listens",
    ),
    "attributes": ({}, "answers"),
}  # fmt: skip


def ready(program: Path, station: str, changes: dict[str, str], sign: str) -> tuple[float, float]:
    """Seconds until the window is there and until the log says ``sign``, both from the first byte copied."""
    before = windows_shown()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        place = Path(folder, program.name)
        if program.is_dir():
            shutil.copytree(program, place)
            place = place / "station"
        else:
            shutil.copy(program, place)
        text = (HOME / "settings" / f"{station}.toml").read_text(encoding="utf-8")
        for old, new in changes.items():
            assert old in text, old
            text = text.replace(old, new)
        Path(folder, "station.toml").write_text(text, encoding="utf-8")
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        running = subprocess.Popen(
            [str(place), str(Path(folder, "station.toml"))], cwd=folder, env=surroundings, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        window_s = ready_s = 0.0
        try:
            while not (window_s and ready_s) and time.perf_counter() - began < 90:
                if not window_s and windows_shown() - before:
                    window_s = time.perf_counter() - began
                if not ready_s and any(
                    sign in each.read_text(encoding="utf-8", errors="replace")
                    for each in Path(folder).glob("data/LOG/*/*.txt")
                ):
                    ready_s = time.perf_counter() - began
                time.sleep(0.02)
        finally:
            os.killpg(running.pid, signal.SIGTERM)
            running.wait(20)
    return window_s, ready_s


def main() -> None:
    for program in (HOME / "dist" / "station", HOME / "dist" / "station-folder"):
        if not program.exists():
            sys.exit("first: python3 main.py build")
        for station, (changes, sign) in STATIONS.items():
            window_s, ready_s = ready(program, station, changes, sign)
            print(f"{program.name}, {station}: window {window_s:.1f} s, ready {ready_s:.1f} s")


if __name__ == "__main__":
    main()
