"""What was entered in the fields of findings, as rows that can be searched: always those of the newest version."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from kiosk.core.finding import Item
from kiosk.store.master_tables import finding_items
from kiosk.store.tables import findings


@dataclass(frozen=True)
class WantedItem:
    """A field with one of ``values``, or with a number from ``least`` to ``most``; with neither, with any value."""

    field: str
    values: tuple[str, ...] = ()
    least: float | None = None
    most: float | None = None


def write_items(conn: sa.Connection, finding: int, items: Sequence[Item]) -> None:
    """In place of those of the version before."""
    conn.execute(finding_items.delete().where(finding_items.c.finding == finding))
    rows = [{"finding": finding, **each._asdict(), "amount": _amount(each.value)} for each in items]
    if rows:
        conn.execute(finding_items.insert(), rows)


def has_item(wanted: WantedItem) -> sa.ColumnElement[bool]:
    """The condition on ``findings``."""
    where = [finding_items.c.finding == findings.c.id, finding_items.c.field == wanted.field]
    if wanted.values:
        where.append(finding_items.c.value.in_(wanted.values))
    if wanted.least is not None:
        where.append(finding_items.c.amount >= wanted.least)
    if wanted.most is not None:
        where.append(finding_items.c.amount <= wanted.most)
    return sa.exists(sa.select(finding_items.c.finding).where(*where))


def _amount(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None
