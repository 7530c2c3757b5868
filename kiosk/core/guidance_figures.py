"""The figures of the master of health guidance one by one, so that a centre changes them without writing a file."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kiosk.core.faults import Refused
from kiosk.core.guidance import read_guidance
from kiosk.core.words import N_, Sentence

LIMITS = {
    "waist_m": N_("Waist, men (cm, from)"), "waist_f": N_("Waist, women (cm, from)"), "bmi": N_("BMI (from)"),
    "glucose": N_("Fasting glucose (mg/dL, from)"), "hba1c": N_("HbA1c (%, from)"),
    "prefer_fasting_glucose": N_("HbA1c only without fasting glucose (1 yes, 0 no)"),
    "triglycerides": N_("Triglycerides, fasting (mg/dL, from)"),
    "triglycerides_casual": N_("Triglycerides, casual (mg/dL, from)"), "hdl": N_("HDL cholesterol (mg/dL, below)"),
    "systolic": N_("Systolic pressure (mmHg, from)"), "diastolic": N_("Diastolic pressure (mmHg, from)"),
    "age_from": N_("Age in the fiscal year (from)"), "age_until": N_("Age on the day (up to)"),
    "only_motivational_from": N_("Motivational support only (age from)"),
}  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """``key`` leads to it in the master; ``value`` as it is written."""

    key: str
    name: Sentence
    value: str


def figures(data: Mapping[str, Any]) -> list[Figure]:
    """Every figure of the master, in its order."""
    found = [
        _figure(data, "total", Sentence(N_("Points that intensive support needs"))),
        _figure(data, "evaluation_months", Sentence(N_("Evaluation: months after the first interview"))),
    ]
    found += [_figure(data, f"limits.{name}", Sentence(words)) for name, words in LIMITS.items()]
    for at, each in enumerate(data["first"]):
        told = N_("First interview up to {n} days after the check-up: points")
        found.append(_figure(data, f"first.{at}.points", Sentence(told, {"n": each["days"]})))
    for at, each in enumerate(data["form"]):
        values = {"name": each["name"]}
        found.append(_figure(data, f"form.{at}.points", Sentence(N_("{name}: points"), values)))
        found.append(_figure(data, f"form.{at}.least_min", Sentence(N_("{name}: least minutes"), values)))
    for at, each in enumerate(data["behaviour"]):
        told = N_("Changed, {name}: points")
        found.append(_figure(data, f"behaviour.{at}.points", Sentence(told, {"name": each["name"]})))
    for at, _ in enumerate(data["outcome"]):
        values = {"n": at + 1}
        found.append(_figure(data, f"outcome.{at}.waist_cm", Sentence(N_("Result {n}: waist less by (cm)"), values)))
        found.append(_figure(data, f"outcome.{at}.weight_kg", Sentence(N_("Result {n}: weight less by (kg)"), values)))
        found.append(_figure(data, f"outcome.{at}.points", Sentence(N_("Result {n}: points"), values)))
    return found


def with_figure(data: Mapping[str, Any], key: str, text: str) -> dict[str, Any]:
    """The master with one figure changed. Raises Refused where it is no number or the master would make no sense."""
    try:
        value = float(text)
    except ValueError as why:
        raise _no_number() from why
    if not 0 <= value < 1000:
        raise _no_number()
    changed = copy.deepcopy(dict(data))
    *path, last = key.split(".")
    place: Any = changed
    for part in path:
        place = place[int(part)] if part.isdecimal() else place.setdefault(part, {})
    if last == "prefer_fasting_glucose":
        place[last] = bool(value)
    else:
        place[last] = int(value) if value.is_integer() and not isinstance(place.get(last), float) else value
    read_guidance(changed)
    return changed


def _figure(data: Mapping[str, Any], key: str, name: Sentence) -> Figure:
    place: Any = data
    for part in key.split("."):
        place = place[int(part)] if part.isdecimal() else place.get(part, "")
    return Figure(key, name, f"{float(place):g}" if place != "" else "0")


def _no_number() -> Refused:
    return Refused("number", N_("This is no figure that can be used."), N_("Type a number from 0 to 999."))
