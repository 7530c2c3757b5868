"""The maintenance window as a person works with it: keys, typed words, scanned badges, and what is seen."""

from __future__ import annotations

import shutil
import tkinter as tk
from collections.abc import Callable, Iterator
from pathlib import Path
from tkinter import ttk
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.modes.maintenance.mode import MODE
from kiosk.store import staff

Waits = Callable[..., Any]


@pytest.fixture
def window(root: Any, make_station: Callable[..., Station], wait_until: Waits) -> Iterator[Any]:
    from kiosk.ui.look import dress
    from kiosk.ui.mailbox import Mailbox

    dress(root)
    mailbox = Mailbox(root)
    station = make_station(mailbox)
    top = tk.Toplevel(root)
    top.geometry("1280x800+0+0")
    shell = MODE.window(top, station.open_mode("maintenance", MODE))  # type: ignore[misc]
    top.update()
    top.focus_force()
    made = shell.window
    made.station_under_test = station
    wait_until(lambda: len(made.people.table) == 1, what="the staff list")
    yield made
    top.destroy()
    root.update()
    mailbox.close()


def fields(parent: tk.Misc) -> list[Any]:
    """Entries of the card, from top to bottom."""
    found: list[Any] = []
    for child in parent.winfo_children():
        if isinstance(child, ttk.Entry):
            found.append(child)
        found += fields(child)
    return found


def press(widget: Any, key: str) -> None:
    """A key typed while ``widget`` has the keyboard."""
    widget.focus_force()
    widget.update()
    widget.event_generate(key)
    widget.update()


def said(window: Any) -> str:
    return str(window.shell.problem.text)


def test_a_person_is_added_with_a_scanned_badge(window: Any, wait_until: Waits) -> None:
    window.shell.key("F5").press()
    name, role, pin, again = fields(window.people.card)
    name.insert(0, "見本 太郎")
    role.current(2)
    pin.insert(0, "1357")
    again.insert(0, "1357")
    window.people.scanned("B-0002")
    press(again, "<Return>")
    wait_until(lambda: window.shell.problem.level == "done")
    assert "見本 太郎" in said(window)
    wait_until(lambda: len(window.people.table) == 2)
    chosen = window.people.chosen
    assert (chosen.name, chosen.role, chosen.has_badge) == ("見本 太郎", "nurse", True)
    assert not window.people.card.open


def test_what_is_missing_is_said_beside_the_field_and_nothing_is_lost(window: Any, wait_until: Waits) -> None:
    window.shell.key("F5").press()
    name, role, pin, again = fields(window.people.card)
    name.insert(0, "見本 太郎")
    press(again, "<Return>")
    assert window.shell.top.focus_get() is role
    role.current(2)
    pin.insert(0, "1357")
    again.insert(0, "1358")
    press(again, "<Return>")
    assert (name.get(), pin.get(), again.get()) == ("見本 太郎", "1357", "")
    again.insert(0, "1357")
    pin.delete(0, "end")
    pin.insert(0, "1111")
    again.delete(0, "end")
    again.insert(0, "1111")
    press(again, "<Return>")
    wait_until(lambda: window.shell.problem.level == "stop")
    assert "easy to guess" in said(window)
    assert window.people.card.open and name.get() == "見本 太郎"


def test_the_last_person_in_charge_stays(window: Any, wait_until: Waits) -> None:
    window.people.table.select(window.people.table.shown_keys[0])
    window.shell.key("F8").press()
    question = window.shell.question
    assert question is not None
    question.buttons[1].invoke()
    wait_until(lambda: window.shell.problem.level == "stop")
    assert "last person in charge" in said(window)
    assert window.people.people[1].active


def test_esc_leaves_a_form_and_a_question_safely(window: Any, wait_until: Waits) -> None:
    window.people.table.select("1")
    window.shell.key("F4").press()
    assert window.people.card.open
    window.shell.key("Esc").press()
    assert not window.people.card.open
    window.shell.key("F8").press()
    window.shell.key("Esc").press()
    assert window.shell.question is None
    assert window.people.chosen.active


def test_a_badge_is_changed_by_scanning_and_otherwise_says_whose_it_is(window: Any, wait_until: Waits) -> None:
    window.people.scanned("B-0001")
    wait_until(lambda: "見本 花子" in said(window))
    window.shell.key("F7").press()
    window.people.scanned("B-7777")
    wait_until(lambda: window.shell.problem.level == "done")
    window.people.scanned("B-0001")
    wait_until(lambda: window.shell.problem.level == "look")
    assert "Nobody" in said(window)


def test_who_is_not_in_charge_reads_a_plain_sentence(
    window: Any, wait_until: Waits, as_nurse: Callable[[Station], None]
) -> None:
    as_nurse(window.station_under_test)
    for page, keys in (("people", ("F3", "F4", "F5", "F7", "F8")), ("audit", ("F8",)), ("store", ("F7",))):
        window.turn_to(page)
        for cap in keys:
            window.shell.problem.plain("")
            window.shell.key(cap).press()
            assert said(window) == "Only the person in charge may do this.", (page, cap)
    assert not window.people.card.open


def test_pages_turn_by_number_by_control_and_by_arrows(window: Any, wait_until: Waits) -> None:
    press(window.people.table.tree, "<KeyPress-3>")
    wait_until(lambda: window.page == "store")
    press(window.store.checks.tree, "<Control-Key-2>")
    wait_until(lambda: window.page == "audit")
    assert window.shell.top.focus_get() is window.audit.patient.entry
    press(window.tabs["audit"], "<Right>")
    assert window.page == "store"
    press(window.tabs["store"], "<Left>")
    press(window.tabs["audit"], "<Left>")
    press(window.tabs["people"], "<Left>")
    assert window.page == "people"
    assert sum(page.frame.winfo_ismapped() for page in window.pages.values()) <= 1


def test_the_audit_table_is_searched_proven_and_exported(window: Any, wait_until: Waits) -> None:
    from kiosk.store import audit

    station = window.station_under_test
    with station.centre.writing() as conn:
        audit.write(conn, audit.Actor("見本 太郎", "nurse", "r1"), "check in", patient="|P00001", remark="=1+1")
        audit.write(conn, audit.Actor("見本 太郎", "nurse", "r1"), "login refused")
    window.turn_to("audit")
    window.audit.patient.set("P00001")
    window.shell.key("F5").press()
    wait_until(lambda: len(window.audit.table) == 1)
    assert window.audit.table.row("1").cells[5] == "P00001"
    window.shell.key("F6").press()
    window.audit.since.set("2026-13-45")
    window.shell.key("F5").press()
    assert window.shell.top.focus_get() is window.audit.since.entry, "a date that can't be read is asked for again"
    window.audit.clear()
    window.shell.key("F5").press()
    wait_until(lambda: len(window.audit.table) == 3)
    window.shell.key("F7").press()
    wait_until(lambda: window.shell.problem.level == "done")
    assert "chain is whole" in said(window)
    window.shell.key("F8").press()
    wait_until(lambda: "audit-" in said(window))
    (written,) = Path(window.desk.export_folder).glob("audit-*.csv")
    assert written.read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_chain_changed_by_force_is_said_in_red(window: Any, wait_until: Waits) -> None:
    import sqlalchemy as sa

    station = window.station_under_test
    window.desk.audit().wait()
    with station.centre.writing() as conn:
        conn.execute(sa.text("DROP TRIGGER audit_no_update"))
        conn.execute(sa.text("UPDATE audit SET who = '別人' WHERE seq = 1"))
    window.turn_to("audit")
    window.shell.key("F7").press()
    wait_until(lambda: window.shell.problem.level == "stop")
    assert "row 1" in said(window)


def test_store_is_checked_and_backed_up_with_progress(window: Any, wait_until: Waits) -> None:
    window.turn_to("store")
    wait_until(lambda: "no backup" in said(window))
    window.shell.key("F7").press()
    assert window.shell.problem.in_progress
    window.shell.key("F5").press()
    assert "other work" in said(window)
    wait_until(lambda: window.shell.problem.level == "done" and len(window.store.backups) == 2)
    assert not window.shell.problem.in_progress
    window.shell.key("F5").press()
    wait_until(lambda: len(window.store.checks) > 5)
    assert window.shell.problem.level == "done"


def test_what_came_of_the_night_is_shown(window: Any, wait_until: Waits) -> None:
    from kiosk.flow.nightly_backup import NightlyBackup

    station = window.station_under_test
    folders = [station.file.data / "BACKUP"]
    night = NightlyBackup(station.file, station.local, station.centre, hour=2, folders=folders, generations=3)
    assert night.do().good
    window.turn_to("store")
    wait_until(lambda: "good" in str(window.store.night.cget("text")))
    assert "restored for trial" in str(window.store.night.cget("text"))
    shutil.rmtree(folders[0])
    folders[0].write_text("in the way")
    assert not night.do().good
    window.store.refresh()
    wait_until(lambda: "NOT good" in str(window.store.night.cget("text")))


def test_long_work_is_stopped_from_the_line(window: Any, wait_until: Waits) -> None:
    window.turn_to("store")
    window.shell.key("F7").press()
    window.shell.problem._progress._button.invoke()
    wait_until(lambda: "Stopped" in said(window) or window.shell.problem.level == "done")
    assert not window.shell.problem.in_progress


def test_the_stations_settings_are_told_with_their_meaning(window: Any, wait_until: Waits) -> None:
    window.turn_to("station")
    window.station.settings.select("modes.maintenance.audit_rows")
    wait_until(lambda: "Most rows" in str(window.station.doc.cget("text")))
    window.station.search.set("idle_lock")
    assert window.station.settings.shown_keys == ["station.idle_lock_min"]
    assert window.station.back() and len(window.station.settings) > 5
    window.shell.key("F5").press()
    wait_until(lambda: len(window.station.checks) >= 4)
    assert window.shell.problem.level == "done"


def test_a_change_on_another_pc_is_seen(window: Any, wait_until: Waits) -> None:
    from kiosk.store import notices

    station = window.station_under_test
    with station.centre.writing() as conn:
        made = staff.add_person(conn, name="例示 一郎", role="clerk", pin="1357")
        notices.tell(conn, "staff", person=made.id)
    wait_until(lambda: len(window.people.table) == 2)


def test_nothing_is_cut_off(window: Any, wait_until: Waits) -> None:
    from tests.ui.test_shell import cut_off

    for page in window.pages:
        window.turn_to(page)
        window.shell.top.update()
        assert cut_off(window.shell.top) == [], page
    window.turn_to("people")
    window.shell.key("F5").press()
    window.shell.top.update()
    assert cut_off(window.shell.top) == []
