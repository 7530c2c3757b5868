"""Invented examinees, examinations and images for the tests of store and flow."""

from __future__ import annotations

from datetime import date
from typing import Any

from kiosk.core.patient import Patient
from kiosk.core.study import ImageFacts
from kiosk.core.visit import Examination, ExpectedView, VisitKey
from kiosk.store.visits import VisitRow

DAY = date(2026, 11, 24)
CHEST = Examination(
    "CHEST",
    "胸部X線",
    "胸部",
    "CR",
    "CR1",
    views=(
        ExpectedView("PA", "正面", (("ViewPosition", "PA"),)),
        ExpectedView("LAT", "側面", (("ViewPosition", "LL"),)),
    ),
    aliases=("DX",),
)
FUNDUS = Examination(
    "FUNDUS",
    "眼底",
    "眼底",
    "OP",
    "OP1",
    views=(
        ExpectedView("R", "右", (("ImageLaterality", "R"),)),
        ExpectedView("L", "左", (("ImageLaterality", "L"),)),
    ),
)
BLOOD = Examination("BLOOD", "採血", "採血", "")


def patient(number: int = 1, **changes: Any) -> Patient:
    return Patient(
        **{
            "issuer": "",
            "patient_id": f"P{number:05d}",
            "kanji": "見本 太郎",
            "kana": "ミホン タロウ",
            "romaji": "MIHON TARO",
            "sex": "M",
            "birth_date": date(1971, 4, 2),
            **changes,
        }
    )


def row(number: int = 1, *, exams: tuple[Examination, ...] = (CHEST, FUNDUS, BLOOD), **changes: Any) -> VisitRow:
    return VisitRow(
        **{
            "key": VisitKey("0001", DAY, f"{number:03d}"),
            "patient": patient(number),
            "at": "08:30",
            "course": "DOCK-A",
            "course_name": "ドックA",
            "row_hash": f"hash-{number}",
            "exams": exams,
            **changes,
        }
    )


def facts(sop_uid: str = "1.2.3.4.1", **changes: Any) -> ImageFacts:
    return ImageFacts(
        **{
            "sop_uid": sop_uid,
            "sop_class": "1.2.840.10008.5.1.4.1.1.1",
            "study_uid": "1.2.3",
            "series_uid": "1.2.3.4",
            "modality": "CR",
            "patient_id": "P00001",
            "birth_date": "19710402",
            "study_date": "20261124",
            "series_number": 1,
            "instance_number": 1,
            "transfer_syntax": "1.2.840.10008.1.2.1",
            "source": "CR1",
            "view_hints": {"ViewPosition": "PA"},
            **changes,
        }
    )


def jpeg_bytes(number: int) -> bytes:
    """A small JPEG; another number is another picture."""
    from io import BytesIO

    from PIL import Image

    made = BytesIO()
    Image.new("RGB", (32, 24), (number * 20 % 256, 90, 200)).save(made, "JPEG")
    return made.getvalue()
