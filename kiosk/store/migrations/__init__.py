"""Alembic migrations of the two stores, ``centre`` and ``station``."""
