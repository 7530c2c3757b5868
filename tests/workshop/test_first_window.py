"""The stopwatch of the build sees a window appear, and a program that shows none."""

from __future__ import annotations

import sys
from pathlib import Path

from kiosk.workshop.first_window import seconds_to_first_window
from tests.needs import needs

WINDOW = "import tkinter; root = tkinter.Tk(className='Kiosk'); root.mainloop()"
NO_WINDOW = "print('no window')"


@needs("Xvfb", "xdotool")
def test_a_window_is_seen(tmp_path: Path) -> None:
    seconds = seconds_to_first_window([sys.executable, "-c", WINDOW], str(tmp_path))
    assert seconds is not None
    assert 0 < seconds < 20


@needs("Xvfb", "xdotool")
def test_a_program_that_ends_without_a_window_is_not_waited_for(tmp_path: Path) -> None:
    assert seconds_to_first_window([sys.executable, "-c", NO_WINDOW], str(tmp_path)) is None
