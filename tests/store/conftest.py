"""Every store test runs on SQLite and, where it is installed, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.store.engine import Store
from kiosk.store.opening import centre_store, station_store
from tests.needs import needs


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=needs("initdb"))])
def centre(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty shared store with its schema."""
    url = request.getfixturevalue("fresh_postgres") if request.param == "postgresql" else ""
    store = centre_store(url, tmp_path)
    with store.reading():
        pass
    yield store
    store.close()


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Store]:
    store = station_store(tmp_path)
    yield store
    store.close()
