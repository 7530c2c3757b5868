"""The query SCP: C-FIND at patient, study, series and image level, patient root and study root (PS3.4 C.4.1, C.6).

An answer holds the keys that were asked for and the character set, nothing else. Keys that are not kept here come
back empty and make the answer a Pending FF01; sequences come back without items.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from pydicom.datadict import dictionary_VR
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom.dsutils import encode
from pynetdicom.presentation import PresentationContext, build_context

from kiosk.core.charset import downgrade
from kiosk.core.faults import Fault, Refused
from kiosk.core.image_query import FIELDS, UNIQUE, ImageQuery, at_or_above, match_for
from kiosk.core.names import NameProfile, person_name, profile_for_request, read_person_name
from kiosk.core.patient import Patient
from kiosk.core.words import N_
from kiosk.dicom.identifier import Identifier, read_identifier
from kiosk.dicom.nodes import OnceAMinute
from kiosk.dicom.query import FIND
from kiosk.dicom.quick_find import Finder, FindRequest
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.text import charset_terms, decode_text
from kiosk.dicom.upper_layer import Handlers, node_of

log = logging.getLogger(__name__)

SUCCESS, PENDING, PENDING_WITHOUT_KEY, MISMATCH, CANNOT_PROCESS, NO_RESOURCES = (
    0x0000, 0xFF00, 0xFF01, 0xA900, 0xC001, 0xA700,
)  # fmt: skip
LEVEL_OF = {"PATIENT": "patient", "STUDY": "study", "SERIES": "series", "IMAGE": "image", "INSTANCE": "image"}
CHARSET, LEVEL, TIME_ZONE = 0x00080005, 0x00080052, 0x00080201
AVAILABILITY, RETRIEVE_AE = 0x00080056, 0x00080054

FIELD_OF: dict[int, str] = {
    0x00100020: "patient_id", 0x00100021: "issuer", 0x00100010: "name", 0x00100040: "sex", 0x00100030: "birth_date",
    0x0020000D: "study_uid", 0x00080020: "study_date", 0x00080030: "study_time", 0x00080050: "accession",
    0x00080061: "modalities", 0x00081030: "study_description", 0x0020000E: "series_uid", 0x00080060: "modality",
    0x00200011: "series_number", 0x0008103E: "series_description", 0x00180015: "body_part",
    0x00080018: "sop_uid", 0x00080016: "sop_class", 0x00200013: "instance_number", 0x00280010: "rows",
    0x00280011: "columns", 0x00280008: "frames",
}  # fmt: skip
COUNT_OF: dict[int, str] = {
    0x00201200: "patient_studies", 0x00201202: "patient_series", 0x00201204: "patient_instances",
    0x00201206: "study_series", 0x00201208: "study_instances", 0x00201209: "series_instances",
    0x00080062: "sop_classes",
}  # fmt: skip
_COUNTED_AT = {"patient": "patient", "study": "study", "series": "series", "sop": "study"}
_TEXT_LENGTH = {"SH": 16, "LO": 64, "ST": 1024, "LT": 10240, "UT": 10240, "CS": 16}

Row = dict[str, Any]


class Index(Protocol):
    """What answers queries."""

    def rows(self, query: ImageQuery, at_most: int) -> Iterable[Row]:
        """The rows that match, no more than ``at_most``, by our field names. Raises Fault."""


@dataclass(frozen=True)
class ImagesAsked:
    """A query and its answers, for the log: counts and keys without names."""

    calling_ae: str
    level: str
    keys: tuple[str, ...]
    answers: int
    capped: bool
    took_ms: int
    trouble: str = ""


class QueryDoor:
    """Answers C-FIND over everything that is indexed; ``at_most`` answers to one query, then it ends (and is told)."""

    def __init__(
        self, index: Index, own_title: str, *, at_most: int = 10_000, told: Callable[[ImagesAsked], None] | None = None
    ) -> None:
        self._index = index
        self._own_title = own_title
        self._at_most = at_most
        self._told = told
        self._say = OnceAMinute()

    def contexts(self) -> list[PresentationContext]:
        return [build_context(model, [EXPLICIT_LE, IMPLICIT_LE, EXPLICIT_BE]) for model in FIND.values()]

    def handlers(self) -> Handlers:
        return []

    def finders(self) -> dict[str, Finder]:
        return dict.fromkeys(FIND.values(), self._find)

    def ended(self, assoc: Any) -> None:
        """Nothing is held for an association."""

    def _find(self, assoc: Any, request: FindRequest) -> Iterator[tuple[int, bytes]]:
        began, node = time.perf_counter(), node_of(assoc)
        keys: tuple[str, ...] = ()
        level, answers, capped, trouble = "", 0, False, "cancelled"
        try:
            asked = read_identifier(request.identifier, request.transfer_syntax)
            terms = charset_terms(asked.values.get((CHARSET,), b""))
            query, pending = read_image_query(asked, terms)
            level, keys = query.level, tuple(query.matches)
            profile = node.profile or profile_for_request(tuple(terms))
            teller = _Teller(asked, request.transfer_syntax, query.level, profile, self._own_title)
            for row in self._index.rows(query, self._at_most + 1):
                if answers == self._at_most:
                    capped = True
                    break
                yield pending, teller.answer(row)
                answers += 1
            trouble = ""
            yield SUCCESS, b""
        except Refused as why:
            trouble = str(why)
            yield MISMATCH, b""
        except Fault as why:  # the store is away: the asker shows an error instead of an empty list
            trouble = str(why)
            yield NO_RESOURCES, b""
        except GeneratorExit:
            raise
        except Exception:
            log.exception("an image query of %s failed", node.ae_title)
            trouble = "failed"
            yield CANNOT_PROCESS, b""
        finally:
            took_ms = round(1000 * (time.perf_counter() - began))
            self._tell(ImagesAsked(node.ae_title, level, keys, answers, capped, took_ms, trouble))

    def _tell(self, asked: ImagesAsked) -> None:
        if asked.capped and self._say(asked.calling_ae):
            log.warning("a query of %s matched more than %d; the rest was left out", asked.calling_ae, asked.answers)
        log.info(
            "%s asked at %s level by %s: %d answers in %d ms %s",
            asked.calling_ae, asked.level or "no", ", ".join(asked.keys) or "nothing", asked.answers, asked.took_ms,
            asked.trouble,
        )  # fmt: skip
        if self._told is not None:
            self._told(asked)


def read_image_query(asked: Identifier, terms: list[str]) -> tuple[ImageQuery, int]:
    """The query, and the pending status of its answers. Raises ``Refused("bad_key")`` where it makes no sense."""
    said = asked.values.get((LEVEL,), b"").decode("ascii", "replace").strip("\0 ").upper()
    level = LEVEL_OF.get(said)
    if level is None:
        raise Refused("bad_key", N_("The query names no level."))
    matches: dict[str, Any] = {}
    wanted, pending = set(), PENDING
    for path, raw in asked.values.items():
        tag = path[-1]
        if len(path) > 1 or tag in (LEVEL, CHARSET, TIME_ZONE):
            continue
        name = FIELD_OF.get(tag)
        if tag == AVAILABILITY:
            wanted.add("near")
        elif tag in COUNT_OF:
            wanted.add(COUNT_OF[tag])
        elif tag == RETRIEVE_AE:
            continue
        elif raw.strip(b"\0 *"):
            text = _text(tag, raw, terms)
            if name == "modality" and level in ("patient", "study"):  # asked so by many for Modalities in Study
                name = "modalities"
            if name is None or FIELDS[name][0] not in at_or_above("study" if level == "patient" else level):
                pending = PENDING_WITHOUT_KEY
            elif (match := match_for(name, text)) is not None:
                matches[name] = match
        elif name is None and tag & 0xFFFF:
            pending = PENDING_WITHOUT_KEY
    return ImageQuery(level, matches, frozenset(wanted)), pending


def _text(tag: int, raw: bytes, terms: list[str]) -> str:
    if FIELDS.get(FIELD_OF.get(tag, ""), ("", ""))[1] == "number" and dictionary_VR(tag) == "US":
        return str(int.from_bytes(raw[:2], "little"))
    return decode_text(raw, terms, "^=" if tag == 0x00100010 else "\\")[0].strip()


class _Teller:
    """Makes the answers of one query."""

    def __init__(
        self, asked: Identifier, transfer_syntax: str, level: str, profile: NameProfile, own_title: str
    ) -> None:
        self._profile = profile
        self._own_title = own_title
        self._level = level
        self._implicit, self._little = transfer_syntax == IMPLICIT_LE, transfer_syntax != EXPLICIT_BE
        self._asked: list[tuple[int, str]] = []
        for tag, vr, _ in asked.shape:
            if tag not in (CHARSET, TIME_ZONE) and tag >> 16 & 1 == 0 and tag & 0xFFFF:
                self._asked.append((tag, _vr_of(tag, vr)))
        self._terms = list(profile.charset.terms)
        self._terms_asked = any(tag == CHARSET for tag, *_ in asked.shape)

    def answer(self, row: Row) -> bytes:
        answer = Dataset()
        for tag, vr in self._asked:
            if vr == "SQ":
                answer[tag] = DataElement(tag, vr, Sequence([]))
            else:
                answer[tag] = DataElement(tag, vr, self._value(tag, vr, row))
        answer[LEVEL] = DataElement(LEVEL, "CS", self._level.upper())
        if self._terms or self._terms_asked:  # said whenever it was asked for: some show nothing without it
            answer.SpecificCharacterSet = self._terms if len(self._terms) > 1 else "".join(self._terms)
        encoded = encode(answer, self._implicit, self._little)
        if encoded is None:
            raise ValueError("an answer that cannot be encoded")
        return encoded

    def _value(self, tag: int, vr: str, row: Row) -> Any:
        if tag == 0x00100010:
            return _name(row, self._profile) or None
        if tag == RETRIEVE_AE:
            return self._own_title
        if tag == AVAILABILITY:
            return "NEARLINE" if row.get("near") else "ONLINE"
        name = FIELD_OF.get(tag) or COUNT_OF.get(tag, "")
        value = row.get("modalities" if name == "modality" and "modality" not in row else name)
        if value is None or value == "":
            return None
        if vr in ("US", "IS"):
            return int(value) if not isinstance(value, int) else value
        text = str(value)
        if "\\" in text and name in ("modalities", "sop_classes"):
            return text.split("\\")
        if vr in _TEXT_LENGTH:
            text = downgrade(text, self._profile.charset).text[: _TEXT_LENGTH[vr]].strip()
        return text or None


def _vr_of(tag: int, said: bytes) -> str:
    try:
        vr: str = dictionary_VR(tag)
    except KeyError:
        vr = said.decode("ascii", "replace") or "UN"
    return vr.split(" ")[0]


def _name(row: Row, profile: NameProfile) -> str:
    kanji, kana, romaji = read_person_name((row["name_0"], row["name_1"], row["name_2"]))
    if not (kanji or kana or romaji):
        return ""
    return person_name(Patient("", row["patient_id"], kanji, kana, romaji), profile).text


def unique_keys(values: Mapping[tuple[int, ...], bytes], level: str) -> dict[str, str]:
    """The unique keys at ``level`` and above it. Raises ``Refused("bad_key")`` where there is none for the level."""
    keys = {}
    for each in at_or_above(level):
        tag = next(tag for tag, name in FIELD_OF.items() if name == UNIQUE[each])
        text = decode_text(values.get((tag,), b""), [], "\\")[0].strip("\0 ")
        if text:
            keys[UNIQUE[each]] = text
    if not keys.get(UNIQUE[level]) or set(keys[UNIQUE[level]]) <= {"*", "?", "\\"}:
        raise Refused("bad_key", N_("The retrieval names nothing at its level."))
    return keys
