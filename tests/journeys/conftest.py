"""Whole stations in simulation."""

from __future__ import annotations

from tests.modes.gateway.conftest import open_gateway, open_window
from tests.stores import sqlite_templates

__all__ = ["open_gateway", "open_window", "sqlite_templates"]
