"""Opens the two stores with their schema gates: a newer schema is refused, an older one is saved and then migrated."""

from __future__ import annotations

import logging
import threading
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.store.engine import Store, sqlite_url

log = logging.getLogger(__name__)

HEAD = {"centre": "0010", "station": "0003"}  # a test holds that these are the newest migrations
OLDER = {  # that we know how to migrate
    "centre": ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009"),
    "station": ("0001", "0002"),
}
APPLICATION_ID = {"centre": 0x4B494F43, "station": 0x4B494F53}  # "KIOC", "KIOS"
SCHEMA_LOCK = 0x6B696F74
_one_at_a_time = threading.Lock()  # Alembic keeps its context in module globals


def centre_store(url: str, data: Path) -> Store:
    """The shared store: by URL, or a SQLite file in the data folder where none is named."""
    return _opened(url or sqlite_url(data / "centre.sqlite"), "centre")


def station_store(data: Path) -> Store:
    """This PC's own store."""
    return _opened(sqlite_url(data / "station.sqlite"), "station")


def _opened(url: str, kind: str) -> Store:
    store = Store(url, kind)
    store.on_first_use = prepare
    return store


def prepare(store: Store) -> None:
    """See to the schema before anything else is done with the store. Safe to call from several processes at once.

    Raises Fault where the schema is newer than this program (C14), or where the file is not ours.
    """
    with store.preparation():
        if _current(store) != HEAD[store.kind]:
            with _one_at_a_time:
                _migrate(store)


def _current(store: Store) -> str | None:
    """The store's revision; None for an empty one."""
    if store.path is not None and not store.path.exists():
        return None
    with store.reading() as conn:
        if store.is_sqlite:
            mark = conn.exec_driver_sql("PRAGMA application_id").scalar_one()
            if mark not in (0, APPLICATION_ID[store.kind]):
                raise Fault(
                    N_("The file {path} belongs to another program."),
                    N_("Name the right file in the parameter file; nothing was changed."),
                    reference="S304",
                    path=str(store.path),
                )
        if not sa.inspect(conn).has_table("schema_version"):
            return None
        found = conn.execute(sa.text("SELECT version_num FROM schema_version")).scalar()
    if found is not None and found != HEAD[store.kind] and found not in OLDER[store.kind]:
        raise Fault(
            N_("The store is of a newer version ({found}) than this program ({ours})."),
            N_("Update this PC's program; until then it does not open the store, so nothing is damaged."),
            reference="S305",
            found=found,
            ours=HEAD[store.kind],
        )
    return found


def _migrate(store: Store) -> None:
    from alembic import command
    from alembic.config import Config

    before = _current(store)
    if before is not None and store.path is not None:
        from kiosk.store.backup import copy_sqlite

        stamp = datetime.now().strftime("%Y%m%d-%H%M%S")
        copy_sqlite(store.path, store.path.with_name(f"{store.path.stem}-before-{HEAD[store.kind]}-{stamp}.sqlite"))
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations" / store.kind))
    with store.writing() as conn:
        if not store.is_sqlite:  # two stations that start together migrate one after the other
            conn.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": SCHEMA_LOCK})
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
        if store.is_sqlite:
            conn.exec_driver_sql(f"PRAGMA application_id={APPLICATION_ID[store.kind]}")
    log.info("store %s: schema %s -> %s", store.kind, before or "new", HEAD[store.kind])
