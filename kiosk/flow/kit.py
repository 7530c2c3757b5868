"""What journeys that run in a service need of the station; ``kiosk.modes.contract.Kit`` has it all."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from kiosk.core.settings import StationSettings
from kiosk.flow.crew import Crew
from kiosk.flow.notices import Watch
from kiosk.store.engine import Store
from kiosk.store.volume import Volumes


class Kit(Protocol):
    """This station: its settings, its stores, its disks, its workers."""

    @property
    def station(self) -> StationSettings: ...
    @property
    def centre(self) -> Store: ...
    @property
    def local(self) -> Store: ...
    @property
    def volumes(self) -> Volumes: ...
    @property
    def crew(self) -> Crew: ...
    @property
    def data(self) -> Path: ...
    @property
    def notices(self) -> Watch: ...
    @property
    def local_notices(self) -> Watch: ...
