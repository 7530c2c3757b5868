"""Facts of received images: identifiers proven, names decoded, oddities kept as doubts."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence

from kiosk.core.faults import Refused
from kiosk.core.study import ImageFacts
from kiosk.dicom.dataset import WANTED, RequestFacts, facts_of_file, facts_of_walk
from kiosk.dicom.part10 import open_part10, part10_head
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE, Walk
from tests.dicom.test_soundness import encoded

SOP_CLASS, SOP_UID = "1.2.840.10008.5.1.4.1.1.1", "1.2.392.200036.1.2.3"


def an_image() -> Dataset:
    ds = Dataset()
    ds.SpecificCharacterSet = "ISO_IR 192"
    ds.SOPClassUID, ds.SOPInstanceUID = SOP_CLASS, SOP_UID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.3", "1.2.3.4"
    ds.StudyDate, ds.StudyTime, ds.Modality = "20261123", "101530", "CR"
    ds.AccessionNumber = "V1"
    ds.PatientName, ds.PatientID = "MIHON^TARO=見本^太郎=ミホン^タロウ", "00012345"
    ds.PatientBirthDate, ds.PatientSex, ds.IssuerOfPatientID = "19700102", "M", "0001"
    ds.ViewPosition, ds.BodyPartExamined = "PA", "CHEST"
    ds.PatientOrientation = ["L", "F"]
    view = Dataset()
    view.CodeMeaning = "postero-anterior"
    ds.ViewCodeSequence = Sequence([view])
    ds.SeriesNumber, ds.InstanceNumber, ds.Rows, ds.Columns = 2, 7, 1920, 1640
    return ds


def facts(ds: Dataset, syntax: str = EXPLICIT_LE, **said: str) -> ImageFacts:
    walk = Walk(syntax, WANTED)
    walk.feed(encoded(ds, syntax))
    walk.finish()
    request = RequestFacts(
        **{"sop_class": SOP_CLASS, "sop_uid": SOP_UID, "transfer_syntax": syntax, "source": "CR1", **said}
    )
    return facts_of_walk(walk, request)


@pytest.mark.parametrize("syntax", [IMPLICIT_LE, EXPLICIT_LE, EXPLICIT_BE])
def test_what_is_known_of_an_image(syntax: str) -> None:
    assert facts(an_image(), syntax) == ImageFacts(
        sop_uid=SOP_UID,
        sop_class=SOP_CLASS,
        study_uid="1.2.3",
        series_uid="1.2.3.4",
        modality="CR",
        patient_id="00012345",
        issuer="0001",
        name=("MIHON TARO", "見本 太郎", "ミホン タロウ"),
        sex="M",
        birth_date="19700102",
        study_date="20261123",
        study_time="101530",
        accession="V1",
        series_number=2,
        body_part="CHEST",
        instance_number=7,
        rows=1920,
        columns=1640,
        transfer_syntax=syntax,
        charset="ISO_IR 192",
        source="CR1",
        view_hints={
            "ViewPosition": "PA",
            "PatientOrientation": "L\\F",
            "BodyPartExamined": "CHEST",
            "ViewCodeSequence": "postero-anterior",
        },
    )


def test_the_order_number_of_the_request_counts_where_the_study_has_none() -> None:
    ds = an_image()
    ds.AccessionNumber = ""
    request = Dataset()
    request.AccessionNumber = "V9"
    ds.RequestAttributesSequence = Sequence([request])
    assert facts(ds).accession == "V9"


@pytest.mark.parametrize("keyword", ["SOPInstanceUID", "SOPClassUID"])
def test_an_image_that_is_not_the_announced_one_is_refused(keyword: str) -> None:
    ds = an_image()
    setattr(ds, keyword, "1.2.3.99")
    with pytest.raises(Refused) as why:
        facts(ds)
    assert why.value.reason == "mismatch"


def test_an_image_without_its_uid_is_refused() -> None:
    ds = an_image()
    del ds.SOPInstanceUID
    with pytest.raises(Refused):
        facts(ds)


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID"])
@pytest.mark.parametrize("value", ["../../x", "/tmp/x", "..", "1.2.a", "1" * 65])
def test_a_uid_that_is_none_is_refused(keyword: str, value: str) -> None:
    ds = an_image()
    ds[keyword]._value = value
    with pytest.raises(Refused) as why:
        facts(ds, sop_uid=value if keyword == "SOPInstanceUID" else SOP_UID)
    assert why.value.reason == "bad_uid"


def test_an_image_without_study_is_kept_apart_from_other_patients() -> None:
    one, other = an_image(), an_image()
    for ds in (one, other):
        del ds.StudyInstanceUID, ds.SeriesInstanceUID
    other.PatientID = "00012346"
    first, second = facts(one), facts(other)
    assert first.study_uid != second.study_uid and first.series_uid != second.series_uid
    assert first == facts(one)
    assert set(first.doubts) == {"no_study_uid", "no_series_uid"}


def test_odd_values_are_doubts() -> None:
    ds = an_image()
    ds["StudyDate"]._value = "2026.13.45"
    ds["Modality"]._value = "cr/1"
    ds["InstanceNumber"]._value = "abc"
    told = facts(ds)
    assert (told.study_date, told.modality, told.instance_number) == ("", "", None)
    assert set(told.doubts) == {"bad_date", "no_modality"}


def test_dates_of_old_devices_are_read() -> None:
    ds = an_image()
    ds["StudyDate"]._value = "2026.11.23"
    assert facts(ds).study_date == "20261123"


def test_a_file_is_read_with_and_without_its_head(tmp_path: Path) -> None:
    body = encoded(an_image(), EXPLICIT_LE)
    path = tmp_path / "image"
    path.write_bytes(part10_head(SOP_CLASS, SOP_UID, EXPLICIT_LE) + body)
    opened = open_part10(path)
    assert (opened.transfer_syntax, opened.sop_class, opened.sop_uid) == (EXPLICIT_LE, SOP_CLASS, SOP_UID)
    with_head = facts_of_file(path)
    path.write_bytes(body)
    assert facts_of_file(path) == with_head
    path.write_bytes(encoded(an_image(), IMPLICIT_LE))
    assert facts_of_file(path).patient_id == "00012345"


@pytest.mark.parametrize("content", [b"", b"abc", b"%PDF-1.4 " * 40, "健診番号,氏名\n".encode("cp932") * 30])
def test_other_files_are_told_apart(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(Refused):
        facts_of_file(path)


def test_every_foreign_file_is_read_or_refused_in_words(shared_data: Path) -> None:
    refused = []
    for path in sorted((shared_data / "dicom").rglob("*")):
        if path.is_file():
            try:
                assert valid(facts_of_file(path))
            except Refused as why:
                assert why.told()
                refused.append(path.name)
    assert {"MR_truncated.dcm", "rtplan_truncated.dcm", "image_dfl.dcm"} <= set(refused)
    assert len(refused) < 25


def valid(told: ImageFacts) -> bool:
    return bool(told.sop_uid and told.study_uid and told.series_uid)
