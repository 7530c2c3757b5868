"""The pages beside list, entry and page: readings that differ; each with its keys."""

from __future__ import annotations

from collections.abc import Callable
from tkinter import ttk
from typing import Any

from kiosk.modes.findings.readings_window import SettleView
from kiosk.modes.findings.writing_window import Writing
from kiosk.ui.shell import Key, Shell


class Pages:
    """``views`` by place; ``go(place)`` shows one; ``keys(place)`` are those of a page of this kind."""

    def __init__(self, shell: Shell, desk: Any, writing: Writing, go: Callable[[str], object]) -> None:
        self._shell, self._desk, self._writing, self._go = shell, desk, writing, go
        self.settle = SettleView(shell.work, writing.adopt, writing.main_act, lambda: writing.leave())
        self.views: dict[str, ttk.Frame] = {"settle": self.settle}

    def finding_shown(self) -> str:
        """The place where the finding that was just opened is worked on."""
        if not self._writing.waits_for_settling:
            return "entry"
        self.settle.show(self._writing.judgement, self._writing.opened.finding)
        return "settle"

    def keys(self, place: str) -> list[Key]:
        """The keys of the page."""
        opened = self._writing.opened
        return self.settle.keys(opened.may_settle and opened.holder is None)
