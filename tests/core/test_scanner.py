"""Bytes of a serial barcode reader become codes, whatever stands between them."""

from __future__ import annotations

import random

import pytest

from kiosk.core.scanner import LONGEST, CodeStream


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\x03", b"\t"])
def test_a_code_ends_with_what_readers_send(end: bytes) -> None:
    stream = CodeStream()
    assert stream.feed(b"\x0220261125-001" + end + b"A37859B" + end) == ["20261125-001", "A37859B"]
    assert not stream.open


def test_split_anywhere_it_is_the_same() -> None:
    data = b"1001\r\n1002\r" * 5
    for seed in range(50):
        chance, stream, found, at = random.Random(seed), CodeStream(), [], 0
        while at < len(data):
            size = chance.randrange(1, 6)
            found += stream.feed(data[at : at + size])
            at += size
        assert found == ["1001", "1002"] * 5


def test_silence_ends_a_code_too() -> None:
    stream = CodeStream()
    assert stream.feed(b"1001") == [] and stream.open
    assert stream.silence() == ["1001"] and stream.silence() == []


def test_a_line_that_chatters_is_no_code() -> None:
    stream = CodeStream()
    assert stream.feed(b"9" * (LONGEST * 80)) == []
    assert stream.feed(b"9\r1001\r") == ["1001"]
    assert stream.feed(b"\r\r\n") == []
