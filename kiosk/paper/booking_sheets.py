"""The room list of a day, for the door of each room, and the week sheet of a kind, for the desk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reportlab.lib.units import mm

from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines
from kiosk.paper.day_list import shown_day
from kiosk.paper.page import GROUND, NOTE_MM, SECONDARY, Frame, Sheets, write_whole

_SIZE, _STEP_MM, _PAD_MM = 10.0, 4.8, 1.2


@dataclass(frozen=True)
class RoomRow:
    """One booking of a room, each field as it is to be read."""

    at: str = ""
    kind: str = ""
    name: str = ""
    kana: str = ""
    patient_id: str = ""
    birth: str = ""
    age: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Room:
    """A section of the room list."""

    title: str
    rows: tuple[RoomRow, ...] = ()


# Title, width in mm, most lines of a cell (what is longer ends with …).
_COLUMNS = (
    (N_("Time"), 14.0, 1), (N_("Kind"), 36.0, 3), (N_("Name"), 48.0, 3), (N_("Kana"), 46.0, 3), (N_("ID"), 32.0, 4),
    (N_("Birth date"), 38.0, 1), (N_("Comment"), 59.0, 16),
)  # fmt: skip


def write_rooms(
    path: Path, day: date, rooms: Sequence[Room], institution: str, *, page_each: bool = False, station: str = "",
    printed_at: str = "",
) -> int:  # fmt: skip
    """A section for each room, on A4 across; ``page_each``: each room begins a page. Returns the number of pages.

    A character that no font has is printed as 〓, told in a footnote with the kana.
    """
    title = say(N_("Bookings by room"))
    sheets = Sheets(Frame(title, institution, shown_day(day), station, printed_at, landscape=True))
    for number, room in enumerate(rooms):
        if page_each and number:
            sheets.new_page()
        _room(sheets, room)
    if not rooms:
        sheets.paragraph(say(N_("Nobody is booked on this day.")), 12)
    write_whole(path, sheets.pdf())
    return len(sheets.pages)


def _room(sheets: Sheets, room: Room) -> None:
    rows = [(_cells(row), _notes(row)) for row in room.rows]
    first = _height(rows[0][0]) + NOTE_MM * len(rows[0][1]) if rows else _STEP_MM + 2
    sheets.need(18 + first)  # a title never stands alone at the foot of a page
    _room_title(sheets, room, "")
    for number, (cells, notes) in enumerate(rows):
        height = _height(cells)
        if sheets.need(height + NOTE_MM * len(notes)):
            _room_title(sheets, room, say(N_("(continued)")))
        if number % 2:
            top = sheets.y_mm + 0.1  # below the line of the row before
            sheets.box(sheets.left_mm, top, sheets.right_mm - sheets.left_mm, height - 0.1, fill=GROUND, line="")
        x = sheets.left_mm
        for (_, wide, _), cell in zip(_COLUMNS, cells, strict=True):
            for at, line in enumerate(cell):
                sheets.text(x + _PAD_MM, sheets.y_mm + 4.2 + at * _STEP_MM, line, _SIZE)
            x += wide
        for note in notes:
            sheets.note(note)
        sheets.y_mm += height
        sheets.rule(sheets.left_mm, sheets.y_mm, sheets.right_mm, width_pt=0.3)
    if not rows:
        sheets.paragraph(say(N_("Nobody is booked on this day.")), _SIZE)
    sheets.y_mm += 5


def _room_title(sheets: Sheets, room: Room, more: str) -> None:
    counted = " ".join(part for part in (say(N_("{n} bookings"), n=len(room.rows)), more) if part)
    room_mm = sheets.right_mm - sheets.left_mm - fonts.width_pt(counted, _SIZE) / mm - 6
    title = lines.shortened(room.title, room_mm * mm, 14, bold=True)
    sheets.text(sheets.left_mm, sheets.y_mm + 5.5, title, 14, bold=True)
    sheets.text(sheets.right_mm, sheets.y_mm + 5.5, counted, _SIZE, align="right", color=SECONDARY)
    sheets.y_mm += 8.5
    sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, 6, fill=GROUND, line="")
    x = sheets.left_mm
    for head, wide, _ in _COLUMNS:
        sheets.text(x + _PAD_MM, sheets.y_mm + 4.2, say(head), 8, color=SECONDARY)
        x += wide
    sheets.y_mm += 6.5


def _cells(row: RoomRow) -> list[list[str]]:
    born = say(N_("{born} (age {age})"), born=row.birth, age=row.age) if row.birth and row.age else row.birth
    texts = (row.at, row.kind, row.name, row.kana, row.patient_id, born, row.comment)
    return [
        lines.cut(text, (wide - 2 * _PAD_MM) * mm, _SIZE, most)
        for text, (_, wide, most) in zip(texts, _COLUMNS, strict=True)
    ]


def _height(cells: Sequence[Sequence[str]]) -> float:
    return max(map(len, cells)) * _STEP_MM + 1.8


def _notes(row: RoomRow) -> list[str]:
    return gap_notes(row.at, row.kana, row.name, row.kana, row.kind, row.comment)


def gap_notes(at: str, kana: str, *texts: str) -> list[str]:
    """The footnote of a booking whose texts have characters that no font has, or that are drawn in another form."""
    whole, notes = "".join(texts), []
    missing, forms = fonts.gaps(whole), fonts.other_forms(whole)
    if missing:
        notes.append(
            say(N_("〓 at {at}: {characters} is not in the font. Kana: {kana}"), at=at,
                characters=fonts.numbered(missing), kana=kana or "-")
        )  # fmt: skip
    if forms:
        told = ", ".join(fonts.named(form) for form in forms)
        notes.append(say(N_("At {at}: {characters} is written in another form of the character."), at=at,
                         characters=told))  # fmt: skip
    return notes
