"""The fundus window: whose pictures come now, which eye each shows, and what did not come in."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import Any

from kiosk.core.words import N_, Sentence
from kiosk.modes.fundus import rules
from kiosk.modes.fundus.aside_page import AsidePage
from kiosk.modes.fundus.picture_page import PicturePage
from kiosk.ui.examination_window import ExaminationWindow
from kiosk.ui.shell import Key


class FundusWindow(ExaminationWindow):
    """One examinee at a time; pictures of others wait under F3."""

    def __init__(self, parent: tk.Tk | tk.Toplevel, desk: Any) -> None:
        super().__init__(parent, desk, unidentified=False)
        self.asides = AsidePage(self.shell.work, self.shell, desk)
        self._pages.append(self.asides)
        self.shell.letter_keys({eye.lower(): self._eye_key(eye) for eye in rules.EYES})
        desk.listen(self.told)
        self.begin()

    def lamps(self) -> None:
        self._doors = self.shell.lamp(N_("Camera"))

    def make_page(self, work: ttk.Frame) -> PicturePage:
        return PicturePage(work, self.shell, self.desk, self.set_keys)

    def caption(self, picture: Any) -> str:
        return rules.caption(picture)

    def page_keys(self, nobody: str, nothing: str) -> list[Key]:
        return [
            Key("F5", N_("Eyes as suggested"), self.page.accept_suggestions, why=nothing),
            Key("F6", N_("Leave out"), self.page.leave_out, why=nothing),
            Key("F7", N_("Key image"), self.page.star, why=nothing),
            Key("F8", N_("Comment"), self.page.comment.focus, why=nothing),
            Key("F10", N_("Not taken"), lambda: self.show_page(self.asides)),
        ]

    def over_keys(self, page: Any) -> list[Key]:
        return [Key("Esc", N_("Back"), self.back)]

    def looked_after(self) -> None:
        """The ways in."""

        def told(wrong: str) -> None:
            if not self.shell.frame.winfo_exists():
                return
            if wrong:
                self._doors.stop(wrong)
                told_of = N_("Pictures can't come in: {what}")
                self.shell.problem.standing("doors", "stop", Sentence(told_of, {"what": wrong}))
            else:
                self._doors.good()
                self.shell.problem.over("doors")

        self.desk.doors().then(told, lambda why: None)

    def told(self, told: Any) -> None:
        """What became of a file that came."""
        if not self.shell.frame.winfo_exists():
            return
        mine = told.picture is not None and self.page.came(told.picture)
        level, words = rules.came_words(told, self.taken.id if self.taken is not None else "")
        getattr(self.shell.problem, level)(words)
        if not mine or level == "stop":
            self.shell.top.bell()
        if mine and len(self.pictures) == 1:
            self.set_keys()
        if not mine:
            self.count_kept()

    def _eye_key(self, eye: str) -> Any:
        return lambda: self.page.set_eye(eye) if self._over is None else None
