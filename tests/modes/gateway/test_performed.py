"""A device works through the real gateway: worklist, performed step, images, and the question whether they are kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from kiosk.core.commitment import CommitmentReport, Reference
from kiosk.core.performed import PerformedState
from kiosk.dicom.ask_worklist import Asking
from kiosk.dicom.commitment import ask_commitment
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.nodes import Node
from kiosk.dicom.tell_performed import WRONG_ENTRY, PerformedReport
from kiosk.store import performed, visits
from kiosk.store.engine import Store
from tests.modes.gateway.site import PEOPLE, GatewaySite

Open = Callable[..., GatewaySite]


def states(centre: Store) -> dict[str, str]:
    with centre.reading() as conn:
        [visit] = visits.day_visits(conn, date.today())
    return {step.exam.modality: step.state.value for step in visit.steps}


def test_a_device_tells_what_it_performs_and_asks_what_is_kept(open_gateway: Open) -> None:
    site = open_gateway()
    site.visit()
    centre = site.station.centre
    node = Node("KIOSK", "127.0.0.1", site.port)
    device = replace(site.device(), performed=node)
    report = PerformedReport("CR1", node)
    [row] = device.ask(Asking(modality="CR"))
    report.end(report.begin(row), state=PerformedState.DISCONTINUED, reason=WRONG_ENTRY)
    assert states(centre)["CR"] == "scheduled"
    [row] = device.ask(Asking(modality="CR"))
    sent = device.examine(row)
    assert states(centre)["CR"] == "done"
    assert device.ask(Asking(modality="CR")) == []
    [again] = device.ask(Asking(modality="CR", patient_id=PEOPLE[0].patient_id))  # for a repeat
    assert again.study_uid == row.study_uid
    with centre.reading() as conn:
        assert performed.expected_instances(conn, row.study_uid) == len(sent)

    volume = site.station.volumes.receiving()
    stored = [facts_of_file(volume.file(each)) for each in volume.stored_files()]
    kept = tuple(Reference(each.sop_class, each.sop_uid) for each in stored)
    assert len(kept) == len(sent)
    told: list[CommitmentReport] = []
    unknown = Reference(kept[0].sop_class, "1.2.3.4.5")
    ask_commitment("CR1", node, (*kept, unknown), told=told.append, wait_s=15)
    [answer] = told
    assert set(answer.kept) == set(kept)
    assert [each.sop_uid for each in answer.failed] == ["1.2.3.4.5"]
    lost = volume.file(next(iter(volume.stored_files())))
    gone = facts_of_file(lost)
    lost.unlink()
    ask_commitment("CR1", node, kept, told=told.append, wait_s=15)
    assert [each.sop_uid for each in told[1].failed] == [gone.sop_uid]
