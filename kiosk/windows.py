"""The windows of one process: one Tk root, a Toplevel per mode, one mailbox, one login."""

from __future__ import annotations

import importlib
import os
import signal
import stat
import sys
import threading
import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TextIO

from kiosk.assembly import Station
from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.flow.answers import as_fault
from kiosk.flow.settings_file import StationFile
from kiosk.modes.contract import Mode
from kiosk.ui import errors, look
from kiosk.ui.launcher import open_launcher
from kiosk.ui.lock import Lock
from kiosk.ui.look import dress, see_true_pixels
from kiosk.ui.mailbox import Heartbeat, Mailbox
from kiosk.ui.shell import Choice, Shell

if TYPE_CHECKING:
    from kiosk.store.notices import Notice

MAINTENANCE = "maintenance"  # the mode behind F12
VIEWER = "viewer"  # the mode that shows what other windows ask for

# What a window can say better itself, it says under the same name ("store").
STORE_AWAY = N_("The database does not answer; it is asked again each second. Nothing that was saved is lost.")


def run_windows(
    file: StationFile,
    modes: dict[str, Mode],
    *,
    launcher: bool,
    argument: str = "",
    on_open: Callable[[WindowedStation], None] | None = None,
) -> int:
    """Open the windows of a parameter file (or the launcher) and stay until the last one is closed."""
    see_true_pixels()  # before Tk: HiDPI on Windows
    root = tk.Tk(className="Kiosk")
    root.withdraw()
    dress(root)
    _show_at_once(root, N_("Stations") if launcher else modes[next(iter(file.modes))].title)
    windowed = WindowedStation(root, file, modes, launcher=launcher, argument=argument)
    if on_open is not None:
        on_open(windowed)
    for name in ("SIGTERM", "SIGBREAK"):  # the PC is shut down: workers, services and stores are left in order
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), lambda *_: root.quit())
    try:
        root.mainloop()
    finally:
        windowed.close()
        root.destroy()
    return windowed.status


def tell_before_the_end(fault: Fault) -> None:
    """A start that can't go on says why in a window, until the person closes it."""
    see_true_pixels()
    try:
        root = tk.Tk(className="Kiosk")
    except tk.TclError:
        return  # no display: the reason stays the one that is told
    root.withdraw()
    dress(root)
    top = tk.Toplevel(root, class_="Kiosk")
    top.geometry("800x600")
    top.protocol("WM_DELETE_WINDOW", root.quit)
    shell = Shell(top, N_("Stations"))
    shell.ask(N_("The program can't start."), fault.told(), [Choice(N_("Close"), root.quit)])
    for key in ("<Escape>", "<Return>"):
        top.bind(key, lambda event: root.quit(), add=True)
    root.mainloop()
    root.destroy()


def is_read(stream: TextIO) -> bool:
    """Does a person or a script see what is written there? At a double click nobody does."""
    try:
        number = stream.fileno()
    except (OSError, ValueError):
        return True  # caught by somebody in this process
    mode = os.fstat(number).st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISREG(mode):
        return True
    if sys.platform == "win32":  # the executable hides its console at a double click (build.spec)
        import ctypes

        console = ctypes.windll.kernel32.GetConsoleWindow()
        return bool(console and ctypes.windll.user32.IsWindowVisible(console))
    return os.isatty(number)


def _show_at_once(root: tk.Tk, title: str) -> None:
    """A window stands on the screen before the libraries of the store are read; it goes when they are there."""
    top = tk.Toplevel(root, class_="Kiosk")
    top.geometry(look.first_size(top))
    shell = Shell(top, title, where=N_("One moment, the program is starting..."))
    top.update()
    libraries = threading.Thread(target=lambda: importlib.import_module("kiosk.store.opening"), name="libraries")
    libraries.start()
    while libraries.is_alive():
        top.update()
        libraries.join(0.02)
    del shell
    root.after_idle(top.destroy)


class WindowedStation:
    """The windows of one process: one Tk root, a Toplevel per mode, one mailbox, one login."""

    def __init__(
        self, root: Any, file: StationFile, modes: dict[str, Mode], *, launcher: bool, argument: str = ""
    ) -> None:
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
        self.lock = Lock(self.station.session, idle_min=file.station.idle_lock_min, asks=file.station.login)
        from kiosk.flow import show_study  # here, because the store's libraries must not delay the first window
        from kiosk.flow.read_scanner import start_scanner

        self._show_study = show_study
        start_scanner(
            file.station.scanner, self.station.crew, lambda code: self.mailbox.post(self._scanned, code),
            lambda there: self.mailbox.post(self._scanner_there, there),
        )  # fmt: skip
        self.station.local_notices.listen(show_study.KIND, self._asked_to_show)
        if launcher:
            self._open_launcher()
        for name in file.modes:
            if not launcher:
                self.open(name)

    def open(self, name: str) -> Any:
        """Open a mode's window, or bring it to the front; returns its shell (None where it could not start)."""
        if name in self.tops:
            self.tops[name].deiconify()
            self.tops[name].lift()
            self.tops[name].focus_force()
            return self.shells.get(name)
        mode = self.modes[name]
        top = tk.Toplevel(self.root, class_="Kiosk")
        top.geometry(look.first_size(top))
        self.tops[name] = top
        top.protocol("WM_DELETE_WINDOW", lambda: self._closed(name))
        try:
            desk = self.station.open_mode(name, mode)
            assert mode.window is not None
            shell = mode.window(top, desk)
        except Exception as why:  # a mode that fails to start shows its title and the reason; the others run
            for child in top.winfo_children():
                child.destroy()
            shell = Shell(top, mode.title, mailbox=self.mailbox)
            shell.problem.fault(as_fault(why))
        self.shells[name] = shell
        lamp = shell.lamp(N_("Database"))

        def show_link(good: bool) -> None:
            if not top.winfo_exists():
                return
            if good:
                lamp.good()
                shell.problem.over("store")
            else:
                lamp.stop()
                shell.problem.standing("store", "look", STORE_AWAY)

        self.station.on_link(show_link)
        if name != MAINTENANCE and MAINTENANCE in self.file.modes:
            shell.offer_maintenance(lambda: self.open(MAINTENANCE))
        self.lock.guard(shell)
        return shell

    def _scanned(self, code: str) -> None:
        """A reader at a serial port read a code: it is for the window that has the keyboard, else the newest one."""
        focus = str(self.root.tk.call("focus"))
        path = str(self.root.tk.call("winfo", "toplevel", focus)) if focus else ""
        found = [shell for shell in self.shells.values() if str(shell.top) == path] or list(self.shells.values())[-1:]
        if found:
            found[0].scanner.given(code)

    def _scanner_there(self, there: bool) -> None:
        for shell in self.shells.values():
            if there:
                shell.problem.over("scanner")
            else:
                why = N_("The barcode reader at {port} is not there. Check its cable; it is opened again by itself.")
                shell.problem.standing("scanner", "look", Sentence(why, {"port": self.file.station.scanner.port}))

    def _asked_to_show(self, notice: Notice) -> None:
        """A window asks for pictures: where no viewer is open yet, open it and ask once more."""
        if VIEWER in self.tops or VIEWER not in self.file.modes:
            return
        self.open(VIEWER)
        self.station.errands.ask(self._show_study.ask_again, self.station.local, notice)

    def _open_launcher(self) -> None:
        top = tk.Toplevel(self.root, class_="Kiosk")
        self.tops[""] = top
        top.protocol("WM_DELETE_WINDOW", lambda: self._closed(""))
        titles: list[tuple[str, str | Sentence]] = []
        for name, mode in self.modes.items():
            if mode.window is not None:
                cannot = Sentence(N_("{name} (can't be started)"), {"name": name})
                titles.append((name, cannot if mode.broken else mode.title))
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
