"""The command line: which words it knows, and which journey each one starts."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk import __version__
from kiosk.assembly import run_headless, use_language
from kiosk.core.faults import Fault
from kiosk.core.process import home
from kiosk.core.words import N_, say
from kiosk.modes import catalog
from kiosk.modes.contract import Mode

if TYPE_CHECKING:
    from kiosk.flow.check_store import Line
    from kiosk.flow.settings_file import StationFile

USAGE = """\
station                          station.toml beside the program, else the launcher
station FILE.toml [--headless]   the station that a parameter file describes
station PICTURE…                 the viewer with a loose file or folder
station demo [--folder F] [--headless] [--stay]
station check FILE.toml          is everything this station needs there and answering?
station check-store [FILE.toml]  prove the store's invariants
station status [FILE.toml]       what stands, what is owed
station import-settings FILE.dat [-o FILE.toml]
station backup [FILE.toml] [--to FOLDER]
station restore BACKUP [FILE.toml]
station --list-modes | --selftest | --version
from source also: test, build
"""


def run(argv: list[str]) -> int:
    """Run one command line; returns the exit code. Raises Fault for what a person must be told."""
    use_language("ja")
    command, rest = (argv[0], argv[1:]) if argv else ("", [])
    if command in ("-h", "--help"):
        print(USAGE)
        return 0
    if command == "--version":
        print(__version__)
        return 0
    if command == "--list-modes":
        print("\n".join(catalog.mode_names()))
        return 0
    if command == "--selftest":
        from kiosk.self_test import self_test

        return self_test()
    if command == "demo":
        from kiosk.demo import demo

        return demo(rest)
    if command in _ON_A_STATION:
        return _ON_A_STATION[command](rest)
    if command == "import-settings":
        return _import_settings(rest)
    try:
        return _open(argv)
    except Exception as why:
        if "--headless" not in argv:
            _tell_who_looks(why)
        raise


# -- opening -------------------------------------------------------------------------------------------------------
def load(path: Path | None, *, all_modes: bool = False) -> tuple[StationFile, dict[str, Mode]]:
    """The parameter file (or the built-in defaults) and the modes; broken modes are told on standard error."""
    from kiosk.flow.settings_file import StationFile, read_settings

    modes = catalog.every_mode()
    for name, mode in modes.items():
        if mode.broken:
            print(f"{name}: {mode.broken}", file=sys.stderr)
    settings_of = {name: mode.settings for name, mode in modes.items()}
    file = read_settings(path, settings_of) if path is not None else StationFile()
    if path is None or (all_modes and not file.modes):
        file = StationFile(file.station, file.volumes, {name: mode.settings() for name, mode in modes.items()}, path)
    use_language(file.station.language)
    return file, modes


def _open(argv: list[str]) -> int:
    headless = "--headless" in argv
    names = [word for word in argv if not word.startswith("--")]
    path: Path | None = None
    argument = ""
    for name in names:
        if name.lower().endswith(".toml"):
            path = Path(name).absolute()
        else:
            argument = str(Path(name).absolute())
    wrong = [word for word in argv if word.startswith("--") and word != "--headless"]
    if wrong or (argument and not Path(argument).exists()):
        raise unknown(wrong[0] if wrong else argument)
    if path is None and not argument:
        beside = home() / "station.toml"
        path = beside if beside.exists() else None
    file, modes = load(path)
    if argument and path is None:
        file, modes = _only_viewer(file, modes)
    from kiosk.flow.single_instance import AlreadyRunning, the_only_one

    try:
        with the_only_one(file):
            if headless:
                return run_headless(file, modes, _stop_on_signals())
            from kiosk.windows import run_windows

            launcher = path is None and not argument
            return run_windows(file, modes, launcher=launcher or not file.modes, argument=argument)
    except AlreadyRunning:
        if not argument or "viewer" not in file.modes:
            raise
        from kiosk.flow.show_study import hand_to_the_open_viewer

        hand_to_the_open_viewer(file.data, argument)
        return 0


def _tell_who_looks(why: Exception) -> None:
    """Whoever started by a double click sees no standard error: that person is told in a window."""
    from kiosk.flow.answers import as_fault
    from kiosk.windows import is_read, tell_before_the_end

    if not is_read(sys.stderr):
        tell_before_the_end(as_fault(why))


def _only_viewer(file: StationFile, modes: dict[str, Mode]) -> tuple[StationFile, dict[str, Mode]]:
    """A loose file opened from the desktop: the viewer alone, on its own small data folder, without a login."""
    from dataclasses import replace

    station = replace(file.station, login=False, data=str(Path.home() / ".kiosk-viewer"))
    return replace(file, station=station, modes={"viewer": file.modes["viewer"]}), modes


def _stop_on_signals() -> threading.Event:
    stop = threading.Event()
    for name in ("SIGINT", "SIGTERM", "SIGBREAK"):
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: stop.set())
    return stop


# -- commands on a station -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Words:
    """What stands behind a command: its parameter file, other files, and options with their values."""

    toml: Path | None
    files: list[Path]
    options: dict[str, str]

    def station(self) -> StationFile:
        """The parameter file that was named, else station.toml beside the program, else the built-in defaults."""
        beside = home() / "station.toml"
        return load(self.toml or (beside if beside.exists() else None))[0]


def _words(rest: list[str], *, options: tuple[str, ...] = (), files: bool = False) -> Words:
    """Raises Fault for a word that the command does not know."""
    toml, found, values = None, [], {}
    left = list(rest)
    while left:
        word = left.pop(0)
        if word in options and left:
            values[word] = left.pop(0)
        elif word.startswith("-") or (not files and toml is not None):
            raise unknown(word)
        elif word.lower().endswith(".toml"):
            toml = Path(word).absolute()
        elif files:
            found.append(Path(word).absolute())
        else:
            raise unknown(word)
    return Words(toml, found, values)


def unknown(word: str) -> Fault:
    return Fault(
        N_("{word} is neither a command nor a file."), N_("See “station --help”."), reference="P206", word=word
    )


def _check(rest: list[str]) -> int:
    from kiosk.flow.check_station import check_station

    return _tell(check_station(_words(rest).station(), catalog.every_mode()))


def _check_store(rest: list[str]) -> int:
    from kiosk.flow.check_store import check_store

    return _tell(check_store(_words(rest).station()))


def _tell(lines: Iterable[Line]) -> int:
    """Print each line of a check with its mark; 1 where anything is wrong."""
    bad = 0
    for line in lines:
        step = say(line.next_step)
        print(f"{'OK ' if line.good else 'NG '} {say(line.text)}" + (f"  → {step}" if step else ""))
        bad += not line.good
    return 1 if bad else 0


def _status(rest: list[str]) -> int:
    from kiosk.flow.status import status

    for line in status(_words(rest).station()):
        print(say(line))
    return 0


def _backup(rest: list[str]) -> int:
    from kiosk.flow.back_up import back_up

    words = _words(rest, options=("--to",))
    file = words.station()
    folder = Path(words.options["--to"]).absolute() if words.options else file.data / "BACKUP"
    for path in back_up(file, folder, progress=_show_progress):
        print(path)
    return 0


def _restore(rest: list[str]) -> int:
    from kiosk.flow.back_up import restore

    words = _words(rest, files=True)
    if len(words.files) != 1:
        raise Fault(N_("Which backup?"), N_("Name the backup file: station restore FILE."), reference="P207")
    file, source = words.station(), words.files[0]
    print(say(restore(file, source)))
    if source.name.startswith("centre-"):
        from kiosk.flow.replay_received import replay_after

        print(say(replay_after(file, source)))
    return 0


def _show_progress(part: float) -> None:
    if sys.stdout.isatty():
        print(f"\r{part:4.0%}", end="\n" if part >= 1 else "", flush=True)


def _import_settings(rest: list[str]) -> int:
    from kiosk.flow.import_settings import import_settings

    words = _words(rest, options=("-o",), files=True)
    if len(words.files) != 1 or words.toml is not None:
        raise Fault(N_("Which old parameter file?"), N_("Name it: station import-settings FILE.dat."), reference="P208")
    (source,) = words.files
    target = words.options.get("-o")
    print(import_settings(source, Path(target).absolute() if target else source.with_suffix(".toml")))
    return 0


_ON_A_STATION = {
    "check": _check,
    "check-store": _check_store,
    "status": _status,
    "backup": _backup,
    "restore": _restore,
}
