"""The system fails the n-th call while images are copied: what stands under a final name is whole, the rest follows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from kiosk.flow.crew import Crew
from kiosk.store.engine import Store
from tests.flow.disks import BYTES, Disks
from tests.needs import needs

COPY = """
import itertools, secrets, sys
from pathlib import Path
from kiosk.core.faults import Fault
from kiosk.flow.crew import Crew
from kiosk.flow.hand_out import Later
from kiosk.store.opening import centre_store, station_store
from tests.flow.disks import Disks
folder, names = Path(sys.argv[1]), itertools.count()
secrets.token_hex = lambda size: f"file{next(names)}"  # so that strace can be told which files
disks = Disks(folder / "disks", centre_store("", folder), station_store(folder), Crew())
try:
    disks.copy(roles=["mirror"])
except (Fault, Later) as why:
    print("TOLD", getattr(why, "reference", "later"), why)
"""


@needs("strace")
@pytest.mark.parametrize(
    ("fault", "last"),
    [("fsync:error=EIO", 4), ("write:error=ENOSPC", 4), ("rename:error=EIO", 4), ("read:error=EIO", 6)],
)
def test_the_nth_call_on_the_spare_disk_fails(
    tmp_path: Path, centre_on_sqlite: Store, local: Store, crew: Crew, fault: str, last: int, soak: float
) -> None:
    disks = Disks(tmp_path / "disks", centre_on_sqlite, local, crew)
    disks.receive(4)
    call, error = fault.split(":")
    told = 0
    files = [tmp_path / "disks" / "BUP" / "incoming" / f"file{number}.part" for number in range(4)]
    if call == "read":
        files = list((tmp_path / "disks" / "MAG1").rglob("*.dcm"))
    trace = ["strace", "-f", "-qq", "-o", str(tmp_path / "trace.txt"), *(f"--trace-path={file}" for file in files)]
    for number in range(1, last + 1) if soak == 1.0 else [2]:
        inject = ["-e", f"inject={call}:{error}:when={number}"]
        done = subprocess.run(
            [*trace, *inject, sys.executable, "-c", COPY, str(tmp_path)], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stderr
        told += "TOLD" in done.stdout
        for path in (tmp_path / "disks" / "BUP").rglob("*.dcm"):
            assert path.stat().st_size == len(BYTES) + len("1.2.1.1"), f"{path} at call {number}"
        disks.places()
    assert told > 0, "the fault was met"
    disks.look()
    disks.copy(roles=["mirror"])
    assert disks.places() == [["MAG1", "BUP"]] * 4
