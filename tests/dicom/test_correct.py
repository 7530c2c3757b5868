"""An image under another identity: new UIDs, the old values kept, pixel bytes the same, sound for dciodvfy."""

from __future__ import annotations

import hashlib
import shutil
import warnings
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from pydicom import dcmread, dcmwrite
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID, ExplicitVRBigEndian, ImplicitVRLittleEndian

from kiosk.core.correction import Identity
from kiosk.dicom.correct import Rewritten, Target, pixels_sha256, rewrite
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.object_kinds import KINDS
from kiosk.dicom.rejection_note import Named, rejection_note
from kiosk.dicom.sample_pictures import picture
from kiosk.dicom.write import Making, Shot, image_object, save
from tests.conftest import SHARED_DATA
from tests.dicom.peers import HANAKO, TARO, a_row
from tests.dicom.test_write import COUNTED_IN_BYTES, LONG, SUMMARY, complaints, jpeg
from tests.needs import needs

WHEN = datetime(2026, 11, 28, 9, 30)
BEFORE, AFTER = Identity.of_patient(TARO), Identity.of_patient(HANAKO, "V000000001001")
TARGET = Target(AFTER, "2.25.77", "STEP1", "RP1", "胸部X線")
NEW = ("2.25.999", "2.25.888")  # instance, series


def corrected(source: Path, target: Target = TARGET, before: Identity = BEFORE, **uids: str) -> tuple[Path, Rewritten]:
    made = source.with_name(source.stem + "-new.dcm")
    with made.open("wb") as file:
        told = rewrite(source, file.write, *NEW, uids, target, before, system="診断PC", when=WHEN)
    return made, told


def a_file(folder: Path, modality: str = "CR", **tags: object) -> Path:
    shot = Shot(picture(modality, {}, 1), 1, {})
    ds = image_object(Making(a_row(TARO, modality=modality), WHEN, series_description="胸部"), shot)
    for keyword, value in tags.items():
        setattr(ds, keyword, value)
    return save(ds, folder / "old.dcm")


def test_the_new_file_says_who_it_is_of_and_keeps_what_it_said_before(tmp_path: Path) -> None:
    source = a_file(tmp_path, PatientAge="056Y", PatientComments="見本 太郎さん", OtherPatientIDs="XX1")
    bytes_before = source.read_bytes()
    old = dcmread(source)
    path, told = corrected(source, **{str(old.StudyInstanceUID): "2.25.77"})
    new = dcmread(path)
    assert source.read_bytes() == bytes_before, "the original is not touched"
    facts = facts_of_file(path)
    assert (facts.sop_uid, facts.series_uid, facts.study_uid) == ("2.25.999", "2.25.888", "2.25.77")
    assert (facts.patient_id, facts.name[1], facts.birth_date, facts.sex) == ("00012346", "髙橋 花子", "19811203", "F")
    assert new.file_meta.MediaStorageSOPInstanceUID == "2.25.999" and facts.accession == "V000000001001"
    assert new.PatientAge == "044Y" and "PatientComments" not in new and "OtherPatientIDs" not in new
    [item] = new.OriginalAttributesSequence
    [was] = item.ModifiedAttributesSequence
    assert (was.PatientID, str(was.PatientName), was.SOPInstanceUID) == (
        old.PatientID, str(old.PatientName), old.SOPInstanceUID
    )  # fmt: skip
    assert was.StudyInstanceUID == old.StudyInstanceUID and was.PatientComments == "見本 太郎さん"
    assert (item.ReasonForTheAttributeModification, item.ModifyingSystem) == ("CORRECT", "診断PC")
    [request] = new.RequestAttributesSequence
    assert (request.AccessionNumber, request.StudyInstanceUID) == ("V000000001001", "2.25.77")
    assert new.StudyDate == old.StudyDate and new.PixelData == old.PixelData
    assert told.pixels == pixels_sha256(source) == pixels_sha256(path)
    assert told.places == ()


def test_a_second_correction_appends_and_drops_nothing(tmp_path: Path) -> None:
    first, _ = corrected(a_file(tmp_path))
    back = Target(replace(BEFORE, accession="V1"), "2.25.78")
    second, _ = corrected(first, back, AFTER)
    items = dcmread(second).OriginalAttributesSequence
    assert [each.ModifiedAttributesSequence[0].PatientID for each in items] == [TARO.patient_id, HANAKO.patient_id]
    assert items[1].ModifiedAttributesSequence[0].SOPInstanceUID == "2.25.999"


def test_what_refers_to_another_image_of_the_same_correction_still_does(tmp_path: Path) -> None:
    reference = Dataset()
    reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID = UID("1.2"), UID("1.2.3.4")
    source = a_file(tmp_path, SourceImageSequence=Sequence([reference]))
    path, _ = corrected(source, **{"1.2.3.4": "2.25.1000"})
    assert dcmread(path).SourceImageSequence[0].ReferencedSOPInstanceUID == "2.25.1000"


@pytest.mark.parametrize(
    "charset, name",
    [
        ("", "MIHON^TARO"),
        ("ISO_IR 13", "ﾐﾎﾝ^ﾀﾛｳ"),
        (["", "ISO 2022 IR 87"], "MIHON^TARO=見本^太郎=ミホン^タロウ"),
        (["ISO 2022 IR 13", "ISO 2022 IR 87"], "ﾐﾎﾝ^ﾀﾛｳ=見本^太郎=ﾐﾎﾝ^ﾀﾛｳ"),
        ("ISO_IR 192", "MIHON^TARO=見本^太郎=ミホン^タロウ"),
    ],
)
@pytest.mark.parametrize("kanji", ["見本 花子", "髙橋 花子"])
@pytest.mark.filterwarnings("ignore:Failed to encode")
def test_the_character_set_fits_the_new_name_and_spoils_no_other_text(
    tmp_path: Path, charset: object, name: str, kanji: str
) -> None:
    source = a_file(tmp_path)
    ds = dcmread(source)
    ds.decode()
    ds.SpecificCharacterSet = charset or None
    kana = charset not in ("", "ISO_IR 13")
    ds.PatientName, ds.StudyDescription = name, "胸部" if kana else "CHEST"
    ds.SeriesDescription = "胸部" if kana else "CHEST"
    ds.RequestAttributesSequence = Sequence()
    ds.save_as(source)
    path, _ = corrected(source, replace(TARGET, identity=replace(AFTER, kanji=kanji)))
    facts = facts_of_file(path)
    assert facts.name[1] == kanji and "charset_guessed" not in facts.doubts
    assert facts.study_description == ("胸部" if kana else "CHEST")
    new = dcmread(path)
    assert new.OriginalAttributesSequence[0].ModifiedAttributesSequence[0].PatientName == name
    stays = kana and (kanji == "見本 花子" or charset == "ISO_IR 192")
    assert (new.SpecificCharacterSet == charset) is stays


@pytest.mark.filterwarnings("ignore:Failed to encode")
def test_text_that_lies_about_its_character_set_is_mended_on_the_way(tmp_path: Path) -> None:
    """Shift_JIS under no character set, as some consoles write it."""
    source = a_file(tmp_path)
    ds = dcmread(source)
    ds.decode()
    del ds.SpecificCharacterSet
    ds.StudyDescription = "X" * 8
    ds.save_as(source)
    raw = source.read_bytes()
    assert raw.count(b"X" * 8) == 1
    source.write_bytes(raw.replace(b"X" * 8, "胸部正面".encode("cp932")))
    path, _ = corrected(source)
    facts = facts_of_file(path)
    assert (facts.study_description, facts.name[1], facts.doubts) == ("胸部正面", "髙橋 花子", ())


def test_places_that_still_bear_the_old_name_or_id_are_listed(tmp_path: Path) -> None:
    source = a_file(tmp_path, ImageComments="ID 00012345 / 見本太郎", ProtocolName="CHEST")
    ds = dcmread(source)
    block = ds.private_block(0x0009, "VENDOR", create=True)
    block.add_new(0x01, "UN", b"\0\1" + "ﾐﾎﾝ ﾀﾛｳ".encode("cp932"))
    block.add_new(0x02, "LO", "00012345")
    block.add_new(0x03, "LO", "nothing")
    ds.save_as(source)
    _, told = corrected(source)
    assert [place.split()[0] for place in told.places] == ["0009,1001", "0009,1002", "0020,4000"]


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian])
def test_other_encodings_stay_as_they_are(tmp_path: Path, syntax: UID) -> None:
    source = a_file(tmp_path)
    ds = dcmread(source)
    pixels = np.frombuffer(ds.PixelData, "<u2")
    if syntax == ExplicitVRBigEndian:
        ds.PixelData = pixels.astype(">u2").tobytes()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.decode()
    again = Dataset()
    again.update(ds)
    again.file_meta = ds.file_meta
    dcmwrite(source, again, implicit_vr=syntax.is_implicit_VR, little_endian=syntax.is_little_endian)
    path, told = corrected(source)
    new = dcmread(path)
    assert new.file_meta.TransferSyntaxUID == syntax and new.PixelData == ds.PixelData
    assert told.pixels == pixels_sha256(path) and facts_of_file(path).name[1] == "髙橋 花子"


def test_the_hospitals_id_alone_leaves_person_and_order(tmp_path: Path) -> None:
    source = a_file(tmp_path, PatientAge="056Y")
    old = dcmread(source)
    converted = Target(replace(BEFORE, patient_id="H0001", issuer="HOSP"), "2.25.77", same_person=True)
    path, told = corrected(source, converted)
    new = dcmread(path)
    assert (new.PatientID, new.IssuerOfPatientID, new.AccessionNumber) == ("H0001", "HOSP", old.AccessionNumber)
    assert new.PatientAge == "056Y" and new.PatientName == old.PatientName
    assert new.OriginalAttributesSequence[0].ReasonForTheAttributeModification == "COERCE"


@needs("dciodvfy")
@pytest.mark.parametrize("modality", sorted(kind for kind in KINDS if "clip" not in kind))
def test_what_is_written_passes_dciodvfy(tmp_path: Path, modality: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = a_file(tmp_path, modality)
        path, _ = corrected(source)
    assert complaints(path) == complaints(source) == []


@needs("dciodvfy")
def test_a_compressed_picture_and_a_long_name_pass_too(tmp_path: Path) -> None:
    ds = image_object(Making(a_row(TARO, modality="ES"), WHEN), Shot(jpeg()))
    source = save(ds, tmp_path / "es.dcm")
    path, told = corrected(source, replace(TARGET, identity=Identity.of_patient(LONG, "V1")))
    found = [each for each in complaints(path) if not each.startswith(COUNTED_IN_BYTES)]
    assert found == [SUMMARY]
    assert told.pixels == pixels_sha256(source)


@needs("dciodvfy")
def test_a_rejection_note_passes_dciodvfy_and_names_the_instances(tmp_path: Path) -> None:
    named = [Named(f"1.2.3.{n}", "1.2.840.10008.5.1.4.1.1.1", f"1.2.{n % 2}") for n in range(3)]
    path = tmp_path / "note.dcm"
    path.write_bytes(rejection_note("2.25.1", "2.25.2", BEFORE, "1.2.9", named, "113038", WHEN, study_date="20261128"))
    assert complaints(path) == []
    ds = dcmread(path)
    assert ds.ConceptNameCodeSequence[0].CodeValue == "113038" and ds.PatientID == TARO.patient_id
    series = ds.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence
    assert sum(len(each.ReferencedSOPSequence) for each in series) == 3 and len(series) == 2


SAMPLES = sorted((SHARED_DATA / "dicom").rglob("*")) if (SHARED_DATA / "dicom").is_dir() else []


@pytest.mark.may_skip("the sample files are not part of the repository")
@pytest.mark.skipif(not SAMPLES, reason="needs the sample files")
def test_sample_files_of_every_kind_keep_their_pixels(tmp_path: Path) -> None:
    from kiosk.core.faults import Fault

    done = 0
    for number, sample in enumerate(each for each in SAMPLES if each.is_file() and each.stat().st_size < 30 << 20):
        try:
            facts_of_file(sample)
        except Fault:
            continue  # intake would not have taken it
        source = Path(shutil.copy(sample, tmp_path / f"{number}.dcm"))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            path, told = corrected(source, before=Identity())
            facts = facts_of_file(path)
            old, new = dcmread(source, force=True), dcmread(path)
        assert (facts.patient_id, facts.name[1], facts.sop_uid) == ("00012346", "髙橋 花子", "2.25.999"), sample.name
        assert hashlib.sha256(old.get("PixelData", b"")).digest() == hashlib.sha256(
            new.get("PixelData", b"")
        ).digest(), sample.name  # fmt: skip
        assert told.pixels == pixels_sha256(path) == pixels_sha256(source)
        source.unlink(), path.unlink()
        done += 1
    assert done > 20
