"""The examinee's sheet of health guidance, A4: goals, the course of weight and waist as curves, sessions, next date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from reportlab.lib.units import mm

from kiosk.core.guidance import CaseBody, GuidanceBook, due_day, points_of
from kiosk.core.guidance_level import LEVELS, Level
from kiosk.core.patient import Patient
from kiosk.core.weight_curve import Curve, curves_of
from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines
from kiosk.paper.day_list import shown_day
from kiosk.paper.finding_report import Picture, prove_pictures
from kiosk.paper.page import GROUND, INK, LINE, SECONDARY, Frame, Sheets

_CURVE_MM = 46.0
_COLUMNS = (
    (N_("Date"), 0.0), (N_("Form"), 34.0), (N_("Weight"), 64.0), (N_("Waist"), 84.0), (N_("Given by"), 104.0),
    (N_("Notes"), 138.0),
)  # fmt: skip


@dataclass(frozen=True)
class GuidancePage:
    """All that the sheet says. ``day`` is that of the version."""

    institution: str
    patient: Patient
    year: int
    book: GuidanceBook
    body: CaseBody
    day: date
    pictures: Sequence[Picture] = ()
    station: str = ""


def guidance_sheet(page: GuidancePage) -> tuple[bytes, int]:
    """The sheet as PDF bytes and its number of pages. A character that no font has raises ``UnreadableCharacter``: the
    examinee would read a wrong word."""
    fonts.refuse_gaps(*_texts(page))
    prove_pictures(page.pictures)
    title = say(N_("Health guidance, fiscal year {year}"), year=page.year)
    sheets = Sheets(Frame(title, page.institution, shown_day(page.day), page.station, margin_mm=15))
    _person(sheets, page)
    _goals(sheets, page)
    _points(sheets, page)
    _curve(sheets, page)
    _sessions(sheets, page)
    _next(sheets, page)
    _pictures(sheets, page)
    return sheets.pdf(), len(sheets.pages)


def _texts(page: GuidancePage) -> list[str]:
    body = page.body
    found = [page.institution, page.patient.kanji, page.patient.kana, page.patient.patient_id, body.behaviour_goal]
    found += [part for each in body.sessions for part in (each.who, each.notes)]
    return found + [picture.caption for picture in page.pictures] + [page.book.advice]


def _person(sheets: Sheets, page: GuidancePage) -> None:
    patient, left = page.patient, sheets.left_mm
    room = (sheets.right_mm - left) * 0.62
    name = say(N_("Mr/Ms {name}"), name=patient.shown_name)
    sheets.text(left, sheets.y_mm + 4, lines.shortened(patient.kana, room * mm, 9), 9, color=SECONDARY)
    size, names = lines.fitted(name, (room - 4) * mm, 17, 10, bold=True)
    for at, line in enumerate(names):
        sheets.text(left, sheets.y_mm + 11 + at * 5, line, size, bold=True)
    level = say(LEVELS[Level(page.body.level)]) if page.body.level else ""
    sheets.text(sheets.right_mm, sheets.y_mm + 4, f"{say(N_('ID'))} {patient.patient_id}", 10, align="right")
    sheets.text(sheets.right_mm, sheets.y_mm + 11, level, 12, bold=True, align="right")
    sheets.y_mm += 11 + 5 * len(names)


def _goals(sheets: Sheets, page: GuidancePage) -> None:
    body, wide = page.body, sheets.right_mm - sheets.left_mm
    words = lines.wrapped(body.behaviour_goal or "-", (wide - 10) * mm, 12)
    high = 13 + 6.4 * len(words)
    sheets.box(sheets.left_mm, sheets.y_mm, wide, high, fill=GROUND)
    numbers = [
        say(N_("{item}: {before} → {goal}"), item=say(what), before=_shown(before, unit), goal=_shown(goal, unit))
        for what, before, goal, unit in (
            (N_("Weight"), body.checkup.weight, body.weight_goal, "kg"),
            (N_("Waist"), body.checkup.waist, body.waist_goal, "cm"),
        )
    ]
    sheets.text(sheets.left_mm + 4, sheets.y_mm + 7, say(N_("Goals")), 12, bold=True)
    sheets.text(sheets.left_mm + 32, sheets.y_mm + 7, "     ".join(numbers), 12)
    for at, line in enumerate(words):
        sheets.text(sheets.left_mm + 4, sheets.y_mm + 15 + 6.4 * at, line, 12)
    sheets.y_mm += high + 5


def _shown(value: float | None, unit: str) -> str:
    return f"{value:g} {unit}" if value is not None else "-"


def _points(sheets: Sheets, page: GuidancePage) -> None:
    points = points_of(page.book, page.body)
    if not points.needed:
        return
    wide = sheets.right_mm - sheets.left_mm - 62
    sheets.text(sheets.left_mm, sheets.y_mm + 5, say(N_("Points")), 11, bold=True)
    sheets.box(sheets.left_mm + 24, sheets.y_mm + 1, wide, 5)
    part = min(1.0, points.total / points.needed)
    if part:
        sheets.box(sheets.left_mm + 24, sheets.y_mm + 1, wide * part, 5, fill="#17663a", line="")
    sheets.text(sheets.right_mm, sheets.y_mm + 5, f"{points.total} / {points.needed}", 11, bold=True, align="right")
    sheets.y_mm += 11


def _curve(sheets: Sheets, page: GuidancePage) -> None:
    found = curves_of(page.body)
    if not found:
        return
    wide = sheets.right_mm - sheets.left_mm
    sheets.need(_CURVE_MM + 10)
    across = wide / len(found)
    for at, curve in enumerate(found):
        _one_curve(sheets, curve, sheets.left_mm + at * across, across - 6)
    sheets.y_mm += _CURVE_MM + 8


def _one_curve(sheets: Sheets, curve: Curve, x: float, wide: float) -> None:
    """Day by day, with each value written at its point; the goal as a dashed line."""
    top = sheets.y_mm
    sheets.text(x, top + 4, say(curve.name), 11, bold=True)
    sheets.box(x, top + 6, wide, _CURVE_MM - 6, line=LINE)
    spots = [(x + 6 + px * (wide - 14), top + 13 + py * (_CURVE_MM - 24)) for px, py in curve.spots]

    def draw(canvas: Any, left: float, low: float) -> None:
        def at(spot: tuple[float, float]) -> tuple[float, float]:
            return left + (spot[0] - x) * mm, low + (top + _CURVE_MM - spot[1]) * mm

        canvas.setLineWidth(1.2)
        canvas.setStrokeColor("#0b5cad")
        canvas.setFillColor("#0b5cad")
        for one, other in zip(spots, spots[1:], strict=False):
            canvas.line(*at(one), *at(other))
        for spot in spots:
            canvas.circle(*at(spot), 2, fill=1, stroke=0)
        if curve.goal_at is not None:
            canvas.setDash(3, 3)
            canvas.setStrokeColor("#17663a")
            level = top + 13 + curve.goal_at * (_CURVE_MM - 24)
            canvas.line(*at((x + 2, level)), *at((x + wide - 2, level)))

    sheets.drawing(draw, x, top + _CURVE_MM)
    if curve.goal_at is not None:
        level = top + 13 + curve.goal_at * (_CURVE_MM - 24)
        sheets.text(x + wide - 1, level - 1, say(N_("goal {value}"), value=f"{curve.goal:g}"), 8, align="right",
                    color="#17663a")  # fmt: skip
    for at, (spot, value) in enumerate(zip(spots, curve.values, strict=True)):
        shown = at in (0, len(spots) - 1) or len(spots) <= 8
        sheets.text(spot[0], spot[1] - 1.8, f"{value:g}" if shown else "", 8.5, align="centre", color=INK)
    for at, align in ((0, "left"), (len(spots) - 1, "right")):
        place = x + 1 if align == "left" else x + wide - 1
        if at == 0 or len(spots) > 1:
            sheets.text(place, top + _CURVE_MM - 1.5, f"{curve.days[at]:%m-%d}", 8, align=align, color=SECONDARY)


def _sessions(sheets: Sheets, page: GuidancePage) -> None:
    if not page.body.sessions:
        return
    left = sheets.left_mm
    sheets.need(20)
    for title, x in _COLUMNS:
        sheets.text(left + x, sheets.y_mm + 4, say(title), 9, color=SECONDARY)
    sheets.y_mm += 5.5
    room = (sheets.right_mm - left - _COLUMNS[-1][1]) * mm
    for each in page.body.sessions:
        notes = lines.wrapped(each.notes, room, 9) if each.notes else [""]
        sheets.need(6 + 4.6 * (len(notes) - 1))
        sheets.rule(left, sheets.y_mm, sheets.right_mm)
        form = page.book.forms.get(each.form)
        day = shown_day(date.fromisoformat(each.day))
        for text, at in ((day, 0), (form.name if form else each.form, 1), (_shown(each.weight, "kg"), 2),
                         (_shown(each.waist, "cm"), 3), (each.who, 4)):  # fmt: skip
            wide = (_COLUMNS[at + 1][1] - _COLUMNS[at][1] - 2) * mm
            sheets.text(left + _COLUMNS[at][1], sheets.y_mm + 4.4, lines.shortened(text, wide, 9), 9)
        for at, line in enumerate(notes):
            sheets.text(left + _COLUMNS[-1][1], sheets.y_mm + 4.4 + 4.6 * at, line, 9)
        sheets.y_mm += 6 + 4.6 * (len(notes) - 1)
    sheets.y_mm += 4


def _next(sheets: Sheets, page: GuidancePage) -> None:
    due = due_day(page.book, page.body)
    sheets.need(22)
    if due:
        sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, 13)
        sheets.text(sheets.left_mm + 4, sheets.y_mm + 8.5, say(N_("Next time")), 12, bold=True)
        sheets.text(sheets.left_mm + 40, sheets.y_mm + 9, shown_day(date.fromisoformat(due)), 16, bold=True)
        sheets.y_mm += 16
    if page.book.advice:
        sheets.paragraph(page.book.advice, 10)
        sheets.y_mm += 3


def _pictures(sheets: Sheets, page: GuidancePage) -> None:
    wide, high = (sheets.right_mm - sheets.left_mm - 6) / 2, 60.0
    for at in range(0, len(page.pictures), 2):
        sheets.need(high + 8)
        for column, picture in enumerate(page.pictures[at : at + 2]):
            x = sheets.left_mm + column * (wide + 6)
            sheets.box(x, sheets.y_mm, wide, high, fill="#000000", line="")
            sheets.picture(picture.data, x, sheets.y_mm, wide, high)
            caption = f"{at + column + 1}  {picture.caption}".rstrip()
            sheets.text(x, sheets.y_mm + high + 4.5, lines.shortened(caption, wide * mm, 9), 9)
        sheets.y_mm += high + 8
