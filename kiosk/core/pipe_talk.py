"""How this program talks with a child of its own over a pipe: length, then JSON, and bytes where a message has some.

Nothing received is ever executed.
"""

from __future__ import annotations

import json
import os
import struct
import sys
from typing import Any, BinaryIO

from kiosk.core.faults import Fault
from kiosk.core.kept_sentences import kept_sentence, sentence_data
from kiosk.core.words import Sentence

LARGEST = 64 << 20  # bytes of one message; pixels go through shared memory


def own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output as message pipes; what libraries print goes to standard error instead."""
    incoming, outgoing = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return incoming, outgoing


def send(stream: BinaryIO, message: dict[str, Any], payload: bytes = b"") -> None:
    """``payload`` arrives as ``message["payload"]``."""
    if payload:
        message = {**message, "payload": len(payload)}
    body = json.dumps(message).encode("ascii")
    stream.write(struct.pack(">L", len(body)) + body)
    if payload:
        stream.write(payload)
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
    if "payload" in message:
        length = int(message["payload"])
        payload = _exactly(stream, length) if 0 < length <= LARGEST else None
        if payload is None:
            return None
        message["payload"] = payload
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
        text, values = sentence_data(sentence)
        plain = (int, float, dict)  # a dict is a sentence of its own
        return {"text": text, "values": {key: each if isinstance(each, plain) else str(each)
                                         for key, each in values.items()}}  # fmt: skip

    return {"sentence": told(fault.sentence), "next": told(fault.next_step), "reference": fault.reference}


def fault_from_message(message: dict[str, Any]) -> Fault:
    """The Fault that the child told. Its texts are keys of the catalogues; unknown ones are shown as they are."""
    fault = Fault(str(message["sentence"]["text"]), str(message["next"]["text"]), reference=str(message["reference"]))
    fault.sentence = sentence_from_message(message["sentence"])
    fault.next_step = sentence_from_message(message["next"])
    return fault


def sentence_from_message(message: dict[str, Any]) -> Sentence:
    return kept_sentence(str(message["text"]), dict(message["values"]))
