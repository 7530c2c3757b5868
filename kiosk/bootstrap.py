# -*- coding: utf-8 -*-
"""Sees to Python, Tk and the packages with the standard library alone, then goes on inside .venv.

Plain old syntax on purpose: a Python that is too old must be able to read this file as far as the sentence that says
so. A start whose packages fit pays a few milliseconds here; everything else is said in one Japanese and one English
sentence, without a traceback.
"""

from __future__ import print_function, unicode_literals

import os
import sys

HOME = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ON_WINDOWS = os.name == "nt"

OLDEST, TOO_NEW = (3, 11), (3, 14)
RUNTIME_LOCK, DEV_LOCK = "requirements.lock", "requirements-dev.lock"
DEVELOPER_COMMANDS = ("test", "build")
# These work, or say themselves that they can't, on a machine without a screen.
SCREENLESS_COMMANDS = DEVELOPER_COMMANDS + ("demo",)
WINDOWLESS_WORDS = (
    "check", "check-store", "status", "import-settings", "backup", "restore",
    "--list-modes", "--selftest", "--worker", "--service", "--headless", "--help", "-h", "--version",
)  # fmt: skip


class Stop(Exception):
    """The start ends here: what the person reads, in Japanese and in English."""

    def __init__(self, japanese, english):
        Exception.__init__(self, english)
        self.japanese, self.english = japanese, english


def main(argv):
    """Run the command line ``argv`` (without the program's name); the exit code, 2 where the start had to end."""
    if getattr(sys, "frozen", False):
        return go_on_frozen(argv)
    try:
        look_at_python()
        from kiosk import environment

        command = argv[0] if argv else ""
        if command == "test":
            see_to_system_python()
        lock = DEV_LOCK if command in DEVELOPER_COMMANDS else RUNTIME_LOCK
        fitted = environment.fits(lock)
        if fitted and not environment.is_ours():
            return environment.start_inside(argv)  # which looks at the rest
        look_at_tk(argv)
        look_at_display(argv)
        if fitted:
            environment.lead_children_home()
            return go_on(argv)
        environment.fit(lock)
        return environment.start_inside(argv)
    except Stop as stop:
        tell(stop)
        return 2
    except KeyboardInterrupt:
        tell(Stop("中断しました。もう一度始めれば、準備し直します。", "Interrupted; start again to put it right."))
        return 130


def go_on_frozen(argv):
    """The executable brings its Python and packages; the developers' commands stayed with the source."""
    if argv[:1] and argv[0] in DEVELOPER_COMMANDS:
        tell(
            Stop(
                "「%s」はソースのフォルダーで「python3 main.py %s」として使います。" % (argv[0], argv[0]),
                "%s belongs to the source: run python3 main.py %s in its folder." % (argv[0], argv[0]),
            )
        )
        return 2
    from kiosk.station import main as station

    return station(argv)


def go_on(argv):
    """Hand over to the room that the command belongs to."""
    command = argv[0] if argv else ""
    if command == "test":
        from kiosk.workshop.test_run import run_tests

        return run_tests(argv[1:])
    if command == "build":
        from kiosk.workshop.executable import build

        return build(argv[1:])
    from kiosk.station import main as station

    return station(argv)


def look_at_python():
    """Refuse a Python for which the lock holds no packages."""
    if OLDEST <= sys.version_info[:2] < TOO_NEW and sys.maxsize > 2**32:
        return
    have = "%d.%d (%d bit)" % (sys.version_info[0], sys.version_info[1], 64 if sys.maxsize > 2**32 else 32)
    raise Stop(
        "この Python は %s です。64 ビット版の Python 3.11～3.13 を入れて、それで始めてください。" % have,
        "This is Python %s; install a 64-bit Python 3.11 to 3.13 and start with that one." % have,
    )


def look_at_tk(argv):
    """Refuse a Python without Tk for commands that open windows."""
    if any(word in WINDOWLESS_WORDS for word in argv) or has_tk():
        return
    raise Stop(
        "この Python には Tk がありません。Debian/Ubuntu では「apt install python3-tk」、"
        "ほかでは python.org の Python（tcl/tk 付き）を入れて、もう一度始めてください。",
        "This Python has no Tk; install it (Debian/Ubuntu: apt install python3-tk, elsewhere the Python of python.org "
        "with tcl/tk) and start again.",
    )


def has_tk():
    """Whether Tk is there and loads (its C part may be there without the libraries that it wants)."""
    try:
        import _tkinter  # noqa: F401
    except ImportError:
        return False
    return True


def look_at_display(argv):
    """Refuse to open windows where there is no screen."""
    if argv[:1] and argv[0] in SCREENLESS_COMMANDS:
        return
    if any(word in WINDOWLESS_WORDS for word in argv) or has_display():
        return
    raise Stop(
        "画面につながっていません。デスクトップから始めるか、パラメータファイルのあとに --headless を付けてください。",
        "There is no display; start from the desktop, or add --headless after the parameter file.",
    )


def has_display():
    """Whether a window can be opened: on X11 the local display's socket must answer."""
    if ON_WINDOWS or sys.platform == "darwin":
        return True
    host, colon, number = os.environ.get("DISPLAY", "").rpartition(":")
    if not colon:
        return False
    if host not in ("", "unix"):
        return True  # another computer's screen: Tk finds out
    import socket

    path = "/tmp/.X11-unix/X" + number.split(".")[0]
    for address in (path, "\0" + path):
        probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            probe.connect(address)
            return True
        except OSError:
            continue
        finally:
            probe.close()
    return False


def see_to_system_python():
    """Debian splits Tk and ensurepip off its Python; as root `test` puts them back before they are missed."""
    if not has_tk() or not has_ensurepip():
        from kiosk.workshop.system_packages import install_python_parts

        install_python_parts(tk=not has_tk(), venv=not has_ensurepip())


def has_ensurepip():
    """Whether this Python can put pip into a new .venv."""
    from importlib.util import find_spec

    return find_spec("ensurepip") is not None


def tell(stop):
    """Say it on the terminal, replacing what its character set lacks rather than failing over it."""
    encoding = getattr(sys.stderr, "encoding", None) or "ascii"
    for text in (stop.japanese, stop.english):
        line = (text + "\n").encode(encoding, "replace")
        sys.stderr.write(line.decode(encoding) if sys.version_info[0] > 2 else line)
    sys.stderr.flush()
