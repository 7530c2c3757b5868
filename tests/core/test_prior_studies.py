"""Previous studies that are worth having, and a neighbour's studies that are of our examinees."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.core.prior_studies import choose_priors, is_ours

DAY = date(2026, 11, 26)


def study(day: str, modalities: str, uid: str = "", patient_id: str = "00012345") -> dict[str, str]:
    return {"StudyDate": day, "StudyTime": "", "ModalitiesInStudy": modalities, "StudyInstanceUID": uid or day,
            "PatientID": patient_id}  # fmt: skip


def chosen(rows: list[dict[str, str]], modalities: tuple[str, ...] = ("CR", "US"), newest: int = 2) -> list[str]:
    return [row["StudyInstanceUID"] for row in choose_priors(rows, DAY, modalities, newest, 5)]


def test_the_newest_of_each_modality_before_the_day() -> None:
    rows = [study("20261126", "CR"), study("20251120", "CR"), study("20241120", "CR"), study("20231120", "CR"),
            study("20231119", "US"), study("20251119", "MR"), study("20191120", "US")]  # fmt: skip
    assert chosen(rows) == ["20251120", "20241120", "20231119"]
    assert chosen(rows, newest=1) == ["20251120", "20231119"]
    assert chosen(rows, ("MR",)) == ["20251119"]
    assert chosen(rows, ()) == []


def test_five_years_and_a_study_of_several_modalities() -> None:
    assert chosen([study("20211126", "CR"), study("20211125", "CR")]) == ["20211126"]
    both = [study("20251120", "CR\\US"), study("20241120", "CR"), study("20231120", "CR"), study("20221120", "US")]
    assert chosen(both) == ["20251120", "20241120", "20221120"]
    assert chosen([study("20251120", ""), study("20241120", "")], newest=1) == ["20251120"]


@pytest.mark.parametrize(
    ("row", "ours"),
    [
        (study("20261126", "CT"), True),
        (study("20261126", "CT", patient_id="1234567"), False),
        (study("20261126", "CT", patient_id="A0012345"), False),
        (study("20261126", "CT", patient_id="MAPPED"), True),
        (study("20261126", "US"), False),
        (study("20261126", ""), True),
        (study("20261126", "CT", patient_id=""), False),
    ],
)
def test_ours_by_the_number_of_digits_or_by_the_table(row: dict[str, str], ours: bool) -> None:
    assert is_ours(row, ("CT", "MR"), ("8",), lambda patient_id: patient_id == "MAPPED") == ours
