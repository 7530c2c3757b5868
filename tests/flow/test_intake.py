"""The one way in: what an image becomes, where it lies, and what is acknowledged again."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from pathlib import Path
from typing import Any

import pytest

from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake, Outcome, Settled, file_name, modality_key
from kiosk.store import audit, images, jobs, notices, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes
from kiosk.store.writer import GroupWriter
from tests.flow.arrivals import BYTES, files, indexed, take
from tests.store.samples import CHEST, facts, row


# -- what is stored --------------------------------------------------------------------------------------------------
def test_bytes_index_job_audit_and_notice_stand_after_one_settle(centre: Store, intake: Intake, volume: Volume) -> None:
    with centre.writing() as conn:
        visit = visits.take_visit(conn, row(1, exams=(CHEST,)), "list").visit
    settled = take(intake)
    assert settled.outcome is Outcome.STORED and settled.visit == visit
    (known,) = indexed(centre)
    assert files(volume) == {known.path: BYTES}
    assert known.path == "DICOM/20261124/CR0001-P00001/" + file_name(facts("1.2.3.4.1"))
    assert (known.size, known.sha256) == (len(BYTES), hashlib.sha256(BYTES).hexdigest())
    with centre.reading() as conn:
        told = [notice for notice in notices.after(conn, 0) if notice.kind == "images"]
        assert [notice.ids for notice in told] == [{"study": settled.study, "visit": visit, "images": 1}]
        event = audit.events(conn, action="image stored")[0]
        assert (event.patient, event.subject) == ("|P00001", "1.2.3")
        assert json.loads(event.detail) == {"images": ["1.2.3.4.1"], "source": "CR1"}
        assert jobs.counts(conn, "gateway") == {"owed": 1}
        (step,) = visits.visit_by_id(conn, visit).steps  # type: ignore[union-attr]
        assert [view.code for view in step.missing] == ["LAT"]


def test_the_same_bytes_again_are_acknowledged_and_change_nothing(
    centre: Store, intake: Intake, volume: Volume
) -> None:
    first = take(intake)
    with centre.reading() as conn:
        before = (images.counts(conn), jobs.counts(conn, "gateway"), notices.newest(conn), audit.counted(conn))
    again = take(intake)
    assert again == Settled(Outcome.ALREADY, instance=first.instance)
    with centre.reading() as conn:
        after = (images.counts(conn), jobs.counts(conn, "gateway"), notices.newest(conn), audit.counted(conn))
    assert after == before and len(files(volume)) == 1


def test_an_image_that_went_missing_is_put_back_when_it_is_sent_again(
    centre: Store, intake: Intake, volume: Volume
) -> None:
    """Acknowledged means: on the disk. A file that somebody deleted is not waved through as known."""
    take(intake)
    (known,) = indexed(centre)
    volume.file(known.path).unlink()
    assert take(intake).outcome is Outcome.ALREADY
    assert files(volume) == {known.path: BYTES}
    volume.file(known.path).write_bytes(b"cut off")
    assert take(intake).outcome is Outcome.ALREADY
    assert files(volume) == {known.path: BYTES}
    volume.file(known.path).write_bytes(BYTES[:-1] + b"?")
    assert take(intake).outcome is Outcome.ALREADY
    assert files(volume) == {known.path: BYTES}
    with centre.reading() as conn:
        assert len(audit.events(conn, action="image put back")) == 3


def test_a_repeat_that_comes_to_another_disk_is_not_kept_twice(
    centre: Store, intake: Intake, volume: Volume, writer: GroupWriter, tmp_path: Path
) -> None:
    """The disk that receives changes; what is known lies whole on the one before."""
    first = take(intake)
    second = Volume("MAG2", tmp_path / "MAG2", True)
    second.prepare()
    disks = Volumes([volume, second])
    later = Intake(centre, lambda: second, writer, Actor(station="gateway"), path_of=disks.path_of)
    assert take(later) == Settled(Outcome.ALREADY, instance=first.instance)
    assert files(second) == {} and len(files(volume)) == 1
    assert take(later, b"other content").outcome is Outcome.ASIDE
    assert [path.split("/")[0] for path in files(second)] == ["ASIDE"]
    (known,) = indexed(centre)
    volume.file(known.path).unlink()
    assert take(later).outcome is Outcome.ALREADY
    (known,) = indexed(centre)
    assert known.volume == "MAG2" and second.file(known.path).read_bytes() == BYTES, "what is lost there is kept here"


def test_other_content_under_a_known_uid_is_kept_aside_and_the_first_one_stays(
    centre: Store, intake: Intake, volume: Volume
) -> None:
    take(intake)
    (known,) = indexed(centre)
    assert take(intake, b"other content").outcome is Outcome.ASIDE
    assert take(intake, b"other content").outcome is Outcome.ASIDE
    assert take(intake, b"third content").outcome is Outcome.ASIDE
    with centre.reading() as conn:
        asides = images.instances_after(conn, 0, limit=10, kept_aside=True)
        assert images.counts(conn)["asides"] == 2
    assert [aside.path.rsplit("/", 1)[0] for aside in asides] == ["ASIDE/20261125"] * 2
    assert files(volume) == {
        known.path: BYTES,
        asides[0].path: b"other content",
        asides[1].path: b"third content",
    }


def test_two_threads_with_one_uid_make_one_image(centre: Store, intake: Intake, volume: Volume) -> None:
    outcomes: list[Outcome] = []
    together = threading.Barrier(6)

    def send(data: bytes) -> None:
        together.wait()
        outcomes.append(take(intake, data).outcome)
        centre.leave()

    threads = [threading.Thread(target=send, args=(data,)) for data in (BYTES, BYTES, BYTES, BYTES, b"x", b"x")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert outcomes.count(Outcome.STORED) == 1
    (known,) = indexed(centre)
    with centre.reading() as conn:
        (aside,) = images.instances_after(conn, 0, limit=10, kept_aside=True)
    lying = files(volume)
    assert set(lying) == {known.path, aside.path}
    for each in (known, aside):
        assert hashlib.sha256(lying[each.path]).hexdigest() == each.sha256


def test_many_associations_at_once_lose_nothing(centre: Store, intake: Intake, volume: Volume) -> None:
    def send(number: int) -> None:
        for image in range(10):
            data = f"{number}-{image}".encode() * 100
            assert take(intake, data, f"1.2.{number}.{image}", study_uid=f"1.9.{number}").outcome is Outcome.STORED
        centre.leave()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    lying = files(volume)
    known = indexed(centre)
    assert len(known) == 40 and {each.path for each in known} == set(lying)
    assert all(hashlib.sha256(lying[each.path]).hexdigest() == each.sha256 for each in known)
    assert len({each.path.rsplit("/", 1)[0] for each in known}) == 4, "a folder for each study"


# -- where it lies ---------------------------------------------------------------------------------------------------
def folder_of(intake: Intake, centre: Store, number: int, **changes: Any) -> str:
    take(intake, f"{number}".encode(), f"1.5.{number}", study_uid=f"1.6.{number}", **changes)
    return indexed(centre)[-1].path.rsplit("/", 1)[0]


@pytest.mark.parametrize(
    ("patient_id", "folder"),
    [
        ("P00001", r"CR0001-P00001"),
        ("90012763", r"CR0001-90012763"),
        ("", r"CR0001-NOID"),
        ("..", r"CR0001-_~[0-9A-Za-z]{12}"),
        ("../../etc/passwd", r"CR0001-[\w.-]*~[0-9A-Za-z]{12}"),
        ("CON", r"CR0001-_CON~[0-9A-Za-z]{12}"),
        ('a/b\\c:d*?"<>|', r"CR0001-[\w.-]*~[0-9A-Za-z]{12}"),
        ("見本１２３", r"CR0001-[\w.-]*~[0-9A-Za-z]{12}"),
        ("p00001", r"CR0001-p00001~[0-9A-Za-z]{12}"),
        ("X" * 64, r"CR0001-X{64}"),
        ("\0", r"CR0001-_~[0-9A-Za-z]{12}"),
        ("ID. ", r"CR0001-[\w.-]*~[0-9A-Za-z]{12}"),
    ],
)
def test_a_folder_has_a_safe_name_for_every_patient_id(
    centre_on_sqlite: Store, tmp_path: Path, crew: Crew, volume: Volume, patient_id: str, folder: str
) -> None:
    intake = Intake(centre_on_sqlite, lambda: volume, GroupWriter(centre_on_sqlite, crew.start), Actor(station="g"))
    found = folder_of(intake, centre_on_sqlite, 1, patient_id=patient_id)
    day, name = found.removeprefix("DICOM/").split("/")
    assert day == "20261124" and re.fullmatch(folder, name), found
    assert volume.file(found).is_dir()
    assert volume.root in volume.file(found).resolve().parents


def test_folders_are_numbered_by_day_and_modality(centre: Store, intake: Intake) -> None:
    assert folder_of(intake, centre, 1) == "DICOM/20261124/CR0001-P00001"
    assert folder_of(intake, centre, 2) == "DICOM/20261124/CR0002-P00001"
    assert folder_of(intake, centre, 3, modality="CT") == "DICOM/20261124/CT0001-P00001"
    assert folder_of(intake, centre, 4, study_date="20261123") == "DICOM/20261123/CR0001-P00001"
    assert folder_of(intake, centre, 5, study_date="") == "DICOM/20261125/CR0001-P00001", "the day of receipt"
    assert folder_of(intake, centre, 6, study_date="20261399") == "DICOM/20261125/CR0002-P00001"


def test_after_a_restart_a_study_goes_on_in_its_folder(
    centre: Store, intake: Intake, volume: Volume, writer: GroupWriter
) -> None:
    take(intake, b"1", "1.2.3.4.1")
    restarted = Intake(centre, lambda: volume, writer, Actor(station="gateway"))
    take(restarted, b"2", "1.2.3.4.2")
    assert len({each.path.rsplit("/", 1)[0] for each in indexed(centre)}) == 1


def test_a_second_patient_under_one_study_uid_gets_a_folder_of_his_own(centre: Store, intake: Intake) -> None:
    take(intake, b"1", "1.2.3.4.1")
    take(intake, b"2", "1.2.3.4.2", patient_id="P99999")
    assert [each.path.rsplit("/", 1)[0][-6:] for each in indexed(centre)] == ["P00001", "P99999"]


@pytest.mark.parametrize(
    ("said", "key"),
    [("CR", "CR"), ("", "OT"), ("../x", "X"), ("cr", "CR"), ("ABCDEFGHIJ", "ABCDEFGH"), ("画像", "OT")],
)
def test_the_modality_begins_the_folders_name(said: str, key: str) -> None:
    assert modality_key(said) == key


def test_file_names_are_readable_and_never_the_same() -> None:
    assert file_name(facts("1.2")).startswith("001_00001_") and file_name(facts("1.2")).endswith(".dcm")
    wild = file_name(facts("1.2", series_number=-5, instance_number=10**12))
    assert re.fullmatch(r"\d{3,5}_\d{5,6}_[0-9a-f]{16}\.dcm", wild)
    assert len({file_name(facts(f"1.2.{number}")) for number in range(500)}) == 500
    assert file_name(facts("1.2", series_number=None, instance_number=None)).startswith("000_00000_")


def test_what_is_longer_than_any_column_is_taken_all_the_same(centre: Store, intake: Intake) -> None:
    """PostgreSQL refuses what SQLite takes; an image must not be refused for a talkative description."""
    long = "あ" * 400
    said = {
        "issuer": long, "name": (long, long, long), "sex": long, "birth_date": long, "study_date": long,
        "study_time": long, "accession": long, "study_description": long, "series_description": "a\0" + long,
        "body_part": long, "modality": "X" * 100, "source": long,
    }  # fmt: skip
    settled = take(intake, study_uid="1.2.9", series_uid="1.2.9.1", patient_id="P" * 300, **said)
    assert settled.outcome is Outcome.STORED and settled.study is not None
    with centre.reading() as conn:
        study = images.study_by_id(conn, settled.study)
    assert study is not None and study.description == "あ" * 200
    again = take(intake, study_uid="1.2.9", series_uid="1.2.9.1", patient_id="P" * 300, **said)
    assert again.outcome is Outcome.ALREADY


def test_patient_ids_that_differ_beyond_the_column_stay_two_patients(centre: Store, intake: Intake) -> None:
    for number, last in enumerate("AB", 1):
        take(
            intake, b"image" + last.encode(), f"1.2.9.{number}", study_uid=f"1.2.9.{number}", patient_id="P" * 90 + last
        )
    with centre.reading() as conn:
        kept = {each.patient_id for each in images.recent_studies(conn)}
    assert len(kept) == 2 and all(len(each) == 64 for each in kept)
