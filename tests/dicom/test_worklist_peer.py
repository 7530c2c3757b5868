"""Our modality asks DCMTK's wlmscpfs what it asks our own door, and is told the same."""

from __future__ import annotations

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from pydicom.dataset import Dataset, FileMetaDataset
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from kiosk.core.charset import Charset
from kiosk.core.worklist_index import Listed, WorklistIndex
from kiosk.dicom.ask_worklist import Asking, ask_worklist, identifier
from kiosk.dicom.nodes import Node
from kiosk.dicom.send import who_listens
from kiosk.dicom.soundness import EXPLICIT_LE
from kiosk.dicom.upper_layer import call
from kiosk.dicom.worklist import WorklistDoor
from tests.dicom.peers import HANAKO, TODAY, a_row, free_port, listening
from tests.needs import needs, tool
from tests.waiting import wait_until

WORKLIST_FILE = "1.2.276.0.7230010.3.1.0.1"  # as DCMTK's dump2dcm calls it


@needs("wlmscpfs")
def test_wlmscpfs_tells_our_modality_the_same(tmp_path: Path) -> None:
    rows = [a_row(), a_row(HANAKO, 2, scheduled_time="101500"), a_row(HANAKO, 3, modality="US", aliases=())]
    everybody = Asking(day=TODAY, charset=Charset.UTF8)
    folder = tmp_path / "KIOSK"
    folder.mkdir()
    (folder / "lockfile").touch()
    with listening(WorklistDoor(lambda query: Listed(WorklistIndex(rows)), today=lambda: TODAY)) as door:
        ours = Node("KIOSK", "127.0.0.1", door.port)
        expected = {each: ask_worklist("CR1", ours, each) for each in questions()}
        for number, answer in enumerate(raw_answers(ours, everybody), 1):
            keep(answer, folder / f"{number}.wl")
    port, program = free_port(), tool("wlmscpfs")
    peer = subprocess.Popen([str(program), "-csk", "-dfp", str(tmp_path), str(port)], stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: who_listens("127.0.0.1", port) != "nobody", 10, "wlmscpfs listens")
        for asking, told in expected.items():
            found = ask_worklist("CR1", Node("KIOSK", "127.0.0.1", port), asking)
            assert sorted(found, key=str) == sorted(told, key=str) and found, asking
    finally:
        peer.terminate()
        peer.wait(10)


def questions() -> list[Asking]:
    day: date = TODAY
    return [
        Asking(day=day, modality="US", charset=Charset.UTF8),
        Asking(day=day, patient_id="00012345", charset=Charset.UTF8),
        Asking(day=day, charset=Charset.UTF8),
    ]


def raw_answers(node: Node, asking: Asking) -> list[Dataset]:
    assoc = call("CR1", node, [build_context(ModalityWorklistInformationFind, [EXPLICIT_LE])])
    try:
        answers: list[Any] = list(assoc.send_c_find(identifier(asking), ModalityWorklistInformationFind))
    finally:
        assoc.release()
    return [answer for _, answer in answers if answer is not None]


def keep(answer: Dataset, path: Path) -> None:
    answer.file_meta = FileMetaDataset()
    answer.file_meta.TransferSyntaxUID = EXPLICIT_LE
    answer.file_meta.MediaStorageSOPClassUID = WORKLIST_FILE
    answer.file_meta.MediaStorageSOPInstanceUID = f"1.2.3.{path.stem}"
    answer.save_as(path, enforce_file_format=True)
