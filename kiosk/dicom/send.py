"""The service user: asks a peer whether it is there, and sends it files as they are, byte for byte."""

from __future__ import annotations

import itertools
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

Kind = tuple[str, str]  # SOP class, transfer syntax

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
    for _ in range(2):  # a busy receiver may cut a caller off before its refusal was read
        assoc = our_ae("KIOSK").associate(address, port, [build_context(Verification, [EXPLICIT_LE, IMPLICIT_LE])])
        _part(assoc)
        if assoc.is_released or assoc.is_rejected:
            return "dicom"
    return "other"


def send_files(
    own_title: str,
    node: Node,
    files: Iterable[Path],
    progress: Callable[[SentFile], None] | None = None,
    stop: threading.Event | None = None,
    tries: int = 2,
    kinds: Iterable[Kind] = (),
) -> list[SentFile]:
    """Send files, each until it was answered or ``tries`` associations failed on it; sending again is harmless,
    since a receiver knows an image by its SOP Instance UID. Raises LinkLost where the peer can't be called at all.

    A file that can't be read, and one whose kind the peer doesn't take, are told in the result, not raised. ``kinds``:
    what the files are, where that is known: then each head is read while the peer works on the image before.
    """
    results: dict[Path, SentFile] = {}

    def tell(result: SentFile) -> None:
        results[result.path] = result
        if progress is not None:
            progress(result)

    todo: Iterator[tuple[Path, int]] = ((path, tries) for path in files)
    known = tuple(dict.fromkeys(kinds))
    while not (stop is not None and stop.is_set()):
        unanswered: list[tuple[Path, int]] = []
        for batch in _batches(_heads(todo, tell), known):
            try:
                unanswered += _send_batch(own_title, node, batch, tell, stop)
            except LinkLost:
                if not results:
                    raise
                unanswered += [(each.path, each.left - 1) for each in batch.files]
        for path, left in unanswered:
            if left <= 0:
                tell(SentFile(path, "", None, LinkLost(node.title or node.ae_title)))
        again = [(path, left) for path, left in unanswered if left > 0]
        if not again:
            break
        todo, known = iter(again), ()
    return list(results.values())


@dataclass(frozen=True)
class _Outgoing:
    path: Path
    sop_class: str
    sop_uid: str
    transfer_syntax: str
    offset: int  # where the data set begins
    left: int

    @property
    def kind(self) -> Kind:
        return self.sop_class, self.transfer_syntax


@dataclass(frozen=True)
class _Batch:
    """What goes over one association: the kinds that it negotiates, and the files, which may be read on the way."""

    kinds: tuple[Kind, ...]
    files: Iterator[_Outgoing]


def _heads(todo: Iterator[tuple[Path, int]], tell: Callable[[SentFile], None]) -> Iterator[_Outgoing]:
    for path, left in todo:
        try:
            head = open_part10(path)
            if not head.sop_class or not head.sop_uid:
                raise Refused("not_dicom", N_("This file says not what it is (no file meta)."))
        except (OSError, Fault) as why:
            tell(SentFile(path, "", None, why if isinstance(why, Fault) else _unreadable()))
        else:
            yield _Outgoing(path, head.sop_class, head.sop_uid, head.transfer_syntax, head.offset, left)


def _batches(files: Iterator[_Outgoing], known: tuple[Kind, ...]) -> Iterator[_Batch]:
    """Groups of files that one association can negotiate: all of them where their kinds are known."""
    if 0 < len(known) <= MOST_CONTEXTS:
        first = next(files, None)
        if first is not None:
            yield _Batch(known, itertools.chain([first], files))
        return
    batch: list[_Outgoing] = []
    kinds: dict[Kind, None] = {}
    for each in files:
        if each.kind not in kinds and len(kinds) == MOST_CONTEXTS:
            yield _Batch(tuple(kinds), iter(batch))
            batch, kinds = [], {}
        kinds[each.kind] = None
        batch.append(each)
    if batch:
        yield _Batch(tuple(kinds), iter(batch))


def _send_batch(
    own_title: str,
    node: Node,
    batch: _Batch,
    tell: Callable[[SentFile], None],
    stop: threading.Event | None,
) -> list[tuple[Path, int]]:
    """Send over one association; returns the files that got no answer, with the tries they have left."""
    # C-ECHO too, so that a peer that takes none of the images still answers the call.
    proposed = [*batch.kinds, (Verification, IMPLICIT_LE)]
    assoc = call(own_title, node, [build_context(sop_class, [syntax]) for sop_class, syntax in proposed])
    accepted = {(str(cx.abstract_syntax), str(cx.transfer_syntax[0])): cx.context_id for cx in assoc.accepted_contexts}
    line = _line(assoc, node)
    unsent: list[tuple[Path, int]] = []  # of a kind that was not proposed
    following: list[_Outgoing] = []

    def prepare() -> None:
        following.extend(itertools.islice(batch.files, 1))

    def rest() -> list[tuple[Path, int]]:
        return [(later.path, later.left) for later in (*following, *batch.files)]

    try:
        while not (stop is not None and stop.is_set()):
            if not following:
                prepare()
            if not following:
                break
            each, context = following[0], accepted.get(following[0].kind)
            following.clear()
            if context is None:
                if each.kind in batch.kinds:
                    tell(SentFile(each.path, each.sop_uid, 0x0122, _not_taken(node)))
                else:
                    unsent.append((each.path, each.left))
                continue
            try:
                status = line.store(int(context), each, prepare)
            except LinkLost:
                return [*unsent, (each.path, each.left - 1), *rest()]
            except OSError:
                tell(SentFile(each.path, each.sop_uid, None, _unreadable()))
                return [*unsent, *rest()]
            tell(SentFile(each.path, each.sop_uid, status))
    finally:
        line.part()
    return unsent


class _Line(Protocol):
    def store(self, context: int, each: _Outgoing, meanwhile: Callable[[], None]) -> int:
        """The status that the peer answered; ``meanwhile`` may be called while it works. Raises LinkLost, or OSError
        where the file can't be read.
        """

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

    def store(self, context: int, each: _Outgoing, meanwhile: Callable[[], None]) -> int:
        with each.path.open("rb", buffering=0) as file:
            source = quick_send.FileSource(file, each.offset)
            status: int | None = None
            try:
                answer = self.line.store(context, each.sop_class, each.sop_uid, source, source.size, meanwhile)
                status = answer.status
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

    def store(self, context: int, each: _Outgoing, meanwhile: Callable[[], None]) -> int:
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
