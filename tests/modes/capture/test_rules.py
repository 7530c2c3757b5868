"""What the capture window shows, in plain rules."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.core import taken_words
from kiosk.core.taken import PictureSet, SetState, TakenPicture
from kiosk.core.words import say
from kiosk.flow.capture import Counts, Told
from kiosk.flow.choose_examinee import Listed
from kiosk.modes.capture import rules
from kiosk.modes.capture.mode import check
from kiosk.modes.capture.settings import CaptureSettings, PartSettings
from tests.dicom.peers import HANAKO, a_row

PICTURE = TakenPicture("s", 4, "0004.jpg", "2026-11-25T09:05:00", 1, "", "1.3", part="胃体部")


@pytest.mark.parametrize(
    ("marks", "caption"),
    [
        ({}, "4 胃体部"), ({"star": True}, "4 ★ 胃体部"), ({"kind": "clip", "part": ""}, "4 ▶"),
        ({"taken_of": 3}, "4 ◎ 胃体部"),
    ],
)  # fmt: skip
def test_captions(marks: dict[str, object], caption: str) -> None:
    from dataclasses import replace

    assert rules.caption(replace(PICTURE, **marks)) == caption  # type: ignore[arg-type]


def test_rows_of_examinees() -> None:
    cells = taken_words.listed_cells(Listed(a_row(HANAKO), "1002"), date(2026, 11, 25))
    assert cells[:4] == ("09:30", "1002", "タカハシ ハナコ", "髙橋 花子") and cells[4].endswith("44")
    assert taken_words.listed_cells(Listed(a_row(HANAKO)), date(2026, 11, 25))[1] == HANAKO.patient_id


def test_rows_of_what_is_not_registered() -> None:
    nobody = PictureSet("s", "capture", "2026-11-25T09:00:00", "1.2")
    assert taken_words.kept_cells(nobody, 3, "")[2:6] == (say("unidentified"), "", "3", say("unidentified"))
    assert taken_words.why_words("L503 {whom} does not answer.") == say("The server does not answer.")
    assert taken_words.why_words("K440 These pictures belong to nobody yet.").endswith("(K440)")
    assert taken_words.why_words("D403 The disk {volume} can't be written to ({reason}).") == "D403"
    assert taken_words.why_words("") == ""
    assert taken_words.owed_words([nobody], 2) is not None and taken_words.owed_words([], 0) is None
    states = [taken_words.kept_state(PictureSet("s", "c", "", "", state=each)) for each in SetState]
    assert states == ["look", "", "done"]


def test_room_is_told_before_it_is_gone() -> None:
    levels = [taken_words.room_words(size << 20) for size in (100, 2000, 9000)]
    assert [each[0] if each else "" for each in levels] == ["stop", "look", ""]


def test_parts_as_dicom_has_them() -> None:
    parts = [PartSettings("食道", "ESOPHAGUS"), PartSettings("右乳房", "BREAST", "R")]
    assert rules.hints_of(parts, "STOMACH", "食道") == {"BodyPartExamined": "ESOPHAGUS"}
    assert rules.hints_of(parts, "STOMACH", "右乳房") == {"BodyPartExamined": "BREAST", "Laterality": "R"}
    assert rules.hints_of(parts, "STOMACH", "") == {"BodyPartExamined": "STOMACH"}


def test_triggers_in_words() -> None:
    counts = {"COM3 CTS": Counts(5, 2, 1, True, False)}
    words = rules.words_of_press(Told("bounce", "COM3 CTS"), counts)
    assert words is not None and words.values["n"] == 2
    assert rules.words_of_press(Told("practised", "F5"), counts) is None
    assert rules.trigger_cells("COM3 CTS", counts["COM3 CTS"])[3:] == ("5", "2", "1")
    assert rules.key_names(["F5", "", "Next"]) == ["Next"]


def test_check_names_what_is_wrong() -> None:
    from kiosk.core.camera import CameraSettings
    from kiosk.core.registering import RegisterSettings

    assert all(good for good, _, _ in check(CaptureSettings()))
    wrong = CaptureSettings(camera=CameraSettings(quality=5), register=RegisterSettings(dicom=False))
    assert [good for good, _, _ in check(wrong)] == [False, False]
