"""Looks into the inbox again and again, has complete lists read, and says on this PC what is waited for."""

from __future__ import annotations

import logging
import threading
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.kept_sentences import sentence_data
from kiosk.core.words import N_
from kiosk.flow.notices import Watch
from kiosk.flow.read_list import ReadList
from kiosk.store import local, notices
from kiosk.store.engine import Store

log = logging.getLogger(__name__)

SUBJECT = "inbox"
NOTICE = "inbox"  # local: what is waited for has changed
NOW = "read list"  # local: somebody asks for a look at once


def watch_inbox(
    reader: ReadList, own: Store, heard: Watch, stop: threading.Event, every_s: float = 3.0, settle_s: float = 2.0
) -> None:
    """Look every ``every_s`` until ``stop``; at once when this PC is told NOW. Troubles are told once and go on."""
    asked = threading.Event()
    quiet = heard.listen(NOW, lambda notice: asked.set())
    told: dict[str, Any] | None = None
    try:
        while not stop.is_set():
            state = _look(reader, stop)
            if state != told:
                fault = state["fault"]
                if fault is not None and (told is None or fault != told["fault"]):
                    log.warning("inbox: %s %s", fault["reference"], fault["sentence"][0])  # not at each look
                told = state
                _tell(own, state)
            # What rests unchanged is read at the second look, so the next one comes soon.
            wait_s = min(every_s, settle_s) if any(each["why"] == "growing" for each in state["waiting"]) else every_s
            _wait(asked, stop, wait_s)
    finally:
        quiet()
        own.leave()


def read_now(own: Store) -> None:
    """Ask the watcher of this PC for a look at once."""
    with own.writing() as conn:
        notices.tell(conn, NOW, local=True)


def _look(reader: ReadList, stop: threading.Event) -> dict[str, Any]:
    fault: Fault | None = None
    try:
        reader.look(stop)
    except Fault as why:
        fault = why
    except Exception as why:  # a fault of ours must not end the reading of lists for the day
        log.error("inbox: unexpected %s", type(why).__name__, exc_info=why)
        fault = Fault(
            N_("The reservation list can't be read because of a fault in the program."),
            N_("Call the person in charge with this number; the list stays in its folder."),
            reference="X201",
        )
    waiting = [
        {"name": each.name, "why": each.why.value, "minutes": int(each.since_s // 600) * 10} for each in reader.waiting
    ]
    if fault is None:
        return {"fault": None, "waiting": waiting}
    sentence, next_step = sentence_data(fault.sentence), sentence_data(fault.next_step)
    return {"fault": {"sentence": sentence, "next": next_step, "reference": fault.reference}, "waiting": waiting}


def _tell(own: Store, state: dict[str, Any]) -> None:
    try:
        with own.writing() as conn:
            local.keep_last_seen(conn, SUBJECT, state)
            notices.tell(conn, NOTICE, local=True)
    except Fault as why:
        log.warning("inbox state not kept: %s", why)


def _wait(asked: threading.Event, stop: threading.Event, wait_s: float) -> None:
    """Until somebody asks, the station stops, or the time is over."""
    left = wait_s
    while left > 0 and not stop.is_set() and not asked.is_set():
        asked.wait(min(0.25, left))
        left -= 0.25
    asked.clear()
