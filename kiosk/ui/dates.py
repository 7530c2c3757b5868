"""Dates and times as people of this house read them: ``2026-11-24(火)``, 24 h, birth dates also by era."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime

from kiosk.core.words import N_, say

WEEKDAYS = (N_("Mon"), N_("Tue"), N_("Wed"), N_("Thu"), N_("Fri"), N_("Sat"), N_("Sun"))

# First day of each era and its letter; before Meiji 6 Japan kept another calendar, so dates there stay western.
ERAS = (
    (date(2019, 5, 1), "R", "令和"),
    (date(1989, 1, 8), "H", "平成"),
    (date(1926, 12, 25), "S", "昭和"),
    (date(1912, 7, 30), "T", "大正"),
    (date(1873, 1, 1), "M", "明治"),
)
_FIRST_YEARS = {"R": 2019, "H": 1989, "S": 1926, "T": 1912, "M": 1868}


def day_text(day: date) -> str:
    """``2026-11-24(火)``."""
    return f"{day:%Y-%m-%d}({say(WEEKDAYS[day.weekday()])})"


def moment_text(moment: datetime) -> str:
    """``2026-11-24(火) 09:41``."""
    return f"{day_text(moment)} {moment:%H:%M}"


def era_text(day: date) -> str:
    """``昭和46年4月2日``; empty before 1873."""
    for first, letter, name in ERAS:
        if day >= first:
            year = day.year - _FIRST_YEARS[letter] + 1
            return f"{name}{'元' if year == 1 else year}年{day.month}月{day.day}日"
    return ""


def read_day(text: str) -> date | None:
    """The date somebody typed: ``20261124``, ``2026-11-24``, ``2026/11/24``, ``S46.4.2``, ``令和8年11月24日``.

    Full-width letters too; None where it is no date. An era is taken by its letter alone, as people write it.
    """
    plain = unicodedata.normalize("NFKC", text).strip().upper()
    for _, letter, name in ERAS:
        plain = plain.replace(name, letter)
    plain = plain.replace("元年", "1年")
    found = re.fullmatch(r"([RHSTM]?)(\d{1,4})\D+(\d{1,2})\D+(\d{1,2})\D*", plain)
    if found is None:
        found = re.fullmatch(r"()(\d{4})(\d{2})(\d{2})", plain)
    if found is None:
        found = re.fullmatch(r"([RHSTM])(\d{2})(\d{2})(\d{2})", plain)
    if found is None:
        return None
    letter, year, month, day = found[1], int(found[2]), int(found[3]), int(found[4])
    if letter:
        year += _FIRST_YEARS[letter] - 1
    elif year < 1000:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None
