"""A change made in one process is told in every other within two seconds, none missed, whatever the link does."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import LinkLost
from kiosk.flow.calm import CALM_S
from kiosk.flow.crew import Crew
from kiosk.flow.notices import BACK, Watch
from kiosk.store import notices
from kiosk.store.engine import Store
from kiosk.store.notices import Notice
from kiosk.store.opening import centre_store
from tests.needs import needs

Waits = Callable[..., Any]
IN_TIME_S = 2.0


@pytest.fixture
def elsewhere(centre: Store, tmp_path: Path) -> Any:
    """A second handle on the same store, as another process has it."""
    store = centre_store("" if centre.is_sqlite else centre.url, tmp_path)
    yield store
    store.close()


def tell(store: Store, kind: str, **ids: Any) -> None:
    with store.writing() as conn:
        notices.tell(conn, kind, **ids)


@pytest.fixture
def heard() -> list[tuple[float, Notice]]:
    return []


@pytest.fixture
def watch(centre: Store, crew: Crew, wait_until: Waits, heard: list[Any]) -> Watch:
    """A watch that has read the state of things and hears of images."""
    links: list[bool] = []
    made = Watch(centre, crew, lambda do, *args: do(*args), on_link=links.append)
    made.listen("images", lambda notice: heard.append((time.monotonic(), notice)))
    wait_until(lambda: links == [True])
    return made


def test_another_handle_hears_of_it_within_two_seconds(
    watch: Watch, elsewhere: Store, heard: list[Any], wait_until: Waits
) -> None:
    for number in range(3):
        told_at = time.monotonic()
        tell(elsewhere, "images", study=number)
        wait_until(lambda number=number: len(heard) > number, IN_TIME_S, "the notice")  # type: ignore[misc]
        at, notice = heard[-1]
        assert notice.ids == {"study": number} and at - told_at < IN_TIME_S


def test_another_process_is_heard_within_two_seconds(
    watch: Watch, centre: Store, tmp_path: Path, heard: list[Any], wait_until: Waits
) -> None:
    program = (
        "import sys, time; from pathlib import Path\n"
        "from kiosk.store.opening import centre_store; from kiosk.store import notices\n"
        "store = centre_store(sys.argv[1], Path(sys.argv[2]))\n"
        "with store.writing() as conn: notices.tell(conn, 'images', visit=7)\n"
        "print(time.monotonic())\n"
        "store.close()\n"
    )
    url = "" if centre.is_sqlite else centre.url
    done = subprocess.run(
        [sys.executable, "-c", program, url, str(tmp_path)], capture_output=True, text=True, check=True
    )
    wait_until(lambda: heard, IN_TIME_S, "the notice of the other process")
    at, notice = heard[0]
    assert notice.ids == {"visit": 7}
    assert at - float(done.stdout) < IN_TIME_S


def test_ones_own_change_is_heard_without_waiting_for_the_next_look(
    watch: Watch, centre: Store, heard: list[Any], wait_until: Waits
) -> None:
    wait_until(lambda: not watch._stirred.is_set())
    told_at = time.monotonic()
    tell(centre, "images")
    wait_until(lambda: heard, IN_TIME_S)
    assert heard[0][0] - told_at < 0.7, "a whole second would mean that only the clock woke it"


def test_a_listener_hears_its_kinds_from_now_on_until_it_ends(
    watch: Watch, elsewhere: Store, centre: Store, crew: Crew, heard: list[Any], wait_until: Waits
) -> None:
    both: list[str] = []
    end = watch.listen(("visits", "tray"), lambda notice: both.append(notice.kind))
    for kind in ("visits", "tray", "findings", "images"):
        tell(elsewhere, kind)
    wait_until(lambda: heard)
    assert both == ["visits", "tray"]
    end()
    end()
    tell(elsewhere, "visits")
    tell(elsewhere, "images")
    wait_until(lambda: len(heard) == 2)
    assert both == ["visits", "tray"]
    late: list[Notice] = []
    links: list[bool] = []
    second = Watch(centre, crew, lambda do, *args: do(*args), on_link=links.append)
    second.listen("images", late.append)
    wait_until(lambda: links)
    tell(elsewhere, "images", study=9)
    wait_until(lambda: late)
    assert [notice.ids for notice in late] == [{"study": 9}], "what was told before it came is not told again"


def test_more_notices_than_one_look_reads_all_arrive(
    watch: Watch, elsewhere: Store, heard: list[Any], wait_until: Waits
) -> None:
    with elsewhere.writing() as conn:
        for number in range(1203):
            notices.tell(conn, "images", study=number)
    wait_until(lambda: len(heard) == 1203, 20)
    assert [notice.ids["study"] for _, notice in heard] == list(range(1203))


def test_what_was_told_while_the_link_was_lost_is_heard_afterwards(
    centre: Store, elsewhere: Store, crew: Crew, wait_until: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    links: list[bool] = []
    heard: list[Notice] = []
    watch = Watch(centre, crew, lambda do, *args: do(*args), on_link=links.append)
    watch.listen("images", heard.append)
    wait_until(lambda: links == [True])
    reading = centre.reading

    def away() -> Any:
        raise LinkLost("centre")

    monkeypatch.setattr(centre, "reading", away)
    wait_until(lambda: links == [True, False], 5)
    tell(elsewhere, "images", study=1)
    tell(elsewhere, "images", study=2)
    monkeypatch.setattr(centre, "reading", reading)
    wait_until(lambda: len(heard) == 3, 5)
    assert links == [True, False, True]
    assert [(notice.kind, notice.ids) for notice in heard] == [
        ("images", {"study": 1}),
        ("images", {"study": 2}),
        (BACK, {}),  # whoever listens reads everything anew: notices older than three days are swept
    ]


@needs("initdb")
def test_a_server_that_throws_everybody_out_is_asked_again(
    centre_on_postgresql: Store, crew: Crew, tmp_path: Path, heard: list[Any], wait_until: Waits
) -> None:
    import psycopg

    links: list[bool] = []
    watch = Watch(centre_on_postgresql, crew, lambda do, *args: do(*args), on_link=links.append)
    watch.listen("images", heard.append)
    wait_until(lambda: links == [True])
    with psycopg.connect(centre_on_postgresql.url.replace("+psycopg", ""), autocommit=True) as line:
        line.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    other = centre_store(centre_on_postgresql.url, tmp_path)
    tell(other, "images", study=5)
    other.close()
    wait_until(lambda: heard, 5)
    assert heard[0].ids == {"study": 5}


@pytest.mark.expects_errors
def test_a_listener_that_fails_does_not_end_the_watch(
    centre: Store, elsewhere: Store, crew: Crew, heard: list[Any], wait_until: Waits
) -> None:
    """Without windows the listener runs on the watch's own thread."""
    links: list[bool] = []
    watch = Watch(centre, crew, lambda do, *args: do(*args), on_link=links.append)

    def fail(notice: Notice) -> None:
        raise ZeroDivisionError

    watch.listen("images", fail)
    watch.listen("images", lambda notice: heard.append(notice))
    wait_until(lambda: links)
    tell(elsewhere, "images", study=1)
    wait_until(lambda: len(heard) == 1, 5)
    tell(elsewhere, "images", study=2)
    wait_until(lambda: len(heard) == 2, 5)


def test_this_pcs_own_notices_are_watched_apart(local: Store, crew: Crew, wait_until: Waits) -> None:
    heard: list[Notice] = []
    links: list[bool] = []
    watch = Watch(local, crew, lambda do, *args: do(*args), local=True, on_link=links.append)
    watch.listen("show", heard.append)
    wait_until(lambda: links)
    with local.writing() as conn:
        notices.tell(conn, "show", local=True, study=3)
    wait_until(lambda: heard, IN_TIME_S)
    assert heard[0].ids == {"study": 3}


def test_closing_does_not_wait_for_the_next_look(centre: Store) -> None:
    crew = Crew()
    Watch(centre, crew, lambda do, *args: do(*args))
    before = time.monotonic()
    assert crew.close(5) == []
    assert time.monotonic() - before < 0.9, "it was woken, and did not sleep its second to the end"


def test_a_busy_writer_is_not_read_at_each_commit(
    watch: Watch, centre: Store, heard: list[Any], wait_until: Waits
) -> None:
    """Reading at each of hundreds of commits a second halved the rate at which images came in."""
    looks: list[float] = []
    read = watch._read
    watch._read = lambda: (looks.append(time.monotonic()), read())[1]  # type: ignore[method-assign]
    begun = time.monotonic()
    number = 0
    while time.monotonic() - begun < 0.5:
        tell(centre, "images", study=number)
        number += 1
    wait_until(lambda: len(heard) == number, IN_TIME_S, "every notice")
    assert number > 20 and len(looks) <= 2 + (looks[-1] - begun) / CALM_S
