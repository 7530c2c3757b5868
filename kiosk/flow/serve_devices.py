"""What the gateway does for devices beside taking their images: worklist, performed steps, storage commitment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from kiosk.dicom.nodes import Nodes
from kiosk.flow.answer_worklist import ScheduledSteps
from kiosk.flow.commit_storage import DeviceReporter, StorageCommitments
from kiosk.flow.hand_out import HandOut
from kiosk.flow.just_scanned import JustScanned
from kiosk.flow.kit import Kit
from kiosk.flow.take_performed import PerformedSteps
from kiosk.store.audit import Actor

if TYPE_CHECKING:
    from kiosk.dicom.upper_layer import Door


class DeviceServices:
    """``doors`` stand behind the listener; ``start`` sets their workers to work."""

    def __init__(
        self, kit: Kit, nodes: Nodes, own_title: str, days_without_date: int, asked: Callable[[dict[str, Any]], None]
    ) -> None:
        """``asked(query)`` is told of each worklist query."""
        from kiosk.dicom.commitment import CommitmentDoor
        from kiosk.dicom.mpps import PerformedDoor
        from kiosk.dicom.worklist import WorklistDoor

        self._kit = kit
        name = kit.station.name
        self._steps = ScheduledSteps(kit.centre, kit.local, kit.station.institution_name, days_without_date)
        worklist = WorklistDoor(
            self._steps.steps,
            told=lambda told: asked(asdict(told)),
            days_without_date=days_without_date,
            issuer=kit.station.issuer,
            first=JustScanned(kit.notices),
        )
        self._performed = PerformedSteps(kit.centre, kit.local, Actor(station=name), name)
        self._commitments = StorageCommitments(kit.centre, kit.volumes.path_of, name, lambda: self._reporter)
        commitment = CommitmentDoor(self._commitments.take, self._commitments.told)
        self._reporter = DeviceReporter(commitment, nodes, own_title)
        self.doors: list[Door] = [worklist, PerformedDoor(self._performed.begin, self._performed.change), commitment]

    def start(self) -> None:
        kit = self._kit
        kit.crew.start("worklist-memory", self._steps.keep_remembering, wake=self._steps.wake)
        HandOut(kit.centre, kit.station.name, self._commitments.doers(), kit.crew)
        HandOut(kit.local, kit.station.name, self._performed.doers(), kit.crew, local=True)
