"""Where all uncaught errors meet: a line in the log without patient data, and a plain sentence in the window."""

from __future__ import annotations

import hashlib
import logging
import sys
import threading
import time
import tkinter as tk
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_
from kiosk.ui.mailbox import Mailbox

log = logging.getLogger("kiosk.ui")

QUIET_S = 5.0  # the same error again within this time is counted, not written again


class Unforeseen(Fault):
    """An error of ours that nobody foresaw: said plainly, found again in the log by its reference."""

    def __init__(self, reference: str) -> None:
        super().__init__(
            N_("Something went wrong here; the last step was not done."),
            N_("Try it once more. If it comes back, tell the person in charge this reference."),
            reference=reference,
        )


_mailbox: Mailbox | None = None
_fronts: list[tuple[Any, Callable[[Fault], None]]] = []  # (owner, show), the one in front last
_seen: dict[str, tuple[float, int]] = {}
_lock = threading.Lock()


def reference_of(error: BaseException) -> str:
    """A short reference, the same for the same error at the same place."""
    where = [f"{frame.name}:{frame.lineno}" for frame in traceback.extract_tb(error.__traceback__)][-3:]
    return "E" + hashlib.sha256("|".join([type(error).__name__, *where]).encode()).hexdigest()[:5].upper()


def masked(error: BaseException) -> str:
    """What may be written down: kinds of errors and places in the program, never a message (it may hold a name)."""
    lines: list[str] = []
    at: BaseException | None = error
    while at is not None and len(lines) < 60:
        said = f": {at}" if isinstance(at, Fault) else ""  # a Fault's str() is made without values
        lines.append(type(at).__name__ + said)
        for frame in traceback.extract_tb(at.__traceback__)[-20:]:
            file = frame.filename.replace("\\", "/").split("/")
            lines.append(f"  {'/'.join(file[-3:])}:{frame.lineno} {frame.name}")
        at = at.__cause__ or (None if at.__suppress_context__ else at.__context__)
    return "\n".join(lines)


def report(error: BaseException) -> None:
    """Write it to the log and tell the person at the window in front. From any thread, never raises."""
    if isinstance(error, Fault):
        fault, level = error, logging.WARNING
    else:
        fault, level = Unforeseen(reference_of(error)), logging.ERROR
    with _lock:
        since, times = _seen.get(fault.reference, (-QUIET_S, 0))
        now = time.monotonic()
        fresh = now - since >= QUIET_S
        _seen[fault.reference] = (now, 0) if fresh else (since, times + 1)
    if fresh:
        again = f" (and {times} times since)" if times else ""
        log.log(level, "%s%s\n%s", fault.reference, again, masked(error))
    if _mailbox is not None:
        _mailbox.post(_show, fault)


def in_front(owner: object, show: Callable[[Fault], None]) -> None:
    """From now on ``show(fault)`` of ``owner`` (a shell) tells the person; the last one named is the one in front."""
    leaves(owner)
    _fronts.append((owner, show))


def leaves(owner: object) -> None:
    """``owner``'s window is gone."""
    _fronts[:] = [pair for pair in _fronts if pair[0] is not owner]


def meet(root: tk.Tk, mailbox: Mailbox) -> Callable[[], None]:
    """Make Tk's callbacks, threads, the mailbox and the interpreter report here; the call returned undoes it."""
    global _mailbox
    before = (threading.excepthook, sys.excepthook, sys.unraisablehook, root.report_callback_exception)
    _mailbox = mailbox
    mailbox.failures_go_to(report)

    def from_tk(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise error
        report(error)

    def from_thread(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            report(args.exc_value)

    def from_interpreter(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        report(error)
        if sys.stderr is not None and not isinstance(error, Fault):  # a windowed executable has no stderr
            print(masked(error), file=sys.stderr)

    def from_nowhere(args: sys.UnraisableHookArgs) -> None:
        if args.exc_value is not None:
            report(args.exc_value)

    root.report_callback_exception = from_tk  # type: ignore[method-assign]
    threading.excepthook, sys.excepthook, sys.unraisablehook = from_thread, from_interpreter, from_nowhere

    def undo() -> None:
        global _mailbox
        threading.excepthook, sys.excepthook, sys.unraisablehook = before[:3]
        root.report_callback_exception = before[3]  # type: ignore[method-assign]
        _mailbox = None

    return undo


def _show(fault: Fault) -> None:
    if _fronts:
        _fronts[-1][1](fault)
