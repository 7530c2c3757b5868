"""Each kind of page goes to the printer of its own mode, also where one PC runs several."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kiosk.flow.crew import Crew
from kiosk.flow.print_pages import FINDING, LIST, SHEET, owe_page, start_printing
from kiosk.store.engine import Store

COPY = "import shutil, sys; shutil.copy(sys.argv[1], sys.argv[2])"


def test_each_kind_of_page_has_its_own_printer(
    tmp_path: Path, local: Store, crew: Crew, wait_until: Callable[..., Any]
) -> None:
    kinds = (FINDING, LIST, SHEET)
    for kind in kinds:
        (tmp_path / kind).mkdir()
        start_printing(local, "pc", crew, kind, (sys.executable, "-c", COPY, "{file}", str(tmp_path / kind)))
    for number in (1, 2):
        for kind in kinds:
            page = tmp_path / f"{kind}-{number}.pdf"
            page.write_bytes(b"%PDF-1.4")
            owe_page(local, "pc", page, kind)

    def printed() -> dict[str, set[str]]:
        return {kind: {each.name.split("-")[0] for each in (tmp_path / kind).iterdir()} for kind in kinds}

    wait_until(lambda: all(len(list((tmp_path / kind).iterdir())) == 2 for kind in kinds), 20)
    assert printed() == {kind: {kind} for kind in kinds}
