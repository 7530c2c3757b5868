"""What names of files tell, and the lines of the comment."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.core.comments import CommentSettings, comment_lines
from kiosk.core.comments import troubles as comment_troubles
from kiosk.core.ftp import AccountSettings, FtpSettings
from kiosk.core.ftp import troubles as ftp_troubles
from kiosk.core.picture_names import NameFacts, read_name, troubles
from kiosk.core.taken import PictureSet, TakenPicture
from tests.dicom.peers import HANAKO, a_row

CAMERA = [r"(?P<pid>\d{8})_(?P<date>\d{8})_(?P<time>\d{6})_(?P<eye>OD|OS|R|L)"]


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("00012345_20261125_093001_OD.jpg", NameFacts("00012345", "", date(2026, 11, 25), "R")),
        ("A/B/00012345_20261125_093001_l_2.JPG", NameFacts("00012345", "", date(2026, 11, 25), "L")),
        ("0001234_20261125_093001_OD.jpg", NameFacts()),
        ("００012345_20261125_093001_OS.jpg", NameFacts("00012345", "", date(2026, 11, 25), "L")),
        ("00012345_20261399_093001_OS.jpg", NameFacts("00012345", "", None, "L")),
        ("IMG_0001.JPG", NameFacts()),
        ("", NameFacts()),
    ],
)  # fmt: skip
def test_names(name: str, facts: NameFacts) -> None:
    assert read_name(name, CAMERA) == facts


def test_a_folder_may_say_who_and_the_first_pattern_that_fits_counts() -> None:
    patterns = [r"^(?P<number>\d+)/.*?(?P<eye>右|左)", r"(?P<pid>[A-Z]\d+)-(?P<eye>[12])"]
    assert read_name("1001/左眼.jpg", patterns) == NameFacts("", "1001", None, "L")
    assert read_name("x/A77-1.jpg", patterns) == NameFacts("A77", "", None, "R")
    assert read_name("1001\\右.jpg", patterns).number == "1001"
    assert not read_name("photo.jpg", patterns).names_somebody


def test_patterns_that_make_no_sense_are_named() -> None:
    assert troubles([r"(?P<pid>\d+", r"no groups", r"(?P<who>x)", *CAMERA]) == [
        r"names: (?P<pid>\d+", "names: no groups", "names: (?P<who>x)",
    ]  # fmt: skip


def test_the_lines_of_a_comment() -> None:
    taken = PictureSet("s", "fundus", "2026-11-25T09:00:00", "1.2", a_row(HANAKO), number="1002")
    picture = TakenPicture("s", 1, "0001.jpg", "2026-11-25T09:05:00", 1, "", "1.3", eye="R", comment="白内障")
    how = CommentSettings(lines=["{patient_id} {name} {day} {eye}", "{comment}", "{unknown}"])
    lines = comment_lines(how, taken, picture)
    assert lines == [f"{HANAKO.patient_id} 髙橋 花子 2026-11-25 right eye", "白内障"]
    when = TakenPicture("s", 1, "x", "2026-11-25T09:05:00", 1, "", "1.3", facts={"taken_at": "2026-11-24T10:00:00"})
    assert comment_lines(CommentSettings(lines=["{day} {time}"]), taken, when) == ["2026-11-24 10:00"]
    nobody = PictureSet("s", "fundus", "2026-11-25T09:00:00", "1.2")
    assert comment_lines(CommentSettings(), nobody, picture) == ["2026-11-25  right eye", "白内障"]


def test_comment_settings_that_make_no_sense_are_named() -> None:
    wrong = CommentSettings(lines=["{patient} {name}"], colour="white")
    assert comment_troubles(wrong) == ["comment.lines: {patient}", "comment.colour"]
    assert comment_troubles(CommentSettings()) == []


def test_ftp_settings_that_make_no_sense_are_named() -> None:
    assert ftp_troubles(FtpSettings(accounts=[AccountSettings("cam"), AccountSettings("cam", "x")])) == [
        "ftp.accounts: cam", "ftp.accounts: twice the same name",
    ]  # fmt: skip
    assert ftp_troubles(FtpSettings(passive_ports=[5])) == ["ftp.passive_ports"]
