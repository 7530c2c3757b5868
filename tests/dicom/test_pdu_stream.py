"""The byte stream taken apart: the same parts whatever the portions, and nothing is read for a length that lies."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.dicom.command_set import Command, store_answer
from kiosk.dicom.pdu_stream import COMMAND, LAST, MOST_OTHER, MOST_PDU, BadPdu, PduStream


@dataclass
class Heard:
    parts: list[tuple[int, int, bytes]] = field(default_factory=list)
    others: list[tuple[int, bytes]] = field(default_factory=list)
    _now: bytearray = field(default_factory=bytearray)

    def fragment(self, context: int, control: int, piece: memoryview, whole: bool) -> None:
        self._now += piece
        if whole:
            self.parts.append((context, control, bytes(self._now)))
            self._now.clear()

    def other(self, pdu_type: int, pdu: bytes) -> None:
        self.others.append((pdu_type, pdu))


def value(context: int, control: int, data: bytes) -> bytes:
    return struct.pack(">LBB", len(data) + 2, context, control) + data


def data_pdu(*values: bytes) -> bytes:
    body = b"".join(values)
    return struct.pack(">BxL", 4, len(body)) + body


RELEASE = struct.pack(">BxLL", 5, 4, 0)
VALUES = st.tuples(st.integers(1, 255), st.integers(0, 3), st.binary(max_size=40))


@given(st.lists(st.lists(VALUES, min_size=1, max_size=4), max_size=5), st.data())
def test_the_portions_do_not_matter(pdus: list[list[tuple[int, int, bytes]]], data: st.DataObject) -> None:
    wire = b"".join(data_pdu(*(value(*each) for each in pdu)) for pdu in pdus) + RELEASE
    heard = Heard()
    stream = PduStream(heard)
    at = 0
    while at < len(wire):
        step = data.draw(st.integers(1, 50))
        stream.feed(memoryview(wire)[at : at + step])
        at += step
    assert heard.parts == [each for pdu in pdus for each in pdu]
    assert heard.others == [(5, RELEASE)] and stream.at_rest


@pytest.mark.parametrize(
    "wire",
    [
        pytest.param(struct.pack(">BxL", 4, 0xFFFFFFF0), id="four gigabytes of data"),
        pytest.param(struct.pack(">BxL", 4, MOST_PDU + 1), id="one byte too many"),
        pytest.param(struct.pack(">BxL", 4, 5), id="no room for a value"),
        pytest.param(struct.pack(">BxL", 1, MOST_OTHER + 1), id="a request without end"),
        pytest.param(struct.pack(">BxL", 5, 0), id="a release without a body"),
        pytest.param(struct.pack(">BxL", 9, 4), id="an unknown type"),
        pytest.param(struct.pack(">BxL", 4, 10) + struct.pack(">LBB", 100, 1, 2), id="a value longer than its PDU"),
        pytest.param(struct.pack(">BxL", 4, 10) + struct.pack(">LBB", 1, 1, 2), id="a value without a head"),
        pytest.param(struct.pack(">BxL", 4, 10) + struct.pack(">LBB", 4, 1, 2), id="bytes behind the last value"),
    ],
)
def test_a_length_that_lies_is_refused_at_its_head(wire: bytes) -> None:
    with pytest.raises(BadPdu):
        PduStream(Heard()).feed(memoryview(wire))


@given(st.binary(max_size=400))
def test_noise_ends_in_words(noise: bytes) -> None:
    try:
        PduStream(Heard()).feed(memoryview(noise))
    except BadPdu as why:
        assert str(why)


@given(st.binary(max_size=200))
def test_a_command_that_is_none_ends_in_words(noise: bytes) -> None:
    try:
        assert Command(noise).field
    except BadPdu as why:
        assert str(why)


@pytest.mark.parametrize("most", [0, 16, 30, 16384])
def test_an_answer_is_the_command_set_that_pydicom_reads(most: int) -> None:
    from io import BytesIO

    from pydicom.filereader import read_dataset

    heard = Heard()
    PduStream(heard).feed(memoryview(store_answer(5, 77, "1.2.840.10008.5.1.4.1.1.2", "1.2.3", 0x0111, most)))
    assert [control for _, control, _ in heard.parts] == [COMMAND] * (len(heard.parts) - 1) + [COMMAND | LAST]
    assert all(len(data) <= max(16, most - 6) for _, _, data in heard.parts) or not most
    told = read_dataset(BytesIO(b"".join(data for _, _, data in heard.parts)), True, True)
    assert (told.CommandField, told.MessageIDBeingRespondedTo, told.Status) == (0x8001, 77, 0x0111)
    assert told.AffectedSOPInstanceUID == "1.2.3" and told.AffectedSOPClassUID == "1.2.840.10008.5.1.4.1.1.2"
    assert told.CommandDataSetType == 0x0101
    assert told.CommandGroupLength == len(b"".join(data for _, _, data in heard.parts)) - 12
