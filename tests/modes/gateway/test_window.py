"""What a person does and sees in the gateway's window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.words import say
from kiosk.dicom.ask_worklist import Asking
from kiosk.dicom.modality_simulator import Mistake
from kiosk.dicom.nodes import Node
from kiosk.dicom.send import echo
from kiosk.flow import show_study
from kiosk.modes.gateway.pages import PAGES

Open = Callable[..., Any]


def cells(table: Any) -> list[tuple[str, ...]]:
    return [tuple(table.row(key).cells) for key in table.shown_keys]


def test_what_comes_is_shown_by_itself(open_window: Open, wait_until: Callable[..., Any]) -> None:
    window = open_window()
    window.site.visit()
    wait_until(lambda: window._receiver.state == "good", 30, "the lamp of the receiver is green")
    assert "KIOSK" in window._receiver.told()
    window.site.examine()
    wait_until(lambda: any(row[4] == "2" for row in cells(window.pages["today"].studies)), 5, "the study is shown")
    [study] = cells(window.pages["today"].studies)
    assert study[1:4] == ("CR", "00012345", "見本 太郎") and study[5] == say("by study number")
    wait_until(lambda: cells(window.pages["today"].devices)[0][0::2] == ("CR1", "2"))
    assert window._disk.state in ("good", "look")


def test_matching_by_hand_asks_first(open_window: Open, wait_until: Callable[..., Any]) -> None:
    window = open_window()
    visit = window.site.visit()
    window.site.examine(mistake=Mistake.WRONG_ID)
    wait_until(lambda: window.view.unmatched, 10)
    assert window.shell.problem.level == "look"
    window.shell.key("F5").press()  # leads to the list
    assert window.page == "unmatched"
    [key] = wait_until(lambda: window.pages["unmatched"].studies.shown_keys)
    window.pages["unmatched"].studies.select(key)
    wait_until(lambda: len(window.pages["unmatched"].candidates) == 2)
    window.shell.key("F5").press()
    assert window.shell.question is None, "nothing is chosen below yet"
    window.pages["unmatched"].candidates.select(window.pages["unmatched"].candidates.shown_keys[0])
    wait_until(lambda: window.pages["unmatched"].ready)
    window.shell.key("F5").press()
    question = wait_until(lambda: window.shell.question)
    question.buttons[0].invoke()
    assert window.view.unmatched, "the safe answer does nothing"
    window.shell.key("F5").press()
    wait_until(lambda: window.shell.question).buttons[1].invoke()
    wait_until(lambda: not window.view.unmatched, 10, "matched")
    assert window.pages["unmatched"].studies.shown_keys == [] and window.pages["unmatched"].candidates.shown_keys == []
    window.turn_to("today")
    [study] = wait_until(lambda: cells(window.pages["today"].studies))
    assert study[5] == say("by hand")
    assert visit


def test_the_worklist_log_says_why_an_answer_was_empty(open_window: Open, wait_until: Callable[..., Any]) -> None:
    window = open_window()
    window.site.visit(1)
    device = window.site.device()
    device.ask(Asking(modality="CR"))
    device.ask(Asking(patient_id="00099999"))
    device.ask(Asking(modality="MG"))
    device.ask(Asking(modality="MG", patient_id="00012346"))
    wait_until(lambda: len(window.view.queries) == 4, 10)
    window.turn_to("worklist")
    page = window.pages["worklist"]
    named, kind, nobody, first = cells(page.queries)
    assert nobody[3:5] == ("0", say("nobody on the list has that ID, number or name"))
    assert kind[3] == "0" and say("modality") in kind[4]
    assert first[3] == "1" and "00012346" in first[4]
    reason = say("{key} asked {asked}, scheduled {scheduled}", key=say("modality"), asked="MG", scheduled="CR")
    sentence = say("{id} was left out: {why}", id="00012346", why=reason)
    assert named[3] == "0" and sentence in named[4]
    page.queries.select(page.queries.shown_keys[0])
    wait_until(lambda: sentence in window.shell.problem.text)
    judged = wait_until(lambda: cells(page.judged), 10, "each examination is told")
    assert {row[5] for row in judged} == {
        reason, say("{key} asked {asked}, scheduled {scheduled}", key=say("modality"), asked="MG", scheduled="US")
    }  # fmt: skip
    page.queries.select(page.queries.shown_keys[3])
    wait_until(lambda: cells(page.judged)[0][5] == say("told"), 10, "the first query told one")
    window.search.set("腹部")
    wait_until(lambda: len(cells(page.judged)) == 1, 10, "the search narrows the examinations")


def test_a_stranger_is_listed_with_what_to_do(open_window: Open, wait_until: Callable[..., Any]) -> None:
    from kiosk.core.faults import LinkLost

    window = open_window()
    gateway = Node("KIOSK", "127.0.0.1", window.site.port)
    with pytest.raises(LinkLost):
        echo("STRANGER", gateway)
    wait_until(lambda: window.view.troubles, 10)
    window.turn_to("troubles")
    [row] = cells(window.pages["troubles"].troubles)
    assert "STRANGER" in row[1] and "127.0.0.1" in row[2] and row[3]


def test_search_and_scan_narrow_the_list(open_window: Open, wait_until: Callable[..., Any]) -> None:
    window = open_window()
    for person in range(3):
        window.site.visit(person)
        window.site.examine(person)
    wait_until(lambda: len(window.pages["today"].studies) == 3, 10)
    window._scanned("00012346")
    assert [row[2] for row in cells(window.pages["today"].studies)] == ["00012346"]
    window.shell.key("Esc").press()
    assert len(window.pages["today"].studies) == 3
    window.search.set("見本")
    assert [row[3] for row in cells(window.pages["today"].studies)] == ["見本 太郎"]


def test_images_are_shown_by_the_viewer(open_window: Open, wait_until: Callable[..., Any]) -> None:
    window = open_window()
    window.site.visit()
    window.site.examine()
    wait_until(lambda: len(window.pages["today"].studies) == 1, 10)
    asked: list[Any] = []
    window.site.station.local_notices.listen(show_study.KIND, lambda notice: asked.append(notice.ids))
    window.pages["today"].studies.select(window.pages["today"].studies.shown_keys[0])
    wait_until(lambda: window.shell.key("F7").enabled)
    window.shell.key("F7").press()
    wait_until(lambda: asked, 5)
    assert asked[0]["study"] == window.view.today[0].id


@pytest.mark.expects_errors
def test_a_dead_receiver_is_said_and_over_when_it_is_back(open_window: Open, wait_until: Callable[..., Any]) -> None:
    from dataclasses import replace

    window = open_window()
    wait_until(lambda: window._receiver.state == "good", 30)
    alive = window.view
    window._take(replace(alive, state=replace(alive.state, told_at="2020-01-01T00:00:00+00:00")))
    assert window._receiver.state == "stop"
    assert window.shell.problem.level == "stop"
    window._take(alive)
    assert window._receiver.state == "good"
    assert window.shell.problem.level != "stop"


def test_every_list_is_reached_by_keys(open_window: Open) -> None:
    window = open_window()
    names = [name for name, *_ in PAGES]
    pages = []
    for _ in names:
        pages.append(window.page)
        window.shell.key("F8").press()
    assert pages == names and window.page == names[0]


def test_letting_anyone_in_is_red(open_window: Open, wait_until: Callable[..., Any]) -> None:
    window = open_window(accept_anyone=True)
    wait_until(lambda: window._receiver.state == "stop" and window.view.state.anyone, 30, "the lamp is red")
    assert "accept_anyone" in window.shell.problem.text and window.shell.problem.level == "stop"
