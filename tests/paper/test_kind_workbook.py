"""A kind goes out to Excel and comes in again exactly; what cannot be taken is named by sheet and row."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault
from kiosk.core.kind_sheets import changes, kind_of, mistakes_in, sheets_of
from kiosk.paper.kind_workbook import excel_row, kind_workbook, read_kind_workbook, write_kind_workbook
from kiosk.store.masters import default_master

KINDS = {each["code"]: each for each in default_master("findings")["kind"]}


def opened(path: Path) -> Any:
    from openpyxl import load_workbook

    return load_workbook(path)


def test_every_shipped_kind_comes_back_exactly(tmp_path: Path) -> None:
    for code, kind in KINDS.items():
        sheets = sheets_of(kind)
        assert sheets_of(kind_of(sheets)) == sheets
        if code:  # the one without a code comes from the file of the categories, where it has no list of parts
            assert kind_of(sheets) == kind
        if code in ("ABDOMEN", "FUNDUS", ""):
            write_kind_workbook(tmp_path / "k.xlsx", sheets)
            again, wrong = read_kind_workbook(tmp_path / "k.xlsx")
            assert (again, wrong) == (sheets, []), code
            assert kind_of(again) == kind_of(sheets) and changes(sheets, again) == []


def test_text_is_never_a_formula_and_a_formula_is_never_text(tmp_path: Path) -> None:
    sheets = sheets_of(KINDS["BREAST"])
    sheets["block"][0]["text"] = '=HYPERLINK("x")\n_x0041_ +1 -1 @A1'
    path = tmp_path / "k.xlsx"
    path.write_bytes(kind_workbook(sheets))
    cell = opened(path).worksheets[-1].cell(3, 3)
    assert cell.data_type == "s" and cell.quotePrefix
    assert read_kind_workbook(path) == (sheets, [])
    book = opened(path)
    book.worksheets[2].cell(4, 3).value = "=1+1"
    book.save(path)
    again, wrong = read_kind_workbook(path)
    assert [(each.sheet, excel_row(each), each.column) for each in wrong] == [("code", 4, "name")]
    assert again["code"][1]["name"] == ""


def test_mistakes_name_sheet_and_row_and_empty_rows_are_none(tmp_path: Path) -> None:
    path = tmp_path / "k.xlsx"
    path.write_bytes(kind_workbook(sheets_of(KINDS["BREAST"])))
    book = opened(path)
    fields, rules = book.worksheets[3], book.worksheets[4]
    fields.insert_rows(5)  # nothing in it: no mistake, and nothing below it vanishes
    fields.cell(6, 4).value = "picture"
    rules.cell(3, 2).value = "size => 3"
    rules.cell(4, 3).value = "Z"
    book.worksheets[2].cell(3, 2).value = 61102  # typed as a number, and there already
    book.save(path)
    sheets, unreadable = read_kind_workbook(path)
    wrong = mistakes_in(sheets, {"A", "B", "C", "D", "D2"})
    assert unreadable == []
    assert [(each.sheet, excel_row(each), each.column) for each in wrong] == [
        ("code", 4, "code"), ("field", 6, "type"), ("rule", 3, "when"), ("rule", 4, "judge"),
    ]  # fmt: skip
    assert len([row for row in sheets["field"] if any(row.values())]) == len(sheets_of(KINDS["BREAST"])["field"])


def test_what_changes_is_told(tmp_path: Path) -> None:
    before, after = sheets_of(KINDS["BREAST"]), sheets_of(KINDS["BREAST"])
    after["code"][0]["name"] = "嚢胞(単純)"
    after["block"].append({"name": "新", "kana": "", "text": "文"})
    gone = after["rule"].pop()
    told = [(each.what, each.sheet, each.words) for each in changes(before, after)]
    assert told == [("changed", "code", "name: 嚢胞 → 嚢胞(単純)"), ("gone", "rule", ""), ("new", "block", "")]
    assert gone["when"]


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no workbook", b"a,b,c\n"])
def test_another_file_is_refused_in_words(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "k.xlsx"
    path.write_bytes(data)
    with pytest.raises(Fault, match="P520"):
        read_kind_workbook(path)


def test_a_workbook_without_our_sheets_is_refused(tmp_path: Path) -> None:
    from openpyxl import Workbook

    out = BytesIO()
    Workbook().save(out)
    (tmp_path / "k.xlsx").write_bytes(out.getvalue())
    with pytest.raises(Fault, match="P520"):
        read_kind_workbook(tmp_path / "k.xlsx")
