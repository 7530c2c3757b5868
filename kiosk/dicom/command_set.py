"""The few elements of a command set that the quick receiving path reads, and the answer to a C-STORE as bytes."""

from __future__ import annotations

import struct

from kiosk.dicom.pdu_stream import COMMAND, LAST, BadPdu

C_STORE_RQ = 0x0001
NO_DATA_SET = 0x0101


class Command:
    """The elements of a command set that matter here (PS3.7 E.1; implicit VR little endian, always)."""

    def __init__(self, command: bytes) -> None:
        self.field = self.message_id = 0
        self.has_data = False
        self.sop_class = self.sop_uid = ""
        at = 0
        while at + 8 <= len(command):
            group, element, length = struct.unpack_from("<HHL", command, at)
            value = command[at + 8 : at + 8 + length]
            at += 8 + length
            if group or len(value) != length:
                raise BadPdu("a command that cannot be read")
            if element in (0x0100, 0x0110, 0x0800):
                if length != 2:
                    raise BadPdu("a command that cannot be read")
                number = value[0] | value[1] << 8
                if element == 0x0100:
                    self.field = number
                elif element == 0x0110:
                    self.message_id = number
                else:
                    self.has_data = number != NO_DATA_SET
            elif element == 0x0002:
                self.sop_class = _uid(value)
            elif element == 0x1000:
                self.sop_uid = _uid(value)
        if at != len(command) or not self.field:
            raise BadPdu("a command that cannot be read")


def _uid(value: bytes) -> str:
    return value.decode("latin-1").rstrip("\0 ")


def store_answer(context: int, message_id: int, sop_class: str, sop_uid: str, status: int, most: int) -> bytes:
    """A C-STORE-RSP as PDUs (PS3.7 9.3.1.2), its fragments no larger than the peer takes (0: any size)."""
    elements = b"".join(
        (
            _element(0x0002, _padded(sop_class)),
            _element(0x0100, b"\x01\x80"),
            _element(0x0120, struct.pack("<H", message_id)),
            _element(0x0800, struct.pack("<H", NO_DATA_SET)),
            _element(0x0900, struct.pack("<H", status)),
            _element(0x1000, _padded(sop_uid)),
        )
    )
    command = _element(0x0000, struct.pack("<L", len(elements))) + elements
    room = max(16, most - 6) if most else len(command)
    parts = [command[at : at + room] for at in range(0, len(command), room)]
    pdus = []
    for number, part in enumerate(parts):
        control = COMMAND | (LAST if number == len(parts) - 1 else 0)
        pdus.append(struct.pack(">BBLLBB", 4, 0, len(part) + 6, len(part) + 2, context, control) + part)
    return b"".join(pdus)


def _element(number: int, value: bytes) -> bytes:
    return struct.pack("<HHL", 0, number, len(value)) + value


def _padded(uid: str) -> bytes:
    value = uid.encode("latin-1", "replace")
    return value + b"\0" * (len(value) % 2)
