"""What a course and its options mean: which examinations of the master a visit gets."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kiosk.core.expected_views import arrived_views
from kiosk.core.faults import Fault
from kiosk.core.visit import Examination, ExpectedView
from kiosk.core.words import N_, Sentence, say

__all__ = ["Course", "CourseBook", "Option", "Planned", "arrived_views", "plan", "read_course_book"]

LONGEST_AE = 16  # VR AE


@dataclass(frozen=True)
class Course:
    code: str
    name: str
    examinations: tuple[str, ...]


@dataclass(frozen=True)
class Option:
    """What an option of the list adds to the course, and what it takes away."""

    code: str
    name: str
    add: tuple[str, ...] = ()
    remove: tuple[str, ...] = ()


@dataclass(frozen=True)
class CourseBook:
    """The masters, found by any word that a list may use for an entry (code, name, ``called``)."""

    examinations: Mapping[str, Examination] = field(default_factory=dict)
    courses: Mapping[str, Course] = field(default_factory=dict)
    options: Mapping[str, Option] = field(default_factory=dict)

    def course_called(self, word: str) -> Course | None:
        return self.courses.get(_key(word))

    def option_called(self, word: str) -> Option | None:
        return self.options.get(_key(word))


@dataclass(frozen=True)
class Planned:
    """The examinations of a visit in the master's order, and what the list asked for that the master doesn't know."""

    course_code: str
    course_name: str
    examinations: tuple[Examination, ...]
    unknown: tuple[Sentence, ...] = ()


def plan(book: CourseBook, course: str, options: Iterable[str] = (), course_name: str = "") -> Planned:
    """The examinations of a course with its options. An unknown word is told and the known ones still count.

    ``course`` and ``course_name`` are the list's words (code or name); an option may name an option of the master or
    an examination, with ``-`` before it to take it away.
    """
    unknown: list[Sentence] = []
    found = book.course_called(course) or book.course_called(course_name)
    wanted = list(found.examinations) if found else []
    if found is None and (course or course_name):
        unknown.append(Sentence(N_("The course “{course}” is not in the course master."),
                                {"course": course or course_name}))  # fmt: skip
    for word in options:
        takes_away = word[:1] in "-－▲△" and len(word) > 1
        option = book.option_called(word[1:] if takes_away else word)
        if option is None:
            unknown.append(Sentence(N_("The option “{option}” is not in the course master."), {"option": word}))
            continue
        add, remove = (option.remove, option.add) if takes_away else (option.add, option.remove)
        wanted = [code for code in wanted if code not in remove]
        wanted += [code for code in add if code not in wanted]
    chosen = tuple(exam for code, exam in book.examinations.items() if code in wanted)
    code = found.code if found else course or course_name
    return Planned(code, found.name if found else course_name or course, chosen, tuple(unknown))


def read_course_book(examinations: Mapping[str, Any], courses: Mapping[str, Any]) -> CourseBook:
    """The masters ``examinations`` and ``courses`` as read from TOML. Raises one Fault that names every error."""
    errors: list[str] = []
    exams: dict[str, Examination] = {}
    called: dict[str, Option] = {}
    for entry in examinations.get("examination", []):
        exam = _examination(entry, errors)
        if exam.code in exams:
            errors.append(say(N_("{code} is there twice."), code=exam.code))
        exams[exam.code] = exam
        for word in (exam.code, exam.name, exam.short, *entry.get("called", ())):
            called.setdefault(_key(word), Option(exam.code, exam.name, add=(exam.code,)))

    def known(code: str, owner: str) -> bool:
        if code not in exams:
            errors.append(say(N_("{owner}: there is no examination {code}."), owner=owner, code=code))
        return code in exams

    for entry in courses.get("option", []):
        option = Option(
            str(entry["code"]),
            str(entry.get("name", entry["code"])),
            tuple(code for code in entry.get("add", ()) if known(code, entry["code"])),
            tuple(code for code in entry.get("remove", ()) if known(code, entry["code"])),
        )
        for word in (option.code, option.name, *entry.get("called", ())):
            called[_key(word)] = option
    known_courses: dict[str, Course] = {}
    for entry in courses.get("course", []):
        wanted = tuple(code for code in entry.get("examinations", ()) if known(code, entry["code"]))
        course = Course(str(entry["code"]), str(entry.get("name", entry["code"])), wanted)
        for word in (course.code, course.name, *entry.get("called", ())):
            if known_courses.setdefault(_key(word), course) != course:
                errors.append(say(N_("Two courses are called {word}."), word=word))
    if errors:
        raise Fault(
            N_("The master of examinations and courses has errors: {errors}"),
            N_("Correct the master; the list is read again by itself."),
            reference="M201",
            errors=" ".join(errors),
        )
    return CourseBook(exams, known_courses, called)


def _examination(entry: Mapping[str, Any], errors: list[str]) -> Examination:
    code = str(entry.get("code", ""))
    if not re.fullmatch(r"[0-9A-Z_-]{1,16}", code):
        errors.append(say(N_("“{code}” is no code (capitals and digits, up to 16)."), code=code))
    station_ae = str(entry.get("station_ae", ""))
    if len(station_ae) > LONGEST_AE or not station_ae.isascii():
        errors.append(say(N_("{code}: the station AE title is longer than 16 letters or not ASCII."), code=code))
    views = [
        ExpectedView(
            str(view["code"]),
            str(view.get("name", view["code"])),
            tuple((str(keyword), str(value)) for keyword, value in view.get("needs", {}).items()),
        )
        for view in entry.get("views", ())
    ]
    pictures = int(entry.get("pictures", 0))
    views += [ExpectedView(f"P{number}", f"{number}/{pictures}") for number in range(1, pictures + 1)]
    return Examination(
        code=code,
        name=str(entry.get("name", code)),
        short=str(entry.get("short", entry.get("name", code))),
        modality=str(entry.get("modality", "")).upper(),
        station_ae=station_ae,
        room=str(entry.get("room", "")),
        views=tuple(views),
        aliases=tuple(str(alias).upper() for alias in entry.get("aliases", ())),
    )


def _key(word: str) -> str:
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", word)).upper()
