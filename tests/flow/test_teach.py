"""The teaching file: no identity in row or picture, found by keyword, exported with a list, taken out by right."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from kiosk.core.faults import Fault, Refused
from kiosk.core.teaching import Words
from kiosk.flow import teach
from kiosk.store import audit, teaching
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.teaching_tables import teaching_pictures
from tests.store.samples import patient

DOCTOR, ADMIN, OTHER = Actor("読影 一郎", "doctor", "v"), Actor("管理 者", "admin", "v"), Actor("他 人", "nurse", "v")


def picture(shade: int = 200) -> bytes:
    made, told = BytesIO(), PngInfo()
    told.add_text("Comment", "P00001")
    Image.new("RGB", (100, 50), (shade, 0, 0)).save(made, "PNG", pnginfo=told)
    return made.getvalue()


def nothing(part: float) -> None: ...


def test_a_picture_is_kept_without_whose_it_is_and_found_by_its_words(centre: Store, tmp_path: Path) -> None:
    words = Words("肺癌の一例", ("すりガラス影", "CT"), "右上葉", "CT")
    row = teach.keep(centre, DOCTOR, picture(), [(0.0, 0.0, 0.5, 0.2)], words, patient(), "1.2.3")
    again = teach.keep(centre, DOCTOR, picture(), [(0.0, 0.0, 0.5, 0.2)], words, patient(), "1.2.3")
    teach.keep(centre, DOCTOR, picture(90), [], Words("胸水", ("CR",), "", "CR"), patient(), "1.2.4")
    assert again == row, "the same picture twice is one"
    with centre.reading() as conn:
        kept = teaching.picture_bytes(conn, row)
        columns = conn.execute(teaching_pictures.select().where(teaching_pictures.c.id == row)).mappings().one()
        for text, modality, titles in (
            ("スリガラス", "", ["肺癌の一例"]), ("肺癌 右上", "CT", ["肺癌の一例"]), ("", "CR", ["胸水"]),
            ("", "", ["胸水", "肺癌の一例"]), ("%", "", []), ("肺癌", "CR", []),
        ):  # fmt: skip
            assert [each.title for each in teaching.find(conn, text, modality)] == titles, text
        told = audit.events(conn, action="teaching picture kept")[-1]
    assert (told.patient, told.subject) == ("|P00001", f"teaching {row}")
    row_text = " ".join(str(value) for name, value in columns.items() if name != "bytes")
    assert "P00001" not in row_text and "1.2.3" not in row_text and b"P00001" not in kept
    with Image.open(BytesIO(kept)) as shown:
        assert shown.getpixel((49, 9)) == (0, 0, 0) and shown.getpixel((51, 11)) == (200, 0, 0) and not shown.info
    with pytest.raises(Refused):
        teach.keep(centre, DOCTOR, b"none", [], words, patient(), "1")
    target = teach.export(centre, DOCTOR, tmp_path, [row], nothing, datetime(2026, 11, 24, 10, 0))
    assert sorted(each.name for each in target.iterdir()) == ["0001_肺癌の一例.jpg", "list.csv"]
    assert "すりガラス影, CT" in (target / "list.csv").read_text(encoding="utf-8-sig")
    with Image.open(target / "0001_肺癌の一例.jpg") as shown:
        assert shown.format == "JPEG" and shown.size == (100, 50)
    with pytest.raises(Refused):
        teach.remove(centre, OTHER, row)
    teach.remove(centre, DOCTOR, row)
    with centre.reading() as conn:
        assert teaching.by_id(conn, row) is None
        with pytest.raises(Fault, match="V643"):
            teaching.picture_bytes(conn, row)
    with centre.writing() as conn:
        conn.execute(teaching_pictures.update().values(bytes=b"changed"))
    with centre.reading() as conn:
        [left] = teaching.find(conn)
        with pytest.raises(Fault, match="V644"):
            teaching.picture_bytes(conn, left.id)
    teach.remove(centre, ADMIN, left.id)
