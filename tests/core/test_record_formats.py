"""Records for consoles: bytes of the encoding, no half character, never another patient's ID."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import pytest

from kiosk.core.patient import Patient
from kiosk.core.record_formats import (
    FieldFormat,
    NoRecord,
    RecordFormat,
    date_text,
    file_name,
    record_of,
    troubles,
    written,
)

NOW = datetime(2026, 11, 25, 10, 15)
TARO = record_of(
    Patient("", "00012345", "髙橋 𠮷男", "タカハシ ダイゴ", "", "M", date(1971, 4, 2)), now=NOW, number="001"
)


def field(source: str, **more: object) -> FieldFormat:
    return FieldFormat(source, **more)  # type: ignore[arg-type]


def one(each: FieldFormat, **format_: object) -> bytes:
    return written(RecordFormat(fields=[each], line_end="none", **format_), TARO)  # type: ignore[arg-type]


def test_csv_as_most_consoles_read_it() -> None:
    assert written(RecordFormat(), TARO).decode("cp932") == "00012345,髙橋 吉男,ﾀｶﾊｼ ﾀﾞｲｺﾞ,M,19710402\r\n"
    headed = RecordFormat(
        header=True, quote="all", encoding="utf-8-sig", line_end="lf", fields=[field("sex", name="性別")]
    )
    assert written(headed, TARO) == '\ufeff"性別"\n"M"\n'.encode()


def test_fixed_length_in_bytes_and_never_half_a_character() -> None:
    fixed = RecordFormat(
        "fixed", line_end="none",
        fields=[field("patient_id", width=10, align="right", pad="0"), field("kanji", width=7), field("kana", width=6)],
    )  # fmt: skip
    data = written(fixed, TARO)
    assert len(data) == 23 and data[:10] == b"0000012345"
    assert data[10:17].decode("cp932") == "髙橋 吉", "7 bytes hold 3 characters and a blank"
    assert data[17:].decode("cp932") == "ﾀｶﾊｼ  ", "the sound mark is not parted from its kana"


def test_an_identifier_is_refused_rather_than_shortened() -> None:
    with pytest.raises(NoRecord) as told:
        one(field("patient_id", width=6))
    assert told.value.reason == "too_long"
    for wrong, reason in ((replace(field("remark"), needed=True), "missing"), (field("patient_id"), "characters")):
        with pytest.raises(NoRecord) as told:
            written(RecordFormat(fields=[wrong], encoding="ascii"), {**TARO, "patient_id": "０００１"})
        assert told.value.reason == reason


def test_ini_and_the_codes_of_sex() -> None:
    ini = RecordFormat(
        "ini", sex={"M": "1", "F": "2"}, fields=[field("patient_id", name="ID"), field("sex", name="SEX")]
    )  # fmt: skip
    assert written(ini, TARO) == b"[PATIENT]\r\nID=00012345\r\nSEX=1\r\n"
    with pytest.raises(NoRecord):
        written(ini, {**TARO, "sex": "O"})


@pytest.mark.parametrize(
    ("form", "text"),
    [("yyyymmdd", "19710402"), ("yyyy/mm/dd", "1971/04/02"), ("era", "S460402"), ("era_digit", "3460402"),
     ("era_parted", "S46.04.02"), ("era_kanji", "昭和46年4月2日")],
)  # fmt: skip
def test_dates_western_and_by_era(form: str, text: str) -> None:
    assert date_text(date(1971, 4, 2), form) == text  # type: ignore[arg-type]


def test_the_first_day_of_an_era_and_a_day_before_all_of_them() -> None:
    assert date_text(date(2019, 5, 1), "era") == "R010501" and date_text(date(2019, 4, 30), "era") == "H310430"
    with pytest.raises(NoRecord):
        date_text(date(1872, 12, 31), "era")


@pytest.mark.parametrize(
    ("kana", "text"), [("half", "ﾀｶﾊｼ ﾀﾞｲｺﾞ"), ("full", "タカハシ ダイゴ"), ("hiragana", "たかはし だいご")]
)
def test_kana_in_three_forms(kana: str, text: str) -> None:
    assert one(field("kana"), kana=kana).decode("cp932") == text


def test_a_delimiter_inside_and_line_breaks_do_no_harm() -> None:
    record = {**TARO, "kanji": '見本,太"郎\n\t次', "patient_id": "1"}
    assert written(RecordFormat(fields=[field("kanji")]), record).decode("cp932") == '"見本,太""郎  次"\r\n'
    with pytest.raises(NoRecord):
        written(RecordFormat(fields=[field("kanji")], quote="never"), record)


def test_file_names_stay_in_their_folder() -> None:
    assert file_name("{patient_id}_{now}.csv", TARO) == "00012345_20261125101500.csv"
    for pattern, record in (
        ("../{patient_id}", TARO),
        ("{patient_id}", {**TARO, "patient_id": "a/b"}),
        ("{nothing}", TARO),
    ):
        with pytest.raises(NoRecord):
            file_name(pattern, record)


def test_a_format_that_does_not_fit_is_told() -> None:
    assert troubles(RecordFormat()) == []
    wrong = RecordFormat("fixed", fields=[field("patient"), field("sex", pad="全")], delimiter=",,")
    assert len(troubles(wrong)) == 4
