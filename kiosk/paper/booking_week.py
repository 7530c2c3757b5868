"""The week sheet of a kind: seven days side by side, who comes at which time, and what is still free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.lib.units import mm

from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines
from kiosk.paper.booking_sheets import gap_notes
from kiosk.paper.day_list import shown_day
from kiosk.paper.page import GROUND, INK, LINE, NOTE_MM, SECONDARY, Frame, Sheets, write_whole

_TIME_MM, _SIZE, _STEP_MM, _PAD_MM, _LOWEST_MM = 14.0, 9.0, 4.4, 1.0, 6.0
_NAME_LINES, _REASON_LINES = 2, 3
_CLOSED, _FREE = "#d9dee4", "#17663a"


@dataclass(frozen=True)
class WeekSlot:
    """One time of a day. ``people``: name and kana of each who is booked; ``free``: seats that may be taken."""

    at: str
    people: tuple[tuple[str, str], ...] = ()
    free: int = 0
    closed: bool = False
    reason: str = ""


@dataclass(frozen=True)
class WeekDay:
    """One of the seven days; ``reason``: why it is closed, or not as usual."""

    day: date
    slots: tuple[WeekSlot, ...] = ()
    closed: bool = False
    reason: str = ""


@dataclass(frozen=True)
class _Line:
    text: str
    color: str = INK
    note: str = ""


def write_week(
    path: Path, kind: str, days: Sequence[WeekDay], institution: str, *, station: str = "", printed_at: str = ""
) -> int:
    """Days as columns, times as rows, on A4 across; as many pages as it needs, each with the days. Their number.

    A name with a character that no font has is told by its kana; where there are none, with 〓 and a footnote.
    """
    between = f"{shown_day(days[0].day)} - {shown_day(days[-1].day)}" if days else ""
    title = say(N_("{kind}: week"), kind=kind)
    sheets = Sheets(Frame(title, institution, between, station, printed_at, landscape=True))
    _header(sheets, days)
    times = sorted({slot.at for day in days for slot in day.slots})
    for at in times:
        _row(sheets, days, at)
    if not times:
        sheets.y_mm += 3
        sheets.paragraph(say(N_("There are no times for bookings in this week.")), 12)
    write_whole(path, sheets.pdf())
    return len(sheets.pages)


def _wide(sheets: Sheets, days: Sequence[WeekDay]) -> float:
    return (sheets.right_mm - sheets.left_mm - _TIME_MM) / max(1, len(days))


def _header(sheets: Sheets, days: Sequence[WeekDay]) -> None:
    wide = _wide(sheets, days)
    reasons = [day.reason or (say(N_("closed day")) if day.closed else "") for day in days]
    told = [lines.cut(each, (wide - 2 * _PAD_MM) * mm, 8, _REASON_LINES) if each else [] for each in reasons]
    height = 7.0 + 3.8 * max(map(len, told), default=0)
    sheets.box(sheets.left_mm, sheets.y_mm, _TIME_MM, height, fill=GROUND)
    sheets.text(sheets.left_mm + _PAD_MM, sheets.y_mm + 4.8, say(N_("Time")), 8, color=SECONDARY)
    for number, (day, reason) in enumerate(zip(days, told, strict=True)):
        x = sheets.left_mm + _TIME_MM + number * wide
        sheets.box(x, sheets.y_mm, wide, height, fill=_CLOSED if day.closed else GROUND)
        sheets.text(x + _PAD_MM, sheets.y_mm + 4.8, shown_day(day.day), 10, bold=True)
        for at, line in enumerate(reason):
            sheets.text(x + _PAD_MM, sheets.y_mm + 9.2 + at * 3.8, line, 8)
    sheets.y_mm += height


def _row(sheets: Sheets, days: Sequence[WeekDay], at: str) -> None:
    """One time; where more people come than a page has lines for, it goes on on the next one."""
    wide = _wide(sheets, days)
    room = (wide - 2 * _PAD_MM) * mm
    slots = [next((slot for slot in day.slots if slot.at == at), None) for day in days]
    cells = [
        _lines_of(slot, room, day_closed=day.closed) if slot is not None else []
        for day, slot in zip(days, slots, strict=True)
    ]
    left = max(map(len, cells))
    begun = False
    while left > 0 or not begun:
        notes = {line.note for cell in cells for line in cell if line.note}
        fit = int((sheets.bottom_mm - NOTE_MM * len(notes) - sheets.y_mm - 1.6) / _STEP_MM)
        if fit < min(left, 6) or sheets.y_mm + _LOWEST_MM > sheets.bottom_mm:
            sheets.new_page()
            _header(sheets, days)
            fit = max(1, int((sheets.bottom_mm - NOTE_MM * len(notes) - sheets.y_mm - 1.6) / _STEP_MM))
        now, cells = [cell[:fit] for cell in cells], [cell[fit:] for cell in cells]
        height = max(_LOWEST_MM, max(map(len, now)) * _STEP_MM + 1.6)
        sheets.box(sheets.left_mm, sheets.y_mm, _TIME_MM, height)
        sheets.text(sheets.left_mm + _PAD_MM, sheets.y_mm + 4.2, at, 10, bold=True)
        for number, (day, slot, cell) in enumerate(zip(days, slots, now, strict=True)):
            x = sheets.left_mm + _TIME_MM + number * wide
            grey = day.closed or (slot is not None and slot.closed)
            sheets.box(x, sheets.y_mm, wide, height, fill=_CLOSED if grey else "", line=LINE)
            for place, line in enumerate(cell):
                sheets.text(x + _PAD_MM, sheets.y_mm + 4.0 + place * _STEP_MM, line.text, _SIZE, color=line.color)
                if line.note:
                    sheets.note(line.note)
        sheets.y_mm += height
        left -= fit
        begun = True


def _lines_of(slot: WeekSlot, room_pt: float, *, day_closed: bool) -> list[_Line]:
    found: list[_Line] = []
    for name, kana in slot.people:
        shown, note = name or kana or "-", ""
        if fonts.gaps(shown):
            if kana and not fonts.gaps(kana):
                shown = kana
            else:
                note = next(iter(gap_notes(slot.at, kana, shown)), "")
        for at, line in enumerate(lines.cut(shown, room_pt, _SIZE, _NAME_LINES)):
            found.append(_Line(line, note="" if at else note))
    if day_closed:
        return found  # the head of the day says why
    if slot.closed:
        why = slot.reason or say(N_("closed to bookings"))
        found += [_Line(line, SECONDARY) for line in lines.cut(why, room_pt, _SIZE, _REASON_LINES)]
    elif slot.free > 0:
        found.append(_Line(f"○ {say(N_('{n} free'), n=slot.free)}", _FREE))
    return found
