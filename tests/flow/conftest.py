"""What journeys stand on: stores of both kinds, a crew that is seen off, and the post of a process without windows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from kiosk.flow.answers import Errands
from kiosk.flow.crew import Crew
from tests.stores import centre, local, postgres_centre, sqlite_templates

__all__ = ["centre", "local", "postgres_centre", "sqlite_templates"]


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
