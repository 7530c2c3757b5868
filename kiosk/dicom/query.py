"""The query client: C-FIND at patient, study, series and image level, answered as decoded text (PS3.4 C.4.1).

Every answer is read by its own character set, mended where that lies; what can't be matched at the server is not
filtered here. ``QueryLine`` keeps one association for several queries, ``find`` is one query.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from types import TracebackType
from typing import Any

from pydicom.datadict import dictionary_VR, keyword_for_tag
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset
from pynetdicom.dimse_primitives import C_FIND
from pynetdicom.dsutils import decode
from pynetdicom.presentation import PresentationContext, build_context
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from kiosk.core.charset import Charset, downgrade, encodable
from kiosk.core.faults import LinkLost
from kiosk.core.words import N_
from kiosk.dicom.nodes import Node
from kiosk.dicom.question import CANCELLED, SUCCESS, Question, part
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.text import charset_terms, decode_text
from kiosk.dicom.upper_layer import call

MOST_ROWS = 2000
SILENCE_S = 30.0
LEVELS = ("PATIENT", "STUDY", "SERIES", "IMAGE")
ROOTS = ("patient", "study")
FIND = {"patient": "1.2.840.10008.5.1.4.1.2.1.1", "study": "1.2.840.10008.5.1.4.1.2.2.1"}

_OF_PATIENT = ("PatientID", "PatientName", "IssuerOfPatientID", "PatientBirthDate", "PatientSex")
RETURNED: dict[str, tuple[str, ...]] = {
    "PATIENT": (*_OF_PATIENT, "NumberOfPatientRelatedStudies", "NumberOfPatientRelatedInstances"),
    "STUDY": (
        "StudyInstanceUID", "StudyDate", "StudyTime", "AccessionNumber", "StudyID", "StudyDescription",
        "ModalitiesInStudy", "NumberOfStudyRelatedSeries", "NumberOfStudyRelatedInstances", "ReferringPhysicianName",
        "RetrieveAETitle", "InstanceAvailability",
    ),
    "SERIES": (
        "StudyInstanceUID", "SeriesInstanceUID", "Modality", "SeriesNumber", "SeriesDescription", "BodyPartExamined",
        "SeriesDate", "NumberOfSeriesRelatedInstances", "RetrieveAETitle", "InstanceAvailability",
    ),
    "IMAGE": (
        "StudyInstanceUID", "SeriesInstanceUID", "SOPInstanceUID", "SOPClassUID", "InstanceNumber", "NumberOfFrames",
        "Rows", "Columns", "RetrieveAETitle", "InstanceAvailability",
    ),
}  # fmt: skip
_TEXT_VRS = frozenset({"AE", "AS", "CS", "DA", "DS", "DT", "IS", "LO", "LT", "PN", "SH", "ST", "TM", "UC", "UI", "UR",
                       "UT"})  # fmt: skip


@dataclass(frozen=True)
class Found:
    """The answers, by DICOM keyword, and whether that is all of them: not so after ``at_most`` rows or a stop."""

    rows: list[dict[str, str]]
    complete: bool


class QueryLine:
    """An association for queries of one root. Used in one thread."""

    def __init__(
        self, own_title: str, node: Node, root: str = "study", *, answer_s: float = 15.0, silence_s: float = SILENCE_S
    ) -> None:
        """Calls; raises LinkLost with the peer's name where nobody answers within ``answer_s``, or it refuses us.
        ``silence_s``: the longest wait for one answer."""
        self.root = root
        self._node = node
        self._whom = node.title or node.ae_title
        self._silence_s = silence_s
        self._assoc = call(own_title, node, contexts(FIND[root]), answer_s=answer_s)

    def __enter__(self) -> QueryLine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, why: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        part(self._assoc)

    def find(
        self,
        level: str,
        keys: Mapping[str, str],
        *,
        stop: threading.Event | None = None,
        at_most: int = MOST_ROWS,
        on_row: Callable[[dict[str, str]], None] | None = None,
    ) -> Found:
        """See ``find``."""
        asked = identifier(level, keys, self._node, self.root)
        blank = dict.fromkeys((element.keyword for element in asked), "")  # servers leave out what they don't know
        question = Question(
            self._assoc, self._whom, FIND[self.root], C_FIND(), asked, silence_s=self._silence_s, stop=stop
        )
        rows: list[dict[str, str]] = []
        complete = False
        for answer in question.answers():
            if answer.pending:
                if len(rows) >= at_most:  # one more than that is known to be there, so this is not all
                    question.cancel()
                    continue
                rows.append(blank | row_of(answer.identifier, answer.transfer_syntax))
                if on_row is not None:
                    on_row(rows[-1])
            elif answer.status == SUCCESS:
                complete = len(rows) <= at_most and not question.called_off
            elif answer.status != CANCELLED:
                raise could_not_answer(self._whom, answer.status)
        return Found(rows, complete)


def find(
    own_title: str,
    node: Node,
    level: str,
    keys: Mapping[str, str],
    *,
    root: str = "",
    stop: threading.Event | None = None,
    at_most: int = MOST_ROWS,
    deadline_s: float = SILENCE_S,
    on_row: Callable[[dict[str, str]], None] | None = None,
) -> Found:
    """Ask ``node`` for what matches ``keys`` (DICOM keyword -> value; what is empty is only returned).

    ``level``: PATIENT, STUDY, SERIES, IMAGE; below the top level ``keys`` hold the UIDs above it. The usual return
    keys of the level are asked for too (``RETURNED``). ``root``: patient or study; left out: patient for the patient
    level, else study. Names come as DICOM writes them: ``YAMADA^TARO=山田^太郎``; several values parted by ``\\``.
    ``deadline_s``: the longest silence, at the call and before each answer. Raises LinkLost (with the peer's name)
    and Refused where the peer is no query server.
    """
    chosen = root or ("patient" if level == "PATIENT" else "study")
    with QueryLine(own_title, node, chosen, answer_s=min(15.0, deadline_s), silence_s=deadline_s) as line:
        return line.find(level, keys, stop=stop, at_most=at_most, on_row=on_row)


def contexts(model: str) -> list[PresentationContext]:
    """What is proposed for ``model``: C-ECHO too, so that a server without it takes the call and can be told so."""
    return [build_context(each, [EXPLICIT_LE, IMPLICIT_LE]) for each in (model, Verification)]


def could_not_answer(whom: str, status: int) -> LinkLost:
    """The peer answered that it failed: its status is told, for its maker."""
    return LinkLost(
        whom,
        N_("{whom} could not answer the query (status {status})."),
        N_("Try again in a moment; if it stays, call whoever looks after it."),
        status=f"{status:04X}",
    )


def identifier(level: str, keys: Mapping[str, str], node: Node, root: str) -> Dataset:
    """The query as a data set, in a character set that holds it: that of the node, else kanji, else UTF-8."""
    wanted = RETURNED[level]
    if level == "STUDY" and root == "study":  # the patient is part of the study in this model (PS3.4 C.6.2.1)
        wanted = (*_OF_PATIENT, *wanted)
    asked = {**dict.fromkeys(wanted, ""), **keys}
    if level == "STUDY" and root == "patient":
        asked.setdefault("PatientID", "")
    text = "".join(asked.values()).replace("\\", "")
    charset = node.profile.charset if node.profile is not None else Charset.KANJI
    if not encodable(text, charset) and (node.profile is None or not charset.holds_kanji):
        charset = Charset.UTF8
    ds = Dataset()
    ds.QueryRetrieveLevel = level
    terms = list(charset.terms)
    ds.SpecificCharacterSet = terms if len(terms) > 1 else "".join(terms)
    for keyword, value in asked.items():
        if not encodable(value.replace("\\", ""), charset):
            value = "\\".join(downgrade(each, charset).text for each in value.split("\\"))
        setattr(ds, keyword, value.split("\\") if "\\" in value else value or None)
    return ds


def row_of(encoded: bytes, transfer_syntax: str) -> dict[str, str]:
    """One answer as text by keyword; sequences and what has no keyword are left out."""
    ds = decode(BytesIO(encoded), transfer_syntax == IMPLICIT_LE, transfer_syntax != EXPLICIT_BE)
    terms = charset_terms(_bytes_of(ds, 0x00080005))
    row = {}
    for tag in ds.keys():
        keyword = keyword_for_tag(tag)
        if not keyword:
            continue
        element: Any = ds.get_item(tag)
        vr = element.VR or dictionary_VR(tag)
        if vr == "SQ":
            continue
        if isinstance(element, RawDataElement) and vr in _TEXT_VRS:
            said, _ = decode_text(element.value or b"", terms, "^=" if vr == "PN" else "\\")
            row[keyword] = said.strip("\0 ")
        else:
            row[keyword] = _plain(ds[tag].value)
    return row


def _bytes_of(ds: Dataset, tag: int) -> bytes:
    element: Any = ds.get_item(tag) if tag in ds else None
    value = getattr(element, "value", None)
    return value if isinstance(value, bytes) else b""


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\\".join(str(each) for each in value)
    return str(value)
