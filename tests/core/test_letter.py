"""A referral letter: what it begins with, and which mandated items are missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.core.letter import LetterBody, Said, Sender, letter_body, missing_items, prefilled, trouble_before_signing
from kiosk.core.patient import Patient
from kiosk.core.words import say

SENDER = Sender("見本健診センター", "例示県例示市1-2-3", "000-000-0000")
PATIENT = Patient("", "P00001", "見本 太郎", "ミホン タロウ", "", "M", date(1971, 4, 2))
WHOLE = LetterBody(
    "例示病院", day="2026-11-24", diagnosis="肝腫瘤", purpose="精密検査のお願い", history="なし", course="肝S5に腫瘤。",
    treatment="なし", prescription="なし",
)  # fmt: skip


def test_a_letter_begins_with_the_findings_that_want_one() -> None:
    said = [
        Said("眼底", "A 異常なし", "異常を認めません。", ("白内障",), key_images=(9,)),
        Said("腹部超音波", "D 要精密検査", "肝S5に腫瘤。", ("肝腫瘤", "肝嚢胞"), True, (3, 1, 3)),
    ]
    extra = {"postal": "000-0001", "address": "例示市見本町1", "phone": "090-0000-0000", "occupation": "会社員"}
    body = prefilled(said, extra, "2026-11-24", "精密検査のお願い")
    assert body.course == "【腹部超音波】D 要精密検査\n肝S5に腫瘤。\n【眼底】A 異常なし\n異常を認めません。"
    assert (body.diagnosis, body.key_images) == ("肝腫瘤、肝嚢胞", (3, 1))
    assert (body.address, body.phone, body.occupation) == ("000-0001 例示市見本町1", "090-0000-0000", "会社員")
    assert prefilled([], {}, "2026-11-24", "") == LetterBody(day="2026-11-24")


def test_a_whole_letter_lacks_nothing() -> None:
    assert missing_items(WHOLE, SENDER, PATIENT) == []
    assert trouble_before_signing(WHOLE, SENDER, PATIENT) is None


def test_all_that_is_missing_is_named_at_once() -> None:
    trouble = trouble_before_signing(LetterBody(), Sender(""), Patient("", "P00001"))
    assert trouble is not None
    assert say(trouble) == (
        "These items of the letter are still missing: Addressee, Date of the letter, Name of our institution, "
        "Address of our institution, Telephone of our institution, Patient's name, Sex, Birth date, "
        "Name of the disease, Purpose of the referral, Past and family history, Course and results of examinations, "
        "Course of treatment, Current prescription."
    )
    assert missing_items(replace(WHOLE, treatment="  \n"), SENDER, PATIENT) == ["Course of treatment"]


def test_who_is_no_medical_institution_must_be_able_to_reach_the_patient() -> None:
    school = replace(WHOLE, medical=False)
    assert missing_items(school, SENDER, PATIENT) == ["Patient's address", "Patient's telephone"]
    assert missing_items(replace(school, address="例示市1", phone="0"), SENDER, PATIENT) == []


def test_a_letter_is_the_same_after_the_store() -> None:
    body = replace(WHOLE, key_images=(2, 1), medical=False)
    assert letter_body(body.as_data()) == body
    assert letter_body({**body.as_data(), "of a newer program": 1}) == body
    assert "肝腫瘤" in body.words and "例示病院" in body.words
