"""A kind of findings as flat sheets, a row for each entry, all of it text: as people edit it, in the program as in
Excel; back again exactly, and what is wrong with it, told by sheet, row and column."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.core.finding_fields import CODE, TYPES, placeholders, read_conditions, read_sets
from kiosk.core.words import N_, Sentence

Row = dict[str, str]
Sheets = dict[str, list[Row]]

YES = "yes"


@dataclass(frozen=True)
class Column:
    """``needed``: an entry without it is a mistake. ``kind``: text, lines, yes, number, part, category or type."""

    name: str
    title: str
    kind: str = "text"
    needed: bool = False
    width: int = 14  # letters in Excel


@dataclass(frozen=True)
class Sheet:
    """``name`` is also the name of the sheet in Excel, so it is never translated."""

    name: str
    title: str
    columns: tuple[Column, ...]


_PART = Column("part", N_("Part"), "part", True)
_RETIRED = Column("retired", N_("Retired"), "yes", width=9)
_CATEGORY = Column("category", N_("Category"), "category", width=9)
SHEETS = (
    Sheet("kind", N_("Examination"), (
        Column("code", N_("Code")), Column("name", N_("Called"), needed=True, width=20),
        Column("normal", N_("Sentence of “no abnormality”"), "lines", width=50),
        Column("normal_category", N_("Category of “no abnormality”"), "category"),
        Column("schema", N_("Schema drawing")),
        Column("layout", N_("On the page (| = side by side)"), "lines", width=30),
    )),
    Sheet("part", N_("Parts"), (
        Column("name", N_("Part"), needed=True), Column("code", N_("Code of the part")),
        Column("places", N_("Columns (right left, 1 2 3)")),
        Column("sentence", N_("Sentence of its fields"), "lines", width=70),
    )),
    Sheet("code", N_("Finding codes"), (
        _PART, Column("code", N_("Code"), needed=True), Column("name", N_("Called"), needed=True, width=24),
        Column("kana", N_("Kana"), width=24), _CATEGORY, Column("sentence", N_("Sentence"), "lines", width=60),
        Column("sets", N_("Fills in")), _RETIRED,
    )),
    Sheet("field", N_("Fields"), (
        _PART, Column("code", N_("Code"), needed=True), Column("name", N_("Called"), needed=True),
        Column("type", N_("Type"), "type"),
        Column("choices", N_("Choices (a line each, code:words)"), "lines", width=40),
        Column("unit", N_("Unit"), width=6), Column("low", N_("Lower limit"), "number", width=7),
        Column("high", N_("Upper limit"), "number", width=7), Column("normal", N_("Where nothing is abnormal")),
        Column("required", N_("Required"), "yes", width=9), _RETIRED,
    )),
    Sheet("rule", N_("Rules"), (
        _PART, Column("when", N_("Condition"), "lines", True, 40),
        Column("judge", N_("Suggested category"), "category"),
        Column("sets", N_("Fills in"), width=24),
    )),
    Sheet("block", N_("Text blocks"), (
        Column("name", N_("Called"), needed=True, width=20), Column("kana", N_("Kana"), width=24),
        Column("text", N_("Text"), "lines", True, 70),
    )),
)  # fmt: skip
BY_NAME = {each.name: each for each in SHEETS}
_OF_PARTS = {"code": "codes", "field": "fields", "rule": "rules"}


@dataclass(frozen=True)
class Mistake:
    """``row`` counts the entries of the sheet from 0."""

    sheet: str
    row: int
    column: str
    words: Sentence


def sheets_of(kind: Mapping[str, Any]) -> Sheets:
    """The kind as rows. Entries without anything in them are left out."""
    found: Sheets = {each.name: [] for each in SHEETS}
    found["kind"].append(_row("kind", kind))
    for part in kind.get("part", ()):
        found["part"].append(_row("part", part))
        for sheet, entries in _OF_PARTS.items():
            found[sheet] += [{**_row(sheet, each), "part": str(part.get("name", ""))} for each in part.get(entries, ())]
    found["block"] = [_row("block", each) for each in kind.get("block", ())]
    return {name: [row for row in rows if any(value for key, value in row.items() if key != "part")]
            for name, rows in found.items()}  # fmt: skip


def kind_of(sheets: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """The kind as it is stored. Rows of a part that is not in the sheet of parts are left out: look for mistakes
    first."""
    kind: dict[str, Any] = _entry("kind", (sheets.get("kind") or [{}])[0])
    kind.setdefault("code", "")
    kind["part"] = []
    for row in _with_words(sheets.get("part", ())):
        part = _entry("part", row)
        for sheet, entries in _OF_PARTS.items():
            rows = [each for each in _with_words(sheets.get(sheet, ())) if each.get("part") == row["name"]]
            mine = [_entry(sheet, each) for each in rows]
            for each in mine:
                del each["part"]
            if mine:
                part[entries] = mine
        kind["part"].append(part)
    kind["block"] = [_entry("block", row) for row in _with_words(sheets.get("block", ()))]
    return kind


def _with_words(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if any(value.strip() for value in row.values())]


def _row(sheet: str, entry: Mapping[str, Any]) -> Row:
    row = {}
    for column in BY_NAME[sheet].columns:
        value = entry.get(column.name)
        if value is None or value is False:
            row[column.name] = ""
        elif value is True:
            row[column.name] = YES
        elif column.name in ("choices", "layout"):
            row[column.name] = "\n".join(str(each) for each in value)
        elif column.name == "places":
            row[column.name] = " ".join(str(each) for each in value)
        else:
            row[column.name] = f"{value:g}" if isinstance(value, float) else str(value)
    return row


def _entry(sheet: str, row: Mapping[str, str]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for column in BY_NAME[sheet].columns:
        value = row.get(column.name, "").strip()
        if not value:
            continue
        if column.kind == "yes":
            entry[column.name] = True
        elif column.name in ("choices", "layout"):
            entry[column.name] = [line.strip() for line in value.split("\n") if line.strip()]
        elif column.name == "places":
            entry[column.name] = value.split()
        elif column.kind == "number" and number_of(value) is not None:
            amount = number_of(value) or 0.0
            entry[column.name] = int(amount) if amount == int(amount) else amount
        else:
            entry[column.name] = value
    return entry


def number_of(text: str) -> float | None:
    """A number, None where it is none."""
    try:
        return float(text)
    except ValueError:
        return None


# -- what is wrong -------------------------------------------------------------------------------------------------

EMPTY = N_("It is empty.")
UNKNOWN_PART = N_("There is no part “{value}”.")
UNKNOWN_CATEGORY = N_("There is no category “{value}”.")
TWICE = N_("“{value}” is there twice.")
NO_NUMBER = N_("“{value}” is not a number.")
NO_TYPE = N_("“{value}” is no type: choice, several, number or text.")
NO_CHOICES = N_("It has no choices.")
NOT_NORMAL = N_("“{value}” is not among the choices.")
UNKNOWN_FIELD = N_("The part has no field “{value}”.")
UNREADABLE = N_("“{value}” cannot be read; an example: size >= 15, code = 10104")
PART_CODE = N_("A part with fields needs a code.")
BAD_BRACKET = N_("The brackets of the sentence do not match.")
BAD_CODE = N_("“{value}”: a code has letters and digits only.")


def mistakes_in(sheets: Mapping[str, Sequence[Row]], categories: Collection[str]) -> list[Mistake]:
    """Everything that is wrong, in the order of the sheets; rows with nothing in them are no mistake.

    ``categories``: letters that are understood, of the scheme in force or of another.
    """
    return _Check(sheets, categories).found


class _Check:
    def __init__(self, sheets: Mapping[str, Sequence[Row]], categories: Collection[str]) -> None:
        self.found: list[Mistake] = []
        self._sheets, self._categories = sheets, categories
        self._parts = {row.get("name", ""): row for row in sheets.get("part", ())}
        self._fields: dict[str, dict[str, Row]] = {}
        for row in sheets.get("field", ()):
            self._fields.setdefault(row.get("part", ""), {})[row.get("code", "")] = row
        self._at = ("", 0)
        if not sheets.get("kind"):
            self._at = ("kind", 0)
            self._wrong("code", EMPTY)
        for sheet in SHEETS:
            seen: set[str] = set()
            for number, row in enumerate(sheets.get(sheet.name, ())):
                if any(value.strip() for value in row.values()):
                    self._at = (sheet.name, number)
                    self._columns(sheet, row)
                    getattr(self, f"_{sheet.name}")(row)
                    self._twice(sheet.name, row, seen)

    def _wrong(self, column: str, words: str, value: str = "") -> None:
        self.found.append(Mistake(*self._at, column, Sentence(words, {"value": value})))

    def _columns(self, sheet: Sheet, row: Row) -> None:
        for column in sheet.columns:
            value = row.get(column.name, "").strip()
            if column.needed and not value:
                self._wrong(column.name, EMPTY)
            elif column.kind == "part" and value not in self._parts:
                self._wrong(column.name, UNKNOWN_PART, value)
            elif column.kind == "category" and value and value not in self._categories:
                self._wrong(column.name, UNKNOWN_CATEGORY, value)
            elif column.kind == "number" and value and number_of(value) is None:
                self._wrong(column.name, NO_NUMBER, value)

    def _twice(self, sheet: str, row: Row, seen: set[str]) -> None:
        by = {"part": ("name",), "code": ("code",), "field": ("part", "code")}.get(sheet)
        if by is not None:
            key = ".".join(row.get(name, "") for name in by)
            if key in seen:
                self._wrong(by[-1], TWICE, row.get(by[-1], ""))
            seen.add(key)

    def _kind(self, row: Row) -> None:
        for line in row.get("layout", "").split("\n"):
            for name in (each.strip() for each in line.split("|")):
                if name and name not in self._parts:
                    self._wrong("layout", UNKNOWN_PART, name)

    def _part(self, row: Row) -> None:
        name = row.get("name", "")
        code = row.get("code", "")
        if name in self._fields and not code:
            self._wrong("code", PART_CODE)
        if code and not _is_code(code):
            self._wrong("code", BAD_CODE, code)
        self._template(name, row.get("sentence", ""))

    def _code(self, row: Row) -> None:
        part = row.get("part", "")
        self._template(part, row.get("sentence", ""))
        self._sets(part, row.get("sets", ""))

    def _field(self, row: Row) -> None:
        kind, choices = row.get("type", "") or "choice", row.get("choices", "").strip()
        code, normal = row.get("code", ""), row.get("normal", "")
        if code == CODE or (code and not _is_code(code)):
            self._wrong("code", BAD_CODE, code)
        if kind not in TYPES:
            self._wrong("type", NO_TYPE, kind)
        elif kind in ("choice", "several"):
            codes = [line.split(":")[0].strip() for line in choices.split("\n") if line.strip()]
            if not codes:
                self._wrong("choices", NO_CHOICES)
            elif normal and any(each not in codes for each in (normal.split() if kind == "several" else [normal])):
                self._wrong("normal", NOT_NORMAL, normal)
            for each in sorted({each for each in codes if codes.count(each) > 1}):
                self._wrong("choices", TWICE, each)

    def _rule(self, row: Row) -> None:
        part, when = row.get("part", ""), row.get("when", "")
        conditions = read_conditions(when.replace("\n", " ")) if when else ()
        if conditions is None:
            self._wrong("when", UNREADABLE, when)
        else:
            for name, _, _ in conditions:
                self._known(part, name, "when")
        self._sets(part, row.get("sets", ""))

    def _block(self, row: Row) -> None:
        """Nothing but its columns."""

    def _sets(self, part: str, text: str) -> None:
        sets = read_sets(text)
        if sets is None:
            self._wrong("sets", UNREADABLE, text)
        else:
            for name, _ in sets:
                self._known(part, name, "sets")

    def _known(self, part: str, field: str, column: str) -> None:
        if field != CODE and field not in self._fields.get(part, {}):
            self._wrong(column, UNKNOWN_FIELD, field)

    def _template(self, part: str, sentence: str) -> None:
        depth = 0
        for letter in sentence:
            depth += {"[": 1, "]": -1}.get(letter, 0)
            if depth not in (0, 1):
                break
        if depth:
            self._wrong("sentence", BAD_BRACKET)
        for name in placeholders(sentence):
            self._known(part, name, "sentence")


def _is_code(text: str) -> bool:
    return text.isascii() and text.replace("_", "").isalnum()


# -- what changes --------------------------------------------------------------------------------------------------

_KEYS = {"kind": (), "part": ("name",), "code": ("code",), "field": ("part", "code"), "rule": ("part", "when"),
         "block": ("name",)}  # fmt: skip


@dataclass(frozen=True)
class Change:
    """``what``: new, gone or changed; ``entry`` names it, ``words`` tell the columns: before → after."""

    what: str
    sheet: str
    entry: str
    words: str = ""


def changes(before: Mapping[str, Sequence[Row]], after: Mapping[str, Sequence[Row]]) -> list[Change]:
    """What is new, gone or otherwise, entry by entry."""
    found = []
    for sheet in SHEETS:
        was, now = (_by_key(sheet.name, each.get(sheet.name, ())) for each in (before, after))
        for key, row in now.items():
            if key not in was:
                found.append(Change("new", sheet.name, _entry_name(sheet.name, row)))
            elif row != was[key]:
                told = [f"{column.name}: {was[key].get(column.name, '')} → {row.get(column.name, '')}"
                        for column in sheet.columns
                        if row.get(column.name, "") != was[key].get(column.name, "")]  # fmt: skip
                found.append(Change("changed", sheet.name, _entry_name(sheet.name, row), " / ".join(told)))
        gone = [row for key, row in was.items() if key not in now]
        found += [Change("gone", sheet.name, _entry_name(sheet.name, row)) for row in gone]
    return found


def _by_key(sheet: str, rows: Sequence[Row]) -> dict[tuple[str, ...], Row]:
    found: dict[tuple[str, ...], Row] = {}
    for row in rows:
        key = tuple(row.get(name, "") for name in _KEYS[sheet])
        while key in found:
            key = (*key, "")
        found[key] = row
    return found


def _entry_name(sheet: str, row: Row) -> str:
    names = [row.get(name, "") for name in ("part", "code", "name", "when")]
    return " ".join(each for each in names if each)
