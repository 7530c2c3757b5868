"""Where every command line arrives: workers, services, commands, stations."""

from __future__ import annotations

import importlib
import importlib.util
import logging
import os
import sys

from kiosk.core.faults import Fault
from kiosk.core.words import N_

log = logging.getLogger(__name__)


def main(argv: list[str]) -> int:
    """Run a command line (without the program's name); returns the exit code."""
    _mend_streams()
    if not logging.getLogger().handlers:  # until the day's log is open: a person reads sentences, not log lines
        logging.getLogger().addHandler(logging.NullHandler())
    command = argv[0] if argv else ""
    try:
        if command == "--worker":
            return _worker(argv[1:])
        if command == "--service":
            from kiosk.assembly import run_service

            return run_service(" ".join(argv[1:]))
        from kiosk import commands

        return commands.run(argv)
    except Fault as fault:
        log.warning("%s", fault)
        print(fault.told(), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # who read along (a pager, head) has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as why:  # nobody reads a traceback; what and where is enough to find it
        from kiosk.assembly import unforeseen

        print(unforeseen(why).told(), file=sys.stderr)
        print(f"{type(why).__name__}: {_place(why)}", file=sys.stderr)
        return 1


def _place(why: BaseException) -> str:
    """Where in the program it happened; never what it says, which may name a person."""
    import traceback

    ours = [frame for frame in traceback.extract_tb(why.__traceback__) if f"{os.sep}kiosk{os.sep}" in frame.filename]
    return f"{ours[-1].filename.rpartition(f'{os.sep}kiosk{os.sep}')[2]}:{ours[-1].lineno}" if ours else "-"


def _mend_streams() -> None:
    """A windowed executable has no standard streams; whoever prints must not fail for it. Others speak UTF-8."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - for the process's life
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


def _worker(argv: list[str]) -> int:
    module, args = (argv[0], argv[1:]) if argv else ("", [])
    run = None
    if module.startswith("kiosk.") and importlib.util.find_spec(module) is not None:
        run = getattr(importlib.import_module(module), "run_worker", None)
    if run is None:
        raise Fault(
            N_("{word} is neither a command nor a file."),
            N_("See “station --help”."),
            reference="P206",
            word=f"--worker {module}",
        )
    return int(run(args))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
