"""The worklist door: asked by DCMTK, Orthanc and our own modality, in every character set that devices show."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pynetdicom.presentation import build_context

from kiosk.core.charset import Charset
from kiosk.core.faults import LinkLost
from kiosk.core.names import NameLayout, NameProfile
from kiosk.core.worklist_index import Listed, WorklistIndex
from kiosk.core.worklist_query import WorklistQuery, WorklistRow
from kiosk.dicom.ask_worklist import Asking, ask_worklist, identifier
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.quick_find import FindRequest
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.soundness import EXPLICIT_LE
from kiosk.dicom.upper_layer import Listener, call
from kiosk.dicom.worklist import WorklistAsked, WorklistDoor
from kiosk.dicom.worklist_answer import answer_to
from kiosk.dicom.worklist_keys import all_supported, query_of, read_query
from tests.dicom.peers import HANAKO, TODAY, MemoryIntake, Orthanc, a_row, listening, run
from tests.dicom.test_soundness import bomb, encoded
from tests.needs import needs
from tests.waiting import wait_until

WORKLIST = "1.2.840.10008.5.1.4.31"


@dataclass
class Steps:
    rows: list[WorklistRow] = field(default_factory=list)
    asked: list[WorklistAsked] = field(default_factory=list)
    queries: list[WorklistQuery] = field(default_factory=list)
    away: bool = False

    def __call__(self, query: WorklistQuery) -> Listed:
        self.queries.append(query)
        if self.away:
            raise LinkLost("centre")
        return Listed(WorklistIndex(self.rows))


@pytest.fixture
def steps() -> Steps:
    return Steps(
        [
            a_row(number=1),
            a_row(HANAKO, number=2, scheduled_time="084500"),
            a_row(
                HANAKO, number=3, modality="US", aliases=(), station_ae="US1", description="腹部超音波", code="ABDOMEN"
            ),
            a_row(number=4, scheduled_date="20261130"),
        ]
    )


@pytest.fixture
def door(steps: Steps) -> Iterator[Listener]:
    with listening(a_door(steps), StorageDoor(MemoryIntake())) as listener:
        yield listener


def a_door(steps: Steps) -> WorklistDoor:
    return WorklistDoor(steps, told=steps.asked.append, today=lambda: TODAY, issuer="0001")


def gateway(door: Listener) -> Node:
    return Node("KIOSK", "127.0.0.1", door.port)


def findscu(door: Listener, *keys: str) -> list[str]:
    """Answers of DCMTK's findscu, each as its dump."""
    arguments = [part for key in keys for part in ("-k", key)]
    done = run("findscu", "-W", "-aec", "KIOSK", "-aet", "CR1", *arguments, "127.0.0.1", str(door.port))
    assert done.returncode == 0, done.stderr
    return re.split(r"I: Find Response: \d+ \(Pending[^)]*\)", done.stdout + done.stderr)[1:]


STEP = "(0040,0100)[0]."


@needs("findscu")
@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ([STEP + "ScheduledProcedureStepStartDate=20261123"], ["V000000002", "V000000001", "V000000003"]),
        (
            [STEP + "ScheduledProcedureStepStartDate=20261101-20261231"],
            ["V000000002", "V000000001", "V000000003", "V000000004"],
        ),
        ([STEP + "ScheduledProcedureStepStartDate=20261124-"], ["V000000004"]),
        ([STEP + "ScheduledProcedureStepStartDate=20261123", STEP + "Modality=CR"], ["V000000002", "V000000001"]),
        ([STEP + "ScheduledProcedureStepStartDate=20261123", STEP + "Modality=DX"], ["V000000002", "V000000001"]),
        ([STEP + "ScheduledStationAETitle=US1"], ["V000000003"]),
        ([STEP + "ScheduledProcedureStepStartTime=0930"], ["V000000001", "V000000003"]),
        (["PatientID=00012346"], ["V000000002", "V000000003"]),
        (["PatientID=0001*", STEP + "Modality=US"], ["V000000003"]),
        (["PatientName=TAKAHASHI*"], ["V000000002", "V000000003"]),
        (["AccessionNumber=V000000004"], ["V000000004"]),
        (["StudyInstanceUID=1.2.392.200036.9999.2"], ["V000000002"]),
        (["RequestedProcedureID=V000000001"], ["V000000001"]),
        (["PatientID=99999999"], []),
    ],
)  # fmt: skip
def test_findscu_gets_exactly_what_it_asks_for(door: Listener, keys: list[str], found: list[str]) -> None:
    asked = [*keys, *(key for key in ("AccessionNumber",) if not any(each.startswith(key) for each in keys))]
    answers = findscu(door, *asked)
    assert [re.search(r"\(0008,0050\) SH \[(\w+)", answer).group(1) for answer in answers] == found  # type: ignore[union-attr]


@needs("findscu")
def test_an_answer_holds_the_keys_asked_for_and_no_other(door: Listener) -> None:
    [answer] = findscu(
        door, "AccessionNumber=V000000001", "PatientWeight", "(0040,1003)", STEP + "Modality",
        STEP + "ScheduledPerformingPhysicianName",
        "(0032,1064)[0].CodeValue", "(0009,0010)=PRIVATE",
    )  # fmt: skip
    tags = re.findall(r"^I: +\(([0-9a-f]{4},[0-9a-f]{4})\) (?!na)", answer, re.MULTILINE)
    assert sorted(tags) == sorted(
        [
            "0008,0050",
            "0010,1030",
            "0040,1003",
            "0040,0100",
            "0008,0060",
            "0040,0006",
            "0032,1064",
            "0008,0100",
            "0009,0010",
        ]
    )


@needs("findscu")
def test_dcmtk_reads_kanji_in_each_set(door: Listener) -> None:
    kanji = {
        "(0008,0005)=\\ISO 2022 IR 87": "iso2022_jp", "(0008,0005)=ISO_IR 192": "utf-8",
    }  # fmt: skip
    for label in kanji:
        [answer] = findscu(door, "AccessionNumber=V000000001", "PatientName", label)
        assert "MIHON^TARO=" in answer


@needs("Orthanc")
def test_orthanc_asks_our_worklist_and_sends_to_us(tmp_path: Path, steps: Steps) -> None:
    from datetime import datetime

    from kiosk.dicom.sample_pictures import picture
    from kiosk.dicom.write import Making, Shot, image_object, save

    intake = MemoryIntake()
    with listening(a_door(steps), StorageDoor(intake)) as door:
        orthanc = Orthanc(tmp_path / "orthanc", door.port)
        try:
            query = {
                "SpecificCharacterSet": "ISO_IR 192", "PatientName": "", "PatientID": "", "AccessionNumber": "",
                "StudyInstanceUID": "",
                "ScheduledProcedureStepSequence": [{"Modality": "CR", "ScheduledProcedureStepStartDate": "20261123"}],
            }  # fmt: skip
            answers = orthanc.ask("/modalities/kiosk/find-worklist", query)
            assert [answer["PatientID"] for answer in answers] == ["00012346", "00012345"]
            assert answers[0]["PatientName"] == "TAKAHASHI^HANAKO=髙橋^花子=タカハシ^ハナコ"
            assert answers[0]["ScheduledProcedureStepSequence"][0]["Modality"] == "CR"
            making = Making(a_row(), datetime(2026, 11, 23, 10, 0))
            ids = []
            for number in (1, 2):
                ds = image_object(making, Shot(picture("US", {}, number), number), "US")
                path = save(ds, tmp_path / f"{number}.dcm")
                ids.append(orthanc.ask("/instances", raw=path.read_bytes())["ID"])
            stored = orthanc.ask("/modalities/kiosk/store", {"Resources": ids, "Synchronous": True})
            assert stored["FailedInstancesCount"] == 0
            assert len(intake.stored) == 2
            assert {facts.source for facts in intake.facts.values()} == {"ORTHANC"}
            assert orthanc.ask("/modalities/kiosk/echo", {}) is not None
        finally:
            orthanc.close()


def answer_in(profile: NameProfile | None, asked_in: Charset, steps: Steps, patient_number: int = 2) -> Dataset:
    """The raw answer to a device with this profile that asks in this set."""
    nodes = Nodes((Node("CR1", "127.0.0.1", profile=profile),))
    with listening(a_door(steps), nodes=nodes) as door:
        assoc = call("CR1", gateway(door), [build_context(WORKLIST, [EXPLICIT_LE])])
        try:
            asking = Asking(accession=f"V{patient_number:09d}", charset=asked_in)
            found = [ds for status, ds in assoc.send_c_find(identifier(asking), WORKLIST) if ds is not None]
        finally:
            assoc.release()
    [answer] = found
    return answer


ROMAN, HALF, KANJI = "TAKAHASHI^HANAKO", "ﾀｶﾊｼ^ﾊﾅｺ", ["", "ISO 2022 IR 87"]


@pytest.mark.parametrize(
    ("profile", "asked_in", "charset", "name", "description"),
    [
        (None, Charset.UTF8, "ISO_IR 192", "TAKAHASHI^HANAKO=髙橋^花子=タカハシ^ハナコ", "胸部X線"),
        (None, Charset.KANJI, ["", "ISO 2022 IR 87"], "TAKAHASHI^HANAKO=高橋^花子=タカハシ^ハナコ", "胸部X線"),
        (None, Charset.KANA_KANJI, ["ISO 2022 IR 13", "ISO 2022 IR 87"], f"{ROMAN}=高橋^花子={HALF}", "胸部X線"),
        (None, Charset.KANA, "ISO_IR 13", "ﾀｶﾊｼ^ﾊﾅｺ", "CHEST"),
        (None, Charset.ASCII, "", "TAKAHASHI^HANAKO", "CHEST"),
        (NameProfile(Charset.KANA, NameLayout.HALF_KANA), Charset.UTF8, "ISO_IR 13", HALF, "CHEST"),
        (NameProfile(Charset.KANJI, NameLayout.KANJI_FIRST), Charset.ASCII, KANJI, "高橋^花子", "胸部X線"),
    ],
)  # fmt: skip
def test_each_device_is_told_names_in_what_it_shows(
    steps: Steps, profile: NameProfile | None, asked_in: Charset, charset: object, name: str, description: str
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        answer = answer_in(profile, asked_in, steps)
    told = answer.get("SpecificCharacterSet")
    assert (list(told) if isinstance(charset, list) else told) == charset
    assert str(answer.PatientName) == name
    assert answer.ScheduledProcedureStepSequence[0].ScheduledProcedureStepDescription == description
    assert answer.PatientID == "00012346"


NAMES = [
    "髙﨑 𠮷",
    "①Ⅲ㈱ 太郎",
    "德瀨 濵",
    "見本\ue000 外字",
    "表 ソ予",
    "Ｊｏｈｎ Ｄｏｅ",
    "ﾀｶﾊｼ ﾊﾅｺ",
    "A=B ^C",
    "逆\\斜線",
    "",
]


@pytest.mark.parametrize("charset", list(Charset))
@pytest.mark.parametrize("kanji", NAMES)
def test_pydicom_never_has_to_spoil_a_name(charset: Charset, kanji: str) -> None:
    """Every warning of an encoder is an error here: what can't be written was replaced before."""
    for layout in NameLayout:
        patient = replace(HANAKO, kanji=kanji, kana="" if kanji == NAMES[-1] else HANAKO.kana)
        row = a_row(patient, description=f"{kanji} 検査", room=f"室{kanji}")
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            answer, lost = answer_to(identifier(Asking(charset=charset)), row, NameProfile(charset, layout))
            data = encoded(answer, EXPLICIT_LE)
        assert b"??" not in data or kanji not in ("髙﨑 𠮷", "德瀨 濵")
        assert isinstance(lost, bool)


def test_a_zero_length_sequence_asks_for_the_whole_step(door: Listener) -> None:
    asked = Dataset()
    asked.AccessionNumber = "V000000001"
    asked.ScheduledProcedureStepSequence = Sequence()
    assoc = call("CR1", gateway(door), [build_context(WORKLIST, [EXPLICIT_LE])])
    try:
        [answer] = [ds for _, ds in assoc.send_c_find(asked, WORKLIST) if ds is not None]
    finally:
        assoc.release()
    [item] = answer.ScheduledProcedureStepSequence
    assert (item.Modality, item.ScheduledStationAETitle, item.ScheduledProcedureStepID) == ("CR", "CR1", "S1")
    assert item.ScheduledProtocolCodeSequence[0].CodeValue == "CHEST"


def statuses(door: Listener, asked: Dataset, cancel_after: int | None = None) -> list[int]:
    assoc = call("CR1", gateway(door), [build_context(WORKLIST, [EXPLICIT_LE])])
    found = []
    try:
        for status, _ in assoc.send_c_find(asked, WORKLIST, msg_id=7):
            found.append(int(status.Status))
            if cancel_after is not None and len(found) == cancel_after:
                assoc.send_c_cancel(7, query_model=WORKLIST)
    finally:
        assoc.release()
    return found


def test_a_key_that_is_not_matched_on_is_told_by_ff01(door: Listener) -> None:
    asked = identifier(Asking(accession="V000000001"))
    assert statuses(door, asked) == [0xFF00, 0x0000]
    asked.PatientComments = "something"
    assert statuses(door, asked) == [0xFF01, 0x0000]
    plain = identifier(Asking(day=TODAY, modality="CR", station_ae="CR1", patient_id="1"))
    assert all_supported(read_query(encoded(plain, EXPLICIT_LE), EXPLICIT_LE)[0])


def test_a_cancelled_query_ends(steps: Steps) -> None:
    class Patient(WorklistDoor):
        def find(self, assoc: Any, request: FindRequest) -> Iterator[tuple[int, bytes]]:
            for number, answer in enumerate(super().find(assoc, request)):
                if number == 120:
                    wait_until(lambda: assoc.dimse.cancel_req, 10, "the cancel arrives")
                yield answer

    steps.rows = [a_row(number=number) for number in range(250)]
    with listening(Patient(steps, told=steps.asked.append, today=lambda: TODAY)) as door:
        found = statuses(door, identifier(Asking(day=TODAY)), cancel_after=1)
        assert found[-1] == 0xFE00
        assert len(found) < 252
        assert steps.asked[0].trouble == "cancelled"
        assert statuses(door, identifier(Asking(accession="V000000001"))) == [0xFF00, 0x0000]


def test_answers_are_capped_for_a_device(steps: Steps) -> None:
    steps.rows = [a_row(number=number) for number in range(50)]
    nodes = Nodes((Node("CR1", "127.0.0.1", most_answers=20),))
    with listening(a_door(steps), nodes=nodes) as door:
        assert len(statuses(door, identifier(Asking(day=TODAY)))) == 21
    assert steps.asked[0].capped


def test_a_date_that_is_none_is_refused_with_a900(door: Listener) -> None:
    asked = identifier(Asking())
    asked.ScheduledProcedureStepSequence[0]["ScheduledProcedureStepStartDate"]._value = "tomorrow"
    assert statuses(door, asked) == [0xA900]
    assert statuses(door, identifier(Asking(day=TODAY)))[-1] == 0x0000


def test_a_store_that_is_away_is_no_empty_list(steps: Steps) -> None:
    steps.away = True
    with listening(a_door(steps)) as door:
        assert statuses(door, identifier(Asking(day=TODAY))) == [0xA700]
        with pytest.raises(LinkLost, match="could not answer"):
            ask_worklist("CR1", gateway(door), Asking(day=TODAY))


def test_a_nested_bomb_as_a_query_does_no_harm(door: Listener) -> None:
    from io import BytesIO

    from pynetdicom.dimse_primitives import C_FIND

    assoc = call("CR1", gateway(door), [build_context(WORKLIST, [EXPLICIT_LE])])
    try:
        request = C_FIND()
        request.MessageID, request.Priority, request.AffectedSOPClassUID = 1, 2, WORKLIST
        request.Identifier = BytesIO(bomb(20_000))
        assoc._reactor_checkpoint.clear()
        assoc.dimse.send_msg(request, assoc.accepted_contexts[0].context_id)
        _, answer = assoc.dimse.get_msg(block=True)
    finally:
        assoc._reactor_checkpoint.set()
        assoc.release()
    assert answer is not None and answer.Status == 0xC001
    assert statuses(door, identifier(Asking(day=TODAY)))[-1] == 0x0000


def test_names_in_a_query_are_read_in_its_set() -> None:
    for charset in (Charset.KANJI, Charset.KANA_KANJI, Charset.UTF8):
        asked = identifier(Asking(charset=charset))
        asked.PatientName = "=見本^太郎"
        _, keys, _ = read_query(encoded(asked, EXPLICIT_LE), EXPLICIT_LE)
        assert keys["name"] == "=見本^太郎"
        assert query_of(keys).name == "=見本^太郎"


def test_our_own_modality_gets_its_steps(door: Listener) -> None:
    rows = ask_worklist("CR1", gateway(door), Asking(day=TODAY, modality="CR", charset=Charset.UTF8))
    assert [(row.patient.kanji, row.patient.kana, row.patient.patient_id) for row in rows] == [
        ("髙橋 花子", "タカハシ ハナコ", "00012346"),
        ("見本 太郎", "ミホン タロウ", "00012345"),
    ]
    assert rows[1] == replace(
        a_row(), aliases=(), institution="", patient=replace(a_row().patient, romaji="MIHON TARO")
    )


def test_every_query_is_told_without_names(door: Listener, steps: Steps) -> None:
    asked = identifier(Asking(day=TODAY, modality="CR", charset=Charset.KANJI))
    asked.PatientName = "TAKA*"
    statuses(door, asked)
    [told] = steps.asked
    assert (told.calling_ae, told.address, told.answers, told.downgraded) == ("CR1", "127.0.0.1", 1, ("00012346",))
    assert told.keys == {"date": "20261123", "modality": "CR", "name": "*"}
    assert told.kept_out == {"PatientName": 2, "Modality": 1}
    assert [(each.patient_id, each.keyword, each.asked, each.scheduled) for each in told.left_out] == [
        ("00012346", "Modality", "CR", "US")
    ]


def test_dcmtks_own_queries_are_understood(door: Listener, shared_data: Path, tmp_path: Path) -> None:
    """The query files that come with DCMTK's worklist server."""
    if not (shared_data / "mwl").is_dir():
        pytest.skip("needs the sample queries")
    for number, dump in enumerate(sorted((shared_data / "mwl" / "dcmtk_wlistqry").glob("*.dump"))):
        query = tmp_path / f"{number}.dcm"
        assert run("dump2dcm", dump, query).returncode == 0
        done = run("findscu", "-W", "-aec", "KIOSK", "127.0.0.1", str(door.port), query)
        assert done.returncode == 0, dump.name
