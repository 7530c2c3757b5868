"""Who the images are of and should be of; when a correction may be asked for; the map of IDs."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core import correction, id_map
from kiosk.core.correction import FOLLOWS, Identity, Reason, State, differences, may_follow, title_of
from kiosk.core.faults import Refused
from kiosk.core.id_map import Pair
from kiosk.core.patient import Patient

TARO = Patient("", "90012763", "見本 太郎", "ミホン タロウ", "MIHON TARO", "M", date(1971, 4, 2))
HANAKO = Patient("", "90088339", "見本 花子", "ミホン ハナコ", "MIHON HANAKO", "F", date(1980, 1, 30))


def test_differences_are_told_field_by_field_and_width_is_none() -> None:
    before, after = Identity.of_patient(TARO, "V1"), Identity.of_patient(HANAKO, "")
    told = {each.field: each.differs for each in differences(before, after)}
    assert told == {
        "patient_id": True, "kanji": True, "kana": True, "birth_date": True, "sex": True, "accession": None,
    }  # fmt: skip
    wide = replace(before, patient_id="９００１２７６３", kana="ﾐﾎﾝ　ﾀﾛｳ")
    assert not any(each.differs for each in differences(before, wide))


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"images": 0}, "no_images"),
        ({"after": Identity()}, "no_id"),
        ({"after": Identity.of_patient(TARO)}, "same"),
        ({"reason": ""}, "reason"),
        ({"reason": "weather"}, "reason"),
        ({"second": ""}, "second"),
        ({"second": "技師　一郎"}, "second"),
        ({"text": "あ" * 201}, "text"),
    ],
)
def test_what_is_missing_is_refused(changes: dict[str, object], reason: str) -> None:
    asked = {
        "before": Identity.of_patient(TARO), "after": Identity.of_patient(HANAKO), "reason": "order",
        "first": "技師 一郎", "second": "技師 二郎", "images": 2,
    }  # fmt: skip
    assert correction.check(**asked) is Reason.ORDER  # type: ignore[arg-type]
    with pytest.raises(Refused) as refused:
        correction.check(**{**asked, **changes})  # type: ignore[arg-type]
    assert refused.value.reason == reason


def test_a_state_leads_to_the_next_and_never_back() -> None:
    assert may_follow(State.STAGED, State.SWAPPED) and may_follow(State.TOLD, State.UNDOING)
    assert not may_follow(State.PLANNED, State.SWAPPED), "nothing is swapped before it is proven"
    assert not any(may_follow(State.SWAPPED, each) for each in (State.CANCELLED, State.PLANNED, State.STAGED))
    assert FOLLOWS[State.UNDONE] == () and FOLLOWS[State.CANCELLED] == ()
    assert title_of(Reason.ORDER) == "113038" and title_of(Reason.RECEPTION) == "113037"


TABLE = (
    "健診ID,病院ID,カナ,生年月日,性別\r\n"
    "90012763,0000123,ﾐﾎﾝ ﾀﾛｳ,1971/4/2,男\r\n"
    "90088339,0000456,ミホン　ハナコ,19800130,2\r\n"
)


@pytest.mark.parametrize("encoding", ["cp932", "utf-8-sig"])
def test_a_map_is_read_and_believed_where_four_fields_agree(encoding: str) -> None:
    pairs = id_map.read_map(TABLE.encode(encoding))
    assert pairs[0] == Pair(2, "90012763", "0000123", "ミホン タロウ", "19710402", "M")
    known = {each.patient_id: each for each in (TARO, HANAKO)}
    verdicts = id_map.judge_all(pairs, known, {})
    assert [each.fits for each in verdicts] == [True, True]
    assert [each.other_id for each in id_map.believed(verdicts)] == ["0000123", "0000456"]


def test_a_map_without_its_headings_is_no_map() -> None:
    with pytest.raises(ValueError, match="病院ID"):
        id_map.read_map("健診ID,カナ,生年月日,性別\r\n1,ア,19700101,1\r\n".encode())
    with pytest.raises(ValueError):
        id_map.read_map(b"")


def test_what_contradicts_or_is_not_told_is_not_believed() -> None:
    pair = Pair(2, "90012763", "0000123", "ミホン タロウ", "19710402", "M")
    assert id_map.judge(replace(pair, birth_date="19710403", sex="F"), TARO).differs == ("birth_date", "sex")
    assert id_map.judge(replace(pair, kana=""), TARO).missing == ("kana",)
    assert id_map.judge(pair, replace(TARO, sex="")).missing == ("sex",)
    assert id_map.judge(pair, None).why
    assert id_map.judge(replace(pair, kana="ミホンタロウ"), TARO).fits


def test_one_id_for_two_persons_is_not_believed() -> None:
    one = Pair(2, "90012763", "0000123", "ミホン タロウ", "19710402", "M")
    two = Pair(3, "90088339", "0000123", "ミホン ハナコ", "19800130", "F")
    known = {each.patient_id: each for each in (TARO, HANAKO)}
    assert not any(each.fits for each in id_map.judge_all([one, two], known, {}))
    assert not id_map.judge_all([one], known, {"90012763": "0000999"})[0].fits
    assert not id_map.judge_all([one], known, {"90088339": "0000123"})[0].fits
    assert id_map.judge_all([one], known, {"90012763": "0000123"})[0].fits


@given(
    field=st.sampled_from(["kana", "birth_date", "sex"]),
    value=st.text(alphabet="アイウ0123456789MFO ", max_size=8),
)
def test_a_pair_with_another_value_in_one_field_never_fits(field: str, value: str) -> None:
    pair = Pair(2, "90012763", "0000123", "ミホン タロウ", "19710402", "M")
    changed = replace(pair, **{field: value})
    same = id_map.kana_key(value) == "ミホンタロウ" if field == "kana" else value == getattr(pair, field)
    assert id_map.judge(changed, TARO).fits is same
