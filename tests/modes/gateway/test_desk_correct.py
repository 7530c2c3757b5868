"""The gateway does the corrections that other PCs ask for, and owes for the new images what it owes for any."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kiosk.core.correction import State
from kiosk.core.settings import StationSettings
from kiosk.flow.crew import Crew
from kiosk.flow.keep_twice import COPY
from kiosk.flow.lay_out_flat import FlatFolder
from kiosk.modes.gateway.desk_correct import start_correcting, start_telling
from kiosk.modes.gateway.settings import GatewaySettings
from kiosk.modes.gateway.settings_send import DestinationSettings, SendSettings
from kiosk.store import corrections, images, jobs, sends
from kiosk.store.jobs import Job
from kiosk.store.opening import centre_store
from tests.flow.correction_site import RIGHT, WRONG, Site
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]


@pytest.fixture
def site(tmp_path: Path, sqlite_templates: Path) -> Any:
    shutil.copy(sqlite_templates / "centre.sqlite", tmp_path)
    crew, store = Crew(), centre_store("", tmp_path)
    made = Site(tmp_path, crew=crew, centre=store)
    made.fill()
    yield made
    assert crew.close() == []
    store.close()


def test_the_gateway_corrects_and_tells(site: Site, wait_until: Callable[..., Any]) -> None:
    to = DestinationSettings(
        name="hospital", ae_title="H", address="127.0.0.1", port=9, rejection_notes=True
    )  # fmt: skip
    settings = GatewaySettings(port=0, send=SendSettings(destinations=[to]))
    with site.centre.writing() as conn:
        study = images.find_studies(conn, WRONG.patient_id)[0]
        sends.note_said(conn, sends.want(conn, "hospital", study.id, 2, ""), {"2.25.1001": 0})
    crew = Crew()
    kit: Any = SimpleNamespace(
        settings=settings, station=StationSettings(name="g", data=str(site.folder)), data=site.folder,
        centre=site.centre, volumes=site.volumes, crew=crew,
    )  # fmt: skip
    number = site.begin()
    start_correcting(kit)
    start_telling(kit)
    try:
        wait_until(lambda: site.state(number) is State.TOLD, what="it is done")
        new = site.visit(2).steps[0].study_uid

        def tried() -> bool:
            with site.centre.reading() as conn:
                return any(each[2] and each[3] for each in jobs.newest(conn, "g", "reject", limit=5))

        wait_until(tried, what="the note is tried; nobody listens there")
    finally:
        assert crew.close(10.0) == []
    assert list(site.seen()) == [RIGHT.patient_id]
    with site.centre.reading() as conn:
        assert jobs.is_owed(conn, "route", new) and jobs.is_owed(conn, COPY, new)
        [tell] = corrections.tells_of(conn, number)
    assert (tell.way, tell.state) == ("note", "owed"), "it stays owed until the destination takes it"


def test_what_a_correction_hides_is_not_laid_into_the_viewers_folder(site: Site) -> None:
    number = site.begin()
    site.correct.go_on(number)
    FlatFolder(site.centre, site.volumes, site.folder / "FLAT").lay_out(Job(1, "lay out flat", "", "2.25.1001", {}, 1))
    assert not (site.folder / "FLAT").exists()
