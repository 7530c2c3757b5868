"""The MPPS SCP: a device tells that it began, completed or discontinued an examination (PS3.4 F.7).

An answer of success is given when the message is safe; what has ended never changes (F.7.2.2.2).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset
from pydicom.uid import generate_uid
from pynetdicom import evt
from pynetdicom.dsutils import decode
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import ModalityPerformedProcedureStep  # type: ignore[attr-defined]

from kiosk.core.faults import Fault, Refused
from kiosk.core.performed import PerformedSeries, PerformedState, PerformedStep, Scheduled
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE, Walk, valid_uid
from kiosk.dicom.upper_layer import Handlers, node_of

log = logging.getLogger(__name__)

SUCCESS, INVALID_VALUE, FAILED, DUPLICATE, UNKNOWN, BAD_INSTANCE, MISSING_VALUE = (
    0x0000, 0x0106, 0x0110, 0x0111, 0x0112, 0x0117, 0x0121,
)  # fmt: skip
NO_LONGER_CHANGED = 0xA710  # Error ID: "Performed Procedure Step Object may no longer be updated", F.7.2.2.3
STATUS_OF = {"duplicate": DUPLICATE, "unknown": UNKNOWN, "bad_value": INVALID_VALUE, "missing": MISSING_VALUE}

Take = Callable[[PerformedStep], object]


class PerformedDoor:
    """Hands what devices tell to ``begin`` and ``change``, which raise Refused (duplicate, unknown, final) or Fault."""

    def __init__(self, begin: Take, change: Take) -> None:
        self._begin = begin
        self._change = change

    def contexts(self) -> list[PresentationContext]:
        return [build_context(ModalityPerformedProcedureStep, [EXPLICIT_LE, IMPLICIT_LE, EXPLICIT_BE])]

    def handlers(self) -> Handlers:
        return [(evt.EVT_N_CREATE, self._create), (evt.EVT_N_SET, self._set)]

    def ended(self, assoc: Any) -> None:
        """Nothing is held for an association."""

    def _create(self, event: Any) -> tuple[Dataset | int, Dataset | None]:
        sop_uid = str(event.request.AffectedSOPInstanceUID or "")
        told = Dataset()
        if not sop_uid:  # the SCU may leave it to us (PS3.7 10.1.5.1.3)
            sop_uid = told.AffectedSOPInstanceUID = generate_uid(prefix=None)
        status = self._take(event, sop_uid, event.request.AttributeList, self._begin, new=True)
        return status, told

    def _set(self, event: Any) -> tuple[Dataset | int, Dataset | None]:
        sop_uid = str(event.request.RequestedSOPInstanceUID or "")
        return self._take(event, sop_uid, event.request.ModificationList, self._change, new=False), None

    def _take(self, event: Any, sop_uid: str, data: BytesIO | None, take: Take, *, new: bool) -> Dataset | int:
        source = node_of(event.assoc).ae_title
        if not valid_uid(sop_uid):
            return BAD_INSTANCE
        try:
            said = _read(data.getvalue() if data else b"", str(event.context.transfer_syntax))
            take(performed_step(said, sop_uid, source, new=new))
        except Refused as why:
            log.warning("a performed step of %s was refused: %s", source, why.reason)
            if why.reason == "final":
                return _failure(NO_LONGER_CHANGED, "Performed Procedure Step Object may no longer be updated")
            return STATUS_OF.get(why.reason, FAILED)
        except Fault as why:  # neither store could keep it: the device holds on to it
            log.error("a performed step of %s could not be kept: %s", source, why)
            return FAILED
        except Exception:
            log.exception("a performed step of %s could not be taken", source)
            return FAILED
        return SUCCESS


def _failure(error: int, comment: str) -> Dataset:
    status = Dataset()
    status.Status = FAILED
    status.ErrorID = error
    status.ErrorComment = comment
    return status


def _read(data: bytes, transfer_syntax: str) -> Dataset:
    """The data set, once its bytes are proven sound. Raises ``Refused("unsound")``."""
    if not data:
        return Dataset()
    walk = Walk(transfer_syntax)
    walk.feed(data)
    walk.finish()
    return decode(BytesIO(data), transfer_syntax == IMPLICIT_LE, transfer_syntax != EXPLICIT_BE)


def performed_step(said: Dataset, sop_uid: str, source: str = "", *, new: bool = False) -> PerformedStep:
    """A data set of N-CREATE (``new``) or N-SET in core words. Raises ``Refused("bad_value" | "missing")``."""
    text = _text(said, "PerformedProcedureStepStatus").upper()
    try:
        state = PerformedState(text) if text else None
    except ValueError:
        raise Refused("bad_value", "no such state of a performed step") from None
    if new and state is None:
        raise Refused("missing", "a performed step without a state")
    if new and state is not PerformedState.IN_PROGRESS:  # F.7.2.1.2
        raise Refused("bad_value", "a performed step begins in progress")
    reason = next(iter(said.get("PerformedProcedureStepDiscontinuationReasonCodeSequence") or ()), Dataset())
    series = said.get("PerformedSeriesSequence")
    return PerformedStep(
        sop_uid=sop_uid,
        state=state,
        station_ae=_text(said, "PerformedStationAETitle"),
        source=source,
        started_at=_moment(said, "PerformedProcedureStepStartDate", "PerformedProcedureStepStartTime"),
        ended_at=_moment(said, "PerformedProcedureStepEndDate", "PerformedProcedureStepEndTime"),
        reason=_text(reason, "CodeValue") or _text(reason, "CodeMeaning")[:64],
        series=None if series is None else tuple(_series(item) for item in series),
        scheduled=tuple(
            Scheduled(
                _text(item, "StudyInstanceUID"),
                _text(item, "AccessionNumber"),
                _text(item, "ScheduledProcedureStepID"),
            )
            for item in said.get("ScheduledStepAttributesSequence") or ()
        ),
        patient_id=_text(said, "PatientID"),
        performed_id=_text(said, "PerformedProcedureStepID"),
    )


def _series(item: Dataset) -> PerformedSeries:
    objects = [
        _text(each, "ReferencedSOPInstanceUID")
        for sequence in ("ReferencedImageSequence", "ReferencedNonImageCompositeSOPInstanceSequence")
        for each in item.get(sequence) or ()
    ]
    return PerformedSeries(
        series_uid=_text(item, "SeriesInstanceUID"),
        modality=_text(item, "Modality"),
        description=_text(item, "SeriesDescription") or _text(item, "ProtocolName"),
        objects=tuple(dict.fromkeys(uid for uid in objects if uid)),
    )


def _moment(said: Dataset, day: str, clock: str) -> str:
    return (_text(said, day).replace(".", "") + _text(said, clock).split(".")[0].replace(":", ""))[:14]


def _text(said: Dataset, keyword: str) -> str:
    value: Any = said.get(keyword)
    return "" if value is None else str(value).strip()
