"""Query/Retrieve servers to talk to: DCMTK's dcmqrscp with images in it, and servers that misbehave."""

from __future__ import annotations

import contextlib
import socket
import subprocess
import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from kiosk.dicom.nodes import Node
from kiosk.dicom.sample_pictures import picture
from kiosk.dicom.write import Making, Shot, image_object, save
from tests.dicom.peers import HANAKO, TARO, a_row, free_port, run
from tests.needs import tool
from tests.waiting import wait_until


class QueryServer:
    """dcmqrscp, which knows our receiver by its AE title ``KIOSK`` and ``port_of_ours``."""

    def __init__(self, folder: Path, port_of_ours: int) -> None:
        self.folder, self.port_of_ours = folder, port_of_ours
        self.port = free_port()
        store = folder / "qr"
        store.mkdir(parents=True)
        (folder / "qr.cfg").write_text(
            f"NetworkTCPPort = {self.port}\nMaxPDUSize = 16384\nMaxAssociations = 16\n"
            f"HostTable BEGIN\nkiosk = (KIOSK, 127.0.0.1, {port_of_ours})\nHostTable END\n"
            f"AETable BEGIN\nQR {store} RW (200, 1024mb) ANY\nAETable END\n"
        )
        program = tool("dcmqrscp")
        assert program is not None
        self._log = open(folder / "qr.log", "wb")  # noqa: SIM115 - closed with the server
        self._process = subprocess.Popen(
            [str(program), "-c", str(folder / "qr.cfg")], stdout=self._log, stderr=self._log
        )
        wait_until(self._listens, 20, "dcmqrscp listens")

    def _listens(self) -> bool:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    @property
    def node(self) -> Node:
        return Node("QR", "127.0.0.1", self.port, "画像サーバ")

    def take(self, *files: Path) -> None:
        sent = run("storescu", "-aec", "QR", "127.0.0.1", str(self.port), *files)
        assert sent.returncode == 0, sent.stderr

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(10)
        self._log.close()


def sample_studies(folder: Path) -> list[Path]:
    """Two people, three studies: TARO has a chest picture and four CT slices, HANAKO an ultrasound picture."""
    made = []
    for number, (patient, modality, count) in enumerate(((TARO, "CR", 1), (TARO, "CT", 4), (HANAKO, "US", 1)), 1):
        row, when = a_row(patient, number, modality=modality), datetime(2026, 11, 22 + number, 10, 0)
        making = Making(row, when, series_description="様式")
        for each in range(count):
            shot = Shot(picture(modality, {}, each), number=each + 1)
            made.append(save(image_object(making, shot), folder / f"{number}-{each}.dcm"))
    return made


@contextlib.contextmanager
def silent_server() -> Iterator[int]:
    """A port that takes connections and never says a word. Yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    held: list[socket.socket] = []
    over = threading.Event()

    def take() -> None:
        listener.settimeout(0.05)
        while not over.is_set():
            with contextlib.suppress(OSError):
                held.append(listener.accept()[0])

    thread = threading.Thread(target=take, name="silent-server")
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        over.set()
        thread.join(5)
        for each in held:
            each.close()
        listener.close()
