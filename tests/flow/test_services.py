"""A service that dies is back within two seconds, and none outlives its station, whatever killed that."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from kiosk.flow import services
from kiosk.flow.crew import Crew
from kiosk.flow.services import Service
from tests.needs import only_on_posix

Waits = Callable[..., Any]
HOME = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def stand_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "program", lambda: [sys.executable, "-m", "tests.flow.stand_in_service"])


def starts(folder: Path) -> list[list[str]]:
    """Process id, arguments and word of each start so far."""
    path = folder / "starts.txt"
    return [line.split() for line in path.read_text(encoding="utf-8").splitlines()] if path.exists() else []


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def test_it_gets_its_name_and_settings_and_ends_with_its_input(tmp_path: Path, wait_until: Waits) -> None:
    crew, states = Crew(), []
    service = Service("gateway.receive", {"folder": str(tmp_path), "word": "見本"}, crew, on_state=states.append)
    wait_until(lambda: starts(tmp_path))
    assert starts(tmp_path) == [[str(service.pid), "gateway.receive", "見本"]]
    pid = service.pid
    assert crew.close(10) == []
    assert (tmp_path / f"{pid}.ended").exists(), "it was asked to end, not killed"
    assert states == [True, False] and service.pid is None and service.deaths == 0


@pytest.mark.expects_errors
def test_a_service_that_is_killed_is_back_within_two_seconds(tmp_path: Path, wait_until: Waits) -> None:
    crew, up = Crew(), []
    service = Service(
        "x.y", {"folder": str(tmp_path), "word": "w"}, crew,
        on_state=lambda running: up.append((running, time.monotonic())),
    )  # fmt: skip
    for death in range(1, 3):
        wait_until(lambda death=death: len(starts(tmp_path)) == death)  # type: ignore[misc]
        pid, died_at = service.pid, time.monotonic()
        assert pid is not None
        psutil.Process(pid).kill()
        wait_until(lambda death=death, pid=pid: service.deaths == death and service.pid not in (None, pid))  # type: ignore[misc]
        assert up[-1][0] and up[-1][1] - died_at < 2.0
    assert crew.close(10) == []


@pytest.mark.expects_errors
def test_one_that_dies_at_once_is_tried_with_growing_pauses(tmp_path: Path, wait_until: Waits) -> None:
    crew = Crew()
    began = time.monotonic()
    service = Service("x.y", {"folder": str(tmp_path), "word": "w", "dies": True}, crew)
    assert not service.failing
    wait_until(lambda: len(starts(tmp_path)) == 3, 20)
    assert time.monotonic() - began > 0.6 + 1.2
    wait_until(lambda: service.failing)
    assert crew.close(10) == []


def test_one_that_does_not_listen_is_killed(tmp_path: Path, wait_until: Waits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "STOP_WAIT_S", 0.2)
    crew = Crew()
    service = Service("x.y", {"folder": str(tmp_path), "word": "w", "deaf": True}, crew)
    wait_until(lambda: starts(tmp_path))
    pid = service.pid
    assert pid is not None
    assert crew.close(10) == []
    wait_until(lambda: gone(pid))


STATION = """
import sys, threading
from kiosk.flow import services
from kiosk.flow.crew import Crew
services.program = lambda: [sys.executable, "-m", "tests.flow.stand_in_service"]
services.Service("x.y", {"folder": sys.argv[1], "word": "w"}, Crew())
threading.Event().wait(60)
"""


@only_on_posix
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSEGV])
def test_when_the_station_is_killed_its_service_ends(tmp_path: Path, wait_until: Waits, how: signal.Signals) -> None:
    station = subprocess.Popen([sys.executable, "-c", STATION, str(tmp_path)], cwd=HOME)
    try:
        wait_until(lambda: starts(tmp_path), 20)
        pid = int(starts(tmp_path)[0][0])
        os.kill(station.pid, how)
        station.wait(10)
        wait_until(lambda: gone(pid), 10, "the service is gone")
        assert (tmp_path / f"{pid}.ended").exists()
    finally:
        station.kill()
        station.wait()


@pytest.mark.expects_errors
def test_a_program_that_cannot_be_started_is_tried_again(
    tmp_path: Path, wait_until: Waits, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An executable on a share that is away for a moment."""
    good = services.program
    monkeypatch.setattr(services, "program", lambda: [str(tmp_path / "not there")])
    crew = Crew()
    service = Service("x.y", {"folder": str(tmp_path), "word": "w"}, crew)
    wait_until(lambda: service.deaths >= 1)
    monkeypatch.setattr(services, "program", good)
    wait_until(lambda: starts(tmp_path), 20)
    assert crew.close(10) == []
