"""When a study is complete, and when a peer that failed is tried again."""

from __future__ import annotations

from kiosk.core.sending import Breaker, Completeness, DestinationLine, Lamps, Seen, judge, pause_s

NOW = 1_700_000_000.0


def test_quiet_for_so_long() -> None:
    how = Completeness("quiet", quiet_s=60)
    assert judge(how, Seen(3, NOW - 59), NOW).look_at == NOW + 1
    assert judge(how, Seen(3, NOW - 60), NOW).complete


def test_an_image_from_the_future_holds_nothing_up_for_longer_than_the_pause() -> None:
    verdict = judge(Completeness("quiet", quiet_s=60), Seen(3, NOW + 3600), NOW)
    assert not verdict.complete and verdict.look_at == NOW + 60


def test_two_listings_that_found_the_same() -> None:
    how = Completeness("listing", listing_s=180)
    first = judge(how, Seen(3, NOW), NOW)
    assert (first.complete, first.listings, first.listed, first.look_at) == (False, 1, True, NOW + 180)
    early = judge(how, Seen(3, NOW, 1, 3, NOW), NOW + 179)
    assert not early.complete and not early.listed and early.look_at == NOW + 180
    grown = judge(how, Seen(5, NOW, 1, 3, NOW), NOW + 180)
    assert (grown.complete, grown.listings) == (False, 1)
    assert judge(how, Seen(5, NOW, 1, 5, NOW + 180), NOW + 360).complete


def test_as_many_as_the_device_made() -> None:
    how = Completeness("mpps", silent_s=600)
    assert judge(how, Seen(3, NOW, expected=3), NOW).complete
    assert judge(how, Seen(4, NOW, expected=3), NOW).complete
    waits = judge(how, Seen(2, NOW, expected=3), NOW)
    assert not waits.complete and NOW < waits.look_at <= NOW + 5
    assert judge(how, Seen(2, NOW - 600, expected=3), NOW).complete, "an image that never came must not hold the others"
    assert judge(how, Seen(2, NOW - 600), NOW).complete, "no device said anything"


def test_pauses_grow_from_ten_minutes_to_an_hour_and_never_end() -> None:
    assert [pause_s(600, n) / 60 for n in (1, 2, 3, 6, 7, 500)] == [10, 20, 30, 60, 60, 60]


def test_a_peer_that_failed_is_left_alone_until_it_answers() -> None:
    breaker = Breaker(600)
    assert breaker.may(NOW) and breaker.closed
    breaker.failed(NOW)
    assert not breaker.may(NOW + 599) and not breaker.closed
    breaker.answered()
    assert breaker.may(NOW + 1), "one study is tried as soon as it answers"
    breaker.failed(NOW + 1)
    assert not breaker.may(NOW + 1200) and breaker.may(NOW + 1201)
    breaker.succeeded()
    assert breaker.closed and breaker.may(NOW)


def test_what_somebody_asks_for_is_tried_soon_after_a_failure_but_not_five_hundred_times() -> None:
    breaker = Breaker(600)
    breaker.failed(NOW)
    assert not breaker.may_by_hand(NOW + 4.9) and breaker.may_by_hand(NOW + 5)
    breaker.failed(NOW + 5)
    assert not breaker.may_by_hand(NOW + 9)


def test_an_answer_proves_nothing_about_a_full_disk() -> None:
    breaker = Breaker(600)
    breaker.failed(NOW, wakes=False)
    breaker.answered()
    assert not breaker.may(NOW + 599) and breaker.may(NOW + 600)


def test_a_clock_set_back_does_not_stretch_the_pause() -> None:
    breaker = Breaker(600)
    breaker.failed(NOW)
    assert breaker.may(NOW - 86_400)


def test_a_line_goes_through_the_store_and_back() -> None:
    line = DestinationLine("pacs", "画像サーバ", "PACS", lamps=Lamps(1.0, None, 3.5, "2026-11-25T10:00:00+09:00"), of=3)
    assert DestinationLine.from_data(line.as_data()) == line
