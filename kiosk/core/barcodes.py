"""What a scanned code means: without what readers add, proven by its check digit, taken apart by a pattern.

A code that is not exactly what was agreed on is refused; the nearest one is another person's.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from kiosk.core.faults import Refused
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_

LONGEST = 100
NW7 = "0123456789-$:/.+ABCD"  # values 0 to 19 (A to D start and stop)
CODE39 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-. $/+%"  # values 0 to 42
DAYS = ("%Y%m%d", "%y%m%d")

Kind = Literal["any", "nw7", "code39", "code128"]
Check = Literal["none", "mod16", "mod10_2", "mod10_2_lump", "mod10_3", "mod11", "7dr", "9dr", "mod43"]


@dataclass(frozen=True)
class BarcodeSettings(Settings):
    """The codes of this house."""

    kind: Kind = setting("any", N_("any, nw7, code39 or code128."))
    letters: str = setting("", N_("NW-7: start and stop letter where the reader does not send them (AB)."))
    prefix: str = setting("", N_("What the reader puts before a code."))
    suffix: str = setting("", N_("What the reader puts behind a code."))
    check: Check = setting(
        "none", N_("Check digit: none, mod16, mod10_2 (Luhn), mod10_2_lump, mod10_3, mod11, 7dr, 9dr, mod43.")
    )
    length: str = setting("", N_("How many characters, without check digit and letters: 8 or 6-10; empty = any."))
    pattern: str = setting(
        "(?P<number>.+)", N_("Regular expression: parts number, patient_id, day, institution by name.")
    )


@dataclass(frozen=True)
class Code:
    """A code taken apart; what it does not hold is empty."""

    number: str = ""
    patient_id: str = ""
    day: date | None = None
    institution: str = ""


def read_code(text: str, how: BarcodeSettings) -> Code:
    """Raises Refused: ``long``, ``empty``, ``added`` (prefix, suffix), ``letters``, ``check``, ``length``, ``form``."""
    if len(text) > LONGEST:
        raise _refused("long", N_("This is longer than any barcode."))
    code = unicodedata.normalize("NFKC", text)  # an input method may have made it full-width
    code = "".join(c for c in code if unicodedata.category(c) not in ("Cc", "Cf"))
    if how.check != "mod43":  # whose check character may be a blank
        code = code.strip()
    if not code:
        raise _refused("empty", N_("Nothing was read."))
    if not (code.startswith(how.prefix) and code.endswith(how.suffix)):
        raise _refused("added", N_("This is not a code of this house."))
    code = code[len(how.prefix) : len(code) - len(how.suffix)]
    data = _proven(*_lettered(code, how), how.check)
    if how.length and not _fits(len(data), how.length):
        raise _refused("length", N_("The code has {n} characters instead of {wanted}."), n=len(data), wanted=how.length)
    return _parts(data, how.pattern)


def troubles(how: BarcodeSettings) -> list[str]:
    """What makes no sense in the settings themselves."""
    found = []
    try:
        names = set(re.compile(how.pattern).groupindex)
        if not names & {"number", "patient_id"}:
            found.append("pattern: number / patient_id")
    except re.error as why:
        found.append(f"pattern: {why}")
    if how.check == "mod16" and how.kind != "nw7":
        found.append("check = mod16, kind = nw7")
    if how.letters and not re.fullmatch("[A-Da-d]{2}", how.letters):
        found.append(f"letters = {how.letters!r}")
    if how.length and not re.fullmatch(r"\d+(-\d+)?", how.length):
        found.append(f"length = {how.length!r}")
    return found


def check_digit(data: str, check: Check, letters: tuple[str, str] = ("", "")) -> str:
    """The character that belongs behind ``data``. Raises ValueError for a character that has no value."""
    if check == "mod16":
        total = sum(NW7.index(c) for c in (letters[0], *data, letters[1]) if c)
        return NW7[-total % 16]
    if check == "mod43":
        return CODE39[sum(CODE39.index(c) for c in data) % 43]
    return _BY_DIGITS[check]([int(c) for c in data])


# -- inside ------------------------------------------------------------------------------------------------------


def _lettered(code: str, how: BarcodeSettings) -> tuple[str, tuple[str, str]]:
    """The data with its check digit, and the start and stop letters (NW-7)."""
    if how.kind == "code39":
        return code.upper().strip("*"), ("", "")
    if how.kind != "nw7":
        return code, ("", "")
    code = code.upper()
    found = re.fullmatch(r"([A-D]?)([0-9\-$:/.+]+)([A-D]?)", code)
    if found is None or bool(found[1]) != bool(found[3]):
        raise _refused("letters", N_("The code was not read to its end."))
    letters = (found[1], found[3]) if found[1] else tuple(how.letters.upper()[:2].ljust(2))
    return found[2], (letters[0].strip(), letters[1].strip())


def _proven(code: str, letters: tuple[str, str], check: Check) -> str:
    """Without its check digit."""
    if check == "none":
        return code
    data, digit = code[:-1], code[-1:]
    try:
        right = bool(data) and check_digit(data, check, letters) == digit
    except ValueError:
        right = False
    if not right:
        raise _refused("check", N_("The check digit of the code is wrong."))
    return data


def _fits(length: int, wanted: str) -> bool:
    first, _, last = wanted.partition("-")
    return int(first) <= length <= int(last or first)


def _parts(data: str, pattern: str) -> Code:
    found = re.fullmatch(pattern, data)
    parts = {key: value or "" for key, value in found.groupdict().items()} if found else {}
    if not (parts.get("number") or parts.get("patient_id")):
        raise _refused("form", N_("This is not a code of this house."))
    return Code(
        parts.get("number", ""), parts.get("patient_id", ""), _day(parts.get("day", "")), parts.get("institution", "")
    )  # fmt: skip


def _day(text: str) -> date | None:
    if not text:
        return None
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date()
        except ValueError:
            continue
    raise _refused("form", N_("The code holds no day that there is."))


def _mod10(weight: int, *, split: bool) -> Callable[[list[int]], str]:
    def digit(digits: list[int]) -> str:
        products = [each * (weight if at % 2 == 0 else 1) for at, each in enumerate(reversed(digits))]
        total = sum(sum(divmod(each, 10)) if split else each for each in products)
        return str(-total % 10)

    return digit


def _mod11(digits: list[int]) -> str:
    """Weights 2 to 7 from the right, again and again; 10 and 11 count as 0."""
    rest = 11 - sum(each * (2 + at % 6) for at, each in enumerate(reversed(digits))) % 11
    return str(rest if rest < 10 else 0)


def _rest(of: int) -> Callable[[list[int]], str]:
    return lambda digits: str(int("".join(map(str, digits)) or "0") % of)


_BY_DIGITS: dict[str, Callable[[list[int]], str]] = {
    "mod10_2": _mod10(2, split=True),
    "mod10_2_lump": _mod10(2, split=False),
    "mod10_3": _mod10(3, split=False),
    "mod11": _mod11,
    "7dr": _rest(7),
    "9dr": _rest(9),
}


def _refused(reason: str, sentence: str, **values: object) -> Refused:
    return Refused(
        reason, sentence, N_("Scan it again, or type the check-up number."), reference="H340", **values
    )  # fmt: skip
