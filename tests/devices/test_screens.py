"""Monitors: the same contract for those that Windows tells and those that the file lists."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import pytest

from kiosk.core.screens import Screen, WindowPlace, placed, suited
from kiosk.core.settings import ScreenSettings
from kiosk.devices.screens.contract import Screens
from kiosk.devices.screens.listed import ListedScreens, screens_of
from kiosk.devices.screens.windows import Found, WindowsScreens, monitors
from kiosk.flow.keep_window_place import keep_place, place_for
from kiosk.store.opening import station_store
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]

TOLD = (
    ScreenSettings("list", "", 0, 0, 1280, 1024),
    ScreenSettings("chest", "", 1280, 0, 1560, 2048, "grey"),
    ScreenSettings("eye", "DISPLAY3", -1600, 0, 1600, 1200),
)
STAND_IN = (
    Found("DISPLAY3", -1600, 0, 1600, 1200, False),
    Found("DISPLAY1", 0, 0, 1280, 1024, True),
    Found("DISPLAY2", 1280, 0, 1560, 2048, False),
)


@pytest.fixture(params=["listed", "windows"])
def screens(request: pytest.FixtureRequest) -> Screens:
    return ListedScreens(TOLD) if request.param == "listed" else WindowsScreens(TOLD, lambda: STAND_IN)


def test_the_contract(screens: Screens) -> None:
    found = screens.look()
    assert (found[0].name, found[0].main) == ("list", True)
    assert {each.name: (each.geometry, each.colour) for each in found} == {
        "list": ("1280x1024+0+0", True),
        "chest": ("1560x2048+1280+0", False),
        "eye": ("1600x1200+-1600+0", True),
    }
    grey, colour = suited(found, "grey"), suited(found, "colour")
    assert grey is not None and grey.name == "chest"
    assert colour is not None and colour.name == "eye", "the main one has the lists"
    assert suited(found, "CHEST") == grey
    assert suited(found, "no such") is None


def test_windows_monitors_that_the_file_does_not_name_are_colour() -> None:
    found = WindowsScreens((), lambda: STAND_IN).look()
    assert [(each.name, each.colour, each.main) for each in found] == [
        ("DISPLAY1", True, True), ("DISPLAY3", True, False), ("DISPLAY2", True, False),
    ]  # fmt: skip
    assert suited(found, "grey") is None
    if sys.platform == "win32":
        assert any(each.main for each in monitors())
    assert screens_of(()).look() is not None


def test_a_window_stands_where_it_was_left_and_comes_to_the_main_one_when_its_monitor_is_gone(
    screens: Screens, sqlite_templates: Path, tmp_path: Path
) -> None:
    shutil.copy(sqlite_templates / "station.sqlite", tmp_path)
    own = station_store(tmp_path)
    try:
        first = place_for(own, screens, "viewer.CR", "grey")
        assert first.place is not None and (first.place.geometry, first.why) == ("1560x2048+1280+0", None)
        keep_place(own, screens, "viewer.CR", WindowPlace(1300, 40, 900, 1200))
        again = place_for(own, screens, "viewer.CR", "grey")
        assert again.place == WindowPlace(1300, 40, 900, 1200, screen="chest")
        keep_place(own, screens, "viewer", WindowPlace(-8, -8, 1296, 1040, zoomed=True))
        maximised = place_for(own, screens, "viewer").place
        assert maximised is not None and maximised.zoomed and maximised.screen == "list"
        unplugged = place_for(own, ListedScreens(TOLD[:1]), "viewer.CR", "grey")
        assert unplugged.place is not None and unplugged.place.geometry == "1280x1024+0+0"
        assert "chest" in str(unplugged.why)
    finally:
        own.close()


def test_what_is_wanted_and_not_there_is_said() -> None:
    one = (Screen("only", 0, 0, 1280, 800, main=True),)
    assert "grey" in str(placed(one, "grey").why)
    assert placed(one).place is None and placed(one).why is None
    assert placed((), "grey").place is None, "nobody can say which monitors there are"
