"""The theatre on paper: the week as rooms by days, and the list of a day with everything the rooms must know."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from pathlib import Path

from reportlab.lib.units import mm

from kiosk.core import operation_words as words
from kiosk.core.operation import Operation
from kiosk.core.words import N_, Sentence, say
from kiosk.paper import fonts, lines
from kiosk.paper.day_list import shown_day
from kiosk.paper.page import GROUND, INK, LINE, SECONDARY, Frame, Sheets, write_whole

_ROOM_MM = 20.0
_PAD_MM = 1.2
_DAYS = 7
_MOST_LINES = 4  # of one fact in a cell of the week


@dataclass(frozen=True)
class _Line:
    text: str
    bold: bool = False


def write_week(
    path: Path, monday: date, rooms: Sequence[str], operations: Sequence[Operation], institution: str, *,
    large: bool = False, station: str = "", printed_at: str = "",
) -> int:  # fmt: skip
    """Rooms down, days across, on A4 (``large``: A3) across; the number of pages. Saturday and Sunday stand only where
    something is planned on them.
    """
    there = words.stands(operations)
    days = [monday + timedelta(days=at) for at in range(_DAYS)]
    days = [day for day in days if day.weekday() < 5 or any(each.day == day for each in there)]
    right = f"{shown_day(days[0])} - {shown_day(days[-1])}   {say(Sentence(N_('{n} operations'), {'n': len(there)}))}"
    title = say(N_("Weekly list of operations"))
    sheets = Sheets(Frame(title, institution, right, station, printed_at, landscape=True, large=large))
    size = 9.5 if large else 8.0
    wide = (sheets.right_mm - sheets.left_mm - _ROOM_MM) / len(days)
    every = [*rooms, *sorted({each.room for each in there} - set(rooms))]
    _week_head(sheets, days, wide)
    for room in every:
        cells = [
            [_block(each, wide, size) for each in there if each.room == room and each.day == day] for day in days
        ]  # fmt: skip
        _room(sheets, room, cells, days, wide, size)
    _say_gaps(sheets, there)
    write_whole(path, sheets.pdf())
    return len(sheets.pages)


def _week_head(sheets: Sheets, days: Sequence[date], wide: float) -> None:
    sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, 7, fill=GROUND)
    for at, day in enumerate(days):
        x = sheets.left_mm + _ROOM_MM + at * wide
        sheets.text(x + wide / 2, sheets.y_mm + 5, shown_day(day), 10, bold=True, align="centre")
    sheets.y_mm += 7


def _room(
    sheets: Sheets, room: str, cells: Sequence[list[list[_Line]]], days: Sequence[date], wide: float, size: float
) -> None:  # fmt: skip
    """One row of the week; what does not fit on the page goes on on the next, under the same head."""
    step, waiting, again = size * 1.4 / mm, [list(cell) for cell in cells], False

    def height(blocks: Sequence[Sequence[_Line]]) -> float:
        return sum(len(block) * step + _PAD_MM for block in blocks) + _PAD_MM

    while True:
        least = max([14.0, *(height(cell[:1]) for cell in waiting)])
        if sheets.need(least):
            _week_head(sheets, days, wide)
        room_left = sheets.bottom_mm - sheets.y_mm
        now = []
        for cell in waiting:
            taken = 1
            while taken < len(cell) and height(cell[: taken + 1]) <= room_left:
                taken += 1
            now.append(cell[:taken])
            del cell[:taken]
        tall = min(room_left, max([14.0, *(height(cell) for cell in now)]))
        _draw_row(sheets, f"{room} ({say(N_('continued'))})" if again else room, now, wide, tall, size, step)
        sheets.y_mm += tall
        if not any(waiting):
            return
        again = True


def _draw_row(
    sheets: Sheets, room: str, cells: Sequence[Sequence[Sequence[_Line]]], wide: float, tall: float, size: float,
    step: float,
) -> None:  # fmt: skip
    sheets.box(sheets.left_mm, sheets.y_mm, _ROOM_MM, tall, fill=GROUND)
    for at, line in enumerate(lines.wrapped(room, (_ROOM_MM - 2) * mm, 10, True)):
        sheets.text(sheets.left_mm + 1, sheets.y_mm + 5 + at * 5, line, 10, bold=True)
    for column, blocks in enumerate(cells):
        x = sheets.left_mm + _ROOM_MM + column * wide
        sheets.box(x, sheets.y_mm, wide, tall)
        y = sheets.y_mm + _PAD_MM
        for number, block in enumerate(blocks):
            if number:
                sheets.rule(x + 1, y - _PAD_MM / 2, x + wide - 1, color=LINE)
            for line in block:
                sheets.text(x + 1.2, y + step * 0.75, line.text, size, bold=line.bold)
                y += step
            y += _PAD_MM


def _block(operation: Operation, wide: float, size: float) -> list[_Line]:
    """What a cell says of an operation."""
    order = words.order_text(operation)
    head = f"{order}  " if order else ""
    head += words.span_text(operation.enter, operation.end)
    patient = operation.patient
    told = (
        (f"{head}  {words.urgency_text(operation)}".rstrip(), True),
        (f"{patient.name} {words.person_text(operation)} {patient.ward}".strip(), True),
        (words.method_text(operation), False),
        (" / ".join(each for each in (words.joined(operation.anaesthesia), operation.team.surgeon) if each), False),
        (words.joined(operation.equipment), False),
    )  # fmt: skip
    return [
        _Line(line, bold) for text, bold in told if text for line in _few(text, (wide - 2.4) * mm, size, bold)
    ]  # fmt: skip


def _few(text: str, width_pt: float, size: float, bold: bool) -> list[str]:
    """The text in a few lines; the list of the day has all of it."""
    found = lines.wrapped(text, width_pt, size, bold)
    if len(found) <= _MOST_LINES:
        return found
    rest = "".join(found[_MOST_LINES - 1 :])
    return [*found[: _MOST_LINES - 1], lines.shortened(rest, width_pt, size, bold)]


# -- a day -------------------------------------------------------------------------------------------------------------

_SIZE, _STEP_MM = 9.0, 4.5
_COLUMNS = (
    (N_("Room"), 20.0), (N_("Time"), 24.0), (N_("Who is operated on"), 40.0), (N_("Diagnosis, method"), 50.0),
    (N_("Anaesthesia, position"), 25.0), (N_("Surgeon, anaesthetist"), 42.0), (N_("Nurses"), 28.0),
    (N_("For the room to know"), 44.0),
)  # fmt: skip


def write_theatre_day(
    path: Path, day: date, operations: Sequence[Operation], institution: str, *, station: str = "",
    printed_at: str = "",
) -> int:  # fmt: skip
    """The list of a day by room, on A4 across; the number of pages."""
    there = words.stands(operations)
    right = f"{shown_day(day)}   {say(Sentence(N_('{n} operations'), {'n': len(there)}))}"
    sheets = Sheets(Frame(say(N_("Operations of the day")), institution, right, station, printed_at, landscape=True))
    _day_head(sheets)
    before = ""
    for number, each in enumerate(there):
        cells = _day_cells(each)
        wrapped = [
            [_Line(part, line.bold) for line in cell for part in _wrapped(line, width)]
            for cell, (_, width) in zip(cells, _COLUMNS, strict=True)
        ]  # fmt: skip
        _draw_operation(sheets, wrapped, shaded=bool(number % 2), rule=before not in ("", each.room))
        before = each.room
    if not there:
        sheets.paragraph(say(N_("No operation is planned on this day.")), 12)
    _say_gaps(sheets, there)
    write_whole(path, sheets.pdf())
    return len(sheets.pages)


def _wrapped(line: _Line, width_mm: float) -> list[str]:
    return lines.wrapped(line.text, (width_mm - 2) * mm, _SIZE, line.bold)


def _draw_operation(sheets: Sheets, cells: list[list[_Line]], *, shaded: bool, rule: bool) -> None:
    """A row; a very long remark goes on on the next page."""
    rows = list(zip_longest(*cells))
    while rows:
        if sheets.need(min(len(rows), 6) * _STEP_MM + 2):
            _day_head(sheets)
        fitting = max(1, int((sheets.bottom_mm - sheets.y_mm - 2) / _STEP_MM))
        now, rows = rows[:fitting], rows[fitting:]
        tall = len(now) * _STEP_MM + 2
        if shaded:
            sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, tall, fill=GROUND, line="")
        if rule:
            sheets.rule(sheets.left_mm, sheets.y_mm, sheets.right_mm, width_pt=0.9, color=INK)
            rule = False
        for at, row in enumerate(now):
            x = sheets.left_mm
            for line, (_, width) in zip(row, _COLUMNS, strict=True):
                if line is not None:
                    sheets.text(x + 1, sheets.y_mm + 4.2 + at * _STEP_MM, line.text, _SIZE, bold=line.bold)
                x += width
        sheets.y_mm += tall


def _day_cells(each: Operation) -> list[list[_Line]]:
    patient, order = each.patient, words.order_text(each)
    actual = [
        f"{say(name)} {words.clock_text(moment)}" for name, moment in (
            (N_("in the room"), each.actual_enter), (N_("began"), each.actual_start),
            (N_("operation ended"), each.actual_end),
        ) if moment is not None
    ]  # fmt: skip
    cells = [
        [_Line(each.room, True), _Line(order)],
        [_Line(words.urgency_text(each), True), _Line(words.span_text(each.enter, each.end), True),
         _Line(say(N_("starts {at}"), at=words.clock_text(each.start))), *map(_Line, actual)],
        [_Line(patient.kana), _Line(patient.name, True), _Line(words.person_text(each)),
         _Line(" ".join(part for part in (patient.patient_id, patient.ward, patient.blood_type) if part))],
        [_Line(each.diagnosis), _Line(words.method_text(each), True), _Line(each.department)],
        [_Line(words.joined(each.anaesthesia)), _Line(each.position)],
        [_Line(text) for text in words.team_texts(each)],
        [_Line(text) for text in words.nurse_texts(each)],
        [_Line(text) for text in words.care_texts(each)],
    ]  # fmt: skip
    return [[line for line in cell if line.text] or [_Line("")] for cell in cells]


def _day_head(sheets: Sheets) -> None:
    sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, 6, fill=GROUND, line="")
    x = sheets.left_mm
    for title, wide in _COLUMNS:
        sheets.text(x + 1, sheets.y_mm + 4.2, say(title), 8, color=SECONDARY)
        x += wide
    sheets.y_mm += 6.5


def _say_gaps(sheets: Sheets, there: Sequence[Operation]) -> None:
    """A letter that no font has is 〓; the footnote says which it is."""
    missing = "".join(dict.fromkeys("".join(fonts.gaps(each.patient.name) for each in there)))
    if missing:
        sheets.note(fonts.numbered(missing))
