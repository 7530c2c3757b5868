"""What a person sees and does on the page of disks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.disks import NOT_TWICE, DiskLine, RetentionLine
from kiosk.core.words import say
from kiosk.flow.scrub import REPORT
from kiosk.flow.settings_file import VolumeSettings
from kiosk.modes.gateway import disk_rules
from kiosk.modes.gateway.mode import keep
from kiosk.store import local
from kiosk.store.volume import ID_FILE

Open = Callable[..., Any]
Wait = Callable[..., Any]
GB = 1_000_000_000
FULL = DiskLine("MAG1", state="full", free=5 * GB, total=500 * GB, reserve=5 * GB)
GOOD = DiskLine("MAG2", "primary", state="good", free=300 * GB, total=500 * GB, reserve=5 * GB, receiving=True)


def test_the_worst_is_told_first() -> None:
    assert disk_rules.alarm([GOOD]) is None
    away = DiskLine("BUP", "mirror", state="gone", why="The disk {whom} is not there.", why_values={"whom": "BUP"},
                    next_step="Connect it.")  # fmt: skip
    little = DiskLine("MAG3", "primary", state="good", free=30 * GB, total=500 * GB)
    assert disk_rules.alarm([little, GOOD]) == disk_rules.told_of(little)
    level, told = disk_rules.alarm([GOOD, little, away]) or ("", "")
    assert level == "stop" and "BUP is not there" in say(told)
    level, told = disk_rules.alarm([FULL, away]) or ("", "")
    assert level == "stop" and "MAG1" in say(told) and say(told) != say(disk_rules.told_of(FULL)[1])


@pytest.mark.parametrize(
    ("disk", "level"),
    [
        (GOOD, "done"), (FULL, "stop"), (DiskLine("X"), ""), (DiskLine("X", state="retired"), ""),
        (DiskLine("X", state="hung"), "stop"), (DiskLine("X", state="other"), "stop"),
        (DiskLine("X", state="good", free=400 * GB, total=500 * GB, days_left=20), "look"),
    ],
)  # fmt: skip
def test_a_state_is_colour_mark_and_words(disk: DiskLine, level: str) -> None:
    assert disk_rules.level(disk) == level
    assert disk_rules.state_words(disk) and say(disk_rules.told_of(disk)[1])


def test_what_may_leave_in_rows() -> None:
    lines = [RetentionLine("MAG1", "2026-10-01", 10, 5 * GB, {NOT_TWICE: 2}), RetentionLine("MAG1", "2026-10-02", 3)]
    first, second = disk_rules.leaving_cells(lines)
    assert first[1][:5] == ("MAG1", "2026-10-01", "10", "5.0", "2") and first[2] == "look"
    assert second[1][4:] == ("", "") and second[2] == ""
    assert "13" in say(disk_rules.leaving_total(lines))


@pytest.fixture
def page(open_window: Open, tmp_path: Path, wait_until: Wait) -> Any:
    """The page of a running gateway with three disks, its keeping process a thread."""
    roles = {"MAG1": "gateway", "MAG2": "primary", "BUP": "mirror"}
    volumes = {
        name: VolumeSettings(str(tmp_path / "disks" / name), True, role, "予備" if name == "BUP" else "", 0.001, 0)
        for name, role in roles.items()
    }
    window = open_window(volumes=volumes)
    kit = window.site.station.kit("gateway")
    window.site.station.crew.start("keep", lambda stop: keep(kit, stop))
    window.turn_to("disks")
    page = window.pages["disks"]
    wait_until(lambda: [each.state for each in page.bars._disks] == ["good"] * 3, 20, "the disks are told")
    return page


def drawn(page: Any) -> str:
    canvas = page.bars.canvas
    return " / ".join(canvas.itemcget(item, "text") for item in canvas.find_all() if canvas.type(item) == "text")


def test_each_disk_is_a_bar_that_can_be_chosen_by_key(page: Any, wait_until: Wait) -> None:
    told = drawn(page)
    assert "MAG1" in told and "BUP 予備" in told and say("second copy") in told and say("receiving") in told
    page.shown()
    assert page.bars.selected == "MAG1"
    page.bars.canvas.event_generate("<Down>")
    wait_until(lambda: page.bars.selected == "MAG2")
    assert "MAG2" in page._window.shell.problem.text
    page.bars.canvas.event_generate("<Button-1>", x=20, y=2 * 76 + 10)
    wait_until(lambda: page.bars.selected == "BUP")


def test_f3_says_what_may_leave_and_esc_goes_back(page: Any, wait_until: Wait) -> None:
    page._window.shell.key("F3").press()
    wait_until(lambda: page._dry_run is not None)
    assert page.leaving.winfo_ismapped() and not page.found.winfo_ismapped()
    page._window.shell.key("Esc").press()
    wait_until(lambda: page.found.winfo_ismapped() and not page.leaving.winfo_ismapped())


def test_damaged_copies_are_listed(page: Any, wait_until: Wait) -> None:
    found = [{"at": "2026-11-25T21:00:00", "volume": "BUP", "path": "IMAGE/CR/x.dcm", "outcome": "repaired"}]
    with page._window.site.station.local.writing() as conn:
        local.keep_last_seen(conn, REPORT, {"began_at": "2026-11-25", "files": 9, "repaired": 1, "found": found})
    page.refresh()
    wait_until(lambda: page.found.shown_keys)
    assert page.found.row(page.found.shown_keys[0]).cells[1:] == (
        "BUP",
        say("mended from another copy"),
        found[0]["path"],
    )
    assert "9" in page.words.cget("text")


def test_an_exchanged_disk_is_accepted_by_the_person_in_charge(page: Any, tmp_path: Path, wait_until: Wait) -> None:
    window, station = page._window, page._window.site.station
    root = tmp_path / "disks" / "BUP"
    root.rename(tmp_path / "old")
    (root / "incoming").mkdir(parents=True)
    (root / ID_FILE).write_text("BUP\nnew disk\n")
    wait_until(lambda: page.bars._disks[2].state == "other", 15)
    wait_until(lambda: window._disk.state == "stop", 15, "the lamp tells it")
    page.bars.select("BUP")
    window.shell.key("F7").press()
    wait_until(lambda: window.shell.question).buttons[1].invoke()
    wait_until(lambda: say("Only the person in charge may do this.") in window.shell.problem.text)
    station.session.first_person("見本 責任者", "2468").wait()
    window.shell.key("F7").press()
    wait_until(lambda: window.shell.question).buttons[1].invoke()
    wait_until(lambda: page.bars._disks[2].state == "good", 15, "it is used from now on")
