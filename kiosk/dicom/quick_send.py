"""C-STORE below pynetdicom: it negotiates, then lets go of the socket, and images go from the file onto the line.

Sending through pynetdicom 3.0.4 costs a sixth of DCMTK's rate (polling, data sets built and encoded), and its reactor
may swallow an answer. Here the request is written as it lies in the file, in pieces, and the answer is read where it
is waited for. What is reached for inside pynetdicom is ``take_over`` alone; with another version ``usable`` says no and
``kiosk.dicom.send`` sends through pynetdicom as it is meant.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import struct
from dataclasses import dataclass
from typing import Any, Protocol

import pynetdicom

PINNED = "3.0.4"
PIECE_BYTES = 1 << 18  # what goes to the socket in one call
LONGEST_FRAGMENT = 131072 - 6  # a peer that names no limit gets PDUs of this size
ANSWER_S = 60.0
RELEASE_S = 5.0
LONGEST_ANSWER = 1 << 17
COMMAND, LAST = 0x01, 0x02  # message control header (PS3.8 E.2)
DATA, RELEASE_RQ, RELEASE_RP, ABORT = 0x04, 0x05, 0x06, 0x07  # PDU types (PS3.8 9.3.1)


class Source(Protocol):
    """Where the bytes of a data set come from."""

    def readinto(self, buffer: memoryview, /) -> int | None: ...


class LineBroke(OSError):
    """The association is over: the peer ended it, said nothing in time, or spoke something else."""


class FileEnded(OSError):
    """The file is shorter than it was a moment ago, or its disk fails."""


@dataclass(frozen=True)
class Answer:
    """A C-STORE response: status, and what the peer said of it (PS3.7 9.3.1.2)."""

    status: int
    comment: str = ""


def usable() -> bool:
    """Is this the pynetdicom that ``take_over`` was written for?"""
    return pynetdicom.__version__ == PINNED


def take_over(assoc: Any) -> socket.socket:
    """The socket of an established association, whose two threads are ended without closing it."""
    assoc._kill = True
    assoc._reactor_checkpoint.set()
    assoc.dul._kill_thread = True
    assoc.dul.join(RELEASE_S)
    assoc.join(RELEASE_S)
    wrapped = assoc.dul.socket
    sock: socket.socket | None = wrapped.socket if wrapped is not None else None
    if sock is None or assoc.dul.is_alive():
        raise LineBroke("the association ended")
    wrapped.socket = None
    return sock


class QuickLine:
    """An association on which images are stored one after another. One thread uses it."""

    def __init__(self, assoc: Any) -> None:
        """Raises LineBroke."""
        most = int(assoc.acceptor.maximum_length or 0)
        fragment = min(most - 6, LONGEST_FRAGMENT) if most else LONGEST_FRAGMENT
        self._fragment = max(2, fragment - fragment % 2)
        self._sock = take_over(assoc)
        self._sock.settimeout(ANSWER_S)
        self._buffer = bytearray(max(PIECE_BYTES, self._fragment + 1024))
        self._came = bytearray()
        self._message = 0

    @property
    def alive(self) -> bool:
        """False where the peer has said something unasked, which can only be that it leaves."""
        if self._sock.fileno() < 0:
            return False
        try:
            return not self._came and not select.select([self._sock], [], [], 0)[0]
        except (OSError, ValueError):  # more file handles than select can name: the next write finds out
            return True

    def store(self, context: int, sop_class: str, sop_uid: str, source: Source, size: int) -> Answer:
        """Send ``size`` bytes of a data set and wait for the answer. Raises LineBroke, OSError: the line is closed."""
        self._message = self._message % 0xFFFF + 1
        try:
            self._request(context, _store_command(sop_class, sop_uid, self._message), source, size)
            return self._answer()
        except BaseException:
            self.abort()
            raise

    def release(self) -> None:
        """End it in good order; the peer has some seconds to agree."""
        if self._sock.fileno() < 0:
            return
        with contextlib.suppress(OSError):
            self._sock.settimeout(RELEASE_S)
            self._sock.sendall(struct.pack(">BBLL", RELEASE_RQ, 0, 4, 0))
            while self._pdu()[0] not in (RELEASE_RP, ABORT):
                pass
        self._sock.close()

    def abort(self) -> None:
        """End it at once."""
        if self._sock.fileno() >= 0:
            with contextlib.suppress(OSError):
                self._sock.settimeout(0.5)
                self._sock.sendall(struct.pack(">BBLBBBB", ABORT, 0, 4, 0, 0, 0, 0))
            self._sock.close()

    # -- out -----------------------------------------------------------------------------------------------------

    def _request(self, context: int, command: bytes, source: Source, size: int) -> None:
        view = memoryview(self._buffer)
        at = _pdv(view, 0, context, COMMAND | LAST, len(command))
        view[at : at + len(command)] = command
        at += len(command)
        left = size
        while True:
            length = min(left, self._fragment)
            if at + 12 + length > len(view):
                self._sock.sendall(view[:at])
                at = 0
            left -= length
            at = _pdv(view, at, context, 0 if left else LAST, length)
            _fill(source, view[at : at + length])
            at += length
            if not left:
                break
        self._sock.sendall(view[:at])

    # -- in ------------------------------------------------------------------------------------------------------

    def _answer(self) -> Answer:
        command = bytearray()
        while True:
            kind, body = self._pdu()
            if kind != DATA:
                raise LineBroke(f"PDU {kind} instead of an answer")
            at = 0
            while at + 6 <= len(body):
                (length,) = struct.unpack_from(">L", body, at)
                control = body[at + 5]
                if length < 2 or at + 4 + length > len(body):
                    raise LineBroke("a fragment of no length")
                if control & COMMAND:
                    command += body[at + 6 : at + 4 + length]
                at += 4 + length
                if control == COMMAND | LAST:
                    return self._read(bytes(command))

    def _read(self, command: bytes) -> Answer:
        found = dict(_elements(command))
        status, answered = found.get(0x0900, b""), found.get(0x0120, b"")
        if len(status) != 2 or int.from_bytes(answered, "little") != self._message:
            raise LineBroke("an answer to something else")
        comment = found.get(0x0902, b"").decode("ascii", "replace").strip("\0 ")
        return Answer(int.from_bytes(status, "little"), comment)

    def _pdu(self) -> tuple[int, bytes]:
        self._await(6)
        kind, _, length = struct.unpack_from(">BBL", self._came)
        if length > LONGEST_ANSWER:
            raise LineBroke("an answer of no sensible length")
        self._await(6 + length)
        body = bytes(self._came[6 : 6 + length])
        del self._came[: 6 + length]
        return kind, body

    def _await(self, size: int) -> None:
        while len(self._came) < size:
            try:
                piece = self._sock.recv(65536)
            except TimeoutError:
                raise LineBroke("no answer in time") from None
            if not piece:
                raise LineBroke("the peer closed the line")
            self._came += piece


class FileSource:
    """The rest of an open file; ``size`` bytes of it are the data set."""

    def __init__(self, file: Any, offset: int) -> None:
        self.size = max(0, os.fstat(file.fileno()).st_size - offset)
        file.seek(offset)
        self.readinto = file.readinto


def _fill(source: Source, view: memoryview) -> None:
    while view:
        try:
            got = source.readinto(view)
        except OSError as why:
            raise FileEnded(str(why)) from why
        if not got:
            raise FileEnded("the file ended before its size")
        view = view[got:]


def _pdv(view: memoryview, at: int, context: int, control: int, length: int) -> int:
    """Head of a P-DATA-TF PDU with one value of ``length`` bytes (PS3.8 9.3.5); returns where the value goes."""
    struct.pack_into(">BBLLBB", view, at, DATA, 0, length + 6, length + 2, context, control)
    return at + 12


def _store_command(sop_class: str, sop_uid: str, message: int) -> bytes:
    """C-STORE-RQ (PS3.7 9.3.1.1), group length first, Implicit VR Little Endian."""
    body = b"".join(
        (
            _element(0x0002, _uid(sop_class)),
            _element(0x0100, b"\x01\x00"),
            _element(0x0110, struct.pack("<H", message)),
            _element(0x0700, b"\x00\x00"),  # priority: medium
            _element(0x0800, b"\x00\x00"),  # a data set follows
            _element(0x1000, _uid(sop_uid)),
        )
    )
    return _element(0x0000, struct.pack("<L", len(body))) + body


def _element(number: int, value: bytes) -> bytes:
    return struct.pack("<HHL", 0, number, len(value)) + value


def _elements(command: bytes) -> list[tuple[int, bytes]]:
    found, at = [], 0
    while at + 8 <= len(command):
        _, number, length = struct.unpack_from("<HHL", command, at)
        found.append((number, command[at + 8 : at + 8 + length]))
        at += 8 + length
    return found


def _uid(text: str) -> bytes:
    raw = text.encode("ascii", "replace")
    return raw + b"\0" * (len(raw) % 2)
