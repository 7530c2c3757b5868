"""A whole day through the real windows, from the check-up system's list to the signed and amended finding on paper."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.words import say, speak
from kiosk.devices.inbox.simulator import CheckupSystem, list_bytes, sample_rows
from kiosk.modes.maintenance.rules import ACTIONS
from tests.conftest import SHARED_DATA
from tests.dicom.peers import Orthanc
from tests.journeys.devices import OP_STORAGE, meanwhile, take_picture
from tests.journeys.hands import (
    cells,
    choose,
    click,
    click_row,
    enter,
    lock_screen,
    press,
    scan,
    turn_to,
    type_in,
)
from tests.journeys.one_pc import House, text_of
from tests.needs import needs
from tests.waiting import wait_until

PIN = "246810"
HEAD, NURSE, DOCTOR = "見本 管理", "見本 看護", "見本 医師"
NOTE = "服薬なし。階段で息切れあり。"
FINDING = "右下肺野に小結節影を認める。"
ADDED = "前回と比べて変化なし。"
REASON = "前回との比較を追記"
REAL_CHEST = SHARED_DATA / "dicom" / "cr_dx" / "gdcm-CR-MONO1-10-chest.dcm"
NAMES = ("見本", "髙橋", "高橋", "ﾀｶﾊｼ", "タカハシ", "TAKAHASHI", "山﨑", "𠮷田", "吉田", "ヨシダ", "渡邊", "花子")
LATEST_S = 2.0  # from the acknowledged image to the mark at reception


@pytest.fixture
def house(root: Any, tmp_path: Path) -> Iterator[House]:
    from kiosk.assembly import use_language
    from kiosk.ui import look

    use_language("ja")
    look.dress(root)
    made = House(root, tmp_path)
    try:
        yield made
    finally:
        made.windowed.close()
        speak(lambda text: text)


@needs("findscu", "storescu", "pdftotext", "pdfimages", "Orthanc")
def test_a_whole_day_at_the_windows(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    steps: list[Callable[[House], None]] = [
        the_first_person_begins,
        people_are_added,
        the_list_is_read_when_its_lok_stands,
        reception_checks_in_and_writes_a_note,
        the_list_goes_to_paper,
        the_devices_ask_and_send,
        an_orthanc_asks_and_sends,
        a_mistyped_study_is_matched_by_hand,
        the_viewer_gives_a_key_image_to_findings,
        the_doctor_signs_amends_and_prints,
        next_year_shows_what_was_said_and_found,
        everything_was_written_down,
    ]
    house.windowed.heartbeat.reset()
    for step in steps:
        began = time.monotonic()
        step(house)
        house.seen_after_s[step.__name__] = time.monotonic() - began
    with capsys.disabled():
        print()
        for what, seconds in house.seen_after_s.items():
            print(f"  {seconds:5.2f} s  {what}")
        print(f"  longest gap of the heartbeat: {house.windowed.heartbeat.longest_gap_s * 1000:.0f} ms")
    late = {what: s for what, s in house.seen_after_s.items() if what[:3].isdigit() and s >= LATEST_S}
    assert not late, f"not within two seconds: {late}"


def the_first_person_begins(house: House) -> None:
    shell = house.shell("maintenance")
    cover = wait_until(lambda: lock_screen(shell))
    wait_until(lambda: hasattr(cover, "_name"), what="the form of the first start")
    house.look_at("maintenance", "first-start")
    turn_to(shell)
    wait_until(lambda: hasattr(shell.top.focus_get(), "insert"), what="the cursor stands in the form")
    type_in(shell, HEAD)
    press(shell, "Return")
    type_in(shell, PIN + "\r")
    type_in(shell, PIN + "\r")
    wait_until(lambda: all(lock_screen(each) is None for each in house.windowed.shells.values()), what="all are open")


def people_are_added(house: House) -> None:
    shell, people = house.shell("maintenance"), house.window("maintenance").people
    for name, role in ((NURSE, "nurse"), (DOCTOR, "doctor")):
        press(shell, "F5")
        type_in(shell, name)
        press(shell, "Return")
        field = next(each for each in people.card._inner.winfo_children() if hasattr(each, "offer"))
        choose(shell, field, role)
        press(shell, "Tab")
        type_in(shell, PIN + "\r")
        type_in(shell, PIN + "\r")
        wait_until(lambda name=name: any(row[0] == name for row in cells(people.table).values()), what=name)
    house.look_at("maintenance", "people")
    press(shell, "Control-l")
    assert all(lock_screen(each) is not None for each in house.windowed.shells.values())
    enter(house.shell("reception"), NURSE, PIN)
    press(shell, "F5")
    assert not people.card.open, "a nurse adds nobody"


def the_list_is_read_when_its_lok_stands(house: House) -> None:
    shell, window = house.shell("reception"), house.window("reception")
    rows = sample_rows(house.today, 5)
    rows[3][12] = "-ECG"  # her course can become complete: no electrocardiograph plays along
    rows.append(
        ["", f"{house.today:%Y/%m/%d}", "9:99", "", "ﾐﾎﾝ", "見本 不備", "3", "S99.1.1", "", "A", "", "", "", ""]
    )
    system = CheckupSystem(house.data / "inbox")
    system.appear("yoyaku.csv")
    system.grow("yoyaku.csv", list_bytes(rows))
    press(shell, "F7")
    wait_until(lambda: "yoyaku.csv" in window.lists.inbox.cget("text"), 30, "the inbox sees the list")
    assert not len(window.day.table) and not len(window.lists.files)
    system.finish("yoyaku.csv")
    wait_until(lambda: len(window.lists.files) == 1, 20, "the list is read")
    wait_until(lambda: len(window.lists.problems) >= 1)
    assert any(row[0] == "7" for row in cells(window.lists.problems).values()), "the bad row is told by its line"
    house.look_at("reception", "lists")
    press(shell, "Esc")
    wait_until(lambda: len(window.day.table) == 5)
    assert [row[2] for row in cells(window.day.table).values()] == [
        "見本 太郎", "髙橋 花子", "山﨑 一郎", "𠮷田 香", "渡邊 明①",
    ]  # fmt: skip
    assert house.row("002")[3] == "タカハシ ハナコ", "half-width kana is shown full-width"


def reception_checks_in_and_writes_a_note(house: House) -> None:
    shell, window = house.shell("reception"), house.window("reception")
    press(shell, "F3")  # the cursor stands in another field, and somebody has begun to type there
    type_in(shell, "k")
    scan(shell, f"{house.today:%Y%m%d}-004")
    assert window.day.selected is not None and window.day.selected.name == "𠮷田 香"
    assert window.day.name.get() == "k" and window.day.number.get() == "", "the code stands in no field"
    press(shell, "Esc")
    assert len(window.day.table) == 5 and window.day.selected.name == "𠮷田 香"
    press(shell, "F5")
    wait_until(lambda: window.day.selected and window.day.selected.arrived, what="checked in")
    for tail in ("002", "003"):
        house.choose_examinee(tail)
        press(shell, "F5")
        wait_until(lambda tail=tail: say("not here yet") not in house.row(tail)[6])
    scan(shell, f"{house.today:%Y%m%d}-999")
    assert window.day.selected is None and shell.problem.level == "stop", "nobody is chosen for an unknown number"
    house.choose_examinee("004")
    press(shell, "F4")
    wait_until(lambda: window.place == "note")
    type_in(shell, NOTE)
    house.look_at("reception", "note")
    press(shell, "F5")
    wait_until(lambda: window.place == "day" and window.day.selected.noted, what="the note is saved")


def the_list_goes_to_paper(house: House) -> None:
    press(house.shell("reception"), "F8")
    [page] = wait_until(lambda: list((house.data / "pages").rglob("list-*.pdf")), 20)
    wait_until(lambda: house.told("reception") == say("The page is at the printer."), 20)
    assert house.told("findings") != house.told("reception"), "it is told where it was asked for"
    told = text_of(page)
    for name in ("見本 太郎", "髙橋 花子", "山﨑 一郎", "𠮷田 香", "渡邊 明①"):
        assert name.replace(" ", "") in told, name
    assert "不備" not in told


def the_devices_ask_and_send(house: House) -> None:
    chest, fundus = house.device("CR1"), house.device("OP1")
    answers = {str(each.PatientID): each for each in chest.ask(house.today, "CR")}
    assert sorted(answers) == [f"{90000001 + at}" for at in range(5)], "exactly the chest examinations of the day"
    assert list(answers["90000002"].SpecificCharacterSet) == ["ISO 2022 IR 13", "ISO 2022 IR 87"]
    name = answers["90000002"].PatientName
    assert (name.alphabetic, name.ideographic, name.phonetic) == ("TAKAHASHI^HANAKO", "高橋^花子", "ﾀｶﾊｼ^ﾊﾅｺ")
    assert answers["90000004"].PatientName.ideographic == "吉田^香"
    assert len(chest.ask(house.today, "CR", PatientID="90000003")) == 1
    assert len(chest.ask(house.today, "US")) == 4, "the abdomens of three courses A and one B"
    [eyes] = fundus.ask(house.today, "OP", PatientID="90000004")
    assert eyes.PatientName.ideographic == "𠮷田^香", "a device that can show it gets the name as it is written"

    turn_to(house.shell("reception"))
    real = REAL_CHEST if REAL_CHEST.exists() else None
    front = take_picture(answers["90000004"], chest.folder, 1, like=real, ViewPosition="PA")
    side = take_picture(answers["90000004"], chest.folder, 2, ViewPosition="LL")
    right, left = (
        take_picture(eyes, fundus.folder, at, OP_STORAGE, ImageLaterality=eye, PhotometricInterpretation="MONOCHROME2")
        for at, eye in enumerate("RL", 1)
    )
    chest.send(front)
    house.until_shown("004", f"胸部 {say('no {views}', views='側面')}")
    assert house.state("004") == "look"
    chest.send(side)
    house.until_shown("004", "胸部✓")
    assert house.state("004") != "done"
    fundus.send(right)
    house.until_shown("004", f"眼底 {say('no {views}', views='左')}")
    house.look_at("reception", "reception")
    fundus.send(left)
    house.until_shown("004", "眼底✓")
    assert house.state("004") == "done", "a complete course changes its colour"
    chest.send(take_picture(answers["90000002"], chest.folder, 1, ViewPosition="PA"))
    house.until_shown("002", f"胸部 {say('no {views}', views='側面')}")
    folders = sorted(path.name for path in (house.data / "MAG1" / "DICOM" / f"{house.today:%Y%m%d}").iterdir())
    assert folders == ["CR0001-90000004", "CR0002-90000002", "OP0001-90000004"]


def an_orthanc_asks_and_sends(house: House) -> None:
    device = house.device("CR1")
    [answer] = device.ask(house.today, "CR", PatientID="90000001")
    orthanc = Orthanc(house.folder / "orthanc", device.port)
    try:
        step = {"Modality": "CR", "ScheduledProcedureStepStartDate": f"{house.today:%Y%m%d}"}
        query = {"PatientID": "90000001", "StudyInstanceUID": "", "ScheduledProcedureStepSequence": [step]}
        [found] = meanwhile(lambda: orthanc.ask("/modalities/kiosk/find-worklist", query))
        assert found["StudyInstanceUID"] == answer.StudyInstanceUID
        taken = [take_picture(answer, device.folder, at, ViewPosition=view) for at, view in ((1, "PA"), (2, "LL"))]
        kept = meanwhile(lambda: [orthanc.ask("/instances", raw=each.read_bytes())["ID"] for each in taken])
        send = {"Resources": kept, "Synchronous": True}
        sent = meanwhile(lambda: orthanc.ask("/modalities/kiosk/store", send))
        assert sent["FailedInstancesCount"] == 0
        house.until_shown("001", "胸部✓")
        assert house.state("001") == "look", "pictures of somebody who is not checked in want a look"
    finally:
        meanwhile(orthanc.close)


def a_mistyped_study_is_matched_by_hand(house: House) -> None:
    shell, window, device = house.shell("gateway"), house.window("gateway"), house.device("CR1")
    [answer] = device.ask(house.today, "CR", PatientID="90000003")
    answer.StudyInstanceUID, answer.AccessionNumber = answer.StudyInstanceUID + ".9", ""
    device.send(
        take_picture(answer, device.folder, 1, ViewPosition="PA", PatientID="90000030"),
        take_picture(answer, device.folder, 2, ViewPosition="LL", PatientID="90000030"),
    )
    wait_until(lambda: window.view.unmatched, what="the gateway shows it as unmatched")
    house.look_at("gateway", "gateway")
    press(shell, "F5")
    assert window.page == "unmatched"
    press(shell, "Home")
    wait_until(lambda: len(window.pages["unmatched"].candidates), what="examinations to match with")
    found = cells(window.pages["unmatched"].candidates)
    chosen = next(key for key, row in found.items() if row[1] == "山﨑 一郎" and row[3] == "胸部X線")
    click_row(shell, window.pages["unmatched"].candidates, chosen)
    house.look_at("gateway", "matching")
    press(shell, "F5")
    wait_until(lambda: shell.question)
    house.look_at("gateway", "matching-question")
    press(shell, "Right", "space")
    wait_until(lambda: not window.view.unmatched, what="it is matched")
    house.until_shown("003", "胸部✓")


def the_viewer_gives_a_key_image_to_findings(house: House) -> None:
    press(house.shell("viewer"), "Control-l")
    enter(house.shell("findings"), DOCTOR, PIN)
    shell, window = house.shell("viewer"), house.window("viewer")
    scan(shell, f"{house.today:%Y%m%d}-004")
    wait_until(lambda: len(window.list.table) == 2, what="the studies of the one whose number was scanned")
    chest = next(key for key, row in cells(window.list.table).items() if row[3] == "CR")
    click_row(shell, window.list.table, chest)
    press(shell, "F5")
    wait_until(lambda: window.place == "pictures" and window.pictures.pane.ready, 30, "the picture is shown")
    wait_until(lambda: not window.opening.running, 30, "the headers of all are read")
    assert shell.banner.examinee.name == "𠮷田 香"
    press(shell, "Down")
    wait_until(lambda: window.pictures.pane.at == 1 and window.pictures.pane.ready)
    press(shell, "Up")
    wait_until(lambda: window.pictures.pane.at == 0 and window.pictures.pane.ready)
    press(shell, "Control-Up", "F7")
    wait_until(lambda: house.told("viewer") == say("The key image is in the tray of this visit."))
    house.look_at("viewer", "viewer")


def the_doctor_signs_amends_and_prints(house: House) -> None:
    shell, window = house.shell("findings"), house.shell("findings").window
    wait_until(lambda: len(window.list.table) >= 4, what="what is to be read")
    visit = house.window("reception").day.list.lines[3].visit
    click_row(shell, window.list.table, f"{visit}:CHEST")
    house.look_at("findings", "findings-list")
    press(shell, "F5")
    wait_until(lambda: window.place == "entry" and window.entry.tray.thumbs, what="the key image is in the tray")
    click(window.entry.text.entry)
    type_in(shell, FINDING)
    press(shell, "F5")
    wait_until(lambda: shell.problem.level == "stop", what="it is not signed without a category")
    wait_until(lambda: window.entry.editable)
    click(window.entry.category.buttons["C3"])
    house.look_at("findings", "findings")
    press(shell, "F5")
    wait_until(lambda: window.writing.opened.signed is not None, what="signed")
    assert window.writing.opened.signed.by == DOCTOR
    press(shell, "F5")
    click(window.entry.text.entry)
    press(shell, "Control-End")
    type_in(shell, ADDED)
    press(shell, "F5")
    wait_until(lambda: window.writing.reason)
    type_in(shell, REASON)
    press(shell, "Return")
    wait_until(lambda: window.writing.opened.signed.number == 2, what="signed again")
    press(shell, "F8")
    wait_until(lambda: window.page.painted)
    house.look_at("findings", "findings-page")
    press(shell, "F5")
    [page] = wait_until(lambda: list((house.data / "pages").rglob("finding-*.pdf")), 20)
    wait_until(lambda: house.told("findings") == say("The page is at the printer."), 20)
    told = text_of(page)
    for words in (FINDING, ADDED, REASON, "𠮷田香", DOCTOR.replace(" ", "")):
        assert words in told, words
    pictures = subprocess.run(["pdfimages", "-list", str(page)], capture_output=True, text=True, check=True).stdout
    assert len(pictures.splitlines()) > 2, "the key image is on the page"
    press(shell, "Esc")
    wait_until(lambda: window.place == "entry")
    press(shell, "Esc")
    wait_until(lambda: window.place == "list")


def next_year_shows_what_was_said_and_found(house: House) -> None:
    shell, window = house.shell("reception"), house.window("reception")
    next_year = house.today.replace(year=house.today.year + 1, day=min(house.today.day, 28))
    rows = [row for row in sample_rows(next_year, 5) if row[5] == "𠮷田 香"]
    CheckupSystem(house.data / "inbox").deliver("next.csv", list_bytes(rows))
    press(shell, "F7")
    wait_until(lambda: len(window.lists.files) == 2, 20, "the list of next year is read")
    window._today = lambda: next_year  # a year goes by
    press(shell, "Esc", "Esc")
    wait_until(lambda: len(window.day.table) == 1 and window.day.list.day == next_year)
    scan(shell, f"{next_year:%Y%m%d}-004")
    press(shell, "F4")
    wait_until(lambda: window.place == "note")
    told = window.note.last.words()
    assert NOTE in told and NURSE in told
    assert FINDING in told and ADDED in told and "胸部X線" in told
    house.look_at("reception", "next-year")
    press(shell, "Esc")


def everything_was_written_down(house: House) -> None:
    shell, window = house.shell("maintenance"), house.window("maintenance")
    press(shell, "Control-2", "F5")
    wait_until(lambda: len(window.audit.table))
    lines = window.audit.lines.values()
    by = {(line.who, line.action) for line in lines}
    assert {line.action for line in lines} <= set(ACTIONS), "each has its words"
    for who, action in (
        (HEAD, "first person made"), (HEAD, "person added"), (NURSE, "login"), (NURSE, "checked in"),
        (NURSE, "interview note"), (NURSE, "list printed"), (DOCTOR, "study opened"), (DOCTOR, "key image taken"),
        (DOCTOR, "finding signed"), (DOCTOR, "finding amended"), (DOCTOR, "finding printed"),
    ):  # fmt: skip
        assert (who, action) in by, f"{action} by {who} is not among {sorted(by)}"
    assert {"list read", "image stored", "worklist asked", "images matched by hand"} <= {line.action for line in lines}
    press(shell, "F7")
    wait_until(lambda: shell.problem.level == "done", 20, "the chain is whole")
    house.look_at("maintenance", "audit")
    logs = list((house.data / "LOG").rglob("*.txt"))
    day = f"{house.today:%Y%m%d}"
    assert logs == [house.data / "LOG" / day / f"log{day}.txt"]
    text = logs[0].read_text(encoding="utf-8")
    assert "journey" in text
    assert not [name for name in NAMES if name in text]
