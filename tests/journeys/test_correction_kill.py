"""A correction, and its undo, cut off at every step (C4): the old images or the new ones, never both, never none."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.correction import State
from kiosk.flow.check_store import check_store
from kiosk.flow.crew import Crew
from kiosk.flow.settings_file import StationFile, VolumeSettings
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store
from tests.flow.correction_site import RIGHT, WRONG, Site
from tests.needs import needs, only_on_posix
from tests.stores import sqlite_templates

__all__ = ["sqlite_templates"]

KILLS = 80
CALLS = "write,pwrite64,fsync,fdatasync,rename,mkdir,unlink,rmdir"
WORK = """
import sys
from pathlib import Path
from tests.flow.correction_site import Site
Site(Path(sys.argv[1])).correct.go_on(int(sys.argv[2]))
"""


class Killed(BaseException):
    """The power went."""


@pytest.fixture(scope="module")
def ready(sqlite_templates: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a correction that was asked for (its number is 1)."""
    folder = tmp_path_factory.mktemp("ready")
    shutil.copy(sqlite_templates / "centre.sqlite", folder)
    crew, store = Crew(), centre_store("", folder)
    site = Site(folder, crew=crew, centre=store)
    site.fill()
    assert site.begin() == 1
    assert crew.close() == []
    store.close()
    return folder


@pytest.fixture(scope="module")
def corrected(ready: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, done, and asked to be taken back."""
    folder = tmp_path_factory.mktemp("corrected") / "data"
    shutil.copytree(ready, folder)
    site = Site(folder)
    site.correct.go_on(1)
    site.ask.undo(1)
    site.centre.close()
    return folder


def whole(site: Site) -> str:
    """Whose the images are; the index names each file rightly."""
    seen = site.seen()
    assert len(seen) == 1, f"both or none: {seen}"
    [(owner, uids)] = seen.items()
    assert len(uids) == 2
    return owner


def proof(folder: Path) -> list[str]:
    from kiosk.core.settings import StationSettings

    volumes = {name: VolumeSettings(str(folder / name), True) for name in ("MAG1", "BUP")}
    file = StationFile(station=StationSettings(name="g", data=str(folder)), volumes=volumes)
    return [str(line.text) for line in check_store(file) if not line.good]


def ends_well(folder: Path, end: State, owner: str, originals: dict[str, bytes]) -> None:
    """Taken up again it comes to its end, and the old bytes are where they belong."""
    site = Site(folder)
    assert whole(site) in (WRONG.patient_id, RIGHT.patient_id)
    site.correct.go_on(1)
    assert site.state(1) is end and whole(site) == owner
    files = site.files()
    where = f"QUARANTINE/{site.now(1).day}/1/" if end is State.TOLD else ""
    for path, content in originals.items():
        assert files[where + path] == content
    assert not any(path.startswith("STAGING") for path in files)
    dicom = [path for path in files if path.startswith("DICOM/")]
    assert len(dicom) == 2, "nothing lies where images lie but the visible ones"
    site.centre.close()
    assert proof(folder) == []


def originals_of(folder: Path) -> dict[str, bytes]:
    """The images as they were taken, by their place on the disk."""
    root = folder / "MAG1"
    found = {path.relative_to(root).as_posix(): path.read_bytes() for path in (root / "DICOM").rglob("*.dcm")}
    assert len(found) == 2
    return found


@pytest.mark.parametrize("back", [False, True], ids=["correction", "undo"])
def test_cut_off_at_every_step(
    ready: Path, corrected: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, back: bool
) -> None:
    """Before and after each rename, flush, removal and transaction in turn."""
    originals, start = originals_of(ready), corrected if back else ready
    steps = 0
    nth = 0
    while True:
        nth += 1
        folder = tmp_path / str(nth)
        shutil.copytree(start, folder)
        site = Site(folder)
        with monkeypatch.context() as patch:
            count = _cutting(patch, nth)
            try:
                site.correct.go_on(1)
                ended = True
            except Killed:
                ended = False
        site.centre.close()
        steps = max(steps, count())
        end, owner = (State.UNDONE, WRONG.patient_id) if back else (State.TOLD, RIGHT.patient_id)
        ends_well(folder, end, owner, originals)
        shutil.rmtree(folder)
        if ended:
            break
    print(f"\n{nth - 1} places of a cut")
    assert nth > 25


def _cutting(patch: pytest.MonkeyPatch, nth: int) -> Callable[[], int]:
    """The nth of the places is the last that anything is done at: odd ones before, even ones after the call."""
    calls = 0

    def at_a_step() -> bool:
        nonlocal calls
        calls += 1
        if calls >= nth:
            raise Killed
        return True

    def around(function: Callable[..., Any]) -> Callable[..., Any]:
        def do(*args: Any, **kwargs: Any) -> Any:
            at_a_step()
            done = function(*args, **kwargs)
            at_a_step()
            return done

        return do

    patch.setattr(os, "replace", around(os.replace))
    patch.setattr(os, "fsync", around(os.fsync))
    patch.setattr(Path, "unlink", around(Path.unlink))
    real = Store.writing

    def writing(self: Store) -> Any:
        from contextlib import contextmanager

        @contextmanager
        def do() -> Iterator[Any]:
            at_a_step()
            with real(self) as conn:
                yield conn
            at_a_step()

        return do()

    patch.setattr(Store, "writing", writing)
    return lambda: calls


@only_on_posix
@needs("strace")
@pytest.mark.parametrize("back", [False, True], ids=["correction", "undo"])
def test_killed_at_any_call_of_the_system(
    ready: Path, corrected: Path, tmp_path: Path, soak: float, back: bool
) -> None:  # fmt: skip
    originals, start = originals_of(ready), corrected if back else ready
    seed = random.SystemRandom().randrange(1 << 30)
    chance = random.Random(seed)
    killed = 0
    for number in range(max(5, round(KILLS * soak))):
        folder = tmp_path / str(number)
        shutil.copytree(start, folder)
        nth = chance.randint(5, 90 if back else 170)
        inject = ["-e", f"trace={CALLS}", "-e", f"inject={CALLS}:signal=KILL:when={nth}", "-o", "/dev/null"]
        done = subprocess.run(
            ["strace", "-f", "-qq", *inject, sys.executable, "-c", WORK, str(folder), "1"],
            capture_output=True, text=True,
        )  # fmt: skip
        killed += done.returncode != 0
        end, owner = (State.UNDONE, WRONG.patient_id) if back else (State.TOLD, RIGHT.patient_id)
        try:
            ends_well(folder, end, owner, originals)
        except AssertionError as why:
            raise AssertionError(f"killed at call {nth} (seed {seed}): {why}") from why
        shutil.rmtree(folder)
    print(f"\n{killed} kills (seed {seed}): old or new each time")
    assert killed
