"""The page of copying disks: what a person sets and presses, and what the workers of the service make of it."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.words import say
from kiosk.flow.settings_file import VolumeSettings
from kiosk.modes.gateway.desk_copy import start_copying
from kiosk.store.volume import Volume
from tests.scans import slices

Open = Callable[..., Any]


@pytest.fixture
def page(open_window: Open, tmp_path: Path, wait_until: Callable[..., Any]) -> Any:
    """The page in front, three disks (MAG2 with images of two dates), the workers running."""
    volumes = {name: VolumeSettings(str(tmp_path / name), True) for name in ("MAG2", "BUP", "NEW")}
    for name in ("MAG2", "BUP"):
        Volume(name, tmp_path / name, True).prepare()
    for number, day in enumerate(("20100820", "20100821")):
        paths = slices(tmp_path / f"MAG2/IMAGE/CT/{day}/CT{number}_00012345", 3, StudyDate=day,
                       StudyInstanceUID=f"1.2.{number}", SeriesInstanceUID=f"1.2.{number}.1")  # fmt: skip
        for path in paths:
            path.write_bytes(path.read_bytes().replace(b"1.2.392.9.1", b"1.2.392.%d.1" % (number + 2)))
    for path in (tmp_path / "MAG2").rglob("*.dcm"):
        os.utime(path, (1, 1))
    window = open_window(volumes=volumes)
    start_copying(window.site.station.kit("gateway"))
    window.turn_to("copy")
    shown = window.pages["copy"]
    wait_until(lambda: shown._view.disks)
    return shown


def press(page: Any, cap: str) -> None:
    page._window.shell.key(cap).press()


def test_a_disk_is_equalised_then_copied(page: Any, wait_until: Callable[..., Any]) -> None:
    page.turn_to("equalise")
    section = page.sections["equalise"]
    section.disk.set("MAG2")
    press(page, "F5")

    def over() -> bool:
        page.refresh()
        return any(row.state == "done" for row in page._view.walks)

    wait_until(over, 20, "equalised")
    wait_until(lambda: len(section.differences) == 6)
    assert section.walks.row(section.walks.selected).state == "done"
    page.turn_to("copy")
    section = page.sections["copy"]
    section.source.set("MAG2")
    section.target.set("BUP")
    section.start.set("0:00")
    section.end.set("0:01")
    press(page, "F6")
    wait_until(lambda: len(page._view.units) == 2, 10, "the list is made")
    assert page._window.shell.problem.level == "done"
    press(page, "F5")
    assert page._window.shell.problem.level == "look"  # nothing is chosen
    section.grid.choose("20100821", "CT")
    press(page, "F5")
    assert say("Allow copying with F7 first.") in page._window.shell.problem.text
    press(page, "F7")
    wait_until(lambda: page._view.conditions.allowed)
    press(page, "F5")

    def copied() -> bool:
        page.refresh()
        return "".join(each.state for each in page._view.units) == "1F"

    wait_until(copied, 20, "the chosen one is copied, the other waits for its time")
    press(page, "F9")
    wait_until(lambda: "".join(each.state for each in page._view.units) == "11")


def test_the_keyboard_moves_over_the_grid(page: Any) -> None:
    from kiosk.core.copy_plan import Unit

    grid = page.sections["copy"].grid
    grid.show([Unit("20100820", "CR", 0), Unit("20100820", "MR", 1), Unit("20100821", "CT", 2)])
    grid._step(0, 1)
    assert (grid.chosen.day, grid.chosen.kind) == ("20100820", "CR")
    grid._step(1, 0)
    assert grid.chosen.kind == "MR"
    grid._step(0, 1)
    assert (grid.chosen.day, grid.chosen.kind) == ("20100821", "CT")
    grid._step(0, -5)
    assert grid.chosen.day == "20100820"


def test_wrong_conditions_are_told(page: Any, wait_until: Callable[..., Any]) -> None:
    section = page.sections["copy"]
    section.source.set("MAG2")
    section.target.set("BUP")
    section.start.set("23:00")
    section.end.set("2:00")
    press(page, "F7")
    assert page._window.shell.problem.text.startswith("The copying must end before midnight")
    section.kind.set("CR")
    section.since.set("20100401")
    section._set_period()
    assert section.conditions().periods[0].since == "20100401"


def test_conditions_of_the_old_program_are_taken(page: Any, tmp_path: Path, wait_until: Callable[..., Any]) -> None:
    old = tmp_path / "old"
    (old / "CONDITION").mkdir(parents=True)
    said = "E:\\DICOM\r\n21:15\r\n23:20\r\nCR,20100401,20100930\r\n"
    (old / "CONDITION" / "condition.txt").write_bytes(said.encode("cp932"))
    section = page.sections["copy"]
    section.old.set(str(old))
    section._take_old()
    wait_until(lambda: section.start.get() == "21:15")
    assert section.periods["CR"].until == "20100930"
    section.old.set(str(tmp_path / "nowhere"))
    section._take_old()
    wait_until(lambda: "condition.txt" in page._window.shell.problem.text)


def test_folder_lines_become_the_list_and_are_registered(page: Any, wait_until: Callable[..., Any]) -> None:
    page.turn_to("list")
    section = page.sections["list"]
    section.find.set("E:")
    section.put.set("\\\\server")
    section.disk.set("MAG2")
    section.folders.set("E:\\DICOM\\20100820\\CT0_00012345\nE:\\DICOM\\20100820\\CT9_9")
    section._make()
    assert section.made.get().splitlines()[0] == "\\\\server\\DICOM\\20100820\\CT0_00012345,20100820\\CT0_00012345,MAG2"
    press(page, "F5")
    wait_until(lambda: page._view.walks, 10, "a walk was asked for")
    assert (page._window.desk.copy.lists / "Reequalize.txt").read_bytes().count(b"\r\n") == 2


def test_a_disk_is_replaced_step_by_step(page: Any, wait_until: Callable[..., Any]) -> None:
    test_a_disk_is_equalised_then_copied(page, wait_until)
    page.turn_to("replace")
    section = page.sections["replace"]
    section.old.set("MAG2")
    press(page, "F5")
    wait_until(lambda: section.step == "check")
    section.new.set("NEW")
    for step in ("copy", "prove", "switch"):
        press(page, "F5")
        wait_until(lambda step=step: section.step == step, 10, step)
    press(page, "F5")
    wait_until(lambda: page._window.shell.question).buttons[1].invoke()
    wait_until(lambda: section.step == "done")
    press(page, "F7")
    wait_until(lambda: section.step == "choose")
