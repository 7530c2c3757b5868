"""What the gateway's lists say, from what the receiver and the store told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kiosk.core.words import say
from kiosk.modes.gateway import rules
from kiosk.modes.gateway.rules import QueryLine, ReceiverState

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
GB = 1_000_000_000
LINE = QueryLine("2026-11-23T09:59:58+00:00", "CR1", "192.168.1.21", {"modality": "CR"}, 3, {"Modality": 4}, (), "", 5)


def test_a_receiver_is_alive_while_it_tells_so() -> None:
    assert not ReceiverState().alive(NOW)
    state = ReceiverState(told_at=(NOW - timedelta(seconds=10)).isoformat())
    assert state.alive(NOW)
    assert not state.alive(NOW + timedelta(seconds=10))


@pytest.mark.parametrize(
    ("free", "total", "little"),
    [(0, 0, False), (500, 1000, True), (50 * GB, 1000 * GB, True), (200 * GB, 1000 * GB, False)],
)
def test_little_room(free: int, total: int, little: bool) -> None:
    assert ReceiverState(free_bytes=free, total_bytes=total).little_room is little


@pytest.mark.parametrize(
    ("line", "state"),
    [
        (LINE, ""),
        (replace(LINE, answers=0), "look"),
        (replace(LINE, answers=0, kept_out={}), ""),
        (replace(LINE, downgraded=("1",)), ""),
        (replace(LINE, capped=True), "look"),
        (replace(LINE, trouble="failed"), "stop"),
        (replace(LINE, trouble="cancelled"), ""),
    ],
)
def test_the_state_of_a_query(line: QueryLine, state: str) -> None:
    assert rules.query_state(line) == state


def test_why_an_answer_was_empty() -> None:
    assert rules.why_empty(LINE) == ""
    assert rules.why_empty(replace(LINE, answers=0, kept_out={"Modality": 2, "PatientID": 9})) == "PatientID"


def test_the_keys_of_a_query_in_one_line() -> None:
    keys = {"sex": "F", "modality": "CR", "date": "20261123", "patient_id": ""}
    assert rules.asked_for(keys) == "20261123 CR F"


def test_lines_are_read_from_what_was_kept() -> None:
    assert rules.query_line({"calling_ae": "CR1", "later_field": 1}).calling_ae == "CR1"
    trouble = rules.trouble_line({"source": "CR1", "sentence": "{ae} was refused", "values": {"ae": "X"}, "times": 3})
    assert (str(trouble.text), trouble.times) == ("X was refused", 3)
    assert rules.receiver_state({"port": 104, "unknown": 1}, "2026").port == 104


def test_devices_newest_first_then_those_that_never_sent() -> None:
    told = {
        "CR1": {"last": "2026-11-23T09:00:00+09:00", "day": "2026-11-23", "images": 4},
        "US1": {"last": "2026-11-22T19:00:00+09:00", "day": "2026-11-22", "images": 9},
    }
    lines = rules.device_lines({"devices": told}, ["CR1", "US1", "ES1"], "2026-11-23")
    assert [(line.source, line.images, bool(line.last_at)) for line in lines] == [
        ("CR1", 4, True),
        ("US1", 0, True),
        ("ES1", 0, False),
    ]


def test_moments_are_short_today() -> None:
    assert rules.day_and_clock("2026-11-23T13:05:42.100+09:00", "2026-11-23") == "13:05:42"
    assert rules.day_and_clock("2026-11-22T13:05:42.100+09:00", "2026-11-23") == "11-22 13:05"


def test_a_chosen_device_is_told_with_whom_to_call() -> None:
    view = rules.Overview(titles={"CR1": "X線室1"}, contacts={"CR1": "内線 201"})
    silent = rules.told_of(rules.DeviceLine("CR1"), view, "2026-11-25")
    assert "X線室1" in say(silent) and "内線 201" in say(silent)
    sent = rules.told_of(rules.DeviceLine("US1", "2026-11-25T09:01:02+09:00", 3), view, "2026-11-25")
    assert "09:01:02" in say(sent) and "US1" in say(sent)
