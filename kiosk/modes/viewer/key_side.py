"""The card of all keys over the pictures, the page where letters are changed, and the letters as they act."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.words import N_, say
from kiosk.modes.viewer.card_window import KeyCard
from kiosk.modes.viewer.keys_window import KeysView
from kiosk.ui.shell import Key


class KeySide:
    """Belongs to the viewer's window; its page is the place ``keys``. ``go(place)`` shows a page, ``back()`` is what
    Esc does, ``changed()`` draws the key line anew.
    """

    def __init__(
        self, window: Any, go: Callable[[str], object], back: Callable[[], object], changed: Callable[[], object]
    ) -> None:
        self._window, self._go, self._back, self._changed = window, go, back, changed
        self._card: KeyCard | None = None
        shell = window.shell
        self.view = KeysView(shell.work, shell, window.desk.saving, self._letters, self._f_keys, self.apply)

    def apply(self) -> None:
        """The letters as they act on this PC."""
        window = self._window
        window.saving.files.mark_key = self.view.letter("b")
        here = window.place == "pictures"
        window.shell.letter_keys(self.view.applied(self._letters()) if here else window.pages.letters(window.place))

    def key_line(self) -> list[Key]:
        """Of the page or the card; empty where neither is shown."""
        back = Key("Esc", N_("Back"), self._back)
        if self._window.place == "keys":
            return [*self.view.key_line(), Key("F10", N_("Picture"), self._back), back]
        if self.card_open:
            return [
                Key("F5", N_("Change"), self.show_page),
                Key("F9", N_("Print"), self.view.print),
                Key("F10", N_("Close"), self.show_card),
                back,
            ]
        return []

    @property
    def card_open(self) -> bool:
        return self._card is not None

    def show_card(self) -> None:
        """All keys on one card; the second time it goes."""
        if not self.close_card():
            self._card = KeyCard(self._window.shell.work, self.view.card(), self._card_closed)
            self._changed()

    def close_card(self) -> bool:
        """True where it was open."""
        if self._card is None:
            return False
        self._card.close()
        return True

    def show_page(self) -> None:
        """The letters, to be changed."""
        self._window.pictures.stop()
        self._go("keys")
        self.view.open()

    def back(self) -> bool:
        """True where something of it was closed by Esc."""
        return self.close_card() or (self._window.place == "keys" and self.view.stop_waiting())

    def _card_closed(self) -> None:
        self._card = None
        self._window.pictures.pane.focus_set()
        self._changed()

    def _letters(self) -> dict[str, Callable[[], object]]:
        window = self._window
        return {**window.pictures.letters, **window.saving.letters, **window.side.letters}

    def _f_keys(self) -> list[tuple[str, str]]:
        return [(key.cap, say(key.text)) for key in self._window.picture_keys()]
