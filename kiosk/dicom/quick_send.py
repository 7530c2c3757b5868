"""C-STORE below pynetdicom: it negotiates, then lets go of the socket, and images go from the file onto the line.

Sending through pynetdicom 3.0.4 costs a sixth of DCMTK's rate (polling, data sets built and encoded), and its reactor
may swallow an answer. Here the request is written as it lies in the file, in pieces, and the answer is read where it
is waited for. What is reached for inside pynetdicom is ``take_over`` alone; with another version ``usable`` says no and
``kiosk.dicom.send`` sends through pynetdicom as it is meant.
"""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import pynetdicom

from kiosk.dicom.command_set import (
    AFFECTED_CLASS,
    AFFECTED_UID,
    ANSWERED,
    C_STORE_RQ,
    COMMENT,
    DATA_SET,
    FIELD,
    HEAD_BYTES,
    MESSAGE,
    PRIORITY,
    STATUS,
    WITH_DATA_SET,
    command_set,
    elements,
    head,
    number_of,
)  # fmt: skip
from kiosk.dicom.pdu_stream import COMMAND, LAST, P_DATA_TF, BadPdu

PINNED = "3.0.4"
PIECE_BYTES = 1 << 18  # what goes to the socket in one call
LONGEST_FRAGMENT = 131072 - 6  # a peer that names no limit gets PDUs of this size
ANSWER_S = 60.0
RELEASE_S = 5.0
LONGEST_ANSWER = 1 << 17
RELEASE_RQ, RELEASE_RP, ABORT = 0x05, 0x06, 0x07  # PDU types (PS3.8 9.3.1)


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

    def store(
        self,
        context: int,
        sop_class: str,
        sop_uid: str,
        source: Source,
        size: int,
        meanwhile: Callable[[], None] | None = None,
    ) -> Answer:
        """Send ``size`` bytes of a data set and wait for the answer; ``meanwhile`` is called while the peer works.
        Raises LineBroke, OSError: the line is closed.
        """
        self._message = self._message % 0xFFFF + 1
        try:
            self._request(context, _store_command(sop_class, sop_uid, self._message), source, size)
            if meanwhile is not None:
                meanwhile()
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
            if at + HEAD_BYTES + length > len(view):
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
            if kind != P_DATA_TF:
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
        try:
            found = dict(elements(command))
            status, answered = number_of(found.get(STATUS, b"")), number_of(found.get(ANSWERED, b""))
        except BadPdu as why:
            raise LineBroke(str(why)) from why
        if answered != self._message:
            raise LineBroke("an answer to something else")
        return Answer(status, found.get(COMMENT, b"").decode("ascii", "replace").strip("\0 "))

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
    """Head of a PDU with one value of ``length`` bytes; returns where the value goes."""
    view[at : at + HEAD_BYTES] = head(context, control, length)
    return at + HEAD_BYTES


def _store_command(sop_class: str, sop_uid: str, message: int) -> bytes:
    """C-STORE-RQ of medium priority (PS3.7 9.3.1.1)."""
    return command_set(
        (AFFECTED_CLASS, sop_class), (FIELD, C_STORE_RQ), (MESSAGE, message), (PRIORITY, 0),
        (DATA_SET, WITH_DATA_SET), (AFFECTED_UID, sop_uid),
    )  # fmt: skip
