"""What a person sees and does on the page of sending."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from kiosk.core.faults import Fault
from kiosk.core.sending import DestinationLine, Lamps
from kiosk.core.words import say
from kiosk.modes.gateway import send_rules
from kiosk.modes.gateway.mode import send
from kiosk.modes.gateway.settings_send import DestinationSettings, RuleSettings, SendSettings
from tests.dicom.peers import MemoryIntake
from tests.flow.sending_site import image, peer

Wait = Callable[..., Any]
AT = "2026-11-25T10:00:00+09:00"
WELL = DestinationLine("pacs", "本院", "PACS", lamps=Lamps(None, 0.4, 3.2, AT, AT))


@pytest.mark.parametrize(
    ("line", "level", "words"),
    [
        (WELL, "done", "ready"),
        (replace(WELL, study=5, sent=3, of=9), "done", "sending 3 of 9"),
        (replace(WELL, paused=True), "look", "paused"),
        (replace(WELL, lamps=Lamps(1.0, 0.4, None, AT, AT)), "stop", "does not answer"),
        (replace(WELL, resting=True, until="2026-11-25T10:10:00+09:00"), "stop", "tried again at 10:10"),
        (DestinationLine("new"), "", "not asked yet"),
    ],
)
def test_a_destination_is_colour_and_words(line: DestinationLine, level: str, words: str) -> None:
    assert (send_rules.level(line), send_rules.state_words(line, "2026-11-25")) == (level, words)


def test_a_peer_that_answers_no_ping_is_not_red() -> None:
    assert [tone for _, tone, _ in send_rules.lamp_parts(WELL)] == ["look", "done", "done"]
    assert [tone for _, tone, _ in send_rules.lamp_parts(replace(WELL, lamps=Lamps(at=AT)))] == ["stop"] * 3


def test_a_pc_without_a_ping_says_nothing_of_it() -> None:
    without = replace(WELL, lamps=replace(WELL.lamps, can_ping=False))
    assert [tone for _, tone, _ in send_rules.lamp_parts(without)] == ["", "done", "done"]


@pytest.fixture
def page(open_window: Callable[..., Any], wait_until: Wait) -> Iterator[Any]:
    """The page of a running gateway that sends CR to one destination that takes and to one that refuses."""
    refusing = MemoryIntake(refuse=Fault("no"))
    with peer() as (port, held), peer(refusing) as (other, _):
        where = {"ae_title": "KIOSK", "address": "127.0.0.1", "quiet_s": 0.2}
        told = SendSettings(
            destinations=[
                DestinationSettings(name="pacs", title="本院", port=port, **where),
                DestinationSettings(name="ai", title="解析", port=other, contact="内線 5", **where),
            ],
            rules=[RuleSettings(name="CR", to=["pacs", "ai"], modalities=["CR"])],
            look_s=1.0,
        )
        window = open_window(send=told)
        kit = window.site.station.kit("gateway")
        window.site.station.crew.start("send", lambda stop: send(kit, stop))
        window.site.visit()
        window.site.examine()
        window.site.examine(0, "US")
        window.turn_to("send")
        made = window.pages["send"]
        made.held, made.refusing = held, refusing
        wait_until(lambda: rows(made) and made.cards.selected == "pacs", 20, "the destinations are told")
        yield made


def rows(page: Any) -> list[tuple[str, ...]]:
    table = page.tables["studies"]
    return [tuple(table.row(key).cells) for key in table.shown_keys]


def key(page: Any, cap: str) -> Any:
    return next(each for each in page.keys() if each.cap == cap)


def test_the_day_on_the_page(page: Any, wait_until: Wait) -> None:
    window, problem = page._window, page._window.shell.problem
    wait_until(lambda: rows(page)[0][3:7] == ("2/2", say("sent"), "01", "0000"), 20, "it was sent")
    assert len(rows(page)) == 1 and len(page.held.stored) == 2, "the ultrasound goes nowhere"
    assert key(page, "F5").why and key(page, "F7").why, "nothing is chosen yet"
    page.cards.select("ai")
    wait_until(lambda: rows(page) and rows(page)[0][5] == "01NG", 20, "it was refused")
    page.tables["studies"].select(page.tables["studies"].shown_keys[0])
    wait_until(lambda: not key(page, "F5").why)
    assert say("{whom} has no room for the image.", whom="解析") in problem.text
    page.refusing.refuse = None
    key(page, "F5").action()  # send now, before its pause is over
    wait_until(lambda: rows(page)[0][5] == "01", 20, "it went")
    key(page, "F9").action()  # the mark 00: it goes once more
    wait_until(lambda: page.refusing.begun >= 6, 20)
    key(page, "F6").action()
    wait_until(lambda: page.cards.chosen().paused, 20)
    assert key(page, "F6").text == "Resume"
    page.automatic.invoke()
    wait_until(lambda: not page._view.switches.automatic and page.automatic.cget("text") == say("Automatic: OFF"))
    key(page, "F4").action()
    wait_until(lambda: len(page.tables["log"].shown_keys) >= 3)
    key(page, "F9").action()
    assert window.shell.question is not None
    window.shell.question.buttons[1].invoke()
    wait_until(lambda: not page.tables["log"].shown_keys)
    assert page.back() and page.section == "studies" and not page.back()


def test_the_rules_are_tried_and_a_folder_is_sent(page: Any, wait_until: Wait, tmp_path: Any) -> None:
    page._desk.dry_run(page._window.desk.today()).then(lambda lines: setattr(page, "told", lines))
    wait_until(lambda: getattr(page, "told", None))
    goes = [send_rules.foretold_cells(each, page._desk.destinations, "2026-11-25")[5:] for each in page.told]
    assert goes[0] == ("本院 (CR), 解析 (CR)", "") and goes[1][0] == say("nowhere") and "US" in goes[1][1]
    key(page, "F3").action()
    wait_until(lambda: page.section == "dry")
    assert [each.cap for each in page.keys()] == ["F3"]
    page.back()
    folder = tmp_path / "folder"
    folder.mkdir()
    for number in (1, 2):
        (folder / f"SC{number:04d}.dcm").write_bytes(image(7, number)[1])
    page.send_this_folder(str(folder))
    wait_until(lambda: image(7, 2)[0] in page.held.stored and page._running is None, 20)
