"""What the list offers beside opening pictures: the other stores, and the pages and keys of this hospital's flow."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.study_search import Listed
from kiosk.core.words import N_
from kiosk.modes.viewer.list_rules import Asked
from kiosk.ui.shell import Key


class ListSide:
    """Belongs to the viewer's window; ``desk.settings`` say which keys and pages there are."""

    def __init__(self, window: Any, open_selected: Callable[[], object], back: Callable[[], object]) -> None:
        self.window = window
        self.desk = window.desk
        self._open_selected, self._back = open_selected, back
        self._asked: tuple[str, int, str] | None = None
        window.list.again = self.ask_again

    # -- the other stores ----------------------------------------------------------------------------------------

    def ask_stores(self) -> None:
        """Ask the other stores what our own was asked, but not twice the same."""
        question = self.window.list.question
        if not self.desk.stores.names or question == self._asked:
            return
        self._asked = question
        self.window.list.ask_stores()
        self.desk.stores.ask(*question, self._answered)

    def ask_again(self) -> None:
        """Return in the search field: also those that did not answer."""
        self._asked = None
        self.ask_stores()

    def _answered(self, name: str, found: Listed | None, why: Fault | None) -> None:
        shown = self.window.list
        if not shown.winfo_exists():
            return
        if found is None:
            shown.store_answered(name, Asked(why=why.sentence if why is not None else None))
        else:
            shown.store_answered(name, Asked(len(found.studies), complete=found.complete), found.studies)

    # -- keys ----------------------------------------------------------------------------------------------------

    def list_keys(self) -> list[Key]:
        """The key line of the list."""
        window, buttons = self.window, self.desk.settings.buttons
        keys = [
            Key("F2", N_("Examinee"), window.list.search.focus),
            Key("F5", N_("Open"), self._open_selected),
            Key("Esc", N_("Back"), self._back),
        ]
        if "file" in buttons:
            keys.append(Key("F3", N_("File"), window.choose_file))
        if "folder" in buttons:
            keys.append(Key("F4", N_("Folder"), window.choose_folder))
        return keys
