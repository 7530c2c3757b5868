"""What this PC remembers of how its viewer divides the screen: a layout for each modality."""

from __future__ import annotations

from kiosk.core.hanging import LAYOUTS
from kiosk.store import local
from kiosk.store.engine import Store

SUBJECT = "viewer/layouts"


def remembered_layouts(store: Store) -> dict[str, str]:
    """Modality -> layout; {} where nothing was chosen yet."""
    with store.reading() as conn:
        kept = local.seen_last(conn, SUBJECT)
    return {str(key): str(value) for key, value in kept.body.items() if value in LAYOUTS} if kept else {}


def remember_layout(store: Store, modality: str, layout: str) -> None:
    """The next study of ``modality`` begins with ``layout``."""
    with store.writing() as conn:
        kept = local.seen_last(conn, SUBJECT)
        local.keep_last_seen(conn, SUBJECT, {**(kept.body if kept else {}), modality: layout})
