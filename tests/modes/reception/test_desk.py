"""The desk does what the window asks: on the store, with audit, and with what this PC keeps while the store is away."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import LinkLost, Refused
from kiosk.core.finding import FindingBody
from kiosk.devices.inbox.simulator import CheckupSystem, list_bytes, sample_rows
from kiosk.flow.watch_inbox import watch_inbox
from kiosk.modes.reception.mode import InboxSettings, check, list_reader, run_lists
from kiosk.store import audit, findings, visits
from kiosk.store.opening import centre_store
from tests.modes.reception.conftest import Site

OpenDesk = Callable[..., Any]


def events(site: Site, action: str) -> list[audit.Event]:
    with site.centre.reading() as conn:
        return audit.events(conn, action=action)


def test_the_day(site: Site, open_desk: OpenDesk) -> None:
    site.read(10)
    desk = open_desk()
    found = desk.day(site.today).wait()
    assert len(found.lines) == 10 and found.seen_at == ""
    assert {line.examinations for line in found.lines} == {"not here yet"}
    assert desk.day(site.today + timedelta(days=1)).wait().lines == ()


def test_checking_in_and_back(site: Site, open_desk: OpenDesk) -> None:
    site.read(3)
    desk = open_desk()
    visit = site.visit("002").id
    done = desk.check_in(visit).wait()
    assert (done.name, done.before) == ("髙橋 花子", "")
    assert site.visit("002").arrived_at
    again = open_desk("受付2").check_in(visit).wait()  # two desks: the second is told
    assert again.before == site.visit("002").arrived_at
    (event,) = events(site, "checked in")
    assert (event.who, event.patient, event.station) == ("見本 看護", "|90000002", "受付1")
    desk.undo_check_in(visit).wait()
    assert site.visit("002").arrived_at == "" and len(events(site, "check-in undone")) == 1
    with pytest.raises(Refused, match="not checked in"):
        desk.undo_check_in(visit).wait()


def test_a_check_in_with_pictures_stays(site: Site, open_desk: OpenDesk) -> None:
    site.read(3)
    desk = open_desk()
    visit = site.visit("001").id
    desk.check_in(visit).wait()
    site.image("001", "CHEST", ViewPosition="PA")
    with pytest.raises(Refused, match="have arrived"):
        desk.undo_check_in(visit).wait()
    with pytest.raises(Refused):
        desk.check_in(9999).wait()


def test_pictures_before_the_check_in_stay_complete(site: Site, open_desk: OpenDesk) -> None:
    site.read(3)
    desk = open_desk()
    site.complete("001")
    assert desk.day(site.today).wait().lines[0].state == "look"
    desk.check_in(site.visit("001").id).wait()
    assert desk.day(site.today).wait().lines[0].state == "done"


def test_a_number_of_another_day(site: Site, open_desk: OpenDesk) -> None:
    tomorrow = site.today + timedelta(days=1)
    site.read(2, tomorrow)
    desk = open_desk()
    assert desk.days_of_number(f"{tomorrow:%Y%m%d}-001").wait() == [tomorrow]
    assert desk.days_of_number("none").wait() == []


def test_the_interview_with_last_time(site: Site, open_desk: OpenDesk) -> None:
    last = site.today - timedelta(days=364)
    site.read(3, last)
    desk = open_desk()
    before = site.visit("002", last).id
    desk.check_in(before).wait()
    desk.save_note(before, "抗凝固薬を内服中。").wait()
    with site.centre.writing() as conn:
        for text, signed in (("右下肺野に索状影。", True), ("書きかけ", False)):
            findings.write_version(conn, visit=before, kind="CHEST" if signed else "ECG", body=FindingBody(text),
                                   by="例示 医師", signed=signed, based_on=0)  # fmt: skip
    site.read(3)
    visit = site.visit("002").id
    seen = desk.interview(visit).wait()
    assert seen.notes == () and seen.last_visit.key.day == last
    assert [note.text for note in seen.last_notes] == ["抗凝固薬を内服中。"]
    assert seen.last_findings == (("胸部X線", "右下肺野に索状影。"),)  # a draft is nobody's word yet
    desk.save_note(visit, "一つ目").wait()
    desk.save_note(visit, "二つ目").wait()
    assert [note.text for note in desk.interview(visit).wait().notes] == ["二つ目", "一つ目"]
    assert [line.noted for line in desk.day(site.today).wait().lines] == [False, True, False]
    assert len(events(site, "interview note")) == 3
    with pytest.raises(Refused):
        desk.save_note(visit, "  ").wait()


def test_a_missed_visit_is_not_last_time(site: Site, open_desk: OpenDesk) -> None:
    site.read(2, site.today - timedelta(days=10))
    site.read(2)
    assert open_desk().interview(site.visit("001").id).wait().last_visit is None


def test_what_was_typed_survives_this_station(site: Site, open_desk: OpenDesk) -> None:
    site.read(2)
    visit = site.visit("001").id
    desk = open_desk()
    desk.keep_draft(visit, "途中").wait()
    site.close()
    assert open_desk().interview(visit).wait().draft == "途中"
    site.close()
    desk = open_desk()
    desk.save_note(visit, "途中まで").wait()
    assert desk.interview(visit).wait().draft == ""
    desk.keep_draft(visit, "x").wait()
    desk.keep_draft(visit, " ").wait()
    assert desk.interview(visit).wait().draft == ""


def test_lists_and_their_problems(site: Site, open_desk: OpenDesk) -> None:
    rows = sample_rows(site.today, 3)
    rows[1][7] = "平成50年1月1日"
    site.read(rows=rows)
    desk = open_desk()
    (file,), state = desk.files().wait()
    assert (file.rows, file.problems, state.trouble) == (3, 1, "")
    assert desk.file(file.id).wait() == file and desk.file(99).wait() is None
    ((problem, sentence),) = desk.problems(file.id).wait()
    assert problem.line == 3 and "平成" in str(sentence)
    desk.settle(problem.id).wait()
    assert desk.problems(file.id).wait()[0][0].settled_by == "見本 看護"


def test_the_list_on_paper(site: Site, open_desk: OpenDesk, wait_until: Callable[..., Any]) -> None:
    import pypdfium2

    site.read(10)
    desk = open_desk(barcode="code128")
    path, pages = desk.print_list(site.today, desk.day(site.today).wait().lines).wait()
    with pypdfium2.PdfDocument(path) as document:
        text = "".join(page.get_textpage().get_text_range() for page in document)
        assert len(document) == pages
    for part in ("髙橋 花子", "タカハシ ハナコ", "ドックA", "抗凝固薬"):
        assert part in text
    assert len(events(site, "list printed")) == 1
    with pytest.raises(Refused):
        desk.print_list(site.today, []).wait()


def test_the_list_seen_last_is_shown_while_the_store_is_away(site: Site, open_desk: OpenDesk, tmp_path: Path) -> None:
    site.read(4)
    desk = open_desk()
    seen = desk.day(site.today).wait()
    away = centre_store("postgresql+psycopg://nobody@127.0.0.1:9/none", tmp_path)
    desk._kit = replace(desk._kit, centre=away)
    kept = desk.day(site.today).wait()
    assert kept.lines == seen.lines and kept.seen_at
    with pytest.raises(LinkLost):
        desk.day(site.today + timedelta(days=1)).wait()
    with pytest.raises(LinkLost):
        desk.check_in(seen.lines[0].visit).wait()


def test_the_service_reads_what_comes(site: Site, open_desk: OpenDesk, wait_until: Callable[..., Any]) -> None:
    desk = open_desk(inbox=InboxSettings(folder="in", every_s=0.05, settle_s=0.05))
    kit = desk._kit
    stop = threading.Event()
    service = threading.Thread(target=run_lists, args=(kit, stop))
    service.start()
    try:
        folder = kit.data / "in"
        wait_until(folder.is_dir)
        system = CheckupSystem(folder)
        system.appear("a.csv")
        system.grow("a.csv", list_bytes(sample_rows(site.today, 5)))
        wait_until(lambda: desk.inbox_state().wait().waiting == (("a.csv", "no_lok", 0),))
        assert desk.day(site.today).wait().lines == ()
        system.finish("a.csv")
        wait_until(lambda: len(desk.day(site.today).wait().lines) == 5)
        wait_until(lambda: desk.inbox_state().wait().waiting == ())
    finally:
        stop.set()
        service.join(10)
    assert not service.is_alive()


def test_a_folder_that_is_away_is_told_and_read_when_it_is_back(
    site: Site, open_desk: OpenDesk, wait_until: Callable[..., Any], tmp_path: Path
) -> None:
    folder = tmp_path / "share"
    desk = open_desk(inbox=InboxSettings(folder=str(folder), every_s=60, settle_s=0.05))
    kit = desk._kit
    reader = list_reader(kit)
    assert reader is not None
    stop = threading.Event()

    def watch() -> None:
        watch_inbox(reader, kit.local, kit.local_notices, stop, 60, 0.05)
        kit.centre.leave()

    service = threading.Thread(target=watch)
    service.start()
    try:
        wait_until(lambda: "L211" in desk.inbox_state().wait().trouble)
        CheckupSystem(folder).deliver("a.csv", list_bytes(sample_rows(site.today, 2)))
        desk.read_now().wait()  # sixty seconds are not waited for
        wait_until(lambda: len(desk.day(site.today).wait().lines) == 2)
        wait_until(lambda: desk.inbox_state().wait().trouble == "")
    finally:
        stop.set()
        service.join(10)


def test_a_folder_that_stays_away_is_logged_once(
    site: Site, open_desk: OpenDesk, wait_until: Callable[..., Any], tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    kit = open_desk(inbox=InboxSettings(folder=str(tmp_path / "share")))._kit
    reader = list_reader(kit)
    assert reader is not None
    looks: list[None] = []
    look = reader.look
    reader.look = lambda stop=None: (looks.append(None), look(stop))[1]  # type: ignore[assignment, misc]
    stop = threading.Event()

    def watch() -> None:
        watch_inbox(reader, kit.local, kit.local_notices, stop, 0.01, 0.01)
        kit.centre.leave()

    service = threading.Thread(target=watch)
    service.start()
    try:
        wait_until(lambda: len(looks) > 4)
    finally:
        stop.set()
        service.join(10)
    assert sum("L211" in record.getMessage() for record in caplog.records) == 1


def test_a_desk_without_an_inbox_reads_nothing(site: Site, open_desk: OpenDesk) -> None:
    assert list_reader(open_desk()._kit) is None


def test_the_check_says_what_is_missing(tmp_path: Path) -> None:
    from kiosk.core.list_settings import ListSettings
    from kiosk.modes.reception.mode import ReceptionSettings

    assert [good for good, _, _ in check(ReceptionSettings())] == []
    there = ReceptionSettings(inbox=InboxSettings(folder=str(tmp_path)))
    assert [good for good, _, _ in check(there)] == [True]
    wrong = ReceptionSettings(inbox=InboxSettings(folder=str(tmp_path / "no")), list=ListSettings(gaiji={"zz": "x"}))
    assert [good for good, _, _ in check(wrong)] == [False, False]


def test_a_visit_of_another_institution_is_not_shown(site: Site, open_desk: OpenDesk) -> None:
    site.read(2)
    with site.centre.writing() as conn:
        row = visits.VisitRow(visits.VisitKey("0002", site.today, "1"), site_patient())
        visits.take_visit(conn, row, "list")
    assert len(open_desk().day(site.today).wait().lines) == 2


def site_patient() -> Any:
    from kiosk.core.patient import Patient

    return Patient("", "70000001", "別 施設")
