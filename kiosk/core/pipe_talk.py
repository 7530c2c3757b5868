"""How this program talks with a child of its own over a pipe: length, then JSON. Nothing received is ever executed."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

from kiosk.core.faults import Fault
from kiosk.core.words import Sentence

LARGEST = 64 << 20  # bytes of one message; pixels go through shared memory


def send(stream: BinaryIO, message: dict[str, Any]) -> None:
    body = json.dumps(message).encode("ascii")
    stream.write(struct.pack(">L", len(body)) + body)
    stream.flush()


def receive(stream: BinaryIO) -> dict[str, Any] | None:
    """The next message; None where the other side is gone. Raises ValueError for bytes that are no message."""
    head = _exactly(stream, 4)
    if head is None:
        return None
    (length,) = struct.unpack(">L", head)
    if length > LARGEST:
        raise ValueError("message too long")
    body = _exactly(stream, length)
    if body is None:
        return None
    message = json.loads(body)
    if not isinstance(message, dict):
        raise ValueError("not a message")
    return message


def _exactly(stream: BinaryIO, count: int) -> bytes | None:
    pieces = b""
    while len(pieces) < count:
        piece = stream.read(count - len(pieces))
        if not piece:
            return None
        pieces += piece
    return pieces


def fault_as_message(fault: Fault) -> dict[str, Any]:
    def told(sentence: Sentence) -> dict[str, Any]:
        values = {
            key: value if isinstance(value, (int, float)) else str(value) for key, value in sentence.values.items()
        }
        return {"text": sentence.text, "values": values}

    return {"sentence": told(fault.sentence), "next": told(fault.next_step), "reference": fault.reference}


def fault_from_message(message: dict[str, Any]) -> Fault:
    """The Fault that the child told. Its texts are keys of the catalogues; unknown ones are shown as they are."""
    fault = Fault(str(message["sentence"]["text"]), str(message["next"]["text"]), reference=str(message["reference"]))
    fault.sentence = sentence_from_message(message["sentence"])
    fault.next_step = sentence_from_message(message["next"])
    return fault


def sentence_from_message(message: dict[str, Any]) -> Sentence:
    return Sentence(str(message["text"]), dict(message["values"]))
