"""A gateway's disks in a folder: two of its own, two of an image server, a spare one; and images on them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from kiosk.core.disks import COPIED_TO
from kiosk.core.image_kinds import kind_of
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Intake, Owed
from kiosk.flow.keep_twice import COPY, KeepTwice
from kiosk.store import image_places, jobs
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from kiosk.store.image_places import Kept
from kiosk.store.jobs import Job
from kiosk.store.tables import instances
from kiosk.store.volume import Volume, Volumes
from kiosk.store.writer import GroupWriter
from tests.flow.arrivals import take

ROLES = {"MAG1": "gateway", "MAG2": "primary", "MAG3": "primary", "BUP": "mirror"}
BYTES = bytes(range(256)) * 40


class Disks:
    """``intake`` receives onto them, ``copy()`` does the copies that are owed."""

    def __init__(
        self, folder: Path, centre: Store, own: Store, crew: Crew, names: Sequence[str] = tuple(ROLES)
    ) -> None:
        self.centre, self.own, self.crew = centre, own, crew
        made = [Volume(name, folder / name, True, ROLES[name], reserve_bytes=1) for name in names]
        self.volumes = Volumes(made)
        for each in made:
            each.prepare()
            each.look()
        self.writer = GroupWriter(centre, crew.start)
        self.actor = Actor(station="gateway")
        owed = tuple(Owed(COPY, role, "gateway", per="study") for role in COPIED_TO)
        self.intake = Intake(
            centre, self.volumes.receiving, self.writer, self.actor, owed=owed, path_of=self.volumes.path_of,
            kind=kind_of, today=lambda: date(2026, 11, 25),
        )  # fmt: skip
        self.twice = KeepTwice(centre, self.volumes, kind_of)

    def __getitem__(self, name: str) -> Volume:
        found = self.volumes.get(name)
        assert found is not None
        return found

    def receive(self, count: int = 3, study: int = 1, modality: str = "CR") -> list[str]:
        """``count`` images of a study; their SOP Instance UIDs."""
        uids = [f"1.2.{study}.{number}" for number in range(1, count + 1)]
        for number, uid in enumerate(uids):
            take(
                self.intake, BYTES + uid.encode(), uid, study_uid=f"1.2.{study}", series_uid=f"1.2.{study}.0",
                modality=modality, patient_id=f"P{study:05d}", instance_number=number + 1,
            )  # fmt: skip
        return uids

    def copy(self, study: int = 1, roles: Sequence[str] = COPIED_TO) -> None:
        for role in roles:
            self.twice.copy_study(Job(0, COPY, role, f"1.2.{study}", {}, 1))

    def kept(self, study: int = 1) -> list[Kept]:
        with self.centre.reading() as conn:
            return image_places.images_of_study(conn, f"1.2.{study}")

    def places(self, study: int = 1) -> list[list[str]]:
        """Of each image the disks it lies on by the index, its own first; each of them is held against its bytes."""
        for image in self.kept(study):
            for place in image.places:
                if place.state == image_places.GOOD:
                    data = self[place.volume].file(place.path).read_bytes()
                    assert data == BYTES + image.sop_uid.encode(), f"{place.volume} {place.path}"
        return [[place.volume for place in image.places] for image in self.kept(study)]

    def owed(self) -> dict[str, int]:
        with self.centre.reading() as conn:
            return jobs.waiting(conn, "gateway", COPY)

    def received_at(self, day: date) -> None:
        """As if everything had been received on that day."""
        with self.centre.writing() as conn:
            conn.execute(instances.update().values(received_at=f"{day.isoformat()}T10:00:00.000+09:00"))

    def look(self) -> None:
        for each in self.volumes:
            each.look()
