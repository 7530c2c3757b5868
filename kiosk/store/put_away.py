"""Images that a correction hides: what was rejected must not come back as a new image, whoever sends or finds it.

For the doors into the index. The old ones are hidden from the swap on, the new ones until it and after an undo.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from kiosk.core.correction import NEW_VISIBLE, State
from kiosk.core.correction_paths import quarantine_path, undone_path
from kiosk.store.correction_tables import correction_files as files
from kiosk.store.correction_tables import corrections
from kiosk.store.images import Known
from kiosk.store.prepared import Prepared

NO_ROW = 0  # it has none in the index


def put_away(conn: sa.Connection, sop_uids: Sequence[str]) -> dict[str, Known]:
    """Those of the SOP Instance UIDs that are hidden, with where they lie or will lie in a moment."""
    found: dict[str, Known] = {}
    for uid in sop_uids:
        for row, state, day, volume, path, size, sha256 in _OLD(conn, uid=uid):
            if state in NEW_VISIBLE:
                found[uid] = Known(NO_ROW, volume, quarantine_path(day, row, path), size, sha256)
        for row, state, day, volume, path, size, sha256 in _NEW(conn, uid=uid):
            if state not in NEW_VISIBLE and path:
                lies = undone_path(day, row, path) if state == State.UNDONE else path
                found[uid] = Known(NO_ROW, volume, lies, size, sha256)
    return found


def _query(*columns: sa.Column[Any]) -> sa.Select[Any]:
    which = (corrections.c.id, corrections.c.state, corrections.c.day, *columns)
    return sa.select(*which).join(corrections, files.c.correction == corrections.c.id).order_by(corrections.c.id)


_OLD = Prepared(
    _query(files.c.volume, files.c.old_path, files.c.old_size, files.c.old_sha256).where(
        files.c.old_sop_uid == sa.bindparam("uid")
    )
)
_NEW = Prepared(
    _query(files.c.new_volume, files.c.new_path, files.c.new_size, files.c.new_sha256).where(
        files.c.new_sop_uid == sa.bindparam("uid")
    )
)
