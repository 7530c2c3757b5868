"""Query/Retrieve over everything indexed, asked by findscu, movescu, getscu and odil as well as by our own client."""

from __future__ import annotations

import logging
import re
import shutil
import subprocess
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest
from pydicom import dcmread

from kiosk.core.faults import Refused
from kiosk.dicom.fetch import Moved, get, move
from kiosk.dicom.nodes import Node
from kiosk.dicom.part10 import open_part10
from kiosk.dicom.query import find
from kiosk.dicom.sample_pictures import picture
from kiosk.dicom.send import who_listens
from kiosk.dicom.soundness import EXPLICIT_LE
from kiosk.dicom.write import Making, Shot, image_object, save
from kiosk.flow.intake import Intake
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes
from tests.dicom.peers import HANAKO, TARO, MemoryIntake, a_row, free_port, run
from tests.dicom.query_peers import sample_studies
from tests.flow.query_site import answering, destination, keep
from tests.needs import needs
from tests.waiting import wait_until

CHEST, CT, US = (f"1.2.392.200036.9999.{number}" for number in (1, 2, 3))


@pytest.fixture
def centre(centre_on_sqlite: Store) -> Store:
    """The SQL itself is tried on both databases in tests/store; here the peers matter."""
    return centre_on_sqlite


@pytest.fixture
def files(intake: Intake, tmp_path: Path) -> list[Path]:
    made = sample_studies(tmp_path)
    keep(intake, *made)
    return made


@pytest.fixture
def volumes(volume: Volume) -> Volumes:
    return Volumes([volume])


def node_at(port: int) -> Node:
    return Node("KIOSK", "127.0.0.1", port)


def findscu(port: int, *keys: str, model: str = "-S") -> list[dict[str, str]]:
    """The answers by tag, as findscu prints them (only texts that need no decoding are compared)."""
    asked = [part for key in keys for part in ("-k", key)]
    done = run("findscu", "-v", model, "-aec", "KIOSK", *asked, "127.0.0.1", str(port))
    text = done.stdout + done.stderr
    rows = re.split(r"Find Response: \d+ \(Pending.*\)", text)[1:]
    return [dict(re.findall(r"\((\w{4},\w{4})\) \w\w (?:\[([^\]]*)\]|=\S+|\(no value.*|\d+)", row)) for row in rows]


@needs("findscu")
def test_findscu_asks_at_every_level(centre: Store, volumes: Volumes, files: list[Path]) -> None:
    with answering(centre, volumes) as door:
        patients = findscu(
            door.port, "QueryRetrieveLevel=PATIENT", "PatientID=*", "NumberOfPatientRelatedStudies", model="-P"
        )
        assert {(row["0010,0020"].strip(), row["0020,1200"].strip()) for row in patients} == {
            ("00012345", "2"), ("00012346", "1"),
        }  # fmt: skip
        studies = findscu(
            door.port, "QueryRetrieveLevel=STUDY", "PatientID=00012345", "StudyDate=20261124-", "StudyInstanceUID",
            "ModalitiesInStudy", "NumberOfStudyRelatedInstances", "NumberOfStudyRelatedSeries", "RetrieveAETitle",
            "InstanceAvailability", "AccessionNumber", "StudyDescription",
        )  # fmt: skip
        (ct,) = studies
        assert ct["0020,000d"].strip("\0 ") == CT and ct["0008,0061"].strip() == "CT"
        assert (ct["0020,1208"].strip(), ct["0020,1206"].strip()) == ("4", "1")
        assert (ct["0008,0054"].strip(), ct["0008,0056"].strip()) == ("KIOSK", "ONLINE")
        series = findscu(
            door.port, "QueryRetrieveLevel=SERIES", f"StudyInstanceUID={CT}", "SeriesInstanceUID", "Modality",
            "NumberOfSeriesRelatedInstances",
        )  # fmt: skip
        assert [(row["0008,0060"].strip(), row["0020,1209"].strip()) for row in series] == [("CT", "4")]
        uid = series[0]["0020,000e"].strip("\0 ")
        above = (f"StudyInstanceUID={CT}", f"SeriesInstanceUID={uid}")
        images = findscu(door.port, "QueryRetrieveLevel=IMAGE", *above, "SOPInstanceUID", "InstanceNumber")
        assert [row["0020,0013"].strip() for row in images] == ["1", "2", "3", "4"]


@needs("findscu")
def test_findscu_is_told_of_keys_that_are_not_kept(centre: Store, volumes: Volumes, files: list[Path]) -> None:
    with answering(centre, volumes) as door:
        asked = ("-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID", "-k", "PatientComments")
        done = run("findscu", "-v", "-S", "-aec", "KIOSK", *asked, "127.0.0.1", str(door.port))
    assert "Warning" in done.stdout + done.stderr and "PatientComments" in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ({"PatientName": "MIHON*"}, 2), ({"PatientName": "mihon^taro"}, 2), ({"PatientName": "見本*"}, 2),
        ({"PatientName": "*ﾐﾎﾝ*"}, 2), ({"PatientName": "=見本^太郎"}, 2), ({"PatientName": "みほん^*"}, 2),
        ({"PatientName": "NOBODY*"}, 0), ({"PatientName": "*"}, 3), ({"StudyDate": "20261123"}, 1),
        ({"StudyDate": "20261124-20261125"}, 2), ({"StudyDate": "-20261123"}, 1),
        ({"StudyDate": "20261125-20261123"}, 0),
        ({"StudyTime": "0930-1030"}, 3), ({"StudyTime": "1100-"}, 0), ({"ModalitiesInStudy": "CT"}, 1),
        ({"ModalitiesInStudy": "CT\\US"}, 2),
        ({"AccessionNumber": "V000000002"}, 1), ({"AccessionNumber": "V*3"}, 1),
        ({"StudyInstanceUID": f"{CHEST}\\{US}"}, 2), ({"PatientID": "0001234?"}, 3), ({"PatientID": "0001234%"}, 0),
        ({"PatientID": "'; DROP TABLE studies; --"}, 0), ({"PatientID": "_0012345"}, 0), ({"Modality": "CT"}, 1),
    ],
)  # fmt: skip
def test_keys_match(keys: dict[str, str], found: int, centre: Store, volumes: Volumes, files: list[Path]) -> None:
    with answering(centre, volumes) as door:
        assert len(find("KIOSK", node_at(door.port), "STUDY", keys).rows) == found


def test_names_come_in_three_groups_in_the_set_that_was_asked(
    centre: Store, volumes: Volumes, files: list[Path]
) -> None:
    with answering(centre, volumes) as door:
        rows = find("KIOSK", node_at(door.port), "STUDY", {"PatientID": "00012346"}).rows
    assert rows[0]["PatientName"] == "TAKAHASHI^HANAKO=高橋^花子=タカハシ^ハナコ"
    assert rows[0]["SpecificCharacterSet"] == "\\ISO 2022 IR 87"


def test_too_many_answers_are_capped_and_the_log_says_so(
    centre: Store, volumes: Volumes, files: list[Path], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING), answering(centre, volumes, at_most=2) as door:
        assert len(find("KIOSK", node_at(door.port), "STUDY", {}).rows) == 2
    assert "matched more than 2" in caplog.text


def test_a_date_that_is_none_is_refused(centre: Store, volumes: Volumes, files: list[Path]) -> None:
    with answering(centre, volumes) as door, pytest.raises(Exception, match="could not answer"):
        find("KIOSK", node_at(door.port), "STUDY", {"StudyDate": "2026-19"})


@needs("movescu")
def test_movescu_has_a_study_sent(centre: Store, volumes: Volumes, files: list[Path]) -> None:
    there = MemoryIntake()
    with destination(there) as node, answering(centre, volumes, node) as door:
        asked = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={CT}")
        done = run("movescu", "-v", "-S", "-aec", "KIOSK", "-aem", "KIOSK", *asked, "127.0.0.1", str(door.port))
    assert done.returncode == 0 and "Success" in done.stdout + done.stderr
    assert len(there.stored) == 4


@needs("getscu")
def test_getscu_takes_a_study_and_the_bytes_are_those_that_are_kept(
    centre: Store, volumes: Volumes, files: list[Path], tmp_path: Path
) -> None:
    got = tmp_path / "got"
    got.mkdir()
    with answering(centre, volumes) as door:
        asked = ("-k", "QueryRetrieveLevel=STUDY", "-k", f"StudyInstanceUID={CT}")
        done = run("getscu", "-v", "-S", "+B", "-od", got, "-aec", "KIOSK", *asked, "127.0.0.1", str(door.port))
    assert done.returncode == 0, done.stderr
    bodies = {path.read_bytes()[open_part10(path).offset :] for path in got.iterdir()}
    assert bodies == {path.read_bytes()[open_part10(path).offset :] for path in files if path.name.startswith("2-")}


@needs("odil")
def test_odil_finds_and_gets(centre: Store, volumes: Volumes, files: list[Path], tmp_path: Path) -> None:
    with answering(centre, volumes) as door:
        where = ("127.0.0.1", str(door.port), "ODIL", "KIOSK")
        keys = ("study", "QueryRetrieveLevel=STUDY")
        found = run("odil", "find", *where, *keys, "PatientID=00012345", "StudyInstanceUID")
        assert found.returncode == 0 and CT in found.stdout, found.stderr
        got = tmp_path / "odil"
        got.mkdir()
        done = run("odil", "get", "-d", got, *where, *keys, f"StudyInstanceUID={CT}")
        assert done.returncode == 0, done.stderr
        assert sum(path.is_file() for path in got.rglob("*")) == 4


def test_an_unknown_destination_is_told(centre: Store, volumes: Volumes, files: list[Path]) -> None:
    with answering(centre, volumes) as door:
        moved = move("KIOSK", node_at(door.port), "STUDY", {"StudyInstanceUID": CT}, "NOWHERE")
    assert moved.code == "A801"


def test_a_destination_that_does_not_answer_fails_each_image(
    centre: Store, volumes: Volumes, files: list[Path]
) -> None:
    with answering(centre, volumes, Node("DEAD", "127.0.0.1", 1)) as door:
        moved = move("KIOSK", node_at(door.port), "STUDY", {"StudyInstanceUID": CT}, "DEAD")
    assert moved.code == "A702" and moved.failed == 4 and len(moved.failed_uids) == 4


def test_one_unreadable_image_does_not_end_the_rest(centre: Store, volumes: Volumes, files: list[Path]) -> None:
    there = MemoryIntake()
    spoilt = sorted(next(iter(volumes)).root.joinpath("DICOM").rglob("*_00002_*.dcm"))[0]
    spoilt.write_bytes(b"spoilt")
    with destination(there) as node, answering(centre, volumes, node) as door:
        moved = move("KIOSK", node_at(door.port), "STUDY", {"StudyInstanceUID": CT}, "KIOSK")
        assert (moved.code, moved.completed, moved.failed) == ("B000", 3, 1) and len(moved.failed_uids) == 1
        got = MemoryIntake()
        given = get("KIOSK", node_at(door.port), "STUDY", {"StudyInstanceUID": CT}, got)
    assert (given.code, given.completed, given.failed) == ("B000", 3, 1)
    assert len(there.stored) == len(got.stored) == 3


def test_images_of_a_second_volume_are_sent_without_moving_them(
    centre: Store, volume: Volume, intake: Intake, files: list[Path], tmp_path: Path
) -> None:
    """S11: images on a disk that is only read here are found and sent from where they lie."""
    second = Volume("HDD7", tmp_path / "HDD7")
    shutil.copytree(volume.root, second.root)
    shutil.rmtree(volume.root / "DICOM")
    second.root.joinpath("volume-id.txt").write_text("HDD7\n")
    with centre.writing() as conn:
        conn.exec_driver_sql("UPDATE instances SET volume = 'HDD7'")
        conn.exec_driver_sql("UPDATE folders SET volume = 'HDD7'")
    before = {path: path.stat().st_mtime_ns for path in second.root.rglob("*")}
    there = MemoryIntake()
    with destination(there) as node, answering(centre, Volumes([volume, second]), node) as door:
        rows = find("KIOSK", node_at(door.port), "STUDY", {"StudyInstanceUID": CT}).rows
        assert rows[0]["InstanceAvailability"] == "ONLINE"
        assert move("KIOSK", node_at(door.port), "STUDY", {"StudyInstanceUID": CT}, "KIOSK").done
    assert len(there.stored) == 4
    assert {path: path.stat().st_mtime_ns for path in second.root.rglob("*")} == before
    with answering(centre, Volumes([volume])) as door:
        rows = find("KIOSK", node_at(door.port), "STUDY", {"StudyInstanceUID": CT}).rows
        assert rows[0]["InstanceAvailability"] == "NEARLINE"
        got = get("KIOSK", node_at(door.port), "STUDY", {"StudyInstanceUID": CT}, MemoryIntake())
    assert got.code == "A702" and got.failed == 4


def a_jpeg(folder: Path) -> Path:
    """An endoscope picture, kept as the JPEG that it is."""
    making = Making(a_row(HANAKO, 9, modality="ES"), datetime(2026, 11, 25, 11, 0))
    return save(image_object(making, Shot(picture("ES", {}, 1))), folder / "es.dcm")


ES = "1.2.392.200036.9999.9"


@needs("storescp", "dcmdump")
def test_a_destination_without_jpeg_gets_a_plain_copy_and_ours_stays(
    centre: Store, volumes: Volumes, intake: Intake, tmp_path: Path
) -> None:
    keep(intake, a_jpeg(tmp_path))
    ours = next(next(iter(volumes)).root.joinpath("DICOM").rglob("*.dcm"))
    before = ours.read_bytes()
    got, port = tmp_path / "got", free_port()
    got.mkdir()
    peer = subprocess.Popen(["storescp", "-aet", "PLAIN", "-od", str(got), str(port)])
    try:
        wait_until(lambda: who_listens("127.0.0.1", port) == "dicom", 10, "storescp listens")
        with answering(centre, volumes, Node("PLAIN", "127.0.0.1", port)) as door:
            moved = move("KIOSK", node_at(door.port), "STUDY", {"StudyInstanceUID": ES}, "PLAIN")
    finally:
        peer.terminate()
        peer.wait(10)
    assert moved.done and moved.completed == 1, moved
    (came,) = got.iterdir()
    told = dcmread(came)
    assert told.file_meta.TransferSyntaxUID == EXPLICIT_LE and told.PhotometricInterpretation == "RGB"
    assert len(told.PixelData) == told.Rows * told.Columns * 3
    assert told.SOPInstanceUID == dcmread(ours).SOPInstanceUID and told.LossyImageCompression == "01"
    assert ours.read_bytes() == before


def test_a_get_takes_jpeg_as_it_is_and_plain_where_it_must(
    centre: Store, volumes: Volumes, intake: Intake, tmp_path: Path
) -> None:
    keep(intake, a_jpeg(tmp_path))
    with answering(centre, volumes) as door:
        as_kept, plain = MemoryIntake(), MemoryIntake()
        keys = {"StudyInstanceUID": ES}
        assert get("KIOSK", node_at(door.port), "STUDY", keys, as_kept).done
        assert get("KIOSK", node_at(door.port), "STUDY", keys, plain, squeezed=()).done
    assert [each.transfer_syntax for each in as_kept.facts.values()] == ["1.2.840.10008.1.2.4.50"]
    assert [each.transfer_syntax for each in plain.facts.values()] == [EXPLICIT_LE]


def test_a_move_is_stopped_by_a_cancel(centre: Store, volumes: Volumes, intake: Intake, tmp_path: Path) -> None:
    making = Making(a_row(TARO, 5, modality="CT"), datetime(2026, 11, 25, 9, 0))
    shots = [image_object(making, Shot(picture("CT", {}, 1), number=each + 1)) for each in range(40)]
    keep(intake, *(save(ds, tmp_path / f"{at}.dcm") for at, ds in enumerate(shots)))
    there, stop = MemoryIntake(), threading.Event()
    begin = there.begin

    def slow(door: str) -> object:
        stop.wait(0.05)
        return begin(door)

    there.begin = slow  # type: ignore[method-assign, assignment]
    with destination(there) as node, answering(centre, volumes, node) as door:
        uid = "1.2.392.200036.9999.5"

        def after_three(so_far: Moved) -> None:
            if so_far.completed >= 3:
                stop.set()

        keys = {"StudyInstanceUID": uid}
        moved = move("KIOSK", node_at(door.port), "STUDY", keys, "KIOSK", progress=after_three, stop=stop)
    assert moved.cancelled and moved.remaining and len(there.stored) < 40


def test_retrievals_wait_for_their_turn(centre: Store, volumes: Volumes, files: list[Path]) -> None:
    intakes = [MemoryIntake() for _ in range(3)]
    with answering(centre, volumes, most=1) as door, ThreadPoolExecutor(3) as pool:
        keys = {"StudyInstanceUID": CT}
        waiting = [pool.submit(get, "KIOSK", node_at(door.port), "STUDY", keys, each) for each in intakes]
        assert all(each.result(30).done for each in waiting)
    assert [len(each.stored) for each in intakes] == [4, 4, 4]


@pytest.mark.parametrize("level", ["", "STUDY"])
def test_a_retrieval_of_everything_is_refused(level: str, centre: Store, volumes: Volumes, files: list[Path]) -> None:
    with answering(centre, volumes, Node("DEST", "127.0.0.1", 1)) as door:
        moved = move("KIOSK", node_at(door.port), level or "STUDY", {"StudyInstanceUID": "" if level else "*"}, "DEST")
    assert moved.code == "A900"


def test_a_listener_without_queries_says_so() -> None:
    with destination(MemoryIntake()) as node, pytest.raises(Refused):
        find("KIOSK", node, "STUDY", {})
