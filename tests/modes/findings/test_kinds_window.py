"""The findings masters in the real window: PIN, sheets, page, publishing, Excel."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.store.engine import Store
from tests.modes.findings.site import Site


@pytest.fixture
def centre(centre_on_sqlite: Store) -> Store:
    """What is shared between stations is tried on both databases in test_kinds."""
    return centre_on_sqlite


def test_masters_are_changed_in_the_window_and_by_excel(
    site: Site, open_window: Callable[..., Any], wait_until: Callable[..., Any],
    tmp_path: Path,
) -> None:  # fmt: skip
    """PIN, a new code, a mistake that is named, publishing; out to Excel, changed there, seen and taken in."""
    from openpyxl import load_workbook

    nurse = open_window("読影3", person=site.nurse)
    nurse.shell.key("F8").press()
    wait_until(lambda: "other roles" in nurse.shell.problem.text)
    assert nurse.place == "list"

    window = open_window()
    kinds = window.kinds
    window.shell.key("F8").press()
    wait_until(lambda: kinds.pin._book)
    kinds.pin.pin.set("7412")
    kinds.pin.again.set("7412")
    window.shell.key("F5").press()
    wait_until(lambda: kinds.shown is kinds.edit)
    kinds.kind.set("ABDOMEN")
    kinds._kind_chosen()
    kinds.turn_to("code")
    window.shell.key("F8").press()  # one that was published is retired, not taken away
    assert kinds.editor.sheets["code"][0]["retired"] == "yes"
    window.shell.key("F4").press()
    for name, text in {"code": "10102", "name": "新しい所見", "sentence": "肝S{nowhere}です。"}.items():
        kinds.form.fields[name].set(text)
    window.shell.key("F12").press()
    wait_until(lambda: kinds.shown is kinds.listing)
    told = [kinds.listing.row(key).cells for key in kinds.listing.shown_keys]
    assert [what for _, what in told] == ["The part has no field “nowhere”.", "“10102” is there twice."]
    window.shell.key("F5").press()
    assert kinds.form.fields["name"].get() == "新しい所見"
    kinds.form.fields["code"].set("10199")
    kinds.form.fields["sentence"].set("肝S{site}です。")
    window.shell.key("F9").press()
    wait_until(lambda: kinds.page.painted)
    window.shell.key("Esc").press()
    window.shell.key("F12").press()
    wait_until(lambda: "in force now" in window.shell.problem.text)
    kind = window.desk.judgement().wait().kind("ABDOMEN")
    assert kind.finding("10199").sentence == "肝S{site}です。" and kind.finding("10101").retired

    path = tmp_path / "腹部.xlsx"
    kinds.excel.write(path, kinds.editor.sheets)
    wait_until(path.exists)
    book = load_workbook(path)
    page = book.worksheets[2]
    row = next(row for row in range(3, page.max_row + 1) if page.cell(row, 2).value == "10199")
    page.cell(row, 3).value = "言い換えた所見"
    book.save(path)
    kinds.excel.look_at(path)
    wait_until(lambda: kinds.shown is kinds.listing)
    assert "新しい所見 → 言い換えた所見" in kinds.listing.row("0").cells[1]
    assert window.desk.judgement().wait().kind("ABDOMEN").finding("10199").name == "新しい所見"
    window.shell.key("F5").press()
    window.shell.key("F12").press()
    wait_until(lambda: window.desk.judgement().wait().kind("ABDOMEN").finding("10199").name == "言い換えた所見")
    wait_until(lambda: not kinds.editor.changed)
    window.shell.key("Esc").press()
    wait_until(lambda: window.place == "list")
