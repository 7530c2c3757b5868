"""The course of weight and waist as a curve: its points in a field of 1 by 1, for the screen and for paper."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.core.guidance import CaseBody
from kiosk.core.words import N_

LEAST_SPAN = 4.0  # kg or cm that the height stands for at least: half a kilo is no cliff


@dataclass(frozen=True)
class Curve:
    """``spots`` are (right, down), each 0 to 1, beside ``days`` and ``values``; ``goal_at`` is down, None without."""

    name: str
    days: tuple[date, ...]
    values: tuple[float, ...]
    spots: tuple[tuple[float, float], ...]
    goal: float | None = None
    goal_at: float | None = None


def curves_of(body: CaseBody) -> list[Curve]:
    """Weight and waist from the check-up on; one of which nothing was measured is left out."""
    return [
        curve
        for name, what, goal in (
            (N_("Weight (kg)"), "weight", body.weight_goal),
            (N_("Waist (cm)"), "waist", body.waist_goal),
        )
        if (curve := _curve(name, what, goal, body)) is not None
    ]


def _curve(name: str, what: str, goal: float | None, body: CaseBody) -> Curve | None:
    measured: list[tuple[date, float]] = []
    before = getattr(body.checkup, what)
    if before is not None and body.checkup_day:
        measured.append((date.fromisoformat(body.checkup_day), before))
    for each in body.sessions:
        value = getattr(each, what)
        if value is not None:
            measured.append((date.fromisoformat(each.day), value))
    if not measured:
        return None
    measured.sort(key=lambda each: each[0])
    first, last = measured[0][0], measured[-1][0]
    levels = [value for _, value in measured] + ([goal] if goal is not None else [])
    low, high = min(levels), max(levels)
    span = max(high - low, LEAST_SPAN)
    top = (low + high) / 2 + span / 2
    days = max(1, (last - first).days)
    spots = tuple(((day - first).days / days, (top - value) / span) for day, value in measured)
    return Curve(
        name, tuple(day for day, _ in measured), tuple(value for _, value in measured), spots, goal,
        (top - goal) / span if goal is not None else None,
    )  # fmt: skip
