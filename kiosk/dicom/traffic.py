"""What is said with one peer, as lines for its maker: associations, contexts, DIMSE messages and their statuses.

No value of an identifier is ever written, only which keys it has and how long each is: the file leaves the house.
"""

from __future__ import annotations

import functools
import itertools
import logging
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import UID
from pynetdicom import evt
from pynetdicom.dsutils import decode

from kiosk.dicom.nodes import Node
from kiosk.dicom.soundness import EXPLICIT_BE, IMPLICIT_LE

log = logging.getLogger(__name__)

IN, OUT, NOTE = "<-", "->", "--"
SPACES = "  "  # between the parts of a line
MOST_DATA_SET = 1 << 16  # of a larger one only the size is told
DEEPEST = 2


def _harmless(tell: Callable[..., None]) -> Callable[..., None]:
    """Whatever goes wrong in telling must not end the association that is told of."""

    @functools.wraps(tell)
    def told(*what: Any) -> None:
        try:
            tell(*what)
        except Exception:
            log.exception("traffic could not be told")

    return told


outgoing: list[Traffic] = []  # those that follow our own calls too


class Traffic:
    """``watched(AE title, address)`` says whether a peer is; ``write`` takes lines without their time."""

    def __init__(self, write: Callable[[str], None], watched: Callable[[str, str], bool]) -> None:
        self._write = write
        self._watched = watched
        self._numbers = itertools.count(1)

    @_harmless
    def refused(self, asked: Any, address: str, why: str) -> None:
        """Somebody asked for an association and got none."""
        calling = asked.calling_ae_title.strip()
        if self._watched(calling, address):
            talk = Talk(self._write, next(self._numbers))
            talk.request(IN, asked, address)
            talk.line(OUT, f"A-ASSOCIATE-RJ {why}")

    @_harmless
    def insecure(self, address: str, why: str) -> None:
        """No secure connection came about."""
        if self._watched("", address):
            Talk(self._write, next(self._numbers)).line(NOTE, f"{address}: no secure connection: {why}")

    @_harmless
    def follow(self, event: Any) -> None:
        """A peer asks for an association (EVT_REQUESTED)."""
        assoc, asked = event.assoc, event.assoc.requestor.primitive
        address = str(assoc.requestor.address)
        if self._watched(asked.calling_ae_title.strip(), address):
            talk = Talk(self._write, next(self._numbers))
            talk.request(IN, asked, address)
            talk.follow(assoc)

    @_harmless
    def follow_call(self, assoc: Any, node: Node) -> None:
        """We call a peer; the association was not asked for yet."""
        if self._watched(node.ae_title, node.address):
            talk = Talk(self._write, next(self._numbers))
            talk.line(
                OUT, f"A-ASSOCIATE-RQ {assoc.requestor.ae_title.strip()} calls {node.ae_title} at "
                f"{node.address}:{node.port}{' (TLS)' if node.secure else ''}",
            )  # fmt: skip
            for context in assoc.requestor.requested_contexts:
                talk.proposed(OUT, context)
            talk.follow(assoc)


def watch_call(assoc: Any, node: Node) -> None:
    """An association that we are about to ask for."""
    for each in outgoing:
        each.follow_call(assoc, node)


class Talk:
    """The lines of one association."""

    def __init__(self, write: Callable[[str], None], number: int) -> None:
        self._write = write
        self._number = number

    def line(self, way: str, text: str) -> None:
        self._write(SPACES.join((f"#{self._number}", way, text)))

    def request(self, way: str, asked: Any, address: str) -> None:
        """An A-ASSOCIATE request (PS3.8 7.1.1)."""
        about = ", ".join(_about(item) for item in asked.user_information if _about(item))
        calling, called = asked.calling_ae_title.strip(), asked.called_ae_title.strip()
        self.line(way, f"A-ASSOCIATE-RQ {calling} at {address} calls {called}, {about}")
        for context in asked.presentation_context_definition_list:
            self.proposed(way, context)

    def proposed(self, way: str, context: Any) -> None:
        syntaxes = ", ".join(_name(each) for each in context.transfer_syntax)
        self.line(way, f"  {context.context_id or '?'} {_name(context.abstract_syntax)}: {syntaxes}")

    def follow(self, assoc: Any) -> None:
        """From now on to its end."""
        assoc.kiosk_talk = self
        for event, handler in (
            (evt.EVT_ESTABLISHED, self._established),
            (evt.EVT_REJECTED, lambda event: self.line(NOTE, "A-ASSOCIATE-RJ")),
            (evt.EVT_DIMSE_RECV, lambda event: self._message(event, IN)),
            (evt.EVT_DIMSE_SENT, lambda event: self._message(event, OUT)),
            (evt.EVT_RELEASED, lambda event: self.line(NOTE, "A-RELEASE")),
            (evt.EVT_ABORTED, lambda event: self.line(NOTE, "A-ABORT")),
            (evt.EVT_CONN_CLOSE, lambda event: self.line(NOTE, "connection closed")),
        ):
            assoc.bind(event, handler)
        take = getattr(assoc, "open_inflow", None)
        if take is not None:
            assoc.open_inflow = lambda *asked: _Watched(take(*asked), self, *asked)

    def stored(self, context: int, sop_class: str, sop_uid: str, size: int, status: int | None) -> None:
        """An image that we sent below pynetdicom, and the answer."""
        self.line(OUT, f"C-STORE-RQ context {context} {_name(sop_class)} {sop_uid}, {size} bytes")
        self.line(IN, f"C-STORE-RSP {_status(status)}")

    def _established(self, event: Any) -> None:
        self.line(NOTE, "A-ASSOCIATE-AC")
        for context in event.assoc.accepted_contexts:
            syntax = _name(context.transfer_syntax[0])
            self.line(NOTE, f"  {context.context_id} {_name(context.abstract_syntax)}: accepted, {syntax}")
        for context in event.assoc.rejected_contexts:
            self.line(NOTE, f"  {context.context_id} {_name(context.abstract_syntax)}: refused, {context.status}")

    def _message(self, event: Any, way: str) -> None:
        message = event.message
        command = message.command_set
        parts = [type(message).__name__.replace("_", "-")]
        for keyword, said in (
            ("MessageID", "message {}"), ("MessageIDBeingRespondedTo", "to message {}"),
            ("AffectedSOPClassUID", "{}"), ("RequestedSOPClassUID", "{}"), ("AffectedSOPInstanceUID", "{}"),
            ("MoveDestination", "to {}"),
        ):  # fmt: skip
            if command.get(keyword) not in (None, ""):
                value = command.get(keyword)
                parts.append(said.format(_name(value) if isinstance(value, UID) else value))
        if "Status" in command:
            parts.append(_status(int(command.Status)))
            if command.get("ErrorComment"):
                parts.append(str(command.ErrorComment))
        self.line(way, " ".join(parts))
        for text in _keys(message, event.assoc):
            self.line(way, f"  {text}")


class _Watched:
    """An image on its way in, counted and with its answer told."""

    def __init__(self, inflow: Any, talk: Talk, assoc: Any, context: int, sop_class: str, sop_uid: str) -> None:
        self._inflow = inflow
        self._talk = talk
        self._begun = f"C-STORE-RQ context {context} {_name(sop_class)} {sop_uid}"
        self._bytes = 0
        self.abandon = inflow.abandon

    def write(self, piece: memoryview) -> object:
        self._bytes += len(piece)
        return self._inflow.write(piece)

    def settle(self) -> int:
        self._talk.line(IN, f"{self._begun}, {self._bytes} bytes")
        status = int(self._inflow.settle())
        self._talk.line(OUT, f"C-STORE-RSP {_status(status)}")
        return status


def _about(item: Any) -> str:
    """Maximum PDU length and implementation (PS3.7 D.3.3.1, D.3.3.2)."""
    for attribute, said in (
        ("maximum_length_received", "PDU {}"), ("implementation_class_uid", "{}"),
        ("implementation_version_name", "{}"),
    ):  # fmt: skip
        if getattr(item, attribute, None) is not None:
            return said.format(getattr(item, attribute))
    return ""


def _keys(message: Any, assoc: Any) -> Iterator[str]:
    """Keywords of a data set and how many characters each value has."""
    data = message.data_set.getvalue() if isinstance(message.data_set, BytesIO) else b""
    if not data:
        return
    if len(data) > MOST_DATA_SET:
        yield f"data set of {len(data)} bytes"
        return
    context = assoc._accepted_cx.get(message.context_id)
    syntax = str(context.transfer_syntax[0]) if context is not None else ""
    try:
        found = list(_told(decode(BytesIO(data), syntax == IMPLICIT_LE, syntax != EXPLICIT_BE), 0))
    except Exception as why:  # whatever the peer sent is told, not judged
        yield f"data set of {len(data)} bytes that can't be read ({type(why).__name__})"
        return
    yield from found


def _told(ds: Dataset, depth: int) -> Iterator[str]:
    for element in ds:
        name, space = element.keyword or str(element.tag), "  " * depth
        if element.VR == "SQ":
            items = list(element.value or ())
            yield f"{space}{name}: {len(items)} items"
            if depth < DEEPEST:
                for item in items:
                    yield from _told(item, depth + 1)
        else:
            yield f"{space}{name} ({len(str(element.value or ''))})"


def _name(uid: Any) -> str:
    known = UID(str(uid))
    return known.name if known.name != str(uid) else str(uid)


def _status(status: int | None) -> str:
    return "no answer" if status is None else f"status {status:04X}"
