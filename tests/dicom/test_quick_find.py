"""Answers as bytes: the same data sets as the plain way, in every character set, whatever PDU the peer takes."""

from __future__ import annotations

import random
import struct
import warnings
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO

import pytest
from pydicom.dataset import Dataset
from pynetdicom.dsutils import decode, encode
from pynetdicom.presentation import build_context

from kiosk.core.charset import Charset
from kiosk.core.faults import Refused
from kiosk.core.names import NameLayout, NameProfile, profile_for_request
from kiosk.core.worklist_index import Listed, WorklistIndex
from kiosk.dicom.ask_worklist import Asking, identifier
from kiosk.dicom.identifier import read_identifier
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.quick_find import FindRequest, Packer
from kiosk.dicom.soundness import EXPLICIT_BE, EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.upper_layer import call
from kiosk.dicom.worklist import WorklistDoor
from kiosk.dicom.worklist_answer import answer_to
from kiosk.dicom.worklist_keys import read_query
from tests.dicom.peers import HANAKO, TARO, TODAY, a_row, listening
from tests.dicom.test_soundness import bomb, encoded
from tests.dicom.test_worklist import NAMES, WORKLIST

SYNTAXES = (EXPLICIT_LE, IMPLICIT_LE, EXPLICIT_BE)
ROWS = [
    a_row(
        replace(HANAKO if at % 2 else TARO, kanji=kanji, patient_id=f"{at:08d}"), at,
        description=f"{kanji} 検査", room=f"室{kanji}",
    )
    for at, kanji in enumerate(NAMES)
]  # fmt: skip


def asked_in(charset: Charset) -> Dataset:
    asked = identifier(Asking(day=TODAY, charset=charset))
    asked.PatientComments = asked.PregnancyStatus = None
    asked.ReferencedStudySequence = []
    return asked


def door_of(rows: list) -> WorklistDoor:  # type: ignore[type-arg]
    index = WorklistIndex(rows)
    return WorklistDoor(lambda query: Listed(index), today=lambda: TODAY, issuer="0001")


@pytest.mark.parametrize("charset", list(Charset))
@pytest.mark.parametrize("syntax", SYNTAXES)
@pytest.mark.parametrize("layout", [None, *NameLayout])
def test_the_bytes_are_those_of_the_plain_way(charset: Charset, syntax: str, layout: NameLayout | None) -> None:
    """Twice, so that what was kept from the first asking is compared too."""

    class Assoc:
        kiosk_node = Node("CR1", profile=NameProfile(charset, layout) if layout else None)

        class requestor:  # noqa: N801 - as pynetdicom calls it
            address = "127.0.0.1"

    implicit, little = syntax == IMPLICIT_LE, syntax != EXPLICIT_BE
    asked = asked_in(charset)
    data = encoded(asked, syntax)
    door = door_of(ROWS)
    profile = Assoc.kiosk_node.profile or profile_for_request(tuple(charset.terms))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        plain = [answer_to(decode(BytesIO(data), implicit, little), row, profile, "0001")[0] for row in ROWS]
        wanted = sorted(encode(each, implicit, little) or b"" for each in plain)
        for _ in range(2):
            *answers, last = door.find(Assoc(), FindRequest(1, 1, WORKLIST, syntax, data))
            assert last == (0x0000, b"")
            assert {status for status, _ in answers} == {0xFF00}
            assert sorted(each for _, each in answers) == wanted


@pytest.mark.parametrize("quick", [True, False])
@pytest.mark.parametrize("most", [0, 4096, 131072])
def test_both_ways_say_the_same_at_the_wire(quick: bool, most: int) -> None:
    from pynetdicom import AE

    with listening(door_of(ROWS), quick=quick) as listener:
        ae = AE("CR1")
        assoc = ae.associate("127.0.0.1", listener.port, [build_context(WORKLIST)], ae_title="KIOSK", max_pdu=most)
        try:
            found = list(assoc.send_c_find(asked_in(Charset.UTF8), WORKLIST, msg_id=77))
        finally:
            assoc.release()
    assert [int(status.Status) for status, _ in found] == [0xFF00] * len(ROWS) + [0x0000]
    assert {answer.PatientID for _, answer in found if answer} == {row.patient.patient_id for row in ROWS}


@pytest.mark.parametrize("most", [0, 4096, 64, 17])
def test_pdus_are_no_longer_than_the_peer_takes(most: int) -> None:
    packer = Packer(FindRequest(9, 3, WORKLIST, EXPLICIT_LE, b""), most)
    answer = bytes(range(256)) * 20
    packer.add(0xFF00, answer)
    packer.add(0x0000, b"")
    assert packer.size == len(data := packer.take())
    messages: list[tuple[bytes, bytes]] = []
    command = got = b""
    at = 0
    while at < len(data):
        kind, _, length, size, context, header = struct.unpack(">BBLLBB", data[at : at + 12])
        assert (kind, context, size + 4) == (4, 3, length) and (not most or length <= most)
        piece, at = data[at + 12 : at + 6 + length], at + 6 + length
        if header & 1:
            command += piece
        else:
            got += piece
        if header & 2 and (not header & 1 or struct.unpack("<H", command[-12:-10])[0] == 0x0101):
            messages.append((command, got))
            command = got = b""
    [first, last] = messages
    assert first[1] == answer and last[1] == b""
    assert struct.unpack("<H", first[0][-2:])[0] == 0xFF00 and struct.unpack("<H", last[0][-2:])[0] == 0


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_the_shape_is_that_of_the_keys_not_of_their_values(syntax: str) -> None:
    one = encoded(identifier(Asking(day=TODAY, patient_id="1", modality="CR")), syntax)
    other = encoded(identifier(Asking(patient_id="12345678", accession="V1")), syntax)
    more = identifier(Asking())
    more.PatientComments = ""
    shapes = [read_identifier(each, syntax).shape for each in (one, other, encoded(more, syntax))]
    assert shapes[0] == shapes[1] != shapes[2]
    assert read_query(one, syntax)[1] == {"date": "20261123", "modality": "CR", "patient_id": "1"}


def mutants(data: bytes, count: int) -> Iterator[bytes]:
    dice = random.Random(20261123)
    for _ in range(count):
        spoilt = bytearray(data)
        for _ in range(dice.randint(1, 6)):
            at = dice.randrange(len(spoilt))
            what = dice.random()
            if what < 0.6:
                spoilt[at] = dice.randrange(256)
            elif what < 0.8:
                del spoilt[at : at + dice.randint(1, 8)]
            else:
                spoilt[at:at] = dice.randbytes(dice.randint(1, 8))
            if not spoilt:
                break
        yield bytes(spoilt)


@pytest.mark.parametrize("syntax", SYNTAXES)
def test_no_identifier_does_harm(syntax: str, soak: float) -> None:
    """Spoilt ones are refused or answered, none raises anything else and each gets its final status."""

    class Assoc:
        kiosk_node = Node("CR1")

        class requestor:  # noqa: N801 - as pynetdicom calls it
            address = "127.0.0.1"

    door = door_of(ROWS[:2])
    for data in [b"", bomb(20_000), *mutants(encoded(asked_in(Charset.KANJI), syntax), int(3000 * soak))]:
        try:
            read_identifier(data, syntax)
        except Refused as why:
            assert why.reason == "unsound"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            *_, last = door.find(Assoc(), FindRequest(1, 1, WORKLIST, syntax, data))
        assert last[0] in (0x0000, 0xA900, 0xC001) and last[1] == b""


def test_a_hundred_thousand_steps_are_capped(soak: float) -> None:
    """N21: a query for everything, keys of SQL and wildcards, dates turned round."""
    rows = [replace(ROWS[0], step_id=f"S{at}", accession=f"V{at}") for at in range(int(100_000 * soak))]
    door, nodes = door_of(rows), Nodes((Node("CR1", "127.0.0.1", most_answers=300),))
    with listening(door, nodes=nodes) as listener:
        assoc = call("CR1", Node("KIOSK", "127.0.0.1", listener.port), [build_context(WORKLIST)])
        try:
            for patient_id, day, count in (
                ("*", "", 300), ("%", "", 0), ("' or 1=1 --", "", 0), ("0000*", "", 300), ("?" * 8, "", 300),
                ("", "20261130-20261101", 0), ("", "-", 300),
            ):  # fmt: skip
                asked = identifier(Asking(patient_id=patient_id))
                asked.ScheduledProcedureStepSequence[0]["ScheduledProcedureStepStartDate"]._value = day
                found = list(assoc.send_c_find(asked, WORKLIST))
                assert (len(found) - 1, int(found[-1][0].Status)) == (count, 0x0000), (patient_id, day)
        finally:
            assoc.release()
