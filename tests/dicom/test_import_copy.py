"""Images of another hospital under our patient ID: pixels and UIDs as they were, the old identity in them, sound."""

from __future__ import annotations

import subprocess
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest
from pydicom import dcmread

from kiosk.core.correction import Identity
from kiosk.core.faults import Refused
from kiosk.dicom.correct import pixels_sha256
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.disc import identity_of, import_copy
from tests.needs import needs, tool

OURS = Identity("P00001", "CENTRE", "髙橋 花子", "タカハシ ハナコ", "TAKAHASHI HANAKO", "F", "19811203")


def brought_in(path: Path, target: Path) -> str:
    """Its pixels' SHA-256."""
    facts = facts_of_file(path)
    with target.open("wb") as file:
        return import_copy(
            path, file.write, OURS, identity_of(path), study_uid=facts.study_uid, series_uid=facts.series_uid,
            sop_uid=facts.sop_uid, system="viewer-1", when=datetime(2026, 11, 24, 10, 0),
        ).pixels  # fmt: skip


def errors(path: Path) -> Counter[str]:
    told = subprocess.run([str(tool("dciodvfy")), str(path)], capture_output=True, text=True, errors="replace")
    return Counter(line for line in (told.stdout + told.stderr).splitlines() if line.startswith("Error"))


@needs("dciodvfy")
def test_samples_of_other_hospitals_keep_everything_but_whose_they_are(shared_data: Path, tmp_path: Path) -> None:
    count = 0
    for folder in ("sr", "charset", "mr_series", "us"):
        for path in sorted((shared_data / "dicom" / folder).rglob("*"))[:4]:
            try:
                before = facts_of_file(path)
            except (Refused, IsADirectoryError):
                continue
            target = tmp_path / "copy.dcm"
            assert brought_in(path, target) == pixels_sha256(target) == pixels_sha256(path), path
            after = facts_of_file(target)
            assert (after.sop_uid, after.study_uid) == (before.sop_uid, before.study_uid), path
            assert (after.patient_id, after.name[1], after.accession) == ("P00001", "髙橋 花子", ""), path
            ds = dcmread(target, stop_before_pixels=True)
            if before.patient_id:
                assert ds.OtherPatientIDsSequence[-1].PatientID == before.patient_id
                assert ds.OriginalAttributesSequence[-1].ModifiedAttributesSequence[0].PatientID == before.patient_id
            assert errors(target) - errors(path) == Counter(), path
            count += 1
    assert count > 8


def test_a_file_that_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"no image at all")
    with pytest.raises(Refused):
        identity_of(tmp_path / "a")
