"""What stands and what is owed, in a few lines for the IT person (no names)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from kiosk.core.disks import STATES, DiskState
from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.flow.disk_book import disk_lines
from kiosk.flow.nightly_backup import last_night
from kiosk.flow.settings_file import StationFile, volumes_of
from kiosk.store import images, jobs, visits
from kiosk.store.opening import centre_store, station_store

GB = 1_000_000_000


def status(file: StationFile) -> Iterator[Sentence]:
    """Store, examinees of today, images, jobs, disks."""
    centre = centre_store(file.station.centre, file.data)
    local = station_store(file.data)
    try:
        try:
            with centre.reading() as conn:
                today = visits.counted(conn, date.today())
                counts = images.counts(conn)
                owed = jobs.counts(conn, file.station.name)
                senders = images.sources(conn)
            yield Sentence(N_("Shared store: {url} answers"), {"url": centre.shown_url})
            yield Sentence(
                N_("Today: {booked} booked, {arrived} arrived, {done} done, {vanished} no longer in the list"),
                {key: today.get(key, 0) for key in ("booked", "arrived", "done", "vanished")},
            )
            yield Sentence(
                N_("Images: {instances} in {studies} studies, {unmatched} unmatched, {asides} kept aside"), counts
            )
            for source, at, number in senders:
                yield Sentence(
                    N_("  {source}: {number} images, last at {at}"), {"source": source, "number": number, "at": at}
                )
            yield Sentence(
                N_("Jobs of this station: {owed} owed, {done} done"),
                {"owed": owed.get("owed", 0), "done": owed.get("done", 0)},
            )
        except Fault as fault:
            yield Sentence(N_("Shared store: {url} does not answer"), {"url": centre.shown_url})
            yield fault.sentence
        with local.reading() as conn:
            owed = jobs.counts(conn, file.station.name, local=True)
        yield Sentence(N_("Jobs of this PC: {owed} owed"), {"owed": owed.get("owed", 0)})
        last = last_night(local)
        if last is not None:
            state = N_("Nightly backup at {at}: good") if last.good else N_("Nightly backup at {at}: NOT good")
            yield Sentence(state, {"at": last.at})
            yield from last.told
        for disk in disk_lines(local)[0]:
            values = {"name": disk.id, "state": Sentence(STATES[DiskState(disk.state)]), "n": disk.waiting}
            yield Sentence(N_("Disk {name}: {state}, {n} studies still to be copied"), values)
        for volume in volumes_of(file):
            if volume.root.exists():
                yield Sentence(
                    N_("Disk {name}: {free} GB of {total} GB free"),
                    {
                        "name": volume.id,
                        "free": f"{volume.free_bytes() / GB:.1f}",
                        "total": f"{volume.total_bytes() / GB:.1f}",
                    },
                )
    finally:
        centre.close()
        local.close()
