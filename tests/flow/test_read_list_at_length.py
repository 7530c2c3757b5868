"""Lists that are large, and lists whose reading is killed: every row is in once, time and memory stay in bounds."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import psutil
import pytest

from kiosk.devices.inbox.simulator import CheckupSystem, list_bytes, sample_rows
from kiosk.store import lists, visits
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store
from tests.flow.reading_desk import DAY, NAME, Reception


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[Store]:
    store = centre_store("", tmp_path / "data")
    with store.reading():
        pass
    yield store
    store.close()


KILLED = """
import sys
from pathlib import Path
from kiosk.core.list_settings import ListSettings
from kiosk.devices.inbox.watched_folder import WatchedFolder
from kiosk.flow import read_list
from kiosk.store.opening import centre_store
read_list.BATCH = 25
folder = Path(sys.argv[1])
inbox = WatchedFolder(folder / "in", settle_s=0)
reader = read_list.ReadList(centre_store("", folder / "data"), inbox, ListSettings(gaiji={"F040": "\U00020bb7"}),
                            institution="0001", issuer="C", station="desk-1", spool=folder / "spool")
reader.look()
print("go", flush=True)
reader.look()
"""


def test_killed_anywhere_every_row_is_in_once(sqlite: Store, tmp_path: Path, soak: float) -> None:
    rows = sample_rows(DAY, 400)
    system = CheckupSystem(tmp_path / "in")
    system.deliver(NAME, list_bytes(rows))
    kills = 0
    for attempt in range(max(4, int(40 * soak))):
        child = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, env={**os.environ}
        )
        assert child.stdout is not None and child.stdout.readline() == b"go\n"
        try:
            child.wait(0.02 + 0.03 * (attempt % 12))
        except subprocess.TimeoutExpired:
            child.kill()
            kills += 1
        child.wait()
        child.stdout.close()
        with sqlite.reading() as conn:
            found = visits.day_visits(conn, DAY)
            unfinished = [each for each in lists.recent_files(conn) if each.rows != 400]
        assert len({visit.key for visit in found}) == len(found) and unfinished == []
        assert all(len(visit.steps) >= 3 for visit in found)
        if not (tmp_path / "in" / "1124_yoyaku.lok").exists():
            with sqlite.reading() as conn:
                assert len(lists.recent_files(conn)) >= 1
            rows[attempt][13] = f"changed {attempt}"
            system.deliver(NAME, list_bytes(rows))
    assert kills
    reception = Reception(sqlite, tmp_path)
    reception.look()
    assert len(reception.day()) == 400 and not any(visit.vanished for visit in reception.day())


def test_a_large_list(
    sqlite: Store, tmp_path: Path, soak: float, record_property: Callable[[str, object], None]
) -> None:
    """1,000,000 rows with --soak, a tenth otherwise: time and memory stay in bounds, bad rows are told."""
    count = int(1_000_000 * soak)
    reception = Reception(sqlite, tmp_path)
    path = reception.system.appear(NAME)
    with open(path, "wb") as handle:
        handle.write(list_bytes([]))
        for start in range(0, count, 10_000):
            rows = sample_rows(date(2026, 11, 1 + start // 10_000 % 28), 10_000, first=start)
            for order, row in enumerate(rows):
                row[0], row[3], row[9:12] = f"{start + order:07d}", f"{start + order:08d}", ["", "", ""]
            handle.write(list_bytes(rows).split(b"\r\n", 1)[1])
    reception.system.finish(NAME)
    before_mb = psutil.Process().memory_info().rss / 1e6
    began = time.process_time()
    (news,) = reception.look()
    cpu_s = time.process_time() - began
    grown_mb = psutil.Process().memory_info().rss / 1e6 - before_mb
    record_property("seconds", round(cpu_s, 1))
    record_property("grown_mb", round(grown_mb))
    print(f"{count} rows: {cpu_s:.1f} s of CPU, {grown_mb:.0f} MB more memory")
    assert (news.rows, news.added, news.problems) == (count, count, 0)
    assert grown_mb < 350
    assert cpu_s < 30 + 150e-6 * count  # far above what it takes: catches what grows faster than the list
