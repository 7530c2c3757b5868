"""The check-up system's list: good rows become visits, bad ones become sentences with their line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.core.checkup_list import ListRow, RowProblem, read_checkup_list
from kiosk.core.list_settings import Columns, ListSettings, ListUnreadable
from kiosk.core.words import say

HEADER = "健診番号,受診日,受付時刻,受診者ID,カナ氏名,漢字氏名,性別,生年月日,年齢,コースコード,オプション1,備考"
GOOD = "001,2026/11/24,830,00012345,ﾔﾏﾀﾞ ﾀﾛｳ,山田　太郎,1,S46.4.2,55,A,胃カメラ、MMG,"


def read(text: str | bytes, settings: ListSettings | None = None) -> list[ListRow | RowProblem]:
    data = text.encode("cp932") if isinstance(text, str) else text
    return list(read_checkup_list([data], settings or ListSettings(), institution="0001", issuer="C"))


def one(row: str, settings: ListSettings | None = None) -> ListRow | RowProblem:
    (found,) = read(f"{HEADER}\r\n{row}\r\n", settings)
    return found


def changed(**cells: str) -> str:
    names = dict(zip(HEADER.split(","), GOOD.split(","), strict=True))
    return ",".join({**names, **cells}.values())


def said(found: ListRow | RowProblem) -> str:
    problems = [found] if isinstance(found, RowProblem) else list(found.problems)
    return " ".join(say(problem.sentence) for problem in problems)


def test_a_good_row() -> None:
    row = one(GOOD)
    assert isinstance(row, ListRow) and not row.problems
    assert (row.key.institution, row.key.day, row.key.number) == ("0001", date(2026, 11, 24), "001")
    assert row.line == 2 and row.at == time(8, 30) and row.course == "A" and row.options == ("胃カメラ", "MMG")
    patient = row.patient
    assert (patient.issuer, patient.patient_id, patient.kanji, patient.kana) == (
        "C",
        "00012345",
        "山田 太郎",
        "ヤマダ タロウ",
    )
    assert (patient.romaji, patient.sex, patient.birth_date) == ("YAMADA TARO", "M", date(1971, 4, 2))


def test_characters_of_cp932_come_through() -> None:
    row = one(changed(漢字氏名="髙橋 﨑①", カナ氏名="ﾀｶﾊｼ ｻｷ"))
    assert isinstance(row, ListRow) and row.patient.kanji == "髙橋 﨑①"


def test_yoshi_comes_by_the_table_of_own_characters() -> None:
    # cp932 has no 𠮷; check-up systems write it as a character of their own, F040 here.
    with pytest.raises(UnicodeEncodeError):
        "𠮷".encode("cp932")
    data = f"{HEADER}\r\n{GOOD}\r\n".encode("cp932").replace("山".encode("cp932"), b"\xf0\x40")
    (row,) = read(data, ListSettings(gaiji={"F040": "𠮷"}))
    assert isinstance(row, ListRow) and row.patient.kanji == "𠮷田 太郎" and not row.problems
    (row,) = read(data)
    assert isinstance(row, ListRow) and row.patient.kanji == "〓田 太郎"
    assert "F040" in said(row) and row.problems[0].taken


def test_yoshi_comes_by_utf_8() -> None:
    (row,) = read(f"{HEADER}\n{GOOD}\n".replace("山", "𠮷").encode("utf-8-sig"))
    assert isinstance(row, ListRow) and row.patient.kanji == "𠮷田 太郎"


def test_a_faulty_table_of_own_characters_is_told() -> None:
    for code in ("41", "8140", "XX", "F0"):
        with pytest.raises(ListUnreadable):
            one(GOOD, ListSettings(gaiji={code: "𠮷"}))


def test_a_question_mark_in_a_name_is_told() -> None:
    row = one(changed(漢字氏名="?田 太郎"))
    assert isinstance(row, ListRow) and "?田" in said(row)


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ({"健診番号": ""}, "check-up number"),
        ({"受診者ID": " "}, "ID"),
        ({"受診者ID": "1.23E+10"}, "spreadsheet"),
        ({"受診者ID": "9" * 65}, "too long"),
        ({"受診日": "2026/2/30"}, "2026/2/30"),
        ({"受診日": ""}, "date"),
        ({"漢字氏名": "", "カナ氏名": ""}, "no name"),
    ],
)
def test_a_row_that_cannot_go_in_is_told(cells: dict[str, str], word: str) -> None:
    found = one(changed(**cells))
    assert isinstance(found, RowProblem) and not found.taken and found.line == 2
    assert word in said(found)


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ({"受付時刻": "朝"}, "朝"),
        ({"生年月日": "平成50年1月1日", "年齢": ""}, "平成"),
        ({"生年月日": "2027/1/1", "年齢": ""}, "after"),
        ({"年齢": "45"}, "45"),
        ({"性別": "5"}, "5"),
        ({"カナ氏名": "山田"}, "山田"),
    ],
)
def test_a_row_with_a_doubt_goes_in_and_is_told(cells: dict[str, str], word: str) -> None:
    found = one(changed(**cells))
    assert isinstance(found, ListRow) and found.problems and all(problem.taken for problem in found.problems)
    assert word in said(found)


@pytest.mark.parametrize(
    ("told", "sex"),
    [("1", "M"), ("２", "F"), ("男", "M"), ("女性", "F"), ("m", "M"), ("F", "F"), ("", ""), ("9", ""), ("その他", "O")],
)
def test_sexes(told: str, sex: str) -> None:
    row = one(changed(性別=told))
    assert isinstance(row, ListRow) and row.patient.sex == sex and not row.problems


def test_the_age_of_the_year_is_no_doubt() -> None:
    for age in ("55", "56", "５５歳", "", "五十五"):
        assert not said(one(changed(年齢=age)))


def test_ids_keep_their_zeros_and_lose_their_width() -> None:
    row = one(changed(受診者ID='="00012345"', 健診番号="２０２６－０１７"))
    assert isinstance(row, ListRow) and row.patient.patient_id == "00012345" and row.key.number == "2026-017"


def test_short_and_long_rows() -> None:
    assert "ends too early" in said(one("001,2026/11/24,830"))
    short = one(",".join(GOOD.split(",")[:8]))
    assert isinstance(short, ListRow) and "8" in said(short) and short.cut
    bare = one(",".join(GOOD.split(",")[:10]))  # only options and remark are not there
    assert isinstance(bare, ListRow) and not bare.cut
    shifted = one(GOOD + "x,y")
    assert isinstance(shifted, RowProblem) and "13" in said(shifted)
    assert isinstance(one(GOOD + ",,"), ListRow)


def test_the_second_of_two_rows_with_one_number_is_left_out() -> None:
    first, second, third = read(f"{HEADER}\n{GOOD}\n{GOOD}\n{changed(受診日='2026/11/25')}\n")
    assert isinstance(first, ListRow) and isinstance(third, ListRow)
    assert isinstance(second, RowProblem) and second.line == 3 and "line 2" in said(second)


def test_blank_lines_and_a_broken_row_between_good_ones() -> None:
    found = read(f'{HEADER}\r\n\r\n{GOOD}\r\n,,,\r\n002,"{GOOD}\r\n{changed(健診番号="003")}\r\n')
    assert [type(each).__name__ for each in found] == ["ListRow", "RowProblem", "ListRow"]
    assert [each.line for each in found] == [3, 5, 6]


def test_embedded_line_breaks_count() -> None:
    remarked = changed(備考='"抗凝固薬\n服用中"')
    first, second = read(f"{HEADER}\n{remarked}\n{changed(健診番号='2')}\n")
    assert isinstance(first, ListRow) and first.remark == "抗凝固薬\n服用中"
    assert second.line == 4


def test_headers_are_found_whatever_their_width_and_order() -> None:
    header = ["備考", "ＩＤ", "健診　番号", "受診日（西暦）", "姓", "名", "フリガナ"]
    (row,) = read("\n".join([",".join(header), "x,00012345,001,20261124,山田,太郎,ヤマダ タロウ"]),
                  ListSettings(columns=Columns(patient_id=("ID",), kanji=("姓+名",))))  # fmt: skip
    assert isinstance(row, ListRow) and row.patient.kanji == "山田 太郎" and row.key.day == date(2026, 11, 24)


def test_columns_by_number_without_a_header() -> None:
    columns = Columns(
        number=(1,), day=(2,), time=(3,), patient_id=(4,), kana=(5,), kanji=(6,), sex=(7,), birth_date=(8,)
    )
    (row,) = read(GOOD, ListSettings(header=False, columns=columns, options=(11,)))
    assert isinstance(row, ListRow) and row.line == 1 and row.patient.kanji == "山田 太郎"
    assert row.options == ("胃カメラ", "MMG") and row.course == ""


def test_ticked_options_and_further_columns() -> None:
    told = ListSettings(option_flags={"乳がん": "MMG", "眼底": "FUNDUS"}, extra={"company": "会社名"})
    (row,) = read(f"{HEADER},乳がん,眼底,会社名\n{GOOD},○,0,見本商事\n", told)
    assert isinstance(row, ListRow) and row.options == ("胃カメラ", "MMG") and row.extra == (("company", "見本商事"),)
    (row,) = read(f"{HEADER},眼底\n{GOOD},レ\n", told)
    assert isinstance(row, ListRow) and row.options == ("胃カメラ", "MMG", "FUNDUS")


def test_a_list_without_its_columns_is_refused_as_a_whole() -> None:
    with pytest.raises(ListUnreadable) as why:
        read("番号,日付\n1,2\n")
    assert "健診番号" in why.value.told() and "日付" in why.value.told()
    with pytest.raises(ListUnreadable):
        read("")


def test_other_delimiters_and_line_ends() -> None:
    text = f"{HEADER}\r{GOOD.replace('、', '|')}\r".replace(",", "\t")
    (row,) = read(text, replace(ListSettings(), delimiter="\t"))
    assert isinstance(row, ListRow) and row.options == ("胃カメラ", "MMG")


@given(st.binary(max_size=200), st.integers(1, 40))
@settings(max_examples=300)
def test_any_bytes_give_rows_or_sentences(noise: bytes, size: int) -> None:
    data = f"{HEADER}\n".encode("cp932") + noise + f"\n{changed(健診番号='777')}\n".encode("cp932")
    found = list(
        read_checkup_list([data[i : i + size] for i in range(0, len(data), size)], ListSettings(), institution="1")
    )
    for each in found:
        assert each.line >= 2
        assert said(each) or isinstance(each, ListRow)
    if b'"' not in noise:
        assert [each for each in found if isinstance(each, ListRow) and each.key.number == "777"]
