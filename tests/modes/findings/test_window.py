"""What the doctor does and sees in the real window."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.core.finding import FindingBody
from kiosk.flow.answers import Answer
from kiosk.flow.sign_report import HELD_S
from kiosk.store import open_by
from kiosk.store.engine import Store
from kiosk.store.notices import Notice
from tests.modes.findings.hands import NORMAL, body, choose_code, rows, type_into
from tests.modes.findings.site import Site, last_year


@pytest.fixture
def centre(centre_on_sqlite: Store) -> Store:
    """What is shared between stations is tried on both databases in test_desk and test_two_stations."""
    return centre_on_sqlite


def test_the_list_shows_what_is_to_be_read(site: Site, open_window: Callable[..., Any]) -> None:
    site.read(0)
    site.read(1, kinds=("ABDOMEN", "FUNDUS"))
    window = open_window()
    assert rows(window) == [
        ("見本 太郎", "腹部超音波", "not read"),
        ("髙橋 花子", "腹部超音波", "not read"),
        ("髙橋 花子", "眼底", "not read"),
    ]


def test_typing_anywhere_searches(site: Site, open_window: Callable[..., Any], wait: Callable[..., Any]) -> None:
    site.read(0)
    site.read(1)
    window = open_window()
    window.shell.key("F2").press()
    type_into(window.list.search.entry, "ﾀｶﾊｼ")
    wait(lambda: [name for name, _, _ in rows(window)] == ["髙橋 花子"])
    window.shell.key("Esc").press()
    wait(lambda: len(rows(window)) == 2)


def test_three_keystrokes_make_a_finding_and_f5_signs_it(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.read(0)
    window = open_window()
    enter(window, visit)
    choose_code(window, "かんのうほう")
    assert (body(window).text, body(window).codes) == ("肝S＿に径＿mmの嚢胞を認めます。", ("10102",))
    assert body(window).category == "B"
    text = window.entry.text.entry
    for typed in ("5", "12"):  # each blank stands selected; typing takes its place
        assert text.get("sel.first", "sel.last") == "＿"
        text.delete("sel.first", "sel.last")
        type_into(text, typed)
        window.shell.key("F4").press()
    assert body(window).text == "肝S5に径12mmの嚢胞を認めます。"
    window.shell.key("F5").press()
    wait(lambda: window.writing.opened.signed is not None)
    assert window.writing.opened.signed.body == body(window)
    assert "Signed by 例示 医師" in window.shell.problem.text
    assert window.shell.key("F5").key.text == "Amend"
    window.shell.key("F12").press()
    wait(lambda: window.place == "list" and rows(window)[0][2] == "signed")


def test_a_key_image_that_comes_late_never_lands_on_the_next_examinee(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    here, other = site.read(0), site.read(1)
    window = open_window()
    enter(window, here)
    taken = site.key_image(window.station, here, site.image(here, "ABDOMEN"), 20)
    came = window.desk.tray(here, "ABDOMEN").wait()
    slow: Answer = Answer(lambda do, *args: do(*args))
    monkeypatch.setattr(window.desk, "tray", lambda *asked: slow)
    window._news(Notice(0, "tray", {"visit": here, "key_image": taken}))
    window.shell.key("Esc").press()
    wait(lambda: window.place == "list")
    enter(window, other)
    slow.settle(came)
    assert body(window).key_images == () and not window.entry.tray.thumbs


def test_of_two_openings_the_later_one_is_shown(
    site: Site, open_window: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = site.read(0), site.read(1)
    window = open_window()
    ready = {visit: window.desk.open(visit, "ABDOMEN").wait() for visit in (first, second)}
    master = window.desk.judgement().wait()
    slow: dict[int, Answer] = {}

    def at_once(do: Callable[..., None], *args: Any) -> None:
        do(*args)

    def asked(visit: int, kind: str) -> Answer:
        return slow.setdefault(visit, Answer(at_once))

    let_go: list[int] = []
    monkeypatch.setattr(window.desk, "open", asked)
    monkeypatch.setattr(window.desk, "close", lambda visit, kind: let_go.append(visit))
    known: Answer = Answer(at_once)
    known.settle(master)
    monkeypatch.setattr(window.desk, "judgement", lambda: known)
    window.writing.open(first, "ABDOMEN")
    window.writing.open(second, "ABDOMEN")
    slow[second].settle(ready[second])
    slow[first].settle(ready[first])
    assert window.writing.place == (second, "ABDOMEN")
    assert window.shell.banner.examinee.name == "髙橋 花子"
    assert let_go == [first]


def test_no_abnormality_is_one_key_and_undo_takes_it_back(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None]
) -> None:
    window = open_window()
    enter(window, site.read(0))
    window.shell.key("F7").press()
    assert body(window) == NORMAL
    assert window.entry.text.get() == NORMAL.text
    choose_code(window, "10101")
    assert body(window).codes == ("10101",) and NORMAL.text not in body(window).text
    window.shell.key("F6").press()
    assert body(window) == NORMAL
    window.shell.key("F6").press()
    assert body(window) == FindingBody() and window.entry.text.get() == ""


def test_a_signature_without_category_is_refused_and_the_words_stay(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    window = open_window()
    enter(window, site.read(0))
    type_into(window.entry.text.entry, "異常なし")
    window.shell.key("F5").press()
    wait(lambda: "The category is missing" in window.shell.problem.text)
    assert window.entry.text.get() == "異常なし"
    window.entry.category.buttons["A"].invoke()
    window.shell.key("F5").press()
    wait(lambda: window.writing.opened.signed is not None)


def test_a_gap_of_the_font_is_told_by_its_number(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    window = open_window()
    enter(window, site.read(0))
    window.shell.key("F7").press()
    window.entry.act(lambda editor: editor.typed(NORMAL.text + "\U0002a6d6"))
    window.shell.key("F5").press()
    wait(lambda: "U+2A6D6" in window.shell.problem.text)
    assert window.shell.problem.level == "stop"


def test_amending_needs_a_reason_and_shows_the_earlier_version_on_the_page(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.read(0)
    window = open_window()
    window.desk.sign(visit, "ABDOMEN", NORMAL, 0).wait()
    window.refresh()
    enter(window, visit)
    assert not window.entry.editable
    window.shell.key("F7").press()
    assert "only be read" in window.shell.problem.text
    window.shell.key("F5").press()
    assert window.entry.editable
    choose_code(window, "10101")
    window.entry.act(lambda editor: editor.typed("脂肪肝(軽度)を認めます。"))
    window.shell.key("F5").press()
    card = window.writing.reason
    card.sign_button.invoke()
    assert window.writing.reason is card, "without a reason nothing is signed"
    card.field.set("所見の追加")
    card.sign_button.invoke()
    wait(lambda: window.writing.opened.signed.number == 2)
    assert window.writing.opened.signed.reason == "所見の追加"
    window.shell.key("F8").press()
    wait(lambda: window.page.painted)
    assert window.page.number == 2 and "所見の追加" in window.page._reason.cget("text")
    window.page.versions.set("1")
    window.page._load()
    wait(lambda: window.page.painted)
    assert "所見の追加" not in window.page._reason.cget("text") and "例示 医師" in window.page._reason.cget("text")
    window.shell.key("Esc").press()
    wait(lambda: window.place == "entry")


def test_as_last_time_is_one_key(site: Site, open_window: Callable[..., Any], enter: Callable[..., None]) -> None:
    earlier = site.read(0, day=last_year())
    window = open_window()
    window.desk.sign(earlier, "ABDOMEN", FindingBody("脂肪肝(軽度)を認めます。", ("10101",), "C"), 0).wait()
    visit = site.read(0)
    window.refresh()
    enter(window, visit)
    assert "脂肪肝(軽度)" in window.entry.last.get() and "10101 脂肪肝" in window.entry.last.get()
    window.shell.key("F9").press()
    assert body(window) == FindingBody("脂肪肝(軽度)を認めます。", ("10101",), "C")
    assert list(window.entry.chips.buttons) == ["10101"]
    window.entry.chips.buttons["10101"].invoke()
    assert body(window).codes == ()


def test_what_was_typed_is_there_again_after_a_crash(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.read(0)
    window = open_window("読影1")
    enter(window, visit)
    type_into(window.entry.text.entry, "途中まで書いた")
    wait(lambda: (kept := window.writing._desk._report.draft_of(visit, "ABDOMEN")) and kept.body.text)
    window.station.local.leave()
    window.shell.top.destroy()  # the program dies: nothing is saved, nothing let go
    site.close(window.station)
    site._stations.append(window.station)
    again = open_window("読影1")
    enter(again, visit)
    assert again.entry.text.get() == "途中まで書いた"
    assert "not saved is here again" in again.shell.problem.text
    again.shell.key("F6").press()
    assert again.entry.text.get() == ""


def test_the_next_unsigned_one_opens_by_one_key(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visits = [site.read(0), site.read(1)]
    window = open_window()
    enter(window, visits[0])
    window.shell.key("F7").press()
    window.shell.key("F5").press()
    wait(lambda: window.writing.opened.signed is not None)
    window.shell.key("F12").press()
    wait(lambda: window.writing.opened is not None and window.writing.place[0] == visits[1])
    assert window.shell.banner.examinee.name == "髙橋 花子"


def test_a_scan_opens_the_examinee_from_anywhere(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visits = [site.read(0), site.read(1)]
    window = open_window()
    enter(window, visits[0])
    type_into(window.entry.text.entry, "途中")
    window._scanned("20261124-002")
    wait(lambda: window.writing.opened is not None and window.writing.place[0] == visits[1])
    window.shell.key("Esc").press()
    wait(lambda: window.place == "list")
    window._scanned("99999999")
    wait(lambda: "Nothing to read was found for 99999999" in window.shell.problem.text)


def test_the_page_is_shown_and_kept_as_a_file(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    from kiosk.paper import print_out

    monkeypatch.setattr(print_out.shutil, "which", lambda _: None)
    window = open_window()
    enter(window, site.read(0))
    window.shell.key("F8").press()
    assert "no page" in window.shell.problem.text
    window.shell.key("F7").press()
    window.shell.key("F8").press()
    wait(lambda: window.place == "page" and window.page.painted)
    window.shell.key("F5").press()
    wait(lambda: "This PC has no printer" in window.shell.problem.text)
    assert list((window.station.file.data / "pages").rglob("*.pdf"))
    window.shell.key("Esc").press()
    wait(lambda: window.place == "entry")
    assert window.entry.editable and body(window) == NORMAL


def test_closing_the_window_keeps_what_was_typed(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    visit = site.read(0)
    window = open_window("読影1", draft_every_ms=3_600_000)
    enter(window, visit)
    type_into(window.entry.text.entry, "閉じる前")
    closed: list[bool] = []
    assert window.shell.may_close(lambda: closed.append(True)) is False
    wait(lambda: closed)
    assert window.desk._report.draft_of(visit, "ABDOMEN").body.text == "閉じる前"
    window.writing.undo()  # nothing differs from what is saved: nothing is kept
    assert window.shell.may_close(lambda: closed.append(True)) is False
    wait(lambda: len(closed) == 2)
    assert window.desk._report.draft_of(visit, "ABDOMEN") is None
    window.station.local.leave()


def test_a_station_that_crashed_holds_a_finding_for_a_minute_only(site: Site) -> None:
    with site.centre.writing() as conn:
        assert HELD_S <= 60
        open_by.hold(conn, "finding:1:ABDOMEN", by="例示 医師", station="読影1", for_s=-1)
        assert open_by.hold(conn, "finding:1:ABDOMEN", by="見本 医師", station="読影2") is None


def test_everything_can_be_reached_by_tab(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None]
) -> None:
    window = open_window()
    enter(window, site.read(0))
    wanted = {str(window.entry.search.entry), str(window.entry.codes.tree), str(window.entry.text.entry),
              *(str(button) for button in window.entry.category.buttons.values())}  # fmt: skip
    start = widget = window.entry.search.entry
    seen = {str(widget)}
    while (widget := widget.tk_focusNext()) is not start and str(widget) not in seen:
        seen.add(str(widget))
    assert wanted <= seen


def test_fields_are_filled_in_by_keyboard_alone(
    site: Site, open_window: Callable[..., Any], enter: Callable[..., None], wait: Callable[..., Any]
) -> None:
    """Abdomen: code, then S5 and 18 mm in its fields; the sentence, the category and the page follow."""
    visit = site.read(0)
    window = open_window()
    enter(window, visit)
    top = window.shell.top

    def keys(*typed: str) -> None:
        for each in typed:
            at = top.focus_get()
            if each.startswith("<"):
                at.event_generate(each)
            else:
                at.delete(0, "end")
                at.insert(0, each)
            top.update()

    choose_code(window, "10104")
    window.shell.key("F3").press()
    top.update()
    window.shell.key("F3").press()
    top.update()
    fields = window.entry.fields
    fields.cells[0][0].entry.focus_set()
    top.update()
    assert fields.hint.dlineinfo("end-1c") is not None, "every choice that is offered can be seen"
    fields.cells[1][0].entry.focus_set()
    top.update()
    keys("5", "<Down>", "18", "<Return>")
    assert body(window).text == "肝S5に径18mmの充実性病変を認めます。" and body(window).category == "D"
    keys("x", "<Down>")  # no number: the cursor stays, the cell says so
    assert window.entry.fields._at.field.code == "count" and body(window).category == "D"
    window.shell.key("F5").press()  # and nothing is signed without it
    assert "“x” cannot be read in “個数”" in window.shell.problem.text
    keys("2", "<Next>")
    assert window.entry.fields.part.name == "胆"
    keys("10202", "<Right>", "10203")  # the focused cell is taken over by whatever comes next
    window.shell.key("F6").press()
    assert body(window).codes == ("10104", "10202")
    window.shell.key("F8").press()
    wait(lambda: window.page.painted)
