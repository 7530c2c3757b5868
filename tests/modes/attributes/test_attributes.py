"""From barcode to console: the right examinee, looked at, whole, and never anybody else."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.barcodes import BarcodeSettings, check_digit
from kiosk.core.faults import LinkLost, Refused
from kiosk.core.serial_profiles import SerialSettings
from kiosk.core.visit import VisitKey, VisitState
from kiosk.core.words import say
from kiosk.devices.console.simulator import SerialConsoleSimulator
from kiosk.modes.attributes.mode import check
from kiosk.modes.attributes.settings import AttributesSettings, FolderSettings
from kiosk.store import audit, visits
from kiosk.store.visits import VisitRow
from tests.devices.serial_lines import pty_line
from tests.journeys.hands import press, scan, type_in
from tests.modes.attributes.conftest import HANAKO, TARO, Room
from tests.needs import only_on_posix

Wait = Callable[..., Any]



def shown(window: Any) -> list[tuple[str, ...]]:
    return [tuple(window.fields.row(each).cells) for each in window.fields.shown_keys]


def sent(window: Any) -> list[tuple[str, ...]]:
    return [tuple(window.sent.row(each).cells) for each in window.sent.shown_keys]


def test_barcode_look_send(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window()
    room = window.room
    room.visit(TARO, "001")
    room.visit(HANAKO, "002")
    scan(window.shell, "002")
    wait_until(lambda: window.chosen is not None, what="she is shown")
    assert window.shell.banner.examinee.name == "𠮷田 花子" and window.shell.banner.examinee.number == "002"
    assert (say("Birth date"), "S551231") in shown(window) and not room.console.records
    assert window.shell.is_busy
    press(window.shell, "F5")
    wait_until(lambda: "00012346.csv" in room.console.records, what="the console has it")
    record = room.console.records["00012346.csv"].decode("cp932")
    assert record == "00012346,002,吉田 花子,ﾖｼﾀﾞ ﾊﾅｺ,F,S551231\r\n"
    wait_until(lambda: sent(window) and window.chosen is None, what="it stands in the list")
    assert sent(window)[0][1:5] == ("002", "00012346", "𠮷田 花子", say("sent"))
    assert not window.shell.is_busy and window.shell.banner.examinee is None
    with room.station.centre.reading() as conn:
        assert "attributes sent" in audit.actions(conn)


def test_an_unknown_code_is_loud_and_takes_the_one_before_away(
    open_window: Callable[..., Any], wait_until: Wait
) -> None:
    window = open_window()
    window.room.visit(TARO, "001")
    scan(window.shell, "001")
    wait_until(lambda: window.chosen is not None)
    scan(window.shell, "0012")
    wait_until(lambda: window.shell.problem.level == "stop", what="nobody has it")
    assert window.chosen is None and window.shell.banner.examinee is None
    press(window.shell, "F5")
    assert not window.room.console.records
    type_in(window.shell, "001\r")
    wait_until(lambda: window.chosen is not None, what="typed by hand")
    press(window.shell, "Esc")
    assert window.chosen is None and not shown(window)


def test_sent_at_once_by_setting(open_window: Callable[..., Any], wait_until: Wait) -> None:
    window = open_window(at_once=True)
    window.room.visit(TARO, "001")
    scan(window.shell, "001")
    wait_until(lambda: window.room.console.records)
    wait_until(lambda: sent(window))


def test_a_console_that_is_away_is_told_and_nothing_goes_out_later(
    open_window: Callable[..., Any], wait_until: Wait
) -> None:
    window = open_window(folder=FolderSettings("nowhere/there", "", "none", 1.0))
    room = window.room
    room.visit(TARO, "001")
    scan(window.shell, "001")
    wait_until(lambda: window.chosen is not None)
    press(window.shell, "F5")
    wait_until(lambda: window.shell.problem.level == "stop" and sent(window), what="it could not be handed over")
    assert sent(window)[0][4] == say("not sent") and "{" not in window.shell.problem.text
    assert window.chosen is not None, "F5 tries again"
    (room.data / "nowhere" / "there").mkdir(parents=True)
    assert not list((room.data / "nowhere" / "there").iterdir())
    press(window.shell, "F5")
    wait_until(lambda: (room.data / "nowhere" / "there" / "00012345.csv").exists())


def test_never_the_nearest_never_a_cancelled_one_never_a_corrected_one(open_room: Callable[..., Room]) -> None:
    room = open_room()
    desk = room.desk
    visit = room.visit(TARO, "001")
    cancelled = room.visit(HANAKO, "002")
    with room.station.centre.writing() as conn:
        visits.set_state(conn, cancelled, VisitState.CANCELLED)
    for code, reason in (("01", "nobody"), ("0010", "nobody"), ("", "nobody"), ("002", "cancelled")):
        with pytest.raises(Refused) as why:
            desk.find(code, date.today(), scanned=False).wait()
        assert why.value.reason == reason
    with pytest.raises(Refused):
        desk.find("001", date.today() + timedelta(days=1), scanned=False).wait()
    assert desk.find("００１", date.today(), scanned=False).wait().person.visit == visit, (
        "full-width digits of an input method"
    )
    chosen = desk.find("00012345", date.today(), scanned=False).wait()
    assert chosen.person.visit == visit, "by patient ID too"
    room.visit(TARO, "003")
    with pytest.raises(Refused) as why:
        desk.find("00012345", date.today(), scanned=False).wait()
    assert why.value.reason == "several"
    with room.station.centre.writing() as conn:
        corrected = replace(TARO, birth_date=date(1971, 4, 3))
        visits.take_visit(conn, VisitRow(VisitKey("0001", date.today(), "001"), corrected, "09:00"), "list")
    with pytest.raises(Refused) as why:
        desk.send(chosen.person).wait()
    assert why.value.reason == "changed" and not room.console.records


def test_it_goes_on_while_the_shared_store_is_away(open_room: Callable[..., Room], monkeypatch: Any) -> None:
    room = open_room()
    room.visit(TARO, "001")
    assert room.desk.find("001", date.today(), scanned=False).wait().person.seen_at == ""
    centre = room.station.centre

    def away(*args: Any, **more: Any) -> Any:
        raise LinkLost("centre")

    monkeypatch.setattr(centre, "reading", away)
    monkeypatch.setattr(centre, "writing", away)
    chosen = room.desk.find("001", date.today(), scanned=False).wait()
    assert chosen.person.seen_at
    room.desk.send(chosen.person).wait()
    assert room.console.records
    assert [each.number for each in room.desk.sent_today().wait()] == ["001"]


@only_on_posix
def test_barcode_to_dr_over_a_serial_line(open_window: Callable[..., Any], wait_until: Wait) -> None:
    told = SerialSettings(answer_s=0.5, enquire=True)
    codes = BarcodeSettings(kind="nw7", check="mod16", pattern=r"(?P<day>\d{8})(?P<number>\d{3})")
    with pty_line() as line:
        console, stop = SerialConsoleSimulator(told, line), threading.Event()
        worker = threading.Thread(target=console.work, args=(stop,), name="dr")
        worker.start()
        window = open_window(serial=replace(told, port=line.port), barcode=codes, console="DR")
        window.room.visit(HANAKO, "002")
        data = f"{date.today():%Y%m%d}002"
        scan(window.shell, f"A{data}{check_digit(data, 'mod16', ('A', 'A'))}A")
        wait_until(lambda: window.chosen is not None, what="she is shown")
        press(window.shell, "F5")
        wait_until(lambda: console.records, what="the DR has it")
        assert console.records[0].decode("cp932") == "00012346,002,吉田 花子,ﾖｼﾀﾞ ﾊﾅｺ,F,S551231"
        wait_until(lambda: sent(window) and window.chosen is None)
        scan(window.shell, f"A{data}9A")
        wait_until(lambda: window.shell.problem.level == "stop", what="a wrong check digit is loud")
        assert window.chosen is None
        stop.set()
        worker.join(5)
        line.pull_out()
        wait_until(lambda: window._console.state == "stop", 3, "the lamp is red")


def test_the_check_names_what_is_missing(tmp_path: Path) -> None:
    told = AttributesSettings(folder=FolderSettings(str(tmp_path / "none")))
    assert [good for good, _, _ in check(told)] == [False, True]
