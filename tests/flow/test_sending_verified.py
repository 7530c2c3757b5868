"""A destination is asked whether it has what it accepted: by counting, by storage commitment; and C-MOVE as the way."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.commitment import CommitmentAsked, CommitmentReport, Failure
from kiosk.dicom.commitment import CommitmentDoor
from kiosk.flow import verify_sent
from kiosk.flow.crew import Crew
from kiosk.flow.send_folder import SendFolder
from kiosk.store.engine import Store
from tests.dicom.peers import MemoryIntake, free_port
from tests.dicom.query_peers import QueryServer
from tests.flow.sending_site import SendingSite, destination, image, peer
from tests.needs import needs

Wait = Callable[..., Any]


@pytest.fixture
def site(tmp_path: Path, centre_on_sqlite: Store, local: Store, crew: Crew) -> SendingSite:
    return SendingSite(tmp_path, centre_on_sqlite, local, crew)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[QueryServer]:
    """DCMTK's dcmqrscp; it moves images to port ``port_of_ours`` of AE title KIOSK."""
    made = QueryServer(tmp_path / "peer", free_port())
    yield made
    made.close()


@needs("dcmqrscp")
def test_counted_at_the_server_and_what_it_lost_is_sent_again(
    site: SendingSite, server: QueryServer, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_sent, "TRIES", 0)
    to = replace(destination(server.port, ae_title="QR"), verify="count")
    site.start(to)
    uid = site.receive(1, 3)
    line = site.reaches(uid, "done")
    assert line.verified_at and line.accepted == 3
    stored = [path for path in (server.folder / "qr").glob("*") if path.name != "index.dat"]
    assert len(stored) == 3
    # The server forgets everything; the next image has it counted again.
    server.close()
    for path in (server.folder / "qr").iterdir():
        path.unlink()
    again = QueryServer.__new__(QueryServer)
    again.folder, again.port = server.folder, server.port
    again._log = open(server.folder / "again.log", "wb")  # noqa: SIM115 - closed with the server
    again._process = subprocess.Popen(
        ["dcmqrscp", "-c", str(server.folder / "qr.cfg")], stdout=again._log, stderr=again._log
    )
    try:
        wait_until(again._listens, 20)
        site.receive(1, 1, first=4)
        wait_until(lambda: len(list((server.folder / "qr").glob("*"))) >= 5, 20)
        line = site.reaches(uid, "done")
        assert line.accepted == 4 and line.verified_at
    finally:
        again.close()


class Committer:
    """A server that keeps what it stores, but lost one image."""

    def __init__(self, held: MemoryIntake) -> None:
        self.held = held
        self.lost = ""
        self.asked: list[CommitmentAsked] = []

    def take(self, asked: CommitmentAsked) -> None:
        self.asked.append(asked)

    def report(self, door: CommitmentDoor) -> bool:
        asked = self.asked[-1]
        failed = tuple(
            Failure(each.sop_class, each.sop_uid, 0x0110) for each in asked.wanted if each.sop_uid == self.lost
        )
        kept = tuple(each for each in asked.wanted if each.sop_uid != self.lost)
        return door.report_here(CommitmentReport(asked.transaction_uid, kept, failed))


def test_committed_by_the_server_and_what_it_does_not_keep_is_sent_again(
    site: SendingSite, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(verify_sent, "REPORT_WAIT_S", 15.0)  # the server reports on that association, on a busy PC too
    held = MemoryIntake()
    keeper = Committer(held)
    door = CommitmentDoor(keeper.take, lambda report: None)
    with peer(held, door) as (port, _):
        keeper.lost = image(1, 2)[0]
        site.start(replace(destination(port), verify="commitment"))
        uid = site.receive(1, 3)
        wait_until(lambda: keeper.asked and keeper.report(door))
        wait_until(lambda: held.begun == 4, 20, "the lost image goes again")
        keeper.lost = ""
        wait_until(lambda: len(keeper.asked) == 2 and keeper.report(door))
        line = site.reaches(uid, "done")
        assert line.verified_at and [len(each.wanted) for each in keeper.asked] == [3, 3]


@needs("dcmqrscp")
def test_a_server_is_told_to_send(site: SendingSite, tmp_path: Path, wait_until: Wait) -> None:
    """S13 as it was: not by us, C-MOVE at the image server."""
    with peer() as (port, held):
        server = QueryServer(tmp_path / "peer", port)
        try:
            uid = site.receive(1, 3)
            files = sorted(site.volume.root.rglob("*.dcm"))
            server.take(*files[:2])
            to = destination(0, ae_title="KIOSK")
            site.start(replace(to, way="move", at=server.node))
            line = site.reaches(uid, "failed")
            assert (line.accepted, line.last_status) == (2, "0000") and "only {n} of {m}" in line.error
            server.take(files[2])
            line = site.reaches(uid, "done")
            assert line.accepted == 3 and len(held.stored) == 3
        finally:
            server.close()


def test_a_folder_goes_patient_by_patient_and_after_a_cut_only_what_is_missing(
    site: SendingSite, tmp_path: Path
) -> None:
    folder = tmp_path / "dcmimage"
    for patient in (1, 2, 3):
        (folder / f"P{patient}").mkdir(parents=True)
        for number in (1, 2):
            (folder / f"P{patient}" / f"SC000{number}.dcm").write_bytes(image(patient, number)[1])
    (folder / "P3" / "readme.txt").write_text("no image")
    told: list[Any] = []
    with peer() as (port, held):
        sender = SendFolder(site.centre, destination(port), folder)

        class Cut(Exception):
            pass

        def cut(progress: Any) -> None:
            if progress.sent == 3:
                raise Cut

        with pytest.raises(Cut):
            sender.send(cut)
        assert held.begun == 3
        done = SendFolder(site.centre, destination(port), folder).send(told.append)
        assert (done.files, done.sent, done.before, done.refused, done.patients) == (7, 3, 3, 1, 3)
        assert done.why is not None and "no DICOM file" in str(done.why)
        assert list(held.stored) == [image(patient, number)[0] for patient in (1, 2, 3) for number in (1, 2)]


def test_a_watched_folder_sends_what_rests_and_puts_it_away(site: SendingSite, tmp_path: Path) -> None:
    folder = tmp_path / "corrected"
    folder.mkdir()
    path = folder / "a.dcm"
    path.write_bytes(image(1, 1)[1][:500])
    with peer() as (port, held):
        watched = SendFolder(site.centre, destination(port), folder, put_away=True)
        assert watched.send(rested=True).files == 0, "it may still be growing"
        path.write_bytes(image(1, 1)[1])
        assert watched.send(rested=True).files == 0
        assert watched.send(rested=True).sent == 1
        assert watched.send(rested=True).files == 0
        assert len(held.stored) == 1 and not path.exists()
        assert [each.name for each in (folder / "SENT").rglob("*.dcm")] == ["a.dcm"]
