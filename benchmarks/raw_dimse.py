"""A DICOM requestor of bare sockets, so that a benchmark times the server and not the client's library."""

from __future__ import annotations

import socket
import struct

EXPLICIT_LE = "1.2.840.10008.1.2.1"


class RawAssociation:
    """One association with one presentation context. Raises OSError where it is refused or lost."""

    def __init__(self, host: str, port: int, calling: str, called: str, sop_class: str) -> None:
        self._sop_class = sop_class
        self._message = 0
        self._socket = socket.create_connection((host, port), timeout=60)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb", buffering=1 << 16)
        self._socket.sendall(self._request(calling, called))
        kind, body = self._pdu()
        if kind != 2:
            self._socket.close()
            raise ConnectionRefusedError(f"PDU {kind}")

    def _request(self, calling: str, called: str) -> bytes:
        def item(kind: int, body: bytes) -> bytes:
            return struct.pack(">BBH", kind, 0, len(body)) + body

        context = b"\x01\0\0\0" + item(0x30, self._sop_class.encode()) + item(0x40, EXPLICIT_LE.encode())
        user = item(0x51, struct.pack(">L", 65536)) + item(0x52, b"1.2.3.4")
        body = struct.pack(">HH16s16s32s", 1, 0, called.encode().ljust(16), calling.encode().ljust(16), b"")
        body += item(0x10, b"1.2.840.10008.3.1.1.1") + item(0x20, context) + item(0x50, user)
        return struct.pack(">BBL", 1, 0, len(body)) + body

    def _pdu(self) -> tuple[int, bytes]:
        head = self._file.read(6)
        if len(head) < 6:
            raise ConnectionError("closed")
        kind, _, length = struct.unpack(">BBL", head)
        return kind, self._file.read(length)

    def find(self, identifier: bytes) -> int:
        """The number of pending answers to a C-FIND. Raises ConnectionError where it fails."""
        self._message += 1
        uid = self._sop_class.encode()
        uid += b"\0" * (len(uid) % 2)
        command = struct.pack("<HHL", 0, 2, len(uid)) + uid
        for number, value in ((0x0100, 0x0020), (0x0110, self._message), (0x0700, 0), (0x0800, 1)):
            command += struct.pack("<HHLH", 0, number, 2, value)
        command = struct.pack("<HHLL", 0, 0, 4, len(command)) + command
        out = b""
        for header, data in ((3, command), (2, identifier)):
            out += struct.pack(">BBLLBB", 4, 0, len(data) + 6, len(data) + 2, 1, header) + data
        self._socket.sendall(out)
        answers = 0
        while True:
            kind, body = self._pdu()
            if kind != 4:
                raise ConnectionError(f"PDU {kind}")
            at = 0
            while at < len(body):
                length, _, header = struct.unpack(">LBB", body[at : at + 6])
                data = body[at + 6 : at + 4 + length]
                at += 4 + length
                if not header & 1:
                    continue
                where = data.index(b"\0\0\0\x09\x02\0\0\0")
                status = struct.unpack("<H", data[where + 8 : where + 10])[0]
                if status in (0xFF00, 0xFF01):
                    answers += 1
                elif status == 0:
                    return answers
                else:
                    raise ConnectionError(f"status {status:04X}")

    def release(self) -> None:
        """Wait for the peer's reply, then close."""
        self._socket.sendall(struct.pack(">BBLL", 5, 0, 4, 0))
        kind, _ = self._pdu()
        self._file.close()
        self._socket.close()
        if kind != 6:
            raise ConnectionError(f"PDU {kind}")
