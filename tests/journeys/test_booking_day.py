"""From the telephone to the modality: booked at the window, in the worklist, then the check-up list comes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.holidays import holiday
from kiosk.core.words import speak
from kiosk.devices.inbox.simulator import CheckupSystem, list_bytes, sample_rows
from kiosk.ui.dates import day_text
from tests.journeys.hands import cells, choose, press, type_in
from tests.journeys.one_pc import House, text_of
from tests.needs import needs
from tests.waiting import wait_until

PARAMETERS = """\
[station]
name = "journey"
place = "見本"
institution = "0001"
institution_name = "見本健診センター"
login = false

[modes.reservations]
print_command = ["true"]
[modes.reception]
print_command = ["true"]
[modes.reception.inbox]
every_s = 0.2
settle_s = 0.2

[modes.gateway]
port = 0
host = "127.0.0.1"
[[modes.gateway.nodes]]
ae_title = "ES1"
title = "内視鏡室"
charset = "utf8"
"""


@pytest.fixture
def house(root: Any, tmp_path: Path) -> Iterator[House]:
    from kiosk.assembly import use_language
    from kiosk.ui import look

    use_language("ja")
    look.dress(root)
    made = House(root, tmp_path, PARAMETERS)
    try:
        yield made
    finally:
        made.windowed.close()
        speak(lambda text: text)


def a_day_of_work(house: House) -> Any:
    """The next day with slots; the same examinee comes then, booked at the desk."""
    day = house.today + timedelta(days=1)
    while day.weekday() >= 5 or holiday(day):
        day += timedelta(days=1)
    return day


@needs("findscu", "pdftotext")
def test_from_the_telephone_to_the_modality(house: House) -> None:
    day, device = a_day_of_work(house), house.device("ES1")
    window, shell = house.window("reservations"), house.shell("reservations")
    wait_until(lambda: window.kinds, what="the kinds")

    press(shell, "F12")  # the keeper makes the slots
    wait_until(lambda: window.keeping._shown is window.keeping.pin and window.keeping.pin.winfo_ismapped())
    type_in(shell, "2468\r2468\r")
    wait_until(window.keeping.slots.winfo_ismapped, what="let in")
    press(shell, "F5")
    wait_until(lambda: shell.question is not None, 30, "asked, with what it does")
    shell.question.buttons[1].invoke()
    wait_until(lambda: shell.problem.level == "done", 30, "a year of slots")
    press(shell, "Esc")

    choose(shell, window.kind, "GASTRO")  # somebody telephones
    window.go_to(day)
    wait_until(lambda: window.rows and window.title.cget("text") == f"{day_text(day)}  胃カメラ", what="the day")
    window.table.select(next(iter(window.rows)))
    press(shell, "F5")
    wait_until(lambda: window.seat.hold is not None, what="the seat is kept")
    type_in(shell, "90000002")
    for field, text in ((window.form.kanji, "髙橋 花子"), (window.form.kana, "タカハシ ハナコ")):
        field.focus()
        type_in(shell, text)
    press(shell, "F5")
    wait_until(lambda: shell.problem.level == "done" and window.form.empty, what="booked")

    [step] = wait_until(lambda: device.ask(day, "ES"), 20, "the worklist has her")
    assert (step.PatientID, str(step.PatientName).split("=")[1]) == ("90000002", "髙橋^花子")
    study, accession = step.StudyInstanceUID, step.AccessionNumber

    rows = sample_rows(day, 6)  # a week ahead the list comes, with her in it under its own number
    rows[4][10] = "胃カメラ"
    [hers] = [row for row in rows if row[3] == "90000002"]
    CheckupSystem(house.data / "inbox").deliver("yoyaku.csv", list_bytes(rows))
    wait_until(lambda: any(row.booking and row.booking.number == hers[0] for row in window.rows.values()), 30,
               "her booking has the list's number")  # fmt: skip
    seated = wait_until(
        lambda: [row.booking for row in window.rows.values() if row.booking and row.booking.source == "list"], 30,
        "whom the list sends to gastroscopy has a seat",
    )
    answers = wait_until(
        lambda: (found := {each.PatientID: each for each in device.ask(day, "ES")}) and len(found) > 1 and found, 20,
        "both are in the worklist",
    )
    assert {"90000002", *(each.who.patient_id for each in seated)} == set(answers)
    assert (answers["90000002"].StudyInstanceUID, answers["90000002"].AccessionNumber) == (study, accession)

    press(shell, "F10")
    wait_until(lambda: shell.question is not None, what="asked what to print")
    shell.question.buttons[1 if window.row is None or window.row.booking is None else 2].invoke()
    page = wait_until(lambda: next(iter((house.data / "pages").rglob("*.pdf")), None), 30, "the day's list")
    text = wait_until(lambda: text_of(page), what="it is whole")
    assert "髙橋花子" in text and "90000002" in text and cells(window.table)
