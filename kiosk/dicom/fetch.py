"""The retrieve client: has a server send images to an application entity (C-MOVE), or takes them itself (C-GET).

A transfer that breaks off is no mystery: the result says how many of how many had come. Whoever wants the rest
compares SOP Instance UIDs at image level and asks for what is missing (PS3.4 C.4.2, C.4.3).
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import C_GET, C_MOVE
from pynetdicom.dsutils import decode
from pynetdicom.presentation import PresentationContext, build_context, build_role

from kiosk.core.faults import LinkLost
from kiosk.core.words import N_, Sentence
from kiosk.dicom.inflow import Inflows
from kiosk.dicom.nodes import Node
from kiosk.dicom.query import contexts
from kiosk.dicom.question import CANCELLED, PENDING, SUCCESS, Answer, Question, part
from kiosk.dicom.receive import Intake, StorageDoor
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.storage_classes import EVERYDAY, SQUEEZED
from kiosk.dicom.upper_layer import call

log = logging.getLogger(__name__)

MOVE = {"patient": "1.2.840.10008.5.1.4.1.2.1.2", "study": "1.2.840.10008.5.1.4.1.2.2.2"}
GET = {"patient": "1.2.840.10008.5.1.4.1.2.1.3", "study": "1.2.840.10008.5.1.4.1.2.2.3"}
SILENCE_S = 120.0  # some servers say nothing until the first image is out, and take it from a slow disk
MOST_CONTEXTS = 128  # PS3.8 9.3.2.2
PARTLY = 0xB000  # done, but for one or more sub-operations that failed
NONE_SENT = 0xA702

_WORDS = {
    SUCCESS: N_("All images were sent."),
    PARTLY: N_("Some images could not be sent."),
    CANCELLED: N_("It was stopped."),
    0x0122: N_("The server does not know this kind of request."),
    0x0124: N_("The server does not allow it."),
    0xA701: N_("The server has no room to count the images."),
    NONE_SENT: N_("The server could not send the images."),
    0xA801: N_("The server does not know the destination."),
    0xA900: N_("The server did not understand what was asked for."),
    0xC000: N_("The server could not do it."),
}


@dataclass(frozen=True)
class Moved:
    """How far a retrieval came, or how it ended. ``status`` None: the connection was lost before the end."""

    status: int | None
    completed: int
    failed: int
    warning: int
    remaining: int
    words: Sentence
    failed_uids: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        return self.completed + self.failed + self.warning + self.remaining

    @property
    def under_way(self) -> bool:
        return self.status in PENDING

    @property
    def done(self) -> bool:
        """Everything that was asked for was sent."""
        return self.status == SUCCESS and not self.failed

    @property
    def cancelled(self) -> bool:
        return self.status == CANCELLED

    @property
    def code(self) -> str:
        """As the old programs showed it: 0000, Cxxx; ``----`` where no last answer came."""
        return "----" if self.status is None else f"{self.status:04X}"


Progress = Callable[[Moved], None]


def move(
    own_title: str,
    node: Node,
    level: str,
    keys: Mapping[str, str],
    destination_ae: str,
    *,
    root: str = "study",
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    deadline_s: float = SILENCE_S,
) -> Moved:
    """Have ``node`` send what ``keys`` name (the UIDs of the level and those above; lists parted by ``\\``) to
    ``destination_ae``. ``progress`` at each answer that brings numbers; ``stop`` cancels (C-CANCEL).

    ``deadline_s``: the longest silence. Raises LinkLost (with the peer's name) where the peer never answered; once it
    did, a connection that is lost ends in ``Moved(status=None)`` with the numbers so far.
    """
    request = C_MOVE()
    request.MoveDestination = destination_ae
    whom = node.title or node.ae_title
    assoc = call(own_title, node, contexts(MOVE[root]), answer_s=min(15.0, deadline_s))
    try:
        asked = Question(assoc, whom, MOVE[root], request, _identifier(level, keys), silence_s=deadline_s, stop=stop)
        return _follow(asked, progress)
    finally:
        part(assoc)


def get(
    own_title: str,
    node: Node,
    level: str,
    keys: Mapping[str, str],
    intake: Intake,
    *,
    root: str = "study",
    sop_classes: Iterable[str] = (),
    squeezed: Iterable[str] = SQUEEZED,
    progress: Progress | None = None,
    stop: threading.Event | None = None,
    deadline_s: float = SILENCE_S,
) -> Moved:
    """As ``move``, but the images come over this same association and are settled with ``intake`` one by one.

    ``sop_classes``: the kinds that will come (SOPClassUID at image level); left out: the everyday ones.
    ``squeezed``: compressions that are taken as the server keeps them, as far as the 128 contexts reach.
    """
    whom = node.title or node.ae_title
    kinds = list(dict.fromkeys(sop_classes)) or list(EVERYDAY)
    proposed = [*contexts(GET[root]), *_storage_contexts(kinds, squeezed)]
    roles = [build_role(kind, scp_role=True) for kind in kinds]
    assoc = call(own_title, node, proposed, ext_neg=roles, answer_s=min(15.0, deadline_s))
    assoc.kiosk_node = node
    # Another image under a UID that is taken is kept aside and has come all the same.
    inflows = Inflows(assoc, StorageDoor(intake, accept_asides=True, way="c-get"))
    try:
        asked = Question(
            assoc,
            whom,
            GET[root],
            C_GET(),
            _identifier(level, keys),
            silence_s=deadline_s,
            stop=stop,
            on_store=inflows.settle,
        )
        return _follow(asked, progress)
    finally:
        part(assoc)
        inflows.abandon()


def words_of(status: int | None) -> Sentence:
    """What a status of C-MOVE or C-GET means for a person (PS3.4 C.4.2.1.5)."""
    if status is None:
        return Sentence(N_("The connection was lost."))
    if status in PENDING:
        return Sentence(N_("Under way."))
    text = _WORDS.get(status) or (_WORDS[0xC000] if status >> 12 == 0xC else N_("The server answered {status}."))
    return Sentence(text, {"status": f"{status:04X}"})


def _follow(asked: Question, progress: Progress | None) -> Moved:
    so_far: Moved | None = None
    try:
        for answer in asked.answers():
            so_far = _moved(answer, so_far)
            if progress is not None:
                progress(so_far)
    except LinkLost as why:
        if so_far is None:
            raise
        log.warning("a retrieval was cut off after %d of %d images", so_far.completed, so_far.total)
        so_far = replace(so_far, status=None, words=why.sentence)
        if progress is not None:
            progress(so_far)
    assert so_far is not None
    return so_far


def _moved(answer: Answer, before: Moved | None) -> Moved:
    """The last answer of a success need not repeat the numbers: what is not told is as it was told before."""
    completed, failed, warning, remaining = (
        (before.completed, before.failed, before.warning, before.remaining) if before else (0, 0, 0, 0)
    )
    completed = completed if answer.completed is None else answer.completed
    failed = failed if answer.failed is None else answer.failed
    warning = warning if answer.warning is None else answer.warning
    if answer.remaining is not None:
        remaining = answer.remaining
    elif answer.status in (SUCCESS, PARTLY, NONE_SENT):
        remaining = 0
    return Moved(answer.status, completed, failed, warning, remaining, words_of(answer.status), _failed_uids(answer))


def _failed_uids(answer: Answer) -> tuple[str, ...]:
    if answer.pending or not answer.identifier:
        return ()
    ds = decode(
        BytesIO(answer.identifier), answer.transfer_syntax == IMPLICIT_LE, answer.transfer_syntax != EXPLICIT_BE
    )
    told: Any = ds.get("FailedSOPInstanceUIDList") or ()
    return (str(told),) if isinstance(told, str) else tuple(str(each) for each in told)


def _identifier(level: str, keys: Mapping[str, str]) -> Dataset:
    ds = Dataset()
    ds.QueryRetrieveLevel = level
    for keyword, value in keys.items():
        setattr(ds, keyword, value.split("\\") if "\\" in value else value)
    return ds


def _storage_contexts(kinds: list[str], squeezed: Iterable[str]) -> list[PresentationContext]:
    """One context for plain pixels per kind, then one for each compression as far as the 128 contexts reach."""
    proposed = [build_context(kind, [EXPLICIT_LE, IMPLICIT_LE]) for kind in kinds]
    proposed += [build_context(kind, [syntax]) for syntax in squeezed for kind in kinds]
    return proposed[: MOST_CONTEXTS - 2]
