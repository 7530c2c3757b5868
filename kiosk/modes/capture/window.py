"""The capture window: the live picture with the triggers, one key for each act, a page for the devices."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.core import taken_words
from kiosk.core.camera import PictureState
from kiosk.core.words import N_, Sentence
from kiosk.modes.capture import rules
from kiosk.modes.capture.device_page import DevicePage
from kiosk.modes.capture.taking_page import TakingPage
from kiosk.modes.capture.trigger_keys import TriggerKeys
from kiosk.ui.examination_window import ExaminationWindow
from kiosk.ui.shell import Key

TICK_MS = 15
LATE_S = 1.5


class CaptureWindow(ExaminationWindow):
    """One examination at a time."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        super().__init__(parent, desk, unidentified=desk.settings.unidentified)
        self._alarmed: PictureState | None = PictureState.LIVE
        self.devices = DevicePage(self.shell.work, self.shell, desk, self._preset)
        self._pages.append(self.devices)
        parts = desk.settings.parts[:9]
        self.shell.letter_keys({str(at + 1): self._part_key(each.name) for at, each in enumerate(parts)})
        desk.listen(self.told)
        TriggerKeys(self.shell, rules.key_names(desk.settings.trigger.keys), desk.press)
        self.begin()
        self._tick()

    # -- what the window of an examination asks for ----------------------------------------------------------------

    def lamps(self) -> None:
        self._camera = self.shell.lamp(N_("Camera"))

    def make_page(self, work: ttk.Frame) -> TakingPage:
        return TakingPage(work, self.shell, self.desk, self.set_keys)

    def caption(self, picture: Any) -> str:
        return rules.caption(picture)

    def page_keys(self, nobody: str, nothing: str) -> list[Key]:
        clip = N_("End the clip") if self.desk.capture.clipping else N_("Clip")
        return [
            Key("F5", N_("Capture"), lambda: self.desk.press("F5")),
            Key("F6", N_("Undo"), self.page.undo, why=nothing),
            Key("F7", N_("Key image"), self.page.star, why=nothing),
            Key("F8", N_("Part"), self.page.parts.next, why=nobody),
            Key("F9", clip, self.page.clip, why=nobody),
            Key("F10", N_("Devices"), lambda: self.show_page(self.devices)),
        ]

    def over_keys(self, page: Any) -> list[Key]:
        return [Key("F5", N_("Capture"), lambda: self.desk.press("F5")), Key("Esc", N_("Back"), self.back)]

    def show_page(self, page: Any) -> None:
        self.desk.capture.practising = page is self.devices
        super().show_page(page)

    def looked_after(self) -> None:
        """The ports of the triggers."""
        lost = self.desk.capture.lost_lines()
        if lost:
            why = N_("The trigger {port} is not there. Check the cable; it is opened again by itself.")
            self.shell.problem.standing("trigger", "stop", Sentence(why, {"port": ", ".join(lost)}))
        else:
            self.shell.problem.over("trigger")

    def _part_key(self, part: str) -> Callable[[], object]:
        return lambda: self.page.set_part(part) if self._over is None else None

    # -- the live picture ----------------------------------------------------------------------------------------

    def _tick(self) -> None:
        """Paint the newest picture, and see to what it is worth."""
        facts = self.desk.facts()
        if facts is not None:
            self._tell_state(facts)
            self._tell_late()
            if self._over is self.devices:
                self.devices.refresh(facts)
            elif self._over is None and facts.state is PictureState.LIVE:
                self.page.show_newest()
        self._afters["tick"] = self.shell.frame.after(TICK_MS, self._tick)

    def _tell_late(self) -> None:
        """A trigger whose picture is not safe yet: the disk is slow, or hangs."""
        if self.desk.capture.waiting_s() > LATE_S:
            told = N_("The last picture is not stored yet: this PC's disk is slow.")
            self.shell.problem.standing("late", "stop", told)
        else:
            self.shell.problem.over("late")

    def _tell_state(self, facts: Any) -> None:
        if facts.state is self._alarmed:
            return
        self._alarmed = facts.state
        if facts.state is PictureState.LIVE:
            self._camera.good()
            self.page.alarm("")
            self.shell.problem.over("camera")
            return
        why = self.desk.why_no_picture(facts)
        starting = facts.state is PictureState.STARTING
        self.page.alarm(why if not starting else N_("The camera is starting ..."))
        if starting:
            self._camera.look(N_("starting"))
        else:
            self._camera.stop(N_("no picture"))
            self.shell.problem.standing("camera", "stop", Sentence(N_("Camera: {why}"), {"why": why}))

    def told(self, told: Any) -> None:
        """What became of a trigger."""
        if not self.shell.frame.winfo_exists():
            return
        if told.what == "taken":
            if self.page.came(told.picture):
                self.shell.top.bell()
                if len(self.pictures) == 1 or told.picture.kind == "clip":
                    self.set_keys()
                self.shell.problem.done(taken_words.safe_words(self.pictures, self.waiting))
        elif told.why is not None:
            self.shell.top.bell()
            self.shell.problem.fault(told.why)
        else:
            words = rules.words_of_press(told, self.desk.capture.counts())
            if words is not None:
                self.shell.problem.look(words)

    def _preset(self, at: int) -> None:
        presets = self.desk.settings.camera.presets
        if at < len(presets):
            self.desk.look(presets[at])
