"""Handing a PDF to a printer: a configured command, Windows' own print verb, or lp; else say where the file lies."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from kiosk.core.faults import Fault
from kiosk.core.words import N_

WAIT_S = 60.0


@dataclass(frozen=True)
class Printed:
    """Where the page went. ``to_printer`` is False when this PC has no way to print and the file is all there is."""

    path: Path
    to_printer: bool
    how: str = ""


def print_out(path: Path, command: Sequence[str] = (), *, platform: str = sys.platform) -> Printed:
    """Print the PDF; blocks until the printer's queue took it (at most ``WAIT_S`` seconds), so call it in a worker.

    ``command`` is the program and its words, ``{file}`` standing for the PDF
    (``["SumatraPDF.exe", "-print-to-default", "-silent", "{file}"]``). It is run as it stands, without a shell.
    """
    if command:
        words = [word.replace("{file}", str(path)) for word in command]
        if not any("{file}" in word for word in command):
            words.append(str(path))
        _run(words)
        return Printed(path, True, Path(words[0]).name)
    if platform == "win32":
        _start(path)
        return Printed(path, True, "print")
    if shutil.which("lp"):
        _run(["lp", "--", str(path)])
        return Printed(path, True, "lp")
    return Printed(path, False)


def _run(words: Sequence[str]) -> None:
    try:
        done = subprocess.run(words, capture_output=True, timeout=WAIT_S, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired) as why:
        raise _failed(words[0]) from why
    if done.returncode:
        raise _failed(words[0])


def _start(path: Path) -> None:
    """Windows: what a person does by "Print" in the file's own menu."""
    try:
        os.startfile(str(path), "print")  # type: ignore[attr-defined,unused-ignore]
    except OSError as why:
        raise _failed("print") from why


def _failed(how: str) -> Fault:
    return Fault(
        N_("The printer did not take the page ({how}). The page is kept as a file."),
        N_("Look at the printer, then print again."),
        reference="P503",
        how=Path(how).name,
    )
