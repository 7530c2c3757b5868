"""The sheets of a day: the numbers, and only what does not agree."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from kiosk.core.day_sheets import Kept, Prepared, Sheet, readiness, reconciliation
from kiosk.core.patient import Patient
from kiosk.core.visit import Examination, ExpectedView, Step, Visit, VisitKey, VisitState
from kiosk.core.words import Sentence

DAY = date(2026, 11, 25)
CHEST = Examination("CHEST", "胸部X線", "胸部", "CR", views=(ExpectedView("F", "正面"), ExpectedView("S", "側面")))
BLOOD = Examination("BLOOD", "採血", "血", "")


def visit(number: int, state: VisitState = VisitState.ARRIVED, views: tuple[str, ...] = ("F", "S")) -> Visit:
    steps = (
        Step(number * 10, number, CHEST, f"1.2.{number}", f"V{number}", f"S{number}", arrived_views=views),
        Step(number * 10 + 1, number, BLOOD, "", "", ""),
    )
    patient = Patient("", f"{number:08d}", f"見本 {number}", "", "", "M", date(1970, 1, 2))
    return Visit(number, VisitKey("0001", DAY, f"{number:03d}"), patient, number, state=state, steps=steps)


def told(sheet: Sheet) -> list[tuple[str, str]]:
    return [(each.number, str(each.what)) for each in sheet.lines]


def test_readiness_says_who_is_missing_and_why() -> None:
    visits = [visit(number) for number in range(1, 6)] + [
        replace(visit(6), vanished=True),
        visit(7, VisitState.CANCELLED),
    ]
    why = Sentence("{whom} does not answer.", {"whom": "書庫"})
    sheet = readiness(
        DAY, visits, {1: Prepared(True, 2, 2), 2: Prepared(True), 3: Prepared(True, 3, 1),
                      4: Prepared(True, 2, 1, why), 5: Prepared(why=why)}, "07:00",
    )  # fmt: skip
    assert dict(sheet.counts) == {"examinees": 5, "ready for the day": 2, "missing": 3}
    assert told(sheet) == [
        ("003", "1 of 3 previous studies, the rest is on its way"),
        ("004", "1 of 2 previous studies: 書庫 does not answer."),
        ("005", "0 of 0 previous studies: 書庫 does not answer."),
    ]
    assert told(readiness(DAY, visits[:1], {}, "")) == [("001", "the archive was not asked yet")]
    assert Sheet.from_data(sheet.as_data()) == sheet


def test_reconciliation_says_only_what_does_not_agree() -> None:
    full = Sentence("{whom} has no room for the image.", {"whom": "本院"})
    visits = [visit(1), visit(2, VisitState.BOOKED), visit(3), visit(4, views=("F",)), visit(5), visit(6)]
    kept = {10: Kept(2, 2, 1), 40: Kept(1, 1, 1), 50: Kept(2, 1, 1), 60: Kept(2, 2, 1, (("本院", full),))}
    sheet = reconciliation(DAY, visits, kept, "17:00", unmatched=2)
    assert [number for _, number in sheet.counts] == [6, 5, 5, 4, 3, 3]
    assert told(sheet) == [
        ("002", "did not come"),
        ("003", "胸部X線: no images"),
        ("004", "胸部X線: missing 側面"),
        ("005", "胸部X線: 1 images are on one disk only"),
        ("006", "胸部X線: not sent to 本院 yet: 本院 has no room for the image."),
        ("", "2 studies found no examinee"),
    ]
    assert Sheet.from_data(sheet.as_data()) == sheet


def test_who_has_images_came_although_reception_did_not_say_so() -> None:
    came = visit(1, VisitState.BOOKED)
    came = replace(came, steps=(replace(came.steps[0], images=2), came.steps[1]))
    sheet = reconciliation(DAY, [came], {10: Kept(2, 2, 0)}, "17:00")
    assert not sheet.lines and dict(sheet.counts)["arrived"] == 1


def test_a_day_on_which_everything_agrees_has_no_lines() -> None:
    sheet = reconciliation(DAY, [visit(1)], {10: Kept(2, 0, 0)}, "17:00", two_disks=False)
    assert not sheet.lines and dict(sheet.counts)["stored"] == 1
