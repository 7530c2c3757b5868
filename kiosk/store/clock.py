"""Times as the store keeps them: ISO 8601 text with offset."""

from __future__ import annotations

from datetime import date, datetime


def now_text() -> str:
    return datetime.now().astimezone().isoformat(timespec="milliseconds")


def day_text(day: date | str) -> str:
    return day if isinstance(day, str) else day.isoformat()


def day_of(text: str) -> date | None:
    """``2026-11-24`` or DICOM's ``20261124`` as a date; None for anything else."""
    digits = text.replace("-", "").strip()
    if len(digits) != 8 or not digits.isdigit():
        return None
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
