"""The pages beside list and entry, by their keys: the book of codes, the search, the results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.store.engine import Store
from tests.modes.findings.hands import body, type_into
from tests.modes.findings.site import Site


@pytest.fixture
def centre(centre_on_sqlite: Store) -> Store:
    """Both databases are tried in test_lists."""
    return centre_on_sqlite


def test_the_book_of_codes_and_the_pages(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any],
    read_text: Callable[[bytes], list[str]],
) -> None:  # fmt: skip
    visit = site.read(0)
    window = open_window()
    window.shell.key("F3").press()
    wait(lambda: window.place == "codes" and window.pages.codes.table.tree.get_children())
    codes = window.pages.codes
    codes.kind.set("ABDOMEN")
    codes._kind_chosen()
    type_into(codes.search.entry, "ｶﾝﾉｳﾎｳ")
    assert codes.table.tree.get_children() == ("ABDOMEN 10102",)
    codes.category.set("D")
    codes.narrow()
    assert codes.table.tree.get_children() == ()
    codes.category.set("")
    codes.search.set("")
    window.shell.key("F8").press()
    folder = window.desk._kit.data / "pages"
    wait(lambda: list(folder.glob("*/finding-codes-*.pdf")))
    book = "".join(read_text(next(folder.glob("*/finding-codes-*.pdf")).read_bytes()))
    assert "10101" in book and "脂肪肝" in book
    window.shell.key("Esc").press()

    enter(window, visit)
    window.entry.book.invoke()
    assert window.place == "codes" and codes.kind.get() == "ABDOMEN"
    type_into(codes.search.entry, "しぼうかん")
    codes.search.entry.event_generate("<Return>")
    assert window.place == "entry" and body(window).codes == ("10101",)
    window.shell.key("F7").press()
    window.shell.key("F5").press()
    wait(lambda: window.writing.opened.signed is not None)
    window.shell.key("Esc").press()
    wait(lambda: window.place == "list")

    window.shell.key("F4").press()
    wait(lambda: window.place == "search")
    window.pages.search.text.set("異常を認め")
    window.shell.key("F5").press()
    wait(lambda: window.pages.search.table.tree.get_children())
    window.shell.key("F7").press()
    wait(lambda: window.place == "entry" and window.writing.place == (visit, "ABDOMEN"))
    window.shell.key("Esc").press()
    wait(lambda: window.place == "search")
    window.shell.key("Esc").press()
    window.shell.key("F7").press()
    wait(lambda: window.place == "results" and window.pages.results.table.tree.get_children())
    window.shell.key("F5").press()
    wait(lambda: "1 results were written" in window.shell.problem.text)
    wait(lambda: not window.pages.results.table.tree.get_children())
