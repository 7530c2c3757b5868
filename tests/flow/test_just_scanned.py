"""The examinee who was scanned beside a console is the first that its worklist is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from kiosk.core.worklist_index import Listed, WorklistIndex
from kiosk.dicom.ask_worklist import Asking, ask_worklist
from kiosk.dicom.nodes import Node
from kiosk.dicom.worklist import WorklistDoor
from kiosk.flow.crew import Crew
from kiosk.flow.just_scanned import HOLDS_S, JustScanned, tell_scanned
from kiosk.flow.notices import Watch
from kiosk.store.engine import Store
from tests.dicom.peers import HANAKO, TARO, TODAY, a_row, listening

Wait = Callable[..., Any]


def test_the_scanned_one_comes_first_at_that_console_alone(centre: Store, crew: Crew, wait_until: Wait) -> None:
    now = [0.0]
    first = JustScanned(Watch(centre, crew, lambda do, *args: do(*args)), clock=lambda: now[0])
    rows = [a_row(TARO, 1, visit=1), a_row(HANAKO, 2, visit=2, scheduled_time="150000")]
    door = WorklistDoor(lambda query: Listed(WorklistIndex(rows)), today=lambda: TODAY, first=first)

    def told(ae_title: str) -> list[str]:
        node = Node("KIOSK", "127.0.0.1", listener.port)
        return [each.patient.patient_id for each in ask_worklist(ae_title, node, Asking(day=TODAY))]

    with listening(door) as listener:
        assert told("CR1") == [TARO.patient_id, HANAKO.patient_id]
        tell_scanned(centre, "CR1", 2)
        wait_until(lambda: first("CR1") == 2, what="the gateway has heard of it")
        assert told("CR1") == [HANAKO.patient_id, TARO.patient_id]
        assert told("CR2") == [TARO.patient_id, HANAKO.patient_id]
        now[0] += HOLDS_S
        assert told("CR1") == [TARO.patient_id, HANAKO.patient_id]
