"""Cameras: the simulator's numbered pictures, a video file, and what the picture is worth (V1)."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
import pytest

from kiosk.core import pipe_talk
from kiosk.core.camera import SLOT_BYTES, CameraSettings, FrameSlot, PictureState, PresetSettings, troubles
from kiosk.core.shared_memory import Segment
from kiosk.devices.camera.simulator import CameraSimulator, number_in
from kiosk.devices.camera.sources import open_source
from kiosk.devices.camera.watchdog import Watchdog, sharpness
from kiosk.devices.camera.worker import Camera, Look, Seen

SMALL = CameraSettings(source="simulator", width=800, height=448, fps=200)


@pytest.fixture
def simulator() -> CameraSimulator:
    CameraSimulator.fault = ""
    source = open_source(SMALL)
    assert isinstance(source, CameraSimulator)
    return source


def test_the_simulators_pictures_carry_their_number_through_jpeg(simulator: CameraSimulator) -> None:
    before = 0
    for _ in range(20):
        found = simulator.read()
        assert found is not None
        number, frame = found
        made = cv2.imdecode(cv2.imencode(".jpg", frame)[1], cv2.IMREAD_COLOR)
        assert number_in(frame) == number_in(made) == number > before
        before = number


def test_a_video_file_is_a_camera(tmp_path: Path, simulator: CameraSimulator) -> None:
    path = tmp_path / "video.avi"
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 60.0, (800, 448))
    for _ in range(12):
        writer.write(simulator.read()[1])  # type: ignore[index]
    writer.release()
    source = open_source(CameraSettings(source=str(path)))
    assert source is not None
    numbers = [number_in(source.read()[1]) for _ in range(30)]  # type: ignore[index]
    source.close()
    first = numbers[0]
    assert numbers[:12] == list(range(first, first + 12)) and numbers[12] == first  # over and over


def test_a_real_video(shared_data: Path) -> None:
    source = open_source(CameraSettings(source=str(shared_data / "video" / "bigbuckbunny.mp4")))
    assert source is not None
    watchdog = Watchdog(CameraSettings(source="x", frozen_ms=0, blank_ms=0))
    for at in range(40):
        found = source.read()
        assert found is not None and watchdog.see(found[1], at / 25) is PictureState.LIVE
    source.close()


def test_what_is_not_there_is_told(tmp_path: Path) -> None:
    assert open_source(CameraSettings(source=str(tmp_path / "none.avi"))) is None
    (tmp_path / "text.avi").write_text("no video")
    assert open_source(CameraSettings(source=str(tmp_path / "text.avi"))) is None


@pytest.mark.parametrize(
    ("fault", "state"),
    [("freeze", PictureState.FROZEN), ("blank", PictureState.BLANK), ("size", PictureState.SIZE)],
)
def test_a_bad_picture_is_seen_within_a_second(simulator: CameraSimulator, fault: str, state: PictureState) -> None:
    watchdog = Watchdog(SMALL)
    at = 0.0

    def see(seconds: float) -> float:
        """Look on for so long (30 pictures a second by the clock handed in); when the state came."""
        nonlocal at
        began = at
        while at - began < seconds:
            at += 1 / 30
            found = simulator.read()
            assert found is not None
            if watchdog.see(found[1], at) is state:
                return at - began
        return -1.0

    assert see(2.0) == -1.0 and watchdog.state is PictureState.LIVE
    CameraSimulator.fault = fault
    try:
        assert 0 <= see(2.0) <= 1.0
    finally:
        CameraSimulator.fault = ""
    see(0.1)
    found = simulator.read()
    assert found is not None and watchdog.see(found[1], at + 0.03) is PictureState.LIVE  # and good again


def test_blue_with_a_caption_is_no_signal() -> None:
    blue = np.zeros((448, 800, 3), np.uint8)
    blue[:] = (200, 30, 10)
    cv2.putText(blue, "NO SIGNAL", (300, 200), cv2.FONT_HERSHEY_SIMPLEX, 1, (255, 255, 255), 2)
    watchdog = Watchdog(CameraSettings(source="x", frozen_ms=0))
    assert [watchdog.see(blue, at / 10) for at in range(12)][-1] is PictureState.BLANK


def test_a_dark_picture_with_something_in_it_is_live() -> None:
    random = np.random.default_rng(3)
    watchdog = Watchdog(CameraSettings(source="x"))
    for at in range(60):
        dark = random.integers(0, 6, (448, 800, 3), np.uint8)
        cv2.circle(dark, (400, 220), 120, (40, 60, 110), -1)
        state = watchdog.see(dark, at / 30)
    assert state is PictureState.LIVE


def test_a_device_of_another_size_than_asked_for_is_told() -> None:
    frame = np.random.default_rng(1).integers(0, 255, (480, 640, 3), np.uint8)
    assert Watchdog(CameraSettings(source="0")).see(frame, 1.0) is PictureState.SIZE
    assert Watchdog(CameraSettings(source="0", width=0, height=0)).see(frame, 1.0) is PictureState.LIVE


def test_cut_and_masked() -> None:
    frame = np.full((100, 200, 3), 99, np.uint8)
    look = Look((50, 10, 100, 80), ((50, 10, 20, 10),))
    seen = look.of(frame)
    assert seen.shape == (80, 100, 3) and not seen[:10, :20].any() and seen[10:].min() == 99
    assert frame.min() == 99  # the picture itself stays as it came
    assert Look((500, 500, 10, 10)).of(frame).shape == frame.shape  # a crop beside the picture cuts nothing


def test_sharpness_tells_a_shaken_picture(simulator: CameraSimulator) -> None:
    found = simulator.read()
    assert found is not None
    assert sharpness(found[1]) > sharpness(cv2.GaussianBlur(found[1], (31, 31), 0))


def shot(at_s: float, *, sharpest: bool = False, state: PictureState = PictureState.LIVE) -> list[dict[str, object]]:
    """What the camera answers to a trigger at that moment: pictures 1 to 9 came at 0.1 to 0.9 s, number 6 is sharp."""
    random = np.random.default_rng(4)
    sharp = random.integers(0, 255, (64, 96, 3), np.uint8)
    seen = [
        Seen(number, number / 10, sharp if number == 6 else cv2.GaussianBlur(sharp, (9, 9), 0) + np.uint8(number % 2))
        for number in range(1, 10)
    ]
    out = BytesIO()
    with Segment(SLOT_BYTES) as segment:
        camera = Camera(SMALL, FrameSlot(segment.memory), out)
        camera._ring.extend(seen)
        camera._shoot({"id": 7, "at": at_s, "sharpest": sharpest}, seen, state)
    out.seek(0)
    found = []
    while (message := pipe_talk.receive(out)) is not None:
        found.append(message)
    return found


def test_the_picture_is_the_one_at_the_moment_of_the_edge() -> None:
    assert [shot(at)[0]["number"] for at in (0.1, 0.199, 0.2, 0.55, 5.0)] == [1, 1, 2, 5, 9]


def test_no_picture_rather_than_another_moments() -> None:
    [gone] = shot(0.05)
    assert gone["late"] and "payload" not in gone
    [bad] = shot(0.5, state=PictureState.FROZEN)
    assert bad["state"] == PictureState.FROZEN and "payload" not in bad


def test_the_sharpest_of_its_neighbours_too() -> None:
    exact, sharper = shot(0.42, sharpest=True)
    assert (exact["number"], sharper["number"]) == (4, 6) and sharper["sharper"] == 7
    assert len(shot(0.61, sharpest=True)) == 1  # it is the sharpest itself
    assert len(shot(0.21, sharpest=True)) in (1, 2) and shot(0.21, sharpest=True)[-1].get("number") != 6  # too far


def test_the_slot_holds_the_newest_picture_whole() -> None:
    with Segment(SLOT_BYTES) as segment:
        slot = FrameSlot(segment.memory)
        assert slot.newest() is None
        for number in range(1, 6):
            slot.put(number, number / 10, 4, 2, bytes([number]) * 24)
            found = slot.newest()
            assert found is not None and (found.number, found.width, found.height) == (number, 4, 2)
            assert found.data == bytes([number]) * 24 and slot.newest(number) is None
        slot.tell(PictureState.FROZEN, 7.5, 1920, 1080, 29.97, 42)
        facts = slot.facts()
        assert (facts.state, facts.beat_s, facts.width, facts.fps, facts.read) == (
            PictureState.FROZEN, 7.5, 1920, 29.97, 42,
        )  # fmt: skip
        slot.want(9999, 9999)
        assert slot.wanted() == (1280, 720)


def test_settings_that_make_no_sense_are_named() -> None:
    wrong = PresetSettings("scope", [0, 0, 0, 10], [[1, 2, 3]])
    assert troubles(CameraSettings(quality=20, presets=[wrong])) == [
        "quality", "presets scope: crop", "presets scope: masks",
    ]  # fmt: skip
    assert troubles(CameraSettings()) == []
