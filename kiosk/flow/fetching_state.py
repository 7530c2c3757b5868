"""What the two that fetch by themselves tell this PC's window, and whether somebody paused them."""

from __future__ import annotations

import logging
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.kept_sentences import sentence_data
from kiosk.store import local, notices
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

NEIGHBOUR, PREFETCH = "neighbour", "prefetch"
NOTICE = "fetching"  # local: something changed; NOW: somebody wants it at once
NOW = "fetch now"


def _subject(name: str) -> str:
    return f"fetching/{name}"


def paused(own: Store) -> set[str]:
    """Names of those that somebody paused."""
    with own.reading() as conn:
        kept = local.seen_last(conn, "fetching/paused")
    return set(kept.body["names"]) if kept else set()


def pause(own: Store, name: str) -> set[str]:
    """Pause it, or let it go on; those that are paused now."""
    names = paused(own) ^ {name}
    with own.writing() as conn:
        local.keep_last_seen(conn, "fetching/paused", {"names": sorted(names)})
        notices.tell(conn, NOTICE, local=True)
    return names


def tell(own: Store, name: str, counts: dict[str, int], why: Fault | None = None) -> None:
    """How its last look went."""
    body: dict[str, Any] = {"counts": counts, "why": sentence_data(why.sentence) if why else None}
    try:
        with own.writing() as conn:
            local.keep_last_seen(conn, _subject(name), body)
            notices.tell(conn, NOTICE, local=True)
    except Fault as trouble:
        log.warning("the state of %s can't be told: %s", name, trouble)


def told(own: Store, name: str) -> tuple[dict[str, Any], str]:
    """What it told last, and when (empty: never)."""
    with own.reading() as conn:
        kept = local.seen_last(conn, _subject(name))
    return (kept.body, kept.at) if kept else ({}, "")
