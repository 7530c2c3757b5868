"""The one way in survives: bytes safe on disk, then the index, then the answer; nothing half-done stays."""

from __future__ import annotations

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault, LinkLost, NoRoom
from kiosk.flow import intake as intake_room
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Incoming, Intake, Outcome
from kiosk.store import audit, jobs, notices
from kiosk.store.engine import Store
from kiosk.store.volume import Volume
from kiosk.store.writer import GroupWriter
from tests.flow.arrivals import BYTES, files, indexed, take
from tests.needs import needs
from tests.store.samples import facts


# -- the order that survives a power cut ------------------------------------------------------------------------------
def test_bytes_name_and_folder_are_synced_before_the_index_is_written(
    centre: Store, intake: Intake, volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    fsync, replace, index = os.fsync, os.replace, intake_room.image_index.index_images

    def noting_fsync(handle: int) -> None:
        path = Path(os.readlink(f"/proc/self/fd/{handle}"))
        order.append("sync folder" if path.is_dir() else "sync bytes")
        fsync(handle)

    def noting_replace(source: Any, target: Any) -> None:
        order.append("rename")
        replace(source, target)

    def noting_index(*args: Any, **kwargs: Any) -> Any:
        order.append("index")
        return index(*args, **kwargs)

    take(intake, b"first", "1.2.3.4.0")  # its folders are made
    monkeypatch.setattr(os, "fsync", noting_fsync)
    monkeypatch.setattr(os, "replace", noting_replace)
    monkeypatch.setattr(intake_room.image_index, "index_images", noting_index)
    take(intake)
    assert order == ["sync bytes", "rename", "sync folder", "index"]
    order.clear()
    take(intake, b"new", "1.7.1", study_uid="1.7", study_date="20261101")
    assert order.index("index") == len(order) - 1, "new folders are made safe in their parents before, too"
    assert order.count("sync folder") >= 3


CHILD = """
import sys
from pathlib import Path
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake
from kiosk.store.audit import Actor
from kiosk.store.opening import centre_store
from kiosk.store.volume import Volume
from kiosk.store.writer import GroupWriter
from tests.store.samples import facts
folder = Path(sys.argv[1])
store, crew, volume = centre_store("", folder), Crew(), Volume("MAG1", folder / "MAG1", True)
volume.prepare()
intake = Intake(store, lambda: volume, GroupWriter(store, crew.start), Actor(station="g"))
for number in (1, 2):
    incoming = intake.begin("test")
    incoming.write(b"picture" * 1000)
    incoming.settle(facts(f"1.2.{number}"))
    sys.stdout.write(f"ACKNOWLEDGED {number}\\n")
    sys.stdout.flush()
crew.close()
"""


@needs("strace")
def test_the_system_is_asked_in_that_order(tmp_path: Path) -> None:
    """What Python says it does is what the kernel is asked to do: seen from outside, for the second image."""
    calls = "trace=fsync,fdatasync,rename,write,pwrite64"
    trace = tmp_path / "trace.txt"
    strace = ["strace", "-f", "-y", "-qq", "-e", calls, "-o", str(trace)]
    done = subprocess.run([*strace, sys.executable, "-c", CHILD, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    lines = trace.read_text(errors="replace").splitlines()
    begin, end = (next(at for at, line in enumerate(lines) if f"ACKNOWLEDGED {n}" in line) for n in (1, 2))
    # Which calls, in order: bytes synced, renamed, folder synced, the write-ahead log synced, answered.
    shape = []
    for line in lines[begin + 1 : end]:
        if re.search(r"f(data)?sync\(\d+<[^>]*\.part>", line):
            shape.append("bytes")
        elif "rename(" in line and ".part" in line:
            shape.append("rename")
        elif re.search(r"f(data)?sync\(\d+<[^>]*/DICOM/[^>]*>", line):
            shape.append("folder")
        elif re.search(r"f(data)?sync\(\d+<[^>]*centre\.sqlite-wal>", line):
            shape.append("index")
    assert shape[:4] == ["bytes", "rename", "folder", "index"] and set(shape[4:]) <= {"index"}, shape


# -- what goes wrong -------------------------------------------------------------------------------------------------
class Full:
    """A file on a disk that has room for so many bytes more."""

    def __init__(self, handle: Any, room: int) -> None:
        self._handle, self._room = handle, room

    def write(self, piece: Any) -> int:
        if self._room == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        taken = min(len(piece), self._room)  # the last call that finds room writes what fits and says how much
        self._room -= taken
        return int(self._handle.write(memoryview(piece)[:taken]))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._handle, name)


@pytest.mark.parametrize("room", [0, 1, 999, 1500, len(BYTES) - 1])
def test_a_disk_that_fills_up_stores_nothing_and_goes_on_when_there_is_room(
    centre: Store, intake: Intake, volume: Volume, room: int
) -> None:
    incoming = intake.begin("test")
    incoming._arriving._handle = Full(incoming._arriving._handle, room)  # type: ignore[assignment]
    with pytest.raises(NoRoom) as told:
        incoming.write(BYTES)
    incoming.abandon()
    assert "MAG1" in told.value.told()
    assert files(volume) == {} and indexed(centre) == []
    assert take(intake).outcome is Outcome.STORED


@pytest.mark.parametrize("step", ["fsync", "replace", "mkdir"])
def test_no_room_at_a_later_step_leaves_nothing_either(
    centre: Store, intake: Intake, volume: Volume, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    assert indexed(centre) == []
    incoming = intake.begin("test")
    incoming.write(BYTES)
    with monkeypatch.context() as patched:
        if step == "mkdir":
            patched.setattr(Path, "mkdir", full)
        else:
            patched.setattr(os, step, full)
        with pytest.raises(NoRoom):
            incoming.settle(facts())
    assert files(volume) == {} and indexed(centre) == []
    assert take(intake).outcome is Outcome.STORED


def test_a_write_protected_disk_is_named(intake: Intake, monkeypatch: pytest.MonkeyPatch) -> None:
    import builtins

    def protected(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(builtins, "open", protected)
    with pytest.raises(Fault) as told:
        intake.begin("test")
    assert told.value.reference == "D403" and told.value.sentence.values["volume"] == "MAG1"


@pytest.mark.parametrize("away_at", ["reading", "folder", "index"])
def test_without_the_database_nothing_is_acknowledged_and_a_resend_heals(
    centre: Store, intake: Intake, volume: Volume, monkeypatch: pytest.MonkeyPatch, away_at: str
) -> None:
    def away(*args: Any, **kwargs: Any) -> Any:
        raise LinkLost("centre")

    with monkeypatch.context() as patched:
        if away_at == "reading":
            patched.setattr(centre, "reading", away)
        else:
            name = {"folder": "study_folder", "index": "index_images"}[away_at]
            patched.setattr(intake_room.image_index, name, away)
        with pytest.raises(LinkLost):
            take(intake)
    assert indexed(centre) == []
    # Placed, but not indexed: an orphan that nobody sees, and that the resend replaces.
    assert len(files(volume)) == (1 if away_at == "index" else 0)
    assert not list((volume.root / "incoming").iterdir())
    assert take(intake).outcome is Outcome.STORED
    (known,) = indexed(centre)
    assert files(volume) == {known.path: BYTES}


def test_a_database_that_never_answers_is_given_up(
    intake: Intake, monkeypatch: pytest.MonkeyPatch, writer: GroupWriter
) -> None:
    from concurrent.futures import Future

    monkeypatch.setattr(intake_room, "COMMIT_WAIT_S", 0.05)
    monkeypatch.setattr(writer, "gather", lambda do, item: Future())
    with pytest.raises(LinkLost) as told:
        take(intake)
    assert "sends it again" in told.value.next_step.text


def test_a_crash_between_rename_and_commit_leaves_an_orphan_that_a_resend_replaces(
    sqlite_templates: Path, tmp_path: Path, crew: Crew, wait_until: Callable[..., Any]
) -> None:
    crash = CHILD.replace(
        "for number",
        "import os\nfrom kiosk.flow import intake as room\n"
        "room.image_index.index_images = lambda *a, **k: os._exit(9)\nfor number",
    )
    done = subprocess.run([sys.executable, "-c", crash, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 9 and "ACKNOWLEDGED" not in done.stdout
    volume = Volume("MAG1", tmp_path / "MAG1", True)
    (orphan,) = files(volume)
    volume.file(orphan).write_bytes(b"whatever a power cut left of it")
    done = subprocess.run([sys.executable, "-c", CHILD, str(tmp_path)], capture_output=True, text=True)
    assert done.returncode == 0 and "ACKNOWLEDGED 2" in done.stdout, done.stderr
    assert files(volume)[orphan] == b"picture" * 1000


def test_a_crash_while_receiving_leaves_nothing_after_the_next_start(volume: Volume, intake: Intake) -> None:
    incoming = intake.begin("test")
    incoming.write(b"half a picture")
    assert len(files(volume)) == 1
    Volume("MAG1", volume.root, True).prepare()
    assert files(volume) == {}
    incoming.abandon()


def test_abandoning_leaves_nothing(intake: Intake, volume: Volume) -> None:
    incoming: Incoming = intake.begin("test")
    incoming.write(b"half")
    assert incoming.size == 4 and Path(incoming.path).exists()
    incoming.abandon()
    incoming.abandon()
    assert files(volume) == {}


def test_a_swapped_disk_is_refused(volume: Volume) -> None:
    with pytest.raises(Fault) as told:
        Volume("MAG2", volume.root, True).prepare()
    assert told.value.reference == "D401"


def test_what_cannot_be_audited_is_not_stored(
    centre: Store, intake: Intake, volume: Volume, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError("no audit")

    with monkeypatch.context() as patched:
        patched.setattr(audit, "write_all", fail)
        with pytest.raises(RuntimeError):
            take(intake)
    assert indexed(centre) == []
    with centre.reading() as conn:
        assert jobs.counts(conn, "gateway") == {} and notices.newest(conn) == 0
    assert take(intake).outcome is Outcome.STORED
