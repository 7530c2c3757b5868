"""The receiving process is killed at random moments while devices send: nothing acknowledged is lost or damaged."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from kiosk.flow import services
from tests.dicom.peers import free_port
from tests.journeys.steady_sender import SteadySender, prove
from tests.needs import only_on_posix
from tests.waiting import wait_until

KILLS, IN_EVERY_RUN = 200, 4


@only_on_posix
@pytest.mark.expects_errors
def test_killed_while_receiving(
    open_gateway: Callable[..., Any], tmp_path: Path, soak: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "LIVED_S", 0.0)  # the pause must not grow from one kill to the next
    kills = KILLS if soak == 1.0 else IN_EVERY_RUN
    seed = random.SystemRandom().randrange(1 << 30)
    moments = random.Random(seed)
    site = open_gateway(child=True, port=free_port())
    port = site.port
    senders = [SteadySender(name, port, tmp_path / name, seed + at) for at, name in enumerate(("CT1", "MR1"))]
    for sender in senders:
        sender.start()
    never = threading.Event()
    try:
        for kill in range(kills):
            before = sum(len(sender.acknowledged) for sender in senders)
            wait_until(
                lambda before=before: sum(len(sender.acknowledged) for sender in senders) >= before + 3,
                60,
                f"the devices send again after kill {kill}",
            )
            never.wait(moments.uniform(0.0, 1.2))
            os.kill(site.service.pid, signal.SIGKILL)
            wait_until(lambda kill=kill: site.service.deaths == kill + 1, 10)
            print(f"kill {kill + 1}: {before} acknowledged", flush=True)
    finally:
        for sender in senders:
            sender.stop()
    acknowledged = senders[0].acknowledged | senders[1].acknowledged
    site.close()
    wrong = list(prove(site.file, acknowledged))
    unanswered = sum(sender.unanswered for sender in senders)
    print(
        f"\n{kills} kills (seed {seed}): {len(acknowledged)} acknowledged, {unanswered} unanswered, {len(wrong)} wrong"
    )
    assert wrong == []
    assert [line for sender in senders for line in sender.strange] == []
    assert unanswered >= 1, "no kill met an image on its way: the test proves nothing"
