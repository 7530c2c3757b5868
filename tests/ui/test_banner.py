"""The banner shows whom the work is about, however long the name."""

from __future__ import annotations

import tkinter as tk
from datetime import date
from typing import Any

from kiosk.core.patient import Patient
from kiosk.ui import look
from kiosk.ui.banner import Examinee

HANAKO = Patient("centre", "90012763", "髙橋 花子", "タカハシ ハナコ", "TAKAHASHI HANAKO", "F", date(1971, 4, 2))


def words(shell: Any) -> list[str]:
    return [str(each.cget("text")) for each in shell.banner.winfo_children() if str(each.cget("text"))]


def test_name_kana_sex_birth_date_age_examination_and_number_are_shown(shell: Any) -> None:
    shell.show_examinee(Examinee.of(HANAKO, date(2026, 11, 24), "胃カメラ(経口)", "20261124-017"))
    shell.top.update()
    assert words(shell) == [
        "タカハシ ハナコ", "髙橋 花子", "female　1971-04-02　55 years　胃カメラ(経口)", "Check-up number",
        "20261124-017",
    ]  # fmt: skip
    assert str(shell.banner._big_name.cget("font")) == look.NAME
    assert shell.banner._kana.winfo_rooty() < shell.banner._big_name.winfo_rooty(), "kana above the name"


def test_a_long_name_gets_smaller_then_an_ellipsis_and_covers_nothing(shell: Any) -> None:
    heights = set()
    for name in ("髙橋 花子", "見本" * 12, "見本" * 40):
        shell.show_examinee(
            Examinee(name, "ミホン", "M", date(1971, 4, 2), 55, "胸部X線 胃部X線 腹部超音波" * 3, "20261124-017")
        )
        shell.top.update()
        shown, facts, number = shell.banner._big_name, shell.banner._facts, shell.banner._number
        heights.add(shell.banner.winfo_height())
        assert shown.winfo_x() + shown.winfo_width() <= facts.winfo_x()
        assert facts.winfo_x() + facts.winfo_width() <= number.winfo_x() + 1
        assert number.winfo_x() + number.winfo_width() <= shell.banner.winfo_width()
        assert facts.winfo_reqwidth() <= facts.winfo_width() + 1 and shown.winfo_reqwidth() <= shown.winfo_width() + 1
    assert str(shown.cget("font")) == look.NUMBER and shown.cget("text").endswith("…")
    assert len(heights) == 1, "the work below does not jump"


def test_unknown_things_are_said_to_be_unknown(shell: Any) -> None:
    shell.show_examinee(Examinee.of(Patient("centre", "1"), date(2026, 11, 24)))
    assert "sex unknown　birth date unknown" in words(shell)


def test_the_banner_goes_when_nobody_is_chosen(shell: Any) -> None:
    shell.show_examinee(Examinee("見本"))
    shell.top.update()
    assert shell.banner.winfo_viewable()
    shell.clear_examinee()
    shell.top.update()
    assert not shell.banner.winfo_viewable() and shell.banner.examinee is None


def test_the_era_is_an_option(top: tk.Toplevel) -> None:
    from kiosk.ui.banner import Banner

    banner = Banner(top, era=True)
    banner.show(Examinee("見本", birth_date=date(1971, 4, 2)))
    assert "昭和46年4月2日" in banner._facts_full
