"""A worker that misbehaves on purpose, and the decoder doing so for files that are named like a misdeed."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import Any

from kiosk.core import pipe_talk
from kiosk.core.process import worker_command
from kiosk.dicom import decode_child


def command(module: str, *args: str) -> list[str]:
    """In place of worker_command: the program itself starts workers of its own alone."""
    if module != __name__:
        return worker_command(module, *args)
    start = f"import sys; from {__name__} import run_worker; sys.exit(run_worker(sys.argv[1:]))"
    return [sys.executable, "-c", start, *args]


def run_worker(args: list[str]) -> int:
    """``echo`` answers plainly; ``decoder`` is the real decoder until a file is named like a misdeed."""
    if args == ["never ready"]:
        threading.Event().wait(3600)
    if args == ["dies at once"]:
        return 7
    if args != ["echo"]:
        plain = decode_child.Decoder.do

        def do(self: decode_child.Decoder, question: dict[str, Any]) -> dict[str, Any]:
            named = Path(question.get("path", "")).name if question["do"] == "frame" else ""
            misbehave(named.partition("-")[0])
            for path in question.get("paths", ()):
                misbehave(Path(path).name.partition("_")[0])
            return plain(self, question)

        decode_child.Decoder.do = do  # type: ignore[method-assign]
        return decode_child.run_worker([])
    incoming, outgoing = pipe_talk.own_pipes()
    pipe_talk.send(outgoing, {"ready": os.getpid()})
    print("what a library prints must not reach the pipe")
    while (question := pipe_talk.receive(incoming)) is not None:
        misbehave(str(question.get("do", "")))
        if question.get("do") == "babble":
            outgoing.write(b"\xff\xff\xff\xffbabble")
            outgoing.flush()
        pipe_talk.send(outgoing, {"echo": question})
    return 0


def misbehave(misdeed: str) -> None:
    if misdeed == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
        threading.Event().wait(60)
    if misdeed == "swell":
        hoard = []
        while True:
            hoard.append(bytearray(os.urandom(1 << 20) * 4))
    if misdeed == "hang":
        while True:
            pass
