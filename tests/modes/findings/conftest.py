"""A centre on SQLite and on PostgreSQL, a station with its desk, and the real window in front of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.modes.findings.mode import MODE
from kiosk.store.engine import Store
from tests.modes.findings.site import Site
from tests.stores import (
    centre,
    centre_on_postgresql,
    centre_on_sqlite,
    postgres_centre,
    sqlite_templates,
)

__all__ = ["centre", "centre_on_postgresql", "centre_on_sqlite", "postgres_centre", "sqlite_templates"]


@pytest.fixture
def read_text() -> Callable[[bytes], list[str]]:
    """The text of each page of a PDF."""
    import pypdfium2

    def read(pdf: bytes) -> list[str]:
        with pypdfium2.PdfDocument(pdf) as document:
            return [page.get_textpage().get_text_range() for page in document]

    return read


@pytest.fixture
def site(centre: Store, sqlite_templates: Path, tmp_path: Path) -> Iterator[Site]:
    made = Site(centre, sqlite_templates, tmp_path)
    yield made
    made.close()


@pytest.fixture
def open_desk(site: Site) -> Callable[..., Any]:
    """``open_desk(name, person=...)``: a station's desk without a window."""
    return lambda *names, **settings: site.station(*names, **settings).open_mode("findings", MODE)


@pytest.fixture
def open_window(site: Site, root: Any, wait_until: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """``open_window(name, person=...)``: the real window of a station, its list filled; closed at the end."""
    import tkinter as tk

    from kiosk.modes.findings.window import FindingsWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[tuple[Any, Any, Any]] = []

    def open_one(*names: str, **settings: Any) -> Any:
        mailbox = Mailbox(root)
        station = site.station(*names, post=mailbox.post, mailbox=mailbox, **settings)
        top = tk.Toplevel(root)
        top.geometry("1280x800+0+0")
        desk = station.open_mode("findings", MODE)
        window = FindingsWindow(top, desk)
        opened.append((top, station, mailbox))
        top.update()
        top.focus_force()
        wait_until(lambda: window.list.filled)
        window.station = station
        return window

    yield open_one
    for top, station, mailbox in reversed(opened):
        if top.winfo_exists():
            top.destroy()
        site.close(station)
        mailbox.close()


@pytest.fixture
def wait(wait_until: Callable[..., Any]) -> Callable[..., Any]:
    return wait_until


@pytest.fixture
def enter(wait: Callable[..., Any]) -> Callable[..., None]:
    """``enter(window, visit, kind)``: open a line of the list as a person does."""

    def go(window: Any, visit: int, kind: str = "ABDOMEN") -> None:
        wait(lambda: f"{visit}:{kind}" in window.list.table.tree.get_children())
        window.list.table.select(f"{visit}:{kind}")
        window.shell.key("F5").press()
        wait(lambda: window.place == "entry" and window.writing.place == (visit, kind))

    return go
