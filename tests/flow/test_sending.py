"""Studies leave by the rules when they are complete, none is lost, and no bad destination holds up a good one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault, NoRoom
from kiosk.core.routing import Rule
from kiosk.core.sending import Completeness, SendState
from kiosk.flow.crew import Crew
from kiosk.flow.route_studies import dry_run
from kiosk.flow.sending_state import SendingLog, destination_lines
from kiosk.store import sends
from kiosk.store.engine import Store
from tests.dicom.peers import MemoryIntake, free_port
from tests.dicom.query_peers import silent_server
from tests.flow.sending_site import SendingSite, destination, image, peer

Wait = Callable[..., Any]


@pytest.fixture
def site(tmp_path: Path, centre_on_sqlite: Store, local: Store, crew: Crew) -> SendingSite:
    return SendingSite(tmp_path, centre_on_sqlite, local, crew)


def test_a_study_goes_when_it_is_complete_and_a_late_image_follows(site: SendingSite, wait_until: Wait) -> None:
    with peer() as (port, held):
        site.start(destination(port))
        uid = site.receive(1, 3)
        line = site.reaches(uid, "done")
        assert (line.images, line.accepted, line.mark, line.last_status) == (3, 3, "01", "0000")
        sent = {image(1, number)[0]: image(1, number)[1] for number in (1, 2, 3)}
        assert {key: value[-2000:] for key, value in held.stored.items()} == {k: v[-2000:] for k, v in sent.items()}
        begun = held.begun
        site.receive(1, 1, first=4)
        wait_until(lambda: len(held.stored) == 4 and site.reaches(uid, "done").accepted == 4)
        assert held.begun == begun + 1, "what was accepted does not go twice"
        assert [row[1:6] for row in SendingLog(site.folder / "LOG").read()] == [
            ["pacs", "#1", "3", "0000", "01"], ["pacs", "#1", "4", "0000", "01"],
        ]  # fmt: skip


def test_each_study_by_its_rules(site: SendingSite) -> None:
    rules = [Rule("ids of eight digits", ("pacs",), id_digits=("8",)), Rule("CR1 only", ("ai",), sources=("CR1",))]
    with peer() as (port, held), peer() as (other, at_ai):
        site.start(destination(port), destination(other, "ai"), rules=rules)
        first, second = site.receive(1, 1), site.receive(2, 1, source="DR1", PatientID="A1")
        third = site.receive(3, 1, source="DR1")
        site.reaches(first, "done")
        site.reaches(first, "done", "ai")
        assert site.reaches(third, "done").rule == "ids of eight digits"
        assert len(held.stored) == 2 and len(at_ai.stored) == 1
        assert site.line(second, "pacs") is None and site.line(second, "ai") is None
    foretold = dry_run(site.centre, rules, lambda modality: modality, f"{time.strftime('%Y-%m-%d')}")
    told = [(each.goes, {name: str(why) for name, why in each.against.items()}) for each in foretold]
    assert told[1] == (
        {}, {"ids of eight digits": "an ID of 2 characters, not 8 digits", "CR1 only": "sent by DR1, not CR1"},
    )  # fmt: skip
    assert told[0][0] == {"pacs": "ids of eight digits", "ai": "CR1 only"}


def test_a_destination_that_is_away_is_asked_once_and_gets_all_in_order_when_it_is_back(
    site: SendingSite, wait_until: Wait
) -> None:
    """N19: five hundred studies must not fail one by one, and none goes twice or is forgotten."""
    port = free_port()
    site.switch(answering=False)
    site.start(destination(port, retry_s=600.0), look_s=0.3)
    uids = [site.receive(number, 1) for number in range(1, 9)]
    wait_until(lambda: [each.error for each in site.lines()].count("{whom} does not answer.") == 1)
    wait_until(lambda: len(site.lines()) == 8)
    assert {each.state for each in site.lines()} == {SendState.QUEUED}
    [told], _ = wait_until(lambda: found if (found := destination_lines(site.own))[0][0].resting else None)
    assert told.resting and told.why == "{whom} does not answer." and told.lamps.echo is None
    order: list[str] = []
    held = MemoryIntake()
    with _at(port, held, order):
        for uid in uids:
            site.reaches(uid, "done")
    assert order == [image(number, 1)[0] for number in range(1, 9)]
    assert held.begun == 8


def test_one_dead_one_wrong_one_silent_hold_up_no_good_one(site: SendingSite, wait_until: Wait) -> None:
    """N17: and the silent one is told by name."""
    with peer() as (port, held), silent_server() as silent, peer(MemoryIntake(refuse=NoRoom("X"))) as (full, _):
        site.switch(answering=False)
        site.start(
            destination(port), destination(free_port(), "dead"), destination(silent, "silent"),
            destination(full, "full", retry_s=600.0),
        )  # fmt: skip
        uids = [site.receive(number, 2) for number in range(1, 6)]
        for uid in uids:
            site.reaches(uid, "done")
        assert len(held.stored) == 10
        line = wait_until(lambda: next((each for each in site.lines("full") if each.last_status == "A700"), None))
        assert line.mark == "01NG" and line.state == "failed" and "{whom} has no room" in line.error
        tried = [each for each in site.lines("full") if each.attempts]
        assert len(tried) == 1, "a full peer is not asked five times"


def test_a_study_that_is_refused_waits_and_goes_again_and_the_others_go_on(site: SendingSite, wait_until: Wait) -> None:
    held = MemoryIntake(refuse=Fault("no"))
    with peer(held) as (port, _):
        site.start(destination(port, retry_s=0.5))
        uid = site.receive(1, 2)
        line = site.reaches(uid, "failed")
        assert line.mark == "01NG" and line.attempts >= 1 and line.last_status and line.accepted == 0
        held.refuse = None
        line = site.reaches(uid, "done")
        assert (line.mark, line.accepted, line.attempts, line.error) == ("01", 2, 0, "")


def test_it_waits_until_marked_paused_or_switched_off(site: SendingSite, wait_until: Wait) -> None:
    with peer() as (port, held):
        site.switch(automatic=False)
        site.start(destination(port, marked_only=True), destination(port, "second"))
        uid = site.receive(1, 1)
        held_back = site.reaches(uid, "held")
        queued = site.reaches(uid, "queued", "second")
        assert not held.stored
        site.steer.now([queued.id])
        site.reaches(uid, "done", "second")
        site.switch(paused=("pacs",))
        wait_until(lambda: site.lanes[1].open() and not site.lanes[0].open())
        site.steer.release([held_back.id])
        other = site.receive(2, 1)
        site.reaches(other, "done", "second")
        assert site.reaches(uid, "queued").accepted == 0
        site.switch()
        site.reaches(uid, "done")


def test_marks_by_hand(site: SendingSite, wait_until: Wait) -> None:
    with peer() as (port, held):
        site.switch(automatic=False)
        site.start(destination(port))
        uid = site.receive(1, 2)
        line = site.reaches(uid, "queued")
        wait_until(lambda: getattr(site.line(uid), "images", 0) == 2)  # one that comes later is owed after all
        site.steer.mark_sent([line.id])
        site.switch()
        other = site.receive(2, 1)
        site.reaches(other, "done")
        assert site.reaches(uid, "done").mark == "01" and len(held.stored) == 1
        site.steer.set_back([line.id])
        wait_until(lambda: len(held.stored) == 3)
        assert site.reaches(uid, "done").mark == "01"
        begun = held.begun
        site.steer.again([line.id])
        wait_until(lambda: held.begun == begun + 2)
        site.reaches(uid, "done")


def test_by_listing_it_goes_from_the_second_one_on(site: SendingSite) -> None:
    with peer() as (port, _):
        site.start(destination(port, complete=Completeness("listing", listing_s=0.5)))
        uid = site.receive(1, 1)
        waiting = site.reaches(uid, "waiting")
        done = site.reaches(uid, "done")
        with site.centre.reading() as conn:
            assert sends.listing(conn, "pacs", done.study).listings >= 2
        assert waiting.accepted == 0


def test_a_study_sent_while_it_grows_is_whole_in_the_end(site: SendingSite, wait_until: Wait) -> None:
    with peer() as (port, held):
        site.start(destination(port))
        for number in range(1, 31):
            uid = site.receive(1, 1, first=number)
        wait_until(lambda: len(held.stored) == 30)
        assert site.reaches(uid, "done").accepted == 30


class SlowIntake(MemoryIntake):
    """Takes its time over the first image: until ``go_on`` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.go_on = threading.Event()

    def begin(self, door: str) -> Any:
        sink = super().begin(door)
        if self.begun == 1:
            assert self.go_on.wait(20)
        return sink


@pytest.mark.parametrize("routed", [True, False])
def test_what_comes_while_the_study_is_being_sent_goes_too(site: SendingSite, wait_until: Wait, routed: bool) -> None:
    """Whether the rules looked at it before the first part was done or after."""
    held = SlowIntake()
    with peer(held) as (port, _):
        site.start(destination(port))
        uid = site.receive(1, 1)
        wait_until(lambda: held.begun == 1)
        site.receive(1, 1, first=2)
        if routed:
            wait_until(lambda: site.line(uid).images == 2)  # type: ignore[union-attr]
        held.go_on.set()
        wait_until(lambda: len(held.stored) == 2)
        line = site.reaches(uid, "done")
        assert (line.images, line.accepted, line.mark) == (2, 2, "01")


def test_what_is_decided_by_hand_while_it_is_being_sent_stands(site: SendingSite, wait_until: Wait) -> None:
    held = SlowIntake()
    with peer(held) as (port, _):
        site.start(destination(port))
        uid = site.receive(1, 1)
        wait_until(lambda: held.begun == 1)
        [line] = site.lines()
        site.steer.hold([line.id])
        held.go_on.set()
        other = site.receive(2, 1)
        site.reaches(other, "done")
        assert site.reaches(uid, "held").mark == ""
        site.steer.release([line.id])
        assert site.reaches(uid, "done").accepted == 1
        assert held.begun == 2, "what was accepted is not sent again"


def test_a_file_that_is_away_is_told_and_sent_when_it_is_back(site: SendingSite) -> None:
    uid = site.receive(1, 2)
    [path, *_] = sorted(site.volume.root.rglob("*.dcm"))
    away = path.rename(path.with_suffix(".away"))
    with peer() as (port, held):
        site.start(destination(port, retry_s=0.3))
        line = site.reaches(uid, "failed")
        assert line.accepted == 1 and "can't be read" in line.error
        away.rename(path)
        assert site.reaches(uid, "done").accepted == 2


def _at(port: int, held: MemoryIntake, order: list[str]) -> Any:
    """A peer that comes up at this very port and notes the order in which images came."""
    from kiosk.dicom.nodes import Nodes
    from kiosk.dicom.receive import StorageDoor
    from kiosk.dicom.upper_layer import Listener

    class Ordered(MemoryIntake):
        def begin(self, door: str) -> Any:
            sink = held.begin(door)
            settle = sink.settle

            def settled(facts: Any) -> None:
                order.append(facts.sop_uid)
                settle(facts)

            sink.settle = settled  # type: ignore[method-assign]
            return sink

    class Up:
        def __enter__(self) -> None:
            self.listener = Listener(
                "KIOSK", port, Nodes(accept_anyone=True), [StorageDoor(Ordered())], host="127.0.0.1"
            )

        def __exit__(self, *_: object) -> None:
            self.listener.close()

    return Up()
