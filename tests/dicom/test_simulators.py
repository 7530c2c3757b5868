"""The simulated modality and PACS behave as the real ones do: peers of DCMTK, and of each other."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.visit import ExpectedView
from kiosk.core.worklist_index import Listed, WorklistIndex
from kiosk.dicom.ask_worklist import Asking
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.modality_simulator import Mistake, ModalitySimulator, told
from kiosk.dicom.nodes import Node
from kiosk.dicom.pacs_simulator import PacsSimulator
from kiosk.dicom.send import SentFile, echo, send_files
from kiosk.dicom.worklist import WorklistDoor
from tests.dicom.peers import HANAKO, TODAY, a_row, free_port, listening, run
from tests.needs import needs
from tests.waiting import wait_until

WHEN = datetime(2026, 11, 23, 10, 0)


@pytest.fixture
def pacs(tmp_path: Path) -> Iterator[PacsSimulator]:
    with PacsSimulator(tmp_path / "pacs", host="127.0.0.1") as simulator:
        yield simulator


def node(pacs: PacsSimulator) -> Node:
    return Node("PACS", "127.0.0.1", pacs.port, title="PACS")


def modality(pacs: PacsSimulator, kind: str = "CR") -> ModalitySimulator:
    return ModalitySimulator("CR1", kind, node(pacs), node(pacs))


def test_from_the_worklist_to_the_pacs(pacs: PacsSimulator) -> None:
    steps = [a_row(), a_row(HANAKO, number=2)]
    with listening(WorklistDoor(lambda query: Listed(WorklistIndex(steps)), today=lambda: TODAY)) as gateway:
        device = ModalitySimulator("CR1", "CR", Node("KIOSK", "127.0.0.1", gateway.port), node(pacs))
        rows = device.ask(Asking(day=TODAY, modality="CR"))
        progress: list[tuple[bool, int]] = []
        sent = device.examine(rows[1], when=WHEN, progress=lambda each, of: progress.append((each.accepted, of)))
    assert [each.status for each in sent] == [0, 0]
    assert progress == [(True, 2), (True, 2)]
    assert told(sent, node(pacs)) is None
    assert pacs.per_study() == {steps[1].study_uid: 2}
    assert {facts.view_hints["ViewPosition"] for facts in pacs.kept.values()} == {"PA", "LL"}
    assert {facts.accession for facts in pacs.kept.values()} == {steps[1].accession}
    assert sorted(path.name for path in pacs.folder.iterdir()) == sorted(f"{uid}.dcm" for uid in pacs.kept)


def test_the_views_that_are_expected_are_taken(pacs: PacsSimulator, tmp_path: Path) -> None:
    views = (
        ExpectedView("R", "右眼", (("ImageLaterality", "R"),)),
        ExpectedView("L", "左眼", (("ImageLaterality", "L|LEFT"),)),
    )
    files = modality(pacs, "OP").take(a_row(modality="OP"), tmp_path, views, when=WHEN)
    assert [facts_of_file(path).view_hints["ImageLaterality"] for path in files] == ["R", "L"]


@pytest.mark.parametrize(
    ("mistake", "same_id", "same_study", "count"),
    [
        (Mistake.NONE, True, True, 2),
        (Mistake.WRONG_ID, False, False, 2),
        (Mistake.NO_WORKLIST, True, False, 2),
        (Mistake.MISSING_VIEW, True, True, 1),
    ],
)
def test_mistakes_are_made_on_purpose(
    pacs: PacsSimulator, tmp_path: Path, mistake: Mistake, same_id: bool, same_study: bool, count: int
) -> None:
    row = a_row()
    facts = [facts_of_file(path) for path in modality(pacs).take(row, tmp_path, mistake=mistake, when=WHEN)]
    assert len(facts) == count
    assert {each.patient_id == row.patient.patient_id for each in facts} == {same_id}
    assert {each.study_uid == row.study_uid for each in facts} == {same_study}


@needs("storescu", "echoscu")
def test_dcmtk_takes_the_pacs_for_a_real_one(pacs: PacsSimulator, tmp_path: Path) -> None:
    assert run("echoscu", "-aec", "PACS", "127.0.0.1", str(pacs.port)).returncode == 0
    files = modality(pacs).take(a_row(), tmp_path, when=WHEN)
    for _ in range(2):
        assert run("storescu", "-aec", "PACS", "127.0.0.1", str(pacs.port), *files).returncode == 0
    assert len(pacs.kept) == 2 and pacs.repeated == 2


@needs("storescp")
def test_dcmtks_receiver_takes_our_images(pacs: PacsSimulator, tmp_path: Path) -> None:
    import subprocess

    port, folder = free_port(), tmp_path / "storescp"
    folder.mkdir()
    receiver = subprocess.Popen(["storescp", "-aet", "STORESCP", "+xa", "-od", str(folder), str(port)])
    try:
        peer = Node("STORESCP", "127.0.0.1", port)
        wait_until(lambda: reachable(peer), 20, "storescp listens")
        files = [
            path for kind in ("CR", "ES", "OP", "US", "MG")
            for path in modality(pacs, kind).take(a_row(modality=kind), folder_of(tmp_path, kind), when=WHEN)
        ]  # fmt: skip
        assert all(each.accepted for each in send_files("CR1", peer, files))
        assert len(list(folder.iterdir())) == len(files)
    finally:
        receiver.kill()
        receiver.wait()


def folder_of(tmp_path: Path, kind: str) -> Path:
    folder = tmp_path / kind
    folder.mkdir()
    return folder


def reachable(peer: Node) -> bool:
    try:
        return echo("CR1", peer) > 0
    except LinkLost:
        return False


def test_a_full_pacs_is_told_plainly(pacs: PacsSimulator) -> None:
    pacs.full = True
    sent = modality(pacs).examine(a_row(), when=WHEN)
    assert [each.status for each in sent] == [0xA700, 0xA700]
    trouble = told(sent, node(pacs))
    assert trouble is not None and "PACS refused pictures" in trouble.told()
    assert not pacs.kept
    pacs.full = False
    assert all(each.accepted for each in modality(pacs).examine(a_row(), when=WHEN))


def test_nobody_there_is_told_plainly() -> None:
    nobody = Node("NOBODY", "127.0.0.1", free_port(), title="画像サーバ")
    with pytest.raises(LinkLost) as why:
        echo("CR1", nobody)
    assert "画像サーバ" in why.value.told()


def test_files_that_are_none_are_told_and_the_others_go(pacs: PacsSimulator, tmp_path: Path) -> None:
    [good, _] = modality(pacs).take(a_row(), tmp_path, when=WHEN)
    text, gone = tmp_path / "text.dcm", tmp_path / "gone.dcm"
    text.write_text("no image")
    results = {each.path: each for each in send_files("CR1", node(pacs), [text, good, gone])}
    assert results[good].accepted
    for path in (text, gone):
        trouble = results[path].trouble
        assert not results[path].accepted and isinstance(trouble, Fault) and trouble.told()


def test_sending_stops_when_told(pacs: PacsSimulator, tmp_path: Path) -> None:
    files = modality(pacs, "CT").take(a_row(modality="CT"), tmp_path, when=WHEN)
    stop = threading.Event()
    sent: list[SentFile] = []

    def count(each: SentFile) -> None:
        sent.append(each)
        if len(sent) == 3:
            stop.set()

    assert len(send_files("CT1", node(pacs), files, count, stop)) == 3
    assert len(pacs.kept) == 3


def test_an_association_that_breaks_is_tried_once_more(pacs: PacsSimulator, tmp_path: Path) -> None:
    """The image under way when the link broke is sent again, the ones before it are not."""
    files = modality(pacs, "CT").take(a_row(modality="CT"), tmp_path, when=WHEN)
    keep, calls = pacs._keep, []

    def breaking(half: Path, facts: object) -> None:
        calls.append(facts)
        if len(calls) == 4:
            for assoc in pacs._listener._server.active_associations:
                assoc.dul.socket.socket.close()
        keep(half, facts)  # type: ignore[arg-type]

    pacs._keep = breaking  # type: ignore[method-assign]
    results = send_files("CT1", node(pacs), files)
    assert all(each.accepted for each in results)
    assert len(pacs.kept) == len(files) and len(calls) == len(files) + 1
