"""Public holidays of Japan, with substitute and citizens' holidays (jpholiday)."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


@lru_cache(maxsize=4096)
def holiday(day: date) -> str:
    """Its name, empty for an ordinary day."""
    import jpholiday

    return str(jpholiday.is_holiday_name(day) or "")
