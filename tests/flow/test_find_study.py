"""Which studies a viewer is offered, on both kinds of store: search, days, last time, and who looked."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.course import arrived_views
from kiosk.core.faults import Fault, LinkLost
from kiosk.flow import find_study
from kiosk.flow.find_study import last_time, list_studies, note_files_opened, study_to_show
from kiosk.store import audit, image_index, images
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.volume import Volume, Volumes
from tests.store.samples import facts

DOCTOR = Actor("例示 医師", "doctor", "viewer-1")


def arrive(centre: Store, number: int, **changes: Any) -> int:
    """One image of a study of its own; returns the study's row."""
    own = {
        "study_uid": f"1.2.{number}",
        "series_uid": f"1.2.{number}.1",
        "name": ("MIHON TARO", "見本 太郎", "ミホン タロウ"),
    }
    told = facts(f"1.2.3.{number}", **{**own, **changes})
    with centre.writing() as conn:
        image_index.index_image(
            conn, told, volume="MAG1", path=f"DICOM/{number}.dcm", size=1, sha256="0" * 64, arrived_views=arrived_views
        )
        return next(each.id for each in images.recent_studies(conn) if each.study_uid == told.study_uid)


def test_the_list_is_searched_and_newest_first(centre: Store) -> None:
    today = f"{date.today():%Y%m%d}"
    long_ago = f"{date.today() - timedelta(days=40):%Y%m%d}"
    old = arrive(centre, 1, study_date=long_ago)
    new = arrive(centre, 2, study_date=today)
    other = arrive(centre, 3, study_date=today, modality="US", patient_id="P00002", name=("", "髙橋 花子", ""))

    def rows(text: str = "", days: int = 0, modality: str = "") -> list[int]:
        return [study.id for study in list_studies(centre, text, days, modality)]

    assert rows() == [other, new, old]
    assert rows(days=1) == [other, new]
    assert rows(days=31, modality="CR") == [new]
    assert rows("髙橋") == [other]
    assert rows("00001") == [new, old]
    assert rows("100%") == []


def test_last_time_means_same_person_and_comparable_kind(centre: Store) -> None:
    earlier = arrive(centre, 1, study_date="20241120", modality="DX")
    arrive(centre, 2, study_date="20251120", modality="US")
    arrive(centre, 3, study_date="20251121", patient_id="P00002")
    arrive(centre, 4, study_date="20251122", issuer="HOSPITAL", birth_date="19500101")
    arrive(centre, 5, study_date="20251123", birth_date="19990101")
    now = arrive(centre, 6, study_date="20261124")
    by_row = {study.id: study for study in list_studies(centre, "", 0, "")}
    assert last_time(centre, by_row[now]) == earlier
    assert last_time(centre, by_row[earlier]) is None
    known_there = arrive(centre, 7, study_date="20251124", issuer="HOSPITAL")
    assert last_time(centre, by_row[now]) == known_there, "the issuer left out, the birth date agrees"


def test_opening_is_audited_or_refused(centre: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = arrive(centre, 1)
    volumes = Volumes([Volume("MAG1", tmp_path, False)])
    shown = study_to_show(centre, volumes, DOCTOR, study=study)
    assert shown.paths == (tmp_path / "DICOM" / "1.dcm",) and shown.visit is None
    with centre.reading() as conn:
        (event,) = [event for event in audit.events(conn) if event.action == "study opened"]
    assert (event.who, event.patient, event.subject) == (DOCTOR.who, "|P00001", f"study {study}")

    def broken(*_: object, **__: object) -> int:
        raise LinkLost("centre")

    monkeypatch.setattr(find_study.audit, "write", broken)
    with pytest.raises(LinkLost):
        study_to_show(centre, volumes, DOCTOR, study=study)
    note_files_opened(centre, DOCTOR, "X1", 3)  # a CD is readable while the shared store is away


def test_what_is_not_there_or_not_in_reach_is_told(centre: Store) -> None:
    study = arrive(centre, 1)
    with pytest.raises(Fault) as said:
        study_to_show(centre, Volumes([]), DOCTOR, study=study)
    assert said.value.reference == "V503"
    for wanted in ({"study": 999}, {"visit": 999}, {}):
        with pytest.raises(Fault) as said:
            study_to_show(centre, Volumes([]), DOCTOR, **wanted)
        assert said.value.reference == "V404"
