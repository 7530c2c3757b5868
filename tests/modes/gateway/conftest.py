"""A gateway that receives, and its real window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.modes.gateway.site import GatewaySite
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]


@pytest.fixture
def open_gateway(tmp_path: Path, sqlite_templates: Path) -> Iterator[Callable[..., GatewaySite]]:
    """``open_gateway(**settings)``: a running gateway without a window."""
    opened: list[GatewaySite] = []

    def open_one(**settings: Any) -> GatewaySite:
        opened.append(GatewaySite(tmp_path / f"gateway{len(opened)}", sqlite_templates, **settings))
        return opened[-1]

    yield open_one
    for site in opened:
        site.close()


@pytest.fixture
def open_window(root: Any, tmp_path: Path, sqlite_templates: Path) -> Iterator[Callable[..., Any]]:
    """``open_window(**settings)``: the real window of a running gateway; ``window.site`` is the gateway."""
    import tkinter as tk

    from kiosk.modes.gateway.window import GatewayWindow
    from kiosk.ui import look
    from kiosk.ui.mailbox import Mailbox

    look.dress(root)
    opened: list[tuple[Any, GatewaySite, Any]] = []

    def open_one(**settings: Any) -> Any:
        mailbox = Mailbox(root)
        site = GatewaySite(tmp_path / "gateway", sqlite_templates, post=mailbox.post, mailbox=mailbox, **settings)
        top = tk.Toplevel(root)
        top.geometry("1280x800+0+0")
        window = GatewayWindow(top, site.desk)
        window.site = site  # type: ignore[attr-defined]
        opened.append((top, site, mailbox))
        top.update()
        top.focus_force()
        return window

    yield open_one
    for top, site, mailbox in opened:
        top.destroy()
        site.close()
        mailbox.close()
