"""A kind of findings that is being edited: its sheets, each act one step of the way back."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from kiosk.core.kind_sheets import BY_NAME, YES, Row, Sheets

MOST_STEPS = 100
# Columns of each list, with the least widths in px; the last one takes what room is left.
SHOWN: Mapping[str, Sequence[tuple[str, int]]] = {
    "kind": (("code", 110), ("name", 160)),
    "part": (("name", 130), ("code", 100), ("places", 140)),
    "code": (("part", 100), ("code", 70), ("category", 50), ("name", 180)),
    "field": (("part", 90), ("code", 90), ("type", 80), ("name", 140)),
    "rule": (("part", 90), ("judge", 100), ("when", 200)),
    "block": (("name", 140), ("text", 220)),
}
# Of the twelve units of a row of the form.
UNITS: Mapping[str, int] = {
    "part.name": 4, "part.code": 3, "part.places": 5, "kind.code": 3, "kind.name": 5, "kind.normal_category": 4,
    "kind.schema": 4, "kind.layout": 8, "code.part": 4, "code.code": 3, "code.name": 5, "code.kana": 8,
    "code.category": 4, "code.sets": 8, "code.retired": 4, "field.part": 4, "field.code": 3, "field.name": 5,
    "field.type": 4, "field.unit": 2, "field.low": 3, "field.high": 3, "field.normal": 4, "field.required": 4,
    "field.retired": 4, "rule.part": 6, "rule.judge": 6, "rule.sets": 12, "block.name": 6, "block.kana": 6,
}  # fmt: skip
ORDER: Mapping[str, Sequence[str]] = {  # of the form, where it is another than that of the sheet
    "kind": ("code", "name", "normal_category", "normal", "schema", "layout"),
    "field": ("part", "code", "name", "type", "unit", "low", "high", "choices", "normal", "required", "retired"),
    "code": ("part", "code", "name", "kana", "category", "sentence", "sets", "retired"),
    "rule": ("part", "judge", "when", "sets"),
}


def units_of(sheet: str, column: str) -> int:
    """How much of a row of the form a column gets."""
    return UNITS.get(f"{sheet}.{column}", 12)


class KindEditor:
    """``published``: as it is in force, so that what was used is retired and not taken away."""

    def __init__(self, published: Mapping[str, Sequence[Row]]) -> None:
        self.published: Sheets = _copy(published)
        self.sheets: Sheets = _copy(published)
        self._steps: list[Sheets] = []

    @property
    def changed(self) -> bool:
        return self.sheets != self.published

    @property
    def parts(self) -> list[str]:
        return [row["name"] for row in self.sheets["part"] if row.get("name")]

    def replace(self, sheets: Mapping[str, Sequence[Row]]) -> None:
        """All of it, as it came from Excel."""
        self._step(_copy(sheets))

    def put(self, sheet: str, at: int | None, row: Row) -> int:
        """An entry in place of the one at ``at``, or a new one at the end (None); returns where it is. Where a part is
        called otherwise, everything of that part follows."""
        made = _copy(self.sheets)
        if at is None:
            if not any(row.values()):
                return -1
            made[sheet].append(dict(row))
            at = len(made[sheet]) - 1
        else:
            old = made[sheet][at]
            made[sheet][at] = dict(row)
            if sheet == "part" and old["name"] and row["name"] and old["name"] != row["name"]:
                _rename(made, old["name"], row["name"])
        self._step(made)
        return at

    def remove(self, sheet: str, at: int) -> bool:
        """Take an entry away; one that was published is retired instead (True), since findings have it."""
        made = _copy(self.sheets)
        row = made[sheet][at]
        used = any(each["part"] == row["part"] and each["code"] == row["code"] for each in self.published[sheet]
                   ) if "retired" in row else False  # fmt: skip
        if used:
            row["retired"] = YES
        else:
            del made[sheet][at]
        self._step(made)
        return used

    def move(self, sheet: str, at: int, by: int) -> int:
        """An entry up or down; returns where it is."""
        to = at + by
        if not 0 <= to < len(self.sheets[sheet]):
            return at
        made = _copy(self.sheets)
        made[sheet].insert(to, made[sheet].pop(at))
        self._step(made)
        return to

    def undo(self) -> bool:
        """One step back; False when there is none."""
        if not self._steps:
            return False
        self.sheets = self._steps.pop()
        return True

    def _step(self, sheets: Sheets) -> None:
        if sheets != self.sheets:
            self._steps.append(self.sheets)
            del self._steps[:-MOST_STEPS]
            self.sheets = sheets


def _rename(sheets: Sheets, old: str, new: str) -> None:
    for name in ("code", "field", "rule"):
        for row in sheets[name]:
            if row["part"] == old:
                row["part"] = new
    for row in sheets["kind"]:
        row["layout"] = "\n".join(
            " | ".join(new if part.strip() == old else part.strip() for part in line.split("|"))
            for line in row["layout"].split("\n")
        )


def _copy(sheets: Mapping[str, Sequence[Row]]) -> Sheets:
    found: Sheets = {name: [] for name in BY_NAME}
    return {**found, **copy.deepcopy({name: list(rows) for name, rows in sheets.items()})}
