"""The command line as the IT person uses it: words, exit codes, sentences; never a traceback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kiosk import __version__
from kiosk.core.words import speak
from kiosk.flow.back_up import backups
from kiosk.modes import catalog
from kiosk.modes.catalog import mode_names
from kiosk.station import main
from kiosk.store import audit
from kiosk.store.opening import centre_store
from tests.needs import only_on_posix

HOME = Path(__file__).resolve().parents[1]

STATION = """
[station]
name = "gateway-1"
data = "data"
language = "en"
login = false
[volumes]
MAG1 = { path = "images", writable = true }
[modes.gateway]
port = 0
accept_anyone = true
"""


def environment() -> dict[str, str]:
    # The encoding of a Japanese Windows console: what it lacks must not stop a command.
    return {**os.environ, "PYTHONPATH": str(HOME), "PYTHONIOENCODING": "cp932"}


def station(*words: Any, cwd: Path) -> subprocess.CompletedProcess[str]:
    call = [sys.executable, "-m", "kiosk.station", *map(str, words)]
    done = subprocess.run(
        call, cwd=cwd, env=environment(), capture_output=True, text=True, encoding="cp932", timeout=120, check=False
    )
    assert "Traceback" not in done.stderr, done.stderr
    return done


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gateway.toml"
    path.write_text(STATION, encoding="utf-8")
    return path


def test_what_it_is_and_what_it_knows(tmp_path: Path) -> None:
    done = station("--list-modes", cwd=tmp_path)
    assert (done.returncode, done.stdout.split()) == (0, mode_names())
    assert station("--version", cwd=tmp_path).stdout.strip() == __version__
    done = station("--help", cwd=tmp_path)
    assert done.returncode == 0 and "check-store" in done.stdout


@pytest.fixture
def in_english() -> Iterator[None]:
    """The language that a command sets is that of the process."""
    yield
    speak(lambda text: text)


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["--nonsense"],
        ["nowhere.toml"],
        ["check", "nowhere.toml"],
        ["status", "gateway.toml", "--nonsense"],
        ["check", "gateway.toml", "--to", "x"],
        ["check-store", "gateway.toml", "another.toml"],
        ["backup", "gateway.toml", "--to"],
        ["backup", "gateway.toml", "x"],
        ["restore"],
        ["restore", "gateway.toml"],
        ["restore", "one.sqlite", "two.sqlite", "gateway.toml"],
        ["restore", "nowhere.sqlite", "gateway.toml"],
        ["import-settings"],
        ["import-settings", "nowhere.dat"],
        ["import-settings", "nowhere.dat", "-o"],
        ["import-settings", "gateway.toml"],
        ["--worker"],
        ["--worker", "os"],
        ["--worker", "kiosk.nowhere"],
        ["--worker", "kiosk.core.words"],
        ["--service"],
        ["--service", "nowhere"],
        ["--service", "gateway.nowhere"],
        ["gateway.toml", "--headles"],
    ],
)
def test_what_it_does_not_understand_is_a_sentence_and_a_code(
    file: Path, words: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, in_english: None
) -> None:
    monkeypatch.chdir(file.parent)
    assert main(words) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert len(told.err.splitlines()) == 1 and "(P2" in told.err


def test_nonsense_is_no_traceback_in_a_process_of_its_own(tmp_path: Path) -> None:
    done = station("nonsense", cwd=tmp_path)
    assert done.returncode == 1 and len(done.stderr.splitlines()) == 1


def test_a_station_is_checked(file: Path) -> None:
    done = station("check", file, cwd=file.parent)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("OK ") and "gateway.toml" in done.stdout
    assert "→" not in done.stdout, "where all is well nothing is to be done"
    file.write_text(STATION.replace("writable = true", "writable = false"), encoding="utf-8")
    done = station("check", file, cwd=file.parent)
    assert done.returncode == 1
    (wrong,) = [line for line in done.stdout.splitlines() if line.startswith("NG ")]
    assert "→" in wrong, "what is wrong comes with what to do"


def test_a_wrong_parameter_file_names_every_mistake(file: Path) -> None:
    file.write_text('[station]\nnane = "x"\n[modes.gatway]\n', encoding="utf-8")
    done = station("check", file, cwd=file.parent)
    assert done.returncode == 1
    assert "station.nane" in done.stderr and "modes.gatway" in done.stderr and "gateway" in done.stderr


@pytest.mark.parametrize("command", ["check", "status", "check-store", "backup", ""])
def test_a_data_folder_that_cannot_be_made_is_a_sentence(
    file: Path, command: str, capsys: pytest.CaptureFixture[str], in_english: None
) -> None:
    (file.parent / "data").write_text("a file stands where the folder belongs", encoding="utf-8")
    assert main([command, str(file)] if command else [str(file), "--headless"]) == 1
    told = capsys.readouterr()
    assert "can't be written" in told.out + told.err
    assert "Traceback" not in told.err


def test_a_mode_that_cannot_be_imported_is_a_line_of_the_check(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, in_english: None
) -> None:
    """What the parameter file says to it is no mistake of the file, and the other modes are asked as ever."""
    file.write_text(STATION + "[modes.viewer]\nsomething = 1\n", encoding="utf-8")
    load = catalog.load_mode

    def load_or_fail(name: str) -> Any:
        if name == "viewer":
            raise ImportError("it is gone")
        return load(name)

    monkeypatch.setattr(catalog, "load_mode", load_or_fail)
    assert main(["check", str(file)]) == 1
    told = capsys.readouterr().out.splitlines()
    (wrong,) = [line for line in told if line.startswith("NG ")]
    assert "viewer" in wrong and "it is gone" in wrong and "→" in wrong
    assert any("Mode gateway: ready" in line for line in told)


@pytest.mark.expects_errors
def test_an_error_that_nobody_foresaw_is_a_sentence_and_a_place(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, in_english: None
) -> None:
    def fail(argv: list[str]) -> int:
        raise ValueError("P00001 見本 太郎")

    monkeypatch.setattr("kiosk.commands.run", fail)
    assert main(["status"]) == 1
    told = capsys.readouterr().err
    assert "(X" in told and "ValueError: station.py:" in told
    assert "Traceback" not in told and "P00001" not in told


def test_the_store_is_proven_told_of_backed_up_and_restored(file: Path) -> None:
    folder = file.parent
    done = station("check-store", file, cwd=folder)
    assert done.returncode == 0 and "Images checked: 0" in done.stdout
    done = station("status", file, cwd=folder)
    assert done.returncode == 0 and "Images: 0" in done.stdout
    done = station("backup", file, "--to", folder / "backups", cwd=folder)
    assert done.returncode == 0, done.stderr
    listed = backups(folder / "backups")
    assert sorted(done.stdout.split()) == sorted(str(each.path) for each in listed) and len(listed) == 2
    (of_centre,) = [each.path for each in listed if each.kind == "centre"]
    done = station("restore", of_centre, file, cwd=folder)
    assert done.returncode == 0 and of_centre.name in done.stdout
    store = centre_store("", folder / "data")
    with store.reading() as conn:
        assert [event.action for event in audit.events(conn)] == ["restored", "backup"]
    store.close()


def test_a_damaged_store_makes_check_store_fail(file: Path) -> None:
    station("check-store", file, cwd=file.parent)
    live = file.parent / "data" / "centre.sqlite"
    live.write_bytes(b"rubbish" + live.read_bytes()[7:])
    for command in ("check-store", "status"):
        done = station(command, file, cwd=file.parent)
        assert (done.returncode == 1) == (command != "status"), command
        assert "damaged" in done.stdout or "not a database" in done.stdout


def test_a_database_that_is_away_is_told(file: Path) -> None:
    away = STATION.replace('data = "data"', 'data = "data"\ncentre = "postgresql+psycopg://k:geheim@127.0.0.1:1/x"')
    file.write_text(away, encoding="utf-8")
    done = station("check", file, cwd=file.parent)
    assert done.returncode == 1 and "does not answer" in done.stdout
    done = station("status", file, cwd=file.parent)
    assert "does not answer" in done.stdout and "geheim" not in done.stdout
    done = station("backup", file, cwd=file.parent)
    assert done.returncode == 1 and "does not answer" in done.stderr
    assert "geheim" not in done.stdout + done.stderr


def test_japanese_is_the_language_without_a_word_in_the_file(file: Path) -> None:
    file.write_text(STATION.replace('language = "en"', ""), encoding="utf-8")
    done = station("check-store", file, cwd=file.parent)
    assert done.returncode == 0 and any("\u3040" <= letter <= "\u9fff" for letter in done.stdout)


def test_old_settings_are_imported_and_load(file: Path) -> None:
    old = file.parent / "ParamMWMRoot.dat"
    old.write_bytes(b"5104\r\n1\r\n")
    done = station("import-settings", old, cwd=file.parent)
    assert done.returncode == 0 and done.stdout.strip() == str(old.with_suffix(".toml"))
    assert "5104" in old.with_suffix(".toml").read_text(encoding="utf-8")
    assert station("import-settings", old, cwd=file.parent).returncode == 1, "never over what is there"
    done = station("import-settings", old, "-o", file.parent / "new.toml", cwd=file.parent)
    assert done.returncode == 0 and (file.parent / "new.toml").exists()


# -- a running station -----------------------------------------------------------------------------------------------
@pytest.fixture
def running(file: Path, wait_until: Callable[..., Any]) -> Iterator[subprocess.Popen[str]]:
    """A gateway without a window, as a service of the PC runs it."""
    call = [sys.executable, "-m", "kiosk.station", str(file), "--headless"]
    process = subprocess.Popen(
        call, cwd=file.parent, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    log = file.parent / "data" / "LOG"
    wait_until(lambda: any("receiving as" in path.read_text(encoding="utf-8") for path in log.rglob("*.txt")), 60)
    yield process
    process.kill()
    process.communicate()


def test_a_second_start_is_refused_and_commands_work_beside_it(file: Path, running: subprocess.Popen[str]) -> None:
    done = station(file, "--headless", cwd=file.parent)
    assert done.returncode == 1 and "running already" in done.stderr
    done = station("backup", file, cwd=file.parent)
    assert done.returncode == 0 and len(backups(file.parent / "data" / "BACKUP")) == 2
    centre = next(path for path in done.stdout.split() if "centre-" in path)
    done = station("restore", centre, file, cwd=file.parent)
    assert done.returncode == 1 and "running already" in done.stderr
    assert running.poll() is None


@only_on_posix
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_good_order_when_it_is_told_to(
    file: Path, running: subprocess.Popen[str], how: signal.Signals
) -> None:
    running.send_signal(how)
    assert running.wait(30) == 0
    (log,) = (file.parent / "data" / "LOG").rglob("*.txt")
    assert log.read_text(encoding="utf-8").rstrip().endswith("end gateway-1")
    assert station("check-store", file, cwd=file.parent).returncode == 0


@only_on_posix
def test_a_station_that_was_killed_leaves_no_receiver_behind_and_starts_again(
    file: Path, running: subprocess.Popen[str], wait_until: Callable[..., Any]
) -> None:
    import psutil

    children = psutil.Process(running.pid).children(recursive=True)
    assert children
    running.kill()
    running.wait(10)
    wait_until(lambda: not any(child.is_running() and child.status() != "zombie" for child in children), 15)
    done = station("check", file, cwd=file.parent)
    assert done.returncode == 0


def test_modes_that_need_a_window_say_so(file: Path) -> None:
    file.write_text(STATION + "[modes.maintenance]\n", encoding="utf-8")
    done = station(file, "--headless", cwd=file.parent)
    assert done.returncode == 1 and "maintenance" in done.stderr


@pytest.mark.expects_errors
def test_a_headless_start_on_a_newer_store_ends_and_says_which_version(
    file: Path, capsys: pytest.CaptureFixture[str], in_english: None
) -> None:
    """A gateway that goes on would refuse every image, and without a window nobody is told."""
    store = centre_store("", file.parent / "data")
    with store.writing() as conn:
        conn.exec_driver_sql("UPDATE schema_version SET version_num = '9999'")
    store.close()
    assert main([str(file), "--headless"]) == 1
    told = capsys.readouterr().err
    assert "9999" in told and "(S305)" in told
    store = centre_store("", file.parent / "data")
    store.on_first_use = None
    with store.reading() as conn:
        assert conn.exec_driver_sql("SELECT version_num FROM schema_version").scalar() == "9999"
    store.close()
