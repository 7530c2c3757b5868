"""The key line when a window says anew what can be done."""

from __future__ import annotations

from typing import Any

from kiosk.ui import key_line
from kiosk.ui.shell import Key


def test_keys_that_stay_are_not_drawn_anew_but_do_what_is_said_last(shell: Any) -> None:
    done: list[str] = []
    shell.keys([Key("F5", "Print", lambda: done.append("first")), Key("Esc", "Back", lambda: None)])
    before = shell.key("F5")
    before.disable("Choose somebody first.")
    shell.keys([Key("Esc", "Back", lambda: None), Key("F5", "Print", lambda: done.append("second"))])
    assert shell.key("F5") is before and before.enabled
    before.press()
    assert done == ["second"]
    shell.keys([Key("F5", "Send", lambda: done.append("third")), Key("Esc", "Back", lambda: None)])
    assert shell.key("F5") is not before
    shell.key("F5").press()
    assert done[-1] == "third"


def test_the_note_of_disabled_keys_does_not_cut_the_words_of_the_others(shell: Any) -> None:
    caps = key_line.PLACES
    shell.keys([Key(cap, "Abc", lambda: None) for cap in caps])
    shell.top.geometry(f"{sum(shell.key(cap).needed_width() for cap in caps) + 8}x600")
    shell.top.update()
    for cap in caps[2:9]:
        shell.key(cap).disable("Choose somebody first.")
    shell.top.update()
    for cap in caps:
        key = shell.key(cap)
        assert key._text.cget("text") == key.words
        assert key._note.winfo_width() >= key._note.winfo_reqwidth() or key.enabled
