"""Is a host there, and is a port open? By the system's own ping, since a raw socket wants an administrator."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import sys
import time

PING_S = 2.0
TCP_S = 3.0
_TOLD = re.compile(rb"[=<]\s*([\d.]+)\s*ms")


def ping(address: str, wait_s: float = PING_S) -> float | None:
    """Milliseconds until the host answered; None where it did not, or where there is no ping on this PC."""
    began = time.perf_counter()
    try:
        done = subprocess.run(
            _command(address, wait_s),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=wait_s + 2.0,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Windows ends with 0 where a router says that it knows no way: only a real answer tells a time.
    told = _TOLD.search(done.stdout)
    if done.returncode != 0 or (sys.platform == "win32" and told is None):
        return None
    return float(told[1]) if told else 1000 * (time.perf_counter() - began)


def can_ping() -> bool:
    """Has this PC a ping at all?"""
    return shutil.which("ping") is not None


def tcp(address: str, port: int, wait_s: float = TCP_S) -> float | None:
    """Milliseconds until the port took a connection; None where it did not."""
    began = time.perf_counter()
    try:
        with socket.create_connection((address, port), wait_s):
            return 1000 * (time.perf_counter() - began)
    except OSError:
        return None


def _command(address: str, wait_s: float) -> list[str]:
    if sys.platform == "win32":
        return ["ping", "-n", "1", "-w", str(int(wait_s * 1000)), address]
    return ["ping", "-c", "1", "-W", str(max(1, int(wait_s))), address]
