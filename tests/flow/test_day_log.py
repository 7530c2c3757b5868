"""The day's log: what happened, in the file of its day, and nothing that names an examinee."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from kiosk.flow.day_log import DayLog, masked, open_day_log

log = logging.getLogger("kiosk.test")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    level = logging.getLogger().level
    handler = open_day_log(tmp_path / "LOG", "reception-1")
    yield tmp_path / "LOG"
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(level)


def written(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in sorted(folder.rglob("log*.txt")))


def test_a_line_says_when_where_and_what(folder: Path) -> None:
    with time_machine.travel(datetime(2026, 11, 24, 9, 41, 7, 125000).astimezone(), tick=False):
        log.info("port %s is open", 11112)
        log.debug("not worth a line")
    (path,) = folder.rglob("*.txt")
    assert path.relative_to(folder).as_posix() == "20261124/log20261124.txt"
    assert path.read_text(encoding="utf-8") == "09:41:07.125 reception-1 INFO kiosk.test: port 11112 is open\n"


def test_the_date_rolls_over_by_itself(folder: Path) -> None:
    with time_machine.travel(datetime(2026, 12, 31, 23, 59, 59, 900000).astimezone(), tick=False) as clock:
        log.info("before midnight")
        clock.shift(0.2)
        log.info("after midnight")
        clock.shift(-0.2)
        log.info("a clock set back")
    names = sorted(path.name for path in folder.rglob("*.txt"))
    assert names == ["log20261231.txt", "log20270101.txt"]
    first = (folder / "20261231" / "log20261231.txt").read_text(encoding="utf-8").splitlines()
    assert [line.rsplit(": ", 1)[1] for line in first] == ["before midnight", "a clock set back"]


@pytest.mark.parametrize(
    "message",
    [
        "examinee 見本 太郎 was checked in",
        "row: 'ﾐﾎﾝ ﾀﾛｳ'",
        "{'patient_id': 'P00001', 'kanji': '見本 太郎', 'sex': 'M'}",
        "patient_id=P00001 birth_date=1971-04-02",
        'PatientID: "P00001"',
        "PatientName = 'MIHON TARO'",
        "romaji='MIHON TARO' kana='ミホン タロウ'",
        "Patient(issuer='', patient_id='P00001', kanji='見本 太郎', romaji='MIHON TARO', birth_date=1971-04-02)",
    ],
)
def test_what_names_a_person_is_masked(message: str) -> None:
    told = masked(message)
    for secret in ("見本", "太郎", "ﾐﾎﾝ", "ミホン", "P00001", "MIHON", "1971-04-02"):
        assert secret not in told, told


def test_what_names_nobody_stays() -> None:
    plain = "store centre: schema new -> 0002, 3 jobs owed at 127.0.0.1:11112 (D507)"
    assert masked(plain) == plain


@given(st.text())
def test_no_text_but_ascii_gets_through(text: str) -> None:
    assert all(letter.isascii() or letter in "〔…〕" for letter in masked(text))


@pytest.mark.expects_errors
def test_an_exception_leaves_its_places_but_not_its_words(folder: Path) -> None:
    try:
        raise ValueError("MIHON TARO, 見本 太郎")
    except ValueError as why:
        log.error("the row can't be read", exc_info=why)
    lines = written(folder)
    assert "MIHON" not in lines and "見本" not in lines
    assert "ValueError" in lines and "test_an_exception_leaves_its_places" in lines


def test_a_message_of_several_lines_cannot_pretend_to_be_others(folder: Path) -> None:
    log.info("AE title\n09:00:00.000 reception-1 INFO kiosk: all is well\r\nCR1")
    lines = written(folder).splitlines()
    assert len(lines) == 3
    assert all(line.split(" ", 1)[1].startswith("reception-1 INFO kiosk.test: ") for line in lines)


def test_a_message_that_does_not_fit_its_values_is_written_all_the_same(tmp_path: Path) -> None:
    record = logging.LogRecord("kiosk.test", logging.INFO, __file__, 1, "%d rows of %s", ("three",), None)
    DayLog(tmp_path, "r1").handle(record)
    assert "%d rows of %s" in written(tmp_path)


def test_a_full_disk_stops_nobody(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    def full(*args: object, **kwargs: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(builtins, "open", full)
        log.info("lost")
    log.info("on again")
    assert "on again" in written(folder) and "lost" not in written(folder)


def test_noisy_libraries_are_kept_short(folder: Path) -> None:
    logging.getLogger("sqlalchemy.engine").info("SELECT kanji FROM patients")
    assert written(folder) == ""


def test_what_pydicom_warns_of_quotes_values_and_stays_out(tmp_path: Path) -> None:
    handler = open_day_log(tmp_path, "gw")
    try:
        logging.getLogger("pydicom").warning("Invalid value for VR DA: %r", "MIHON TARO")
        logging.getLogger("kiosk").info("afterwards")
    finally:
        logging.getLogger().removeHandler(handler)
    (log,) = tmp_path.rglob("*.txt")
    text = log.read_text(encoding="utf-8")
    assert "afterwards" in text and "MIHON" not in text
