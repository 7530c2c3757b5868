"""What a person sees and does on the pages of Query/Retrieve, of the day's sheets and of the billing system."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.core.words import say
from kiosk.modes.gateway.mode import send
from kiosk.modes.gateway.settings import NodeSettings, own_simulators
from kiosk.modes.gateway.settings_billing import BillingSettings
from kiosk.modes.gateway.settings_fetch import PrefetchSettings, ServerSettings, SheetSettings
from tests.dicom.peers import free_port
from tests.dicom.query_peers import QueryServer, sample_studies
from tests.needs import needs

Wait = Callable[..., Any]


def key(page: Any, cap: str) -> Any:
    return next(each for each in page.keys() if each.cap == cap)


def cells(table: Any) -> list[tuple[str, ...]]:
    return [tuple(table.row(each).cells) for each in table.shown_keys]


def working(window: Any) -> Any:
    """The workers that send and fetch, in this process."""
    kit = window.site.station.kit("gateway")
    window.site.station.crew.start("send", lambda stop: send(kit, stop))
    return window


@pytest.fixture
def server(tmp_path: Path) -> Iterator[QueryServer]:
    """dcmqrscp with three studies."""
    made = QueryServer(tmp_path / "peer", free_port())
    try:
        made.take(*sample_studies(tmp_path))
        yield made
    finally:
        made.close()


def server_settings(server: QueryServer) -> dict[str, Any]:
    told = ServerSettings(name="A", title="本院", ae_title="QR", address="127.0.0.1", port=server.port)
    return {"servers": [told], "nodes": [NodeSettings("QR", "127.0.0.1"), *own_simulators()]}


@needs("dcmqrscp")
def test_a_server_is_asked_and_a_series_is_fetched(
    open_window: Callable[..., Any], server: QueryServer, wait_until: Wait
) -> None:
    window = working(open_window(port=server.port_of_ours, **server_settings(server)))
    window.turn_to("query")
    page = window.pages["query"]
    wait_until(lambda: page.server.get() == "A" and not key(page, "F3").why, what="the server is offered")
    key(page, "F3").action()
    assert window.shell.problem.text == say("Enter an ID, a name, a day or an accession number.")
    page.id.set("00012345")
    key(page, "F3").action()
    wait_until(lambda: len(cells(page.found)) == 2, what="two studies")
    assert {row[0] for row in cells(page.found)} == {"2026-11-23", "2026-11-24"} and key(page, "F7").why
    at = next(each for each in page.found.shown_keys if page.found.row(each).cells[0] == "2026-11-24")  # four slices
    page.found.select(at)
    key(page, "F4").action()
    wait_until(lambda: len(cells(page.found)) == 1 and page._place.level == "SERIES", what="its series")
    key(page, "F4").action()
    wait_until(lambda: len(cells(page.found)) == 4, what="its images")
    assert key(page, "F4").why
    assert page.back() and page._place.level == "SERIES"
    page.found.select(page.found.shown_keys[0])
    key(page, "F6").action()
    wait_until(lambda: cells(page.retrievals) and cells(page.retrievals)[0][6] == "0000", 20, "it has come")
    assert cells(page.retrievals)[0][5].replace(" ", "").startswith("4/4")
    page.retrievals.select(page.retrievals.shown_keys[0])
    wait_until(lambda: not key(page, "F7").why)
    assert page.back() and not page.back()


@needs("dcmqrscp")
def test_the_sheets_and_the_night_on_the_page(
    open_window: Callable[..., Any], server: QueryServer, wait_until: Wait
) -> None:
    told = {
        "prefetch": PrefetchSettings(server="A", night_from="00:00", night_until="23:59", modalities=["CT"]),
        "sheets": SheetSettings(readiness="", reconciliation="", print_command=("false",)),
    }
    window = working(open_window(port=server.port_of_ours, **told, **server_settings(server)))
    window.site.visit()
    window.turn_to("morning")
    page = window.pages["morning"]
    wait_until(lambda: not key(page, "F11").why, what="the workers are told")
    assert key(page, "F9").why and key(page, "F10").why
    key(page, "F3").action()
    wait_until(lambda: page._view.readiness is not None and not key(page, "F9").why, what="the sheet")
    key(page, "F4").action()
    key(page, "F3").action()
    wait_until(lambda: page._view.reconciliation is not None, what="the other sheet")
    wait_until(lambda: cells(page.table), what="one was booked and did not come")
    assert "00012345" in cells(page.table)[0]
    page.search("nobody of this name")
    assert not cells(page.table)
    page.search("")
    key(page, "F9").action()
    wait_until(lambda: window.shell.problem.level == "stop" and ".pdf" in window.shell.problem.text, what="refused")
    key(page, "F11").action()
    wait_until(lambda: key(page, "F11").text == "Resume prefetch")
    key(page, "F7").action()
    wait_until(lambda: window.shell.problem.text == say("The servers are asked now."))
    assert len(list((window.site.folder / "data").rglob("*.pdf"))) == 2


def test_the_billing_system_on_the_page(open_window: Callable[..., Any], tmp_path: Path, wait_until: Wait) -> None:
    file, console = tmp_path / "billing.sqlite", tmp_path / "console"
    console.mkdir()
    engine = sa.create_engine(f"sqlite:///{file}")

    def write(text: str) -> None:
        with engine.begin() as conn:
            conn.execute(sa.text(text))

    write("CREATE TABLE P (patient_id TEXT, kanji TEXT, kana TEXT, sex TEXT, birth_date TEXT)")
    write("INSERT INTO P VALUES ('00012345', '見本 太郎', 'ミホン タロウ', '1', 'S46.4.2')")
    told = BillingSettings(
        url=f"sqlite:///{file}", title="医事", query="SELECT * FROM P", every_s=3600.0, folder=str(console)
    )
    window = working(open_window(billing=told))
    window.turn_to("billing")
    page = window.pages["billing"]
    wait_until(lambda: "医事" in page.state.cget("text") and page._view.at, 20, "it was read once")
    assert not cells(page.lines), "who is there already is not handed over"
    key(page, "F3").action()
    wait_until(lambda: cells(page.first), what="the dry run")
    assert cells(page.first)[0][0] == "00012345.csv" and "見本 太郎" in cells(page.first)[0][1]
    assert page.back() and not page.back()
    write("INSERT INTO P VALUES ('00012346', '髙橋 花子', 'タカハシ ハナコ', '2', '1980-12-31')")
    key(page, "F7").action()
    wait_until(lambda: (console / "00012346.csv").exists(), 20, "the console has it")
    wait_until(lambda: cells(page.lines) and cells(page.lines)[0][1] == say("handed over"), what="it is told")
    key(page, "F6").action()
    wait_until(lambda: key(page, "F6").text == "Resume")
    engine.dispose()
