"""Decodes foreign JPEGs in a process of its own, so that a bomb swells or hangs that and never the station.

A question ``{"path", "width", "height"}`` is answered with the small picture (RGB bytes), when it was taken (EXIF) and
which eye it may show; or with the reason why it can't be decoded.
"""

from __future__ import annotations

import logging
import os
import queue
import tempfile
import threading
from pathlib import Path
from typing import Any, BinaryIO

from kiosk.core import pipe_talk
from kiosk.core.faults import Fault, Refused
from kiosk.core.whole_jpeg import refused, whole_jpeg
from kiosk.core.words import N_

Message = dict[str, Any]
COMPLAINTS = (b"Corrupt JPEG", b"Premature end", b"Invalid", b"Bogus", b"Unsupported")  # of libjpeg


def run_worker(args: list[str]) -> int:
    """Answer questions until standard input ends."""
    incoming, outgoing = pipe_talk.own_pipes()
    questions: queue.Queue[Message] = queue.Queue()
    threading.Thread(target=_listen, args=(incoming, questions), name="questions", daemon=True).start()
    logging.disable(logging.CRITICAL)
    pipe_talk.send(outgoing, {"ready": os.getpid()})
    while True:
        message, pixels = answer(questions.get())
        pipe_talk.send(outgoing, message, pixels)


def _listen(incoming: BinaryIO, questions: queue.Queue[Message]) -> None:
    try:
        while (question := pipe_talk.receive(incoming)) is not None:
            questions.put(question)
    finally:
        os._exit(0)


def answer(question: Message) -> tuple[Message, bytes]:
    """One question, one answer."""
    try:
        return looked_at(Path(question["path"]).read_bytes(), int(question["width"]), int(question["height"]))
    except Fault as told:
        fault = told
    except (MemoryError, OSError, ValueError, SyntaxError):
        fault = refused("damaged", N_("it can't be decoded"))
    reason = fault.reason if isinstance(fault, Refused) else "damaged"
    return {"refused": reason, "told": pipe_talk.fault_as_message(fault)}, b""


def looked_at(data: bytes, width: int, height: int) -> tuple[Message, bytes]:
    """Whole and decodable, all of it: its facts and the small picture. Raises Refused."""
    from PIL import Image

    from kiosk.dicom.eye_suggestion import suggested_eye
    from kiosk.dicom.jpeg_picture import scaled, taken_at

    facts = whole_jpeg(data)
    decode(data)
    Image.MAX_IMAGE_PIXELS = None  # measured before
    columns, rows, pixels = scaled(data, width, height)
    when = taken_at(data)
    message = {
        "columns": facts.width, "rows": facts.height, "taken_at": when.isoformat() if when else "",
        "eye": suggested_eye(Image.frombytes("RGB", (columns, rows), pixels)), "width": columns, "height": rows,
    }  # fmt: skip
    return message, pixels


def decode(data: bytes) -> None:
    """Decode it wholly. Raises Refused where libjpeg had to make up what is missing.

    It only says so, on standard error (fd 2), and Pillow keeps even that to itself: so OpenCV decodes here.
    """
    import cv2
    import numpy as np

    kept = os.dup(2)
    with tempfile.TemporaryFile() as said:
        os.dup2(said.fileno(), 2)
        try:
            found = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION)
        except cv2.error:
            found = None
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        said.seek(0)
        complaints = said.read(4096)
    if found is None or any(word in complaints for word in COMPLAINTS):
        raise refused("damaged", N_("it can't be decoded"))
