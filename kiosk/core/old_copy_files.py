"""The old program's ``CONDITION/condition.txt`` and ``LOG/logResult.txt``, as far as anybody knows them.

No specification of them is left. What is read is what its screens say that they must hold, in whatever order and with
or without names before the values; a line that says nothing of the kind is passed over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from kiosk.core.copy_plan import DAY, FINISHED, TO_DO, Period, clock
from kiosk.core.image_kinds import IMAGE_KINDS


@dataclass(frozen=True)
class OldConditions:
    """What an old ``condition.txt`` says; ``paths`` in order: images from, images to, database from, database to."""

    paths: tuple[str, ...] = ()
    start: str = ""
    end: str = ""
    periods: tuple[Period, ...] = ()


def read_old_conditions(text: str) -> OldConditions:
    r"""Paths (with ``\``, ``/`` or a drive), two times of day, and lines of a kind with its dates, in any order."""
    paths: list[str] = []
    times: list[str] = []
    periods: list[Period] = []
    for line in text.splitlines():
        fields = [field.strip().strip('"') for field in re.split(r"[,=\t]", line)]
        days = [bare for field in fields if DAY.fullmatch(bare := field.replace("/", "").replace("-", ""))]
        kind = next((field.upper() for field in fields if field.upper() in IMAGE_KINDS), "")
        if kind and days:
            periods.append(Period(kind, days[0], days[1] if len(days) > 1 else ""))
            continue
        for field in fields:
            spoken = re.fullmatch(r"(\d{1,2}:\d{2})(?::\d{2})?", field)
            if spoken and clock(spoken.group(1)):
                times.append(spoken.group(1).zfill(5))
            elif ("\\" in field or re.match(r"[A-Za-z]:", field)) and not days:
                paths.append(field)
    start, end = (*times, "", "")[:2]
    return OldConditions(tuple(paths[:4]), start, end, tuple(periods))


def read_old_results(text: str) -> list[tuple[str, str, str]]:
    """(day, kind, 1 or F) of an old ``logResult.txt``: either a line for each (``20100820,CR,F``), or a line for each
    date with a mark for each kind, under a line of kinds or in the usual order.
    """
    kinds = list(IMAGE_KINDS)
    found = []
    for line in text.splitlines():
        fields = [field.strip().strip('"') for field in re.split(r"[,\t]", line)]
        named = [field.upper() for field in fields if field.upper() in IMAGE_KINDS]
        day = fields[0].replace("/", "").replace("-", "")
        if not DAY.fullmatch(day):
            kinds = named or kinds
        elif named:
            state = next((field.upper() for field in fields if field.upper() in (TO_DO, FINISHED)), TO_DO)
            found.append((day, named[0], state))
        else:
            for kind, mark in zip(kinds, fields[1:], strict=False):
                if mark.upper() in (TO_DO, FINISHED):
                    found.append((day, kind, mark.upper()))
    return found
