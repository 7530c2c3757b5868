"""A disc of another hospital at the real window: read, reconciled, taken in by a real gateway, and known again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from pydicom import dcmread

from kiosk.dicom.receive import StorageDoor
from kiosk.flow.intake import Intake
from kiosk.modes.viewer.settings_stores import DiscSettings
from kiosk.store import audit, images
from kiosk.store.audit import Actor
from kiosk.store.volume import Volume
from kiosk.store.writer import GroupWriter
from tests.dicom.peers import listening
from tests.dicom.test_pixels import write
from tests.modes.viewer.hands import press
from tests.modes.viewer.ward import Ward
from tests.ui.test_shell import cut_off

THEIRS = {"PatientID": "H-77", "PatientName": "MIHON^TARO", "PatientBirthDate": "19710402", "PatientSex": "M",
          "AccessionNumber": "A1", "IssuerOfPatientID": "HOSP", "PatientWeight": "61.5"}  # fmt: skip


def a_disc(folder: Path) -> Path:
    """Two studies of one person, one of another, a broken table of contents, a damaged file and one that is none."""
    (folder / "IMAGES").mkdir(parents=True)
    for number, (study, who) in enumerate((("1", THEIRS), ("1", THEIRS), ("2", THEIRS), ("3", {"PatientID": "H-78"}))):
        uids = {"StudyInstanceUID": f"1.5.{study}", "SeriesInstanceUID": f"1.5.{study}.1",
                "SOPInstanceUID": f"1.5.{study}.1.{number}"}  # fmt: skip
        pixels = np.full(64 * 64, 10 + number, np.uint8).tobytes()
        write(folder / "IMAGES" / f"IM{number}", pixels, Rows=64, Columns=64, Modality="CR",
              StudyDate=f"2025110{study}", StudyDescription="Chest", InstanceNumber=number, **uids, **who)  # fmt: skip
    whole = (folder / "IMAGES" / "IM0").read_bytes()
    (folder / "IMAGES" / "SCRATCHED").write_bytes(whole[:200] + b"\xff" * 300)
    (folder / "VIEWER.BIN").write_bytes(b"no image")
    (folder / "DICOMDIR").write_bytes(whole[:140] + b"\0" * 100)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {str(each): each.read_bytes() for each in folder.rglob("*") if each.is_file()}


def test_a_disc_is_read_reconciled_taken_in_and_known_again(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any, tmp_path: Path
) -> None:
    disc = a_disc(tmp_path / "CD")
    before = contents(disc)
    volume = Volume("MAG1", tmp_path / "MAG1", True)
    volume.prepare()
    waiting: list[Any] = []

    class Door:
        """The gateway's intake, made when the ward is there."""

        def begin(self, door: str) -> Any:
            return waiting[0].begin(door)

    with listening(StorageDoor(Door())) as gateway:
        ward = open_ward(disc=DiscSettings(drive=str(disc), port=gateway.port))
        station = ward.station
        writer = GroupWriter(station.centre, station.crew.start)
        waiting.append(Intake(station.centre, lambda: volume, writer, Actor(station="gateway")))
        ward.visit()
        window = open_window(ward)
        press(window, "<F10>")
        page = window.side.pages["disc"]
        press(window, "<F3>")
        wait_until(lambda: len(page.table) == 3, 30, "the disc is read")
        assert cut_off(window.shell.top) == []
        assert [row.split("/")[-1] for row in page.unreadable.shown_keys] == ["SCRATCHED"]
        press(window, "<F5>")
        assert "Read a disc" in window.shell.problem.text or "Scan our examinee" in window.shell.problem.text
        page.scanned("2026001")
        wait_until(lambda: page._ours is not None)
        assert sorted(page.table.selected_keys) == ["1.5.1", "1.5.2"], "the one on the disc who may be ours"
        page.table.tree.selection_set(("1.5.1", "1.5.2", "1.5.3"))
        page.ask()
        assert "several people" in window.shell.problem.text
        page.table.tree.selection_set(("1.5.1", "1.5.2"))
        window.shell.top.update()
        states = {key: page.compared.row(key).state for key in page.compared.shown_keys}
        same = dict.fromkeys(("romaji", "birth_date", "sex"), "done")
        assert states == {"patient_id": "stop", "kanji": "look", "kana": "look", **same}
        gone = disc / "IMAGES" / "IM1"
        gone.unlink()
        page.ask()
        window.shell._question.answer_safely()
        page.take(page._selected(), page._ours)
        wait_until(lambda: "2 images were taken in" in window.shell.problem.text, 30)
        assert [row.split("/")[-1] for row in page.unreadable.shown_keys] == ["SCRATCHED", "IM1"]
        with station.centre.reading() as conn:
            study = images.study_by_uid(conn, "1.5.1")
            assert study is not None and (study.patient_id, study.accession, study.visit_id) == ("P00001", "", None)
            [one] = images.instances_of_study(conn, study.id)
            told = [(each.patient, each.subject) for each in audit.events(conn, action="disc taken in")]
        assert sorted(told) == [("|P00001", "1.5.1"), ("|P00001", "1.5.2")]
        ds = dcmread(volume.file(one.path))
        assert str(ds.PatientName).startswith("MIHON^TARO=見本^太郎") and ds.PatientWeight == 61.5
        other = ds.OtherPatientIDsSequence[0]
        assert (other.PatientID, other.IssuerOfPatientID) == ("H-77", "HOSP")
        item = ds.OriginalAttributesSequence[0]
        assert item.ReasonForTheAttributeModification == "COERCE"
        old = item.ModifiedAttributesSequence[0]
        assert (old.PatientID, old.AccessionNumber) == ("H-77", "A1")
        assert ds.pixel_array[5, 5] == 10 and ds.SOPInstanceUID == one.sop_uid == "1.5.1.1.0"
        gone.write_bytes(before[str(gone)])
        assert contents(disc) == before, "nothing is written to the disc"
        press(window, "<F3>")
        wait_until(lambda: "P00001" in (page.table.row("1.5.2").cells[-1] if len(page.table) == 3 else ""), 30)
        assert page.table.row("1.5.1").cells[-1] == "partly (P00001)"
        page.scanned("2026001")
        wait_until(lambda: page._ours is not None)
        page.table.tree.selection_set(("1.5.1", "1.5.2"))
        page.take(page._selected(), page._ours)
        wait_until(lambda: "1 images were taken in, 2 were here" in window.shell.problem.text, 30)
        assert not (ward.folder / "DISC").exists(), "no copy stays on this PC"


def test_a_gateway_that_is_away_loses_nothing(ward: Ward, tmp_path: Path) -> None:
    import pytest

    from kiosk.core.correction import Identity
    from kiosk.core.faults import LinkLost
    from kiosk.dicom.nodes import Node
    from kiosk.flow.take_disc import TakeDisc, disc_of
    from tests.dicom.peers import free_port

    seen = ward.desk().open_files([str(a_disc(tmp_path / "CD"))]).wait(30)
    centre = ward.station.centre
    disc = disc_of(centre, "CD", seen.stacks, seen.refused)
    assert disc.others == 1 and len(disc.unreadable) == 1
    take = TakeDisc(centre, tmp_path / "WORK", "VIEWER", Node("KIOSK", "127.0.0.1", free_port()), "viewer-1")
    with pytest.raises(LinkLost):
        take.take(disc.studies[-1:], Identity("P00001"), Actor(station="viewer-1"), lambda part: None)
    assert not (tmp_path / "WORK").exists()
    centre.leave()
