"""Dates and times as reservation lists and people write them: western, Japanese era, with and without separators."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, time
from typing import NamedTuple

from kiosk.core.faults import Fault
from kiosk.core.words import N_


class Era(NamedTuple):
    letter: str
    name: str
    short: str
    first: date


# First day of each era; Japan has the Gregorian calendar since Meiji 6 (1873), earlier days are not told by era.
ERAS = (
    Era("R", "令和", "令", date(2019, 5, 1)),
    Era("H", "平成", "平", date(1989, 1, 8)),
    Era("S", "昭和", "昭", date(1926, 12, 25)),
    Era("T", "大正", "大", date(1912, 7, 30)),
    Era("M", "明治", "明", date(1868, 1, 25)),
)
GREGORIAN_SINCE = date(1873, 1, 1)

_DIGITS = {"1": "M", "2": "T", "3": "S", "4": "H", "5": "R"}  # era codes of the insurance forms
_PARTED = re.compile(r"(\d{1,4})[./\-年](\d{1,2})[./\-月](\d{1,2})日?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ERA = re.compile(r"(令和?|平成?|昭和?|大正?|明治?|[RHSTM])\.?(元|\d{1,2})[./\-年](\d{1,2})[./\-月](\d{1,2})日?")
_ERA_COMPACT = re.compile(r"([RHSTM1-5])-?(\d{2})(\d{2})(\d{2})")
_AFTER = re.compile(r"(?:\([月火水木金土日]\)|T?\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)+$")
_TIME = re.compile(r"(午前|午後|AM|PM)?(\d{1,2})(?::|時)(\d{1,2})?分?(?::\d{1,2})?(AM|PM)?")
_TIME_COMPACT = re.compile(r"(\d{1,2})(\d{2})")


class NoDate(Fault):
    """The text is no date of the calendar."""

    reference = "L210"


def read_date(text: str) -> date:
    """The day that a text means: ``2026/4/1``, ``20260401``, ``R8.4.1``, ``令和8年4月1日``, ``S460402``, ``3-460402``.

    A weekday or a time of day after it is left out. Raises NoDate with the sentence to show: not a date, not in the
    calendar (2026/2/30), or an era that did not have that year (平成50年).
    """
    told = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper()
    told = _AFTER.sub("", told)
    if found := _ERA.fullmatch(told):
        return _era_date(found[1], 1 if found[2] == "元" else int(found[2]), int(found[3]), int(found[4]), text)
    if found := _PARTED.fullmatch(told) or _COMPACT.fullmatch(told):
        if len(found[1]) != 4:
            raise NoDate(N_("“{text}” has no four-digit year and no era."), text=text)
        return _date(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _ERA_COMPACT.fullmatch(told):
        return _era_date(_DIGITS.get(found[1], found[1]), int(found[2]), int(found[3]), int(found[4]), text)
    raise NoDate(N_("“{text}” is not a date."), text=text)


def read_time(text: str) -> time | None:
    """The time of day that a text means: ``8:30``, ``830``, ``0830``, ``8時30分``, ``午後1:30``; None where empty.

    Raises NoDate where it is none.
    """
    told = re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)).upper().replace(".", ":")
    if not told:
        return None
    found = _TIME.fullmatch(told)
    if found:
        hour, minute, half = int(found[2]), int(found[3] or 0), found[1] or found[4] or ""
        if half in ("午後", "PM") and hour < 12:
            hour += 12
        elif half in ("午前", "AM") and hour == 12:
            hour = 0
    elif (found := re.fullmatch(r"(\d{2})(\d{2})\d{2}", told) or _TIME_COMPACT.fullmatch(told)) is not None:
        hour, minute = int(found[1]), int(found[2])
    else:
        raise NoDate(N_("“{text}” is not a time of day."), text=text)
    if hour > 23 or minute > 59:
        raise NoDate(N_("“{text}” is not a time of day."), text=text)
    return time(hour, minute)


def era_text(day: date) -> str:
    """``昭和46年4月2日``; empty before 1873."""
    if day < GREGORIAN_SINCE:
        return ""
    era = next(era for era in ERAS if day >= era.first)
    year = day.year - era.first.year + 1
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"


def _era_date(mark: str, year: int, month: int, day: int, text: str) -> date:
    era = next(era for era in ERAS if mark in (era.letter, era.name, era.short))
    found = _date(era.first.year + year - 1, month, day, text)
    later = ERAS[ERAS.index(era) - 1] if era.letter != "R" else None
    # Papers printed before the change say 平成31年12月, so the year of the change is good for both eras.
    if year < 1 or found.year < era.first.year or (later is not None and found.year > later.first.year):
        raise NoDate(N_("“{text}”: the era {era} had no such year."), text=text, era=era.name)
    return found


def _date(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise NoDate(N_("“{text}” is not in the calendar."), text=text) from None
