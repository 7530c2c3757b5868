"""How a console on a serial line is spoken to, as data: port, frame, handshake; and the bytes of a frame.

``stx``: STX data ETX BCC, as Japanese makers have it (BCC: XOR of a range that differs from maker to maker).
``astm``: frames with number and checksum after ASTM E1381 (CLSI LIS01). ``line``: the record alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from typing import Literal

from kiosk.core.faults import Refused
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_

STX, ETX, EOT, ENQ, ACK, NAK, ETB = 0x02, 0x03, 0x04, 0x05, 0x06, 0x15, 0x17
LONGEST_FRAME = 240  # bytes of text in an ASTM frame
MOST_REPEATS = 3
ENDS = {"": b"", "cr": b"\r", "crlf": b"\r\n"}


@dataclass(frozen=True)
class SerialSettings(Settings):
    """The serial line of a console (DR)."""

    port: str = setting("", N_("Port: COM3, or an address of pyserial; empty = no serial line."))
    baud: int = setting(9600, N_("Baud."))
    bits: Literal[7, 8] = setting(8, N_("Data bits: 7 or 8."))
    parity: Literal["N", "E", "O"] = setting("N", N_("Parity: N, E or O."))
    stop: Literal[1, 2] = setting(1, N_("Stop bits: 1 or 2."))
    flow: Literal["none", "rtscts", "xonxoff"] = setting("none", N_("Flow control: none, rtscts or xonxoff."))
    dtr: bool = setting(True, N_("Is DTR set?"))
    rts: bool = setting(True, N_("Is RTS set?"))
    profile: Literal["stx", "astm", "line"] = setting("stx", N_("stx (STX ETX BCC), astm (frames) or line."))
    enquire: bool = setting(False, N_("stx: ENQ first, and wait for ACK?"))
    bcc: Literal["none", "xor"] = setting("xor", N_("stx: check byte: none or xor."))
    bcc_from: Literal["stx", "data"] = setting("data", N_("stx: the check byte begins at: stx or data."))
    bcc_to: Literal["data", "etx"] = setting("etx", N_("stx: the check byte reaches to: data or etx."))
    line_end: Literal["", "cr", "crlf"] = setting("", N_("What stands behind a record: cr, crlf; empty = nothing."))
    acknowledged: bool = setting(True, N_("Does the console answer ACK or NAK?"))
    answer_s: float = setting(3.0, N_("How long it may take for that, in seconds."))
    repeats: int = setting(3, N_("How often a record is repeated, 3 at most."))
    contention_s: float = setting(20.0, N_("astm: pause where both want to send, in seconds."))


def troubles(how: SerialSettings) -> list[str]:
    """What makes no sense in the settings."""
    found = []
    if not 0 <= how.repeats <= MOST_REPEATS:
        found.append(f"repeats = {how.repeats}")
    if how.answer_s <= 0:
        found.append(f"answer_s = {how.answer_s}")
    if how.profile == "line" and not how.line_end:
        found.append("profile = line, line_end")
    return found


def frames(how: SerialSettings, record: bytes) -> Iterator[bytes]:
    """What goes over the line, each frame with an acknowledgement of its own. Raises Refused for a record that the
    console would take for something else.
    """
    text = record.rstrip(b"\r\n")
    allowed = {0x0D, 0x0A} if how.profile == "astm" else set()
    if not text or any(byte < 0x20 and byte not in allowed for byte in text):
        raise Refused(
            "control", N_("The record holds control characters or nothing at all."),
            N_("Correct the format in the parameter file."), reference="H341",
        )  # fmt: skip
    if how.profile == "line":
        yield text + ENDS[how.line_end]
    elif how.profile == "stx":
        yield stx_frame(how, text)
    else:
        pieces = [text[at : at + LONGEST_FRAME] for at in range(0, len(text), LONGEST_FRAME)]
        for at, piece in enumerate(pieces):
            yield astm_frame((at + 1) % 8, piece, last=at == len(pieces) - 1)


def stx_frame(how: SerialSettings, text: bytes) -> bytes:
    """STX text ETX, the check byte, the line end."""
    frame = bytes([STX]) + text + bytes([ETX])
    check = bytes([bcc(how, frame)]) if how.bcc == "xor" else b""
    return frame + check + ENDS[how.line_end]


def bcc(how: SerialSettings, frame: bytes) -> int:
    """XOR over the configured range of ``STX text ETX``."""
    first = 0 if how.bcc_from == "stx" else 1
    last = len(frame) if how.bcc_to == "etx" else len(frame) - 1
    return reduce(lambda so_far, byte: so_far ^ byte, frame[first:last], 0)


def astm_frame(number: int, text: bytes, *, last: bool) -> bytes:
    """STX number text ETX (ETB where more follow) checksum CR LF; the sum runs from the number to ETX or ETB."""
    body = str(number).encode() + text + bytes([ETX if last else ETB])
    return bytes([STX]) + body + f"{sum(body) % 256:02X}".encode() + b"\r\n"
