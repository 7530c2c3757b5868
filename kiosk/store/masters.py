"""Master data: the default comes as a TOML file with the program, a centre's own version lies in the store."""

from __future__ import annotations

import copy
import hashlib
import json
import tomllib
from functools import lru_cache
from importlib import resources
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from kiosk.store.clock import now_text
from kiosk.store.master_tables import master_versions, masters


def default_master(name: str) -> dict[str, Any]:
    """A master as shipped (``kiosk/masters/<name>.toml``); empty for one that a centre begins by itself.

    The kinds of findings lie in a file each (``kiosk/masters/findings/<kind>.toml``) and are entries of one master.
    """
    return copy.deepcopy(_shipped(name))


@lru_cache
def _shipped(name: str) -> dict[str, Any]:
    folder = resources.files("kiosk.masters")
    shipped = folder.joinpath(f"{name}.toml")
    body = tomllib.loads(shipped.read_text(encoding="utf-8")) if shipped.is_file() else {}
    parts = folder.joinpath(name)
    if body and parts.is_dir():
        files = sorted((each for each in parts.iterdir() if each.name.endswith(".toml")), key=lambda each: each.name)
        body["kind"] = [*body.get("kind", ()), *(tomllib.loads(each.read_text(encoding="utf-8")) for each in files)]
    return body


def master(conn: sa.Connection, name: str) -> dict[str, Any]:
    """The centre's own version of a master where there is one, else the default."""
    row = conn.execute(sa.select(masters.c.body).where(masters.c.name == name)).first()
    return dict(row.body) if row else default_master(name)


def write_master(conn: sa.Connection, name: str, body: dict[str, Any], by: str = "") -> None:
    """Put a centre's own version in place of the default (or of its earlier version)."""
    row = conn.execute(sa.select(masters.c.version).where(masters.c.name == name)).first()
    if row is None:
        conn.execute(masters.insert().values(name=name, body=body, version=1, at=now_text()))
    else:
        conn.execute(
            masters.update().where(masters.c.name == name).values(body=body, version=row.version + 1, at=now_text())
        )
    if by:
        keep_version(conn, name, body, by)


def keep_version(conn: sa.Connection, name: str, body: dict[str, Any], by: str) -> str:
    """Keep a master as it is now for ever; returns its SHA-256, by which it is found again. Twice is once."""
    told = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sha256 = hashlib.sha256(told.encode()).hexdigest()
    known = conn.execute(
        sa.select(master_versions.c.version).where(master_versions.c.name == name, master_versions.c.sha256 == sha256)
    ).first()
    if known is None:
        version = conn.execute(sa.select(masters.c.version).where(masters.c.name == name)).scalar() or 0
        insert = sqlite_insert if conn.dialect.name == "sqlite" else postgresql_insert
        values = {"name": name, "sha256": sha256, "version": version, "body": body, "by": by, "at": now_text()}
        conn.execute(insert(master_versions).values(**values).on_conflict_do_nothing())
    return sha256


def kept_version(conn: sa.Connection, name: str, sha256: str) -> dict[str, Any] | None:
    """A master as it was then; None for one that was not kept."""
    row = conn.execute(
        sa.select(master_versions.c.body).where(master_versions.c.name == name, master_versions.c.sha256 == sha256)
    ).first()
    return dict(row.body) if row else None
