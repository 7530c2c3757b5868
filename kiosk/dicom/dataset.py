"""Data sets become core facts here: the header facts of an image, from the elements kept by the soundness walk."""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.faults import Refused
from kiosk.core.study import ImageFacts
from kiosk.core.words import N_
from kiosk.dicom.part10 import open_part10
from kiosk.dicom.soundness import Path_, Walk, valid_uid, walk_file
from kiosk.dicom.text import charset_terms, decode_text, person_name

CHARSET, NAME, FRAMES, ROWS, COLUMNS = 0x00080005, 0x00100010, 0x00280008, 0x00280010, 0x00280011
SOP_CLASS, SOP_UID, STUDY_UID, SERIES_UID = 0x00080016, 0x00080018, 0x0020000D, 0x0020000E
STUDY_DATE, STUDY_TIME, ACCESSION, MODALITY = 0x00080020, 0x00080030, 0x00080050, 0x00080060
PATIENT_ID, ISSUER, BIRTH_DATE, SEX = 0x00100020, 0x00100021, 0x00100030, 0x00100040
STUDY_DESCRIPTION, SERIES_DESCRIPTION, BODY_PART = 0x00081030, 0x0008103E, 0x00180015
SERIES_NUMBER, INSTANCE_NUMBER = 0x00200011, 0x00200013
REQUEST_ATTRIBUTES, VIEW_CODE, CODE_MEANING = 0x00400275, 0x00540220, 0x00080104

_HINTS: dict[str, Path_] = {
    "ViewPosition": (0x00185101,),
    "ImageLaterality": (0x00200062,),
    "Laterality": (0x00200060,),
    "PatientOrientation": (0x00200020,),
    "BodyPartExamined": (BODY_PART,),
    "ViewCodeSequence": (VIEW_CODE, CODE_MEANING),
    "SeriesDescription": (SERIES_DESCRIPTION,),
    "ProtocolName": (0x00181030,),
}
_SINGLE = (
    CHARSET, NAME, FRAMES, ROWS, COLUMNS, SOP_CLASS, SOP_UID, STUDY_UID, SERIES_UID, STUDY_DATE, STUDY_TIME, ACCESSION,
    MODALITY, PATIENT_ID, ISSUER, BIRTH_DATE, SEX, STUDY_DESCRIPTION, SERIES_DESCRIPTION, BODY_PART, SERIES_NUMBER,
    INSTANCE_NUMBER,
)  # fmt: skip
WANTED: frozenset[Path_] = frozenset(
    {(tag,) for tag in _SINGLE} | set(_HINTS.values()) | {(REQUEST_ATTRIBUTES, ACCESSION), (VIEW_CODE, CHARSET)}
)


@dataclass(frozen=True)
class RequestFacts:
    """What was said beside the data set: by the C-STORE command and its association, or by a file's meta."""

    sop_class: str = ""
    sop_uid: str = ""
    transfer_syntax: str = ""
    source: str = ""
    binding: bool = True  # a command must name its data set exactly; a file's meta may be wrong


def facts_of(found: Mapping[Path_, bytes], request: RequestFacts, order: str = "<") -> ImageFacts:
    """The facts of one image. Raises ``Refused("bad_uid" | "mismatch")``; whatever else looks wrong is a doubt.

    An image without Study or Series UID is kept, never dropped: it is filed under one made from what it says of
    itself, so that only images that belong together meet, and ``doubts`` names it.
    """
    reader = _Reader(found, order)
    sop_uid, sop_class = reader.uid(SOP_UID), reader.uid(SOP_CLASS)
    sop_uid = reader.agreed("SOPInstanceUID", sop_uid, request.sop_uid, request.binding)
    sop_class = reader.agreed("SOPClassUID", sop_class, request.sop_class, request.binding and bool(sop_class))
    study_uid, series_uid = reader.uid(STUDY_UID), reader.uid(SERIES_UID)
    modality = reader.text(MODALITY).upper()
    if not re.fullmatch(r"[A-Z0-9_]{1,16}", modality):
        modality = ""
        reader.doubts.append("no_modality")
    name, guessed = person_name(reader.raw(NAME), reader.terms)
    if guessed:
        reader.doubts.append("charset_guessed")
    accession = reader.text(ACCESSION) or reader.text(REQUEST_ATTRIBUTES, ACCESSION)
    patient_id, study_date = reader.text(PATIENT_ID), reader.date(STUDY_DATE)
    if not study_uid:
        reader.doubts.append("no_study_uid")
        study_uid = _made_uid("study", patient_id, study_date, accession, modality, request.source)
    if not series_uid:
        reader.doubts.append("no_series_uid")
        series_uid = _made_uid("series", study_uid, modality, str(reader.number(SERIES_NUMBER)))
    return ImageFacts(
        sop_uid=sop_uid,
        sop_class=sop_class,
        study_uid=study_uid,
        series_uid=series_uid,
        modality=modality,
        patient_id=patient_id,
        issuer=reader.text(ISSUER),
        name=name,
        sex=reader.text(SEX)[:1].upper(),
        birth_date=reader.date(BIRTH_DATE),
        study_date=study_date,
        study_time=reader.text(STUDY_TIME).replace(":", ""),
        accession=accession,
        study_description=reader.text(STUDY_DESCRIPTION),
        series_number=reader.number(SERIES_NUMBER),
        series_description=reader.text(SERIES_DESCRIPTION),
        body_part=reader.text(BODY_PART),
        instance_number=reader.number(INSTANCE_NUMBER),
        frames=max(1, reader.number(FRAMES) or 1),
        rows=reader.short(ROWS),
        columns=reader.short(COLUMNS),
        transfer_syntax=request.transfer_syntax,
        charset="\\".join(reader.terms),
        source=request.source,
        view_hints={hint: said for hint, path in _HINTS.items() if (said := reader.text(*path))},
        doubts=tuple(dict.fromkeys(reader.doubts)),
    )


def _made_uid(*what: str) -> str:
    digest = hashlib.sha256("\0".join(what).encode("utf-8", "surrogatepass")).digest()
    return f"2.25.{int.from_bytes(digest[:16], 'big')}"


def facts_of_walk(walk: Walk, request: RequestFacts) -> ImageFacts:
    return facts_of(walk.found, request, walk.orders.get((ROWS,), "<"))


def facts_of_file(path: Path, source: str = "") -> ImageFacts:
    """The facts of a Part 10 file (or a bare data set); it is walked whole, so a sound file is proven too."""
    opened = open_part10(path)
    walk = walk_file(path, opened.offset, opened.transfer_syntax, WANTED)
    said = RequestFacts(opened.sop_class, opened.sop_uid, opened.transfer_syntax, source, binding=False)
    return facts_of_walk(walk, said)


_SENDER = N_("Send it again from the device; if it stays, call its maker.")


class _Reader:
    """Values by tag, decoded; collects doubts on the way."""

    def __init__(self, found: Mapping[Path_, bytes], order: str) -> None:
        self._found = found
        self._order = order
        self.doubts: list[str] = []
        self.terms = charset_terms(self.raw(CHARSET))

    def raw(self, *path: int) -> bytes:
        return self._found.get(path, b"")

    def uid(self, tag: int) -> str:
        text = self.raw(tag).decode("ascii", "replace").strip("\0 ")
        if text and not valid_uid(text):
            keyword = f"{tag:08X}"
            raise Refused("bad_uid", N_("The image has no valid identifier ({keyword})."), _SENDER, keyword=keyword)
        return text

    def agreed(self, keyword: str, in_data_set: str, said: str, binding: bool) -> str:
        """One identifier from two places. PS3.4 B.2.3: 0xA900 where the data set is not what the command announced."""
        if binding and said and in_data_set != said:
            raise Refused(
                "mismatch", N_("The image is not the one that was announced ({keyword})."), _SENDER, keyword=keyword
            )
        if not valid_uid(in_data_set or said):
            raise Refused("bad_uid", N_("The image has no valid identifier ({keyword})."), _SENDER, keyword=keyword)
        if said and in_data_set != said:
            self.doubts.append("meta_mismatch")
        return in_data_set or said

    def text(self, *path: int) -> str:
        raw = self.raw(*path)
        said, guessed = decode_text(raw, self.terms)
        if guessed:
            self.doubts.append("charset_guessed")
        return "".join(each for each in said if each.isprintable()).strip()

    def date(self, tag: int) -> str:
        said = self.text(tag)
        bare = said.replace(".", "").replace("-", "").replace("/", "")
        if re.fullmatch(r"(1[89]|20|21)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])", bare):
            return bare
        if said:
            self.doubts.append("bad_date")
        return ""

    def number(self, tag: int) -> int | None:
        match = re.match(r"[+-]?\d{1,9}", self.text(tag))
        return int(match.group()) if match else None

    def short(self, tag: int) -> int:
        raw = self.raw(tag)
        return struct.unpack(self._order + "H", raw[:2])[0] if len(raw) >= 2 else 0
