"""Signed findings as a CSV that a check-up system reads: which columns, in which encoding, and what that can't write.

Another program reads it, so a cell stands as it is: no apostrophe is put before what a spreadsheet would calculate.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk.core.faults import Fault
from kiosk.core.words import N_

COLUMNS = {  # our fields and how their columns are named where the settings say nothing
    "number": "健診番号",
    "patient_id": "受診者ID",
    "day": "受診日",
    "kind": "検査コード",
    "exam": "検査名",
    "category": "判定",
    "codes": "所見コード",
    "text": "所見",
    "reader": "読影医",
    "second_reader": "二次読影医",
    "signed_at": "確定日時",
    "version": "版",
    "items": "入力項目",
}
CP932, UTF8 = "cp932", "utf-8"

# One character, two numbers: what Unicode has and what Microsoft's cp932 means by the same sign.
_SAME_SIGN = str.maketrans(
    {"\u301c": "\uff5e", "\u2212": "\uff0d", "\u2014": "\u2015", "\u2016": "\u2225", "\u00a2": "\uffe0",
     "\u00a3": "\uffe1", "\u00ac": "\uffe2", "\u00a0": " "}
)  # fmt: skip


@dataclass(frozen=True)
class Result:
    """One signed finding. ``day`` is an ISO date, ``signed_at`` ``2026-11-24 11:32:10``; ``items`` what was entered in
    its fields, ``vessel.h 右=H1; vessel.h 左=H0``."""

    finding: int
    visit: int
    number: str
    patient_id: str
    day: str
    kind: str
    exam: str
    category: str
    codes: tuple[str, ...]
    text: str
    reader: str
    second_reader: str
    signed_at: str
    version: int
    items: str = ""

    def cell(self, field: str) -> str:
        """A field as it is written; codes are parted by blanks, lines of the text stay lines."""
        value = getattr(self, field)
        return " ".join(value) if isinstance(value, tuple) else str(value).replace("\r\n", "\n")


@dataclass(frozen=True)
class Unwritable:
    """Characters of one finding that the encoding doesn't have; in the file they stand as ``[U+20BB7]``."""

    number: str
    exam: str
    characters: str

    @property
    def shown(self) -> str:
        named = " ".join(f"{each} U+{ord(each):04X}" for each in self.characters)
        return f"{self.number} {self.exam}: {named}"


def check_columns(columns: Mapping[str, str], encoding: str) -> None:
    """Raises Fault for a field that we don't have or an encoding that we don't write."""
    unknown = [each for each in columns if each not in COLUMNS]
    if unknown or encoding not in (CP932, UTF8):
        raise Fault(
            N_("The settings of the results file do not fit: {what}."),
            N_("Correct them in the parameter file."),
            reference="J210",
            what=", ".join(unknown) or encoding,
        )


def results_csv(
    results: Iterable[Result], columns: Mapping[str, str], encoding: str
) -> tuple[bytes, tuple[Unwritable, ...]]:
    """The whole file with its header row (CRLF, every cell quoted, UTF-8 with BOM), and what could not be written."""
    lines = [_line(columns.values(), encoding)[0]]
    lost = []
    for result in results:
        line, missing = _line((result.cell(field) for field in columns), encoding)
        lines.append(line)
        if missing:
            lost.append(Unwritable(result.number, result.exam, missing))
    return (codecs.BOM_UTF8 if encoding == UTF8 else b"") + b"".join(lines), tuple(lost)


def _line(cells: Iterable[str], encoding: str) -> tuple[bytes, str]:
    missing: dict[str, None] = {}
    written = []
    for cell in cells:
        text = ""
        for character in cell.translate(_SAME_SIGN) if encoding == CP932 else cell:
            try:
                character.encode(encoding)
                text += character
            except UnicodeEncodeError:
                text += f"[U+{ord(character):04X}]"
                missing[character] = None
        written.append('"' + text.replace('"', '""') + '"')
    return (",".join(written) + "\r\n").encode(encoding), "".join(missing)
