"""The pages beside list and entry, by their keys: two readers, the book of codes, the search, the results."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.finding import FindingBody
from kiosk.store.engine import Store
from tests.modes.findings.hands import NORMAL, body, rows, type_into
from tests.modes.findings.site import Site


@pytest.fixture
def centre(centre_on_sqlite: Store) -> Store:
    """Both databases are tried in test_lists and test_two_readers."""
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
    window.desk.save(site.read(1), "ABDOMEN", NORMAL, 0).wait()
    window.shell.key("Esc").press()  # the list heard nothing meanwhile
    wait(lambda: [state for _, _, state in rows(window)] == ["draft", "signed"])


def test_two_people_at_two_windows(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.read(0)
    window = open_window("読影1", two_readers=("ABDOMEN",))
    enter(window, visit)
    window.shell.key("F7").press()
    window.shell.key("F5").press()
    wait(lambda: window.writing.opened.signed is not None)
    assert "another person gives the second one" in window.shell.problem.text
    window.shell.key("F12").press()
    wait(lambda: window.place == "list" and rows(window)[0][2] == "first read")
    wait(lambda: "signed" in window.shell.problem.text)  # nothing here that this person has to read

    other = open_window("読影2", person=site.other, two_readers=("ABDOMEN",))
    enter(other, visit)
    assert body(other) == FindingBody() and "例示 医師 gave the first reading" in other.shell.problem.text
    assert not other.shell.key("F8").enabled and "異常を認めません" not in other.entry.last.get()
    type_into(other.entry.text.entry, "脂肪肝")
    other.shell.key("Esc").press()  # what the second reader types is nobody else's yet
    wait(lambda: other.place == "list" and rows(other)[0][2] == "first read *")
    enter(other, visit)
    assert other.entry.text.get() == "脂肪肝"
    other.entry.category.buttons["C"].invoke()
    other.shell.key("F5").press()
    wait(lambda: other.place == "settle")
    assert other.pages.settle.differ.cget("text").endswith("category")
    assert [side[2].get() for side in other.pages.settle.sides] == [NORMAL.text, "脂肪肝"]
    other.shell.key("F9").press()  # both readings with their pictures, as they print
    wait(lambda: other.place == "page" and other.page.painted)
    other.shell.key("Esc").press()
    wait(lambda: other.place == "settle")
    other.shell.key("F5").press()
    wait(lambda: other.place == "entry" and other.entry.editable)
    assert body(other).text == "脂肪肝"
    type_into(other.entry.text.entry, "(軽度)を認めます。")
    other.shell.key("F5").press()
    wait(lambda: other.writing.opened.finding.final is not None)
    assert other.writing.opened.finding.newest.role == "settled"
    other.shell.key("Esc").press()
    wait(lambda: other.place == "list" and rows(other)[0][2] == "signed")
