"""What a viewer of another maker is told: fields, letters that its encoding lacks, and templates that ask too much."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kiosk.core.faults import Fault
from kiosk.core.outside_viewer import check_templates, encoded, files_in_order, filled, values_of
from kiosk.core.picture import PictureFacts
from kiosk.core.stack import stacks_of
from kiosk.core.study_search import study_of_answer

FACTS = PictureFacts("b.dcm", "1.1", "1.2", "1.3", "CR", "見本 太郎", "P1", "19710402", "M", "20261124", number=2)
STACKS = stacks_of([FACTS, replace(FACTS, path="a.dcm", sop_uid="1.0", number=1)])


def test_fields_are_filled_in_and_nothing_else_is_touched() -> None:
    told = values_of(STACKS, None, None, "cp932")
    assert files_in_order(STACKS) == ["a.dcm", "b.dcm"]
    text = filled("ID={id}\nNAME={name} {birth} {sex} {age} {{x}} %s {series}", told.values)
    assert text == "ID=P1\nNAME=見本 太郎 19710402 M 55 {{x}} %s 1" and told.changed == ""
    assert encoded(text, "cp932").startswith("ID=P1\r\nNAME=見本".encode("cp932"))
    check_templates("{id} {count} {folder}")
    with pytest.raises(Fault) as wrong:
        check_templates("{id}", "{namae}")
    assert "{namae}" in str(wrong.value.sentence)


def test_a_name_that_the_encoding_lacks_is_told_by_its_kana_and_said() -> None:
    study = study_of_answer({"PatientName": "YOSHIDA^TARO=𠮷田^太郎=ヨシダ^タロウ"})
    told = values_of(STACKS, study, None, "cp932")
    assert told.values["name"] == "ヨシダ タロウ" == told.changed
    assert values_of(STACKS, study, None, "utf-8").changed == ""
    vendor = study_of_answer({"PatientName": "=髙橋^太郎"})
    assert values_of(STACKS, vendor, None, "cp932").values["name"] == "髙橋 太郎"
    assert encoded("𠮷田〜", "cp932").decode("cp932") == "〓田～\r\n"
