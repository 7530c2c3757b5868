"""What every test stands on: one Tk root on a virtual screen, waiting, and a watch over what goes wrong unseen."""

from __future__ import annotations

import gc
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from kiosk.core.words import speak
from kiosk.workshop.virtual_screen import virtual_screen
from tests import sharing, tk_watch
from tests.needs import tool
from tests.postgres_server import PostgresServer
from tests.waiting import wait_until as wait_until_now

HOME = Path(__file__).resolve().parents[1]
SHARED_DATA = HOME.parent / "shared" / "data"
THREAD_END_S = 5.0
# Reasons for which a test may be skipped even where nothing that can run may be.
CI_CANNOT = ("only on Windows", "needs root", "got empty parameter set")

# How long a case takes says more about the PC than about the program.
settings.register_profile("kiosk", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("kiosk")

_logged: list[logging.LogRecord] = []
_unwanted_skips: list[str] = []
_session = ExitStack()
_share = sharing.share_asked_for()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="long runs at full length instead of a tenth")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--soak") and config.getoption("timeout", None) is None:
        config.option.timeout = 4 * 3600
    # Child processes are started as `python -m kiosk...` from any folder.
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(HOME), os.environ.get("PYTHONPATH", "")]))
    _session.enter_context(virtual_screen())
    tk_watch.watch()
    _watch_log()


def pytest_collection_finish() -> None:
    """Modules and thousands of test items stay to the end: the collector of cycles need not look at them each time."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool | None:
    """Where the suite is shared, the part of this process; pytest's own loop otherwise."""
    if _share is None or session.testsfailed or session.config.option.collectonly:
        return None
    _share.run(session)
    return True


def pytest_unconfigure() -> None:
    _session.close()


# ---- skipped tests


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    report = (yield).get_result()  # type: ignore[misc]
    if not report.skipped or hasattr(report, "wasxfail") or item.get_closest_marker("may_skip"):
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    if not any(allowed in reason for allowed in CI_CANNOT):
        _unwanted_skips.append(f"{item.nodeid}: {reason}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if os.environ.get("KIOSK_NO_SKIPS") and _unwanted_skips and exitstatus == 0:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if os.environ.get("KIOSK_NO_SKIPS") and _unwanted_skips:
        terminalreporter.section("skipped where nothing may be skipped", red=True)
        for line in _unwanted_skips:
            terminalreporter.line(line)


# ---- what goes wrong unseen


def _watch_log() -> None:
    """Note every ERROR whatever handlers a test or the program installs."""
    handle = logging.Logger.handle

    def noting_handle(self: logging.Logger, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            _logged.append(record)
        handle(self, record)

    logging.Logger.handle = noting_handle  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def nothing_unseen(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that left a thread alive, logged an ERROR, failed in a Tk callback or touched Tk off-thread."""
    before = set(threading.enumerate())
    _logged.clear()
    tk_watch.errors.clear()
    yield
    speak(lambda text: text)  # a test that spoke Japanese must not teach it to the next one
    tk_watch.pump()
    troubles = [f"thread left alive: {thread.name}" for thread in _still_alive(before)]
    if not request.node.get_closest_marker("expects_errors"):
        troubles += [f"ERROR in the log: {record.name}: {_said(record)}" for record in _logged]
        troubles += tk_watch.errors
    if troubles:
        pytest.fail("\n".join(troubles), pytrace=False)


def _said(record: logging.LogRecord) -> str:
    trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
    return f"{record.getMessage()}\n{trace}".strip()


def _still_alive(before: set[threading.Thread]) -> list[threading.Thread]:
    end = time.monotonic() + THREAD_END_S
    new = [thread for thread in threading.enumerate() if thread not in before]
    for thread in new:
        if not isinstance(thread, threading._DummyThread):
            thread.join(max(0.0, end - time.monotonic()))
    return [thread for thread in new if thread.is_alive() and not isinstance(thread, threading._DummyThread)]


@pytest.fixture
def errors_logged() -> list[logging.LogRecord]:
    """The ERROR records of this test so far, for tests marked ``expects_errors``."""
    return _logged


# ---- windows


@pytest.fixture(scope="session")
def _session_root() -> Iterator[Any]:
    if tk_watch.tkinter is None:
        pytest.skip("needs Tk (apt install python3-tk)")
    if not os.environ.get("DISPLAY") and os.name != "nt":
        pytest.skip("needs a display (apt install xvfb)")
    root = tk_watch.tkinter.Tk()
    root.geometry("1280x800+0+0")
    yield root
    root.destroy()


@pytest.fixture
def root(_session_root: Any) -> Iterator[Any]:
    """The one Tk root of the run; what a test put into it is taken out afterwards."""
    yield _session_root
    for child in _session_root.winfo_children():
        child.destroy()
    for waiting in _session_root.tk.splitlist(_session_root.tk.call("after", "info")):
        _session_root.after_cancel(waiting)
    _session_root.update()


@pytest.fixture
def wait_until() -> Callable[..., Any]:
    """``wait_until(condition, deadline_s=10, what="")``: pumps Tk until the condition holds, returns its value."""
    return wait_until_now


# ---- lengths and places


@pytest.fixture(scope="session")
def soak(pytestconfig: pytest.Config) -> float:
    """How much of a long run to do: 1.0 with ``--soak``, else a tenth."""
    return 1.0 if pytestconfig.getoption("--soak") else 0.1


@pytest.fixture
def shared_data(request: pytest.FixtureRequest) -> Path:
    """The folder of foreign sample files beside the project; the test is skipped where it isn't there."""
    if not SHARED_DATA.is_dir():
        request.node.add_marker(pytest.mark.may_skip("foreign sample files are no part of the project"))
        pytest.skip("needs ../shared/data, which is no part of the project")
    return SHARED_DATA


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A private PostgreSQL, started once; ``postgres.url()`` is its SQLAlchemy address."""
    if tool("initdb") is None:
        pytest.skip("needs initdb (apt install postgresql)")
    server = PostgresServer()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def fresh_postgres(postgres: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database for one test."""
    name = postgres.new_database()
    yield postgres.url(name)
    postgres.drop_database(name)
