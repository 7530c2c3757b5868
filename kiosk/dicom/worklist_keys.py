"""A worklist query as core keys, read from the bytes of its identifier (PS3.4 table K.6-1)."""

from __future__ import annotations

from collections.abc import Mapping

from kiosk.core.worklist_query import Span, WorklistQuery, date_span, time_span
from kiosk.dicom.identifier import Identifier, read_identifier
from kiosk.dicom.soundness import Path_
from kiosk.dicom.text import charset_terms, decode_text
from kiosk.dicom.worklist_answer import CHARSET, STEP_SEQUENCE

# Matching keys that we support, by path; anything else asked with a value is answered as Pending FF01.
KEYS: dict[str, Path_] = {
    "date": (STEP_SEQUENCE, 0x00400002), "time": (STEP_SEQUENCE, 0x00400003), "modality": (STEP_SEQUENCE, 0x00080060),
    "station_ae": (STEP_SEQUENCE, 0x00400001), "step_id": (STEP_SEQUENCE, 0x00400009),
    "status": (STEP_SEQUENCE, 0x00400020), "code": (STEP_SEQUENCE, 0x00400008, 0x00080100),
    "patient_id": (0x00100020,), "name": (0x00100010,), "accession": (0x00080050,),
    "requested_procedure_id": (0x00401001,), "study_uid": (0x0020000D,), "birth_date": (0x00100030,),
    "sex": (0x00100040,),
}  # fmt: skip
# Nobody is named as performing physician or coding scheme in our list: any value of these fits every row.
_FIT_ALL: frozenset[Path_] = frozenset({
    (STEP_SEQUENCE, 0x00400006), (STEP_SEQUENCE, 0x00400008, 0x00080102), (STEP_SEQUENCE, 0x00400008, 0x00080104),
})  # fmt: skip
_SUPPORTED = frozenset(KEYS.values()) | _FIT_ALL | {(CHARSET,)}


def read_query(encoded: bytes, transfer_syntax: str) -> tuple[Identifier, dict[str, str], list[str]]:
    """The identifier, its keys as text, and its character set terms. Raises ``Refused`` where unsound."""
    asked = read_identifier(encoded, transfer_syntax)
    terms = charset_terms(asked.values.get((CHARSET,), b""))
    keys = {}
    for key, path in KEYS.items():
        if raw := asked.values.get(path):
            keys[key] = decode_text(raw, terms, "^=" if key == "name" else "\\")[0].strip()
    return asked, keys, terms


def query_of(
    keys: Mapping[str, str], calling_ae: str = "", also: Mapping[str, tuple[str, ...]] | None = None
) -> WorklistQuery:
    """Core keys from the texts of the request; ``also`` are further modalities that this device means by one.

    Raises ``Refused("bad_key")`` for a date or time that is none.
    """

    def values(key: str) -> tuple[str, ...]:
        parts = (part.strip() for part in keys.get(key, "").split("\\"))
        return tuple(part for part in parts if part and part != "*")

    modalities = values("modality")
    more = (each for asked in modalities for each in (also or {}).get(asked.upper(), ()))
    return WorklistQuery(
        dates=date_span(keys.get("date", "")),
        times=time_span(keys.get("time", "")),
        modalities=tuple(dict.fromkeys((*modalities, *more))),
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
        codes=values("code"),
        calling_ae=calling_ae,
    )


def all_supported(asked: Identifier) -> bool:
    """Is every key that has a value one that we match on?"""
    return all(
        path in _SUPPORTED or not value.strip(b"\0 *") or not path[-1] & 0xFFFF for path, value in asked.values.items()
    )
