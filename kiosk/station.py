"""The only assembler: parameter file -> stores -> workers -> windows; closes in reverse order."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Fault
from kiosk.core.settings import StationSettings
from kiosk.core.words import N_, speak
from kiosk.modes import catalog
from kiosk.modes.contract import Kit, Mode

if TYPE_CHECKING:
    from kiosk.flow.services import Service
    from kiosk.flow.settings_file import StationFile

log = logging.getLogger(__name__)


def main(argv: list[str]) -> int:
    """Run a command line (without the program's name); returns the exit code."""
    _mend_streams()
    command = argv[0] if argv else ""
    if command == "--worker":
        return _worker(argv[1:])
    if command == "--service":
        return _service(argv[1])
    from kiosk import commands

    try:
        return commands.run(argv)
    except Fault as fault:
        log.warning("%s", fault)
        print(fault.told(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _mend_streams() -> None:
    """A windowed executable has no standard streams; whoever prints must not fail for it. Others speak UTF-8."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for the process's life
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _worker(argv: list[str]) -> int:
    module, *args = argv
    if not module.startswith("kiosk."):
        return 2
    return int(importlib.import_module(module).run_worker(args))


def use_language(language: str) -> None:
    from kiosk import locale

    try:
        speak(locale.load(language))
    except (OSError, ValueError):
        speak(lambda text: text)  # English, rather than not at all


class Station:
    """What a process holds for its modes: stores, crew, errands, notices, session, services."""

    def __init__(
        self,
        file: StationFile,
        post: Callable[..., None],
        *,
        mailbox: Any = None,
        argument: str = "",
        on_worker_error: Callable[[str, BaseException], None] | None = None,
    ) -> None:
        from kiosk.flow.answers import Errands
        from kiosk.flow.crew import Crew
        from kiosk.flow.day_log import open_day_log
        from kiosk.flow.notices import Watch
        from kiosk.flow.session import Session
        from kiosk.flow.settings_file import volumes_of
        from kiosk.store.opening import centre_store, station_store

        self.file = file
        self.settings: StationSettings = file.station
        file.data.mkdir(parents=True, exist_ok=True)
        self._log = open_day_log(file.data / "LOG", file.station.name)
        log.info("start %s, modes %s", file.station.name, ", ".join(file.modes) or "-")
        self.centre = centre_store(file.station.centre, file.data)
        self.local = station_store(file.data)
        self.crew = Crew(on_worker_error)
        self.errands = Errands(self.crew, post, leave=self._leave_stores)
        self.link = True
        self._on_link: list[Callable[[bool], None]] = []
        self.notices = Watch(self.centre, self.crew, post, on_link=self._tell_link)
        self.local_notices = Watch(self.local, self.crew, post, local=True)
        self.session = Session(self.centre, self.errands, file.station.name)
        self.volumes = volumes_of(file)
        self.services: dict[str, Service] = {}
        self._mailbox = mailbox
        self._argument = argument
        self.desks: dict[str, Any] = {}

    def _leave_stores(self) -> None:
        self.centre.leave()
        self.local.leave()

    def _tell_link(self, good: bool) -> None:
        self.link = good
        for call in list(self._on_link):
            call(good)

    def on_link(self, call: Callable[[bool], None]) -> None:
        """Call with True/False when the shared store answers again or no longer (main thread), and once now."""
        self._on_link.append(call)
        call(self.link)

    def kit(self, name: str) -> Kit:
        return Kit(
            mode=name,
            settings=self.file.modes[name],
            station=self.settings,
            data=self.file.data,
            centre=self.centre,
            local=self.local,
            volumes=self.volumes,
            crew=self.crew,
            errands=self.errands,
            session=self.session,
            notices=self.notices,
            local_notices=self.local_notices,
            mailbox=self._mailbox,
            services=self.services,
            argument=self._argument,
        )

    def open_mode(self, name: str, mode: Mode) -> Any:
        """Start the mode's services and workers and build its desk, once; returns the desk."""
        if name in self.desks:
            return self.desks[name]
        from kiosk.flow.services import Service

        for service in mode.services:
            full = f"{name}.{service}"
            if full not in self.services:
                self.services[full] = Service(full, order_for(self.file, name), self.crew)
        kit = self.kit(name)
        desk = mode.desk(kit)
        if mode.workers is not None:
            mode.workers(kit, desk)
        self.desks[name] = desk
        return desk

    def close(self) -> None:
        """In reverse order: workers and services, stores, log. A worker that hangs does not keep the program."""
        late = self.crew.close(12.0)
        self._leave_stores()
        self.centre.close()
        self.local.close()
        log.info("end %s", self.settings.name)
        logging.getLogger().removeHandler(self._log)
        if late:
            log.warning("left behind: %s", ", ".join(late))


# -- services in child processes ---------------------------------------------------------------------------------
def order_for(file: StationFile, mode: str) -> dict[str, Any]:
    """The settings of one mode as the child gets them (JSON), with absolute paths."""
    import dataclasses

    base = file.path.parent if file.path else Path.cwd()
    return {
        "station": {**dataclasses.asdict(file.station), "data": str(file.data)},
        "volumes": {
            name: {"path": str((base / each.path).absolute()), "writable": each.writable}
            for name, each in file.volumes.items()
        },
        "modes": {mode: dataclasses.asdict(file.modes[mode])},
    }


def _service(full_name: str) -> int:
    """Run one service of a mode until standard input ends."""
    import json

    from kiosk.flow.services import wait_for_the_end
    from kiosk.flow.settings_file import validated

    name, service = full_name.split(".", 1)
    mode = catalog.load_mode(name)
    file = validated(json.loads(sys.stdin.buffer.readline()), {name: mode.settings})
    use_language(file.station.language)
    stop = threading.Event()
    wait_for_the_end(stop)
    station = Station(file, lambda do, *args: do(*args))
    try:
        mode.services[service](station.kit(name), stop)
    except Fault as fault:
        log.error("service %s: %s", full_name, fault)
        return 3
    finally:
        station.close()
    return 0


# -- headless ----------------------------------------------------------------------------------------------------
def run_headless(file: StationFile, modes: dict[str, Mode], stop: threading.Event) -> int:
    """Services and workers of the modes that allow it, until ``stop``."""
    unfit = [name for name in file.modes if not modes[name].headless]
    if unfit or not file.modes:
        raise Fault(
            N_("These modes need a window: {modes}."),
            N_("Start them without --headless."),
            reference="P205",
            modes=", ".join(unfit) or "-",
        )
    station = Station(file, lambda do, *args: do(*args))
    try:
        for name in file.modes:
            station.open_mode(name, modes[name])
        while not stop.wait(0.5):
            pass
    finally:
        station.close()
    return 0


# -- windows -----------------------------------------------------------------------------------------------------
def run_windows(
    file: StationFile,
    modes: dict[str, Mode],
    *,
    launcher: bool,
    argument: str = "",
    on_open: Callable[[WindowedStation], None] | None = None,
) -> int:
    """Open the windows of a parameter file (or the launcher) and stay until the last one is closed."""
    from kiosk.ui.look import dress, see_true_pixels

    see_true_pixels()  # before Tk: HiDPI on Windows
    import tkinter as tk

    root = tk.Tk(className="Kiosk")
    root.withdraw()
    dress(root)
    windowed = WindowedStation(root, file, modes, launcher=launcher, argument=argument)
    if on_open is not None:
        on_open(windowed)
    try:
        root.mainloop()
    finally:
        windowed.close()
    return windowed.status


class WindowedStation:
    """The windows of one process: one Tk root, a Toplevel per mode, one mailbox, one login."""

    def __init__(
        self, root: Any, file: StationFile, modes: dict[str, Mode], *, launcher: bool, argument: str = ""
    ) -> None:
        from kiosk.ui import errors
        from kiosk.ui.mailbox import Heartbeat, Mailbox

        self.root = root
        self.file = file
        self.modes = modes
        self.status = 0
        self.mailbox = Mailbox(root)
        self._undo_errors = errors.meet(root, self.mailbox)
        self.heartbeat = Heartbeat(root)
        self.station = Station(
            file,
            self.mailbox.post,
            mailbox=self.mailbox,
            argument=argument,
            on_worker_error=lambda _, why: errors.report(why),
        )
        self.station.crew.start("heartbeat", self.heartbeat.watch)
        self.tops: dict[str, Any] = {}
        self.shells: dict[str, Any] = {}
        from kiosk.ui.lock import Lock

        self.lock = Lock(self.station.session, idle_min=file.station.idle_lock_min, asks=file.station.login)
        if launcher:
            self._open_launcher()
        for name in file.modes:
            if not launcher:
                self.open(name)

    def open(self, name: str) -> Any:
        """Open a mode's window, or bring it to the front; returns its shell (None where it could not start)."""
        import tkinter as tk

        if name in self.tops:
            self.tops[name].deiconify()
            self.tops[name].lift()
            self.tops[name].focus_force()
            return self.shells.get(name)
        mode = self.modes[name]
        top = tk.Toplevel(self.root, class_="Kiosk")
        top.geometry("1280x800")
        self.tops[name] = top
        top.protocol("WM_DELETE_WINDOW", lambda: self._closed(name))
        try:
            desk = self.station.open_mode(name, mode)
            assert mode.window is not None
            shell = mode.window(top, desk)
        except Exception as why:  # a mode that fails to start shows its title and the reason; the others run
            from kiosk.flow.answers import as_fault
            from kiosk.ui.shell import Shell

            for child in top.winfo_children():
                child.destroy()
            shell = Shell(top, mode.title, mailbox=self.mailbox)
            shell.problem.fault(as_fault(why))
        self.shells[name] = shell
        lamp = shell.lamp(N_("Database"))
        
        def show_link(good: bool) -> None:
            if top.winfo_exists():
                lamp.good() if good else lamp.stop()

        self.station.on_link(show_link)
        self.lock.guard(shell)
        return shell

    def _open_launcher(self) -> None:
        import tkinter as tk

        from kiosk.ui.launcher import open_launcher

        top = tk.Toplevel(self.root, class_="Kiosk")
        self.tops[""] = top
        top.protocol("WM_DELETE_WINDOW", lambda: self._closed(""))
        titles = [(name, mode.title) for name, mode in self.modes.items() if mode.window is not None]
        self.shells[""] = open_launcher(top, titles, self.open, self.mailbox)

    def _closed(self, name: str) -> None:
        shell = self.shells.get(name)
        may_close = getattr(shell, "may_close", None)
        if may_close is not None and not may_close(lambda: self._close_now(name)):
            return
        self._close_now(name)

    def _close_now(self, name: str) -> None:
        shell = self.shells.pop(name, None)
        if shell is not None:
            self.lock.release(shell)
        top = self.tops.pop(name, None)
        if top is not None:
            top.destroy()
        if not self.tops:
            self.root.quit()

    def close(self) -> None:
        for name in list(self.tops):
            self.tops.pop(name).destroy()
        self.heartbeat.stop()
        self.station.close()
        self.mailbox.close()
        self._undo_errors()
        self.root.destroy()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
