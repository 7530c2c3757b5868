"""Where the parts of the viewer meet: what one of them leaves behind must not mislead in another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.modes.viewer import keys_rules
from kiosk.modes.viewer.rules import KEY_CARD
from tests.modes.viewer.hands import Open, press
from tests.modes.viewer.test_panes import slices
from tests.modes.viewer.test_saving import disks_stand, in_tray, stored
from tests.modes.viewer.ward import Ward


def back_in_the_pictures(window: Any) -> bool:
    return bool(window.place == "pictures" and window.pictures.pane.ready and not window.opening.running)


def test_no_letter_of_the_card_is_named_that_does_nothing_here() -> None:
    card = keys_rules.shown_card(KEY_CARD, {"b": 1, "k": 1, "[": 1, "]": 1, "i": 1}, {"[": ";", "i": "y"})
    caps = [cap for cap, _ in card]
    assert "d" not in caps and "k" in caps and ";  ]" in caps and "y" in caps and "Tab" in caps


def test_a_chosen_state_ends_with_what_it_was_chosen_for(opened: Open, wait_until: Any) -> None:
    ward, window = opened(pictures=2)
    disks_stand(ward)
    pictures, side = window.pictures, window.pictures.side
    panes = pictures.panes
    panes[0].invert()
    window.saving.save_state()
    wait_until(lambda: bool(side.states.winfo_manager()) and len(stored(ward, "PR")) == 1, 30)

    def choose() -> None:
        side.states.set("0")
        side._state_chosen()

    panes[0].reset()
    choose()
    assert panes[0].inverted
    press(window, "<Escape>", "<F5>")
    wait_until(lambda: back_in_the_pictures(window) and len(window.saving.beside(panes[0]).states) == 1, 30)
    assert not panes[0].inverted and side.states.get() == "-1", "opened anew it stands as the header says, and says so"
    choose()
    assert panes[0].inverted
    press(window, "<Control-Key-4>")
    wait_until(lambda: panes[1].ready)
    assert panes[0].inverted and not panes[1].inverted, "the others are not touched"
    panes[1].focus_set()
    window.shell.top.update()
    choose()
    wait_until(lambda: panes[1].at == 0 and panes[1].inverted, what="in the active pane")
    press(window, "<Control-Key-1>", "<Control-Key-4>")
    wait_until(lambda: panes[1].ready)
    panes[1].focus_set()
    window.shell.top.update()
    assert panes[1].inverted == (side.states.get() == "0"), "what stands beside the picture is true of it"
    panes[0].focus_set()
    window.shell.top.update()
    assert panes[0].inverted and side.states.get() == "0"


def test_name_and_way_back_belong_to_what_is_in_front(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any
) -> None:
    ward = open_ward(compare_at_once=False)
    ward.study(ward.visit(2), pictures=1, number=2, PatientID="P99999")
    window = open_window(ward)
    banner, problem = window.shell.banner, window.shell.problem
    wait_until(lambda: len(window.list.table) == 1)
    press(window, "<F5>")
    wait_until(lambda: back_in_the_pictures(window), 30)
    assert banner.examinee.number == "2026002" and "P99999" in problem.text
    press(window, "<Escape>")
    assert "P99999" not in problem.text, "the warning belongs to the picture"
    press(window, "<F6>", "<Escape>")
    assert window.place == "list" and banner.examinee is None
    press(window, "<Escape>")
    assert window.place == "pictures" and banner.examinee.number == "2026002" and "P99999" in problem.text
    # The other headers of a study come while its first picture is looked at, and somebody has gone on from there.
    for leave, place in ((window.side.teach, "teaching form"), (lambda: window._go("list"), "list")):
        leave()
        window._first_only = True
        window._show(window.opened)
        assert window.place == place
    press(window, "<F8>")
    assert window.place == "doctor" and banner.examinee is None
    window._asked_to_show(window.opened.study.id, None, "")
    wait_until(lambda: back_in_the_pictures(window), 30)
    press(window, "<Escape>")
    assert window.place == "doctor" and banner.examinee is None, "back on the page, where nobody is open"
    window._asked_to_show(1, None, "")
    wait_until(lambda: back_in_the_pictures(window), 30)
    press(window, "<F2>")
    window.list.table.focus_set()
    press(window, "<F5>")
    wait_until(lambda: back_in_the_pictures(window), 30)
    press(window, "<Escape>")
    assert window.place == "list", "opened from the list, Esc leads back to the list"


def test_what_was_begun_is_done_when_the_window_is_closed_meanwhile(
    open_ward: Callable[..., Ward], open_window: Callable[[Ward], Any], wait_until: Any
) -> None:
    """An error in the log, as of words for a window that is gone, fails the test by itself."""
    ward = open_ward()
    disks_stand(ward)
    visit = ward.visit()
    slices(ward, visit, [1.0 * number for number in range(12)], "2.25.9", "1")
    window = open_window(ward)
    wait_until(lambda: len(window.list.table) == 1)
    press(window, "<F5>")
    wait_until(lambda: back_in_the_pictures(window), 30)
    window.saving.save_state()
    window.saving.take_key_image()
    window.pictures.cuts.toggle()
    cutting = window.pictures.cuts._running
    window.compare()
    window.shell.top.destroy()
    wait_until(lambda: len(stored(ward, "PR")) == 1 and len(stored(ward, "KO")) == 1, 30)
    wait_until(lambda: in_tray(ward, visit) == 1)
    wait_until(lambda: cutting.arrived or cutting.cancelled)
