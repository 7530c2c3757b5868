"""Files of another hospital's disc: whose they say they are, and a copy under our patient ID that keeps the old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from pydicom.filereader import read_partial

from kiosk.core.correction import Identity
from kiosk.core.names import read_person_name
from kiosk.dicom.correct import Rewritten, Target, raw_value, rewrite
from kiosk.dicom.part10 import open_part10
from kiosk.dicom.text import charset_terms, decode_text

_BEHIND = 0x00200000  # the patient stands before it


def identity_of(path: Path) -> Identity:
    """Whose the file says that it is. Raises OSError, Refused."""
    open_part10(path)
    with path.open("rb") as file:
        ds = read_partial(file, stop_when=lambda tag, vr, length: tag >= _BEHIND, force=True)
    terms = charset_terms(raw_value(ds, 0x00080005))

    def text(tag: int, delimiters: str = "\\") -> str:
        said, _ = decode_text(raw_value(ds, tag), terms, delimiters)
        return said.strip("\0 ")

    groups = (*text(0x00100010, "^=").split("="), "", "")
    kanji, kana, romaji = read_person_name((groups[0], groups[1], groups[2]))
    return Identity(
        text(0x00100020), text(0x00100021), kanji, kana, romaji, text(0x00100040)[:1],
        text(0x00100030).replace(".", ""), text(0x00080050),
    )  # fmt: skip


def import_copy(
    source: Path, write: Callable[[bytes], object], ours: Identity, before: Identity, *, study_uid: str,
    series_uid: str, sop_uid: str, system: str, when: datetime,
) -> Rewritten:  # fmt: skip
    """Hand a copy under our patient to ``write`` piece by piece. Its own UIDs stay, so that what refers to it finds it
    and the same disc is known again (IHE RAD TF-2 4.61); the old ID stands in Other Patient IDs Sequence, every old
    value in Original Attributes Sequence. Raises Refused, OSError.
    """
    target = Target(ours, study_uid, imported=True)
    return rewrite(source, write, sop_uid, series_uid, {}, target, before, system=system, when=when)
