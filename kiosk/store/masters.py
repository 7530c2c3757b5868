"""Master data: the default comes as a TOML file with the program, a centre's own version lies in the store."""

from __future__ import annotations

import copy
import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any

import sqlalchemy as sa

from kiosk.store.clock import now_text
from kiosk.store.tables import masters


def default_master(name: str) -> dict[str, Any]:
    """A master as shipped (``kiosk/masters/<name>.toml``); empty for one that a centre begins by itself."""
    return copy.deepcopy(_shipped(name))


@lru_cache
def _shipped(name: str) -> dict[str, Any]:
    shipped = resources.files("kiosk.masters").joinpath(f"{name}.toml")
    return tomllib.loads(shipped.read_text(encoding="utf-8")) if shipped.is_file() else {}


def master(conn: sa.Connection, name: str) -> dict[str, Any]:
    """The centre's own version of a master where there is one, else the default."""
    row = conn.execute(sa.select(masters.c.body).where(masters.c.name == name)).first()
    return dict(row.body) if row else default_master(name)


def write_master(conn: sa.Connection, name: str, body: dict[str, Any]) -> None:
    """Put a centre's own version in place of the default (or of its earlier version)."""
    row = conn.execute(sa.select(masters.c.version).where(masters.c.name == name)).first()
    if row is None:
        conn.execute(masters.insert().values(name=name, body=body, version=1, at=now_text()))
    else:
        conn.execute(
            masters.update().where(masters.c.name == name).values(body=body, version=row.version + 1, at=now_text())
        )
