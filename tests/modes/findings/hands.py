"""What a doctor's hands do in the findings window, and what the eyes see there."""

from __future__ import annotations

from typing import Any

from kiosk.core.finding import FindingBody

NORMAL = FindingBody("肝・胆・膵・脾・腎に異常を認めません。", (), "A")


def rows(window: Any) -> list[tuple[str, str, str]]:
    """Name, examination and state as they stand in the list."""
    table = window.list.table
    return [tuple(table._rows[key].cells[at] for at in (3, 6, 8)) for key in table.tree.get_children()]


def type_into(widget: Any, text: str) -> None:
    widget.focus_force()
    widget.update()
    widget.insert("insert", text)
    widget.event_generate("<KeyRelease>")
    widget.update()


def body(window: Any) -> FindingBody:
    found: FindingBody = window.writing.editor.body
    return found


def choose_code(window: Any, typed: str) -> None:
    """Kana or number, then Return."""
    window.shell.key("F3").press()
    type_into(window.entry.search.entry, typed)
    window.entry.search.entry.event_generate("<Return>")
    window.shell.top.update()


def press(window: Any, key: str) -> None:
    """A key of the keyboard, wherever the cursor stands."""
    window.shell.top.update()
    (window.shell.top.focus_get() or window.shell.top).event_generate(f"<{key}>")
    window.shell.top.update()
