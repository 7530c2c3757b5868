"""Who is to be guided (特定保健指導, 階層化): the level of health guidance from what a check-up measured and asked.

Limits are data of the master ``guidance``, reached by being equal to them. What is missing is named only where it could
change the level.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from itertools import product
from typing import Any

from kiosk.core.words import N_, Sentence, say


class Level(StrEnum):
    INTENSIVE = "intensive"  # 積極的支援
    MOTIVATIONAL = "motivational"  # 動機付け支援
    INFORMATION = "information"  # 情報提供: no guidance
    NOT_TARGETED = "not targeted"  # on medication, or of another age
    UNKNOWN = "unknown"  # something that decides it was not measured or asked


@dataclass(frozen=True)
class Checkup:
    """What stratification needs: cm, kg, kg/m², mg/dL, %, mmHg. None: not measured or not asked.

    ``triglycerides_casual``: drawn less than ten hours after a meal. ``age`` is that of the day of the check-up,
    ``age_in_year`` the one reached by the end of the fiscal year, by which the programme counts.
    """

    sex: str = ""
    age: int | None = None
    age_in_year: int | None = None
    waist: float | None = None
    weight: float | None = None
    bmi: float | None = None
    glucose: float | None = None
    hba1c: float | None = None
    triglycerides: float | None = None
    triglycerides_casual: float | None = None
    hdl: float | None = None
    systolic: float | None = None
    diastolic: float | None = None
    smoker: bool | None = None
    medicated: bool | None = None


MEASURED = (
    "waist", "weight", "bmi", "glucose", "hba1c", "triglycerides", "triglycerides_casual", "hdl", "systolic",
    "diastolic",
)  # fmt: skip
ASKED = ("smoker", "medicated")
NAMES = {
    "waist": N_("Waist (cm)"), "weight": N_("Weight (kg)"), "bmi": N_("BMI"), "glucose": N_("Fasting glucose"),
    "hba1c": N_("HbA1c (%)"), "triglycerides": N_("Triglycerides (fasting)"),
    "triglycerides_casual": N_("Triglycerides (casual)"), "hdl": N_("HDL cholesterol"),
    "systolic": N_("Systolic (mmHg)"), "diastolic": N_("Diastolic (mmHg)"), "smoker": N_("Smokes"),
    "medicated": N_("On medication"), "sex": N_("Sex"), "age": N_("Age"),
}  # fmt: skip
# What a living adult may have; beyond it somebody mistyped.
PLAUSIBLE = {
    "waist": (30, 250), "weight": (20, 350), "bmi": (8, 100), "glucose": (10, 1500), "hba1c": (2, 25),
    "triglycerides": (5, 10_000), "triglycerides_casual": (5, 10_000), "hdl": (2, 250), "systolic": (40, 350),
    "diastolic": (15, 250),
}  # fmt: skip
RISKS = {
    "glucose": N_("blood glucose"), "lipid": N_("lipids"), "pressure": N_("blood pressure"), "smoker": N_("smoking"),
}  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """Where a risk begins (HDL: below), whose waist is large, and who is of the age."""

    waist_m: float = 85
    waist_f: float = 90
    bmi: float = 25
    glucose: float = 100
    hba1c: float = 5.6
    triglycerides: float = 150
    triglycerides_casual: float = 175
    hdl: float = 40
    systolic: float = 130
    diastolic: float = 85
    age_from: int = 40
    age_until: int = 74
    only_motivational_from: int = 65
    prefer_fasting_glucose: bool = False  # HbA1c counts only where fasting glucose was not measured


@dataclass(frozen=True)
class Stratified:
    """``step`` 1 (waist) or 2 (BMI), 0 for neither; ``missing`` are names of ``Checkup`` that would decide it."""

    level: Level
    step: int = 0
    risks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    why: str = ""  # medication, age


def stratify(limits: Limits, checkup: Checkup) -> Stratified:
    """The level of guidance. What is missing matters only where it could change the level."""
    if checkup.age is None or not checkup.sex:
        missing = tuple(name for name in ("sex", "age") if not getattr(checkup, name))
        return Stratified(Level.UNKNOWN, missing=missing)
    year = checkup.age_in_year if checkup.age_in_year is not None else checkup.age
    if year < limits.age_from or checkup.age > limits.age_until:
        return Stratified(Level.NOT_TARGETED, why="age")
    if checkup.medicated:
        return Stratified(Level.NOT_TARGETED, why="medication")
    open_ones = [name for name, known in _facts(limits, checkup).items() if known is None]
    possible = {_decided(each, year, limits) for each in _every(_facts(limits, checkup), open_ones)}
    levels = {level for level, _, _ in possible}
    if checkup.medicated is None and levels != {Level.INFORMATION}:
        return Stratified(Level.UNKNOWN, missing=("medicated",))
    if len(levels) > 1:
        return Stratified(Level.UNKNOWN, missing=_deciding(limits, checkup, year, open_ones))
    # The level is sure: of what is not known, the fewest risks are told.
    level, step, risks = min(possible, key=lambda each: (len(each[2]), each[2], each[1]))
    return Stratified(level, step, risks)


def _facts(limits: Limits, checkup: Checkup) -> dict[str, bool | None]:
    """Each question as yes, no, or None for not known."""
    waist = limits.waist_m if checkup.sex == "M" else limits.waist_f
    hba1c = checkup.hba1c
    if limits.prefer_fasting_glucose and checkup.glucose is not None:
        hba1c = None
    glucose = _either(_reaches(checkup.glucose, limits.glucose), _reaches(hba1c, limits.hba1c))
    fats = _either(
        _reaches(checkup.triglycerides, limits.triglycerides),
        _reaches(checkup.triglycerides_casual, limits.triglycerides_casual),
    )
    low = None if checkup.hdl is None else checkup.hdl < limits.hdl
    pressures = (_reaches(checkup.systolic, limits.systolic), _reaches(checkup.diastolic, limits.diastolic))
    return {
        "waist": _reaches(checkup.waist, waist),
        "bmi": _reaches(checkup.bmi, limits.bmi),
        "glucose": glucose,
        "lipid": _all_known(fats, low),
        "pressure": _all_known(*pressures),
        "smoker": checkup.smoker,
    }


def _reaches(value: float | None, limit: float) -> bool | None:
    return None if value is None else value >= limit


def _either(*ones: bool | None) -> bool | None:
    """One of several ways to measure the same: what was measured decides."""
    known = [each for each in ones if each is not None]
    return any(known) if known else None


def _all_known(*ones: bool | None) -> bool | None:
    """Each of them counts: a missing one leaves it open unless another says yes already."""
    if any(each for each in ones):
        return True
    return None if None in ones else False


def _every(facts: Mapping[str, bool | None], open_ones: Sequence[str]) -> Iterator[dict[str, bool]]:
    for answers in product((False, True), repeat=len(open_ones)):
        yield {**{name: bool(known) for name, known in facts.items()}, **dict(zip(open_ones, answers, strict=True))}


def _decided(facts: Mapping[str, bool], year: int, limits: Limits) -> tuple[Level, int, tuple[str, ...]]:
    risks = tuple(name for name in ("glucose", "lipid", "pressure") if facts[name])
    if risks and facts["smoker"]:  # smoking alone is none
        risks = (*risks, "smoker")
    step = 1 if facts["waist"] else 2 if facts["bmi"] else 0
    needed = {1: 2, 2: 3}.get(step, 0)
    if not step or not risks:
        level = Level.INFORMATION
    elif len(risks) < needed or year >= limits.only_motivational_from:
        level = Level.MOTIVATIONAL
    else:
        level = Level.INTENSIVE
    return level, step if risks else 0, risks


_OF_FACT = {
    "glucose": ("glucose", "hba1c"), "lipid": ("triglycerides", "hdl"), "pressure": ("systolic", "diastolic"),
}  # fmt: skip


def _deciding(limits: Limits, checkup: Checkup, year: int, open_ones: Sequence[str]) -> tuple[str, ...]:
    """Of the open questions those whose answer can change the level; each as the values not measured."""
    found: list[str] = []
    others = _facts(limits, checkup)
    for name in open_ones:
        rest = [each for each in open_ones if each != name]
        for each in _every(others, rest):
            pair = {_decided({**each, name: answer}, year, limits)[0] for answer in (False, True)}
            if len(pair) > 1:
                found += [part for part in _OF_FACT.get(name, (name,)) if getattr(checkup, part) is None]
                break
    return tuple(found)


LEVELS = {
    Level.INTENSIVE: N_("Intensive support"), Level.MOTIVATIONAL: N_("Motivational support"),
    Level.INFORMATION: N_("Information only"), Level.NOT_TARGETED: N_("Not targeted"),
    Level.UNKNOWN: N_("Not decided yet"),
}  # fmt: skip
STEPS = {1: N_("waist"), 2: N_("BMI")}


def told(result: Stratified) -> Sentence:
    """The level in words, and by what."""
    risks = say(N_(", ")).join(say(RISKS[each]) for each in result.risks)
    if result.level is Level.UNKNOWN:
        missing = say(N_(", ")).join(say(NAMES[each]) for each in result.missing)
        return Sentence(N_("Not decided: {missing} missing"), {"missing": missing})
    if result.level is Level.NOT_TARGETED:
        return Sentence(N_("Not targeted: on medication") if result.why == "medication" else
                        N_("Not targeted: age"))  # fmt: skip
    if result.level is Level.INFORMATION:
        return Sentence(N_("Information only"))
    values = {"level": Sentence(LEVELS[result.level]), "by": say(STEPS[result.step]), "risks": risks}
    return Sentence(N_("{level} ({by}; {risks})"), values)


def is_plausible(name: str, value: float | None) -> bool:
    """Can this be meant? ``name`` as in ``Checkup``."""
    low, high = PLAUSIBLE[name]
    return value is not None and low <= value <= high


def fiscal_year(day: date) -> int:
    """The fiscal year (April to March) that a day lies in."""
    return day.year - (day.month < 4)


def checkup_from(extra: Mapping[str, str], sex: str, birth: date | None, day: date) -> Checkup:
    """What the check-up system's list told beside the visit, by our names (``waist``, ``hba1c`` ...); what it did not
    tell, or not as a number, is entered by hand."""
    values: dict[str, Any] = {name: _number(extra.get(name, "")) for name in MEASURED}
    values |= {name: _yes(extra.get(name, "")) for name in ASKED}
    return with_person(Checkup(**values), sex, birth, day)


def with_person(checkup: Checkup, sex: str, birth: date | None, day: date) -> Checkup:
    """With sex and both ages of the examinee."""
    if birth is None:
        return replace(checkup, sex=sex, age=None, age_in_year=None)
    age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
    end = date(fiscal_year(day) + 1, 3, 31)
    in_year = end.year - birth.year - ((end.month, end.day) < (birth.month, birth.day))
    return replace(checkup, sex=sex, age=age, age_in_year=in_year)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _yes(text: str) -> bool | None:
    """``1`` and ``2`` as the national questionnaire codes them (1 はい, 2 いいえ), or words."""
    return {"1": True, "はい": True, "2": False, "0": False, "いいえ": False}.get(text.strip())
