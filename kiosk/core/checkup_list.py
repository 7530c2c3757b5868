"""The check-up system's reservation list: rows of a CSV become visits, or sentences that say what is wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, time
from functools import lru_cache
from operator import itemgetter
from typing import NamedTuple, Protocol

from kiosk.core.calendar_dates import NoDate, read_date, read_time
from kiosk.core.charset import GETA
from kiosk.core.csv_records import Record, records
from kiosk.core.kana import full_kana, is_kana, romaji
from kiosk.core.list_settings import GAIJI, REQUIRED, ListSettings, ListUnreadable, Place, gaiji_code, gaiji_table
from kiosk.core.patient import Patient
from kiosk.core.visit import VisitKey
from kiosk.core.words import N_, Sentence

_MALE = {"1", "M", "男", "男性", "MALE", "♂"}
_FEMALE = {"2", "F", "女", "女性", "FEMALE", "♀"}
_NO_SEX = {"", "0", "9", "不明", "U"}
_OTHER = {"3", "O", "その他"}
_TICKED = {"1", "○", "〇", "◯", "●", "✓", "✔", "レ", "Y", "YES", "TRUE", "有", "有り", "あり", "する", "希望", "X"}
_SPOILT = re.compile(r"[?？\ufffd]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\\]")
_PLAIN_ID = re.compile(r"[0-9A-Za-z_-]+")
_EXCEL_NUMBER = re.compile(r"\d(?:\.\d+)?E\+\d+", re.IGNORECASE)
_EXCEL_TEXT = re.compile(r'="([^"]*)"')


@dataclass(frozen=True)
class RowProblem:
    """What is wrong with a row, by the line of the file that it begins in; ``taken`` = it goes in all the same.

    ``key`` tells whose row it is where that can be read, so that the visit does not pass for vanished.
    """

    line: int
    sentence: Sentence
    taken: bool
    key: VisitKey | None = None


class ListRow(NamedTuple):
    """A row that goes in. ``options`` are the list's words; ``cut``: the row ends before the course.

    A tuple, because a million of them are made.
    """

    line: int
    key: VisitKey
    patient: Patient
    at: time | None = None
    course: str = ""
    course_name: str = ""
    options: tuple[str, ...] = ()
    remark: str = ""
    extra: tuple[tuple[str, str], ...] = ()
    problems: tuple[RowProblem, ...] = ()
    cut: bool = False


class _Refused(Exception):
    def __init__(self, sentence: str, **values: object) -> None:
        self.sentence = Sentence(sentence, values)


@dataclass(frozen=True)
class _Layout:
    """Where the fields stand. ``pick`` takes them all out of a row at once, in the order of ``Columns``: this runs a
    million times in a large list. A field that the list lacks is picked from the empty cell behind the last one."""

    pick: Callable[[Sequence[str]], tuple[str, ...]]
    joined: tuple[tuple[int, tuple[int, ...]], ...]  # fields that are made of several columns
    last_needed: int
    course: int  # the last column that tells it; -1 where none does
    options: tuple[int, ...]
    flags: tuple[tuple[int, str], ...]
    extra: tuple[tuple[str, int], ...]
    width: int  # columns of the header; 0 where there is none


def read_checkup_list(
    pieces: Iterable[bytes], settings: ListSettings, *, institution: str, issuer: str = ""
) -> Iterator[ListRow | RowProblem]:
    """Rows in the order of the file as they are read; memory holds one piece and the keys seen.

    ``pieces`` are the file's bytes in pieces of any size. Raises ListUnreadable where the header lacks a column that
    every row needs, or a setting is wrong.
    """
    reader = _RowReader(settings, institution, issuer)
    layout: _Layout | None = None
    seen: dict[int, int] = {}  # hashes: a million keys as tuples would be 200 MB and the garbage collector's work
    for record in records(pieces, encoding=settings.encoding, delimiter=settings.delimiter):
        if not "".join(record.cells).strip():
            if record.broken:
                yield RowProblem(record.line, Sentence(record.broken), taken=False)
            continue
        if layout is None:
            layout = _layout(settings, record.cells)
            if settings.header:
                continue
        try:
            row = reader.read(record, layout)
        except _Refused as why:
            yield RowProblem(record.line, why.sentence, False, reader.key_of(record, layout))
            continue
        key = hash((row.key.institution, row.key.day, row.key.number))
        first = seen.setdefault(key, record.line)
        if first != record.line:
            sentence = Sentence(N_("Number {number} of that day is already in line {first}; this row was left out."),
                                {"number": row.key.number, "first": first})  # fmt: skip
            yield RowProblem(record.line, sentence, False, row.key)
            continue
        yield row
    if layout is None:
        raise ListUnreadable(N_("The list is empty."), N_("Have the check-up system write it again."))


def _layout(settings: ListSettings, header: Sequence[str]) -> _Layout:
    names = {}
    for index, name in reversed(list(enumerate(header))):
        names[_plain(name)] = index
    if not settings.header:
        names = {}

    def column(place: Place) -> int | None:
        if isinstance(place, int):
            return place - 1 if 1 <= place <= len(header) else None
        return names.get(_plain(place))

    def joined(place: Place) -> tuple[int, ...]:
        parts = [column(part) for part in place.split("+")] if isinstance(place, str) else [column(place)]
        return tuple(part for part in parts if part is not None) if None not in parts else ()

    found = {
        each.name: next((at for place in getattr(settings.columns, each.name) if (at := joined(place))), ())
        for each in fields(settings.columns)
    }
    for name in (*REQUIRED, "kanji" if not found["kana"] else ""):
        if name and not found[name]:
            wanted = "、".join(str(place) for place in getattr(settings.columns, name))
            raise ListUnreadable(
                N_("The list has no column for {wanted}. Its columns are: {header}"),
                N_("Correct the columns in the parameter file, or have the check-up system write the list again."),
                wanted=wanted,
                header="、".join(cell.strip() for cell in header)[:300],
            )
    pick = itemgetter(*(places[0] if places else -1 for places in found.values()))
    several = [(order, places) for order, places in enumerate(found.values()) if len(places) > 1]
    last_needed = max(max(found[name]) for name in REQUIRED)
    flags = [(here, word) for name, word in settings.option_flags.items() if (here := column(name)) is not None]
    extra = [(ours, here) for ours, name in settings.extra.items() if (here := column(name)) is not None]
    options = [here for place in settings.options if (here := column(place)) is not None]
    course = max((*found["course"], *found["course_name"]), default=-1)
    return _Layout(pick, tuple(several), last_needed, course, tuple(options), tuple(flags), tuple(extra), len(header))


class _RowReader:
    """Turns the cells of one record into a row; what many rows share (dates, gaiji) is read once."""

    def __init__(self, settings: ListSettings, institution: str, issuer: str) -> None:
        self._institution = institution
        self._issuer = issuer
        parting = settings.options_parted_by
        self._parting = re.compile(f"[{re.escape(parting)}]+") if parting else None
        self._gaiji = gaiji_table(settings.gaiji)

    def read(self, record: Record, layout: _Layout) -> ListRow:
        if record.broken:
            raise _Refused(record.broken)
        cut = len(record.cells) <= layout.course
        cells, problems = self._fitted(record, layout)
        told = tuple(map(str.strip, layout.pick(cells)))
        if layout.joined:
            apart = list(told)
            for order, places in layout.joined:
                apart[order] = " ".join(part for index in places if (part := cells[index].strip()))
            told = tuple(apart)
        number, day, at, patient_id, kanji, kana, roman, sex, born, age, course, course_name, remark, whose = told

        def doubt(sentence: str, **values: object) -> None:
            problems.append(RowProblem(record.line, Sentence(sentence, values), taken=True))

        number = _identifier(number, N_("The check-up number"), 32)
        on = _day(day)
        patient_id = _identifier(patient_id, N_("The examinee's ID"), 64)
        kanji, kana, roman = self._name(kanji, kana, roman, doubt)
        patient = Patient(
            self._issuer, patient_id, kanji, kana, roman, _sex(sex, doubt), _birth_date(born, age, on, doubt)
        )
        return ListRow(
            line=record.line,
            key=VisitKey(_tidy(whose) or self._institution, on, number),
            patient=patient,
            at=_time(at, doubt),
            course=_tidy(course),
            course_name=_tidy(course_name),
            options=self._options(cells, layout) if layout.options or layout.flags else (),
            remark=self._known(remark, doubt),
            extra=tuple((ours, said) for ours, index in layout.extra if (said := _tidy(cells[index]))),
            problems=tuple(problems),
            cut=cut,
        )

    def key_of(self, record: Record, layout: _Layout) -> VisitKey | None:
        """Whose row it is, of a row that is refused for something else."""
        cells = record.cells + [""] * (layout.width - len(record.cells) + 1)
        try:
            number, day = layout.pick(cells)[:2]
            return VisitKey(self._institution, _day(day.strip()), _identifier(number.strip(), "", 32))
        except _Refused:
            return None

    def _fitted(self, record: Record, layout: _Layout) -> tuple[list[str], list[RowProblem]]:
        """The cells in the header's number, where they can be trusted to stand in their columns."""
        cells = record.cells
        has, wants = len(cells), layout.width
        if has > wants:
            if any(cell.strip() for cell in cells[wants:]):
                raise _Refused(N_("The row has {has} columns instead of {wants}."), has=has, wants=wants)
            return [*cells[:wants], ""], []
        if has == wants:
            cells.append("")
            return cells, []
        if has <= layout.last_needed:
            raise _Refused(N_("The row ends too early: it has {has} columns instead of {wants}."), has=has, wants=wants)
        sentence = Sentence(N_("The row has only {has} of {wants} columns."), {"has": has, "wants": wants})
        return cells + [""] * (wants - has + 1), [RowProblem(record.line, sentence, taken=True)]

    def _name(self, kanji: str, kana: str, roman: str, doubt: _Doubt) -> tuple[str, str, str]:
        """Kanji, kana and romaji as they are kept."""
        kanji = self._known(_tidy(kanji), doubt)
        kana, is_plain, spelt = _kana(kana)
        if GAIJI.search(kana):
            kana, is_plain, spelt = _kana(self._known(kana, doubt))
        if not kanji and not kana:
            raise _Refused(N_("The row has no name."))
        if kana and not is_plain:
            doubt(N_("The kana name “{kana}” holds other characters."), kana=kana)
        if _SPOILT.search(kanji):
            doubt(N_("The name “{name}” has a ? in it: the check-up system could not write a character."), name=kanji)
        if not kana and is_kana(kanji):
            kana, _, spelt = _kana(kanji)
        if roman and roman.isascii():
            spelt = " ".join(roman.upper().split())
        return kanji, kana, spelt

    def _options(self, cells: Sequence[str], layout: _Layout) -> tuple[str, ...]:
        found: list[str] = []
        for index in layout.options:
            if cells[index]:
                parts = self._parting.split(cells[index]) if self._parting else [cells[index]]
                found += [told for part in parts if (told := _tidy(part))]
        found += [word for index, word in layout.flags if _plain(cells[index]) in _TICKED]
        return tuple(dict.fromkeys(found))

    def _known(self, told: str, doubt: _Doubt) -> str:
        """The text with the check-up system's own characters put in; those that nobody told us stay as 〓."""
        if told.isascii() or not GAIJI.search(told):
            return told
        told = told.translate(self._gaiji)
        unknown = sorted(set(GAIJI.findall(told)))
        if unknown:
            codes = "、".join(gaiji_code(c) for c in unknown)
            doubt(N_("The character with code {codes} is not known here and shown as 〓; the table gaiji of the "
                     "parameter file tells which one it is."), codes=codes)  # fmt: skip
        return GAIJI.sub(GETA, told)


class _Doubt(Protocol):
    def __call__(self, sentence: str, **values: object) -> None: ...


def _identifier(said: str, what: str, longest: int) -> str:
    """A number or ID as text: width made plain, zeros kept."""
    if len(said) <= longest and _PLAIN_ID.fullmatch(said):
        return said
    told = _EXCEL_TEXT.sub(r"\1", unicodedata.normalize("NFKC", said)).strip()
    if not told:
        raise _Refused(N_("{what} is missing."), what=Sentence(what))
    if _EXCEL_NUMBER.fullmatch(told):
        raise _Refused(N_("{what} “{told}” was spoilt by a spreadsheet."), what=Sentence(what), told=told)
    if len(told) > longest or _CONTROL.search(told):
        raise _Refused(N_("{what} “{told}” is too long or holds characters that are not allowed."),
                       what=Sentence(what), told=told[:40])  # fmt: skip
    return told


def _sex(said: str, doubt: _Doubt) -> str:
    if said in ("1", "2"):
        return "M" if said == "1" else "F"
    told = unicodedata.normalize("NFKC", said).upper()
    for known, sex in ((_MALE, "M"), (_FEMALE, "F"), (_OTHER, "O"), (_NO_SEX, "")):
        if told in known:
            return sex
    doubt(N_("Sex “{said}” is not known; write 1 or 2, 男 or 女."), said=said)
    return ""


def _birth_date(said: str, age: str, on: date, doubt: _Doubt) -> date | None:
    """The birth date where the list has one that can be; ``age`` only checks it."""
    if not said:
        return None
    try:
        born = _cached_date(said)
    except NoDate as why:
        doubt(N_("Birth date: {why}"), why=why.sentence)
        return None
    if born > on:
        doubt(N_("The birth date {born} is after the day of the visit."), born=born.isoformat())
        return None
    if age:
        told = unicodedata.normalize("NFKC", age).removesuffix("歳").strip()
        reckoned = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
        # Lists give the age of the day, of the year's end or of the fiscal year's end, which may be one year more.
        if told.isdigit() and int(told) - reckoned not in (0, 1):
            doubt(N_("The list says {age} years, the birth date {born} says {reckoned}."), age=int(told),
                  born=born.isoformat(), reckoned=reckoned)  # fmt: skip
    return born


def _time(said: str, doubt: _Doubt) -> time | None:
    try:
        return _cached_time(said)
    except NoDate as why:
        doubt(N_("Time: {why}"), why=why.sentence)
        return None


def _day(said: str) -> date:
    try:
        return _cached_date(said)
    except NoDate as why:
        raise _Refused(N_("Day of the visit: {why}"), why=why.sentence) from None


@lru_cache(maxsize=65536)
def _cached_date(text: str) -> date:
    return read_date(_EXCEL_TEXT.sub(r"\1", text))


@lru_cache(maxsize=4096)
def _cached_time(text: str) -> time | None:
    return read_time(text)


@lru_cache(maxsize=65536)
def _kana(text: str) -> tuple[str, bool, str]:
    """The kana name as kept, whether it is kana throughout, and its romaji."""
    kana = full_kana(text)
    return kana, is_kana(kana), romaji(kana)


def _tidy(text: str) -> str:
    """Blanks of any kind and number as one."""
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def _plain(text: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper().strip("\ufeff")
