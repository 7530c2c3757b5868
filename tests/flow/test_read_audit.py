"""Reading the audit table: found by patient, action and day, proven against what this PC remembers, exported."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from kiosk.core.faults import Fault, NoRoom, Refused
from kiosk.flow import read_audit
from kiosk.flow.answers import Stopped
from kiosk.flow.read_audit import ReadAudit
from kiosk.store import audit, staff
from kiosk.store.audit import Actor, Asked
from kiosk.store.engine import Store

BOSS = Actor("見本 花子", "admin", "maint-1")


def nothing(part: float) -> None:
    pass


@pytest.fixture
def reader(centre: Store, local: Store) -> ReadAudit:
    with centre.writing() as conn:
        staff.add_person(conn, name=BOSS.who, role="admin", pin="2468")
    return ReadAudit(centre, local, lambda: BOSS)


def note(centre: Store, action: str = "check in", patient: str = "|P00001", **detail: Any) -> None:
    with centre.writing() as conn:
        audit.write(conn, Actor("例示 一郎", "nurse", "r1"), action, patient=patient, **detail)


def cut_off(centre: Store, seq: int) -> None:
    """Delete the audit rows from ``seq`` on, as somebody would who owns the database."""
    with centre.writing() as conn:
        if centre.is_sqlite:
            conn.execute(sa.text("DROP TRIGGER IF EXISTS audit_no_delete"))
        else:
            conn.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER ALL"))
        conn.execute(sa.text(f"DELETE FROM audit WHERE seq >= {seq}"))


def test_a_patient_is_found_whoever_issued_the_id(centre: Store, reader: ReadAudit) -> None:
    for patient in ("|P1", "HOSP|P1", "P1", "|P11", "|XP1", "|P%", "P1|P2"):
        note(centre, patient=patient)
    found, total = reader.search(Asked(patient_id="P1"), 10)
    assert [event.patient for event in found] == ["P1", "HOSP|P1", "|P1"] and total == 3
    assert [event.patient for event in reader.search(Asked(patient_id="P%"), 10)[0]] == ["|P%"]


def test_days_and_actions_narrow_the_search(centre: Store, reader: ReadAudit) -> None:
    note(centre, "login")
    note(centre, "check in")
    today = audit.now_text()[:10]
    assert len(reader.search(Asked(since=today, until=today), 10)[0]) == 2
    assert [event.action for event in reader.search(Asked(action="login"), 10)[0]] == ["login"]
    assert reader.search(Asked(since="2999-01-01"), 10) == ([], 0)
    assert reader.search(Asked(until="2001-01-01"), 10) == ([], 0)
    found, total = reader.search(Asked(), 2)
    assert len(found) == 2 and total == 6
    assert reader.actions() == ["audit read", "check in", "login"]


def test_the_chain_is_proven_and_its_end_remembered(centre: Store, reader: ReadAudit) -> None:
    for _ in range(3):
        note(centre)
    parts: list[float] = []
    assert reader.prove(parts.append) == read_audit.Proof(3)
    assert reader.prove(nothing).rows == 4, "the proof itself was written down"


def test_rows_cut_off_at_the_end_are_found_by_what_this_pc_remembers(centre: Store, reader: ReadAudit) -> None:
    for _ in range(5):
        note(centre)
    assert reader.prove(nothing).wrong == ()
    cut_off(centre, 4)
    with centre.reading() as conn:
        assert audit.verify(conn) == [], "the chain alone does not tell"
    note(centre)
    note(centre)
    assert any("row 5" in line for line in reader.prove(nothing).wrong)


def test_rows_that_went_with_a_restore_are_explained_by_it(centre: Store, reader: ReadAudit) -> None:
    for _ in range(5):
        note(centre)
    assert reader.prove(nothing).wrong == ()
    cut_off(centre, 4)
    with centre.writing() as conn:
        audit.write(conn, BOSS, "restored", subject="centre")
    assert reader.prove(nothing).wrong == ()
    note(centre)
    assert reader.prove(nothing).wrong == ()
    cut_off(centre, 6)
    assert reader.prove(nothing).wrong, "a restore explains no loss that comes after it"


def test_a_proof_that_is_stopped_ends_at_once(
    centre: Store, reader: ReadAudit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(audit, "FETCHED", 2)
    for _ in range(5):
        note(centre)

    def stop(part: float) -> None:
        raise Stopped

    with pytest.raises(Stopped):
        reader.prove(stop)
    note(centre)  # the store is free again


def test_the_export_is_what_excel_reads_and_calculates_nothing(
    centre: Store, reader: ReadAudit, tmp_path: Path
) -> None:
    for remark in ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "＝1", 'say "hi", please', "一行目\n二行目"):
        note(centre, patient=remark)
    note(centre, "login")
    path = reader.export(Asked(action="check in"), tmp_path / "EXPORT", nothing)
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf") and data.endswith(b"\r\n")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[0][:2] == ["No.", "Date and time"] and len(rows) == 9
    assert [row[6] for row in rows[1:]] == [
        "'=1+1", "'+1", "'-1", "'@SUM(A1)", "'\tx", "'＝1", 'say "hi", please', "一行目\n二行目",
    ]  # fmt: skip
    with centre.reading() as conn:
        event = audit.events(conn, limit=1)[0]
    assert (event.action, event.who) == ("audit exported", BOSS.who) and '"rows": 8' in event.detail


def test_only_the_person_in_charge_exports(centre: Store, local: Store, reader: ReadAudit, tmp_path: Path) -> None:
    note(centre)
    nurse = ReadAudit(centre, local, lambda: Actor("例示 一郎", "nurse", "r1"))
    with pytest.raises(Refused):
        nurse.export(Asked(), tmp_path / "EXPORT", nothing)
    assert not (tmp_path / "EXPORT").exists()


def test_a_full_disk_leaves_no_half_file(reader: ReadAudit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(read_audit.os, "fsync", full)
    with pytest.raises(NoRoom):
        reader.export(Asked(), tmp_path / "EXPORT", nothing)
    assert list((tmp_path / "EXPORT").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_a_sentence(reader: ReadAudit, tmp_path: Path) -> None:
    (tmp_path / "EXPORT").write_text("a file stands where the folder should be")
    with pytest.raises(Fault) as told:
        reader.export(Asked(), tmp_path / "EXPORT", nothing)
    assert told.value.reference == "D403"
