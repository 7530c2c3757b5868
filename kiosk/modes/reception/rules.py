"""What reception shows of a visit, and which visit a scanned or typed number means."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from functools import lru_cache
from typing import Any

from kiosk.core.expected_views import missing_of, partly_text
from kiosk.core.kana import full_kana
from kiosk.core.visit import Step, StepState, Visit, VisitState
from kiosk.core.words import N_, Sentence, say

HERE, NOTHING_YET = "✓", "・"
SEXES = {"M": N_("M"), "F": N_("F"), "O": N_("X")}
_START_STOP = re.compile(r"([A-Da-d])(.+)([A-Da-d])")  # NW-7 readers may hand over the start and stop characters


@dataclass(frozen=True)
class Line:
    """One examinee of the day as reception shows it; plain values, so that this PC can keep the last list it saw.

    ``state`` is the colour of the row: done, look, or none.
    """

    visit: int
    number: str
    short: str  # the number as the list of its day shows it
    at: str
    name: str
    kana: str
    romaji: str
    patient_id: str
    sex: str
    age: int | None
    course: str
    examinations: str
    missing: str
    remark: str
    state: str
    arrived_at: str = ""
    vanished: bool = False
    noted: bool = False
    cells: tuple[str, ...] = ()  # made where the list is read, so that the window has nothing left to work out

    @property
    def arrived(self) -> bool:
        return bool(self.arrived_at)


@dataclass(frozen=True)
class DayList:
    """The examinees of a day. ``seen_at`` is set where the shared store is away and this is what was seen last."""

    day: date
    lines: tuple[Line, ...] = ()
    seen_at: str = ""


@dataclass(frozen=True)
class Counted:
    look: int = 0
    done: int = 0
    arrived: int = 0
    all: int = 0


@dataclass(frozen=True)
class Match:
    """The outcome of looking for a number: ``line`` where exactly one is meant, else the sentence that says why not."""

    line: Line | None = None
    why: Sentence | None = None
    elsewhere: bool = False  # nobody on this day: other days are worth asking


def line_of(visit: Visit, noted: bool = False) -> Line:
    """A visit as a line of the list."""
    patient = visit.patient
    missing = [told for step in picture_steps(visit) if (told := missing_of(step))]
    line = Line(
        visit=visit.id,
        number=visit.key.number,
        short=short_number(visit.key.number, visit.key.day),
        at=visit.at.strftime("%H:%M") if visit.at else "",
        name=patient.shown_name,
        kana=patient.kana,
        romaji=patient.romaji,
        patient_id=patient.patient_id,
        sex=patient.sex,
        age=patient.age_on(visit.key.day),
        course=visit.course_name or visit.course_code,
        examinations=examinations_text(visit),
        missing="、".join(missing),
        remark=" ".join(visit.remark.split()),
        state=row_state(visit),
        arrived_at=visit.arrived_at,
        vanished=visit.vanished,
        noted=noted,
    )
    return replace(line, cells=cells_of(line))


def picture_steps(visit: Visit) -> list[Step]:
    """The examinations of the course that give pictures."""
    return [step for step in visit.steps if step.exam.gives_images and step.state is not StepState.CANCELLED]


def examinations_text(visit: Visit) -> str:
    """``胸部✓ 胃・ 眼底 左なし``: what has arrived of the course, and what is missing by name."""
    if visit.state is VisitState.CANCELLED:
        return say(N_("cancelled"))
    steps = picture_steps(visit)
    if not visit.arrived_at and not any(step.images for step in steps):
        return say(N_("not here yet"))
    if not steps:
        return say(N_("no pictures in this course"))
    told = [step_text(step) for step in steps]
    return " ".join(told if visit.arrived_at else [say(N_("not here yet")), *told])


def step_text(step: Step) -> str:
    """``胸部✓``, ``胃・``, ``眼底 左なし`` or ``胃 3/4``."""
    short = step.exam.short or step.exam.name
    if step.state is StepState.DONE:
        return short + HERE
    if not step.images:
        return short + NOTHING_YET
    return f"{short} {partly_text(step)}"


def row_state(visit: Visit) -> str:
    """Green when everything has arrived, amber when somebody should look."""
    if visit.state is VisitState.CANCELLED:
        return ""
    if visit.vanished:
        return "look"
    steps = picture_steps(visit)
    if any(step.state is StepState.STARTED for step in steps):
        return "look"
    if any(step.images for step in steps) and not visit.arrived_at:
        return "look"  # pictures of somebody who is not checked in
    return "done" if visit.state is VisitState.DONE and visit.arrived_at else ""


def counted(lines: Iterable[Line]) -> Counted:
    """The numbers at the head of the list."""
    lines = list(lines)
    return Counted(
        look=sum(line.state == "look" for line in lines),
        done=sum(line.state == "done" for line in lines),
        arrived=sum(line.arrived for line in lines),
        all=len(lines),
    )


def short_number(number: str, day: date) -> str:
    """``017`` for ``20261124-017`` in the list of that day."""
    for prefix in _prefixes(day):
        if number.startswith(prefix) and len(number) > len(prefix):
            return number[len(prefix) :]
    return number


@lru_cache(maxsize=64)
def _prefixes(day: date) -> tuple[str, ...]:
    return (f"{day:%Y%m%d}-", f"{day:%Y%m%d}", f"{day:%y%m%d}-")


def plain_number(code: str) -> str:
    """A scanned or typed number as numbers are kept: half width, no blanks, NW-7 start and stop characters gone."""
    told = re.sub(r"\s+", "", unicodedata.normalize("NFKC", code))
    framed = _START_STOP.fullmatch(told)
    return framed[2] if framed else told


def find_number(lines: Sequence[Line], code: str) -> Match:
    """The one examinee whose number this is: the whole number, or as the list shows it. Never the nearest."""
    number = plain_number(code)
    if not number:
        return Match(why=Sentence(N_("Type or scan a check-up number.")))
    tests: tuple[Callable[[Line], bool], ...] = (
        lambda line: line.number == number,
        lambda line: line.short == number,
        lambda line: line.patient_id == number,
        # Somebody types 17 for 017; only where the rest is digits alike, so that 17 is never 117.
        lambda line: number.isdigit() and line.short.lstrip("0") == number.lstrip("0") != "",
    )
    for same in tests:
        found = [line for line in lines if same(line)]
        if len(found) == 1:
            return Match(found[0])
        if found:
            return Match(
                why=Sentence(
                    N_("{number} fits {count} examinees of this day; type the whole check-up number."),
                    {"number": number, "count": len(found)},
                )
            )
    return Match(
        why=Sentence(N_("Nobody on this day has the number {number}. Nobody was chosen."), {"number": number[:40]}),
        elsewhere=True,
    )


def find_name(lines: Iterable[Line], text: str) -> list[Line]:
    """The examinees whose name holds the text, in any of its forms; all for an empty text."""
    wanted = _plain_name(text)
    if not wanted:
        return list(lines)
    return [
        line
        for line in lines
        if any(wanted in _plain_name(form) for form in (line.name, line.kana, line.romaji) if form)
    ]


def narrowed(lines: Iterable[Line], only: str) -> list[Line]:
    """The lines behind one of the counters: look, done, arrived, or all for an empty word."""
    if only == "arrived":
        return [line for line in lines if line.arrived]
    return [line for line in lines if not only or line.state == only]


def remark_text(line: Line) -> str:
    """The remark, with what reception should see first."""
    parts = [say(N_("no longer in the list")) if line.vanished else "", say(N_("interviewed")) if line.noted else ""]
    return " ".join(part for part in (*parts, line.remark) if part)


def person_text(line: Line) -> str:
    """``男 48``."""
    age = str(line.age) if line.age is not None else ""
    return " ".join(part for part in (say(SEXES[line.sex]) if line.sex in SEXES else "", age) if part)


def cells_of(line: Line) -> tuple[str, ...]:
    """A line as the list on the screen has it, in the order of its columns."""
    return (line.at, line.short, line.name, line.kana, person_text(line), line.course, line.examinations,
            remark_text(line))  # fmt: skip


def paper_cells(line: Line) -> dict[str, str]:
    """A line as the day's list on paper has it."""
    return {
        "time": line.at,
        "number": line.number,
        "name": line.name,
        "kana": line.kana,
        "sex": say(SEXES[line.sex]) if line.sex in SEXES else "",
        "age": str(line.age) if line.age is not None else "",
        "course": line.course,
        "examinations": line.examinations,
        "remark": remark_text(line),
    }


def day_list_data(found: DayList) -> dict[str, Any]:
    """A day's list as this PC keeps it."""
    return {"day": found.day.isoformat(), "lines": [asdict(line) for line in found.lines]}


def kept_day_list(data: dict[str, Any], seen_at: str) -> DayList:
    """The list that ``day_list_data`` kept. Raises KeyError or TypeError where another version kept it."""
    return DayList(
        date.fromisoformat(data["day"]),
        tuple(Line(**{**line, "cells": tuple(line["cells"])}) for line in data["lines"]),
        seen_at,
    )


def _plain_name(text: str) -> str:
    """A name for comparing: kana of any form as katakana, no blanks, capitals."""
    return re.sub(r"[\s・]+", "", full_kana(unicodedata.normalize("NFKC", text))).upper()
