"""A capture PC as a process of its own, to be killed: it takes pictures ten times a second and says when it beeps.

Arguments: data folder, port of the server. One JSON line per beep ``{"set", "number", "sha256", "picture"}``, one per
examination that was ended ``{"ended"}``, one before each press ``{"pressed"}``; it goes on until it is killed.
"""

from __future__ import annotations

import json
import random
import sys
import threading
from datetime import date
from typing import Any

from kiosk.assembly import Station
from kiosk.core.camera import CameraSettings, PictureState
from kiosk.core.registering import RegisterSettings
from kiosk.core.settings import StationSettings
from kiosk.core.triggers import TriggerSettings
from kiosk.flow.settings_file import StationFile
from kiosk.modes.capture.mode import MODE
from kiosk.modes.capture.settings import CaptureSettings
from tests.dicom.peers import TARO, a_row


def main(data: str, port: int) -> None:
    settings = CaptureSettings(
        camera=CameraSettings(source="simulator", width=800, height=448),
        trigger=TriggerSettings(debounce_ms=0, guard_ms=0),
        register=RegisterSettings(port=port, own_ae_title="ES1"),
    )
    station = StationSettings(name="es1", data=data, login=False)
    desk = Station(StationFile(station, {}, {"capture": settings}), lambda do, *args: do(*args)).open_mode(
        "capture", MODE
    )  # fmt: skip
    speaking, never = threading.Lock(), threading.Event()

    def say(**told: Any) -> None:
        with speaking:
            print(json.dumps(told), flush=True)

    def heard(told: Any) -> None:
        if told.what == "taken":
            each = told.picture
            say(set=each.set, number=each.number, sha256=each.sha256, picture=each.facts["picture"])

    desk.listen(heard)
    desk.taken_up.wait(60)
    say(found=len(desk.spool.sets()))
    while desk.facts() is None or desk.facts().state is not PictureState.LIVE:
        never.wait(0.02)
    chance = random.Random()
    while True:
        number = chance.randrange(1, 10_000)
        made = desk.capture.open(a_row(TARO, number, modality="ES", scheduled_date=f"{date.today():%Y%m%d}"))
        say(opened=made.id)
        for _ in range(chance.randrange(1, 8)):
            say(pressed="F5")
            desk.press("F5")
            never.wait(0.1)
        try:
            desk.capture.finish()
        except Exception as why:
            say(trouble=str(why))
            continue
        say(ended=made.id)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
