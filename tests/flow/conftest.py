"""What journeys stand on: stores of both kinds, a crew that is seen off, and the post of a process without windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.flow.answers import Errands
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake, Owed
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Volume
from kiosk.store.writer import GroupWriter
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


@pytest.fixture
def crew() -> Iterator[Crew]:
    made = Crew()
    yield made
    assert made.close(10.0) == []


@pytest.fixture
def post() -> Callable[..., None]:
    """A process without windows calls back at once, on the thread that has the news."""

    def at_once(do: Callable[..., Any], *args: Any) -> None:
        do(*args)

    return at_once


@pytest.fixture
def errands(crew: Crew, post: Callable[..., None]) -> Errands:
    return Errands(crew, post)


@pytest.fixture
def volume(tmp_path: Path) -> Volume:
    made = Volume("MAG1", tmp_path / "MAG1", True)
    made.prepare()
    return made


@pytest.fixture
def writer(centre: Store, crew: Crew) -> GroupWriter:
    return GroupWriter(centre, crew.start)


@pytest.fixture
def intake(centre: Store, volume: Volume, writer: GroupWriter) -> Intake:
    return Intake(
        centre,
        lambda: volume,
        writer,
        Actor(station="gateway"),
        owed=(Owed("forward", "PACS", "gateway"),),
        today=lambda: date(2026, 11, 25),
    )
