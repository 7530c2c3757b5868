"""What was entered in the fields of a finding as tables, in the order and side by side as its kind's layout says."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.finding import FindingBody
from kiosk.core.finding_fields import CODE, Part
from kiosk.core.judgement import Kind


@dataclass(frozen=True)
class FieldTable:
    """``columns``: names of the places (one without a name for a part that has only one); ``rows``: name of the field
    and its values in words."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]


def tables_of(kind: Kind, body: FindingBody) -> list[list[FieldTable]]:
    """Lines of tables that stand side by side; parts, places and fields where nothing was entered are left out."""
    by_name = {part.name: part for part in kind.fields}
    lines = kind.layout or tuple((part.name,) for part in kind.fields)
    found = [[_table(kind, by_name[name], body) for name in line if name in by_name] for line in lines]
    return [filled for line in found if (filled := [each for each in line if each.rows])]


def _table(kind: Kind, part: Part, body: FindingBody) -> FieldTable:
    values = {place: part.values(body.items, place) for place in part.places}
    places = tuple(place for place in part.places if values[place])
    rows = []
    if any(CODE in values[place] for place in places):
        rows.append(("", tuple(_code_name(kind, values[place].get(CODE, "")) for place in places)))
    for each in part.fields:
        if any(values[place].get(each.code) for place in places):
            rows.append((each.name, tuple(each.shown(values[place].get(each.code, "")) for place in places)))
    return FieldTable(part.name, places, tuple(rows))


def _code_name(kind: Kind, number: str) -> str:
    found = kind.finding(number)
    return found.name if found is not None else number
