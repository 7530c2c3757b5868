"""The time from starting a program to its first window on the screen, seen from outside."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time

TOO_LONG_S = 60.0
LOOK_EVERY_S = 0.02


def seconds_to_first_window(call: list[str], folder: str) -> float | None:
    """Start ``call`` in ``folder``, end it when its window shows; seconds, or None where none was seen."""
    if os.name != "nt" and not shutil.which("xdotool"):
        return None
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    before = windows_shown()
    begin = time.perf_counter()
    # A group of its own: the single file runs as two processes, and both must end.
    program = subprocess.Popen(
        call,
        cwd=folder,
        env=surroundings,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    pause = threading.Event()
    try:
        while time.perf_counter() - begin < TOO_LONG_S and program.poll() is None:
            if windows_shown() - before:
                return time.perf_counter() - begin
            pause.wait(LOOK_EVERY_S)
        return None
    finally:
        end(program)


def windows_shown() -> set[str]:
    """The visible windows of our class, on this screen."""
    if sys.platform == "win32":
        return visible_tk_windows()
    seen = subprocess.run(
        ["xdotool", "search", "--onlyvisible", "--class", "^Kiosk$"], capture_output=True, text=True, check=False
    )
    return set(seen.stdout.split())


def visible_tk_windows() -> set[str]:
    """Handles of the Tk windows that Windows shows."""
    import ctypes

    user32 = ctypes.windll.user32  # type: ignore[attr-defined,unused-ignore]
    found: set[str] = set()

    @ctypes.WINFUNCTYPE(ctypes.c_bool, ctypes.c_void_p, ctypes.c_void_p)  # type: ignore
    def look_at(handle: int, _: int) -> bool:
        name = ctypes.create_unicode_buffer(64)
        user32.GetClassNameW(handle, name, 64)
        if name.value == "TkTopLevel" and user32.IsWindowVisible(handle):
            found.add(str(handle))
        return True

    user32.EnumWindows(look_at, 0)
    return found


def end(program: subprocess.Popen[bytes]) -> None:
    """Ask the program to end, with everything it started; insist after a while."""
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(program.pid)], capture_output=True, check=False)
        program.wait()
        return
    send_to_group(program, signal.SIGTERM)
    try:
        program.wait(15)
    except subprocess.TimeoutExpired:
        pass
    send_to_group(program, signal.SIGKILL)  # whatever of it is still there
    program.wait()


def send_to_group(program: subprocess.Popen[bytes], sign: int) -> None:
    """Send ``sign`` to the program and its children, if any of them still runs."""
    try:
        os.killpg(program.pid, sign)
    except ProcessLookupError:
        pass
