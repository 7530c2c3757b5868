"""Storage commitment as data sets: a request's references, and the report of what is kept (PS3.4 J.3.2, J.3.3)."""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.uid import UID
from pynetdicom.dimse_primitives import N_EVENT_REPORT
from pynetdicom.dsutils import decode, encode

from kiosk.core.commitment import CONFLICT, FAILED, MISSING, CommitmentReport, Failure, Reference
from kiosk.core.faults import Refused
from kiosk.dicom.soundness import EXPLICIT_BE, IMPLICIT_LE, Walk, valid_uid

PUSH = UID("1.2.840.10008.1.20.1")
PUSH_INSTANCE = UID("1.2.840.10008.1.20.1.1")
ASK, ALL_KEPT, SOME_FAILED = 1, 1, 2  # action type, event types
_CODE_OF = {MISSING: 0x0112, CONFLICT: 0x0119, FAILED: 0x0110}  # Failure Reason, PS3.3 C.14.1.1
_WHY_OF = {code: why for why, code in _CODE_OF.items()}


def read_references(data: bytes, transfer_syntax: str) -> tuple[str, tuple[Reference, ...]]:
    """Transaction UID and images of a request. Raises ``Refused("unsound" | "bad_value")``."""
    said = _read(data, transfer_syntax)
    transaction = str(said.get("TransactionUID") or "")
    wanted = tuple(dict.fromkeys(_references(said.get("ReferencedSOPSequence"))))
    if not valid_uid(transaction) or not wanted or not all(valid_uid(each.sop_uid) for each in wanted):
        raise Refused("bad_value", "a commitment request without transaction or images")
    return transaction, wanted


def request_of(transaction_uid: str, wanted: Iterable[Reference]) -> Dataset:
    """The action information of a request."""
    said = Dataset()
    said.TransactionUID = transaction_uid
    said.ReferencedSOPSequence = Sequence([_item(each) for each in wanted])
    return said


def read_report(data: bytes, transfer_syntax: str, source: str) -> CommitmentReport:
    """A report of a peer. Raises ``Refused("unsound" | "bad_value")``."""
    said = _read(data, transfer_syntax)
    transaction = str(said.get("TransactionUID") or "")
    if not valid_uid(transaction):
        raise Refused("bad_value", "a commitment report without a transaction")
    failed = []
    for item in said.get("FailedSOPSequence") or ():
        why = _WHY_OF.get(int(item.get("FailureReason") or 0), FAILED)
        failed.append(Failure(_uid(item, "ReferencedSOPClassUID"), _uid(item, "ReferencedSOPInstanceUID"), why))
    kept = tuple(_references(said.get("ReferencedSOPSequence")))
    return CommitmentReport(transaction, kept, tuple(failed), source)


def event_of(report: CommitmentReport, transfer_syntax: str, message_id: int) -> N_EVENT_REPORT:
    """The N-EVENT-REPORT request that tells it."""
    said = Dataset()
    said.TransactionUID = report.transaction_uid
    if report.kept:  # type 1C: only where there are some
        said.ReferencedSOPSequence = Sequence([_item(each) for each in report.kept])
    if report.failed:
        said.FailedSOPSequence = Sequence([_failed(each) for each in report.failed])
    encoded = encode(said, transfer_syntax == IMPLICIT_LE, transfer_syntax != EXPLICIT_BE)
    assert encoded is not None
    event = N_EVENT_REPORT()
    event.MessageID = message_id
    event.AffectedSOPClassUID = PUSH
    event.AffectedSOPInstanceUID = PUSH_INSTANCE
    event.EventTypeID = SOME_FAILED if report.failed else ALL_KEPT
    event.EventInformation = BytesIO(encoded)
    return event


def _read(data: bytes, transfer_syntax: str) -> Dataset:
    walk = Walk(transfer_syntax)
    walk.feed(data)
    walk.finish()
    return decode(BytesIO(data), transfer_syntax == IMPLICIT_LE, transfer_syntax != EXPLICIT_BE)


def _references(items: Any) -> list[Reference]:
    return [
        Reference(_uid(each, "ReferencedSOPClassUID"), _uid(each, "ReferencedSOPInstanceUID")) for each in items or ()
    ]


def _item(each: Reference) -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID, item.ReferencedSOPInstanceUID = each.sop_class, each.sop_uid
    return item


def _failed(each: Failure) -> Dataset:
    item = _item(Reference(each.sop_class, each.sop_uid))
    item.FailureReason = _CODE_OF.get(each.why, _CODE_OF[FAILED])
    return item


def _uid(item: Dataset, keyword: str) -> str:
    return str(item.get(keyword) or "").strip()
