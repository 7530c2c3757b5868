"""Measures the way in alone, without a network: images handed to the intake by parallel threads, each safe on disk,
indexed and committed before the next. Beside it, in the same run: the same bytes only written and synced.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kiosk.core.study import ImageFacts
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake, Owed
from kiosk.store.audit import Actor
from kiosk.store.opening import centre_store, prepare
from kiosk.store.volume import Volume, fsync_folder
from kiosk.store.writer import GroupWriter

PIECE = 128 * 1024
KINDS = {"CT": (526_000, 200), "CR": (10_240_000, 12), "tiny": (10_300, 600)}  # bytes, images a thread

Send = Callable[[int, int, list[bytes]], None]


def facts(thread: int, number: int, kind: str) -> ImageFacts:
    study = f"1.2.826.{thread + 1}"
    return ImageFacts(
        sop_uid=f"{study}.9.{number}", sop_class="1.2.840.10008.5.1.4.1.1.2", study_uid=study,
        series_uid=f"{study}.{number // 100 + 1}", modality=kind[:2].upper(), patient_id=f"B{thread:05d}",
        name=("MIHON^TARO", "", ""), birth_date="19710402", study_date="20261124", instance_number=number,
        series_number=number // 100 + 1, rows=512, columns=512, transfer_syntax="1.2.840.10008.1.2.1",
        source=f"CT{thread}", view_hints={"SeriesDescription": "ABDOMEN"},
    )  # fmt: skip


def timed(threads: int, each: int, data: bytes, send: Send, leave: Callable[[], None]) -> tuple[float, float, float]:
    """Images a second, processor ms an image, 95th percentile of one image in ms."""
    pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
    took: list[float] = []

    def run(thread: int) -> None:
        for number in range(each):
            begun = time.perf_counter()
            send(thread, number, pieces)
            took.append(time.perf_counter() - begun)
        leave()

    crowd = [threading.Thread(target=run, args=(thread,)) for thread in range(threads)]
    begun, used = time.perf_counter(), time.process_time()
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    wall, used = time.perf_counter() - begun, time.process_time() - used
    return threads * each / wall, used / (threads * each) * 1000, sorted(took)[int(len(took) * 0.95)] * 1000


def by_intake(folder: Path, threads: int, each: int, data: bytes, kind: str) -> tuple[float, float, float]:
    store, crew, volume = centre_store("", folder), Crew(), Volume("MAG1", folder / "MAG1", True)
    prepare(store)
    volume.prepare()
    owed = (Owed("route", "", "gateway", per="study", quiet_s=5.0),)
    intake = Intake(store, lambda: volume, GroupWriter(store, crew.start), Actor(station="gateway"), owed=owed)

    def send(thread: int, number: int, pieces: list[bytes]) -> None:
        incoming = intake.begin("c-store")
        for piece in pieces:
            incoming.write(piece)
        incoming.settle(facts(thread, number, kind))

    try:
        return timed(threads, each, data, send, store.leave)
    finally:
        crew.close()
        store.close()


def by_file(folder: Path, threads: int, each: int, data: bytes, _kind: str) -> tuple[float, float, float]:
    def send(thread: int, number: int, pieces: list[bytes]) -> None:
        target = folder / f"{thread}-{number}.dcm"
        with open(target, "xb", buffering=0) as handle:
            for piece in pieces:
                handle.write(piece)
            os.fsync(handle.fileno())
        fsync_folder(folder)

    return timed(threads, each, data, send, lambda: None)


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--kinds", nargs="*", default=list(KINDS))
    asked.add_argument("--threads", nargs="*", type=int, default=[1, 4])
    chosen = asked.parse_args()
    print(f"{'kind':6}{'threads':>8}{'way':>10}{'images/s':>10}{'CPU ms':>8}{'p95 ms':>8}{'of bare':>9}")
    for kind in chosen.kinds:
        size, each = KINDS[kind]
        data = os.urandom(size)
        for threads in chosen.threads:
            figures: dict[str, list[tuple[float, float, float]]] = {"bare file": [], "intake": []}
            for _ in range(chosen.rounds):
                for name, way in (("bare file", by_file), ("intake", by_intake)):
                    folder = Path(tempfile.mkdtemp(prefix="intake-"))
                    try:
                        figures[name].append(way(folder, threads, each, data, kind))
                    finally:
                        shutil.rmtree(folder)
            bare = median(each[0] for each in figures["bare file"])
            for name, rounds in figures.items():
                rate, cpu, p95 = (median(column) for column in zip(*rounds, strict=True))
                print(f"{kind:6}{threads:>8}{name:>10}{rate:>10.0f}{cpu:>8.2f}{p95:>8.1f}{rate / bare:>9.2f}")


if __name__ == "__main__":
    main()
