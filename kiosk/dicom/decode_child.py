"""The decoder that runs in a process of its own: foreign bytes may crash, swell or hang it, never the window."""

from __future__ import annotations

import dataclasses
import logging
import os
import queue
import threading
import warnings
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO

from kiosk.core import pipe_talk
from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence

Message = dict[str, Any]
KEPT_SOURCES = 4


def run_worker(args: list[str]) -> int:
    """Answer questions from standard input until it ends, which is when the asking process has gone."""
    incoming, outgoing = pipe_talk.own_pipes()
    questions: queue.Queue[Message] = queue.Queue()
    # Reading aside, so that the end of the asking process is seen in the middle of a decode that never ends.
    threading.Thread(target=_listen, args=(incoming, questions), name="questions", daemon=True).start()
    logging.disable(logging.CRITICAL)  # nobody reads them here, and pydicom's name values of patients
    warnings.simplefilter("ignore")
    decoder = Decoder()
    pipe_talk.send(outgoing, {"ready": os.getpid()})
    while True:
        pipe_talk.send(outgoing, answer(decoder, questions.get()))


def _listen(incoming: BinaryIO, questions: queue.Queue[Message]) -> None:
    try:
        while (question := pipe_talk.receive(incoming)) is not None:
            questions.put(question)
    finally:
        os._exit(0)


def answer(decoder: Decoder, question: Message) -> Message:
    """One question, one answer; every error becomes a sentence."""
    try:
        return decoder.do(question)
    except Fault as told:
        fault = told
    except MemoryError:
        fault = Fault(
            N_("There is too little memory left to show this picture."),
            N_("Close other programs and open the picture again."),
            reference="V507",
        )
    except (Exception, RecursionError) as why:
        fault = Fault(
            N_("This file is damaged in a way that was not foreseen ({kind})."),
            N_("Ask for the picture to be sent again."),
            reference="V500",
            kind=type(why).__name__,
        )
    return {"fault": pipe_talk.fault_as_message(fault)}


class Decoder:
    """Does what is asked; keeps the headers of the last files, since a loop asks for one file a hundred times."""

    def __init__(self) -> None:
        import imagecodecs  # noqa: F401 - loaded now, while nobody waits
        import numpy  # noqa: F401

        from kiosk.dicom import pixels  # noqa: F401

        self._sources: OrderedDict[str, Any] = OrderedDict()
        self._frame: Any = None  # decoded and waiting for the segment it goes into

    def do(self, question: Message) -> Message:
        what = question["do"]
        if what == "files":
            from kiosk.dicom.pixel_places import files_of

            return {"files": [str(path) for place in question["paths"] for path in files_of(Path(place))]}
        if what == "survey":
            return {"facts": [self._facts(Path(path)) for path in question["paths"]]}
        if what == "header":
            from kiosk.dicom.header import read_header

            path, stamp = Path(question["path"]), str(question.get("stamp", ""))
            _refuse_another(path, stamp)
            lines = read_header(path)
            _refuse_another(path, stamp)
            return {"lines": [dataclasses.astuple(line) for line in lines]}
        if what == "frame":
            return self._decode(Path(question["path"]), int(question["frame"]), str(question.get("stamp", "")))
        if what == "plain":
            from kiosk.dicom.plain_copy import write_plain

            write_plain(Path(question["path"]), Path(question["target"]), str(question["syntax"]))
            return {"there": True}
        if what == "into":
            return self._hand_over(str(question["segment"]), int(question["size"]))
        raise ValueError(what)

    def _facts(self, path: Path) -> Message:
        from kiosk.dicom.pixel_facts import facts_of
        from kiosk.dicom.pixel_photo import is_photo, photo_facts
        from kiosk.dicom.pixel_source import open_source
        from kiosk.dicom.pixels import frame_times_ms

        stamp = stamp_of(path)
        try:
            if is_photo(path):
                return dataclasses.asdict(photo_facts(path)) | {"stamp": stamp}
            source = open_source(path)
            return dataclasses.asdict(facts_of(source, frame_times_ms(source))) | {"stamp": stamp}
        except Fault as fault:
            return {"path": str(path), "fault": pipe_talk.fault_as_message(fault)}

    def _source(self, path: Path) -> Any:
        from kiosk.dicom.pixel_source import open_source

        key = (str(path), stamp_of(path))
        if key not in self._sources:
            self._sources[key] = open_source(path)
        self._sources.move_to_end(key)
        while len(self._sources) > KEPT_SOURCES:
            self._sources.popitem(last=False)
        return self._sources[key]

    def _decode(self, path: Path, number: int, stamp: str) -> Message:
        from kiosk.dicom.pixel_photo import decode_photo, is_photo
        from kiosk.dicom.pixels import decode_frame

        _refuse_another(path, stamp)
        frame = decode_photo(path) if is_photo(path) else decode_frame(self._source(path), number)
        _refuse_another(path, stamp)
        self._frame = frame
        overlay = frame.overlay.nbytes if frame.overlay is not None else 0
        paint = dataclasses.asdict(frame.paint)
        for curve in paint["curves"]:
            curve["shades"] = curve["shades"].hex()
        return {
            "dtype": frame.pixels.dtype.name,
            "shape": frame.pixels.shape,
            "pixels": frame.pixels.nbytes,
            "overlay": overlay,
            "paint": paint,
            "warnings": [_told(sentence) for sentence in frame.warnings],
        }

    def _hand_over(self, segment: str, size: int) -> Message:
        import numpy as np

        from kiosk.core.shared_memory import attach

        frame, self._frame = self._frame, None
        with attach(segment, size) as memory:
            split = frame.pixels.nbytes
            np.frombuffer(memory, frame.pixels.dtype, frame.pixels.size)[:] = frame.pixels.reshape(-1)
            if frame.overlay is not None:
                np.frombuffer(memory, np.uint8, frame.overlay.size, split)[:] = frame.overlay.reshape(-1)
        return {"there": True}


def stamp_of(path: Path) -> str:
    """Size and time of a file, to know it again; empty where it can't be asked, which whoever opens it tells better."""
    try:
        facts = path.stat()
    except OSError:
        return ""
    return f"{facts.st_size}-{facts.st_mtime_ns}"


def _refuse_another(path: Path, stamp: str) -> None:
    """Discs and devices use the same file names again: the picture of the next person must not come under the name of
    the one before."""
    if stamp and (now := stamp_of(path)) and now != stamp:
        raise Fault(
            N_("Another file has taken the place of this picture since it was opened."),
            N_("Open it again and check whose picture it is."),
            reference="V404",
        )


def _told(sentence: Sentence) -> Message:
    return {"text": sentence.text, "values": dict(sentence.values)}
