"""Which letters of a mode a person has changed on this PC; and the card of all keys, on paper."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.core.settings import StationSettings
from kiosk.flow.print_pages import owe_page
from kiosk.flow.whole_file import write_whole
from kiosk.store import local
from kiosk.store.engine import Store

KEYS = "keys"  # kind of pages, for the printer

Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]  # heading, and caps with their words


def read_keys(own: Store, mode: str) -> dict[str, str]:
    """Letter at first -> letter now, of those that were changed."""
    with own.reading() as conn:
        kept = local.seen_last(conn, f"{mode} keys")
    return {str(key): str(value) for key, value in kept.body.items()} if kept else {}


def keep_keys(own: Store, mode: str, changes: Mapping[str, str]) -> None:
    """Keep them on this PC."""
    with own.writing() as conn:
        local.keep_last_seen(conn, f"{mode} keys", dict(changes))


def key_card(station: StationSettings, title: str, groups: Groups) -> bytes:
    """The card as PDF."""
    from kiosk.paper.key_card import key_card_pdf

    printed_at = datetime.now().strftime("%Y-%m-%d %H:%M")
    where = station.place or station.name
    return key_card_pdf(title, groups, station.institution_name, station=where, printed_at=printed_at)


def print_key_card(own: Store, station: StationSettings, folder: Path, title: str, groups: Groups) -> Path:
    """Keep the card as a file and owe it to the printer; returns the file."""
    path = folder / f"keys-{datetime.now():%Y%m%d-%H%M%S}.pdf"
    write_whole(path, key_card(station, title, groups))
    owe_page(own, station.name, path, KEYS)
    return path
