"""Capture and fundus hand their pictures to our own gateway: the visit's examinations have arrived, whoever is away."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.camera import CameraSettings, PictureState
from kiosk.core.registering import RegisterSettings
from kiosk.core.taken import SetState
from kiosk.core.triggers import TriggerSettings
from kiosk.core.visit import Examination, StepState
from kiosk.devices.camera.simulator import number_in
from kiosk.store import visits
from tests.modes.capture.conftest import STOMACH
from tests.modes.capture.conftest import Room as CaptureRoom
from tests.modes.fundus.conftest import Room as FundusRoom
from tests.modes.fundus.conftest import fundus
from tests.modes.gateway.site import GatewaySite
from tests.store.samples import FUNDUS
from tests.stores import sqlite_templates
from tests.waiting import wait_until

__all__ = ["sqlite_templates"]

at_once: Callable[..., None] = lambda do, *args: do(*args)  # noqa: E731


@pytest.fixture
def gateway(tmp_path: Path, sqlite_templates: Path) -> Iterator[GatewaySite]:
    site = GatewaySite(tmp_path / "gateway", sqlite_templates, accept_anyone=True)
    yield site
    site.close()


def to(gateway: GatewaySite, ae_title: str) -> RegisterSettings:
    return RegisterSettings(port=gateway.port, own_ae_title=ae_title)


def step(gateway: GatewaySite, visit: int) -> Any:
    with gateway.station.centre.reading() as conn:
        [(_, found)] = visits.scheduled(conn, visit_ids=[visit])
    return found


def visit_of(gateway: GatewaySite, exam: Examination) -> int:
    return gateway.visit(1, (exam,))


def test_capture_by_the_gateways_worklist(gateway: GatewaySite, tmp_path: Path, sqlite_templates: Path) -> None:
    visit = visit_of(gateway, STOMACH)
    (tmp_path / "es").mkdir()
    room = CaptureRoom(
        tmp_path / "es", sqlite_templates, at_once, None, examinees="worklist", register=to(gateway, "ES1")
    )  # fmt: skip
    try:
        desk = room.desk
        wait_until(lambda: desk.facts() and desk.facts().state is PictureState.LIVE, 30, "the camera")
        listed = wait_until(lambda: desk.day(desk.today()).wait(20), 20, "she stands in the worklist")
        assert listed[0].row.patient.kanji == "髙橋 花子" and listed[0].row.study_uid == step(gateway, visit).study_uid
        taken = desk.open(listed[0]).wait(10)
        for _ in range(3):
            desk.press("F5")
        wait_until(lambda: len(desk.spool.pictures(taken.id)) == 3, what="three pictures")
        desk.finish().wait(10)
        wait_until(lambda: desk.spool.set_of(taken.id).state is SetState.REGISTERED, 30, "the gateway has them")
        wait_until(lambda: step(gateway, visit).images == 3, what="they belong to her visit")
    finally:
        room.close()


def test_fundus_makes_both_views_arrive(gateway: GatewaySite, tmp_path: Path, sqlite_templates: Path) -> None:
    visit = visit_of(gateway, FUNDUS)
    (tmp_path / "op").mkdir()
    room = FundusRoom(
        tmp_path / "op", sqlite_templates, at_once, None, examinees="worklist", register=to(gateway, "OP1")
    )  # fmt: skip
    try:
        desk = room.desk
        [listed] = wait_until(lambda: desk.day(desk.today()).wait(20), 20, "she stands in the worklist")
        taken = desk.open(listed).wait(10)
        for eye in "RL":
            room.send(f"00012346_{eye}.jpg", fundus(eye))
        wait_until(lambda: len(desk.spool.pictures(taken.id)) == 2, 20, "both came")
        desk.finish().wait(10)
        wait_until(lambda: step(gateway, visit).state is StepState.DONE, 30, "both eyes have arrived")
    finally:
        room.close()


def test_ten_triggers_a_second_none_lost_none_twice(tmp_path: Path, sqlite_templates: Path, soak: float) -> None:
    """At 1080p, the guard off (a minute of it with --soak)."""
    import cv2

    room = CaptureRoom(
        tmp_path, sqlite_templates, at_once, None, camera=CameraSettings(source="simulator"),
        trigger=TriggerSettings(debounce_ms=0, guard_ms=0),
    )  # fmt: skip
    try:
        desk = room.desk
        wait_until(lambda: desk.facts() and desk.facts().state is PictureState.LIVE, 30, "the camera")
        taken = desk.open(None).wait(10)
        count = 600 if soak == 1.0 else 30
        due = time.monotonic()
        beeps: list[int] = []
        desk.listen(lambda told: beeps.append(told.picture.number) if told.what == "taken" else None)
        there: list[int] = []  # the camera's newest picture at each press
        for _ in range(count):
            due += 0.1
            wait_until(lambda due=due: time.monotonic() >= due, 5)
            there.append(desk.facts().number)
            desk.press("line")
        assert desk.capture.settled(10)
        pictures = desk.spool.pictures(taken.id)
        assert len(pictures) == len(beeps) == count
        shown = [number_in(cv2.imread(str(desk.spool.path_of(each)))) for each in pictures]
        assert shown == [each.facts["picture"] for each in pictures] == sorted(shown)
        again = [now for before, now, new in zip(shown, shown[1:], there[1:], strict=False) if now == before < new]
        assert again == [], "the same picture for two presses, though the camera had a newer one"
        assert len(set(shown)) > count / 2, "the camera hardly ran"
    finally:
        room.close()
