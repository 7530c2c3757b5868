"""CSV that Excel reads and does not calculate."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.csv_out import BOM, csv_line, defused


@pytest.mark.parametrize("cell", ["=1+1", "+81 3", "-1", "@x", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x"])
def test_what_excel_would_calculate_is_defused(cell: str) -> None:
    assert defused(cell) == "'" + cell


@pytest.mark.parametrize("cell", ["", "0123", "見本 太郎", "a=1", " =1", "2026-11-24", "'x"])
def test_everything_else_stays_as_it_is(cell: str) -> None:
    assert defused(cell) == cell


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), min_size=1)))
def test_what_is_written_is_read_back(rows: list[list[str]]) -> None:
    data = BOM + b"".join(csv_line(row) for row in rows)
    read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert read == [[defused(cell) for cell in row] for row in rows]


def test_half_a_character_does_not_stop_the_export() -> None:
    assert csv_line(["\ud842"]) == b'"?"\r\n'
