"""Both eyes graded by keys: words, codes and category, and the way back from the words."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.finding import FindingBody, Item
from kiosk.core.fundus_reading import Eye, Reading, body_of, normal, read_body, read_master, same_in_other
from kiosk.core.judgement import read_judgement, trouble_before_signing
from kiosk.modes.findings.rules import Editor
from kiosk.store.masters import default_master

JUDGEMENT = read_judgement(default_master("findings"))
KIND = JUDGEMENT.kind("FUNDUS")
MASTER = read_master(default_master("fundus_reading"), KIND)
CODES = {each.code for each in KIND.codes}

EYES = st.builds(
    Eye,
    st.fixed_dictionaries(
        {}, optional={item.key: st.sampled_from([g.digit for g in item.grades]) for item in MASTER.items}
    ).map(lambda chosen: tuple(sorted(chosen.items()))),
    st.frozensets(st.sampled_from([each.code for each in MASTER.signs]), max_size=4),
)


def test_the_master_fits_the_list_of_findings() -> None:
    keys = [each.key for each in (*MASTER.items, *MASTER.signs)]
    assert len(keys) == len(set(keys)) and not set(keys) & set("afgjnpxz")
    for item in MASTER.items:
        assert item.grade(item.normal) is not None
        assert not item.grade(item.normal).category  # type: ignore[union-attr]
        for grade in item.grades:
            assert not grade.code or grade.code in CODES
            assert not grade.category or JUDGEMENT.category(grade.category) is not None
    assert len(MASTER.signs) == 10
    retired = {each.code: dataclasses.replace(each, retired=True) for each in KIND.codes if each.code == "40201"}
    kind = dataclasses.replace(KIND, codes=tuple(retired.get(each.code, each) for each in KIND.codes))
    assert len(read_master(default_master("fundus_reading"), kind).signs) == 9


def test_no_abnormality_is_one_sentence_and_category_a() -> None:
    body = body_of(MASTER, JUDGEMENT, KIND, normal(MASTER), FindingBody(key_images=(7,)))
    assert body == FindingBody(KIND.normal, (), "A", (7,), items=body.items)
    assert trouble_before_signing(JUDGEMENT, body, KIND) == [], "what the findings master requires is entered as well"
    assert {value for _, place, value in body.items if place == "右"} == {"H0", "S0", "0", "A0", "0.3", "なし", "良好"}


def test_each_eye_is_said_by_itself_and_the_gravest_decides() -> None:
    right = Eye().graded("h", "1").graded("k", "2").toggled("40201")
    reading = normal(MASTER).with_eye("R", right)
    body = body_of(MASTER, JUDGEMENT, KIND, reading, FindingBody())
    assert body.text.split("\n")[0] == "右眼 Scheie H1、Keith-Wagener IIa、所見 網膜出血。"
    assert body.text.split("\n")[1].startswith("左眼 Scheie H0、S0、Keith-Wagener 0")
    assert set(body.codes) == {"40101", "40102", "40201"}
    assert body.category == "D", "bleeding is D2 of the classic letters"
    assert same_in_other(reading, "R").eye("L") == right
    assert Eye().graded("h", "1").graded("h", "") == Eye()


def test_fields_and_grades_say_the_same_at_both_places() -> None:
    reading = normal(MASTER).with_eye("R", normal(MASTER).eye("R").graded("o", "7").toggled("40201").toggled("40302"))
    entered = Item("vessel.wm", "左", "軽度")  # is not graded here
    body = body_of(MASTER, JUDGEMENT, KIND, reading, FindingBody(items=(entered,)))
    assert entered in body.items
    right = {field: value for field, place, value in body.items if place == "右"}
    assert (right["retina.scott"], right["retina.signs"], right["nerve.nfld"]) == ("V", "出血", "あり")

    station = Editor(JUDGEMENT, KIND, FindingBody())  # begun at the findings station, gone on with here
    station.enter(KIND.part("血管"), "h", "右", "H2")
    station.enter(KIND.part("網膜"), "signs", "左", "ドルーゼン")
    again = read_body(MASTER, JUDGEMENT, KIND, station.body)
    assert again == Reading((Eye().graded("h", "2"), Eye().toggled("40206")))
    station.enter(KIND.part("血管"), "wm", "右", "軽度")
    again = read_body(MASTER, JUDGEMENT, KIND, station.body)
    assert "Wong-Mitchell 軽度" in again.words and again.eye("R").grade("h") == "2", "what has no grade stays in words"


@given(EYES, EYES, st.sampled_from(["", "C6"]), st.sampled_from(["", "前回と比べて変化を認めません。"]))
def test_what_is_written_can_be_read_back(right: Eye, left: Eye, category: str, words: str) -> None:
    reading = Reading((right, left), category, words)
    body = body_of(MASTER, JUDGEMENT, KIND, reading, FindingBody())
    again = read_body(MASTER, JUDGEMENT, KIND, body)
    assert (again.eyes, again.words) == (reading.eyes, words)
    assert body_of(MASTER, JUDGEMENT, KIND, again, FindingBody()) == body


def test_what_somebody_else_wrote_stays_as_it_is() -> None:
    text = "右眼 中心窩に小出血、経過観察。\n左眼 Scheie H1。"
    reading = read_body(MASTER, JUDGEMENT, KIND, FindingBody(text, (), "C"))
    assert reading.words == "右眼 中心窩に小出血、経過観察。"
    assert reading.eye("L") == Eye().graded("h", "1") and reading.category == "C"
