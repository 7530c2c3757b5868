"""Measures sending: this gateway's resident sender and DCMTK's storescu send the same images to DCMTK's storescp; then
one good destination alone, and beside a dead one, a wrong port and a slow one.

Ours is measured with its queue: rows, jobs and what was answered of each image are kept in the store.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from receive import Load, free_port, make, running, sent

from kiosk.core.sending import Completeness, SendState, Switches
from kiosk.core.settings import StationSettings
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.nodes import Node
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake
from kiosk.flow.notices import Watch
from kiosk.flow.send_service import Sending, start_sending
from kiosk.flow.send_studies import SENDING
from kiosk.flow.sending_state import keep_switches
from kiosk.flow.steer_sending import SteerSending
from kiosk.flow.watch_link import Destination
from kiosk.store import sends
from kiosk.store.audit import Actor
from kiosk.store.opening import centre_store, station_store
from kiosk.store.volume import Volume, Volumes
from kiosk.store.writer import GroupWriter

LOADS = (
    Load("CT 0.5 MB", "1.2.840.10008.5.1.4.1.1.2", "CT", 512, 512, 300, 2),
    Load("CR 10 MB", "1.2.840.10008.5.1.4.1.1.1", "CR", 2560, 2000, 60, 1),
    Load("MR 8 kB", "1.2.840.10008.5.1.4.1.1.4", "MR", 64, 64, 500, 4),
)

SMALL, STUDIES = Load("CT 0.5 MB", "1.2.840.10008.5.1.4.1.1.2", "CT", 512, 512, 60, 1), 12


@contextlib.contextmanager
def storescp(folder: Path) -> Iterator[int]:
    """DCMTK's receiver, as in the measurements of its sender."""
    (folder / "in").mkdir(parents=True)
    port = free_port()
    command = ["storescp", "--fork", "+B", "-pdu", "131072", "-aet", "DCMTK", "-od", str(folder / "in"), str(port)]
    with running(command, port, folder / "log", env={**os.environ, "TCP_NODELAY": "1"}):
        yield port


class Gateway:
    """A store with the images of a load in it, and destinations they can be sent to."""

    def __init__(self, folder: Path, images: list[Path]) -> None:
        self.folder = folder
        self.centre, self.own = centre_store("", folder), station_store(folder)
        self.crew = Crew()
        volume = Volume("MAG1", folder / "MAG1", True, "gateway", reserve_bytes=1)
        volume.prepare()
        volume.look()
        self.volumes = Volumes([volume])
        intake = Intake(
            self.centre, self.volumes.receiving, GroupWriter(self.centre, self.crew.start), Actor(station="gateway")
        )
        self.studies: dict[str, int] = {}
        for path in images:
            facts = facts_of_file(path)
            incoming = intake.begin("benchmark")
            incoming.write(path.read_bytes())
            incoming.settle(facts)
            self.studies[facts.study_uid] = self.studies.get(facts.study_uid, 0) + 1

    def start(self, *ports: tuple[str, int]) -> None:
        kit: Any = SimpleNamespace(
            station=StationSettings(name="gateway"), centre=self.centre, local=self.own, volumes=self.volumes,
            crew=self.crew,
        )  # fmt: skip
        destinations = [
            Destination(name, Node("DCMTK", "127.0.0.1", port, title=name), "BENCH", complete=Completeness(quiet_s=0.0))
            for name, port in ports
        ]
        heard = Watch(self.own, self.crew, lambda do, *args: do(*args), local=True)
        self.lanes = lanes = start_sending(kit, Sending(tuple(destinations)), heard, self.folder / "LOG")
        until = time.monotonic() + 30
        while lanes[0].link.lamps.echo is None and time.monotonic() < until:
            time.sleep(0.05)

    def sent(self, *names: str) -> float:
        """Seconds from letting go until the first of these destinations has accepted everything."""
        steer = SteerSending(self.centre, "gateway", lambda: Actor(station="gateway"))
        keep_switches(self.own, Switches(paused=names))
        time.sleep(1.0)  # the lanes have seen it
        for study in self.studies:
            for name in names:
                steer.add(study, name)
        keep_switches(self.own, Switches())
        while not self.lanes[0].open():
            time.sleep(0.001)
        begun = time.perf_counter()
        with self.centre.writing():  # a commit wakes the lanes
            pass
        while True:
            with self.centre.reading() as conn:
                lines = sends.lines(conn, SENDING, destination=names[0])
            if len(lines) == len(self.studies) and all(each.state == SendState.DONE for each in lines):
                return time.perf_counter() - begun
            time.sleep(0.02)

    def close(self) -> None:
        self.crew.close()
        self.centre.close()
        self.own.close()


@contextlib.contextmanager
def slow_peer() -> Iterator[int]:
    """Takes connections and says nothing."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []

    def take() -> None:
        with contextlib.suppress(OSError):
            while True:
                held.append(listener.accept()[0])

    threading.Thread(target=take, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.close()
        for each in held:
            each.close()


def one_load(load: Load, home: Path, rounds: int) -> None:
    folders = make(load, home / "images")
    images = [path for folder in folders for path in sorted(folder.iterdir())]
    everything = home / "all"
    everything.mkdir()
    for number, path in enumerate(images):
        os.link(path, everything / f"{number:05d}.dcm")
    ours, theirs = 0.0, 0.0
    for number in range(rounds):
        with storescp(home / f"peer{number}") as port:
            theirs = max(theirs, len(images) / sent([everything], "DCMTK", port))
        with storescp(home / f"ours{number}") as port:
            gateway = Gateway(home / f"gateway{number}", images)
            gateway.start(("good", port))
            ours = max(ours, len(images) / gateway.sent("good"))
            gateway.close()
        for name in ("peer", "ours", "gateway"):
            shutil.rmtree(home / f"{name}{number}")
    print(f"{load.name:14} ours {ours:7.0f}/s   storescu {theirs:7.0f}/s   ratio {ours / theirs:.2f} (aim 0.9)")


def beside_bad_ones(load: Load, home: Path, rounds: int) -> None:
    images = []
    for number in range(STUDIES):
        images += [path for folder in make(load, home / f"images{number}") for path in sorted(folder.iterdir())]
    alone, beside = 1e9, 1e9
    wrong = socket.create_server(("127.0.0.1", 0))  # a port behind which no DICOM is spoken
    threading.Thread(target=_answer_nonsense, args=(wrong,), daemon=True).start()
    with slow_peer() as slow:
        for number in range(rounds):
            for bad in (False, True):
                place = home / f"{number}{bad}"
                with storescp(place) as port:
                    gateway = Gateway(place / "gateway", images)
                    others = [("dead", free_port()), ("wrong", wrong.getsockname()[1]), ("slow", slow)] if bad else []
                    gateway.start(("good", port), *others)
                    took = gateway.sent("good", *[name for name, _ in others])
                    gateway.close()
                alone, beside = (alone, min(beside, took)) if bad else (min(alone, took), beside)
                shutil.rmtree(place)
    wrong.close()
    print(
        f"{len(images)} images to a good destination: alone {alone:.2f} s, beside a dead, a wrong and a slow one "
        f"{beside:.2f} s: {100 * (beside / alone - 1):+.1f} % (aim at most +5 %)"
    )


def _answer_nonsense(listener: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while True:
            line, _ = listener.accept()
            with line, contextlib.suppress(OSError):
                line.sendall(b"220 not DICOM\r\n")


def main() -> None:
    logging.disable(logging.CRITICAL)
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=3, help="the best of so many")
    rounds = words.parse_args().rounds
    subprocess.run(["storescu", "--version"], stdout=subprocess.DEVNULL, check=True)
    with tempfile.TemporaryDirectory(prefix="send-") as name:
        for number, load in enumerate(LOADS):
            one_load(load, Path(name) / f"{number}", rounds)
        beside_bad_ones(SMALL, Path(name) / "beside", rounds)


if __name__ == "__main__":
    main()
