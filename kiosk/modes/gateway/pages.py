"""What each page of the gateway's window offers it, and in which order the pages stand."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from tkinter import ttk
from typing import Any, Protocol

from kiosk.core.words import N_
from kiosk.modes.gateway import rules
from kiosk.ui.shell import Key

# Name of the page, its tab, module and class. The module is kiosk.modes.gateway.<module>.
PAGES = (
    ("today", N_("Received"), "today_page", "TodayPage"),
    ("unmatched", N_("No visit"), "matching", "MatchingPane"),
    ("worklist", N_("Worklist tab"), "worklist_page", "WorklistPage"),
    ("troubles", N_("Refused tab"), "troubles_page", "TroublesPage"),
    ("send", N_("Sending"), "send_page", "SendPage"),
    ("morning", N_("Readiness tab"), "morning_page", "MorningPage"),
    ("query", N_("Query tab"), "query_page", "QueryPage"),
    ("billing", N_("Attributes"), "billing_page", "BillingPage"),
    ("disks", N_("Disks"), "disks_page", "DisksPage"),
    ("copy", N_("Copy tab"), "copy_page", "CopyPage"),
)


class Page(Protocol):
    """A page is built in the window's work area and shown by its ``frame``."""

    frame: ttk.Frame

    def keys(self) -> list[Key]:
        """What can be done now; a disabled one says why."""

    def shown(self) -> None:
        """It came to the front: take the keyboard."""

    def refresh(self) -> None:
        """News came, or five seconds passed while it is in front: ask its desk anew, if it has one of its own."""

    def take(self, view: rules.Overview) -> None:
        """The facts that all pages share."""

    def search(self, text: str) -> None:
        """Narrow what is listed to rows that hold ``text``; empty: show everything."""

    def back(self) -> bool:
        """Esc: True where it did something here."""


Window = Any  # what a page is given: .shell .desk .refresh() .keys_changed() .turn_to(name)


def page_class(module: str, name: str) -> Callable[[Any, Window], Page]:
    """The class of a page, imported when its window is built."""
    made: Callable[[Any, Window], Page] = getattr(import_module(f"kiosk.modes.gateway.{module}"), name)
    return made
