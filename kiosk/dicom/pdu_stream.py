"""Takes a DICOM upper layer byte stream apart as it comes, without ever holding more than a header of it.

Lengths are looked at before anything is read for them, so that a PDU that says it has four gigabytes costs nothing
(PS3.8 9.3.1, 9.3.5, E.2).
"""

from __future__ import annotations

import struct
from typing import Protocol

P_DATA_TF = 0x04
KNOWN_TYPES = frozenset(range(1, 8))
MOST_PDU = 1 << 20  # we announce 128 kB; some peers do not keep to it
MOST_OTHER = 1 << 18  # an association request with every context and syntax there is has some 60 kB
COMMAND, LAST = 0x01, 0x02  # message control header, PS3.8 E.2

_PDU_HEAD = struct.Struct(">BxL")
_PDV_HEAD = struct.Struct(">LBB")


class BadPdu(Exception):
    """The peer sent something that no DICOM peer sends; the association is over."""


class Receiver(Protocol):
    """What is done with the parts."""

    def fragment(self, context: int, control: int, piece: memoryview, whole: bool) -> None:
        """A piece of a presentation data value; ``whole``: it was the last piece of that value."""

    def other(self, pdu_type: int, pdu: bytes) -> None:
        """A whole PDU, head included, that carries no data."""


class PduStream:
    """Fed with what the socket gave, in any portions."""

    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._held = bytearray()  # a head that came in two portions
        self._pdu_left = 0  # bytes of the present P-DATA-TF that are still to come
        self._data_left = -1  # bytes of the present value that are still to come; -1: its head is next
        self._context = self._control = 0
        self._other: tuple[int, int, bytearray] | None = None  # type, length, what is there

    @property
    def at_rest(self) -> bool:
        """Between two PDUs?"""
        return not self._held and not self._pdu_left and self._other is None

    def feed(self, view: memoryview) -> None:
        """Take the next bytes. Raises BadPdu."""
        at, end = 0, len(view)
        while at < end:
            if self._data_left > 0:
                step = min(self._data_left, end - at)
                self._data_left -= step
                self._pdu_left -= step
                whole = self._data_left == 0
                if whole:
                    self._data_left = -1
                self._receiver.fragment(self._context, self._control, view[at : at + step], whole)
                at += step
            elif self._other is not None:
                at += self._more_of_other(view[at:])
            else:
                at += self._head(view[at:])

    def _head(self, view: memoryview) -> int:
        """Six bytes: the head of a PDU or of a value in it."""
        if not self._held and len(view) >= 6:
            head: memoryview | bytearray = view
            used = 6
        else:
            used = min(6 - len(self._held), len(view))
            self._held += view[:used]
            if len(self._held) < 6:
                return used
            head, self._held = self._held, bytearray()
        if self._pdu_left:
            self._begin_value(*_PDV_HEAD.unpack_from(head))
        else:
            self._begin_pdu(*_PDU_HEAD.unpack_from(head))
        return used

    def _begin_pdu(self, pdu_type: int, length: int) -> None:
        if pdu_type not in KNOWN_TYPES:
            raise BadPdu(f"unknown PDU type {pdu_type:#04x}")
        if pdu_type == P_DATA_TF:
            if not 6 <= length <= MOST_PDU:
                raise BadPdu(f"a data PDU of {length} bytes")
            self._pdu_left, self._data_left = length, -1
            return
        if not 4 <= length <= MOST_OTHER:
            raise BadPdu(f"a PDU of type {pdu_type:#04x} with {length} bytes")
        self._other = (pdu_type, length, bytearray(_PDU_HEAD.pack(pdu_type, length)))

    def _begin_value(self, length: int, context: int, control: int) -> None:
        self._pdu_left -= 6
        if length < 2 or length - 2 > self._pdu_left:
            raise BadPdu(f"a value of {length} bytes in a PDU with {self._pdu_left} left")
        self._context, self._control, self._data_left = context, control, length - 2
        left = self._pdu_left - self._data_left
        if left and left < 6:
            raise BadPdu("bytes behind the last value of a PDU")
        if self._data_left == 0:
            self._data_left = -1
            self._receiver.fragment(context, control, memoryview(b""), True)

    def _more_of_other(self, view: memoryview) -> int:
        assert self._other is not None
        pdu_type, length, have = self._other
        step = min(6 + length - len(have), len(view))
        have += view[:step]
        if len(have) == 6 + length:
            self._other = None
            self._receiver.other(pdu_type, bytes(have))
        return step
