"""The sender: what leaves is what lies in the file, each image is answered for, and no peer makes it wait for ever."""

from __future__ import annotations

import socket
import struct
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydicom import dcmread

from kiosk.core.faults import LinkLost
from kiosk.dicom import quick_send, send, upper_layer
from kiosk.dicom.command_set import store_answer
from kiosk.dicom.nodes import Node
from kiosk.dicom.part10 import open_part10
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.send import send_files
from kiosk.dicom.soundness import EXPLICIT_LE
from tests.dicom.peers import MemoryIntake, free_port, listening
from tests.dicom.test_receive import CR, an_image, encoded
from tests.needs import needs
from tests.waiting import wait_until


@pytest.fixture(params=["quick", "plain"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Below pynetdicom, and through it as where it has another version."""
    if request.param == "plain":
        monkeypatch.setattr(quick_send, "usable", lambda: False)
    return str(request.param)


def images(folder: Path, sizes: tuple[int, ...]) -> list[Path]:
    """Explicit little endian files with so many bytes of pixels."""
    from kiosk.dicom.part10 import part10_head

    made = []
    for number, size in enumerate(sizes, 1):
        ds = an_image(f"1.2.3.{number}", PixelData=bytes(number) * (size // number) + b"\0" * (size % number))
        ds["PixelData"].VR = "OW"
        path = folder / f"{number}.dcm"
        path.write_bytes(part10_head(CR, f"1.2.3.{number}", EXPLICIT_LE) + encoded(ds, EXPLICIT_LE))
        made.append(path)
    return made


SIZES = (0, 2, 1000, 16_370, 131_060, 131_072, 262_144, 3_000_002)


@pytest.mark.parametrize("most", [0, 128, 4096, 16_384, 131_072])
def test_every_byte_arrives_whatever_the_largest_pdu(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    monkeypatch.setattr(upper_layer, "PDU_BYTES", most)
    paths = images(tmp_path, SIZES if most > 128 else SIZES[:4])
    intake = MemoryIntake()
    with listening(StorageDoor(intake)) as door:
        sent = send_files("CR1", Node("KIOSK", "127.0.0.1", door.port), paths)
        wait_until(lambda: door.associations == 0, 10, "the association was released")
    assert [each.status for each in sent] == [0] * len(paths)
    for number, path in enumerate(paths, 1):
        assert intake.stored[f"1.2.3.{number}"].endswith(path.read_bytes()[open_part10(path).offset :])


@needs("storescp")
def test_dcmtk_stores_what_lies_in_the_file(way: str, tmp_path: Path) -> None:
    paths = images(tmp_path, SIZES[2:])
    (tmp_path / "in").mkdir()
    port = free_port()
    peer = subprocess.Popen(["storescp", "+B", "-od", str(tmp_path / "in"), str(port)])
    try:
        wait_until(lambda: send.who_listens("127.0.0.1", port) == "dicom", 10)
        assert all(each.accepted for each in send_files("CR1", Node("STORESCP", "127.0.0.1", port), paths))
    finally:
        peer.terminate()
        peer.wait(10)
    kept = {str(dcmread(path).SOPInstanceUID): path for path in (tmp_path / "in").iterdir()}
    for number, path in enumerate(paths, 1):
        body = path.read_bytes()[open_part10(path).offset :]
        assert kept[f"1.2.3.{number}"].read_bytes().endswith(body)


class OddPeer:
    """Accepts by our own listener's words, then answers each C-STORE as it is told to."""

    def __init__(self, answer: Callable[[int], bytes | None]) -> None:
        self.answer = answer
        self.asked = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._thread = threading.Thread(target=self._serve, name="odd-peer", daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes who waits for a caller
        self._listener.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            with line:
                line.settimeout(5)
                try:
                    self._talk(line)
                except OSError:
                    continue

    def _talk(self, line: socket.socket) -> None:
        line.sendall(accepted(self._pdu(line)[1]))
        while True:
            kind, body = self._pdu(line)
            if kind == 5:
                line.sendall(struct.pack(">BxLL", 6, 4, 0))
                return
            if kind != 4:
                return
            if body[5] == 2:  # the last fragment of a data set
                self.asked += 1
                told = self.answer(self.asked)
                if told is None:
                    return
                line.sendall(told)

    @staticmethod
    def _pdu(line: socket.socket) -> tuple[int, bytes]:
        head = line.recv(6, socket.MSG_WAITALL)
        if len(head) < 6:
            raise OSError
        kind, length = struct.unpack(">BxL", head)
        return kind, line.recv(length, socket.MSG_WAITALL)


def accepted(request: bytes) -> bytes:
    """An A-ASSOCIATE-AC that takes the first context of a request as it was proposed."""
    from pynetdicom.pdu import A_ASSOCIATE_AC, A_ASSOCIATE_RQ

    asked = A_ASSOCIATE_RQ()
    asked.decode(struct.pack(">BxL", 1, len(request)) + request)
    primitive = asked.to_primitive()
    primitive.result, primitive.result_source = 0, 1
    taken = primitive.presentation_context_definition_list
    for context in taken:
        context.result = 0
    primitive.presentation_context_definition_results_list = taken
    made = A_ASSOCIATE_AC()
    made.from_primitive(primitive)
    return bytes(made.encode())


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., OddPeer]]:
    monkeypatch.setattr(quick_send, "ANSWER_S", 0.5)
    made: list[OddPeer] = []

    def make(answer: Callable[[int], bytes | None]) -> OddPeer:
        made.append(OddPeer(answer))
        return made[-1]

    yield make
    for each in made:
        each.close()


def good(number: int, status: int = 0, message: int | None = None) -> bytes:
    return store_answer(1, number if message is None else message, CR, f"1.2.3.{number}", status, 16384)


def test_what_each_image_was_answered_is_told(odd: Any, tmp_path: Path) -> None:
    statuses = (0, 0xA700, 0x0110, 0xB000)
    peer = odd(lambda number: good(number, statuses[number - 1]))
    sent = send_files("CR1", Node("ODD", "127.0.0.1", peer.port), images(tmp_path, (100, 100, 100, 100)))
    assert [(each.status, each.accepted) for each in sent] == [
        (0, True), (0xA700, False), (0x0110, False), (0xB000, True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(lambda number: None, id="closes"),
        pytest.param(lambda number: b"", id="says nothing"),
        pytest.param(lambda number: good(number, message=99), id="answers something else"),
        pytest.param(lambda number: struct.pack(">BxL", 4, 0xFFFFFFF0), id="a giant answer"),
        pytest.param(lambda number: struct.pack(">BxLL", 7, 4, 0), id="aborts"),
        pytest.param(lambda number: b"GET / HTTP/1.1\r\n", id="is no DICOM peer"),
    ],
)
def test_a_peer_that_does_not_answer_is_no_success_and_no_wait(odd: Any, tmp_path: Path, answer: Any) -> None:
    peer = odd(answer)
    sent = send_files("CR1", Node("ODD", "127.0.0.1", peer.port), images(tmp_path, (100, 100)))
    assert [each.status for each in sent] == [None, None]
    assert all(isinstance(each.trouble, LinkLost) for each in sent)


def test_an_answer_that_was_lost_is_asked_for_again(odd: Any, tmp_path: Path) -> None:
    """The second of three answers never comes: it and the third are sent once more, the first is not."""
    answers = iter([good(1), None, good(2, message=1), good(3, message=2)])
    peer = odd(lambda number: next(answers))
    sent = send_files("CR1", Node("ODD", "127.0.0.1", peer.port), images(tmp_path, (100, 100, 100)))
    assert [each.status for each in sent] == [0, 0, 0] and peer.asked == 4


def test_a_file_that_shrinks_on_its_way_harms_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = images(tmp_path, (1000, 500_000, 1000))
    intake = MemoryIntake()
    readinto = quick_send.FileSource.__init__

    def shrinking(self: Any, file: Any, offset: int) -> None:
        readinto(self, file, offset)
        if self.size > 400_000:
            self.size += 100

    monkeypatch.setattr(quick_send.FileSource, "__init__", shrinking)
    with listening(StorageDoor(intake)) as door:
        sent = {each.path: each for each in send_files("CR1", Node("KIOSK", "127.0.0.1", door.port), paths)}
    assert [sent[path].status for path in paths] == [0, None, 0]
    assert set(intake.stored) == {"1.2.3.1", "1.2.3.3"}


@pytest.mark.parametrize(
    "told", [[(CR, EXPLICIT_LE)], [("1.2.840.10008.5.1.4.1.1.2", EXPLICIT_LE)]], ids=["right", "wrong"]
)
def test_heads_are_read_on_the_way_where_the_kinds_are_known(way: str, tmp_path: Path, told: Any) -> None:
    """One that lies there as another kind than was said, or can't be read, holds up no other."""
    paths = images(tmp_path, (1000, 2000, 3000, 4000))
    paths[1].write_bytes(b"no image")
    intake, order = MemoryIntake(), []
    with listening(StorageDoor(intake)) as door:
        node = Node("KIOSK", "127.0.0.1", door.port)
        sent = send_files("CR1", node, iter(paths), progress=order.append, kinds=told)
    assert {each.path: each.accepted for each in sent} == {path: path != paths[1] for path in paths}
    assert sorted(intake.stored) == ["1.2.3.1", "1.2.3.3", "1.2.3.4"] and intake.begun == 3
    assert len(order) == 4
