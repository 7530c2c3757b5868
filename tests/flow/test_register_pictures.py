"""Pictures taken here reach the server once, whole, under the right name, whatever happens in between (S26)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pydicom import dcmread
from pydicom.encaps import generate_frames

from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.core.registering import RegisterSettings
from kiosk.core.taken import PictureSet, SetState, TakenPicture
from kiosk.devices.inbox.documents import DocumentFolder
from kiosk.dicom.nodes import Nodes
from kiosk.dicom.receive import StorageDoor
from kiosk.dicom.upper_layer import Listener
from kiosk.flow.crew import Crew
from kiosk.flow.hand_out import Later
from kiosk.flow.register_pictures import RegisterPictures, Writing
from kiosk.store import audit, findings, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.jobs import Job
from kiosk.store.spool import REGISTER, Spool
from kiosk.store.spool_tables import taken_pictures
from tests.dicom.peers import HANAKO, TARO, MemoryIntake, a_row, free_port, run
from tests.flow.sending_site import peer
from tests.needs import needs
from tests.store.samples import jpeg_bytes, row

Wait = Callable[..., Any]
ACTOR = Actor("es1", "佐藤")


def hints(taken: PictureSet, picture: TakenPicture) -> dict[str, str]:
    return {"BodyPartExamined": "ESOPHAGUS" if picture.part == "食道" else "STOMACH"}


class Pc:
    """The PC that took the pictures."""

    def __init__(self, folder: Path, centre: Store, own: Store) -> None:
        self.centre, self.own, self.folder = centre, own, folder
        self.spool = Spool(own, folder / "PICTURES", "es1", "capture")

    def take(self, count: int = 3, patient: Any = HANAKO, **changes: Any) -> PictureSet:
        taken = self.spool.open_set(a_row(patient, modality="ES", **changes), number="1001", by="佐藤")
        for at in range(count):
            self.spool.add(taken.id, jpeg_bytes(at), part="食道" if at == 0 else "胃体部")
        return taken

    def register(self, port: int = 1, kind: str = "ES", modality: str = "ES", **how: Any) -> RegisterPictures:
        told = RegisterSettings(port=port, own_ae_title="ES1", **how)
        return RegisterPictures(
            self.spool, self.centre, lambda: ACTOR, told, Writing(kind, modality, hints), "es1", self.folder
        )  # fmt: skip


@pytest.fixture
def pc(tmp_path: Path, centre_on_sqlite: Store, local: Store) -> Pc:
    return Pc(tmp_path, centre_on_sqlite, local)


def job(taken: PictureSet) -> Job:
    return Job(1, REGISTER, "capture", taken.id, {}, 1)


def test_the_jpeg_goes_as_it_is_under_the_worklists_identifiers(pc: Pc) -> None:
    taken = pc.take()
    with peer() as (port, server):
        pc.spool.close_set(taken.id)
        pc.register(port).do(job(taken))
    pictures = pc.spool.pictures(taken.id)
    assert set(server.stored) == {each.sop_uid for each in pictures} and all(each.sent_at for each in pictures)
    assert pc.spool.set_of(taken.id).state is SetState.REGISTERED
    for each in pictures:
        ds = dcmread(BytesIO(server.stored[each.sop_uid]))
        [frame] = generate_frames(ds.PixelData, number_of_frames=1)
        data = pc.spool.path_of(each).read_bytes()
        assert frame[: len(data)] == data and len(frame) - len(data) < 2
        assert ds.StudyInstanceUID == a_row().study_uid and ds.AccessionNumber == a_row().accession
        assert str(ds.PatientName).startswith("=髙橋^花子") or "髙橋^花子" in str(ds.PatientName)
        assert ds.InstanceNumber == each.number and ds.SeriesInstanceUID == taken.series_uid
        assert ds.ImageComments == each.part and ds.BurnedInAnnotation == "YES"
        assert ds.BodyPartExamined == ("ESOPHAGUS" if each.number == 1 else "STOMACH")
    with pc.centre.reading() as conn:
        assert "pictures registered" in audit.actions(conn)


def test_the_server_away_then_back(pc: Pc, crew: Crew, wait_until: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.flow import register_pictures

    monkeypatch.setattr(register_pictures, "PAUSES_S", (0.3,))
    taken = pc.take()
    port = free_port()
    pc.spool.close_set(taken.id)  # at once, with the server down
    ready = Event()
    pc.register(port).start(pc.own, crew, ready)
    Event().wait(0.3)
    assert pc.spool.waiting() == {taken.id: ""}  # not before what an interruption left is taken up
    ready.set()
    wait_until(lambda: pc.spool.waiting().get(taken.id, "").startswith("L"), what="it waits, and says why")
    held = MemoryIntake()
    listener = Listener("KIOSK", port, Nodes(accept_anyone=True), (StorageDoor(held),), host="127.0.0.1")
    try:
        wait_until(lambda: pc.spool.set_of(taken.id).state is SetState.REGISTERED, 20, "it goes out by itself")
    finally:
        listener.close()
    assert len(held.stored) == 3


def test_what_was_sent_before_is_sent_again_byte_for_byte(pc: Pc) -> None:
    """The answer was lost, or the power failed before it was written down."""
    taken = pc.take(1)
    sent: list[dict[str, bytes]] = []
    for _ in range(2):
        with peer() as (port, server):
            pc.register(port).do(job(taken))
            sent.append(dict(server.stored))
        with pc.own.writing() as conn:
            conn.execute(taken_pictures.update().values(sent_at=""))
    assert sent[0] == sent[1]


def test_a_refusal_is_told_and_the_rest_goes(pc: Pc) -> None:
    taken = pc.take()
    held = MemoryIntake(refuse=Refused("not_ours", "no"))
    with peer(held) as (port, _), pytest.raises(Fault) as why:
        pc.register(port).do(job(taken))
    assert why.value.reference == "K442"
    assert pc.spool.set_of(taken.id).state is SetState.OPEN and not any(
        each.sent_at for each in pc.spool.pictures(taken.id)
    )
    with pytest.raises(LinkLost):
        pc.register(1).do(job(taken))


def test_nobodys_pictures_are_not_sent(pc: Pc) -> None:
    taken = pc.spool.open_set(None)
    pc.spool.add(taken.id, jpeg_bytes(1))
    with peer() as (port, server), pytest.raises(Refused) as why:
        pc.register(port).do(job(taken))
    assert why.value.reference == "K440" and not server.stored


def test_without_a_server_they_stay_owed(pc: Pc) -> None:
    taken = pc.take(1)
    with pytest.raises(Refused) as why:
        pc.register(dicom=False).do(job(taken))
    assert why.value.reference == "K444" and pc.spool.set_of(taken.id).state is not SetState.REGISTERED


def test_undone_pictures_stay_here(pc: Pc) -> None:
    taken = pc.take(3)
    pc.spool.mark(taken.id, 2, deleted=True)
    with peer() as (port, server):
        pc.register(port).do(job(taken))
    assert len(server.stored) == 2


def test_as_files_into_the_gateways_inbox(pc: Pc, tmp_path: Path) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    taken = pc.take(2)
    way = pc.register(dicom=False, inbox=str(inbox))
    with pytest.raises(Later):
        way.do(job(taken))
    door = DocumentFolder(inbox)
    handed = door.look()
    assert [each.told["kind"] for each in handed] == ["FB", "FB"] and handed[0].told["patient_id"] == HANAKO.patient_id
    assert b"".join(handed[0].pieces()) == jpeg_bytes(0)
    assert handed[0].told["sha256"] == pc.spool.pictures(taken.id)[0].sha256
    door.acknowledge(handed[0], document=1)
    with pytest.raises(Later):
        way.do(job(taken))
    assert len(door.look()) == 1  # the other one is not put there twice
    door.refuse(handed[1], "no")
    with pytest.raises(Refused) as why:
        way.do(job(taken))
    assert why.value.reference == "K441"
    (inbox / f"{taken.id}-0002.jpg.ng").unlink()
    with pytest.raises(Later):
        way.do(job(taken))
    door.acknowledge(door.look()[0], document=2)
    way.do(job(taken))
    assert pc.spool.set_of(taken.id).state is SetState.REGISTERED and list(inbox.iterdir()) == []


def test_stars_lie_in_the_visits_tray(pc: Pc) -> None:
    with pc.centre.writing() as conn:
        visit = visits.take_visit(conn, row(), "list").visit
        step = next(step for _, step in visits.scheduled(conn, visit_ids=[visit]))
    taken = pc.take(2, study_uid=step.study_uid)
    pc.spool.mark(taken.id, 2, star=True)
    with peer() as (port, _):
        for _ in range(2):
            pc.register(port).do(job(taken))
    with pc.centre.reading() as conn:
        [key] = findings.tray(conn, visit)
        assert key.sop_uid == pc.spool.pictures(taken.id)[1].sop_uid and key.comment == "胃体部"
        assert findings.key_image_bytes(conn, key.id) == jpeg_bytes(1)


@needs("dciodvfy", "dcmdjpeg")
@pytest.mark.parametrize(("kind", "modality"), [("ES", "ES"), ("US", "US"), ("OT", "OT"), ("OT", "ES")])
@pytest.mark.parametrize("scheduled", [True, False], ids=["scheduled", "unscheduled"])
def test_objects_are_sound(pc: Pc, tmp_path: Path, kind: str, modality: str, scheduled: bool) -> None:
    changes = {} if scheduled else {"step_id": "", "accession": "", "requested_procedure_id": ""}
    taken = pc.take(2, TARO, **changes)
    clip = pc.spool.begin_clip(taken.id, facts={"fps": 15})
    for at in range(5):
        clip.write(jpeg_bytes(at), at / 15)
    clip.end()
    with peer() as (port, server):
        pc.register(port, kind, modality).do(job(taken))
    assert len(server.stored) == 3
    for uid, data in server.stored.items():
        path = tmp_path / f"{uid}.dcm"
        path.write_bytes(data)
        done = run("dciodvfy", path)
        assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")] == []
        assert run("dcmdjpeg", path, tmp_path / "plain.dcm").returncode == 0
    ds = dcmread(BytesIO(server.stored[pc.spool.pictures(taken.id)[2].sop_uid]))
    assert ds.NumberOfFrames == 5 and float(ds.FrameTime) > 60
    frames = list(generate_frames(ds.PixelData, number_of_frames=5))
    assert [each[: len(jpeg_bytes(at))] for at, each in enumerate(frames)] == [jpeg_bytes(at) for at in range(5)]


@needs("dciodvfy")
@pytest.mark.parametrize("side", ["R", "L"])
def test_a_paired_part_says_its_side(pc: Pc, tmp_path: Path, side: str) -> None:
    taken = pc.take(1, TARO)
    register = pc.register
    with peer() as (port, server):
        way = register(port, "US", "US")
        way._writing = replace(way._writing, hints=lambda t, p: {"BodyPartExamined": "BREAST", "Laterality": side})
        way.do(job(taken))
    [(uid, data)] = server.stored.items()
    path = tmp_path / f"{uid}.dcm"
    path.write_bytes(data)
    done = run("dciodvfy", path)
    assert [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("Error")] == []
    assert dcmread(path).Laterality == side
