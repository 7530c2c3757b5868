"""Codes are read exactly or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.barcodes import CODE39, LONGEST, BarcodeSettings, Code, check_digit, read_code, troubles
from kiosk.core.faults import Refused

NW7 = BarcodeSettings(kind="nw7", check="mod16")
HOUSE = BarcodeSettings(
    kind="nw7", letters="AA", length="14", pattern=r"(?P<institution>\d{2})(?P<day>\d{8})(?P<number>\d{4})"
)


@pytest.mark.parametrize(
    ("data", "check", "digit"),
    [
        ("37859", "mod16", "+"),  # A37859B, as published
        ("490123456789", "mod10_3", "4"),  # an EAN
        ("7992739871", "mod10_2", "3"),  # Luhn's own example
        ("123456", "7dr", str(123456 % 7)),
        ("123456", "9dr", str(123456 % 9)),
        ("CODE39", "mod43", CODE39[(12 + 24 + 13 + 14 + 3 + 9) % 43]),
        ("261533", "mod11", "9"),
    ],
)
def test_check_digits(data: str, check: Any, digit: str) -> None:
    assert check_digit(data, check, ("A", "B") if check == "mod16" else ("", "")) == digit


@pytest.mark.parametrize(
    "text",
    ["A37859+B", "a37859+b", "Ａ３７８５９＋Ｂ", " A37859+B\r", "A37859+B\t"],
    ids=["", "small", "full", "cr", "tab"],
)
def test_whatever_the_reader_or_an_input_method_makes_of_it(text: str) -> None:
    assert read_code(text, NW7) == Code("37859")


def test_letters_that_the_reader_keeps_for_itself() -> None:
    assert read_code("37859+", replace(NW7, letters="AB")) == Code("37859")
    with pytest.raises(Refused):
        read_code("37859+", replace(NW7, letters="AA"))


def test_a_code_is_taken_apart() -> None:
    assert read_code("A01202611250042A", HOUSE) == Code("0042", "", date(2026, 11, 25), "01")
    patient = BarcodeSettings(prefix="%", suffix="#", pattern=r"P(?P<patient_id>\d{8})")
    assert read_code("%P00012345#", patient) == Code(patient_id="00012345")


@pytest.mark.parametrize(
    ("text", "how", "reason"),
    [
        ("A37859B", NW7, "check"),  # half of it, or another's digit
        ("A37858+B", NW7, "check"),
        ("A37859+", NW7, "letters"),
        ("37859+B", NW7, "letters"),
        ("A37859+BA37859+B", NW7, "letters"),  # scanned twice in one breath
        ("A0120261125004A", HOUSE, "length"),
        ("A01202613250042A", HOUSE, "form"),
        ("", NW7, "empty"),
        ("\r\n", NW7, "empty"),
        ("9" * 10_000, BarcodeSettings(), "long"),
        ("12345", BarcodeSettings(prefix="%"), "added"),
        ("ABC", BarcodeSettings(pattern=r"(?P<number>\d+)"), "form"),
        ("表ソ予能", replace(NW7), "letters"),
        ("12X45", BarcodeSettings(check="7dr"), "check"),
    ],
)
def test_what_is_not_exactly_so_is_refused(text: str, how: BarcodeSettings, reason: str) -> None:
    with pytest.raises(Refused) as why:
        read_code(text, how)
    assert why.value.reason == reason and why.value.next_step.text


@given(data=st.text("0123456789", min_size=1, max_size=12), wrong=st.integers(0, 11), by=st.integers(1, 9))
def test_one_wrong_digit_never_passes_the_strong_ones(data: str, wrong: int, by: int) -> None:
    """mod 10 with weight 2 (Luhn), mod 16 and mod 43 notice every single wrong digit."""
    at = wrong % len(data)
    other = data[:at] + str((int(data[at]) + by) % 10) + data[at + 1 :]
    for check in ("mod10_2", "mod43"):
        how = BarcodeSettings(kind="code39", check=check)  # type: ignore[arg-type]
        assert read_code(data + check_digit(data, check), how).number == data  # type: ignore[arg-type]
        with pytest.raises(Refused):
            read_code(other + check_digit(data, check), how)  # type: ignore[arg-type]
    digit = check_digit(data, "mod16", ("A", "A"))
    assert read_code(f"A{data}{digit}A", NW7).number == data
    with pytest.raises(Refused):
        read_code(f"A{other}{digit}A", NW7)


@given(text=st.text(max_size=2 * LONGEST))
def test_noise_is_read_or_refused_and_nothing_else(text: str) -> None:
    for how in (NW7, HOUSE, BarcodeSettings(), BarcodeSettings(kind="code39", check="mod43")):
        try:
            code = read_code(text, how)
        except Refused:
            continue
        assert code.number or code.patient_id


def test_settings_that_make_no_sense_are_named() -> None:
    assert troubles(BarcodeSettings()) == [] and troubles(HOUSE) == []
    wrong = BarcodeSettings(check="mod16", letters="XY", length="many", pattern="(")
    assert len(troubles(wrong)) == 4
    assert troubles(BarcodeSettings(pattern=r"\d+")) == ["pattern: number / patient_id"]
