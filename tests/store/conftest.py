"""Every store test runs on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

from tests.stores import centre, local, postgres_centre, sqlite_templates

__all__ = ["centre", "local", "postgres_centre", "sqlite_templates"]
