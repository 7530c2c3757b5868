"""A child process under supervision: asked over a pipe, watched for its memory and its deadlines, started again."""

from __future__ import annotations

import contextlib
import logging
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from kiosk.core import pipe_talk
from kiosk.core.faults import Fault
from kiosk.core.process import worker_command
from kiosk.core.words import N_

log = logging.getLogger(__name__)

Message = dict[str, Any]
WATCH_EVERY_S = 0.02  # memory can grow by some 50 MB in that time
START_WITHIN_S = 60.0  # a cold start of the executable under a virus scanner takes its time
NO_WINDOW = getattr(subprocess, "CREATE_NO_WINDOW", 0)  # Windows alone has it
_GONE: Message = {}


class ChildLost(Fault):
    """The child gave no answer and was ended. ``reason``: died, memory, deadline, stopped or start."""

    reference = "P500"

    def __init__(self, reason: str, sentence: str, next_step: str = "") -> None:
        self.reason = reason
        super().__init__(sentence, next_step)


class Child:
    """One worker process of this program. ``ask`` from one thread; whatever ends it, the next question starts it again.

    ``module.run_worker(args)`` runs in the child and speaks kiosk.core.pipe_talk; its first message is
    ``{"ready": <its process id>}``, which in a one-file executable is not the id of the process started here.
    """

    def __init__(self, module: str, args: Sequence[str] = (), *, name: str, memory_mb: int = 1536) -> None:
        self.name = name
        self.starts = 0
        self._command = worker_command(module, *args)
        self._memory = memory_mb << 20
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._answers: queue.Queue[Message] = queue.Queue()
        self._pid = 0  # of the process that works; 0 until it said that it is ready

    @property
    def pid(self) -> int:
        return self._pid

    def start(self) -> None:
        """Start the process without waiting for it."""
        if self._process is not None:
            return
        self.starts += 1
        self._answers = queue.Queue()
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            creationflags=NO_WINDOW,
        )
        self._reader = threading.Thread(
            target=_read, args=(self._process, self._answers), name=f"{self.name}-answers", daemon=True
        )
        self._reader.start()

    def ask(self, question: Message, deadline_s: float, stopped: Callable[[], bool] = lambda: False) -> Message:
        """The child's answer. Raises the Fault that the child told, or ChildLost when it had to be ended."""
        self.start()
        assert self._process is not None and self._process.stdin is not None
        if not self._pid:
            ready = self._wait(START_WITHIN_S, stopped)
            self._pid = int(ready.get("ready", 0)) or self._process.pid
        with contextlib.suppress(OSError):  # a child that is gone shows in the answer that does not come
            pipe_talk.send(self._process.stdin, question)  # type: ignore[arg-type]
        answer = self._wait(deadline_s, stopped)
        if "fault" in answer:
            raise pipe_talk.fault_from_message(answer["fault"])
        return answer

    def tell(self, message: Message) -> bool:
        """Say something without waiting for an answer; False where the child is gone. One thread at a time."""
        process = self._process
        if process is None or process.stdin is None:
            return False
        try:
            pipe_talk.send(process.stdin, message)  # type: ignore[arg-type]
        except (OSError, ValueError):
            return False
        return True

    def heard(self, wait_s: float) -> Message | None:
        """The next thing that the child says by itself, None where it says nothing for so long. Raises ChildLost."""
        try:
            answer = self._answers.get(timeout=wait_s)
        except queue.Empty:
            if self._swollen():
                raise self._lost("memory", N_("A helper process of this program needed too much memory.")) from None
            return None
        if answer is _GONE:
            raise self._lost("died", N_("A helper process of this program ended unexpectedly."))
        return answer

    def _wait(self, deadline_s: float, stopped: Callable[[], bool]) -> Message:
        until = time.monotonic() + deadline_s
        while True:
            try:
                answer = self._answers.get(timeout=WATCH_EVERY_S)
            except queue.Empty:
                pass
            else:
                if answer is _GONE:
                    raise self._lost("died", N_("A helper process of this program ended unexpectedly."))
                return answer
            if stopped():
                raise self._lost("stopped", N_("The work was stopped."))
            if self._swollen():
                raise self._lost("memory", N_("A helper process of this program needed too much memory."))
            if time.monotonic() > until:
                raise self._lost("deadline", N_("A helper process of this program did not answer in time."))

    def _swollen(self) -> bool:
        import psutil  # type: ignore[import-untyped]

        if not self._pid:
            return False
        try:
            return bool(psutil.Process(self._pid).memory_info().rss > self._memory)
        except psutil.Error:  # it has just ended: the reader says so next
            return False

    def _lost(self, reason: str, sentence: str) -> ChildLost:
        code = self.close()
        if reason != "stopped":
            log.warning("%s was ended: %s, exit code %s", self.name, reason, code)
        return ChildLost(reason, sentence, N_("It is started again by itself."))

    def close(self) -> int | None:
        """End the process, whatever it is doing, and clear it away; returns its exit code."""
        process, reader, pid = self._process, self._reader, self._pid
        self._process, self._reader, self._pid = None, None, 0
        if process is None:
            return None
        _kill(process, pid)
        code = process.wait()
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        if reader is not None:
            reader.join(5.0)
        if process.stdout is not None:
            process.stdout.close()
        return code


def _kill(process: subprocess.Popen[bytes], pid: int) -> None:
    if pid and pid != process.pid:
        # A one-file executable works in a child of the process that was started.
        import psutil  # type: ignore[import-untyped]

        with contextlib.suppress(psutil.Error):
            psutil.Process(pid).kill()
    process.kill()


def _read(process: subprocess.Popen[bytes], answers: queue.Queue[Message]) -> None:
    try:
        while (answer := pipe_talk.receive(process.stdout)) is not None:  # type: ignore[arg-type]
            answers.put(answer)
    except (OSError, ValueError):
        log.warning("a child said something that is no message")
    finally:
        answers.put(_GONE)
