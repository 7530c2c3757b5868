"""Documents come in whole, once, with their title, and their sender is told only when they are safe."""

from __future__ import annotations

import json
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.document import document_facts
from kiosk.core.faults import Fault, Refused
from kiosk.devices.inbox.documents import DocumentFolder
from kiosk.flow.crew import Crew
from kiosk.flow.keep_twice import COPY_DOCUMENT
from kiosk.flow.take_documents import TakeDocuments
from kiosk.store import documents, jobs, visits
from kiosk.store.engine import Store
from kiosk.store.jobs import Job
from kiosk.store.volume import sha256_of
from tests.flow.disks import Disks
from tests.store.samples import DAY, row

PDF = b"%PDF-1.7\n" + bytes(3000)
STOP = threading.Event()


class Counter:
    """The station that hands documents over, the inbox, and the disks behind it."""

    def __init__(self, folder: Path, disks: Disks) -> None:
        self.inbox, self.disks = folder / "INBOX", disks
        self.inbox.mkdir()
        self.clock = 0.0
        door = DocumentFolder(self.inbox, clock=lambda: self.clock)
        self.take = TakeDocuments(disks.centre, disks.volumes, door, disks.actor, today=lambda: date(2026, 11, 25))

    def hand(self, name: str = "result.pdf", data: bytes = PDF, **told: Any) -> None:
        (self.inbox / name).write_bytes(data)
        facts = {"kind": "DC", "title": "健診結果", "patient_id": "P00001", "day": "20261124", **told}
        (self.inbox / f"{name}.json").write_text(json.dumps(facts), encoding="utf-8")

    def look(self) -> int:
        return self.take.look(STOP)

    def names(self) -> list[str]:
        return sorted(each.name for each in self.inbox.iterdir())

    def stored(self, patient_id: str = "P00001") -> list[documents.StoredDocument]:
        with self.disks.centre.reading() as conn:
            return documents.documents_of(conn, patient_id)


@pytest.fixture
def counter(tmp_path: Path, centre: Store, local: Store, crew: Crew) -> Counter:
    return Counter(tmp_path, Disks(tmp_path / "disks", centre, local, crew))


def test_a_document_lies_on_the_image_server_with_its_title(counter: Counter) -> None:
    with counter.disks.centre.writing() as conn:
        visit = visits.take_visit(conn, row(1), "list").visit
    counter.hand()
    assert counter.look() == 1
    [stored] = counter.stored()
    assert (stored.kind, stored.name, stored.title, stored.day) == ("DC", "result.pdf", "健診結果", "2026-11-24")
    [(volume, path)] = stored.places
    assert volume == "MAG2" and path.startswith("IMAGE/DC/20261124/DC-P00001/")
    assert counter.disks[volume].file(path).read_bytes() == PDF
    assert counter.names() == ["result.pdf.ok"]
    answer = json.loads((counter.inbox / "result.pdf.ok").read_text())
    assert answer == {"document": stored.id, "sha256": stored.sha256}
    with counter.disks.centre.reading() as conn:
        assert jobs.waiting(conn, "gateway", COPY_DOCUMENT) == {"primary": 1, "mirror": 1}
        found = conn.execute(documents.documents.select()).one()
    assert found.visit == visit and row(1).key.day == DAY


def test_handed_over_twice_it_is_stored_once(counter: Counter) -> None:
    counter.hand()
    counter.look()
    counter.hand("again.pdf")
    assert counter.look() == 1
    assert len(counter.stored()) == 1 and counter.names() == ["again.pdf.ok", "result.pdf.ok"]
    assert not any((counter.disks["MAG2"].root / "incoming").iterdir())


def test_without_its_sidecar_it_waits(counter: Counter) -> None:
    (counter.inbox / "result.pdf").write_bytes(PDF)
    (counter.inbox / "other.pdf.json").write_text("{}")
    assert counter.look() == 0 and counter.names() == ["other.pdf.json", "result.pdf"]
    (counter.inbox / "result.pdf.json").write_text('{"kind": "D')  # half written
    assert counter.look() == 0 and "result.pdf.json" in counter.names()
    counter.hand()
    assert counter.look() == 1


def test_what_makes_no_sense_is_refused_with_the_reason_and_stays(counter: Counter) -> None:
    counter.hand("a.pdf", b"GIF89a")
    counter.hand("b.exe", b"MZ")
    counter.hand("c.pdf", kind="XX")
    counter.hand("d.pdf", sha256="0" * 64)
    counter.hand("e.pdf", day="20261399")
    (counter.inbox / "f.pdf").write_bytes(PDF)
    (counter.inbox / "f.pdf.json").write_text("no JSON")
    counter.look()
    counter.clock = 10.0
    assert counter.look() == 0 and counter.stored() == []
    kept = ["a.pdf", "b.exe", "c.pdf", "d.pdf", "e.pdf", "f.pdf"]
    assert counter.names() == sorted([*kept, *(f"{name}.ng" for name in kept)])
    why = json.loads((counter.inbox / "a.pdf.ng").read_text(encoding="utf-8"))["why"]
    assert "content" in why
    counter.hand("a.pdf")  # corrected
    assert counter.look() == 1 and "a.pdf.ng" not in counter.names()


def test_a_crash_before_the_answer_is_answered_the_next_time(counter: Counter, monkeypatch: pytest.MonkeyPatch) -> None:
    counter.hand()
    monkeypatch.setattr(DocumentFolder, "acknowledge", _broken)
    with pytest.raises(RuntimeError):
        counter.look()
    assert counter.names() == ["result.pdf", "result.pdf.json"]
    monkeypatch.undo()
    assert counter.look() == 1
    assert len(counter.stored()) == 1 and counter.names() == ["result.pdf.ok"]


def _broken(*args: Any, **values: Any) -> None:
    raise RuntimeError("power cut")


def test_a_full_or_missing_disk_leaves_it_in_the_inbox(counter: Counter) -> None:
    counter.hand()
    for each in counter.disks.volumes:
        each.room.full()
        each.room.watched = True
    with pytest.raises(Fault):
        counter.look()
    assert counter.names() == ["result.pdf", "result.pdf.json"]


def test_documents_are_kept_twice_too(counter: Counter) -> None:
    counter.hand()
    counter.look()
    [stored] = counter.stored()
    for role in ("primary", "mirror"):
        counter.disks.twice.copy_document(Job(0, COPY_DOCUMENT, role, stored.sha256, {}, 1))
    [stored] = counter.stored()
    assert [volume for volume, _ in stored.places] == ["MAG2", "BUP"]
    for volume, path in stored.places:
        assert sha256_of(counter.disks[volume].file(path)) == stored.sha256
    with counter.disks.centre.reading() as conn:
        assert [each.volume for each in documents.documents_after(conn, 0, limit=9)] == ["MAG2", "BUP"]


def test_a_document_whose_file_was_lost_is_stored_anew(counter: Counter) -> None:
    counter.hand()
    counter.look()
    [(volume, path)] = counter.stored()[0].places
    counter.disks[volume].file(path).unlink()
    counter.hand()
    assert counter.look() == 1 and counter.disks[volume].file(path).read_bytes() == PDF


@pytest.mark.parametrize("told", [[], "x", None, {"kind": "CR"}])
def test_sidecars_of_any_shape(told: Any) -> None:
    name = "x.txt" if isinstance(told, dict) else "x.pdf"
    with pytest.raises(Refused):
        document_facts(name, told)
