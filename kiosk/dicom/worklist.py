"""The modality worklist SCP: a query becomes core keys, the steps that match become answers (PS3.4 K.4.1)."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

from pydicom.dataset import Dataset
from pynetdicom import evt
from pynetdicom.dsutils import decode
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from kiosk.core.faults import Fault, Refused
from kiosk.core.names import NameProfile, profile_for_request
from kiosk.core.worklist_query import (
    Chosen,
    Span,
    WorklistQuery,
    WorklistRow,
    choose,
    date_span,
    time_span,
    with_days_around,
    with_known_station,
)
from kiosk.dicom.nodes import Node
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE, Path_, Walk
from kiosk.dicom.text import charset_terms, decode_text
from kiosk.dicom.upper_layer import Handlers, node_of
from kiosk.dicom.worklist_answer import STEP_SEQUENCE, answer_to

log = logging.getLogger(__name__)

PENDING, PENDING_WITHOUT_KEY, CANCELLED, MISMATCH, CANNOT_PROCESS, NO_RESOURCES = (
    0xFF00, 0xFF01, 0xFE00, 0xA900, 0xC001, 0xA700,
)  # fmt: skip

# Matching keys that we support, by path; anything else asked with a value is answered as Pending FF01.
_KEYS: dict[str, Path_] = {
    "date": (STEP_SEQUENCE, 0x00400002), "time": (STEP_SEQUENCE, 0x00400003), "modality": (STEP_SEQUENCE, 0x00080060),
    "station_ae": (STEP_SEQUENCE, 0x00400001), "step_id": (STEP_SEQUENCE, 0x00400009),
    "status": (STEP_SEQUENCE, 0x00400020), "patient_id": (0x00100020,), "name": (0x00100010,),
    "accession": (0x00080050,), "requested_procedure_id": (0x00401001,), "study_uid": (0x0020000D,),
    "birth_date": (0x00100030,), "sex": (0x00100040,),
}  # fmt: skip
_CHARSET_PATH: Path_ = (0x00080005,)


@dataclass(frozen=True)
class WorklistAsked:
    """What a device asked and was told, for the log that a person reads. Patient names are not in it."""

    calling_ae: str
    address: str
    keys: dict[str, str]
    answers: int
    kept_out: dict[str, int]
    capped: bool
    downgraded: tuple[str, ...]  # patient IDs whose name had characters that the device cannot show
    charset: str
    took_ms: int
    trouble: str = ""


@dataclass
class WorklistDoor:
    """Answers C-FIND on the modality worklist. ``steps(query)`` yields at least the rows that may match."""

    steps: Callable[[WorklistQuery], Iterable[WorklistRow]]
    known_stations: Callable[[], Iterable[str]] = tuple
    told: Callable[[WorklistAsked], None] | None = None
    days_without_date: int = 1
    today: Callable[[], date] = date.today
    issuer: str = ""

    def contexts(self) -> list[PresentationContext]:
        return [build_context(ModalityWorklistInformationFind, [EXPLICIT_LE, IMPLICIT_LE, EXPLICIT_BE])]

    def handlers(self) -> Handlers:
        return [(evt.EVT_C_FIND, self._find)]

    def ended(self, assoc: Any) -> None:
        """Nothing is held for an association."""

    def _find(self, event: Any) -> Iterator[tuple[int, Dataset | None]]:
        began = time.perf_counter()
        node = node_of(event.assoc)
        keys: dict[str, str] = {}
        chosen, downgraded, answers, trouble = Chosen(), [], 0, ""
        profile = node.profile or NameProfile()
        try:
            asked, keys, terms = read_query(event.request.Identifier.getvalue(), event.context.transfer_syntax)
            profile = node.profile or profile_for_request(tuple(terms))
            query = self._query(keys, node)
            chosen = choose(self.steps(query), query, node.most_answers)
            pending = PENDING if all_supported(asked) else PENDING_WITHOUT_KEY
            for row in chosen.rows:
                if event.is_cancelled:
                    trouble = "cancelled"
                    yield CANCELLED, None
                    return
                answer, lost = answer_to(asked, row, profile, self.issuer)
                if lost:
                    downgraded.append(row.patient.patient_id)
                answers += 1
                yield pending, answer
        except Refused as why:
            trouble = str(why)
            yield (MISMATCH if why.reason == "bad_key" else CANNOT_PROCESS), None
        except Fault as why:  # the store is away: the device shows an error instead of an empty list
            trouble = str(why)
            yield NO_RESOURCES, None
        except Exception:
            log.exception("a worklist query of %s failed", node.ae_title)
            trouble = "failed"
            yield CANNOT_PROCESS, None
        finally:
            self._tell(event, node, keys, chosen, downgraded, profile, began, trouble, answers)

    def _query(self, keys: dict[str, str], node: Node) -> WorklistQuery:
        query = query_of(keys, node.ae_title)
        query = with_known_station(query, self.known_stations(), node.station_ae)
        return with_days_around(query, self.today(), self.days_without_date)

    def _tell(
        self,
        event: Any,
        node: Node,
        keys: dict[str, str],
        chosen: Chosen,
        downgraded: list[str],
        profile: NameProfile,
        began: float,
        trouble: str,
        answers: int,
    ) -> None:
        if downgraded:
            log.info("names downgraded for %s: %d", node.ae_title, len(downgraded))
        if self.told is None:
            return
        shown = {key: ("*" if key == "name" else value) for key, value in keys.items() if value}
        took_ms = round(1000 * (time.perf_counter() - began))
        self.told(
            WorklistAsked(
                node.ae_title,
                event.assoc.requestor.address,
                shown,
                answers,
                chosen.kept_out,
                chosen.capped,
                tuple(downgraded),
                profile.charset.value,
                took_ms,
                trouble,
            )  # fmt: skip
        )


def read_query(encoded: bytes, transfer_syntax: str) -> tuple[Dataset, dict[str, str], list[str]]:
    """The identifier as asked, its keys as text, and its character set terms. Raises ``Refused`` where unsound."""
    walk = Walk(transfer_syntax, [*_KEYS.values(), _CHARSET_PATH])
    walk.feed(encoded)
    found = walk.finish()
    terms = charset_terms(found.get(_CHARSET_PATH, b""))
    keys = {}
    for key, path in _KEYS.items():
        if path in found:
            keys[key] = decode_text(found[path], terms, "^=" if key == "name" else "\\")[0].strip()
    asked = decode(BytesIO(encoded), transfer_syntax == IMPLICIT_LE, transfer_syntax != EXPLICIT_BE)
    return asked, keys, terms


def query_of(keys: dict[str, str], calling_ae: str = "") -> WorklistQuery:
    """Core keys from the texts of the request. Raises ``Refused("bad_key")`` for a date or time that is none."""

    def values(key: str) -> tuple[str, ...]:
        parts = (part.strip() for part in keys.get(key, "").split("\\"))
        return tuple(part for part in parts if part and part != "*")

    return WorklistQuery(
        dates=date_span(keys.get("date", "")),
        times=time_span(keys.get("time", "")),
        modalities=values("modality"),
        station_ae=next(iter(values("station_ae")), ""),
        patient_id=keys.get("patient_id", ""),
        name=keys.get("name", ""),
        accession=keys.get("accession", ""),
        requested_procedure_id=keys.get("requested_procedure_id", ""),
        study_uids=values("study_uid"),
        step_id=keys.get("step_id", ""),
        birth_date=date_span(keys.get("birth_date", "")) if keys.get("birth_date") else Span(),
        sex=keys.get("sex", ""),
        status=keys.get("status", ""),
        calling_ae=calling_ae,
    )


def all_supported(asked: Dataset) -> bool:
    """Is every key that has a value one that we match on?"""
    supported = {path[-1] for path in _KEYS.values()} | {0x00080005}
    for element in asked:
        if element.VR == "SQ":
            if any(not all_supported(item) for item in element.value):
                return False
        elif not element.is_empty and int(element.tag) not in supported:
            return False
    return True
