"""Measures the viewer on its real window: first picture of a CT of 500 slices, leafing, and a window/level drag on a CR
of 2048 x 2500; each beside what decoding and painting alone need, measured in the same run.
"""

from __future__ import annotations

import argparse
import logging
import sys
import tempfile
import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import numpy as np
from PIL import Image, ImageTk
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from kiosk.assembly import Station
from kiosk.core.course import arrived_views
from kiosk.core.picture import Window
from kiosk.core.settings import StationSettings
from kiosk.core.study import ImageFacts
from kiosk.dicom.pixel_source import open_source
from kiosk.dicom.pixels import decode_frame
from kiosk.flow.settings_file import DEFAULT_VOLUME, StationFile
from kiosk.modes.viewer.mode import MODE, ViewerSettings
from kiosk.store import image_index, images
from kiosk.ui import look, painting
from kiosk.ui.mailbox import Mailbox
from kiosk.ui.view import View

FIRST_MS, LEAFED_PER_S, DRAG_MS = 300.0, 60.0, 16.0  # the aims
SLICES = 500


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--openings", type=int, default=5)
    parser.add_argument("--size", default="1920x1080")
    asked = parser.parse_args()
    logging.disable(logging.WARNING)
    with tempfile.TemporaryDirectory() as home:
        place = Path(home)
        station = StationSettings(data=str(place), login=False)
        root = tk.Tk()
        root.withdraw()
        look.dress(root)
        mailbox = Mailbox(root)
        settings = ViewerSettings(days=0)
        held = Station(StationFile(station, {}, {"viewer": settings}), mailbox.post, mailbox=mailbox)
        studies = [stored(held, place, number, SLICES) for number in range(asked.openings)]
        radiograph = stored(held, place, 99, 1, rows=2500, columns=2048, modality="CR")
        top = tk.Toplevel(root)
        top.geometry(f"{asked.size}+0+0")
        from kiosk.modes.viewer.window import ViewerWindow

        desk: Any = held.open_mode("viewer", MODE)
        window = ViewerWindow(top, desk)
        pump(root, lambda: len(window.list.table) == asked.openings + 1)
        pump(root, lambda: "PIL.ImageTk" in sys.modules, settle_s=2.0)
        opening(root, window, place, studies)
        leafing(root, window, place)
        dragging(root, window, place, radiograph)
        root.destroy()
        mailbox.close()
        held.close()


def pump(root: tk.Tk, until: Callable[[], object], deadline_s: float = 60.0, settle_s: float = 0.0) -> float:
    """Let the window live until something holds; returns how long it took."""
    began = time.perf_counter()
    while not until() or time.perf_counter() - began < settle_s:
        root.update()
        if time.perf_counter() - began > deadline_s:
            raise SystemExit("did not come in time")
        time.sleep(0.0002)
    return time.perf_counter() - began


def stored(
    held: Station, place: Path, number: int, pictures: int, rows: int = 512, columns: int = 512, modality: str = "CT"
) -> int:
    """A study in the store of this PC, with the grain of a device; returns its row."""
    random = np.random.default_rng(number)
    uid = f"2.25.{7000 + number}"
    y, x = np.mgrid[0:rows, 0:columns]
    body = 900 * (((x / columns - 0.5) / 0.4) ** 2 + ((y / rows - 0.5) / 0.3) ** 2 < 1)
    grain = random.integers(0, 120, (8, rows, columns), np.int16)
    for count in range(1, pictures + 1):
        relative = f"DICOM/{number}/{count}.dcm"
        path = place / DEFAULT_VOLUME / relative
        path.parent.mkdir(parents=True, exist_ok=True)
        ds = Dataset()
        ds.file_meta = FileMetaDataset()
        ds.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.2"
        ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = f"{uid}.1.{count}"
        ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.FrameOfReferenceUID = uid, f"{uid}.1", f"{uid}.2"
        ds.PatientName, ds.PatientID, ds.Modality, ds.InstanceNumber = "Mihon^Taro", f"M{number}", modality, count
        ds.StudyDate, ds.StudyDescription, ds.SeriesDescription = f"202611{number % 28 + 1:02d}", "Chest", "1 mm"
        ds.Rows, ds.Columns, ds.SamplesPerPixel, ds.PhotometricInterpretation = rows, columns, 1, "MONOCHROME2"
        ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
        ds.RescaleSlope, ds.RescaleIntercept, ds.WindowCenter, ds.WindowWidth = 1, -1024, 40, 400
        ds.PixelSpacing, ds.ImageOrientationPatient = [0.7, 0.7], [1, 0, 0, 0, 1, 0]
        ds.ImagePositionPatient = [-180, -180, -count]
        ds.PixelData = (body + grain[count % 8] + count).astype(np.uint16).tobytes()
        ds["PixelData"].VR = "OW"
        ds.save_as(path, enforce_file_format=True)
        facts = ImageFacts(
            ds.SOPInstanceUID, ds.SOPClassUID, uid, f"{uid}.1", modality, ds.PatientID,
            name=("MIHON TARO", "見本 太郎", ""), study_date=ds.StudyDate, study_description="Chest",
            instance_number=count, transfer_syntax=ExplicitVRLittleEndian,
        )  # fmt: skip
        with held.centre.writing() as conn:
            image_index.index_image(conn, facts, volume=DEFAULT_VOLUME, path=relative, size=path.stat().st_size,
                                    sha256="0" * 64, arrived_views=arrived_views)  # fmt: skip
    with held.centre.reading() as conn:
        return next(each.id for each in images.find_studies(conn, "", limit=1000) if each.study_uid == uid)


class Alone:
    """Decoding and painting of one picture without a window about it: the floor of what is measured here."""

    def __init__(self, root: tk.Tk, pane: Any) -> None:
        self._root, self._room = root, pane.room()
        top = tk.Toplevel(root)
        top.geometry(f"{self._room[0]}x{self._room[1]}+0+0")
        self._canvas = tk.Canvas(top, width=self._room[0], height=self._room[1], highlightthickness=0)
        self._canvas.pack()
        self._item = self._canvas.create_image(0, 0, anchor="nw")
        self._photo: Any = None
        self._top = top
        root.update()

    def decode(self, path: Path) -> None:
        frame = decode_frame(open_source(path))
        self.paint, self.plate = frame.paint, painting.plate_of(frame.pixels)
        rows, columns = self.plate.pixels.shape[:2]
        part = View(columns, rows, *self._room).fit().part()
        assert part is not None
        self._scaled = painting.scaled(self.plate, part)

    def show(self, window: Window) -> None:
        shades = painting.table_of(self.plate, self.paint, window).take(self._scaled)
        size = shades.shape[1], shades.shape[0]
        if self._photo is None or (self._photo.width(), self._photo.height()) != size:
            self._photo = ImageTk.PhotoImage("L", size, master=self._canvas)
            self._canvas.itemconfigure(self._item, image=self._photo)
        self._photo.paste(Image.frombuffer("L", size, shades, "raw", "L", 0, 1))
        self._root.update()

    def close(self) -> None:
        self._top.destroy()
        self._root.update()


def listed(window: Any, row: int) -> Any:
    """The study of that row, as the list knows it."""
    return next(line.study for line in window.list._found.values() if line.study.id == row)


def opening(root: tk.Tk, window: Any, place: Path, studies: list[int]) -> None:
    pane = window.pictures.pane
    first, whole, alone, busy = [], [], [], []
    for number, row in enumerate(studies):
        study = listed(window, row)
        painted = pane.paints
        began, worked = time.perf_counter(), time.thread_time()
        window.open_study(study)
        pump(root, lambda: pane.ready and pane.paints > painted)  # noqa: B023 - called at once
        first.append(time.perf_counter() - began)
        busy.append(time.thread_time() - worked)
        pump(root, lambda: pane.stack is not None and len(pane.stack) == SLICES)
        whole.append(time.perf_counter() - began)
        floor = Alone(root, pane)
        began = time.perf_counter()
        floor.decode(place / DEFAULT_VOLUME / f"DICOM/{number}/1.dcm")
        floor.show(Window(40, 400))
        alone.append(time.perf_counter() - began)
        floor.close()
        window.finish()
        pump(root, lambda: not window.opening.running, settle_s=0.3)
    window.open_study(study)
    pump(root, lambda: pane.ready and len(pane.stack) == SLICES)
    told(f"first picture of {SLICES} slices, opened", first, alone, f"aim {FIRST_MS:.0f}")
    told_work(busy)
    print(f"    all {SLICES} headers read, all slices at hand: {1000 * median(whole):6.1f} ms in the median")


def leafing(root: tk.Tk, window: Any, place: Path) -> None:
    """One press of the key after the other, each waiting for its picture; the neighbours are decoded meanwhile."""
    pane = window.pictures.pane
    times, busy = [], []
    pane.go_to(0)
    pump(root, lambda: pane.ready, settle_s=1.0)
    for _ in range(300):
        began, worked = time.perf_counter(), time.thread_time()
        window.pictures._step(1)
        pump(root, lambda: pane.ready and pane._due is None)
        times.append(time.perf_counter() - began)
        busy.append(time.thread_time() - worked)
    floor, alone = Alone(root, pane), []
    for number in range(1, 101):
        began = time.perf_counter()
        floor.decode(place / DEFAULT_VOLUME / f"DICOM/0/{number}.dcm")
        floor.show(Window(40, 400))
        alone.append(time.perf_counter() - began)
    floor.close()
    told("leafing, one picture after the other", times, alone, f"aim {1000 / LEAFED_PER_S:.1f}")
    told_work(busy)
    print(f"    {len(times) / sum(times):.0f} pictures a second (aim {LEAFED_PER_S:.0f}), "
          f"alone on one core {len(alone) / sum(alone):.0f}")  # fmt: skip


def dragging(root: tk.Tk, window: Any, place: Path, study: int) -> None:
    pane = window.pictures.pane
    window.finish()
    pump(root, lambda: not window.opening.running)
    window.open_study(listed(window, study))
    pump(root, lambda: pane.ready and pane.facts.rows == 2500, settle_s=1.0)
    times, busy = [], []
    pane.event_generate("<ButtonPress-1>", x=300, y=300)
    for step in range(200):
        began, worked = time.perf_counter(), time.thread_time()
        pane.event_generate("<B1-Motion>", x=300 + step % 50 * 2, y=300 + step % 20)
        root.update()
        times.append(time.perf_counter() - began)
        busy.append(time.thread_time() - worked)
    pane.event_generate("<ButtonRelease-1>", x=300, y=300)
    floor, alone = Alone(root, pane), []
    floor.decode(place / DEFAULT_VOLUME / "DICOM/99/1.dcm")
    for step in range(200):
        began = time.perf_counter()
        floor.show(Window(40 + step % 20, 400 + step % 50))
        alone.append(time.perf_counter() - began)
    floor.close()
    told("window/level drag on 2048 x 2500", times, alone, f"aim for p95 {DRAG_MS:.0f}")
    told_work(busy)


def median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]


def told_work(busy: list[float]) -> None:
    """What other programs beside can't lengthen."""
    print(f"    processor time of the window's thread {1000 * median(busy):.1f} ms in the median")


def told(what: str, values: list[float], alone: list[float], aim: str) -> None:
    for name, each in (
        (what, values),
        ("decoding and painting alone" if "drag" not in what else "painting alone", alone),
    ):
        ordered = sorted(each)
        p95 = ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))]
        middle, longest = 1000 * median(each), 1000 * ordered[-1]
        wanted = f"  ({aim} ms)" if each is values else ""
        print(f"{name:42} p50 {middle:6.1f} ms, p95 {1000 * p95:6.1f} ms, longest {longest:6.1f} ms{wanted}")
    print(f"    {median(values) / median(alone):.1f} times of that alone")


if __name__ == "__main__":
    main()
