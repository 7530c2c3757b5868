"""What the window of corrections shows."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

from kiosk.core.correction import Identity, State
from kiosk.core.words import Sentence
from kiosk.modes.correction import rules
from tests.store.samples import patient


def test_two_identities_line_by_line() -> None:
    before = Identity.of_patient(patient(1), "V1")
    rows = {key: (cells, state) for key, cells, state in rules.comparison(before, None, 3)}
    assert rows["kanji"] == (("Name", "見本 太郎", "", ""), "")
    after = Identity.of_patient(patient(2, sex="F"))
    rows = {key: (cells, state) for key, cells, state in rules.comparison(before, after, 3)}
    assert rows["sex"] == (("Sex", "Male", "Female", "differs"), "look")
    assert rows["kana"][0][3] == "the same" and rows["accession"][0][3] == "not told"
    assert rows["birth_date"][0][1] == "1971-04-02" and rows["images"][0][1] == "3"


def test_pictures_of_every_series_come_first() -> None:
    images = [SimpleNamespace(series_uid=uid, number=n) for n, uid in enumerate("AAAB")]
    assert [each.number for each in rules.picked(images, 3)] == [0, 3, 1]
    assert rules.picked([], 3) == []


def test_the_list_is_that_of_the_day_of_the_images() -> None:
    today = date(2026, 11, 28)
    assert rules.list_day(SimpleNamespace(study_date="20261124"), today) == date(2026, 11, 24)
    assert rules.list_day(SimpleNamespace(study_date=""), today) == today


def test_one_series_may_be_chosen_where_there_are_several() -> None:
    def image(series: str, modality: str = "CR") -> SimpleNamespace:
        return SimpleNamespace(series_uid=series, modality=modality)

    assert list(rules.series_choices([image("a"), image("a")])) == [""], "one series: nothing to choose"
    told = rules.series_choices([image("a"), image("b", "OT"), image("a")])
    assert list(told) == ["", "a", "b"] and "2" in told["a"] and "OT" in told["b"] and "3" in told[""]


def test_it_is_kept_until_its_days_are_over_and_only_what_is_over_goes() -> None:
    today = date(2026, 11, 28)

    def each(state: State, changed: str, kept: str = "kept") -> SimpleNamespace:
        return SimpleNamespace(state=state, changed_at=changed, kept=kept)

    assert rules.not_removable(each(State.TOLD, "2025-11-28T09:00:00+09:00"), 365, today) == ""
    late = rules.not_removable(each(State.TOLD, "2025-11-29T09:00:00+09:00"), 365, today)
    assert isinstance(late, Sentence) and late.values == {"day": "2026-11-29"}
    for state in (State.PLANNED, State.STAGED, State.SWAPPED, State.UNDOING, State.CANCELLED):
        assert rules.not_removable(each(state, "2020-01-01T09:00:00+09:00"), 365, today)
    assert rules.not_removable(each(State.TOLD, "2020-01-01T09:00:00+09:00", "removed"), 365, today)
    assert rules.not_removable(None, 365, today)
