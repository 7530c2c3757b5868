"""Practising: a device asks, takes, sends and makes mistakes on purpose; a PACS counts and fills up."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.words import say
from kiosk.dicom.modality_simulator import Mistake, ModalitySimulator
from kiosk.dicom.nodes import Node
from kiosk.modes.training import rules
from kiosk.modes.training.mode import MODE
from tests.dicom.peers import HANAKO, TARO, a_row, free_port
from tests.modes.training.conftest import Practice

Open = Callable[..., Any]


def test_every_mistake_has_its_words() -> None:
    assert set(rules.MISTAKES) == {each.value for each in Mistake}
    assert MODE.title


def test_a_step_is_found_by_what_is_on_the_form() -> None:
    row = a_row(HANAKO)
    assert all(rules.fits(row, text) for text in ("", "00012346", "髙橋", "タカハシ ハナコ", row.accession))
    assert not rules.fits(row, "見本")
    assert rules.moment_of(row) == "09:30"
    assert rules.moment_of(a_row(scheduled_time="")) == ""


def test_a_device_examines_as_the_master_expects(open_desk: Open, practice: Practice) -> None:
    desk = open_desk()
    device = desk.devices[0]
    assert desk.check_link(device).wait() > 0
    rows = desk.worklist(device).wait()
    assert {row.patient.patient_id for row in rows} == {TARO.patient_id, HANAKO.patient_id}
    done = desk.examine(device, rows[0], "", lambda *_: None).wait()
    assert done == rules.Examined(2, 2) and done.all_taken
    views = sorted(facts.view_hints["ViewPosition"] for facts in practice.intake.facts.values())
    assert views == ["LL", "PA"]
    assert desk.examine(device, rows[0], "missing_view", lambda *_: None).wait() == rules.Examined(1, 1)


def test_a_gateway_that_is_not_there_is_told(open_desk: Open) -> None:
    desk = open_desk(gateway="127.0.0.1")
    object.__setattr__(desk.settings, "port", free_port())
    for answer in (desk.check_link(desk.devices[0]), desk.worklist(desk.devices[0])):
        with pytest.raises(LinkLost):
            answer.wait()


def test_a_gateway_that_refuses_is_told(open_desk: Open, practice: Practice) -> None:
    from kiosk.core.faults import NoRoom

    practice.intake.refuse = NoRoom("MAG1")
    desk = open_desk()
    with pytest.raises(Fault, match="refused pictures"):
        desk.examine(desk.devices[0], practice.rows[0], "", lambda *_: None).wait()


def test_the_pacs_counts_and_fills_up(open_desk: Open, practice: Practice) -> None:
    desk = open_desk()
    assert not desk.pacs().running
    state = desk.start_pacs().wait()
    assert state.running and state.port
    pacs = Node("PACS", "127.0.0.1", state.port)
    device = ModalitySimulator("CR1", "CR", pacs, pacs)
    assert all(sent.accepted for sent in device.examine(practice.rows[0]))
    assert (desk.pacs().images, desk.pacs().studies) == (2, 1)
    desk.fill_pacs(True)
    assert [sent.status for sent in device.examine(practice.rows[1])] == [0xA700, 0xA700]
    assert not desk.stop_pacs().wait().running
    with pytest.raises(LinkLost):
        device.check_links()
    assert desk.start_pacs().wait().running, "it can be started again"


def test_from_the_worklist_to_sent_in_the_window(
    open_window: Open, practice: Practice, wait_until: Callable[..., Any]
) -> None:
    window = open_window()
    window.shell.key("F3").press()
    wait_until(lambda: len(window.table) == 2, 10)
    window.search.set("見本")
    [key] = window.table.shown_keys
    window.table.select(key)
    wait_until(lambda: window.shell.key("F5").enabled)
    window.shell.key("F5").press()
    wait_until(lambda: len(practice.intake.stored) == 2, 20)
    wait_until(lambda: window.table.row(key).cells[6] == say(rules_sent(2)), 10)
    assert window.shell.problem.level == "done"
    assert not window.shell.problem.in_progress


def rules_sent(number: int) -> str:
    return say("{n} pictures", n=number)


def test_a_mistake_chosen_in_the_window_is_made(
    open_window: Open, practice: Practice, wait_until: Callable[..., Any]
) -> None:
    window = open_window()
    window.ask()
    wait_until(lambda: len(window.table) == 2, 10)
    window.mistake.set("wrong_id")
    window.table.select(window.table.shown_keys[0])
    window.examine()
    wait_until(lambda: len(practice.intake.stored) == 2, 20)
    wait_until(lambda: not window._sending)
    known = {TARO.patient_id, HANAKO.patient_id}
    assert not {facts.patient_id for facts in practice.intake.facts.values()} & known


def test_the_pacs_is_started_and_stopped_in_the_window(open_window: Open, wait_until: Callable[..., Any]) -> None:
    window = open_window()
    assert window._pacs_lamp.state == "off"
    window.pacs_button.invoke()
    wait_until(lambda: window._pacs_lamp.state == "good", 10)
    assert "PACS" in window.pacs_text.cget("text")
    window.full_box.invoke()
    wait_until(lambda: window._pacs_lamp.state == "look", 5)
    window.pacs_button.invoke()
    wait_until(lambda: window._pacs_lamp.state == "off", 10)


def test_the_settings_file_names_its_devices() -> None:
    from kiosk.flow.settings_file import read_settings

    path = Path(__file__).resolve().parents[3] / "settings" / "training.toml"
    settings = read_settings(path, {"training": MODE.settings}).modes["training"]
    assert [each.ae_title for each in settings.devices] == ["CR1", "US1"]
