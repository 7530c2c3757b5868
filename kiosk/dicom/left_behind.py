"""Where a corrected header still bears the old ID or name: comments, private elements, text of any kind."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from pydicom.datadict import keyword_for_tag
from pydicom.dataelem import RawDataElement
from pydicom.dataset import Dataset

from kiosk.core.correction import Identity, folded
from kiosk.core.kana import half_kana
from kiosk.dicom.text import charset_terms, decode_text

SHORTEST = 3  # a shorter ID or name would be found everywhere
_ORIGINAL = 0x04000561
_NO_TEXT = frozenset({"AT", "DA", "DT", "FD", "FL", "OB", "OD", "OF", "OL", "OV", "OW", "SL", "SS", "SV", "TM", "UI",
                      "UL", "US", "UV"})  # fmt: skip
_BYTES = frozenset({"UN", "OB"})


def places_of(ds: Dataset, before: Identity, after: Identity) -> tuple[str, ...]:
    """Tags (``0009,1010``, or ``0010,4000 PatientComments``) in whose value the old ID or a form of the old name is
    found, and the right person's is not. What Original Attributes Sequence keeps is meant to be there.
    """
    wanted = _wanted(before) - _wanted(after)
    if not wanted:
        return ()
    found = dict.fromkeys(_look(ds, charset_terms(_charset(ds)), wanted))
    return tuple(found)


def _wanted(identity: Identity) -> set[str]:
    told = {folded(each) for each in (identity.patient_id, *identity.names)}
    return {each for each in told if len(each) >= SHORTEST or (len(each) >= 2 and not each.isascii())}


def _look(ds: Dataset, terms: list[str], wanted: set[str]) -> Iterator[str]:
    for tag in list(ds.keys()):
        if tag == _ORIGINAL:
            continue
        element = ds.get_item(tag)
        vr = str(getattr(element, "VR", None) or "UN")
        if vr == "SQ" or not isinstance(element, RawDataElement):
            element = ds[tag]
            vr = element.VR
        if vr == "SQ":
            for item in element.value or ():
                yield from _look(item, charset_terms(_charset(item)) or terms, wanted)
        elif _bears(element.value, vr, terms, wanted):
            yield f"{tag.group:04X},{tag.element:04X} {keyword_for_tag(tag)}".rstrip()


def _bears(value: object, vr: str, terms: list[str], wanted: set[str]) -> bool:
    if isinstance(value, bytes):
        if vr in _BYTES:
            return any(_in_bytes(value, each) for each in wanted)
        if vr in _NO_TEXT:
            return False
        text, _ = decode_text(value, terms, "^=\\" if vr == "PN" else "\\\r\n\t\f")
    elif vr in _NO_TEXT:
        return False
    else:
        text = str(value)
    plain = folded(text)
    return any(each in plain for each in wanted)


def _in_bytes(value: bytes, wanted: str) -> bool:
    """In bytes that say nothing of their encoding: as the devices of this country write it."""
    forms = {wanted, half_kana(wanted), unicodedata.normalize("NFC", wanted)}
    for form in forms:
        for encoding in ("utf-8", "cp932", "utf-16-le"):
            try:
                if form.encode(encoding) in value.upper():
                    return True
            except UnicodeEncodeError:
                continue
    plain = folded(value[: 1 << 20].decode("cp932", "ignore"))
    return wanted in plain


def _charset(ds: Dataset) -> bytes:
    element = ds.get_item(0x00080005) if 0x00080005 in ds else None
    value = getattr(element, "value", b"")
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else "\\".join(value or ())).encode("ascii", "replace")
