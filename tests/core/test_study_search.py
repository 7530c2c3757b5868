"""A search in several stores: what is asked of a server, and one line for a study that lies in several."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.study_search import (
    StudyQuestion,
    birth_date_in,
    dicom_keys,
    fits,
    merged,
    name_forms,
    study_of_answer,
)

ROW = {
    "StudyInstanceUID": "1.2", "PatientID": "P1", "PatientName": "MIHON^TARO=見本^太郎=ミホン^タロウ",
    "ModalitiesInStudy": "CT\\SR", "StudyDate": "20261124", "NumberOfStudyRelatedInstances": "12",
}  # fmt: skip


def test_kana_are_asked_for_in_every_form_that_images_carry() -> None:
    assert name_forms("みほん たろう") == ("ミホン タロウ", "ﾐﾎﾝ ﾀﾛｳ", "MIHON TARO")
    assert name_forms("見本") == ("見本",) and name_forms("  ") == ()
    keys = dicom_keys(StudyQuestion("ミホン", "20261101", "CT"), "20261124")
    assert [each["PatientName"] for each in keys] == ["*ミホン*", "*ﾐﾎﾝ*", "*MIHON*"]
    assert {each["StudyDate"] for each in keys} == {"20261101-20261124"}
    assert {each["ModalitiesInStudy"] for each in keys} == {"CT"}


def test_an_id_and_a_birth_date_are_known_by_their_looks() -> None:
    assert dicom_keys(StudyQuestion("P000１"), "20261124") == [{"PatientID": "P0001*"}]
    assert dicom_keys(StudyQuestion("S46.4.2"), "20261124")[0] == {"PatientBirthDate": "19710402"}
    assert dicom_keys(StudyQuestion("19710402"), "x") == [{"PatientBirthDate": "19710402"}, {"PatientID": "19710402*"}]
    assert dicom_keys(StudyQuestion("", "20261118"), "20261124") == [{"StudyDate": "20261118-20261124"}]
    assert birth_date_in("昭和46年4月2日") == "19710402" and birth_date_in("2026001") == "" == birth_date_in("見本")


def test_a_study_of_several_stores_is_one_line_of_the_nearest() -> None:
    there = study_of_answer(ROW)
    assert there.name == ("MIHON TARO", "見本 太郎", "ミホン タロウ") and there.modalities == ("CT", "SR")
    here = replace(there, id=7, instances=10, description="胸部", birth_date="")
    away = replace(there, study_uid="1.3", study_date="20261125")
    found = merged([("", [here]), ("病院", [replace(there, birth_date="19710402"), away])])
    assert [line.key for line in found] == ["1.3", "1.2"]
    assert [place.store for place in found[1].places] == ["", "病院"] and found[1].nearest == ""
    assert (found[1].study.id, found[1].study.instances, found[1].study.birth_date) == (7, 10, "19710402")


def test_a_server_that_does_not_heed_period_and_kind_is_held_to_them() -> None:
    study = study_of_answer(ROW)
    assert fits(study, StudyQuestion("", "20261101", "CT"))
    assert not fits(study, StudyQuestion("", "20261125")) and not fits(study, StudyQuestion("", "", "MR"))
    assert study_of_answer({}).instances == 0
