"""Measures capture: ten triggers a second for a minute at 1080p with the window's preview running, the guard off: none
lost, none twice, and how long from the edge until the picture is safe; beside encoding and fsync alone.

The picture is a camera simulator's with noise laid over it, so that its JPEG is as large as an endoscope's.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
import tempfile
import threading
import time
import tkinter as tk
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import cv2
import numpy as np

from kiosk.assembly import Station
from kiosk.core.camera import CameraSettings, PictureState
from kiosk.core.registering import RegisterSettings
from kiosk.core.settings import StationSettings
from kiosk.core.triggers import TriggerSettings
from kiosk.devices.camera.simulator import number_in
from kiosk.flow.settings_file import StationFile
from kiosk.modes.capture.mode import MODE
from kiosk.modes.capture.settings import CaptureSettings
from kiosk.store.volume import fsync_folder
from kiosk.ui import look
from kiosk.ui.mailbox import Heartbeat, Mailbox


def video(path: Path, pictures: int = 60) -> None:
    """Numbered pictures with the grain of a camera, at 30 a second."""
    from kiosk.devices.camera.simulator import CameraSimulator

    simulator = CameraSimulator(1920, 1080, 1000)
    random = np.random.default_rng(1)
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30.0, (1920, 1080))
    writer.set(cv2.VIDEOWRITER_PROP_QUALITY, 95)
    for _ in range(pictures):
        found = simulator.read()
        assert found is not None
        frame = found[1].astype(np.int16)
        frame[:-40] += random.integers(-9, 10, frame[:-40].shape, np.int16)
        writer.write(np.clip(frame, 0, 255).astype(np.uint8))
    writer.release()


def percentiles(values: list[float]) -> str:
    ordered = sorted(values)
    found = [1000 * ordered[min(len(ordered) - 1, int(len(ordered) * part))] for part in (0.5, 0.95, 0.99)]
    middle, most, nearly_all = found
    return f"p50 {middle:5.1f} ms, p95 {most:5.1f} ms, p99 {nearly_all:5.1f} ms, longest {1000 * ordered[-1]:5.1f} ms"


def alone(folder: Path, source: Path, times: int) -> None:
    """Encoding and fsync of the same pictures, nothing else running."""
    capture = cv2.VideoCapture(str(source))
    encode, flush, sizes = [], [], []
    for at in range(times):
        good, frame = capture.read()
        if not good:
            capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            good, frame = capture.read()
        began = time.perf_counter()
        how = [cv2.IMWRITE_JPEG_QUALITY, 92, cv2.IMWRITE_JPEG_SAMPLING_FACTOR, cv2.IMWRITE_JPEG_SAMPLING_FACTOR_422]
        data = cv2.imencode(".jpg", frame, how)[1].tobytes()
        encode.append(time.perf_counter() - began)
        began = time.perf_counter()
        path = folder / f"{at}.part"
        with open(path, "wb", buffering=0) as file:
            file.write(data)
            os.fsync(file.fileno())
        os.replace(path, folder / f"{at}.jpg")
        fsync_folder(folder)
        flush.append(time.perf_counter() - began)
        sizes.append(len(data))
    print(f"a JPEG has {sum(sizes) / len(sizes) / 1024:.0f} kB")
    print("encoding alone:                 ", percentiles(encode))
    print("write, fsync, rename alone:     ", percentiles(flush))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=int, default=60)
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as home:
        source = Path(home) / "video.avi"
        video(source)
        (Path(home) / "alone").mkdir()
        alone(Path(home) / "alone", source, 200)
        measured(Path(home), source, asked.seconds)


def measured(home: Path, source: Path, seconds: int) -> None:
    root = tk.Tk()
    look.dress(root)
    root.geometry("1280x800+0+0")
    mailbox = Mailbox(root)
    settings = CaptureSettings(
        camera=CameraSettings(source=str(source)), trigger=TriggerSettings(debounce_ms=0, guard_ms=0),
        register=RegisterSettings(port=1),
    )  # fmt: skip
    station = StationSettings(name="bench", data=str(home / "data"), login=False)
    held = Station(StationFile(station, {}, {"capture": settings}), mailbox.post, mailbox=mailbox)
    desk: Any = held.open_mode("capture", MODE)
    from kiosk.modes.capture.window import CaptureWindow

    window = CaptureWindow(root, desk)
    heartbeat = Heartbeat(root)
    while desk.facts() is None or desk.facts().state is not PictureState.LIVE:
        root.update()
    edges: dict[int, float] = {}
    safe: dict[int, float] = {}
    plain = desk.spool.add

    def add(*args: Any, **told: Any) -> Any:
        made = plain(*args, **told)
        safe[made.number] = time.monotonic()
        return made

    desk.spool.add = add
    window.begin_unidentified()
    while window.taken is None:
        root.update()
    painted, began = window.page.painted, time.monotonic()
    heartbeat.reset()
    stop = threading.Event()

    def trigger() -> None:
        """As a line does: on a thread of its own."""
        due = time.monotonic()
        for number in range(1, seconds * 10 + 1):
            due += 0.1
            stop.wait(max(0.0, due - time.monotonic()))
            edges[number] = time.monotonic()
            desk.capture.press("line", edges[number])
        stop.set()

    thread = threading.Thread(target=trigger)
    thread.start()
    while not stop.is_set() or not desk.capture.settled(0):
        root.update()
        time.sleep(0.001)
    took_s = time.monotonic() - began
    fps = (window.page.painted - painted) / took_s
    thread.join()
    pictures = desk.spool.pictures(window.taken.id)
    numbers = [each.facts["picture"] for each in pictures]
    shown = {number_in(cv2.imread(str(desk.spool.path_of(each)))) for each in pictures[:60]}
    print(f"{len(edges)} triggers in {seconds} s: {len(pictures)} pictures, {len(edges) - len(pictures)} lost, "
          f"{len(numbers) - len(set(numbers))} twice ({len(shown)} different ones among the first 60)")  # fmt: skip
    print("trigger edge to picture safe:   ", percentiles([safe[number] - edges[number] for number in safe]))
    print(f"preview meanwhile: {fps:.1f} pictures a second, camera {desk.facts().fps:.1f}, "
          f"longest gap of the window {1000 * heartbeat.longest_gap_s:.0f} ms")  # fmt: skip
    heartbeat.stop()
    root.destroy()
    mailbox.close()
    held.close()


if __name__ == "__main__":
    main()
