"""A service for the tests of the supervisor: says what it was told, lives until its input ends, or dies at once."""

from __future__ import annotations

import json
import os
import sys
import threading
from pathlib import Path


def main() -> int:
    order = json.loads(sys.stdin.buffer.readline())
    folder = Path(order["folder"])
    with open(folder / "starts.txt", "a", encoding="utf-8") as starts:
        starts.write(f"{os.getpid()} {sys.argv[-1]} {order['word']}\n")
    if order.get("dies"):
        return 3
    stop = threading.Event()
    if order.get("deaf"):
        stop.wait(60)
        return 0
    from kiosk.flow.services import wait_for_the_end

    wait_for_the_end(stop)
    stop.wait(60)
    (folder / f"{os.getpid()}.ended").touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
