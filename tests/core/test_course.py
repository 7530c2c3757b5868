"""Courses and options lead to examinations; pictures find the view they are."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kiosk
from kiosk.core.course import CourseBook, arrived_views, plan, read_course_book
from kiosk.core.faults import Fault
from kiosk.core.visit import Examination
from kiosk.core.words import say

MASTERS = Path(kiosk.__file__).parent / "masters"


def shipped() -> CourseBook:
    return read_course_book(
        tomllib.loads((MASTERS / "examinations.toml").read_text("utf-8")),
        tomllib.loads((MASTERS / "courses.toml").read_text("utf-8")),
    )


BOOK = shipped()


def codes(course: str, *options: str) -> list[str]:
    return [exam.code for exam in plan(BOOK, course, options).examinations if exam.gives_images]


def test_the_masters_as_shipped() -> None:
    assert codes("A") == ["CHEST", "STOMACH", "ABDOMEN", "FUNDUS", "ECG"]
    assert [len(BOOK.examinations[code].views) for code in ("CHEST", "FUNDUS", "MAMMO", "STOMACH")] == [2, 2, 4, 4]
    assert not BOOK.examinations["BLOOD"].gives_images
    assert {exam.station_ae for exam in BOOK.examinations.values() if exam.gives_images} >= {"CR1", "US1"}
    assert all(exam.station_ae for exam in BOOK.examinations.values() if exam.gives_images)


def test_a_course_is_found_by_code_name_and_word_in_any_width() -> None:
    assert codes("ドックＡ") == codes("a") == codes("人間ドック A") == codes("A")
    assert plan(BOOK, "", (), "ドックA").course_code == "A"


def test_options_add_and_take_away() -> None:
    assert codes("A", "MMG", "乳腺エコー") == ["CHEST", "STOMACH", "ABDOMEN", "FUNDUS", "ECG", "MAMMO", "BREAST"]
    assert "GASTRO" in codes("A", "胃カメラ変更") and "STOMACH" not in codes("A", "胃カメラ変更")
    assert "FUNDUS" not in codes("A", "-眼底")
    assert codes("A", "胸部X線") == codes("A")


def test_what_the_master_does_not_know_is_told_and_the_rest_counts() -> None:
    found = plan(BOOK, "特別", ["MMG", "なぞ"])
    assert [exam.code for exam in found.examinations] == ["MAMMO"]
    assert [say(each) for each in found.unknown] == [
        "The course “特別” is not in the course master.",
        "The option “なぞ” is not in the course master.",
    ]
    assert found.course_code == "特別"
    assert plan(BOOK, "").unknown == ()


def test_a_faulty_master_names_every_error() -> None:
    with pytest.raises(Fault) as why:
        read_course_book(
            {"examination": [{"code": "a b"}, {"code": "X", "station_ae": "LONGER_THAN_16_LETTERS"}, {"code": "X"}]},
            {"course": [{"code": "A", "examinations": ["NONE"]}, {"code": "B", "name": "A"}]},
        )
    told = why.value.told()
    assert "a b" in told and "16" in told and "twice" in told and "NONE" in told and "Two courses" in told


CHEST, FUNDUS, MAMMO, STOMACH = (BOOK.examinations[code] for code in ("CHEST", "FUNDUS", "MAMMO", "STOMACH"))


@pytest.mark.parametrize(
    ("exam", "hints", "arrived"),
    [
        (CHEST, [], ()),
        (CHEST, [{"ViewPosition": "PA"}], ("FRONT",)),
        (CHEST, [{"ViewPosition": "PA"}, {"ViewPosition": "PA"}], ("FRONT",)),
        (CHEST, [{"ViewPosition": "LL"}], ("SIDE",)),
        (CHEST, [{"PatientOrientation": "L\\F"}, {"PatientOrientation": "P\\F"}], ("FRONT", "SIDE")),
        (CHEST, [{"SeriesDescription": "胸部側面"}], ("SIDE",)),
        (CHEST, [{"ProtocolName": "CHEST LAT"}], ("SIDE",)),
        (CHEST, [{}], ("FRONT",)),
        (CHEST, [{}, {}], ("FRONT", "SIDE")),
        (CHEST, [{"ViewPosition": "LL"}, {}], ("FRONT", "SIDE")),
        (CHEST, [{}, {"ViewPosition": "PA"}], ("FRONT", "SIDE")),
        (CHEST, [{"ViewPosition": "OBL"}], ()),
        (FUNDUS, [{"ImageLaterality": "R"}, {"ImageLaterality": "R"}], ("R",)),
        (FUNDUS, [{"Laterality": "L"}], ("L",)),
        (FUNDUS, [{"ImageLaterality": "B"}], ("R", "L")),
        (FUNDUS, [{"SeriesDescription": "OS 45deg"}], ("L",)),
        (FUNDUS, [{"SeriesDescription": "両眼"}, {}], ("R", "L")),
        (FUNDUS, [{"SeriesDescription": "右眼底"}, {"SeriesDescription": "左眼底"}], ("R", "L")),
        (FUNDUS, [{"ImageLaterality": "L", "SeriesDescription": "R"}], ("L",)),
        (MAMMO, [{"ImageLaterality": "R", "ViewPosition": "CC"}], ("RCC",)),
        (MAMMO, [{"ImageLaterality": "R"}], ("RCC",)),
        (MAMMO, [{"ImageLaterality": "R"}] * 3, ("RCC", "RMLO")),
        (MAMMO, [{"SeriesDescription": "L-MLO"}, {"SeriesDescription": "RCC"}], ("RCC", "LMLO")),
        (MAMMO, [{"ImageLaterality": "L", "ViewCodeSequence": "cranio-caudal"}], ("LCC",)),
        (MAMMO, [{}] * 4, ("RCC", "LCC", "RMLO", "LMLO")),
        (STOMACH, [{}] * 3, ("P1", "P2", "P3")),
        (STOMACH, [{}] * 200, ("P1", "P2", "P3", "P4")),
    ],
)
def test_pictures_find_their_view(exam: Examination, hints: list[dict[str, str]], arrived: tuple[str, ...]) -> None:
    assert arrived_views(exam, hints) == arrived


hint = st.fixed_dictionaries(
    {},
    optional={
        "ImageLaterality": st.sampled_from(["R", "L", "B", "", "U"]),
        "ViewPosition": st.sampled_from(["CC", "MLO", "PA", "", "XX"]),
        "SeriesDescription": st.text(max_size=6),
    },
)


@given(st.lists(hint, max_size=8), st.randoms())
def test_order_does_not_count_and_nothing_is_taken_back(hints: list[dict[str, str]], random: object) -> None:
    arrived = arrived_views(MAMMO, hints)
    shuffled = list(hints)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert len(arrived_views(MAMMO, shuffled)) == len(arrived)
    assert len(arrived_views(MAMMO, [*hints, {}])) >= len(arrived)
    assert len(arrived) <= 2 * len(hints)
