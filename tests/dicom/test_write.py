"""Objects that we make: sound for dciodvfy, with the identifiers of the worklist answer and Japanese in UTF-8."""

from __future__ import annotations

import warnings
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pydicom import dcmread
from pydicom.encaps import generate_frames

from kiosk.core.faults import Refused
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.jpeg_stream import baseline_jpeg
from kiosk.dicom.modality_simulator import USUAL_VIEWS
from kiosk.dicom.object_kinds import KINDS
from kiosk.dicom.sample_pictures import picture
from kiosk.dicom.write import JPEG_BASELINE, Making, Shot, image_object, new_uid, pdf_object, save
from tests.dicom.peers import HANAKO, TARO, a_row, run
from tests.needs import needs

WHEN = datetime(2026, 11, 23, 9, 41, 5)
LONG = replace(
    TARO,
    kanji="見本之宮勘解由小路左衛門尉 寿限無寿限無五劫擦切海砂利水魚水行末雲来末風来末",
    kana="ミホンノミヤカデノコウジサエモンノジョウ ジュゲムジュゲムゴコウノスリキレカイジャリスイギョ",
)

# dciodvfy counts bytes where PS3.5 6.2 counts characters (PN: 64 characters a group, whatever their bytes). These are
# the only complaints that are accepted: the line about Patient's Name, and its own summary of it.
COUNTED_IN_BYTES = "Error - Value invalid for this VR - (0x0010,0x0010) PN Patient's Name"
SUMMARY = "Error - Dicom dataset contains invalid data values for Value Representations"


def jpeg(mode: str = "RGB", size: tuple[int, int] = (64, 48), **how: object) -> bytes:
    made = BytesIO()
    random = np.random.default_rng(5)
    shape = (size[1], size[0], 3) if mode in ("RGB", "CMYK") else (size[1], size[0])
    flat = Image.fromarray(random.integers(0, 255, shape, np.uint8))
    flat.convert(mode).save(made, "JPEG", **how)
    return made.getvalue()


def complaints(path: Path) -> list[str]:
    done = run("dciodvfy", path)
    return [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")]


@needs("dciodvfy")
@pytest.mark.parametrize("modality", sorted(kind for kind in KINDS if "clip" not in kind))
@pytest.mark.parametrize("patient", [TARO, HANAKO], ids=["taro", "hanako"])
def test_images_pass_dciodvfy(tmp_path: Path, modality: str, patient: object) -> None:
    row = a_row(replace(HANAKO if patient is HANAKO else TARO), modality=modality)
    making = Making(row, WHEN, series_description="胸部", station="CR1")
    for number, hints in enumerate(USUAL_VIEWS.get(modality, ({},)), 1):
        shot = Shot(picture(modality, dict(hints), number), number, dict(hints))
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            path = save(image_object(making, shot), tmp_path / f"{number}.dcm")
        assert complaints(path) == []


@needs("dciodvfy")
def test_colour_grey_and_plain_pictures_pass_dciodvfy(tmp_path: Path) -> None:
    for modality in ("US", "ES", "OP", "OT", "XX"):
        making = Making(a_row(modality=modality), WHEN)
        for pixels in (
            np.zeros((40, 30, 3), np.uint8), jpeg(), jpeg("RGB", subsampling=0),
        ):  # fmt: skip
            path = save(image_object(making, Shot(pixels)), tmp_path / "one.dcm")
            assert complaints(path) == [], modality
    for pixels in (np.zeros((40, 30), np.uint8), jpeg("L"), np.zeros((41, 31), np.uint8)):
        assert (
            complaints(save(image_object(Making(a_row(modality="OT"), WHEN), Shot(pixels)), tmp_path / "g.dcm")) == []
        )


@needs("dciodvfy")
@pytest.mark.parametrize("pdf", [b"%PDF-1.4\n%%EOF\n", b"%PDF-1.4 \n%%EOF\n"], ids=["odd", "even"])
def test_a_document_passes_dciodvfy(tmp_path: Path, pdf: bytes) -> None:
    path = save(pdf_object(Making(a_row(), WHEN), pdf, "健診結果報告書"), tmp_path / "page.dcm")
    assert complaints(path) == []
    ds = dcmread(path)
    assert ds.EncapsulatedDocument[: ds.EncapsulatedDocumentLength] == pdf


@needs("dciodvfy")
def test_the_only_complaint_about_a_long_name_is_its_count_of_bytes(tmp_path: Path) -> None:
    assert all(len(group) <= 64 for group in (LONG.kanji, LONG.kana))
    path = save(image_object(Making(a_row(LONG), WHEN), Shot(np.zeros((8, 8), np.uint8))), tmp_path / "long.dcm")
    found = complaints(path)
    about_length = [line for line in found if line.startswith(COUNTED_IN_BYTES) and "Length invalid" in line]
    assert len(about_length) == 1
    assert [line for line in found if line not in about_length] == [SUMMARY]
    assert facts_of_file(path).name[1] == LONG.kanji


def test_what_the_worklist_said_is_in_the_image(tmp_path: Path) -> None:
    """IHE RAD TF-2 Table 4.8-2."""
    row = a_row(HANAKO)
    ds = dcmread(save(image_object(Making(row, WHEN), Shot(np.zeros((8, 8), np.uint16))), tmp_path / "one.dcm"))
    [request] = ds.RequestAttributesSequence
    assert ds.SpecificCharacterSet == "ISO_IR 192"
    assert (ds.StudyInstanceUID, ds.AccessionNumber, ds.PatientID) == (row.study_uid, row.accession, "00012346")
    assert (ds.IssuerOfPatientID, ds.PatientBirthDate, ds.PatientSex) == ("0001", "19811203", "F")
    assert str(ds.PatientName) == "TAKAHASHI^HANAKO=髙橋^花子=タカハシ^ハナコ"
    assert request.RequestedProcedureID == row.requested_procedure_id
    assert (request.ScheduledProcedureStepID, request.ScheduledProcedureStepDescription) == ("S1", "胸部X線")
    assert ds.StudyDate == "20261123" and ds.StudyTime == "094105"


def test_two_pictures_never_share_an_identifier() -> None:
    making = Making(a_row(), WHEN)
    made = [image_object(making, Shot(np.zeros((8, 8), np.uint8), number)) for number in range(50)]
    assert len({ds.SOPInstanceUID for ds in made}) == 50
    assert len({ds.SeriesInstanceUID for ds in made}) == 1
    assert all(len(new_uid()) <= 64 for _ in range(100))


@pytest.mark.parametrize(
    ("how", "photometric"),
    [({"subsampling": 2}, "YBR_FULL_422"), ({"subsampling": 0}, "YBR_FULL_422"), ({"keep_rgb": True}, "RGB")],
)
def test_a_baseline_stream_goes_in_byte_for_byte(tmp_path: Path, how: dict[str, int], photometric: str) -> None:
    data = jpeg(**how)
    ds = image_object(Making(a_row(modality="ES"), WHEN), Shot(data))
    again = dcmread(save(ds, tmp_path / "one.dcm"))
    [frame] = generate_frames(again.PixelData, number_of_frames=1)
    assert frame[: len(data)] == data
    assert again.file_meta.TransferSyntaxUID == JPEG_BASELINE
    assert (again.PhotometricInterpretation, again.Rows, again.Columns) == (photometric, 48, 64)
    assert (again.LossyImageCompression, again.LossyImageCompressionMethod) == ("01", "ISO_10918_1")


def test_what_dicom_does_not_take_is_made_baseline_once() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    for data, rows, columns in (
        (jpeg(progressive=True), 48, 64), (jpeg("CMYK"), 48, 64), (jpeg(exif=exif.tobytes()), 64, 48),
    ):  # fmt: skip
        stream = baseline_jpeg(data)
        assert stream.data != data
        assert (stream.rows, stream.columns, stream.samples) == (rows, columns, 3)
        assert baseline_jpeg(stream.data).data == stream.data


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8", b"no jpeg", b"\xff\xd8\xff\xe0\0\x10JFIF", b"\x89PNG\r\n\x1a\n" + b"\0" * 64]
)
def test_what_is_no_jpeg_is_refused(data: bytes) -> None:
    with pytest.raises(Refused) as why:
        baseline_jpeg(data)
    assert why.value.reason == "not_jpeg"


@pytest.mark.parametrize("modality", ["CR", "DX", "MG", "CT", "US", "RF", "OT"])
def test_sample_pictures_have_something_on_them(modality: str) -> None:
    drawn = picture(modality, {}, 1)
    assert isinstance(drawn, np.ndarray)
    assert drawn.std() > 5 and drawn.max() > drawn.min()
    assert not np.array_equal(drawn, picture(modality, {}, 2)) or modality == "OT"
