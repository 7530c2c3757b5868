"""The storage door: bytes kept as they came, answered last, from real senders and from torn connections."""

from __future__ import annotations

import logging
import socket
import struct
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from pydicom import dcmread
from pydicom.dataset import Dataset
from pynetdicom.presentation import build_context

from kiosk.core.faults import LinkLost, NoRoom, Refused
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.part10 import open_part10
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.sample_pictures import picture
from kiosk.dicom.send import echo, send_files
from kiosk.dicom.soundness import EXPLICIT_LE, IMPLICIT_LE
from kiosk.dicom.upper_layer import Listener, call
from kiosk.dicom.write import Making, Shot, image_object, save
from tests.dicom.peers import MemoryIntake, a_row, listening, run, threads_named
from tests.dicom.test_soundness import bomb, encoded
from tests.needs import needs
from tests.waiting import wait_until

CR = "1.2.840.10008.5.1.4.1.1.1"


@pytest.fixture
def intake() -> MemoryIntake:
    return MemoryIntake()


@pytest.fixture(params=["quick", "plain"])
def door(intake: MemoryIntake, request: pytest.FixtureRequest) -> Iterator[Listener]:
    """The door behind quick associations and behind pynetdicom's own loops: both keep the same promises."""
    with listening(StorageDoor(intake), quick=request.param == "quick") as listener:
        yield listener


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    """Six images of six kinds, one of them compressed."""
    made = []
    for number, modality in enumerate(("CR", "US", "ES", "OP", "MG", "OT"), 1):
        making = Making(a_row(number=number, modality=modality), datetime(2026, 11, 23, 10, 0))
        ds = image_object(making, Shot(picture(modality, {}, number)))
        made.append(save(ds, tmp_path / f"{modality}.dcm"))
    return made


def gateway(door: Listener) -> Node:
    return Node("KIOSK", "127.0.0.1", door.port)


def body_of(path: Path) -> bytes:
    return path.read_bytes()[open_part10(path).offset :]


def kept_body(intake: MemoryIntake, sop_uid: str, tmp_path: Path) -> bytes:
    path = tmp_path / "kept"
    path.write_bytes(intake.stored[sop_uid])
    return body_of(path)


def raw_store(
    door: Listener, data: bytes, syntax: str = EXPLICIT_LE, sop_uid: str = "1.2.3", sop_class: str = CR
) -> int:
    """Send these very bytes as the data set of a C-STORE; the status of the answer."""
    from io import BytesIO

    from pynetdicom.dimse_primitives import C_STORE

    assoc = call("CR1", gateway(door), [build_context(sop_class, [syntax])])
    try:
        request = C_STORE()
        request.MessageID, request.Priority = 1, 2
        request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = sop_class, sop_uid
        request.DataSet = BytesIO(data)
        assoc._reactor_checkpoint.clear()
        assoc.dimse.send_msg(request, assoc.accepted_contexts[0].context_id)
        _, answer = assoc.dimse.get_msg(block=True)
        assoc._reactor_checkpoint.set()
        assert answer is not None, "no answer"
        return int(answer.Status)
    finally:
        assoc._reactor_checkpoint.set()
        assoc.release() if assoc.is_established else assoc.abort()


def an_image(sop_uid: str = "1.2.3", **values: object) -> Dataset:
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = CR, sop_uid
    ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality = "1.2.4", "1.2.5", "CR"
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    return ds


@needs("storescu")
def test_storescu_sends_and_the_bytes_are_kept(
    door: Listener, intake: MemoryIntake, images: list[Path], tmp_path: Path
) -> None:
    plain = [path for path in images if open_part10(path).transfer_syntax == EXPLICIT_LE]
    sent = run("storescu", "-aec", "KIOSK", "-aet", "CR1", "127.0.0.1", str(door.port), *plain)
    assert sent.returncode == 0, sent.stderr
    squeezed = [path for path in images if path not in plain]
    sent = run("storescu", "-xy", "-aec", "KIOSK", "-aet", "ES1", "127.0.0.1", str(door.port), *squeezed)
    assert sent.returncode == 0, sent.stderr
    assert len(intake.stored) == len(images)
    for path in images:
        told = facts_of_file(path)
        kept = intake.facts[told.sop_uid]
        assert (kept.study_uid, kept.patient_id, kept.transfer_syntax) == (
            told.study_uid, "00012345", told.transfer_syntax,
        )  # fmt: skip
        whole = tmp_path / "whole"
        whole.write_bytes(intake.stored[told.sop_uid])
        assert facts_of_file(whole).sop_uid == told.sop_uid
    assert {facts.source for facts in intake.facts.values()} == {"CR1", "ES1"}
    assert {facts.name for facts in intake.facts.values()} == {("MIHON TARO", "見本 太郎", "ミホン タロウ")}


def test_our_sender_and_our_receiver_keep_every_byte(
    door: Listener, intake: MemoryIntake, images: list[Path], tmp_path: Path
) -> None:
    results = send_files("CR1", gateway(door), images)
    assert [each.status for each in results] == [0] * len(images)
    for path, result in zip(images, results, strict=True):
        assert kept_body(intake, result.sop_uid, tmp_path) == body_of(path)


def test_every_foreign_image_is_kept_byte_for_byte(
    door: Listener, intake: MemoryIntake, shared_data: Path, tmp_path: Path
) -> None:
    """Every class and transfer syntax of the foreign files that is sound; deflated ones are not negotiated."""
    sound, deflated = [], []
    for folder in ("small", "wg04", "charset", "mg", "cr_dx", "encapsulated", "ecg", "htj2k", "misc"):
        for path in sorted((shared_data / "dicom" / folder).glob("*")):
            try:
                facts = facts_of_file(path)
            except Refused:
                if path.name == "image_dfl.dcm":
                    deflated.append(path)
                continue
            if "meta_mismatch" not in facts.doubts and open_part10(path).sop_uid:
                sound.append(path)
    results = {each.path: each for each in send_files("CR1", gateway(door), [*sound, *deflated])}
    assert len(sound) > 60
    for path in sound:
        assert results[path].accepted, (path.name, results[path])
        if sum(results[path].sop_uid == each.sop_uid for each in results.values()) == 1:
            assert kept_body(intake, results[path].sop_uid, tmp_path) == body_of(path)
    assert [results[path].status for path in deflated] == [0x0122] * len(deflated)


def test_private_and_future_classes_are_images_too(door: Listener, intake: MemoryIntake) -> None:
    private = "1.2.392.200036.9116.7.8.1.1.1"
    ds = an_image()
    ds.SOPClassUID = private
    assert raw_store(door, encoded(ds, IMPLICIT_LE), IMPLICIT_LE, sop_class=private) == 0
    assert intake.facts["1.2.3"].sop_class == private


def test_a_study_without_uid_is_kept(door: Listener, intake: MemoryIntake) -> None:
    ds = an_image()
    del ds.StudyInstanceUID, ds.SeriesInstanceUID, ds.Modality
    assert raw_store(door, encoded(ds, EXPLICIT_LE)) == 0
    assert set(intake.facts["1.2.3"].doubts) == {"no_study_uid", "no_series_uid", "no_modality"}


@pytest.mark.parametrize(
    ("data", "status"),
    [
        (encoded(an_image(), EXPLICIT_LE)[:-3], 0xC000),
        (bomb(100), 0xC000),
        (bomb(200_000), 0xC000),
        (b"\0" * 7, 0xC000),
        (encoded(an_image("1.2.99"), EXPLICIT_LE), 0xA900),
        (encoded(an_image(), EXPLICIT_LE).replace(b"1.2.4", b"../.."), 0xA900),
    ],
    ids=["cut", "nested 100", "nested 200000", "noise", "other UID", "bad UID"],
)
def test_what_is_not_sound_is_refused_and_leaves_nothing(
    door: Listener, intake: MemoryIntake, data: bytes, status: int
) -> None:
    assert raw_store(door, data) == status
    assert intake.stored == {}
    assert intake.abandoned == intake.begun
    assert raw_store(door, encoded(an_image(), EXPLICIT_LE)) == 0, "the door stays open"


@pytest.mark.parametrize("sop_uid", ["../../x", "/tmp/x", "..", "1.2.3.", "1.2.a"])
def test_a_command_with_a_bad_uid_is_refused(door: Listener, intake: MemoryIntake, sop_uid: str) -> None:
    assert raw_store(door, encoded(an_image(), EXPLICIT_LE), sop_uid=sop_uid) == 0xA900
    assert intake.begun == 0


@pytest.mark.parametrize(
    ("why", "status"),
    [
        (NoRoom("MAG1"), 0xA700),
        (Refused("duplicate", "taken"), 0x0111),
        (Refused("unsound", "torn"), 0xC000),
        (LinkLost("centre"), 0xA700),
    ],
)
def test_what_the_intake_says_is_answered(door: Listener, intake: MemoryIntake, why: Exception, status: int) -> None:
    intake.refuse = why
    assert raw_store(door, encoded(an_image(), EXPLICIT_LE)) == status
    assert intake.stored == {} and intake.abandoned == 1


@pytest.mark.expects_errors
def test_an_unforeseen_error_is_answered_and_logged(
    door: Listener, intake: MemoryIntake, errors_logged: list[logging.LogRecord]
) -> None:
    intake.refuse = ZeroDivisionError("unforeseen")
    assert raw_store(door, encoded(an_image(), EXPLICIT_LE)) == 0xC000
    assert "could not be settled" in errors_logged[0].getMessage()


def test_a_disk_that_fills_while_the_image_comes(door: Listener, intake: MemoryIntake) -> None:
    intake.full, intake.full_at = NoRoom("MAG1"), 300_000
    large = an_image(PixelData=b"\0" * 3_000_000)
    large["PixelData"].VR = "OW"
    assert raw_store(door, encoded(large, EXPLICIT_LE)) == 0xA700
    assert intake.abandoned == 1
    intake.full = None
    assert raw_store(door, encoded(large, EXPLICIT_LE)) == 0


def test_a_large_image_flows_through(door: Listener, intake: MemoryIntake, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written on in pieces, never held whole by the door."""
    largest = 0
    begin = MemoryIntake.begin

    def watched(self: MemoryIntake, name: str) -> object:
        sink = begin(self, name)
        write = sink.write

        def measure(piece: bytes) -> None:
            nonlocal largest
            largest = max(largest, len(piece))
            write(piece)

        sink.write = measure  # type: ignore[method-assign]
        return sink

    monkeypatch.setattr(MemoryIntake, "begin", watched)
    large = an_image(PixelData=b"\1\2" * 4_000_000)
    large["PixelData"].VR = "OW"
    data = encoded(large, EXPLICIT_LE)
    assert raw_store(door, data) == 0
    assert intake.stored["1.2.3"].endswith(data)
    assert 0 < largest <= 131072


class TornPeer:
    """Sends a recorded dialogue up to some byte and then vanishes."""

    def __init__(self, port: int) -> None:
        self.port = port

    def send(self, data: bytes, reset: bool) -> None:
        with socket.create_connection(("127.0.0.1", self.port), 10) as peer:
            peer.sendall(data[:RQ_LENGTH])
            if len(data) > RQ_LENGTH:
                peer.settimeout(10)
                assert peer.recv(1) == b"\x02"  # A-ASSOCIATE-AC
                peer.sendall(data[RQ_LENGTH:])
            if reset:
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def dialogue() -> bytes:
    """A-ASSOCIATE-RQ and the P-DATA of one C-STORE, as a sender would write them."""
    from io import BytesIO

    from pynetdicom.dimse_messages import C_STORE_RQ
    from pynetdicom.dimse_primitives import C_STORE
    from pynetdicom.pdu import A_ASSOCIATE_RQ, P_DATA_TF
    from pynetdicom.pdu_primitives import A_ASSOCIATE, ImplementationClassUIDNotification, MaximumLengthNotification

    context = build_context(CR, [EXPLICIT_LE])
    context.context_id = 1
    ask = A_ASSOCIATE()
    ask.application_context_name = "1.2.840.10008.3.1.1.1"
    ask.calling_ae_title, ask.called_ae_title = "CR1", "KIOSK"
    ask.presentation_context_definition_list = [context]
    length, implementation = MaximumLengthNotification(), ImplementationClassUIDNotification()
    length.maximum_length_received = 16382
    implementation.implementation_class_uid = "1.2.3.4"
    ask.user_information = [length, implementation]
    first = A_ASSOCIATE_RQ()
    first.from_primitive(ask)
    request = C_STORE()
    request.MessageID, request.Priority = 1, 2
    request.AffectedSOPClassUID, request.AffectedSOPInstanceUID = CR, "1.2.3"
    ds = an_image(PixelData=b"\0" * 4000)
    ds["PixelData"].VR = "OW"
    request.DataSet = BytesIO(encoded(ds, EXPLICIT_LE))
    message = C_STORE_RQ()
    message.primitive_to_message(request)
    parts = [first.encode()]
    for primitive in message.encode_msg(1, 1000):
        pdu = P_DATA_TF()
        pdu.from_primitive(primitive)
        parts.append(pdu.encode())
    return b"".join(parts)


DIALOGUE = dialogue()
RQ_LENGTH = 6 + struct.unpack(">L", DIALOGUE[2:6])[0]


@pytest.mark.parametrize("reset", [False, True], ids=["closed", "reset"])
def test_a_connection_cut_anywhere_leaves_nothing(
    door: Listener, intake: MemoryIntake, soak: float, reset: bool
) -> None:
    stride = max(1, int(97 / (10 * soak)))
    cuts = [*range(3, len(DIALOGUE), stride), len(DIALOGUE) - 1]
    for cut in cuts:
        TornPeer(door.port).send(DIALOGUE[:cut], reset)
        wait_until(lambda: door.associations == 0, 20, f"slot of cut {cut} freed")
    assert intake.stored == {}
    wait_until(lambda: intake.abandoned == intake.begun, what="half received images thrown away")
    assert intake.begun > 0
    assert echo("CR1", gateway(door)) < 5000
    wait_until(lambda: not threads_named("AcceptorThread"), what="no thread left")


def test_who_is_not_known_is_refused_once_a_minute_in_the_log(
    intake: MemoryIntake, caplog: pytest.LogCaptureFixture
) -> None:
    known = Nodes((Node("CR1", "127.0.0.1"), Node("US1", "192.168.7.0/24")))
    told: list[tuple[str, str, str]] = []
    with (
        caplog.at_level(logging.WARNING),
        listening(StorageDoor(intake), nodes=known, on_refusal=lambda *why: told.append(why)) as door,
    ):
        assert echo("CR1", gateway(door)) > 0
        assert echo("cr1", gateway(door)) > 0
        for _ in range(3):
            with pytest.raises(LinkLost, match="refuses us"):
                echo("STRANGER", gateway(door))
        with pytest.raises(LinkLost):
            echo("US1", gateway(door))  # right AE, wrong address
        with pytest.raises(LinkLost):
            echo("CR1", Node("OTHER", "127.0.0.1", door.port))
        assert door.refused == 5
    lines = [record.getMessage() for record in caplog.records if "refused" in record.getMessage()]
    assert len(lines) == 3
    assert told == [("STRANGER", "127.0.0.1", "caller"), ("US1", "127.0.0.1", "caller")]


def test_nobody_is_let_in_without_a_list(intake: MemoryIntake) -> None:
    with listening(StorageDoor(intake), nodes=Nodes()) as door, pytest.raises(LinkLost):
        echo("CR1", gateway(door))


def test_a_taken_port_is_said_plainly(door: Listener) -> None:
    from kiosk.core.faults import Fault

    with pytest.raises(Fault, match="taken by another program"):
        Listener("KIOSK", door.port, Nodes(), [], host="127.0.0.1")


@needs("echoscu")
def test_echoscu_is_answered(door: Listener) -> None:
    assert run("echoscu", "-aec", "KIOSK", "127.0.0.1", str(door.port)).returncode == 0


@needs("storescu")
def test_an_association_over_the_limit_is_told_to_come_later(intake: MemoryIntake, images: list[Path]) -> None:
    with listening(StorageDoor(intake), most=1) as door:
        first = call("CR1", gateway(door), [build_context(CR, [EXPLICIT_LE])])
        try:
            with pytest.raises(LinkLost):
                echo("US1", gateway(door))
        finally:
            first.release()
        wait_until(lambda: door.associations == 0)
        assert send_files("US1", gateway(door), images[:1])[0].accepted


def test_a_file_keeps_what_pydicom_reads(
    door: Listener, intake: MemoryIntake, images: list[Path], tmp_path: Path
) -> None:
    [result] = send_files("CR1", gateway(door), images[:1])
    path = tmp_path / "kept.dcm"
    path.write_bytes(intake.stored[result.sop_uid])
    assert dcmread(path) == dcmread(images[0])
