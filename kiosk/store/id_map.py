"""The same person under two issuers of IDs, kept with who said so and when."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.gateway_tables import id_map
from kiosk.store.tables import folders


def others(conn: sa.Connection, issuer: str, other_issuer: str) -> dict[str, str]:
    """Our ID -> the ID of the other issuer."""
    where = (id_map.c.issuer == issuer, id_map.c.other_issuer == other_issuer)
    return {row.patient_id: row.other_id for row in conn.execute(sa.select(id_map).where(*where))}


def keep(
    conn: sa.Connection, issuer: str, other_issuer: str, pairs: Sequence[tuple[str, str]], by: str
) -> int:  # fmt: skip
    """Keep what is not kept yet; one that is kept is never changed here. Returns how many are new."""
    known = others(conn, issuer, other_issuer)
    fresh = [(mine, theirs) for mine, theirs in dict(pairs).items() if mine not in known]
    for mine, theirs in fresh:
        conn.execute(
            id_map.insert().values(
                issuer=issuer, patient_id=mine, other_issuer=other_issuer, other_id=theirs, by=by, at=now_text()
            )
        )
    return len(fresh)


def studies_in_folder(conn: sa.Connection, path: str) -> set[str]:
    """Study Instance UIDs whose images were given this folder on any volume."""
    return set(conn.execute(sa.select(folders.c.study_uid).where(folders.c.path == path)).scalars())
