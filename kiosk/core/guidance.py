"""A case of health guidance (特定保健指導): sessions, what they count, the outcome, and what is due.

Every figure is data of the master ``guidance``; a centre changes it there.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.guidance_level import Checkup, Level, Limits
from kiosk.core.words import N_, Sentence


class CaseState(StrEnum):
    OPEN = "open"
    FINISHED = "finished"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Form:
    """A kind of session. ``points`` for each, if it lasted ``least_min`` minutes."""

    code: str
    name: str
    points: int = 0
    least_min: int = 0


@dataclass(frozen=True)
class Behaviour:
    code: str
    name: str
    points: int


@dataclass(frozen=True)
class Outcome:
    """Points for as many cm and kg less as at the check-up."""

    waist_cm: float
    weight_kg: float
    points: int


@dataclass(frozen=True)
class GuidanceBook:
    """The master ``guidance``."""

    limits: Limits
    total: int
    evaluation_months: int
    first_points: tuple[tuple[int, int], ...]  # (days after the check-up, points), the nearest first
    forms: Mapping[str, Form]
    behaviours: Mapping[str, Behaviour]
    outcomes: tuple[Outcome, ...]  # the best first
    roles: Mapping[str, str]
    advice: str = ""  # printed on the examinee's sheet


FIRST, EVALUATION = "first", "evaluation"  # forms of sessions that the rules know


def read_guidance(data: Mapping[str, Any]) -> GuidanceBook:
    """The master from its table (``masters/guidance.toml``). Raises Fault that names what is wrong."""
    try:
        forms = {str(each["code"]): Form(**each) for each in data["form"]}
        behaviours = {str(each["code"]): Behaviour(**each) for each in data["behaviour"]}
        outcomes = sorted((Outcome(**each) for each in data["outcome"]), key=lambda each: -each.points)
        book = GuidanceBook(
            Limits(**data.get("limits", {})),
            int(data["total"]),
            int(data["evaluation_months"]),
            tuple(sorted((int(each["days"]), int(each["points"])) for each in data["first"])),
            forms,
            behaviours,
            tuple(outcomes),
            {str(each["code"]): str(each["name"]) for each in data["role"]},
            str(data.get("advice", "")),
        )
        wrong = "" if {FIRST, EVALUATION} <= set(forms) else f"{FIRST}, {EVALUATION}"
    except (KeyError, TypeError, ValueError) as why:
        wrong = str(why)
    if wrong:
        raise Fault(
            N_("The master of health guidance has mistakes: {wrong}"), N_("Correct it, then open guidance again."),
            reference="J211", wrong=wrong,
        )  # fmt: skip
    return book


@dataclass(frozen=True)
class Session:
    """One contact. ``day`` is ISO; waist in cm, weight in kg."""

    day: str
    form: str
    minutes: int = 0
    who: str = ""
    role: str = ""
    waist: float | None = None
    weight: float | None = None
    notes: str = ""


@dataclass(frozen=True)
class CaseBody:
    """All that is kept of the guidance of one examinee in one fiscal year."""

    checkup_day: str = ""
    checkup: Checkup = Checkup()
    level: str = ""  # as decided here; the stratification only suggests it
    ticket: str = ""  # 利用券番号
    waist_goal: float | None = None
    weight_goal: float | None = None
    behaviour_goal: str = ""
    behaviours: tuple[str, ...] = ()  # codes of what has changed by the evaluation
    sessions: tuple[Session, ...] = field(default=())  # oldest first
    next_day: str = ""
    state: str = CaseState.OPEN
    state_reason: str = ""
    key_images: tuple[int, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """For the store."""
        return asdict(self)

    @property
    def first_day(self) -> str:
        """The day of the first interview; empty before it."""
        return next((each.day for each in self.sessions if each.form == FIRST), "")

    @property
    def evaluation(self) -> Session | None:
        return next((each for each in reversed(self.sessions) if each.form == EVALUATION), None)

    def with_session(self, session: Session, instead_of: Session | None = None) -> CaseBody:
        """With one session more, or another one in its place; by day."""
        kept = [each for each in self.sessions if each is not instead_of]
        return replace(self, sessions=tuple(sorted([*kept, session], key=lambda each: each.day)))

    def without_session(self, session: Session) -> CaseBody:
        return replace(self, sessions=tuple(each for each in self.sessions if each is not session))


def case_body(data: Mapping[str, Any]) -> CaseBody:
    """From the store; what a newer program wrote besides is left out."""
    found = _known(CaseBody, data)
    found["checkup"] = Checkup(**_known(Checkup, found.get("checkup", {})))
    found["sessions"] = tuple(Session(**_known(Session, each)) for each in found.get("sessions", ()))
    for name in ("behaviours", "key_images"):
        found[name] = tuple(found.get(name, ()))
    return CaseBody(**found)


def merged(base: CaseBody, mine: CaseBody, theirs: CaseBody) -> CaseBody:
    """Two people changed ``base``: theirs, with all that I changed. No session of either is lost; where both changed
    the same one, both stand there."""
    changed = {name: value for name, value in _facts(mine).items() if value != _facts(base)[name]}
    checkup = {name: value for name, value in vars(mine.checkup).items() if value != getattr(base.checkup, name)}
    gone = [each for each in base.sessions if each not in mine.sessions]
    new = [each for each in mine.sessions if each not in base.sessions and each not in theirs.sessions]
    kept = [each for each in theirs.sessions if each not in gone]
    return replace(
        theirs, **changed, checkup=replace(theirs.checkup, **checkup),
        sessions=tuple(sorted([*kept, *new], key=lambda each: each.day)),
    )  # fmt: skip


def _facts(body: CaseBody) -> dict[str, Any]:
    return {name: value for name, value in vars(body).items() if name not in ("sessions", "checkup")}


def _known(kind: type, data: Mapping[str, Any]) -> dict[str, Any]:
    names = {each.name for each in fields(kind)}
    return {name: value for name, value in data.items() if name in names}


@dataclass(frozen=True)
class Points:
    """What was reached. ``sessions`` beside ``CaseBody.sessions``; ``by_outcome`` from the last evaluation."""

    sessions: tuple[int, ...]
    behaviours: int
    by_outcome: int
    needed: int

    @property
    def total(self) -> int:
        return sum(self.sessions) + self.behaviours + self.by_outcome


def points_of(book: GuidanceBook, body: CaseBody) -> Points:
    """The points by the master. Changes and outcome count from an evaluation that is not too early."""
    evaluated = body.evaluation is not None and not too_early(book, body)
    changed = sum(book.behaviours[each].points for each in body.behaviours if each in book.behaviours)
    return Points(
        tuple(_session_points(book, body, each) for each in body.sessions),
        changed if evaluated else 0,
        _outcome_points(book, body) if evaluated else 0,
        book.total if body.level == Level.INTENSIVE else 0,
    )


def _session_points(book: GuidanceBook, body: CaseBody, session: Session) -> int:
    if session.form == FIRST:
        first = next(each for each in body.sessions if each.form == FIRST)
        if session is not first or not body.checkup_day:
            return 0
        days = (date.fromisoformat(session.day) - date.fromisoformat(body.checkup_day)).days
        return next((points for within, points in book.first_points if 0 <= days <= within), 0)
    form = book.forms.get(session.form)
    return form.points if form is not None and session.minutes >= form.least_min else 0


def _outcome_points(book: GuidanceBook, body: CaseBody) -> int:
    last, before = body.evaluation, body.checkup
    if last is None or None in (last.waist, last.weight, before.waist, before.weight):
        return 0
    # By tenths: 85.3 - 83.3 is less than 2 to a computer.
    thinner, lighter = round(before.waist - last.waist, 1), round(before.weight - last.weight, 1)  # type: ignore[operator]
    fitting = (each for each in book.outcomes if thinner >= each.waist_cm and lighter >= each.weight_kg)
    return next((each.points for each in fitting), 0)


def too_early(book: GuidanceBook, body: CaseBody) -> bool:
    """Was the evaluation before its months were over (or without a first interview)?"""
    last, first = body.evaluation, body.first_day
    if last is None:
        return False
    return not first or last.day < months_after(date.fromisoformat(first), book.evaluation_months).isoformat()


def months_after(day: date, months: int) -> date:
    """The same day some months later; the last of that month where it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def due_day(book: GuidanceBook, body: CaseBody) -> str:
    """When somebody must be seen to next: the day agreed upon, else the evaluation; empty when nothing is due."""
    if body.state != CaseState.OPEN:
        return ""
    last = body.sessions[-1].day if body.sessions else ""
    if body.next_day > last:
        return body.next_day
    if body.first_day and body.evaluation is None:
        return months_after(date.fromisoformat(body.first_day), book.evaluation_months).isoformat()
    return body.next_day


def due_state(due: str, today: date) -> str:
    """``overdue``, ``week`` (until Sunday of this week), ``later``, or empty where nothing is due."""
    if not due:
        return ""
    if due < today.isoformat():
        return "overdue"
    sunday = today + timedelta(days=6 - today.weekday())
    return "week" if due <= sunday.isoformat() else "later"


def why_not_finished(book: GuidanceBook, body: CaseBody) -> Sentence | None:
    """What a case lacks to be finished; None when nothing does."""
    points = points_of(book, body)
    if not body.first_day:
        return Sentence(N_("There was no first interview yet."))
    if body.evaluation is None:
        return Sentence(N_("The evaluation is missing."))
    if too_early(book, body):
        return Sentence(N_("The evaluation was less than {n} months after the first interview."),
                        {"n": book.evaluation_months})  # fmt: skip
    if points.total < points.needed:
        return Sentence(N_("Only {n} of {needed} points are reached."), {"n": points.total, "needed": points.needed})
    return None
