"""The caller's side of an association: every wait ends, also when the peer dies at the worst moment."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import pytest
from pynetdicom.presentation import build_context
from pynetdicom.sop_class import Verification  # type: ignore[attr-defined]

from kiosk.dicom.nodes import Node
from kiosk.dicom.upper_layer import call
from tests.dicom.peers import listening

DEADLINE_S = 5.0  # far below the 60 s that an answer may take


@pytest.fixture
def called() -> Any:
    with listening() as listener:
        assoc = call("CT1", Node("KIOSK", "127.0.0.1", listener.port), [build_context(Verification)])
        yield assoc
        assoc.abort()


def seconds(what: Callable[[], object]) -> float:
    began = time.monotonic()
    what()
    return time.monotonic() - began


def break_link(assoc: Any) -> None:
    assoc.dul.socket.close()  # what pynetdicom does itself when the peer is gone


def test_a_send_on_a_link_that_broke_a_moment_ago_does_not_wait(called: Any) -> None:
    break_link(called)
    for _ in range(3):
        called.dimse.get_msg(block=False)  # the reactor looks in between, as it does every millisecond
    assert seconds(lambda: called.dimse.get_msg(block=True)) < DEADLINE_S
    assert seconds(lambda: called.dimse.get_msg(block=True)) < DEADLINE_S, "the second sender waits no longer"


def test_the_reactor_leaves_an_answer_to_who_waits_for_it(called: Any) -> None:
    answer = (1, object())
    called.dimse.msg_queue.put(answer)
    assert called.dimse.get_msg(block=False) == (None, None)
    assert called.dimse.get_msg(block=True) == answer
