"""What counts as taken: only what is safe on the disk; everything else is told as not taken (C5, V1)."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.camera import CameraFacts, CameraSettings, PictureState
from kiosk.core.faults import Fault
from kiosk.core.taken import SetState
from kiosk.core.triggers import TriggerSettings
from kiosk.core.words import say
from kiosk.flow.camera_link import CameraLink, Shot
from kiosk.flow.capture import Capture, Told, state_words
from kiosk.flow.crew import Crew
from kiosk.store.engine import Store
from kiosk.store.spool import Spool
from tests.dicom.peers import TARO, a_row
from tests.store.samples import jpeg_bytes

Wait = Callable[..., Any]
ROW = a_row(TARO, modality="ES")


class HandCamera:
    """Answers when the test says so."""

    def __init__(self) -> None:
        self.state = PictureState.LIVE
        self.asked: list[tuple[int, float]] = []
        self.clips: list[int] = []

    def facts(self) -> CameraFacts:
        return CameraFacts(self.state, 0.0, 0.0, 0, 0, 0, 0.0, 0)

    def shoot(self, shot: int, at_s: float) -> bool:
        if self.state is PictureState.LIVE:
            self.asked.append((shot, at_s))
        return self.state is PictureState.LIVE

    def begin_clip(self, clip: int) -> bool:
        self.clips.append(clip)
        return self.state is PictureState.LIVE

    def end_clip(self, clip: int) -> bool:
        return False  # it died


class Desk:
    def __init__(self, own: Store, folder: Path, **how: Any) -> None:
        self.told: list[Told] = []
        self.spool = Spool(own, folder / "P", "es1", "capture")
        self.capture = Capture(
            self.spool, TriggerSettings(**{"debounce_ms": 0, "guard_ms": 0, **how}), self.told.append
        )  # fmt: skip
        self.camera = HandCamera()
        self.capture.camera = self.camera  # type: ignore[assignment]

    @property
    def words(self) -> list[str]:
        return [each.what for each in self.told]


@pytest.fixture
def desk(local: Store, tmp_path: Path) -> Desk:
    return Desk(local, tmp_path)


def test_it_counts_when_it_is_safe_and_not_before(desk: Desk) -> None:
    taken = desk.capture.open(ROW)
    desk.capture.part = "胃体部"
    desk.capture.press("F5", 1.0)
    desk.capture.part = "食道"  # chosen after the trigger: of the next ones
    assert desk.told == [] and desk.camera.asked == [(1, 1.0)]
    desk.capture.took(Shot(1, jpeg_bytes(1), number=42))
    [told] = desk.told
    assert told.what == "taken" and told.picture is not None
    assert desk.spool.path_of(told.picture).read_bytes() == jpeg_bytes(1)
    assert (told.picture.part, told.picture.facts) == ("胃体部", {"picture": 42, "trigger": "F5"})
    desk.capture.took(Shot(1, jpeg_bytes(1), number=42))  # told twice is taken once
    assert len(desk.spool.pictures(taken.id)) == 1


@pytest.mark.expects_errors
def test_what_the_disk_refuses_is_told_as_not_taken(desk: Desk) -> None:
    taken = desk.capture.open(ROW)
    desk.capture.press("F5", 1.0)
    shutil.rmtree(desk.spool.folder(taken.id))
    desk.capture.took(Shot(1, jpeg_bytes(1)))
    [told] = desk.told
    assert told.what == "failed" and told.why is not None and told.why.reference == "D403"
    assert desk.capture.settled(0)


def test_a_camera_that_died_with_a_trigger_in_its_hands(desk: Desk) -> None:
    desk.capture.open(ROW)
    desk.capture.press("F5", 1.0)
    desk.capture.took(Shot(1, b"", PictureState.LOST))
    [told] = desk.told
    assert told.what == "failed" and told.why is not None and told.why.reference == "K424"


@pytest.mark.parametrize("state", [each for each in PictureState if each is not PictureState.LIVE])
def test_no_live_picture_no_shutter(desk: Desk, state: PictureState) -> None:
    desk.capture.open(ROW)
    desk.camera.state = state
    desk.capture.press("F5", 1.0)
    [told] = desk.told
    assert told.what == "refused" and told.why is not None and told.why.reference == f"K42{int(state)}"
    assert say(state_words(state)) in told.why.told()


def test_nobody_chosen_no_shutter(desk: Desk) -> None:
    desk.capture.press("F5", 1.0)
    assert desk.words == ["refused"] and not desk.camera.asked


def test_the_examination_ends_with_every_trigger_answered(desk: Desk) -> None:
    taken = desk.capture.open(ROW)
    desk.capture.press("F5", 1.0)
    threading.Timer(0.2, desk.capture.took, [Shot(1, jpeg_bytes(1))]).start()
    desk.capture.finish()
    assert desk.spool.set_of(taken.id).state is SetState.REGISTERING and len(desk.spool.pictures(taken.id)) == 1


def test_a_trigger_that_gets_no_answer_keeps_the_examination_open(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    taken = desk.capture.open(ROW)
    desk.capture.press("F5", 1.0)
    monkeypatch.setattr(desk.capture, "settled", lambda wait_s: False)
    with pytest.raises(Fault) as why:
        desk.capture.finish()
    assert why.value.reference == "K432" and desk.spool.set_of(taken.id).state is SetState.OPEN


def test_a_trigger_whose_picture_is_not_safe_yet_is_seen(desk: Desk) -> None:
    desk.capture.open(ROW)
    assert desk.capture.waiting_s() == 0.0
    desk.capture.press("F5", 1.0)
    assert not desk.capture.settled(0.05) and 0.04 < desk.capture.waiting_s() < 5
    desk.capture.took(Shot(1, jpeg_bytes(1)))
    assert desk.capture.waiting_s() == 0.0


def test_nobodys_pictures_are_not_registered(desk: Desk) -> None:
    taken = desk.capture.open(None)
    desk.capture.press("F5", 1.0)
    desk.capture.took(Shot(1, jpeg_bytes(1)))
    with pytest.raises(Fault) as why:
        desk.capture.finish()
    assert why.value.reference == "K440" and desk.spool.set_of(taken.id).state is SetState.OPEN


def test_a_picture_asked_for_belongs_to_the_examination_of_that_moment(desk: Desk) -> None:
    first = desk.capture.open(ROW)
    desk.capture.press("F5", 1.0)
    second = desk.capture.open(ROW)
    desk.capture.took(Shot(1, jpeg_bytes(1)))
    assert len(desk.spool.pictures(first.id)) == 1 and not desk.spool.pictures(second.id)


def test_the_sharper_neighbour_is_kept_beside_its_picture(desk: Desk) -> None:
    taken = desk.capture.open(ROW)
    desk.capture.press("F5", 1.0)
    desk.capture.took(Shot(1, jpeg_bytes(1), number=10))
    desk.capture.took(Shot(1, jpeg_bytes(2), number=12, sharper=True))
    desk.capture.took(Shot(9, jpeg_bytes(3), number=13, sharper=True))  # of a picture that is not known
    exact, sharper = desk.spool.pictures(taken.id)
    assert (exact.taken_of, sharper.taken_of, sharper.facts["picture"]) == (0, 1, 12)


def test_bounces_and_repeats_are_told_and_counted(local: Store, tmp_path: Path) -> None:
    desk = Desk(local, tmp_path, debounce_ms=30, guard_ms=300)
    desk.capture.open(ROW)
    for at, closed in ((1.0, True), (1.005, False), (1.01, True), (1.1, False), (1.2, True), (1.25, False)):
        desk.capture.level("COM3 CTS", closed, at)
    assert desk.words == ["bounce", "too_soon"] and len(desk.camera.asked) == 1
    counts = desk.capture.counts()["COM3 CTS"]
    assert (counts.taken, counts.bounces, counts.too_soon) == (1, 1, 1)
    desk.capture.practising = True
    desk.capture.level("COM3 CTS", True, 9.0)
    assert desk.words[-1] == "practised" and len(desk.camera.asked) == 1


def test_a_clip_whose_camera_dies_keeps_what_it_has(desk: Desk) -> None:
    taken = desk.capture.open(ROW)
    assert desk.capture.begin_clip() and not desk.capture.begin_clip()
    [clip] = desk.camera.clips
    for at in range(3):
        desk.capture.clip(clip, jpeg_bytes(at), at / 15)
    desk.capture.clip(clip + 1, jpeg_bytes(9), 1.0)  # of another one
    desk.capture.finish()
    [made] = desk.spool.pictures(taken.id)
    assert made.kind == "clip" and desk.words == ["taken"] and not desk.capture.clipping
    desk.capture.open(ROW)
    desk.camera.state = PictureState.LOST
    assert not desk.capture.begin_clip() and not desk.capture.clipping


def test_a_camera_process_that_hangs_or_dies_is_started_again(
    crew: Crew, wait_until: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:  # fmt: skip
    from kiosk.flow import camera_link

    monkeypatch.setattr(camera_link, "HUNG_S", 1.0)
    took: list[Shot] = []
    settings = CameraSettings(source="simulator", width=800, height=448)
    link = CameraLink(settings, crew, took.append, lambda *told: None)
    for fault in ("crash", "hang"):
        wait_until(lambda: link.facts().state is PictureState.LIVE, 30, "a live picture")
        link.fault(fault)
        wait_until(lambda: link.facts().state is not PictureState.LIVE, 1.5, f"{fault} is noticed within a second")
        assert not link.shoot(1, 0.0)
        wait_until(lambda: link.facts().state is PictureState.LIVE, 30, f"back after {fault}")
    assert link._child.starts == 3
