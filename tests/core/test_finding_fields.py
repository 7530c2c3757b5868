"""The fields of every shipped kind: what can be typed, which sentence comes of it, which category the rules suggest."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.core.finding import FindingBody, Item
from kiosk.core.finding_fields import Choice, Field, filled, normal_items, placeholders, values_in, with_value
from kiosk.core.finding_tables import tables_of
from kiosk.core.judgement import Judgement, Kind, read_judgement, suggested, trouble_before_signing
from kiosk.store.masters import default_master


@pytest.fixture(scope="module")
def judgement() -> Judgement:
    return read_judgement(default_master("findings"))


def body_of(kind: Kind, **values: str) -> FindingBody:
    """``lesion_size_1="12"``: part, field and place."""
    items: tuple[Item, ...] = ()
    for name, value in values.items():
        part, field, place = name.split("_")
        items = with_value(items, f"{part}.{field}", {"R": "右", "L": "左", "x": ""}.get(place, place), value)
    codes = tuple(each.value for each in items if each.field.endswith(".code"))
    return FindingBody(codes=codes, items=items)


def test_every_kind_of_the_specification_has_its_fields(judgement: Judgement) -> None:
    """domain.md 5.4: one kind each, with what is told apart in it."""
    wanted = {
        "CHEST": ["ctr"], "CHESTCT": ["segment", "solid"], "BRAINMR": ["fazekas", "pvh"],
        "GASTRO": ["route", "la", "atrophy", "hp", "biopsy", "group", "scope"], "ABDOMEN": ["site", "category"],
        "BREAST": ["clock", "distance", "dw", "halo", "area", "category"], "MAMMO": ["category", "density"],
        "FUNDUS": ["h", "s", "kw", "davis", "scott", "wm", "cd", "media"], "GYNE": ["bethesda", "body", "hpv"],
        "COLON": ["reach"], "CAROTID": ["imt"], "THYROID": ["halo"], "ECHO": ["ef"],
    }  # fmt: skip
    for kind, fields in wanted.items():
        there = {each.code for part in judgement.kind(kind).fields for each in part.fields}
        assert set(fields) <= there, kind


def test_no_abnormality_leaves_nothing_out_and_suggests_nothing_worse(judgement: Judgement) -> None:
    for kind in judgement.kinds.values():
        body = FindingBody(text=kind.normal, items=normal_items(kind.fields))
        assert kind.told(body.items) == {}, kind.code
        assert suggested(judgement, kind, body) in ("", "A"), kind.code


@pytest.mark.parametrize(
    ("kind", "values", "category"),
    [
        ("ABDOMEN", {"liver_code_1": "10104", "liver_size_1": "14"}, "C"),
        ("ABDOMEN", {"liver_code_1": "10104", "liver_size_1": "15"}, "D"),
        ("ABDOMEN", {"liver_code_1": "10104", "liver_size_1": "8", "liver_signs_1": "多発"}, "D"),
        ("ABDOMEN", {"gb_code_1": "10201", "gb_size_1": "4"}, "B"),
        ("ABDOMEN", {"gb_code_1": "10201", "gb_size_1": "7"}, "C"),
        ("ABDOMEN", {"gb_code_1": "10201", "gb_size_1": "7", "gb_signs_1": "点状高エコー"}, "B"),
        ("ABDOMEN", {"gb_code_1": "10201", "gb_size_1": "10"}, "D"),
        ("ABDOMEN", {"gb_wall_1": "4"}, "D"),
        ("BREAST", {"total_category_R": "2", "total_category_L": "1"}, "B"),
        ("BREAST", {"total_category_R": "1", "total_category_L": "3"}, "D"),
        ("MAMMO", {"total_category_R": "N", "total_category_L": "2"}, "C"),
        ("FUNDUS", {"vessel_h_R": "H1", "vessel_kw_L": "IIb"}, "D"),
        ("FUNDUS", {"nerve_cd_R": "0.6"}, ""),
        ("FUNDUS", {"nerve_cd_R": "0.7"}, "D"),
        ("GASTRO", {"mucosa_atrophy_x": "C-1"}, "B"),
        ("GASTRO", {"mucosa_hp_x": "現感染"}, "D"),
        ("GYNE", {"cytology_bethesda_x": "ASC-US"}, "D"),
        ("BRAINMR", {"white_fazekas_x": "2"}, "C"),
    ],
)
def test_the_rules_suggest_a_category(judgement: Judgement, kind: str, values: dict[str, str], category: str) -> None:
    found = judgement.kind(kind)
    assert suggested(judgement, found, body_of(found, **values)) == category


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        (Field("la", "LA", choices=tuple(map(Choice, "NMABCD"))), "b", "B"),
        (Field("h", "H", choices=tuple(Choice(f"H{n}") for n in range(5))), "３", "H3"),
        (Field("k", "木村", choices=tuple(map(Choice, ["C-0", "C-1", "O-1"]))), "o1", "O-1"),
        (Field("hp", "HP", choices=tuple(map(Choice, ["未感染", "現感染", "除菌後"]))), "2", "現感染"),
        (Field("hp", "HP", choices=tuple(map(Choice, ["未感染", "現感染", "除菌後"]))), "除", "除菌後"),
        (Field("c", "カテゴリー", choices=(Choice("0", "判定不能"), Choice("3", "良性"))), "3", "3"),
        (Field("s", "所見", "several", (Choice("点状"), Choice("桑実状"), Choice("層不整"))), "31", "点状 層不整"),
        (Field("d", "径", "number", unit="mm", low=1, high=99), "１２．５mm", "12.5"),
        (Field("d", "径", "number", unit="mm", low=1, high=99), "100", None),
        (Field("la", "LA", choices=tuple(map(Choice, "NM"))), "Z", None),
        (Field("t", "番号", "text"), " GIF-1 ", "GIF-1"),
        (Field("la", "LA", choices=tuple(map(Choice, "NM"))), "", ""),
    ],
)
def test_a_digit_a_letter_or_a_beginning_is_enough(field: Field, typed: str, value: str | None) -> None:
    assert field.read(typed) == value


def test_a_sentence_leaves_out_what_is_not_known_and_keeps_a_blank_where_it_must() -> None:
    template = "{place}側[{area}領域]に径{size}mmの腫瘤[({shape})]を認めます。"
    assert filled(template, {"area": "C"}, "右") == "右側C領域に径＿mmの腫瘤を認めます。"
    assert filled(template, {"size": "12", "shape": "不整形"}, "左") == "左側に径12mmの腫瘤(不整形)を認めます。"
    assert (
        filled("{place}眼: [Scheie {h}][{s}、][C/D比{cd}、]。", {"h": "H1", "s": "S0"}, "右") == "右眼: Scheie H1S0。"
    )
    assert placeholders(template) == ["area", "size", "shape"]
    template = "肝S{site}に径{size}mmの嚢胞を認めます。"
    assert values_in("肝S5に径＿mmの嚢胞を認めます。", template, "1", {}) == {"site": "5", "size": ""}
    assert values_in("肝に嚢胞を認めます。", template, "1", {}) is None


def test_what_is_missing_for_a_signature_is_named(judgement: Judgement) -> None:
    kind = judgement.kind("BREAST")
    body = body_of(kind, total_category_R="3", lesion_size_2="12")
    told = [str(each) for each in trouble_before_signing(judgement, body, kind)]
    assert any("総合 左 検診カテゴリー" in each for each in told) and any("乳房 2" in each for each in told)
    assert not any("右" in each for each in told)


def test_the_tables_of_the_page_follow_the_layout(judgement: Judgement) -> None:
    kind = judgement.kind("BREAST")
    body = body_of(kind, lesion_code_2="61103", lesion_size_2="12", total_category_R="3", total_category_L="1")
    first, second = tables_of(kind, body)
    assert [each.title for each in first + second] == ["総合", "乳房"]
    assert first[0].columns == ("右", "左") and second[0].columns == ("2",)
    assert second[0].rows == (("", ("腫瘤 カテゴリー3",)), ("径", ("12mm",)))


def test_one_empty_row_makes_nothing_vanish() -> None:
    data: dict[str, Any] = default_master("findings")
    kind = next(each for each in data["kind"] if each["code"] == "BREAST")
    whole = read_judgement(data).kind("BREAST")
    kind["part"].append({})
    kind["part"][0]["fields"].append({})
    kind["part"][1]["codes"].insert(0, {})
    kind["part"][1]["rules"].append({})
    kind["block"].append({})
    assert read_judgement(data).kind("BREAST") == whole


def test_the_code_book_says_a_sentence_without_names_of_fields(judgement: Judgement) -> None:
    codes = [code for kind in judgement.kinds.values() for code in kind.codes]
    assert not [code.in_words for code in codes if set("{}[]") & set(code.in_words)]
    assert judgement.kind("ABDOMEN").finding("10102").in_words == "肝S＿に径＿mmの嚢胞を認めます。"  # type: ignore[union-attr]
