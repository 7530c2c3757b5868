"""The service user: asks a peer whether it is there, and sends it files as they are, byte for byte."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pynetdicom.presentation import build_context
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.core.words import N_
from kiosk.dicom import quick_send
from kiosk.dicom.nodes import Node
from kiosk.dicom.part10 import open_part10
from kiosk.dicom.soundness import EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.traffic import Talk
from kiosk.dicom.upper_layer import call, our_ae

MOST_CONTEXTS = 127  # PS3.8 9.3.2.2: odd numbers from 1 to 255, and one for C-ECHO


@dataclass(frozen=True)
class SentFile:
    """What became of one file. ``status`` is the peer's answer, None where it never answered."""

    path: Path
    sop_uid: str
    status: int | None
    trouble: Fault | None = None

    @property
    def accepted(self) -> bool:
        """Success or a warning that the image was stored all the same (PS3.4 B.2.3)."""
        return self.status is not None and (self.status == 0 or self.status in (0xB000, 0xB006, 0xB007))


def echo(own_title: str, node: Node, answer_s: float = 15.0) -> float:
    """C-ECHO: milliseconds until the answer. Raises LinkLost, after ``answer_s`` where nothing is said at all."""
    began = time.perf_counter()
    assoc = call(own_title, node, [build_context(Verification, [EXPLICIT_LE, IMPLICIT_LE])], answer_s=answer_s)
    assoc.dimse_timeout = answer_s
    try:
        status = assoc.send_c_echo()
        if "Status" not in status or status.Status != 0:
            raise LinkLost(node.title or node.ae_title)
        return 1000 * (time.perf_counter() - began)
    finally:
        _part(assoc)


def who_listens(address: str, port: int) -> str:
    """``nobody``, ``dicom`` (an application entity answers, even if it refuses us) or ``other`` at that port."""
    try:
        with socket.create_connection((address, port), 3.0):
            pass
    except OSError:
        return "nobody"
    assoc = our_ae("KIOSK").associate(address, port, [build_context(Verification, [EXPLICIT_LE, IMPLICIT_LE])])
    _part(assoc)
    return "dicom" if assoc.is_released or assoc.is_rejected else "other"


def send_files(
    own_title: str,
    node: Node,
    files: Iterable[Path],
    progress: Callable[[SentFile], None] | None = None,
    stop: threading.Event | None = None,
    tries: int = 2,
) -> list[SentFile]:
    """Send files, each until it was answered or ``tries`` associations failed on it; sending again is harmless,
    since a receiver knows an image by its SOP Instance UID. Raises LinkLost where the peer can't be called at all.

    A file that can't be read, and one whose kind the peer doesn't take, are told in the result, not raised.
    """
    results: dict[Path, SentFile] = {}

    def tell(result: SentFile) -> None:
        results[result.path] = result
        if progress is not None:
            progress(result)

    waiting = [(path, tries) for path in files]
    while waiting and not (stop is not None and stop.is_set()):
        unanswered: list[tuple[Path, int]] = []
        for batch in _batches(waiting, tell):
            try:
                unanswered += _send_batch(own_title, node, batch, tell, stop)
            except LinkLost:
                if not results:
                    raise
                unanswered += [(each.path, each.left - 1) for each in batch]
        waiting = [(path, left) for path, left in unanswered if left > 0]
        for path, left in unanswered:
            if left <= 0:
                tell(SentFile(path, "", None, LinkLost(node.title or node.ae_title)))
    return list(results.values())


@dataclass(frozen=True)
class _Outgoing:
    path: Path
    sop_class: str
    sop_uid: str
    transfer_syntax: str
    offset: int  # where the data set begins
    left: int


def _batches(waiting: list[tuple[Path, int]], tell: Callable[[SentFile], None]) -> Iterator[list[_Outgoing]]:
    """Groups of files that one association can negotiate."""
    batch: list[_Outgoing] = []
    contexts: set[tuple[str, str]] = set()
    for path, left in waiting:
        try:
            head = open_part10(path)
            if not head.sop_class or not head.sop_uid:
                raise Refused("not_dicom", N_("This file says not what it is (no file meta)."))
        except (OSError, Fault) as why:
            tell(SentFile(path, "", None, why if isinstance(why, Fault) else _unreadable()))
            continue
        kind = (head.sop_class, head.transfer_syntax)
        if kind not in contexts and len(contexts) == MOST_CONTEXTS:
            yield batch
            batch, contexts = [], set()
        contexts.add(kind)
        batch.append(_Outgoing(path, head.sop_class, head.sop_uid, head.transfer_syntax, head.offset, left))
    if batch:
        yield batch


def _send_batch(
    own_title: str,
    node: Node,
    batch: list[_Outgoing],
    tell: Callable[[SentFile], None],
    stop: threading.Event | None,
) -> list[tuple[Path, int]]:
    """Send over one association; returns the files that got no answer, with the tries they have left."""
    kinds = dict.fromkeys((each.sop_class, each.transfer_syntax) for each in batch)
    # C-ECHO too, so that a peer that takes none of the images still answers the call.
    proposed = [*kinds, (Verification, IMPLICIT_LE)]
    assoc = call(own_title, node, [build_context(sop_class, [syntax]) for sop_class, syntax in proposed])
    accepted = {(str(cx.abstract_syntax), str(cx.transfer_syntax[0])): cx.context_id for cx in assoc.accepted_contexts}
    line = _line(assoc, node)
    try:
        for number, each in enumerate(batch):
            if stop is not None and stop.is_set():
                break
            context = accepted.get((each.sop_class, each.transfer_syntax))
            if context is None:
                tell(SentFile(each.path, each.sop_uid, 0x0122, _not_taken(node)))
                continue
            try:
                status = line.store(int(context), each)
            except LinkLost:
                return [(each.path, each.left - 1), *((later.path, later.left) for later in batch[number + 1 :])]
            except OSError:
                tell(SentFile(each.path, each.sop_uid, None, _unreadable()))
                line.part()
                return [(later.path, later.left) for later in batch[number + 1 :]]
            tell(SentFile(each.path, each.sop_uid, status))
    finally:
        line.part()
    return []


class _Line(Protocol):
    def store(self, context: int, each: _Outgoing) -> int:
        """The status that the peer answered. Raises LinkLost, or OSError where the file can't be read."""

    def part(self) -> None: ...


def _line(assoc: Any, node: Node) -> _Line:
    whom = node.title or node.ae_title
    if not quick_send.usable():
        return _PlainLine(assoc, whom)
    try:
        return _QuickLine(quick_send.QuickLine(assoc), whom, getattr(assoc, "kiosk_talk", None))
    except OSError:
        raise LinkLost(whom) from None


@dataclass(frozen=True)
class _QuickLine:
    line: quick_send.QuickLine
    whom: str
    talk: Talk | None = None  # what is said is watched

    def store(self, context: int, each: _Outgoing) -> int:
        with each.path.open("rb", buffering=0) as file:
            source = quick_send.FileSource(file, each.offset)
            status: int | None = None
            try:
                status = self.line.store(context, each.sop_class, each.sop_uid, source, source.size).status
                return status
            except quick_send.FileEnded:
                raise
            except OSError as why:
                raise LinkLost(self.whom) from why
            finally:
                if self.talk is not None:
                    self.talk.stored(context, each.sop_class, each.sop_uid, source.size, status)

    def part(self) -> None:
        self.line.release()


@dataclass(frozen=True)
class _PlainLine:
    assoc: Any
    whom: str

    def store(self, context: int, each: _Outgoing) -> int:
        status: Any = self.assoc.send_c_store(each.path) if self.assoc.is_established else {}
        if "Status" not in status:
            raise LinkLost(self.whom)
        return int(status.Status)

    def part(self) -> None:
        _part(self.assoc)


def _unreadable() -> Fault:
    return Fault(N_("The file cannot be read."), reference="F404")


def _not_taken(node: Node) -> Fault:
    return Refused(
        "not_taken",
        N_("{whom} does not take this kind of image or compression."),
        N_("Ask its maker; the image stays here."),
        whom=node.title or node.ae_title,
    )


def _part(assoc: Any) -> None:
    if assoc.is_established:
        assoc.release()
