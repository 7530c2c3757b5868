"""The launcher of a PC without a parameter file: every mode opens from it; one that fails does not stop the others."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
import pytest

import kiosk
from kiosk import locale
from kiosk.core.faults import Fault
from kiosk.core.process import program
from kiosk.core.settings import StationSettings
from kiosk.core.words import say
from kiosk.flow.settings_file import StationFile
from kiosk.modes import catalog
from kiosk.modes.contract import Mode
from kiosk.ui.launcher import CAPS
from tests.journeys.hands import lock_screen, press, press_at, turn_to, type_in, windows_called, words_in
from tests.needs import needs
from tests.waiting import wait_until

Open = Callable[..., Any]


@pytest.fixture
def launch(root: Any, tmp_path: Path) -> Iterator[Open]:
    """``launch(changed={name: Mode})``: the launcher's window on built-in SQLite; ``.ended`` when it would end."""
    from kiosk.ui import look
    from kiosk.windows import WindowedStation

    look.dress(root)
    opened: list[Any] = []

    def open_one(**changed: Mode) -> Any:
        modes = {**catalog.all_modes()[0], **changed}
        settings = {name: mode.settings() for name, mode in modes.items()}
        settings["gateway"] = replace(settings["gateway"], port=0, host="127.0.0.1")  # tests keep to free ports
        file = StationFile(StationSettings(data=str(tmp_path / "data")), {}, settings)
        windowed = WindowedStation(root, file, modes, launcher=True)
        windowed.ended = False
        root.quit = lambda: setattr(windowed, "ended", True)
        opened.append(windowed)
        return windowed

    yield open_one
    for windowed in opened:
        windowed.close()
    vars(root).pop("quit", None)


def test_every_mode_opens_from_it_and_closing_all_ends_the_program(launch: Open) -> None:
    windowed = launch()
    launcher = windowed.shells[""]
    modes = catalog.all_modes()[0]
    assert len(modes) == len(catalog.mode_names()) >= 6
    shown = words_in([launcher.work])
    for number, (name, mode) in enumerate(modes.items(), 1):
        assert say(mode.title) in shown
        press(launcher, CAPS[number - 1])
        wait_until(lambda name=name: name in windowed.shells, what=name)
        shell = windowed.shells[name]
        wait_until(shell.top.winfo_viewable, what=f"{name} is in sight")
        assert shell.work.winfo_children(), f"{name} is empty"
    # The first start makes the first person, at whichever window he stands.
    shell = windowed.shells["training"]
    covers = [cover for each in windowed.shells.values() if (cover := lock_screen(each)) is not None]
    wait_until(lambda: all(hasattr(each, "_name") for each in covers), 20, "the form of the first start, everywhere")
    turn_to(shell)
    type_in(shell, "Mihon Kanri\r")
    type_in(shell, "246810\r")
    type_in(shell, "246810\r")
    said = words_in([lock_screen(shell) or shell.problem])
    wait_until(lambda: not any(lock_screen(each) for each in windowed.shells.values()), 30, f"all are open: {said}")
    no_camera = windowed.shells["capture"].problem  # there is none on this PC, which it says
    wait_until(lambda: say("there is no picture from the camera.") in no_camera.text, 30, "capture tells")
    for name in set(modes) - {"capture"}:  # the gateway says so until its receiver has started
        wait_until(lambda name=name: windowed.shells[name].problem.level != "stop", 30, f"{name} works")
    children = [each for each in psutil.Process().children(recursive=True) if "kiosk.station" in each.cmdline()]
    assert len(children) >= 3, "the receiver, the reader of lists, a decoder"
    for shell in list(windowed.shells.values()):
        assert not windowed.ended
        shell.close()
    assert windowed.ended
    windowed.close()
    wait_until(lambda: not [each for each in children if each.is_running()], 20, "its helper processes are gone")


@pytest.fixture
def viewer_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    load = catalog.load_mode

    def load_or_fail(name: str) -> Mode:
        if name == "viewer":
            raise ModuleNotFoundError("No module named 'lost'")
        return load(name)

    monkeypatch.setattr(catalog, "load_mode", load_or_fail)


def test_a_mode_that_cannot_be_imported_stands_in_the_launcher_with_the_reason(
    launch: Open, viewer_is_broken: None
) -> None:
    windowed = launch(**catalog.every_mode())
    launcher = windowed.shells[""]
    assert "viewer (can't be started)" in words_in([launcher.work])
    press(launcher, CAPS[list(windowed.modes).index("viewer")])
    shell = wait_until(lambda: windowed.shells.get("viewer"))
    assert shell.problem.level == "stop" and "No module named 'lost'" in shell.problem.text
    press(launcher, CAPS[list(windowed.modes).index("training")])
    wait_until(lambda: "training" in windowed.shells)


@pytest.mark.expects_errors
@pytest.mark.parametrize("why", [Fault("The camera is not there.", "Plug it in."), RuntimeError("nobody foresaw it")])
def test_a_mode_that_fails_says_why_and_the_others_run(launch: Open, why: Exception) -> None:
    def window(parent: Any, desk: Any) -> Any:
        import tkinter as tk

        tk.Label(parent, text="half built").pack()
        raise why

    windowed = launch(viewer=replace(catalog.load_mode("viewer"), window=window))
    launcher = windowed.shells[""]
    order = list(windowed.modes)
    press(launcher, CAPS[order.index("viewer")])
    shell = wait_until(lambda: windowed.shells.get("viewer"))
    assert shell.problem.level == "stop"
    if isinstance(why, Fault):
        assert "The camera is not there. Plug it in." in shell.problem.text
    else:
        assert "nobody foresaw it" not in shell.problem.text and shell.problem.text
    said = words_in([shell.top])
    assert say(windowed.modes["viewer"].title) in said and "half built" not in said
    press(launcher, CAPS[order.index("findings")])
    assert wait_until(lambda: windowed.shells.get("findings")).problem.level != "stop"
    shell.close()
    assert "viewer" not in windowed.tops and "findings" in windowed.tops


@needs("xdotool")
def test_without_a_parameter_file_the_launcher_comes(tmp_path: Path) -> None:
    home = tmp_path / "program"  # the program in a folder of its own, so that its data lie there
    home.mkdir()
    (home / "kiosk").symlink_to(Path(kiosk.__file__).parent, target_is_directory=True)
    env = {**os.environ, "PYTHONPATH": str(home)}
    with open(tmp_path / "said.txt", "wb") as said:
        running = subprocess.Popen(program(), cwd=home, env=env, stdout=said, stderr=said)
    try:
        said_in = locale.load(StationSettings().language)
        title = f"{said_in('Stations')} - {said_in('Choose what this PC is used for')}"
        [window] = wait_until(lambda: windows_called(title), 30, "the launcher's window")
        assert (home / "data" / "station.lock").exists()
        press_at(window, "Escape")
        assert wait_until(lambda: running.poll() is not None, 20, "it ends when its window is closed")
        assert running.returncode == 0
    finally:
        running.kill()
        running.wait()
    assert (tmp_path / "said.txt").read_text(encoding="utf-8") == ""


@needs("xdotool")
@pytest.mark.parametrize("key", ["Escape", "Return"])
def test_a_start_by_double_click_that_cannot_go_on_says_why_in_a_window(tmp_path: Path, key: str) -> None:
    (tmp_path / "station.toml").write_text('[station]\nnam = "x"\n', encoding="utf-8")
    call = [*program(), str(tmp_path / "station.toml")]
    running = subprocess.Popen(call, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        [window] = wait_until(lambda: windows_called(locale.load("ja")("Stations")), 30, "the window that says why")
        press_at(window, key)
        assert wait_until(lambda: running.poll() is not None, 20, "it ends when its window is closed")
        assert running.returncode == 1
    finally:
        running.kill()
        running.wait()
