"""All stations of a small centre on one PC, as windows in this process, and what a person reads off them."""

from __future__ import annotations

import os
import re
import subprocess
import time
from datetime import date
from pathlib import Path
from typing import Any

from kiosk.flow.settings_file import read_settings
from kiosk.modes import catalog
from tests.journeys.devices import Device
from tests.journeys.hands import cells, picture_of_screen, scan, turn_to
from tests.waiting import wait_until

# A folder for pictures of the windows, for somebody who wants to look at them.
PICTURES = os.environ.get("KIOSK_PICTURES", "")

PARAMETER_FILE = """\
[station]
name = "journey"
place = "見本"
institution_name = "見本健診センター"

[modes.reception]
print_command = ["true"]
[modes.reception.inbox]
every_s = 0.2
settle_s = 0.2
[modes.reception.list.gaiji]
F040 = "𠮷"

[modes.gateway]
port = 0
host = "127.0.0.1"
[[modes.gateway.nodes]]
ae_title = "CR1"
title = "X線室1"
charset = "kana_kanji"
names = "three_groups"
kana = "half"
[[modes.gateway.nodes]]
ae_title = "OP1"
title = "眼底室"
charset = "utf8"
[[modes.gateway.nodes]]
ae_title = "ORTHANC"
address = "127.0.0.1"

[modes.viewer]
decoders = 1
[modes.findings]
print_command = ["true"]
[modes.training]
[modes.maintenance]
"""


class House:
    """The windows of one PC, and the day that is played at them."""

    def __init__(self, root: Any, folder: Path, parameters: str = PARAMETER_FILE) -> None:
        from kiosk.windows import WindowedStation

        self.folder = folder
        self.data = folder / "data"
        self.today = date.today()
        file = folder / "station.toml"
        file.write_text(parameters, encoding="utf-8")
        modes, broken = catalog.all_modes()
        assert not broken
        settings = read_settings(file, {name: mode.settings for name, mode in modes.items()})
        self.windowed = WindowedStation(root, settings, modes, launcher=False)
        self.seen_after_s: dict[str, float] = {}

    def shell(self, mode: str) -> Any:
        return self.windowed.shells[mode]

    def window(self, mode: str) -> Any:
        return self.windowed.shells[mode].window

    def look_at(self, mode: str, name: str) -> None:
        """Keep a picture of the window, where somebody wants to see it."""
        if PICTURES:
            turn_to(self.shell(mode))
            picture_of_screen(Path(PICTURES) / f"{name}.png")

    def told(self, mode: str) -> str:
        """What the window's problem line says."""
        return str(self.shell(mode).problem.text)

    def row(self, tail: str) -> tuple[str, ...]:
        """The row of reception's list whose number ends so; empty where there is none."""
        rows = cells(self.window("reception").day.table).values()
        return next((row for row in rows if row[1].endswith(tail)), ())

    def state(self, tail: str) -> str:
        """The colour of that row."""
        table = self.window("reception").day.table
        return next(table.row(key).state for key, row in cells(table).items() if row[1].endswith(tail))

    def choose_examinee(self, tail: str) -> None:
        scan(self.shell("reception"), f"{self.today:%Y%m%d}-{tail}")
        wait_until(lambda: self.window("reception").day.selected is not None)

    def device(self, ae_title: str) -> Device:
        gateway = self.window("gateway")
        port = wait_until(lambda: gateway.view.state.port, 30, "the receiver listens")
        (self.folder / ae_title).mkdir(exist_ok=True)
        return Device(ae_title, port, self.folder / ae_title)

    def until_shown(self, tail: str, what: str) -> None:
        """Reception shows ``what`` among the examinations; measured from now."""
        began = time.monotonic()
        wait_until(lambda: what in self.row(tail)[6], 10, f"reception shows {what}: {self.row(tail)}")
        self.seen_after_s[f"{tail} {what}"] = time.monotonic() - began


def text_of(page: Path) -> str:
    """The words of a PDF without blanks, which a line break would add."""
    told = subprocess.run(["pdftotext", "-layout", str(page), "-"], capture_output=True, check=True).stdout
    return re.sub(r"\s+", "", told.decode("utf-8"))
