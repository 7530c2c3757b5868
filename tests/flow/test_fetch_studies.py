"""What is wanted from another server comes in the end, only once, and only what is missing is asked for again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.fetching import IMAGE, FetchLine, Wanted
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.upper_layer import Listener
from kiosk.flow import fetch_studies
from kiosk.flow.crew import Crew
from kiosk.flow.fetch_studies import FETCH, FetchLog, FetchStudies, Server, owe
from kiosk.flow.hand_out import HandOut
from kiosk.store import fetches
from kiosk.store.engine import Store
from tests.dicom.peers import MemoryIntake, listening
from tests.dicom.query_peers import QueryServer, sample_studies
from tests.flow.sending_site import SendingSite
from tests.needs import needs

CT = "1.2.392.200036.9999.2"  # four slices
Wait = Callable[..., Any]
pytestmark = needs("dcmqrscp", "storescu")


class Fetching:
    """A gateway that receives, and one lane to dcmqrscp."""

    def __init__(self, folder: Path, site: SendingSite) -> None:
        self.site = site
        self.stored = StorageDoor(site.intake)
        self.listener = Listener("KIOSK", 0, Nodes(accept_anyone=True), [self.stored], host="127.0.0.1")
        self.peer = QueryServer(folder / "peer", self.listener.port)
        self.peer.take(*sample_studies(folder))
        self.folder = folder / "log"
        self.start(self.peer.node)

    def start(self, node: Node) -> None:
        server = Server("qr", node, "KIOSK", "KIOSK", "画像サーバ", retry_s=0.3)
        lane = FetchStudies(self.site.centre, server, FetchLog(self.folder))
        HandOut(self.site.centre, "gateway", {FETCH: lane.fetch}, self.site.crew, only=("qr",))

    def want(self, again: bool = False, **values: Any) -> int:
        with self.site.centre.writing() as conn:
            return owe(conn, "gateway", [Wanted("qr", CT, **values)], again=again)

    def line(self) -> FetchLine:
        with self.site.centre.reading() as conn:
            [found] = fetches.lines(conn)
        return found

    def here(self) -> int:
        with self.site.centre.reading() as conn:
            return len(fetches.images_here(conn, CT))

    def close(self) -> None:
        self.listener.close()
        self.peer.close()


@pytest.fixture
def fetching(tmp_path: Path, centre_on_sqlite: Store, local: Store, crew: Crew) -> Iterator[Fetching]:
    made = Fetching(tmp_path, SendingSite(tmp_path, centre_on_sqlite, local, crew))
    yield made
    made.close()


def test_a_study_comes_once_and_the_log_says_so(fetching: Fetching, wait_until: Wait) -> None:
    assert fetching.want(expected=4) == 1
    wait_until(lambda: fetching.line().state == "done")
    line = fetching.line()
    assert (line.images, line.last_status, fetching.here()) == (4, "0000", 4)
    assert fetching.want() == 0, "what was fetched is not fetched twice"
    taken = fetching.stored.taken
    assert fetching.want(again=True) == 1
    wait_until(lambda: fetching.line().state == "done")
    assert fetching.stored.taken == taken, "everything was there already"
    [file] = fetching.folder.iterdir()
    assert file.name.startswith("cmove") and file.read_text("cp932").count("qr -> KIOSK 0000 4 0") == 2


def test_only_what_is_missing_is_asked_for(fetching: Fetching, wait_until: Wait) -> None:
    """N18: the rest after a transfer that broke off."""
    from kiosk.dicom.query import QueryLine

    with QueryLine("KIOSK", fetching.peer.node) as line:
        [series] = line.find("SERIES", {"StudyInstanceUID": CT}).rows
        above = {"StudyInstanceUID": CT, "SeriesInstanceUID": series["SeriesInstanceUID"]}
        first = line.find("IMAGE", above).rows[0]["SOPInstanceUID"]
    fetching.want(level=IMAGE, series_uid=above["SeriesInstanceUID"], sop_uid=first)
    wait_until(lambda: fetching.here() == 1 and fetching.line().state == "done")
    taken = fetching.stored.taken
    fetching.want()
    wait_until(lambda: fetching.here() == 4)
    assert fetching.stored.taken == taken + 3


def test_a_server_that_is_away_is_asked_again(fetching: Fetching, wait_until: Wait) -> None:
    fetching.peer.close()
    fetching.want()
    wait_until(lambda: fetching.line().state == "failed")
    assert fetching.line().why == "{whom} does not answer." and fetching.line().last_status == "----"


def test_to_another_destination_and_one_that_the_server_does_not_know(fetching: Fetching, wait_until: Wait) -> None:
    fetching.want(destination="NOWHERE")
    wait_until(lambda: fetching.line().state == "failed")
    assert fetching.line().last_status == "A801"
    fetch_studies.cancel(fetching.site.centre, [fetching.line().id])
    assert fetching.line().state == "cancelled"
    held = MemoryIntake()
    with listening(StorageDoor(held)):
        fetching.want(again=True, destination="KIOSK")
        wait_until(lambda: fetching.here() == 4)
