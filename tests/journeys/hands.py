"""What people do at the windows: turn to one, press keys, type, scan, click, choose from a list."""

from __future__ import annotations

import itertools
import subprocess
import tkinter as tk
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kiosk.ui.key_line import KEYSYM
from tests.waiting import wait_until

_stamps_ms = itertools.count(1_000_000, 10_000)  # as the window system would stamp them: long after one another
_KEYSYMS = {
    "-": "minus", " ": "space", "\r": "Return", "$": "dollar", ":": "colon", "/": "slash", ".": "period", "+": "plus",
}  # fmt: skip
A_PERSON_MS, A_SCANNER_MS = 150, 8


def turn_to(shell: Any) -> None:
    """Bring a window to the front, as by a click on it; the cursor stands where it stood."""
    top = shell.top
    top.lift()
    if not _has_keyboard(top):
        (top.focus_lastfor() or top).focus_force()
    wait_until(lambda: _has_keyboard(top), what=f"the keyboard goes to {top.title()}")


def _has_keyboard(top: Any) -> bool:
    """In sight with the cursor in it: a window that has just been made gets it when it stands on the screen."""
    path = str(top.tk.call("focus"))
    return bool(top.winfo_viewable() and path and str(top.tk.call("winfo", "toplevel", path)) == str(top))


def press(shell: Any, *keys: str) -> None:
    """Press keys one after the other: ``F5``, ``Esc``, ``Down``, ``Control-l``."""
    turn_to(shell)
    for key in keys:
        _strike(shell, KEYSYM.get(key, key), next(_stamps_ms))


def type_in(shell: Any, words: str) -> None:
    """Type where the cursor stands: key by key, or as an input method hands over what no key has."""
    turn_to(shell)
    if words.isascii():
        _strike_all(shell, words, A_PERSON_MS)
        return
    shell.top.focus_get().insert("insert", words)
    shell.top.update()


def scan(shell: Any, code: str) -> None:
    """A barcode scanner types the code and Return, whatever has the focus."""
    turn_to(shell)
    _strike_all(shell, code + "\r", A_SCANNER_MS)


def click(widget: Any, x: int | None = None, y: int | None = None) -> None:
    """Click or touch the middle of a widget, or a place in it; it must lie in sight."""
    widget.update()
    at = {"x": widget.winfo_width() // 2 if x is None else x, "y": widget.winfo_height() // 2 if y is None else y}
    found = widget.winfo_containing(widget.winfo_rootx() + at["x"], widget.winfo_rooty() + at["y"])
    assert found is not None and str(found).startswith(str(widget)), f"{widget} is covered by {found}"
    for event in ("<Enter>", "<ButtonPress-1>", "<ButtonRelease-1>"):
        found.event_generate(event, time=next(_stamps_ms), **at)
    widget.update()


def click_row(shell: Any, table: Any, key: str) -> None:
    """Click a row of a list."""
    turn_to(shell)
    table.tree.see(key)
    table.update()
    x, y, _, height = table.tree.bbox(key)
    click(table.tree, x + 20, y + height // 2)
    assert table.selected == key


def choose(shell: Any, field: Any, key: str) -> None:
    """Open a choice by its key, go down to ``key`` and take it."""
    box = field.entry
    box.focus_set()
    _strike(shell, "Down", next(_stamps_ms))
    choices = str(box.tk.call("ttk::combobox::PopdownWindow", str(box))) + ".f.l"
    wait_until(lambda: bool(box.tk.call("winfo", "viewable", choices)), what="the choices are open")
    for _ in range(list(field._keys).index(key) - max(0, box.current())):
        _strike(shell, "Down", next(_stamps_ms))
    _strike(shell, "Return", next(_stamps_ms))
    assert field.get() == key


def enter(shell: Any, name: str, pin: str) -> None:
    """Say who one is at the lock screen: name from the list, PIN, Return."""
    turn_to(shell)
    cover = wait_until(lambda: lock_screen(shell), what="the lock screen")
    wait_until(lambda: hasattr(cover, "_who"), what="the lock screen asks who is there")
    choose(shell, cover._who, name)
    type_in(shell, pin + "\r")
    wait_until(lambda: lock_screen(shell) is None, what=f"{name} is in")


def lock_screen(shell: Any) -> Any:
    """What covers the window, None where it is open."""
    from kiosk.ui.lock_screen import LockScreen

    return next((each for each in shell.frame.winfo_children() if isinstance(each, LockScreen)), None)


def cells(table: Any) -> dict[str, tuple[str, ...]]:
    """What stands in a list, by key of the row."""
    return {key: tuple(table.row(key).cells) for key in table.shown_keys}


def picture_of_screen(path: Path | None) -> None:
    """Keep what the screen shows, where somebody wants to look at it."""
    if path is not None:
        subprocess.run(["import", "-window", "root", "-crop", "1280x800+0+0", str(path)], check=True)


def words_in(widgets: Iterable[Any]) -> str:
    """All words of these widgets and what is in them."""
    found = []
    for widget in widgets:
        try:
            found.append(str(widget.cget("text")))
        except tk.TclError:
            pass
        found.append(words_in(widget.winfo_children()))
    return " ".join(word for word in found if word)


def _strike_all(shell: Any, words: str, gap_ms: int) -> None:
    stamp = next(_stamps_ms)
    for letter in words:
        _strike(shell, _KEYSYMS.get(letter, letter), stamp)
        stamp += gap_ms


def _strike(shell: Any, keysym: str, stamp_ms: int) -> None:
    """One key down and up at what has the focus, known by its path: the open list of a choice is Tk's own."""
    call, top = shell.top.tk.call, str(shell.top)
    held, _, name = keysym.rpartition("-")
    down = f"<{held}-KeyPress-{name}>" if held else f"<KeyPress-{name}>"
    call("event", "generate", call("focus") or top, down, "-time", stamp_ms)
    shell.top.update()
    if call("winfo", "exists", top):
        call("event", "generate", call("focus") or top, f"<KeyRelease-{name}>", "-time", stamp_ms)


def windows_called(words: str) -> list[str]:
    """The windows of any process that stand on the screen with these words in their title, as X numbers them."""
    found = _xdotool("search", "--onlyvisible", "--name", ".").split()
    return [window for window in found if words in _xdotool("getwindowname", window)]


def press_at(window: str, key: str) -> None:
    """Press a key at another process's window, by the window system itself."""
    _xdotool("windowfocus", "--sync", window, "key", key)


def _xdotool(*words: str) -> str:
    return subprocess.run(["xdotool", *words], capture_output=True, text=True).stdout
