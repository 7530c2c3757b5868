"""What is made here of pictures is safe on this PC first, and reaches the server whenever that is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import LinkLost, Refused
from kiosk.core.presentation import Look, State, key_frames
from kiosk.dicom.decode_child import stamp_of
from kiosk.flow.crew import Crew
from kiosk.flow.keep_states import Shot, keep_key_object, keep_state, read_beside
from kiosk.flow.put_objects import PUT, PutObjects, Server
from kiosk.store import audit
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.jobs import Job
from tests.dicom.peers import free_port, run
from tests.dicom.test_presentation_state import a_picture
from tests.flow.sending_site import peer
from tests.needs import needs

WHO = Actor("見本 次郎", "doctor", "v1")


def putting(folder: Path, own: Store, port: int) -> PutObjects:
    return PutObjects(folder / "objects", own, "v1", Server("127.0.0.1", port), lambda: None)


@needs("dciodvfy")
def test_it_waits_for_the_server_and_is_found_meanwhile(
    centre_on_sqlite: Store, local: Store, tmp_path: Path, crew: Crew, wait_until: Any
) -> None:
    picture = a_picture(tmp_path)
    port = free_port()
    put = putting(tmp_path, local, port)
    shot = Shot(picture, stamp_of(picture), 1)
    state = keep_state(put, centre_on_sqlite, WHO, "v1", shot, State("", "AS_SEEN", "計測", common=Look()), None, 1.0)
    chosen = keep_key_object(put, WHO, "v1", shot)
    [study] = [each.name for each in (tmp_path / "objects").iterdir()]
    waiting = put.waiting(study)
    assert [modality for modality, _ in waiting] == ["KO", "PR"]
    for _, path in waiting:
        assert not [line for line in run("dciodvfy", path).stderr.splitlines() if line.startswith("Error")]
    with pytest.raises(LinkLost):
        put.do(Job(1, PUT, "viewer", waiting[0][1].stem, {"study": study}, 1))
    beside = read_beside(waiting)
    assert beside.states[0].sop_uid == state.sop_uid and beside.states[0].creator == "見本 次郎"
    assert key_frames(beside.selections) == key_frames([chosen]) == {(state.pictures[0].sop_uid, 0)}
    with centre_on_sqlite.reading() as conn:
        assert [each.action for each in audit.events(conn)] == ["presentation state saved"]

    with peer() as (port, server):  # the program is started again, and the server is there
        putting(tmp_path, local, port).start(crew)
        wait_until(lambda: not put.waiting(study), 20)
        assert set(server.stored) == {state.sop_uid, chosen.sop_uid}


def test_a_picture_that_was_exchanged_is_refused(local: Store, centre_on_sqlite: Store, tmp_path: Path) -> None:
    picture = a_picture(tmp_path)
    put = putting(tmp_path, local, 1)
    with pytest.raises(Exception, match="Another file"):
        keep_key_object(put, WHO, "v1", Shot(picture, "1-1", 1))
    put = PutObjects(tmp_path / "objects", local, "v1", Server(), lambda: None)
    keep_key_object(put, WHO, "v1", Shot(picture, "", 1))
    [path] = (tmp_path / "objects").glob("*/*.dcm")
    with pytest.raises(Refused, match="server"):
        put.do(Job(1, PUT, "viewer", path.stem, {"study": path.parent.name}, 1))
    assert path.exists(), "it stays until somebody takes it"


def test_damaged_files_beside_the_pictures_are_counted(tmp_path: Path) -> None:
    broken, missing = tmp_path / "broken.dcm", tmp_path / "gone.dcm"
    broken.write_bytes(b"no DICOM at all" * 20)
    found = read_beside([("PR", broken), ("KO", broken), ("PR", missing)])
    assert (found.states, found.selections, found.unread) == ((), (), 2)
