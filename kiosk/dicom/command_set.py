"""Command sets and the PDUs that carry them, as bytes: what the quick paths read and write without pynetdicom.

A command set is Implicit VR Little Endian, always, and its group length comes first (PS3.7 6.3.1, E.1).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from kiosk.dicom.pdu_stream import COMMAND, LAST, P_DATA_TF, BadPdu

C_STORE_RQ = 0x0001
WITH_DATA_SET, NO_DATA_SET = 0x0000, 0x0101
AFFECTED_CLASS, FIELD, MESSAGE, ANSWERED, PRIORITY, DATA_SET, STATUS, COMMENT, AFFECTED_UID = (
    0x0002, 0x0100, 0x0110, 0x0120, 0x0700, 0x0800, 0x0900, 0x0902, 0x1000,
)  # fmt: skip
HEAD_BYTES = 12  # of a PDU with one value

_HEAD = struct.Struct(">BBLLBB")


def elements(command: bytes) -> Iterator[tuple[int, bytes]]:
    """(element number, value) of a command set. Raises BadPdu where it can't be read."""
    at = 0
    while at + 8 <= len(command):
        group, number, length = struct.unpack_from("<HHL", command, at)
        value = command[at + 8 : at + 8 + length]
        at += 8 + length
        if group or len(value) != length:
            raise BadPdu("a command that cannot be read")
        yield number, value
    if at != len(command):
        raise BadPdu("a command that cannot be read")


def number_of(value: bytes) -> int:
    """A US. Raises BadPdu."""
    if len(value) != 2:
        raise BadPdu("a command that cannot be read")
    return value[0] | value[1] << 8


class Command:
    """The elements of a command set that matter to who receives it (PS3.7 E.1). Raises BadPdu."""

    def __init__(self, command: bytes) -> None:
        self.field = self.message_id = 0
        self.has_data = False
        self.sop_class = self.sop_uid = ""
        for number, value in elements(command):
            if number == FIELD:
                self.field = number_of(value)
            elif number == MESSAGE:
                self.message_id = number_of(value)
            elif number == DATA_SET:
                self.has_data = number_of(value) != NO_DATA_SET
            elif number == AFFECTED_CLASS:
                self.sop_class = _text(value)
            elif number == AFFECTED_UID:
                self.sop_uid = _text(value)
        if not self.field:
            raise BadPdu("a command that cannot be read")


def command_set(*parts: tuple[int, int | str]) -> bytes:
    """Elements in ascending order, numbers as US and texts as UI, with their group length."""
    body = b"".join(_element(number, _value(value)) for number, value in parts)
    return _element(0x0000, struct.pack("<L", len(body))) + body


def store_answer(context: int, message_id: int, sop_class: str, sop_uid: str, status: int, most: int) -> bytes:
    """A C-STORE-RSP as PDUs (PS3.7 9.3.1.2), none longer than the peer takes (0: any size)."""
    answer = command_set(
        (AFFECTED_CLASS, sop_class), (FIELD, 0x8001), (ANSWERED, message_id), (DATA_SET, NO_DATA_SET),
        (STATUS, status), (AFFECTED_UID, sop_uid),
    )  # fmt: skip
    return b"".join(pdus(context, COMMAND, answer, most))


def pdus(context: int, kind: int, data: bytes, most: int) -> Iterator[bytes]:
    """P-DATA-TF PDUs of one value each (PS3.8 9.3.5, D.1); ``most``: the peer's maximum length, 0 where it has none."""
    room = most - 6 if most > 6 else max(1, len(data))
    for at in range(0, len(data), room):
        piece = data[at : at + room]
        yield head(context, kind | (LAST if at + room >= len(data) else 0), len(piece)) + piece


def head(context: int, control: int, length: int) -> bytes:
    """What stands before a value of ``length`` bytes that has a PDU to itself."""
    return _HEAD.pack(P_DATA_TF, 0, length + 6, length + 2, context, control)


def _element(number: int, value: bytes) -> bytes:
    return struct.pack("<HHL", 0, number, len(value)) + value


def _value(value: int | str) -> bytes:
    if isinstance(value, int):
        return struct.pack("<H", value)
    raw = value.encode("latin-1", "replace")
    return raw + b"\0" * (len(raw) % 2)


def _text(value: bytes) -> str:
    return value.decode("latin-1").rstrip("\0 ")
