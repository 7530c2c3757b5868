"""The images of one retrieval on their way: sent to a node (C-MOVE) or given on the association that asked (C-GET).

Files go out as they lie on the disk; a receiver that does not take them so gets a plain copy, made for it alone.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pynetdicom.dimse_primitives import C_STORE

from kiosk.core.faults import Fault, LinkLost
from kiosk.dicom.nodes import Node
from kiosk.dicom.part10 import open_part10
from kiosk.dicom.send import SentFile, send_files
from kiosk.dicom.soundness import EXPLICIT_LE, IMPLICIT_LE

NOT_TAKEN = 0x0122
PLAIN = (EXPLICIT_LE, IMPLICIT_LE)
ANSWER_S = 60.0


@dataclass(frozen=True)
class Wanted:
    """An image that was asked for. ``path`` None: it can't be reached from here."""

    sop_uid: str
    sop_class: str
    transfer_syntax: str
    path: Path | None


class Copies(Protocol):
    """Makes plain copies of compressed images for receivers that don't take them as they are."""

    def plain(self, source: Path, target: Path, transfer_syntax: str) -> None:
        """Raises Fault where the pixels can't be decoded."""

    def close(self) -> None: ...


class Undertaking(Protocol):
    """The retrieval that the images belong to."""

    assoc: Any
    words: str
    stop: threading.Event

    def called_off(self) -> bool: ...
    def done(self, sop_uid: str, status: int | None) -> None: ...


@dataclass
class Mover:
    """Sends to a node: as the files are, then plain copies of what it did not take so."""

    of: Undertaking
    own_title: str
    node: Node
    copies: Copies
    folder: Path

    def move(self, wanted: dict[Path, Wanted]) -> None:
        left, paths = dict(wanted), list(wanted)
        for syntax in ("", *PLAIN):
            if not paths or self.of.called_off():
                break
            if syntax:
                paths = self._plain(paths, left, syntax)
            paths = self._send(paths, left, last=syntax == PLAIN[-1])

    def _send(self, paths: list[Path], left: dict[Path, Wanted], last: bool) -> list[Path]:
        """Those that the node does not take in this form."""
        refused: list[Path] = []

        def progress(sent: SentFile) -> None:
            image = left[sent.path]
            if sent.status == NOT_TAKEN and not last:
                refused.append(sent.path)
            else:
                self.of.done(image.sop_uid, sent.status)
            self.of.called_off()

        try:
            send_files(self.own_title, self.node, paths, progress, self.of.stop)
        except LinkLost as why:
            self.of.words = str(why)
            for path in paths:
                self.of.done(left[path].sop_uid, None)
            return []
        return refused

    def _plain(self, paths: list[Path], left: dict[Path, Wanted], syntax: str) -> list[Path]:
        made = []
        for number, path in enumerate(paths):
            image = left[path]
            target = self.folder / f"{syntax}-{number}.dcm"
            try:
                self.copies.plain(image.path or path, target, syntax)
            except Fault as why:
                self.of.words = str(why)
                self.of.done(image.sop_uid, None)
                continue
            left[target] = image
            made.append(target)
        return made


@dataclass
class Giver:
    """Gives the images on the association that asked for them."""

    of: Undertaking
    copies: Copies
    folder: Path
    _message: int = 0

    def give(self, wanted: dict[Path, Wanted]) -> None:
        for path, image in wanted.items():
            if self.of.called_off():
                return
            try:
                status = self._give(path, image)
            except Fault as why:
                self.of.words, status = str(why), None
            except OSError as why:
                self.of.words, status = type(why).__name__, None
            self.of.done(image.sop_uid, status)

    def _give(self, path: Path, image: Wanted) -> int | None:
        for syntax in (image.transfer_syntax, *PLAIN):
            context = self._context(image.sop_class, syntax)
            if context is None:
                continue
            if syntax == image.transfer_syntax:
                return self._store(context, path, image)
            target = self.folder / "one.dcm"
            self.copies.plain(path, target, syntax)
            return self._store(context, target, image)
        self.of.words = "the asker takes no such images"
        return NOT_TAKEN

    def _context(self, sop_class: str, syntax: str) -> int | None:
        for context in self.of.assoc.accepted_contexts:
            same = context.abstract_syntax == sop_class and context.transfer_syntax[0] == syntax
            if same and context.as_scu:
                return int(context.context_id)
        return None

    def _store(self, context_id: int, path: Path, image: Wanted) -> int | None:
        assoc = self.of.assoc
        self._message = self._message % 0xFFFE + 1
        request = C_STORE()
        request.MessageID, request.Priority = self._message, 2
        request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = image.sop_class, image.sop_uid
        request._dataset_path = (path, open_part10(path).offset)
        assoc.dimse.send_msg(request, context_id)
        return self._answer_to(request.MessageID)

    def _answer_to(self, message_id: int) -> int | None:
        assoc, before = self.of.assoc, self.of.assoc.dimse_timeout
        assoc.dimse_timeout = 0.2
        until = time.monotonic() + ANSWER_S
        try:
            while assoc.is_established and not assoc.acse.is_aborted() and time.monotonic() < until:
                _, answer = assoc.dimse.get_msg(block=True)
                if isinstance(answer, C_STORE) and answer.MessageIDBeingRespondedTo == message_id:
                    return None if answer.Status is None else int(answer.Status)
        finally:
            assoc.dimse_timeout = before
        if assoc.is_established:
            assoc.abort()
        return None
