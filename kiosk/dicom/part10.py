"""The file around a data set: preamble and file meta information, written and read by hand (PS3.10 7.1)."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.faults import Refused
from kiosk.core.words import N_
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE

IMPLEMENTATION_UID = "2.25.302043790172249692526321623266752743501"
IMPLEMENTATION_NAME = "KIOSK_1"
_MAX_META = 64 * 1024


def part10_head(sop_class: str, sop_uid: str, transfer_syntax: str) -> bytes:
    """Preamble, prefix and file meta for a data set that follows byte by byte as it came."""
    elements = [
        _element(0x0001, b"OB", b"\0\1"),
        _element(0x0002, b"UI", _uid(sop_class)),
        _element(0x0003, b"UI", _uid(sop_uid)),
        _element(0x0010, b"UI", _uid(transfer_syntax)),
        _element(0x0012, b"UI", _uid(IMPLEMENTATION_UID)),
        _element(0x0013, b"SH", _padded(IMPLEMENTATION_NAME.encode("ascii"))),
    ]
    meta = b"".join(elements)
    return bytes(128) + b"DICM" + _element(0x0000, b"UL", struct.pack("<L", len(meta))) + meta


@dataclass(frozen=True)
class Part10:
    """Where the data set begins and how it is encoded."""

    offset: int
    transfer_syntax: str
    sop_class: str = ""
    sop_uid: str = ""


def open_part10(path: Path) -> Part10:
    """Read preamble and meta; a bare data set is taken too, its encoding guessed. Raises ``Refused("not_dicom")``."""
    with path.open("rb") as file:
        head = file.read(132 + _MAX_META)
    at = 132 if head[128:132] == b"DICM" else 4 if head[:4] == b"DICM" else 0
    meta, at = _read_meta(head, at)
    syntax = meta.get(0x0010, "")
    if not syntax:
        syntax = _guess_syntax(head[at : at + 8])
    return Part10(at, syntax, meta.get(0x0002, ""), meta.get(0x0003, ""))


def _read_meta(head: bytes, at: int) -> tuple[dict[int, str], int]:
    """UIDs of group 2 by element number, and the offset behind the group (its length field is not trusted)."""
    found: dict[int, str] = {}
    while head[at : at + 2] == b"\2\0" and at + 8 <= len(head):
        number = struct.unpack_from("<H", head, at + 2)[0]
        if head[at + 4 : at + 6] in (b"OB", b"UN"):
            length, start = struct.unpack_from("<L", head, at + 8)[0] if at + 12 <= len(head) else 0, at + 12
        elif head[at + 4 : at + 6].isalpha():
            length, start = struct.unpack_from("<H", head, at + 6)[0], at + 8
        else:  # some writers encode the meta in implicit VR
            length, start = struct.unpack_from("<L", head, at + 4)[0], at + 8
        if start + length > len(head):
            raise not_dicom()
        if number in (0x0002, 0x0003, 0x0010):
            found[number] = head[start : start + length].decode("ascii", "replace").strip("\0 ")
        at = start + length
    return found, at


def _guess_syntax(head: bytes) -> str:
    if len(head) < 8:
        raise not_dicom()
    little, big = struct.unpack("<H", head[:2])[0], struct.unpack(">H", head[:2])[0]
    if head[4:6].isalpha() and head[4:6].isupper():
        return EXPLICIT_BE if big < little else EXPLICIT_LE
    if 0 < little < 0x0100 or little == 0x0008:
        return IMPLICIT_LE
    raise not_dicom()


def not_dicom() -> Refused:
    return Refused("not_dicom", N_("This file is no DICOM file."), N_("Check which file was chosen."))


def _element(number: int, vr: bytes, value: bytes) -> bytes:
    head = struct.pack("<HH", 0x0002, number) + vr
    if vr == b"OB":
        return head + b"\0\0" + struct.pack("<L", len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def _uid(text: str) -> bytes:
    raw = text.encode("ascii")
    return raw + b"\0" * (len(raw) % 2)


def _padded(raw: bytes) -> bytes:
    return raw + b" " * (len(raw) % 2)
