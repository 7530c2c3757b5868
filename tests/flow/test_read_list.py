"""From the inbox into visits: only complete lists, each row once, nothing lost wherever it is cut short."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault, Refused
from kiosk.core.visit import VisitState
from kiosk.devices.inbox.simulator import list_bytes, sample_rows
from kiosk.flow.read_list import ReadList
from kiosk.store import audit, lists, masters, notices, open_by, visits
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store
from tests.flow.reading_desk import DAY, NAME, SETTINGS, Reception
from tests.store.samples import facts


@pytest.fixture
def reception(centre: Store, tmp_path: Path) -> Reception:
    return Reception(centre, tmp_path)


def test_the_list_is_read_when_the_lok_stands_and_only_then(reception: Reception) -> None:
    data = list_bytes(sample_rows(DAY, 10))
    reception.system.appear(NAME)
    assert reception.look() == []
    reception.system.grow(NAME, data[:500])
    assert reception.look() == []
    reception.system.grow(NAME, data[500:])
    assert reception.look() == [] and reception.day() == []
    reception.system.finish(NAME)
    (news,) = reception.look()
    assert (news.rows, news.added, news.problems, news.fault) == (10, 10, 0, None)
    assert len(reception.day()) == 10
    assert not (reception.folder / "1124_yoyaku.lok").exists() and not (reception.folder / NAME).exists()
    assert (reception.folder / "done" / "20261124" / NAME).read_bytes() == data


def test_what_a_row_becomes(reception: Reception) -> None:
    reception.read(sample_rows(DAY, 10))
    found = {visit.key.number: visit for visit in reception.day()}
    yoshida = found["20261124-004"]
    assert yoshida.patient.kanji == "𠮷田 香" and yoshida.patient.kana == "ヨシダ カオリ"
    assert (yoshida.patient.issuer, yoshida.patient.patient_id) == ("C", "90000004")
    assert yoshida.patient.romaji == "YOSHIDA KAORI" and yoshida.patient.birth_date == date(1984, 11, 30)
    assert [step.exam.code for step in yoshida.steps if step.exam.gives_images] == ["CHEST", "FUNDUS", "ECG"]
    assert "GASTRO" in [step.exam.code for step in found["20261124-005"].steps]  # an option changed the course
    assert found["20261124-002"].remark == "抗凝固薬"


def test_the_same_list_twice_changes_nothing(reception: Reception) -> None:
    rows = sample_rows(DAY, 10)
    reception.read(rows)
    before = reception.day()
    with reception.centre.reading() as conn:
        events, told = len(audit.events(conn)), notices.newest(conn)
    news = reception.read(rows)
    assert news.again and reception.day() == before
    with reception.centre.reading() as conn:
        assert len(audit.events(conn)) == events and notices.newest(conn) == told
        assert len(lists.recent_files(conn)) == 1
    assert not (reception.folder / NAME).exists()


def test_a_changed_row_updates_a_new_one_comes_a_vanished_one_is_flagged_and_comes_back(reception: Reception) -> None:
    rows = sample_rows(DAY, 6)
    reception.read(rows)
    before = {visit.key.number: visit for visit in reception.day()}
    changed = [list(row) for row in rows[1:]] + sample_rows(DAY, 1, first=50)
    changed[0][2] = "11:45"
    changed[-1][3] = "91000000"
    news = reception.read(changed)
    assert (news.rows, news.added, news.changed, news.vanished) == (6, 1, 1, 1)
    after = {visit.key.number: visit for visit in reception.day()}
    assert len(after) == 7  # nothing is deleted
    assert [number for number, visit in after.items() if visit.vanished] == ["20261124-001"]
    moved = after["20261124-002"]
    assert moved.at is not None and moved.at.strftime("%H:%M") == "11:45"
    assert [step.study_uid for step in moved.steps] == [step.study_uid for step in before["20261124-002"].steps]
    news = reception.read(rows)
    assert [visit.key.number for visit in reception.day() if visit.vanished] == ["20261124-050"]


def test_days_that_the_list_does_not_cover_are_left_alone(reception: Reception) -> None:
    other = date(2026, 11, 25)
    reception.read(sample_rows(DAY, 3))
    assert reception.read(sample_rows(other, 2)).vanished == 0
    assert not any(visit.vanished for visit in reception.day())


def test_bad_rows_are_told_by_line_and_the_others_go_in(reception: Reception) -> None:
    rows = sample_rows(DAY, 6)
    rows[1][1] = "2026/2/30"
    rows[3][3] = ""
    rows[4][7] = "平成50年1月1日"
    rows[5][9:11] = ["ZZ", "なぞのコース"]
    news = reception.read(rows)
    assert (news.rows, news.added, news.problems) == (6, 4, 5)
    assert reception.problems(news.file) == [
        "0: 1 rows do not tell whose they are; so no one was marked as missing from the list.",
        "3: Day of the visit: “2026/2/30” is not in the calendar.",
        "5: The examinee's ID is missing.",
        "6: Birth date: “平成50年1月1日”: the era 平成 had no such year.",
        "7: The course “ZZ” is not in the course master.",
    ]


def test_a_row_that_became_unreadable_does_not_make_its_visit_vanish(reception: Reception) -> None:
    rows = sample_rows(DAY, 3)
    reception.read(rows)
    rows[1][3] = ""
    rows[2][13] = "x"
    news = reception.read(rows)
    assert news.vanished == 0 and news.problems == 1
    assert not any(visit.vanished for visit in reception.day())


def test_rows_that_do_not_tell_whose_they_are_keep_everybody_from_vanishing(reception: Reception) -> None:
    rows = sample_rows(DAY, 3)
    reception.read(rows)
    rows[1][1] = "?"
    news = reception.read(rows)
    assert news.vanished == 0 and "no one was marked" in reception.problems(news.file)[0]


def test_an_id_that_is_known_as_somebody_else_is_refused(reception: Reception) -> None:
    reception.read(sample_rows(DAY, 2))
    rows = sample_rows(date(2026, 11, 25), 2)
    rows[0][3] = "90000002"  # 見本 太郎 under the ID of 髙橋 花子
    rows[1][3] = "90000003"
    news = reception.read(rows)
    assert news.added == 1
    assert "90000002 is known here as another person" in reception.problems(news.file)[0]
    assert reception.day()[1].patient.kanji == "髙橋 花子"


def test_a_row_that_ends_before_the_course_takes_no_examination_away(reception: Reception) -> None:
    rows = sample_rows(DAY, 2)
    reception.read(rows)
    before = reception.day()
    rows[1] = rows[1][:8]
    news = reception.read(rows)
    assert (news.changed, news.vanished) == (0, 0)
    assert "stays as it was" in reception.problems(news.file)[-1]
    assert reception.day() == before and before[1].steps


def test_one_id_for_two_people_in_one_list_is_told_and_the_first_one_stays(reception: Reception) -> None:
    rows = sample_rows(DAY, 2)
    rows[1][3] = rows[0][3]
    news = reception.read(rows)
    assert (news.rows, news.added, news.problems) == (2, 1, 1)
    assert reception.problems(news.file) == [
        "3: ID 90000001 is known here as another person (born 1978-04-12, the list says 1971-07-03); ask which ID is"
        " right. This row was left out."
    ]
    (visit,) = reception.day()
    assert (visit.patient.kanji, visit.patient.sex) == ("見本 太郎", "M")


def test_a_bare_row_of_the_same_list_wipes_nothing_out(reception: Reception) -> None:
    rows = sample_rows(DAY, 2)
    rows[1][3:8] = [rows[0][3], rows[0][4], "", "", ""]
    assert reception.read(rows).problems == 0
    for visit in reception.day():
        assert (visit.patient.kanji, visit.patient.sex) == ("見本 太郎", "M")
        assert visit.patient.birth_date == date(1978, 4, 12)


def test_a_corrected_birth_date_is_told_and_taken(reception: Reception) -> None:
    rows = sample_rows(DAY, 1)
    reception.read(rows)
    rows[0][7] = "S53.4.13"
    news = reception.read(rows)
    assert news.changed == 1 and "1978-04-12" in reception.problems(news.file)[0]
    assert reception.day()[0].patient.birth_date == date(1978, 4, 13)


def test_a_number_of_somebody_who_is_here_does_not_change_hands(reception: Reception) -> None:
    rows = sample_rows(DAY, 2)
    reception.read(rows)
    with reception.centre.writing() as conn:
        first = visits.day_visits(conn, DAY)[0]
        visits.set_state(conn, first.id, VisitState.ARRIVED, arrived_at="2026-11-24T08:31:00")
    for row in rows:
        row[3:8] = ["95555555", "ﾚｲｼﾞ ｼﾞﾛｳ", "例示 次郎", "1", "S40.1.1"]
    news = reception.read(rows)
    assert [visit.patient.patient_id for visit in reception.day()] == ["90000001", "95555555"]
    told = reception.problems(news.file)
    assert "who is already here" in told[0] and "belonged to ID 90000002" in told[1] and news.vanished == 0


def test_an_examination_with_images_stays_when_the_options_change(reception: Reception) -> None:
    from kiosk.core.course import arrived_views
    from kiosk.store.image_index import index_image

    rows = sample_rows(DAY, 1)
    reception.read(rows)
    step = next(step for step in reception.day()[0].steps if step.exam.code == "CHEST")
    with reception.centre.writing() as conn:
        index_image(
            conn, facts(study_uid=step.study_uid, patient_id="90000001", birth_date=""), volume="MAG1", path="a",
            size=1, sha256="0" * 64, arrived_views=arrived_views,
        )  # fmt: skip
    rows[0][9:11] = ["W", "婦人科"]
    reception.read(rows)
    left = [each.exam.code for each in reception.day()[0].steps if each.exam.gives_images]
    assert left == ["CHEST", "MAMMO", "BREAST", "GYNE"]


def test_a_new_master_changes_the_visits_of_the_same_list(reception: Reception) -> None:
    rows = sample_rows(DAY, 1)
    reception.read(rows)
    with reception.centre.writing() as conn:
        body = masters.master(conn, "courses")
        body["course"][0]["examinations"] = ["CHEST", "BLOOD"]
        masters.write_master(conn, "courses", body)
    assert reception.read(rows).changed == 1
    assert [step.exam.code for step in reception.day()[0].steps] == ["CHEST", "BLOOD"]


def test_a_file_that_is_no_list_is_told_once_and_stays(reception: Reception) -> None:
    reception.system.deliver(NAME, "番号,日付\r\n1,2\r\n".encode("cp932"))
    (news,) = reception.look()
    assert news.fault is not None and "健診番号" in news.fault.told()
    assert "健診番号" in reception.problems(news.file)[0]
    assert reception.look() == [] and (reception.folder / "1124_yoyaku.lok").exists()
    again = Reception(reception.centre, reception.folder.parent)  # the station starts anew
    (news,) = again.look()
    assert news.again and again.look() == []
    with reception.centre.reading() as conn:
        assert len(lists.recent_files(conn)) == 1
    # Corrected settings are worth another try.
    columns = replace(SETTINGS.columns, number=("番号",), day=("日付",), patient_id=("番号",), kanji=("番号",))
    told = Reception(reception.centre, reception.folder.parent, replace(SETTINGS, columns=columns)).look()
    assert told and not told[0].again


def test_a_list_without_rows_makes_nobody_vanish(reception: Reception) -> None:
    reception.read(sample_rows(DAY, 2))
    news = reception.read([])
    assert news.rows == 0 and "no examinees" in reception.problems(news.file)[0]
    assert not any(visit.vanished for visit in reception.day())


def test_it_is_told_in_audit_and_notices(reception: Reception) -> None:
    news = reception.read(sample_rows(DAY, 3))
    with reception.centre.reading() as conn:
        (event,) = audit.events(conn, action="list read")
        told = notices.after(conn, 0)
        assert audit.verify(conn) == []
    assert event.station == "desk-1" and '"added": 3' in event.detail
    assert [(each.kind, each.ids["file"], each.ids["days"]) for each in told] == [
        ("visits", news.file, [DAY.isoformat()])
    ]


def test_only_one_station_reads(reception: Reception, tmp_path: Path) -> None:
    with reception.centre.writing() as conn:
        open_by.hold(conn, "reservation list", by="system", station="desk-2", for_s=60)
    reception.system.deliver(NAME, list_bytes(sample_rows(DAY, 1)))
    with pytest.raises(Refused, match="reading"):
        reception.look()
    assert reception.day() == [] and (reception.folder / NAME).exists()


def test_a_replaced_list_is_read_as_what_replaced_it(reception: Reception) -> None:
    reception.system.deliver(NAME, list_bytes(sample_rows(DAY, 3)))
    reception.reader.look()
    reception.now_s += 3
    fetch = reception.reader._inbox.fetch

    def replaced_meanwhile(delivery: Any, to: Path) -> str:
        reception.system.deliver(NAME, list_bytes(sample_rows(DAY, 5)))
        reception.reader._inbox.fetch = fetch  # type: ignore[method-assign]
        return fetch(delivery, to)

    reception.reader._inbox.fetch = replaced_meanwhile  # type: ignore[method-assign]
    assert reception.reader.look() == [] and reception.day() == []
    (news,) = reception.look()
    assert news.rows == 5


def test_a_stop_in_between_leaves_the_list_to_be_read_again(
    reception: Reception, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kiosk.flow.read_list.BATCH", 2)
    stop = threading.Event()
    take = ReadList._take_batch

    def take_and_stop(*args: Any) -> None:
        take(*args)
        stop.set()

    reception.system.deliver(NAME, list_bytes(sample_rows(DAY, 6)))
    reception.reader.look()
    reception.now_s += 3
    monkeypatch.setattr(ReadList, "_take_batch", take_and_stop)
    assert reception.reader.look(stop) == []
    assert len(reception.day()) == 2 and (reception.folder / "1124_yoyaku.lok").exists()
    monkeypatch.setattr(ReadList, "_take_batch", take)
    (news,) = reception.reader.look()
    assert (news.rows, news.added) == (6, 4) and len(reception.day()) == 6
    with reception.centre.reading() as conn:
        assert len(lists.recent_files(conn)) == 1


def test_a_crash_after_the_lok_was_taken_is_tidied_up(reception: Reception) -> None:
    rows = sample_rows(DAY, 2)
    reception.read(rows)
    (reception.folder / NAME).write_bytes(list_bytes(rows))  # as if the move had not happened
    (reception.folder / "other.csv").write_bytes(list_bytes(rows))
    Reception(reception.centre, reception.folder.parent).reader.look()
    assert sorted(path.name for path in reception.folder.iterdir()) == ["done", "other.csv"]


def test_a_store_that_is_away_is_a_fault_and_nothing_is_lost(tmp_path: Path) -> None:
    away = Reception(centre_store("postgresql+psycopg://nobody@127.0.0.1:9/none", tmp_path), tmp_path)
    away.system.deliver(NAME, list_bytes(sample_rows(DAY, 1)))
    with pytest.raises(Fault):
        away.look()
    assert (away.folder / NAME).exists() and (away.folder / "1124_yoyaku.lok").exists()
