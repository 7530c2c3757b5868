"""Every store test runs on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

from tests.stores import (
    centre,
    centre_on_postgresql,
    centre_on_sqlite,
    local,
    long_turns,
    postgres_centre,
    sqlite_templates,
)

__all__ = [
    "centre", "centre_on_postgresql", "centre_on_sqlite", "local", "long_turns", "postgres_centre", "sqlite_templates",
]  # fmt: skip
