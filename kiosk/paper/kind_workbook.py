"""A kind of findings as an Excel workbook, out and in again exactly: a sheet for each part of it, all cells text.

The first row of a sheet names sheet and column (``code.kana``), whatever language the second row speaks.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.kind_sheets import BY_NAME, SHEETS, YES, Mistake, Row, Sheet, Sheets
from kiosk.core.words import N_, Sentence, say
from kiosk.paper.booking_workbook import plain_text
from kiosk.paper.page import write_whole

FIRST_ROW = 3  # of the entries
MOST_BYTES, MOST_ROWS = 5_000_000, 5000
_ESCAPED = re.compile("_x005F_")
_HEADER_INK, _HEADER_GROUND, _NAMES_INK = "FFFFFF", "0B5CAD", "8A939C"

NO_SHEET = N_("The sheet “{value}” is missing.")
FORMULA = N_("A formula stands here; only text and numbers are taken.")
UNKNOWN_COLUMN = N_("There is no column “{value}”.")


def write_kind_workbook(path: Path, sheets: Mapping[str, Sequence[Row]], institution: str = "") -> None:
    """Write it; the file is the whole new one or the old one. Raises Fault."""
    write_whole(path, kind_workbook(sheets, institution), N_("The Excel file could not be written to {path}."))


def kind_workbook(sheets: Mapping[str, Sequence[Row]], institution: str = "") -> bytes:
    """The workbook as bytes."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    book.properties.creator = plain_text(institution) or "kiosk"
    for sheet in SHEETS:
        _write_sheet(book.create_sheet(say(sheet.title)), sheet, sheets.get(sheet.name, ()))
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _write_sheet(page: Any, sheet: Sheet, rows: Sequence[Row]) -> None:
    from openpyxl.styles import Alignment, Font, PatternFill
    from openpyxl.utils import get_column_letter

    for at, column in enumerate(sheet.columns, 1):
        name, title = page.cell(1, at, f"{sheet.name}.{column.name}"), page.cell(2, at, say(column.title))
        name.font = Font(size=8, color=_NAMES_INK)
        title.font, title.fill = Font(bold=True, color=_HEADER_INK), PatternFill("solid", fgColor=_HEADER_GROUND)
        page.column_dimensions[get_column_letter(at)].width = column.width + 2
        wrap = Alignment(vertical="top", wrap_text=column.kind == "lines")
        for number, row in enumerate(rows, FIRST_ROW):
            cell = page.cell(number, at)
            if row.get(column.name):
                cell.value = plain_text(row[column.name])
                cell.data_type = "s"  # never a formula
            cell.number_format, cell.quotePrefix, cell.alignment = "@", True, wrap
    page.freeze_panes = f"A{FIRST_ROW}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", 9  # A4
    page.page_setup.fitToHeight, page.sheet_properties.pageSetUpPr.fitToPage = 0, True
    page.print_title_rows = "2:2"


def read_kind_workbook(path: Path) -> tuple[Sheets, list[Mistake]]:
    """Its rows, and cells that could not be taken. Raises Fault where it is no such workbook at all.

    A row without anything is kept as such, so that ``Mistake.row`` counts as Excel does (``excel_row``).
    """
    from openpyxl import load_workbook

    wrong = Fault(
        N_("{name} is no Excel workbook that can be read here."),
        N_("Export a kind to Excel, change that file and take it in again."),
        reference="P520", name=path.name,
    )  # fmt: skip
    try:
        if path.stat().st_size > MOST_BYTES:
            raise wrong
        book = load_workbook(BytesIO(path.read_bytes()), read_only=True)
        pages = [_cells(page) for page in book.worksheets]
    except Fault:
        raise
    except Exception as why:  # what a damaged or hostile file makes of the library is not foreseeable
        raise wrong from why
    sheets: Sheets = {}
    mistakes: list[Mistake] = []
    for rows in pages:
        names = [str(value).split(".", 1) for value, _ in rows[0] if value] if rows else []
        sheet = BY_NAME.get(names[0][0]) if names and all(len(each) == 2 for each in names) else None
        if sheet is not None:
            sheets[sheet.name] = _read_sheet(sheet, rows, mistakes)
    if not sheets:
        raise wrong
    for sheet in SHEETS:
        if sheet.name not in sheets:
            mistakes.append(Mistake(sheet.name, 0, "", Sentence(NO_SHEET, {"value": say(sheet.title)})))
    return sheets, mistakes


def _cells(page: Any) -> list[list[tuple[Any, bool]]]:
    """(value, is it a formula) of the first rows."""
    found = []
    for row in page.iter_rows(max_row=MOST_ROWS, max_col=30):
        found.append([(cell.value, getattr(cell, "data_type", "") == "f") for cell in row])
    return found


def _read_sheet(sheet: Sheet, rows: list[list[tuple[Any, bool]]], mistakes: list[Mistake]) -> list[Row]:
    known = {each.name for each in sheet.columns}
    columns: dict[int, str] = {}
    for at, (value, _) in enumerate(rows[0]):
        name = str(value or "").split(".", 1)[-1]
        if name in known:
            columns[at] = name
        elif value:
            mistakes.append(Mistake(sheet.name, -2, "", Sentence(UNKNOWN_COLUMN, {"value": str(value)})))
    found: list[Row] = []
    for number, cells in enumerate(rows[FIRST_ROW - 1 :]):
        row = dict.fromkeys((each.name for each in sheet.columns), "")
        for at, name in columns.items():
            value, formula = cells[at] if at < len(cells) else (None, False)
            if formula:
                mistakes.append(Mistake(sheet.name, number, name, Sentence(FORMULA)))
            else:
                row[name] = _text(value)
        found.append(row)
    while found and not any(found[-1].values()):
        found.pop()
    return found


def _text(value: Any) -> str:
    if value is None or value is False:
        return ""
    if value is True:
        return YES
    if isinstance(value, float):
        return f"{value:.12g}"
    return _ESCAPED.sub("_", str(value)).replace("\r\n", "\n").strip()


def excel_row(mistake: Mistake) -> int:
    """The row as Excel numbers it."""
    return mistake.row + FIRST_ROW
