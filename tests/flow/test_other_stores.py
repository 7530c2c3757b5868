"""Stores beside our own: another centre's is only read, a server's study is fetched once, stopped, resumed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from kiosk.core.course import arrived_views
from kiosk.core.faults import Fault, LinkLost
from kiosk.core.study_search import StudyQuestion
from kiosk.dicom.nodes import Node
from kiosk.dicom.receive import StorageDoor
from kiosk.flow.crew import Crew
from kiosk.flow.fetch_to_view import FetchedStudies
from kiosk.flow.intake import Intake
from kiosk.flow.other_stores import CentreBeside, ServerBeside
from kiosk.store import image_index
from kiosk.store.audit import Actor
from kiosk.store.engine import Store, sqlite_url
from kiosk.store.tables import studies
from kiosk.store.volume import Volume, Volumes, sha256_of
from kiosk.store.writer import GroupWriter
from tests.dicom.peers import listening
from tests.dicom.query_peers import QueryServer, sample_studies
from tests.needs import needs
from tests.store.samples import facts

CT = "1.2.392.200036.9999.2"  # four slices
GO_ON = threading.Event()


def nothing(done: int, of: int) -> None: ...


def filled(centre: Store) -> None:
    with centre.writing() as conn:
        name = ("MIHON HANAKO", "見本 花子", "ミホン ハナコ")
        image_index.index_image(
            conn, facts(patient_id="H1", name=name, birth_date="19800102"), volume="MAG1", path="DICOM/a.dcm", size=1,
            sha256="0" * 64, arrived_views=arrived_views,
        )  # fmt: skip


def test_another_centre_is_searched_and_nothing_is_written_there(centre: Store, tmp_path: Path) -> None:
    filled(centre)
    disk = Volume("MAG1", tmp_path / "there")
    beside = CentreBeside("隣", centre.url, Volumes([disk]))
    try:
        for text in ("みほん", "見本 花子", "H1", "S55.1.2"):
            [study] = beside.search(StudyQuestion(text), GO_ON).studies
            assert study.patient_id == "H1", text
        assert beside.search(StudyQuestion("H1", since="20991231"), GO_ON).studies == ()
        shown = beside.open(study, nothing, GO_ON)
        assert shown.paths == (disk.file("DICOM/a.dcm"),)
        with pytest.raises(Fault, match="V503"):
            CentreBeside("隣", centre.url, Volumes([])).open(study, nothing, GO_ON)
        with pytest.raises(Fault), beside._store.reading() as conn:
            conn.execute(studies.delete())
        assert beside.search(StudyQuestion("H1"), GO_ON).studies
    finally:
        beside.leave()


def test_a_store_that_is_away_or_of_another_kind_is_named(tmp_path: Path) -> None:
    with pytest.raises(LinkLost) as away:
        CentreBeside("隣", sqlite_url(tmp_path / "none.sqlite"), Volumes([])).search(StudyQuestion("x"), GO_ON)
    assert str(away.value.sentence) == "隣 does not answer."
    assert not (tmp_path / "none.sqlite").exists()
    import sqlite3

    sqlite3.connect(tmp_path / "other.sqlite").execute("CREATE TABLE studies (id)").connection.close()
    beside = CentreBeside("隣", sqlite_url(tmp_path / "other.sqlite"), Volumes([]))
    with pytest.raises(Fault, match="V605"):
        beside.search(StudyQuestion("x"), GO_ON)
    beside.leave()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[QueryServer]:
    made = QueryServer(tmp_path, 1)
    made.take(*sample_studies(tmp_path))
    yield made
    made.close()


def beside(node: Node, centre: Store, folder: Path, most_mb: int = 100) -> ServerBeside:
    fetched = FetchedStudies(folder / "FETCHED", most_mb << 20)
    return ServerBeside("PACS", node, "VIEWER", "", centre, Volumes([]), fetched, today=lambda: date(2026, 11, 30))


@needs("dcmqrscp", "storescu")
def test_a_study_of_a_server_is_found_fetched_once_and_completed(
    server: QueryServer, centre_on_sqlite: Store, tmp_path: Path
) -> None:
    pacs = beside(server.node, centre_on_sqlite, tmp_path)
    assert pacs.search(StudyQuestion(), GO_ON).studies == (), "an archive is not asked for everything"
    assert len(pacs.search(StudyQuestion("", "20261101"), GO_ON).studies) == 3
    found = {each.study_uid: each for each in pacs.search(StudyQuestion("みほん", "20261101", "CT"), GO_ON).studies}
    study = found[CT]  # this server neither heeds nor tells the kind of a study
    assert len(found) == 2 and study.name[1] == "見本 太郎"
    told: list[tuple[int, int]] = []
    shown = pacs.open(study, lambda done, of: told.append((done, of)), GO_ON)
    assert len(shown.paths) == 4 and told[0] == (0, 4) and told[-1] == (4, 4) and shown.out_of_reach == ()
    before = {path: (path.stat().st_mtime_ns, sha256_of(path)) for path in shown.paths}
    lost = shown.paths[2]
    lost.unlink()
    told.clear()
    again = pacs.open(study, lambda done, of: told.append((done, of)), GO_ON)
    assert told[0] == (3, 4) and again.paths == shown.paths
    assert sha256_of(lost) == before[lost][1]
    assert all(path.stat().st_mtime_ns == before[path][0] for path in shown.paths if path != lost)
    stop = threading.Event()
    stop.set()
    with pytest.raises(Fault):
        pacs.open(study, nothing, stop)
    small = beside(server.node, centre_on_sqlite, tmp_path, most_mb=0)
    other = next(each for each in small.search(StudyQuestion("", "20261101"), GO_ON).studies if each.study_uid != CT)
    assert small.open(other, nothing, GO_ON).paths
    assert small.fetched.files(CT) == [], "it made room"
    small.fetched.clear()
    assert not small.fetched.folder.exists()


@needs("dcmqrscp", "storescu")
def test_a_gateway_that_the_server_sends_to_keeps_what_is_opened(
    centre_on_sqlite: Store, crew: Crew, tmp_path: Path
) -> None:
    disk = Volume("MAG1", tmp_path / "MAG1", True)
    disk.prepare()
    writer = GroupWriter(centre_on_sqlite, crew.start)
    intake = Intake(centre_on_sqlite, lambda: disk, writer, Actor(station="gateway"))
    with listening(StorageDoor(intake)) as gateway:
        server = QueryServer(tmp_path, gateway.port)
        try:
            server.take(*sample_studies(tmp_path))
            fetched = FetchedStudies(tmp_path / "FETCHED", 0)
            pacs = ServerBeside("PACS", server.node, "VIEWER", "KIOSK", centre_on_sqlite, Volumes([disk]), fetched)
            found = {each.study_uid: each for each in pacs.search(StudyQuestion("ﾐﾎﾝ"), GO_ON).studies}
            told: list[tuple[int, int]] = []
            shown = pacs.open(found[CT], lambda done, of: told.append((done, of)), GO_ON)
            assert len(shown.paths) == 4 and all(disk.root in path.parents for path in shown.paths)
            assert told[-1] == (4, 4) and shown.study.id > 0 and not fetched.folder.exists()
            nowhere = replace(pacs, to="NOBODY")
            with pytest.raises(LinkLost) as why:
                nowhere.open(next(each for uid, each in found.items() if uid != CT), nothing, GO_ON)
            assert "destination" in str(why.value.sentence)
        finally:
            server.close()
    centre_on_sqlite.leave()
