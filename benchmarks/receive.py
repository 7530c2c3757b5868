"""Measures receiving: DCMTK's storescu sends the same images to this gateway, to DCMTK's storescp, to Orthanc and, as
the limit, over a bare TCP connection to a synced file. Ours syncs each file and commits its row before each answer.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

HOME = Path(__file__).resolve().parent.parent
PIECE = 128 * 1024


@dataclass(frozen=True)
class Load:
    """``folders`` associations of ``each`` images of ``rows`` x ``columns`` pixels of 16 bits."""

    name: str
    sop_class: str
    modality: str
    rows: int
    columns: int
    each: int
    folders: int


LOADS = (
    Load("CT x1", "1.2.840.10008.5.1.4.1.1.2", "CT", 512, 512, 200, 1),
    Load("CT x4", "1.2.840.10008.5.1.4.1.1.2", "CT", 512, 512, 100, 4),
    Load("CR", "1.2.840.10008.5.1.4.1.1.1", "CR", 2560, 2000, 30, 1),
    Load("MR 8 kB x4", "1.2.840.10008.5.1.4.1.1.4", "MR", 64, 64, 300, 4),
)


def make(load: Load, folder: Path) -> list[Path]:
    """The images of a load, a folder for each association."""
    from pydicom.dataset import Dataset, FileMetaDataset
    from pydicom.uid import ExplicitVRLittleEndian, generate_uid

    study, made = generate_uid(), []
    noise = os.urandom(2 * load.rows * load.columns)
    for number in range(load.folders):
        place, series = folder / f"s{number}", generate_uid()
        place.mkdir(parents=True)
        for at in range(load.each):
            ds, meta = Dataset(), FileMetaDataset()
            ds.SOPClassUID = meta.MediaStorageSOPClassUID = load.sop_class
            ds.SOPInstanceUID = meta.MediaStorageSOPInstanceUID = generate_uid()
            meta.TransferSyntaxUID = ExplicitVRLittleEndian
            ds.StudyDate, ds.StudyTime, ds.Modality, ds.StudyDescription = "20261124", "101010", load.modality, "BENCH"
            ds.PatientName, ds.PatientID, ds.PatientBirthDate, ds.PatientSex = "MIHON^TARO", "B00001", "19710402", "M"
            ds.StudyInstanceUID, ds.SeriesInstanceUID = study, series
            ds.SeriesNumber, ds.InstanceNumber, ds.AccessionNumber, ds.StudyID = number + 1, at + 1, "", "1"
            ds.SamplesPerPixel, ds.PhotometricInterpretation, ds.PixelRepresentation = 1, "MONOCHROME2", 0
            ds.Rows, ds.Columns, ds.BitsAllocated, ds.BitsStored, ds.HighBit = load.rows, load.columns, 16, 16, 15
            ds.add_new("PixelData", "OW", noise[at:] + noise[:at])
            ds.file_meta = meta
            ds.save_as(place / f"{at:04d}.dcm", enforce_file_format=True)
        made.append(place)
    return made


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def sent(folders: list[Path], title: str, port: int, *, nagle: bool = False) -> float:
    """Seconds that the senders take, one for each folder, all at once."""
    environment = {**os.environ, **({} if nagle else {"TCP_NODELAY": "1"})}
    begun = time.perf_counter()
    senders = [
        subprocess.Popen(
            ["storescu", "-R", "+sd", "-aec", title, "-aet", "BENCH", "127.0.0.1", str(port), str(folder)],
            env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        )
        for folder in folders
    ]  # fmt: skip
    for sender in senders:
        _, said = sender.communicate()
        if sender.returncode:
            raise SystemExit(f"{title}: {said.decode(errors='replace')[:300]}")
    return time.perf_counter() - begun


@contextlib.contextmanager
def running(command: list[str], port: int, log: Path, **more: object) -> Iterator[psutil.Process]:
    with open(log, "wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, **more)  # type: ignore[call-overload]
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            yield psutil.Process(process.pid)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()


@contextlib.contextmanager
def ours(folder: Path, port: int) -> Iterator[psutil.Process]:
    station = folder / "station.toml"
    station.write_text(
        f'[station]\nname = "gateway"\ndata = "{folder / "data"}"\n'
        f'[volumes]\nMAG1 = {{ path = "{folder / "MAG1"}", writable = true }}\n'
        f'[modes.gateway]\nae_title = "OURS"\nport = {port}\nhost = "127.0.0.1"\n'
        '[[modes.gateway.nodes]]\nae_title = "BENCH"\n'
    )
    command = [sys.executable, str(HOME / "main.py"), str(station), "--headless"]
    with running(command, port, folder / "log") as process:
        yield next(each for each in process.children(recursive=True) if "gateway.receive" in each.cmdline())


@contextlib.contextmanager
def dcmtk(folder: Path, port: int) -> Iterator[psutil.Process]:
    (folder / "in").mkdir()
    command = ["storescp", "--fork", "+B", "-pdu", "131072", "-aet", "DCMTK", "-od", str(folder / "in"), str(port)]
    with running(command, port, folder / "log", env={**os.environ, "TCP_NODELAY": "1"}) as process:
        yield process


@contextlib.contextmanager
def orthanc(folder: Path, port: int) -> Iterator[psutil.Process]:
    settings = {
        "StorageDirectory": str(folder / "in"), "IndexDirectory": str(folder / "index"), "HttpPort": free_port(),
        "DicomPort": port, "DicomAet": "ORTHANC", "DicomCheckCalledAet": False, "DicomAlwaysAllowStore": True,
    }  # fmt: skip
    (folder / "settings.json").write_text(json.dumps(settings))
    program = shutil.which("Orthanc") or "/usr/sbin/Orthanc"
    environment = {**os.environ, "TCP_NODELAY": "1"}
    with running([program, str(folder / "settings.json")], port, folder / "log", env=environment) as process:
        yield process


def copied(folders: list[Path], target: Path) -> float:
    """Seconds of the bare way: each file over TCP to a file that is synced before one byte answers."""
    listener = socket.create_server(("127.0.0.1", 0))

    def take() -> None:
        line, _ = listener.accept()
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        buffer, number = bytearray(PIECE), 0
        while head := line.recv(8, socket.MSG_WAITALL):
            left = struct.unpack("<Q", head)[0]
            with open(target / f"{threading.get_ident()}-{number}", "wb", buffering=0) as file:
                while left:
                    got = line.recv_into(buffer, min(left, PIECE))
                    file.write(memoryview(buffer)[:got])
                    left -= got
                os.fsync(file.fileno())
            line.sendall(b"k")
            number += 1
        line.close()

    def give(folder: Path) -> None:
        with socket.create_connection(listener.getsockname()) as line:
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for path in sorted(folder.iterdir()):
                line.sendall(struct.pack("<Q", path.stat().st_size))
                with open(path, "rb") as file:
                    line.sendfile(file)
                line.recv(1)

    crowd = [threading.Thread(target=take) for _ in folders]
    crowd += [threading.Thread(target=give, args=(folder,)) for folder in folders]
    begun = time.perf_counter()
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    listener.close()
    return time.perf_counter() - begun


Peer = Callable[[Path, int], contextlib.AbstractContextManager[psutil.Process]]
PEERS: dict[str, tuple[str, Peer]] = {
    "ours": ("OURS", ours),
    "storescp --fork +B": ("DCMTK", dcmtk),
    "Orthanc": ("ORTHANC", orthanc),
}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--rounds", type=int, default=2, help="the best of so many")
    rounds = words.parse_args().rounds
    with tempfile.TemporaryDirectory(prefix="receive-") as name:
        for load in LOADS:
            rates: dict[str, float] = {}
            notes: dict[str, str] = {}
            for number in range(rounds):
                home = Path(name) / f"{number}"
                folders = make(load, home / "images")
                one(load, folders, home, rates, notes)
                shutil.rmtree(home)
            tell(load, rates, notes)


def one(load: Load, folders: list[Path], home: Path, rates: dict[str, float], notes: dict[str, str]) -> None:
    total = load.each * load.folders
    (home / "bare").mkdir()
    rates["bare TCP, synced"] = max(rates.get("bare TCP, synced", 0), total / copied(folders, home / "bare"))
    for peer, (title, start) in PEERS.items():
        place = home / title
        place.mkdir()
        port = free_port()
        with start(place, port) as process:
            rates[peer] = max(rates.get(peer, 0), total / sent(folders, title, port))
            with contextlib.suppress(psutil.Error):
                notes[peer] = f"{process.memory_info().rss / 1e6:.0f} MB"
        if load.name != "CT x1":
            continue
        few = home / "few"
        few.mkdir(exist_ok=True)
        for path in sorted(folders[0].iterdir())[:60]:
            shutil.copy(path, few)
        again = home / f"{title}-nagle"
        again.mkdir()
        port = free_port()
        with start(again, port):
            rate = 60 / sent([few], title, port, nagle=True)
            rates[f"{peer}, sender with Nagle"] = max(rates.get(f"{peer}, sender with Nagle", 0), rate)


def tell(load: Load, rates: dict[str, float], notes: dict[str, str]) -> None:
    print(f"\n{load.name}: {load.each * load.folders} images of {2 * load.rows * load.columns / 1e6:.2f} MB")
    for what, rate in rates.items():
        own = rates["ours, sender with Nagle" if "Nagle" in what else "ours"]
        print(f"  {what:42} {rate:8.1f}/s   ours is {own / rate:5.2f} times that   {notes.get(what, '')}")


if __name__ == "__main__":
    main()
