"""Records of an examinee as a console reads them (CSV, fixed length, INI), each format given as data.

A format is a block of the parameter file. Lengths are bytes of the encoding and no character is ever cut in half.
A name may be shortened; an identifier never is: it is refused instead, since a shortened ID is another patient's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Literal

from kiosk.core.calendar_dates import ERAS, GREGORIAN_SINCE, era_text
from kiosk.core.faults import Refused
from kiosk.core.kana import full_kana, half_kana, hiragana, romaji
from kiosk.core.names import name_parts
from kiosk.core.patient import Patient
from kiosk.core.settings import Settings, setting
from kiosk.core.variants import VARIANTS
from kiosk.core.words import N_

GETA = "〓"  # what printers put where a character is missing
LINE_ENDS = {"crlf": "\r\n", "lf": "\n", "cr": "\r", "none": ""}
NAMES = ("kanji", "kana", "romaji", "family_kanji", "given_kanji", "family_kana", "given_kana")
DATES = ("birth_date", "day", "today")
SOURCES = (*NAMES, *DATES, "patient_id", "number", "sex", "age", "now", "seq", "course", "remark")

Record = Mapping[str, str]  # our field name -> text; dates as 2026-11-25, sex as M, F, O or empty
DateForm = Literal["yyyymmdd", "yyyy/mm/dd", "yyyy-mm-dd", "era", "era_digit", "era_parted", "era_kanji"]
KanaWidth = Literal["half", "full", "hiragana"]


@dataclass(frozen=True)
class FieldFormat(Settings):
    """One field of the record."""

    source: str = setting("", N_("Which of our fields: patient_id, kanji, kana, romaji, sex, birth_date …"))
    text: str = setting("", N_("A constant, instead of a field of ours."))
    name: str = setting("", N_("Its name: column of the CSV, key of the INI file."))
    width: int = setting(0, N_("Bytes: the length where it is fixed, else the longest; 0 = as long as it is."))
    align: Literal["left", "right"] = setting("left", N_("left or right within its width."))
    pad: str = setting(" ", N_("What fills it up, one character of one byte: a blank or 0."))
    date: DateForm | Literal[""] = setting("", N_("Form of a date; empty = as said for the record."))
    kana: KanaWidth | Literal[""] = setting("", N_("half, full or hiragana; empty = as said for the record."))
    needed: bool = setting(False, N_("Without it the record is not sent."))


@dataclass(frozen=True)
class RecordFormat(Settings):
    """The format of one console."""

    layout: Literal["csv", "fixed", "ini"] = setting("csv", N_("csv, fixed (fixed length) or ini."))
    encoding: Literal["cp932", "utf-8", "utf-8-sig", "ascii"] = setting("cp932", N_("cp932, utf-8, utf-8-sig, ascii."))
    line_end: Literal["crlf", "lf", "cr", "none"] = setting("crlf", N_("crlf, lf, cr or none."))
    header: bool = setting(False, N_("CSV: does the first line hold the names of the columns?"))
    delimiter: str = setting(",", N_("CSV: what parts the columns."))
    quote: Literal["needed", "all", "never"] = setting("needed", N_("CSV: which cells stand in quotes."))
    section: str = setting("PATIENT", N_("INI: name of the section."))
    date: DateForm = setting(
        "yyyymmdd",
        N_("yyyymmdd, yyyy/mm/dd, yyyy-mm-dd, era (S460402), era_digit (3460402), era_parted (S46.04.02), era_kanji."),
    )
    sex: dict[str, str] = setting(
        lambda: {"M": "M", "F": "F", "O": "O", "": ""}, N_("What is written for M, F, O and unknown.")
    )
    kana: KanaWidth = setting("half", N_("Kana: half, full or hiragana."))
    fields: list[FieldFormat] = setting(
        lambda: [
            FieldFormat("patient_id", needed=True),
            FieldFormat("kanji"),
            FieldFormat("kana"),
            FieldFormat("sex"),
            FieldFormat("birth_date"),
        ],
        N_("The fields in their order."),
    )


class NoRecord(Refused):
    """This examinee can't be written in this format."""

    reference = "R320"

    def __init__(self, reason: str, sentence: str, **values: object) -> None:
        super().__init__(
            reason, sentence, N_("Correct it at its source, or the format in the parameter file."), reference="R320",
            **values,
        )  # fmt: skip


def record_of(patient: Patient, *, now: datetime, **more: str) -> dict[str, str]:
    """What formats may choose from; ``more`` are further fields of ours (number, day, course …)."""
    family_kanji, given_kanji = (*name_parts(patient.kanji), "", "")[:2]
    family_kana, given_kana = (*name_parts(patient.kana), "", "")[:2]
    age = patient.age_on(now.date())
    return {
        "patient_id": patient.patient_id,
        "kanji": patient.kanji,
        "kana": patient.kana,
        "romaji": patient.romaji or romaji(patient.kana),
        "family_kanji": family_kanji,
        "given_kanji": given_kanji,
        "family_kana": family_kana,
        "given_kana": given_kana,
        "sex": patient.sex,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else "",
        "age": "" if age is None else str(age),
        "today": now.date().isoformat(),
        "now": f"{now:%Y%m%d%H%M%S}",
        **more,
    }


def written(fmt: RecordFormat, record: Record) -> bytes:
    """The record in the bytes of this format. Raises NoRecord where it must not be sent as it is."""
    cells = [_cell(fmt, each, record) for each in fmt.fields]
    return _LAYOUTS[fmt.layout](fmt, cells)


def preview(fmt: RecordFormat, record: Record) -> list[tuple[str, str]]:
    """Field by field what the console would read: name of the field, its text. Raises NoRecord."""
    return [
        (each.name or each.source or each.text, _cell(fmt, each, record).decode(_plain(fmt), "replace").strip())
        for each in fmt.fields
    ]


def file_name(pattern: str, record: Record) -> str:
    """``{patient_id}_{now}.csv`` filled in. Raises NoRecord where the name would lead out of its folder."""
    try:
        name = pattern.format(**{key: unicodedata.normalize("NFKC", value) for key, value in record.items()})
    except (KeyError, IndexError, ValueError):
        raise NoRecord(
            "pattern", N_("The file name {pattern} asks for a field that there is not."), pattern=pattern
        ) from None
    if not re.fullmatch(r"[A-Za-z0-9_\-][A-Za-z0-9_.\-]*", name) or len(name) > 100:
        raise NoRecord("name", N_("The ID can't stand in a file name."))
    return name


def troubles(fmt: RecordFormat) -> list[str]:
    """What does not fit in the format itself: texts for the person who wrote the parameter file."""
    found = []
    for at, each in enumerate(fmt.fields, 1):
        where = each.name or each.source or str(at)
        if bool(each.source) == bool(each.text):
            found.append(f"{where}: source / text")
        elif each.source and each.source not in SOURCES:
            found.append(f"{where}: source = {each.source}")
        if fmt.layout == "fixed" and each.width < 1:
            found.append(f"{where}: width = {each.width}")
        if fmt.layout == "ini" and not each.name:
            found.append(f"{where}: name")
        if len(each.pad.encode("utf-8")) != 1:
            found.append(f"{where}: pad = {each.pad!r}")
    if fmt.layout == "csv" and len(fmt.delimiter) != 1:
        found.append(f"delimiter = {fmt.delimiter!r}")
    return found


def date_text(day: date, form: DateForm) -> str:
    """The day as this form has it. Raises NoRecord for a day that no era tells (before 1873)."""
    if form == "yyyymmdd":
        return f"{day:%Y%m%d}"
    if form in ("yyyy/mm/dd", "yyyy-mm-dd"):
        return day.isoformat().replace("-", form[4])
    if day < GREGORIAN_SINCE:
        raise NoRecord("date", N_("A birth date before 1873 can't be told by era."))
    if form == "era_kanji":
        return era_text(day)
    era = next(era for era in ERAS if day >= era.first)
    year = day.year - era.first.year + 1
    mark = str(len(ERAS) - ERAS.index(era)) if form == "era_digit" else era.letter  # 1 = Meiji … 5 = Reiwa
    dot = "." if form == "era_parted" else ""
    return f"{mark}{year:02d}{dot}{day.month:02d}{dot}{day.day:02d}"


# -- one field ---------------------------------------------------------------------------------------------------
def _cell(fmt: RecordFormat, each: FieldFormat, record: Record) -> bytes:
    """The bytes of one field, cut or filled up to its width."""
    told = each.text or _told(fmt, each, record.get(each.source, ""))
    if each.needed and not told.strip():
        raise NoRecord("missing", N_("The field {field} is empty."), field=each.name or each.source)
    is_name = each.source in NAMES or each.source in ("course", "remark")
    text = _clean(told)
    encoding = _plain(fmt)
    if is_name or each.text:
        data = b"".join(_bytes_of(c, encoding) for c in text)
    else:
        try:
            data = text.encode(encoding)
        except UnicodeEncodeError:
            raise NoRecord(
                "characters",
                N_("The field {field} holds characters that can't be sent."),
                field=each.name or each.source,
            ) from None
    if each.width and len(data) > each.width:
        if not is_name:
            raise NoRecord(
                "too_long",
                N_("The field {field} is longer than {width} bytes."),
                field=each.name or each.source,
                width=each.width,
            )
        data = _cut(text, each.width, encoding)
    if fmt.layout == "fixed":
        fill = each.pad.encode("ascii", "replace")[:1] * (each.width - len(data))
        data = fill + data if each.align == "right" else data + fill
    return data


def _told(fmt: RecordFormat, each: FieldFormat, value: str) -> str:
    if each.source in DATES and value:
        return date_text(date.fromisoformat(value), each.date or fmt.date)
    if each.source == "sex":
        if value not in fmt.sex:
            raise NoRecord("sex", N_("There is no code for this sex in the format."))
        return fmt.sex[value]
    if each.source in ("kana", "family_kana", "given_kana"):
        return _KANA[each.kana or fmt.kana](value)
    return value


_KANA: dict[str, Callable[[str], str]] = {"half": half_kana, "full": full_kana, "hiragana": hiragana}


def _clean(text: str) -> str:
    """One line without control characters and variation selectors."""
    kept = unicodedata.normalize("NFC", " ".join(text.split("\n")))
    return "".join(
        " " if c in "\t\r" else c
        for c in kept
        if c in "\t\r"
        or not (unicodedata.category(c) in ("Cc", "Cf") or "\ufe00" <= c <= "\ufe0f" or c >= "\U000e0100")
    ).strip()


def _is_unseen(c: str) -> bool:
    """A control character or a variation selector."""
    return unicodedata.category(c) in ("Cc", "Cf") or "\ufe00" <= c <= "\ufe0f" or c >= "\U000e0100"


@lru_cache(maxsize=8192)
def _bytes_of(c: str, encoding: str) -> bytes:
    """One character, its standard form where the encoding lacks it (𠮷 for 吉), else 〓."""
    for candidate in (c, VARIANTS.get(c, ""), unicodedata.normalize("NFKC", c), GETA, "?"):
        try:
            if candidate:
                return candidate.encode(encoding)
        except UnicodeEncodeError:
            continue
    return b"?"


def _cut(text: str, width: int, encoding: str) -> bytes:
    """As many whole characters as the width holds; a half-width ﾀﾞ stays together."""
    kept = b""
    for unit in re.findall(r".[\uff9e\uff9f]?", text):
        more = b"".join(_bytes_of(c, encoding) for c in unit)
        if len(kept) + len(more) > width:
            break
        kept += more
    return kept


# -- the whole record --------------------------------------------------------------------------------------------
def _csv(fmt: RecordFormat, cells: list[bytes]) -> bytes:
    end = LINE_ENDS[fmt.line_end].encode()
    rows = [cells]
    if fmt.header:
        rows.insert(0, [(each.name or each.source).encode(_plain(fmt), "replace") for each in fmt.fields])
    mark = b"\xef\xbb\xbf" if fmt.encoding == "utf-8-sig" else b""
    return mark + b"".join(fmt.delimiter.encode().join(_quoted(fmt, cell) for cell in row) + end for row in rows)


def _quoted(fmt: RecordFormat, cell: bytes) -> bytes:
    # Decoded first: a cp932 character may hold the byte of a delimiter such as | as its second half.
    text = cell.decode(_plain(fmt))
    troubling = fmt.delimiter in text or '"' in text
    if fmt.quote == "never":
        if troubling:
            raise NoRecord("delimiter", N_("A field holds the character that parts the columns."))
        return cell
    if fmt.quote == "all" or troubling:
        return b'"' + text.replace('"', '""').encode(_plain(fmt)) + b'"'
    return cell


def _plain(fmt: RecordFormat) -> str:
    """The encoding without the mark that stands at the very beginning only."""
    return fmt.encoding.removesuffix("-sig")


def _fixed(fmt: RecordFormat, cells: list[bytes]) -> bytes:
    return b"".join(cells) + LINE_ENDS[fmt.line_end].encode()


def _ini(fmt: RecordFormat, cells: list[bytes]) -> bytes:
    end = LINE_ENDS[fmt.line_end].encode()
    lines = [f"[{fmt.section}]".encode("ascii", "replace")]
    lines += [
        each.name.encode(_plain(fmt), "replace") + b"=" + cell for each, cell in zip(fmt.fields, cells, strict=True)
    ]
    return b"".join(line + end for line in lines)


_LAYOUTS: dict[str, Callable[[RecordFormat, list[bytes]], bytes]] = {"csv": _csv, "fixed": _fixed, "ini": _ini}
