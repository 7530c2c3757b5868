"""The modality worklist SCP: a query becomes core keys, the steps that match become answers (PS3.4 K.4.1)."""

from __future__ import annotations

import itertools
import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple

from pydicom.dataset import Dataset
from pynetdicom.dsutils import decode, encode
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import ModalityWorklistInformationFind  # type: ignore[attr-defined]

from kiosk.core.faults import Fault, Refused
from kiosk.core.names import NameProfile, profile_for_request
from kiosk.core.worklist_index import Chosen, Listed, Scheduled
from kiosk.core.worklist_query import LeftOut, WorklistQuery, with_days_around, with_known_station
from kiosk.dicom.identifier import Identifier, Shape, unreadable
from kiosk.dicom.nodes import Node, OnceAMinute
from kiosk.dicom.quick_find import Finder, FindRequest
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.upper_layer import Handlers, node_of
from kiosk.dicom.worklist_answer import answer_to
from kiosk.dicom.worklist_keys import all_supported, query_of, read_query

log = logging.getLogger(__name__)

SUCCESS, PENDING, PENDING_WITHOUT_KEY, MISMATCH, CANNOT_PROCESS, NO_RESOURCES = (
    0x0000, 0xFF00, 0xFF01, 0xA900, 0xC001, 0xA700,
)  # fmt: skip
MOST_FORMS = 48  # ways of asking that answers are kept for; a centre has one or two a device
MOST_READ = 256


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
    left_out: tuple[LeftOut, ...] = ()  # of the examinee that it asked for
    seen_at: str = ""  # the store was away: the list is of that moment


class Answered(NamedTuple):
    encoded: bytes
    lost: bool  # of the name


@dataclass
class _Form:
    """One way of asking: which keys, by whom, in which character set. A row's answer under it is always the same."""

    number: int
    asked: Dataset
    transfer_syntax: str
    profile: NameProfile
    calling_ae: str
    modality: str  # told instead of the scheduled one; empty: as scheduled

    def answer(self, step: Scheduled, issuer: str) -> Answered:
        known: Answered | None = step.answers.get(self.number)
        if known is None:
            known = self.made(step, issuer)
            if len(step.answers) >= MOST_FORMS:  # forms that nobody uses any more
                step.answers.clear()
            step.answers[self.number] = known
        return known

    def made(self, step: Scheduled, issuer: str) -> Answered:
        """Encoded anew."""
        row = step.row
        row = replace(row, station_ae=row.station_ae or self.calling_ae, modality=self.modality or row.modality)
        implicit, little = self.transfer_syntax == IMPLICIT_LE, self.transfer_syntax != EXPLICIT_BE
        try:
            answer, lost = answer_to(self.asked, row, self.profile, issuer)
            encoded = encode(answer, implicit, little)
        except Exception as why:  # pydicom stumbles in many ways over keys that are no DICOM
            raise unreadable() from why
        if encoded is None:
            raise unreadable()
        return Answered(encoded, lost)


@dataclass
class _Telling:
    """What is known of a query when it is over, for the log."""

    keys: dict[str, str] = field(default_factory=dict)
    chosen: Chosen = field(default_factory=Chosen)
    profile: NameProfile = NameProfile()
    downgraded: list[str] = field(default_factory=list)
    answers: int = 0
    trouble: str = "cancelled"  # unless it comes to its end
    seen_at: str = ""


@dataclass
class WorklistDoor:
    """Answers C-FIND on the modality worklist. ``steps(query)`` gives at least the steps that may match."""

    steps: Callable[[WorklistQuery], Listed]
    told: Callable[[WorklistAsked], None] | None = None
    days_without_date: int = 1
    today: Callable[[], date] = date.today
    issuer: str = ""
    first: Callable[[str], int] = lambda ae_title: 0  # the visit that this console is offered first; 0 = none
    _forms: OrderedDict[Any, _Form] = field(default_factory=OrderedDict)
    _read: OrderedDict[Any, tuple[Identifier, dict[str, str], list[str]]] = field(default_factory=OrderedDict)
    _numbers: Iterator[int] = field(default_factory=itertools.count)
    _lock: Lock = field(default_factory=Lock)
    _say_old: OnceAMinute = field(default_factory=OnceAMinute)

    def contexts(self) -> list[PresentationContext]:
        return [build_context(ModalityWorklistInformationFind, [EXPLICIT_LE, IMPLICIT_LE, EXPLICIT_BE])]

    def handlers(self) -> Handlers:
        return []

    def finders(self) -> dict[str, Finder]:
        return {str(ModalityWorklistInformationFind): self.find}

    def ended(self, assoc: Any) -> None:
        """Nothing is held for an association."""

    def find(self, assoc: Any, request: FindRequest) -> Iterator[tuple[int, bytes]]:
        """The answers of one query, encoded."""
        began = time.perf_counter()
        node = node_of(assoc)
        telling = _Telling(profile=node.profile or NameProfile())
        try:
            yield from self._answers(node, request, telling)
            telling.trouble = ""
            status = SUCCESS
        except Refused as why:
            cause = type(why.__cause__).__name__ if why.__cause__ else why.reason
            log.warning("a worklist query of %s makes no sense: %s", node.ae_title, cause)
            telling.trouble = str(why)
            status = MISMATCH if why.reason == "bad_key" else CANNOT_PROCESS
        except Fault as why:  # the store is away and nothing is remembered: an error instead of an empty list
            telling.trouble = str(why)
            status = NO_RESOURCES
        except Exception:
            log.exception("a worklist query of %s failed", node.ae_title)
            telling.trouble = "failed"
            status = CANNOT_PROCESS
        finally:
            self._tell(assoc, node, telling, began)
        yield status, b""

    def _answers(self, node: Node, request: FindRequest, telling: _Telling) -> Iterator[tuple[int, bytes]]:
        asked, telling.keys, terms = self._query_read(request)
        telling.profile = node.profile or profile_for_request(tuple(terms))
        query = query_of(telling.keys, node.ae_title, dict(node.also))
        query = with_days_around(query, self.today(), self.days_without_date)
        listed = self.steps(query)
        telling.seen_at = listed.seen_at
        query = with_known_station(query, listed.index.stations(), node.station_ae)
        telling.chosen = listed.index.choose(query, node.most_answers)
        form = self._form(asked.shape, request, node, telling)
        pending = PENDING if all_supported(asked) else PENDING_WITHOUT_KEY
        first = self.first(node.ae_title)
        for step in (
            sorted(telling.chosen.steps, key=lambda each: each.row.visit != first) if first else (telling.chosen.steps)
        ):
            answer = form.answer(step, self.issuer)
            if answer.lost:
                telling.downgraded.append(step.row.patient.patient_id)
            telling.answers += 1
            yield pending, answer.encoded

    def _query_read(self, request: FindRequest) -> tuple[Identifier, dict[str, str], list[str]]:
        """Consoles repeat themselves: what was read of one identifier is kept."""
        key = (request.transfer_syntax, request.identifier)
        with self._lock:
            known = self._read.get(key)
        if known is None:
            known = read_query(request.identifier, request.transfer_syntax)
            with self._lock:
                self._read[key] = known
                if len(self._read) > MOST_READ:
                    self._read.popitem(last=False)
        return known

    def _form(self, shape: Shape, request: FindRequest, node: Node, telling: _Telling) -> _Form:
        modality = telling.keys.get("modality", "").upper() if node.as_asked else ""
        modality = modality if modality.isalnum() else ""
        key = (shape, request.transfer_syntax, telling.profile, node.ae_title, modality)
        with self._lock:
            form = self._forms.get(key)
            if form is not None:
                self._forms.move_to_end(key)
                return form
        implicit, little = request.transfer_syntax == IMPLICIT_LE, request.transfer_syntax != EXPLICIT_BE
        try:
            asked = decode(BytesIO(request.identifier), implicit, little)
        except Exception as why:
            raise unreadable() from why
        with self._lock:
            form = _Form(next(self._numbers), asked, request.transfer_syntax, telling.profile, node.ae_title, modality)
            self._forms[key] = form
            if len(self._forms) > MOST_FORMS:
                self._forms.popitem(last=False)
        return form

    def _tell(self, assoc: Any, node: Node, telling: _Telling, began: float) -> None:
        if telling.downgraded:
            log.info("names downgraded for %s: %d", node.ae_title, len(telling.downgraded))
        if telling.seen_at and (times := self._say_old(node.ae_title)):
            told = "the store is away: %s is told the worklist as it was at %s (%d times)"
            log.warning(told, node.ae_title, telling.seen_at, times)
        if self.told is None:
            return
        shown = {key: ("*" if key == "name" else value) for key, value in telling.keys.items() if value}
        self.told(
            WorklistAsked(
                node.ae_title,
                assoc.requestor.address,
                shown,
                telling.answers,
                telling.chosen.kept_out,
                telling.chosen.capped,
                tuple(telling.downgraded),
                telling.profile.charset.value,
                round(1000 * (time.perf_counter() - began)),
                telling.trouble,
                tuple(telling.chosen.left_out),
                telling.seen_at,
            )
        )
