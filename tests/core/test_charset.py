"""Names and texts reach every peer in characters that it has; pydicom, with warnings as errors, is the judge."""

from __future__ import annotations

import io
import warnings

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydicom import Dataset, dcmread

from kiosk.core.charset import Charset, charset_for_request, charset_named, downgrade, encodable
from kiosk.core.names import (
    KanaForm,
    NameLayout,
    NameProfile,
    person_name,
    profile_for_request,
    read_person_name,
)
from kiosk.core.patient import Patient
from kiosk.core.variants import VARIANTS, read_variants

FAMILIES = (
    "山田 髙橋 山﨑 𠮷田 濵田 栁沢 德永 広瀨 圡屋 渡邊 渡邉 渡辺 齋藤 齊藤 斉藤 "
    "伊藤 表 ソ予能 葛\U000e0100城 神 㐂多 草彅 森鷗 內藤"
).split()
GIVENS = (
    "太郎 花子 ①郎 Ⅲ世 ㈱ さくら サクラ ｻｸﾗ Ann Ｊｏｈｎ ヴィ子 ゐゑ 一―二 "
    "が\u3099 は\u309a 𩸽 \ue000 é ñ 김 张 =\\^ ￥ ¥ ‾ ～ ー ゛"
).split()
any_text = st.one_of(
    st.sampled_from(FAMILIES + GIVENS),
    st.text(st.sampled_from("".join(FAMILIES + GIVENS) + "ｱﾞｶﾟABC xyz\u200b\u3000\n\x1b\x00･｡"), max_size=12),
    st.text(max_size=12),
)
charsets = st.sampled_from(list(Charset))


def through_pydicom(charset: Charset, **elements: str) -> Dataset:
    """Encoded, written and read again, with every warning an error."""
    ds = Dataset()
    if charset.terms:
        ds.SpecificCharacterSet = list(charset.terms)
    for keyword, value in elements.items():
        setattr(ds, keyword, value)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        out = io.BytesIO()
        ds.save_as(out, implicit_vr=False, little_endian=True)
        out.seek(0)
        back = dcmread(out, force=True)
        for keyword in elements:
            str(back[keyword].value)
        return back


@given(any_text, charsets)
@example("ﾀﾞﾞ", Charset.KANJI)
@example("ﾔA山ﾏ田b", Charset.KANA_KANJI)
@settings(max_examples=600)
def test_a_downgraded_text_is_written_and_read_as_it_is(text: str, charset: Charset) -> None:
    told, _ = downgrade(text, charset)
    assert encodable(told, charset)
    told = told.strip()[:64]
    back = through_pydicom(charset, StudyDescription=told)
    assert (back.StudyDescription or "") == told


@given(any_text, any_text, charsets, st.sampled_from(list(NameLayout)), st.sampled_from(list(KanaForm)))
@settings(max_examples=600)
def test_a_name_is_written_and_read_as_it_is(
    family: str, given_name: str, charset: Charset, layout: NameLayout, kana: KanaForm
) -> None:
    patient = Patient("centre", "0012345", f"{family} {given_name}", "ヤマダ タロウ")
    pn, _ = person_name(patient, NameProfile(charset, layout, kana))
    back = through_pydicom(charset, PatientName=pn)
    assert str(back.PatientName) == pn
    assert pn.count("=") <= 2 and all(len(group) <= 64 for group in pn.split("="))
    assert pn.strip("=^")


def test_every_variant_has_a_standard_form_that_kanji_consoles_have() -> None:
    assert len(VARIANTS) > 100
    for variant, standard in VARIANTS.items():
        assert not encodable(variant, Charset.KANJI), variant
        assert downgrade(variant, Charset.KANJI) == (standard, ())
        assert downgrade(variant, Charset.UTF8) == (variant, ())


def test_the_names_of_the_complaints() -> None:
    names = ("髙橋", "山﨑", "𠮷田①", "圡屋Ⅲ㈱", "ﾀﾞｲｽｹ", "草彅", "葛\U000e0100城", "\ue000田")
    told = {name: downgrade(name, Charset.KANJI) for name in names}
    assert told["髙橋"] == ("高橋", ())
    assert told["山﨑"] == ("山崎", ())
    assert told["𠮷田①"] == ("吉田1", ())
    assert told["圡屋Ⅲ㈱"] == ("土屋III(株)", ())
    assert told["ﾀﾞｲｽｹ"] == ("ダイスケ", ())
    assert told["草彅"] == ("草〓", ("彅",))
    assert told["葛\U000e0100城"] == ("葛城", ())
    assert told["\ue000田"] == ("〓田", ("\ue000",))
    assert downgrade("ヤマダ", Charset.KANA) == ("ﾔﾏﾀﾞ", ())
    assert downgrade("ヤマダ ジョン", Charset.KANA) == ("ﾔﾏﾀﾞ･ｼﾞｮﾝ", ())
    assert downgrade("ヤマダ A", Charset.KANA) == ("YAMADA A", ())
    assert downgrade("やまだ", Charset.ASCII) == ("YAMADA", ())
    assert downgrade("\\", Charset.ASCII).text == "/"


@pytest.mark.parametrize(
    ("charset", "layout", "kana", "pn"),
    [
        (Charset.ASCII, NameLayout.ROMAJI, KanaForm.HALF, "TAKAHASHI^YOSHIRO"),
        (Charset.ASCII, NameLayout.HALF_KANA, KanaForm.HALF, "TAKAHASHI^YOSHIRO"),
        (Charset.ASCII, NameLayout.THREE_GROUPS, KanaForm.HALF, "TAKAHASHI^YOSHIRO"),
        (Charset.KANA, NameLayout.HALF_KANA, KanaForm.HALF, "ﾀｶﾊｼ^ﾖｼﾛｳ"),
        (Charset.KANA, NameLayout.THREE_GROUPS, KanaForm.HALF, "TAKAHASHI^YOSHIRO==ﾀｶﾊｼ^ﾖｼﾛｳ"),
        (Charset.KANJI, NameLayout.KANJI_FIRST, KanaForm.HALF, "高橋^吉郎"),
        (Charset.KANJI, NameLayout.THREE_GROUPS, KanaForm.HIRAGANA, "TAKAHASHI^YOSHIRO=高橋^吉郎=たかはし^よしろう"),
        (Charset.KANA_KANJI, NameLayout.THREE_GROUPS, KanaForm.HALF, "TAKAHASHI^YOSHIRO=高橋^吉郎=ﾀｶﾊｼ^ﾖｼﾛｳ"),
        (Charset.UTF8, NameLayout.THREE_GROUPS, KanaForm.KATAKANA, "TAKAHASHI^YOSHIRO=髙橋^𠮷郎=タカハシ^ヨシロウ"),
    ],
)
def test_layouts(charset: Charset, layout: NameLayout, kana: KanaForm, pn: str) -> None:
    patient = Patient("centre", "1", "髙橋 𠮷郎", "タカハシ ヨシロウ")
    assert person_name(patient, NameProfile(charset, layout, kana)).text == pn


def test_bytes_are_those_of_the_standard() -> None:
    # PS3.5 H.3.1 and H.3.2 by their switching pattern.
    ds = Dataset()
    ds.SpecificCharacterSet = list(Charset.KANA_KANJI.terms)
    patient = Patient("centre", "1", "山田 太郎", "ヤマダ タロウ")
    profile = NameProfile(Charset.KANA_KANJI, NameLayout.HALF_KANA)
    ds.PatientName = f"{person_name(patient, profile).text}=山田^太郎"
    out = io.BytesIO()
    ds.save_as(out, implicit_vr=False, little_endian=True)
    assert bytes.fromhex("d4cfc0de5ec0dbb33d1b24423b3345441b284a5e1b244242404f3a1b284a") in out.getvalue()


def test_a_peer_that_can_show_nothing_of_a_name_is_told_the_id() -> None:
    told = person_name(Patient("centre", "0012345", "山田 太郎"), NameProfile())
    assert told == ("0012345", ("山", "田", "太", "郎"))


def test_a_long_name_fits_the_group() -> None:
    told = person_name(Patient("centre", "1", kana="ナ" * 50 + " " + "ガ" * 50), NameProfile(Charset.UTF8)).text
    assert len(told) == 64


@pytest.mark.parametrize(
    ("asked", "charset"),
    [
        ((), Charset.ASCII), (("ISO_IR 100",), Charset.ASCII), (("ISO_IR 13",), Charset.KANA),
        (("", "ISO 2022 IR 87"), Charset.KANJI), (("ISO 2022 IR 6", "ISO 2022 IR 87"), Charset.KANJI),
        (("ISO 2022 IR 13", "ISO 2022 IR 87"), Charset.KANA_KANJI), (("ISO_IR 192",), Charset.UTF8),
    ],
)  # fmt: skip
def test_the_answer_is_in_a_set_that_the_peer_asked_in(asked: tuple[str, ...], charset: Charset) -> None:
    assert charset_for_request(asked) is charset
    assert profile_for_request(asked).charset is charset


def test_names_of_character_sets() -> None:
    assert charset_named("utf8") is Charset.UTF8 and charset_named("\\ISO 2022 IR 87") is Charset.KANJI
    assert charset_named("") is Charset.ASCII and charset_named("iso 2022 ir 13\\iso 2022 ir 87") is Charset.KANA_KANJI
    with pytest.raises(ValueError, match="latin"):
        charset_named("latin")


def test_received_names_are_told_apart_by_what_they_are() -> None:
    told = read_person_name(("YAMADA^TARO", "山田^太郎", "やまだ^たろう"))
    assert told == ("山田 太郎", "ヤマダ タロウ", "YAMADA TARO")
    assert read_person_name(("ﾔﾏﾀﾞ^ﾀﾛｳ", "", "")) == ("", "ヤマダ タロウ", "")
    assert read_person_name(("山田^太郎", "", "")) == ("山田 太郎", "", "")


def test_a_faulty_table_is_refused() -> None:
    with pytest.raises(ValueError, match="twice"):
        read_variants('[variants]\n"高" = "髙髙"\n')
    with pytest.raises(ValueError, match="one character"):
        read_variants('[variants]\n"高い" = "髙"\n')
