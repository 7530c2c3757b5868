"""The findings master: what ships is sound, mistakes are all told at once, codes are found by any word."""

from __future__ import annotations

import copy
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault
from kiosk.core.finding import FindingBody
from kiosk.core.judgement import (
    broken_promises,
    found_blocks,
    found_codes,
    read_judgement,
    trouble_before_signing,
)
from kiosk.store.masters import default_master

EXAMINATIONS = Path(__file__).resolve().parents[2] / "kiosk" / "masters" / "examinations.toml"


@pytest.fixture
def data() -> dict[str, Any]:
    return default_master("findings")


@pytest.mark.parametrize(
    ("scheme", "codes"),
    [("2025", ["A", "B", "C", "C12", "C6", "C3", "D", "E"]), ("classic", ["A", "B", "C", "D2", "D1", "E"])],
)
def test_the_shipped_master_is_sound_in_both_wordings(data: dict[str, Any], scheme: str, codes: list[str]) -> None:
    judgement = read_judgement({**data, "scheme": scheme})
    assert [each.code for each in judgement.categories] == codes
    for kind in judgement.kinds.values():
        assert kind.normal and judgement.category(kind.normal_category) is not None
        for code in kind.codes:
            assert code.sentence.endswith("。") and code.kana, code
            assert judgement.category(code.category) is not None, code


def test_every_kind_of_the_old_programs_has_its_list(data: dict[str, Any]) -> None:
    kinds = {kind.code for kind in read_judgement(data).kinds.values() if kind.codes}
    assert {"BRAINMR", "CHESTCT", "GASTRO", "ABDOMEN", "BREAST", "GYNE"} <= kinds
    exams = tomllib.loads(EXAMINATIONS.read_text(encoding="utf-8"))["examination"]
    assert kinds <= {each["code"] for each in exams}
    assert {each["code"] for each in exams if each.get("modality")} <= kinds


def test_an_examination_without_a_list_has_the_general_sentences(data: dict[str, Any]) -> None:
    kind = read_judgement(data).kind("HEARING", "聴力")
    assert (kind.code, kind.name, kind.codes) == ("HEARING", "聴力", ())
    assert kind.normal and kind.blocks


def test_letters_of_the_other_wording_are_understood(data: dict[str, Any]) -> None:
    new, old = read_judgement(data), read_judgement({**data, "scheme": "classic"})
    assert new.category("D2").code == "D" and old.category("C6").code == "C"  # type: ignore[union-attr]
    assert new.category("Z") is None and new.category("") is None
    assert (new.gravest(["B", "D1", "C3"]), old.gravest(["B", "D"]), new.gravest(["", "Z"])) == ("D", "D2", "")


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        *((typed, "肝嚢胞") for typed in ("カンノウホウ", "かんのう", "ｶﾝﾉｳ", "10102", "１０１０２")),
        ("ポリープ", "胆嚢ポリープ"),
        ("しぼうかん", "脂肪肝"),
        ("水腎", "水腎症"),
    ],
)
def test_a_code_is_found_by_kana_number_or_name(data: dict[str, Any], typed: str, name: str) -> None:
    assert found_codes(read_judgement(data).kind("ABDOMEN"), typed)[0].name == name


def test_codes_are_narrowed_by_part(data: dict[str, Any]) -> None:
    kind = read_judgement(data).kind("ABDOMEN")
    assert kind.parts == ("肝", "胆", "膵", "脾", "腎", "大動脈・その他")
    assert {code.part for code in found_codes(kind, "", "腎")} == {"腎"}
    assert [code.name for code in found_codes(kind, "ノウホウ", "膵")] == ["膵嚢胞"]
    assert found_codes(kind, "ない語") == []
    assert [block.name for block in found_blocks(kind, "いちねん")] == ["1年後"]


def test_a_retired_code_is_not_offered_but_keeps_its_name(data: dict[str, Any]) -> None:
    code = data["kind"][next(at for at, kind in enumerate(data["kind"]) if kind["code"] == "ABDOMEN")]["part"][0]
    code["codes"][0]["retired"] = True
    judgement = read_judgement(data)
    assert "脂肪肝" not in [each.name for each in found_codes(judgement.kind("ABDOMEN"), "")]
    assert judgement.codes_of("ABDOMEN", ["10101", "99999"]) == [("10101", "脂肪肝"), ("99999", "")]


def test_every_mistake_is_told_at_once(data: dict[str, Any]) -> None:
    kind = {"code": "X", "normal_category": "Q", "part": [{"name": "肺", "codes": [
        {"code": "10101", "name": "重なる"}, {"code": "1", "name": "判定なし", "category": "Y"}]}]}  # fmt: skip
    with pytest.raises(Fault) as caught:
        read_judgement({**data, "kind": [*data["kind"], kind]})
    for part in ("10101: 重なる / 脂肪肝", "1 判定なし: Y", "X: Q"):
        assert part in caught.value.told()
    with pytest.raises(Fault):
        read_judgement({**data, "scheme": "2040"})


def test_a_new_master_may_not_take_codes_and_fields_away(data: dict[str, Any]) -> None:
    before = read_judgement(data)
    changed = copy.deepcopy(data)
    abdomen = next(kind for kind in changed["kind"] if kind["code"] == "ABDOMEN")
    abdomen["part"][0]["codes"][0]["name"] = "脂肪肝(軽度)"
    assert broken_promises(before, before) == []
    assert broken_promises(before, read_judgement(changed)) == []
    del abdomen["part"][0]["codes"][0], abdomen["part"][0]["fields"][1], abdomen["part"][0]["rules"]
    abdomen["part"][0]["codes"] = [{**each, "sentence": "x。"} for each in abdomen["part"][0]["codes"]]
    assert broken_promises(before, read_judgement(changed)) == ["ABDOMEN 肝 10101 脂肪肝", "ABDOMEN 肝 size 径"]
    fewer = {**data, "kind": [kind for kind in data["kind"] if kind["code"] != "ECG"]}
    assert len(broken_promises(before, read_judgement(fewer))) == len(before.kind("ECG").codes)


def test_what_is_missing_for_a_signature_is_named(data: dict[str, Any]) -> None:
    judgement = read_judgement(data)

    def troubles(body: FindingBody) -> list[str]:
        return [str(each) for each in trouble_before_signing(judgement, body)]

    assert troubles(FindingBody("異常なし", (), "A")) == []
    assert troubles(FindingBody("", ("10101",), "C")) == []
    assert len(troubles(FindingBody())) == 2
    assert "blank" in troubles(FindingBody("径＿mm", (), "B"))[0]
    assert "Z" in troubles(FindingBody("異常なし", (), "Z"))[0]
