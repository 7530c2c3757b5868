"""What stands and what is owed, in a few lines for the IT person (no names)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from kiosk.core.disks import STATES, DiskLine, DiskState
from kiosk.core.faults import Fault
from kiosk.core.sending import SendState
from kiosk.core.words import N_, Sentence
from kiosk.flow.disk_book import disk_lines
from kiosk.flow.gateway_book import STATE
from kiosk.flow.nightly_backup import last_night
from kiosk.flow.sending_state import destination_lines
from kiosk.flow.settings_file import StationFile, volumes_of
from kiosk.store import images, jobs, sends, visits
from kiosk.store import local as own_store
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store, station_store

GB = 1_000_000_000
SILENT_S = 30.0  # a receiver that runs says something each few seconds
RECEIVER = ("ae_title", "port", "associations", "taken")


def status(file: StationFile) -> Iterator[Sentence]:
    """Store, examinees of today, images, jobs, disks."""
    centre = centre_store(file.station.centre, file.data)
    local = station_store(file.data)
    going: dict[str, dict[str, int]] = {}
    try:
        try:
            with centre.reading() as conn:
                today = visits.counted(conn, date.today())
                counts = images.counts(conn)
                owed = jobs.counts(conn, file.station.name)
                senders = images.sources(conn)
                going = sends.counts(conn, date.today().isoformat())
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
        yield from _gateway(local)
        yield from _disks(file, local)
        yield from _destinations(local, going)
    finally:
        centre.close()
        local.close()


def _gateway(local: Store) -> Iterator[Sentence]:
    """Does it run on this PC? What it told of disks and destinations is as old as its last word."""
    with local.reading() as conn:
        kept = own_store.seen_last(conn, STATE)
    if kept is None:
        return
    told = {"at": kept.at[:16].replace("T", " "), **{key: kept.body.get(key, 0) for key in RECEIVER}}
    if abs((datetime.now().astimezone() - datetime.fromisoformat(kept.at)).total_seconds()) < SILENT_S:
        text = N_("Receiver {ae_title} on port {port}: runs, {associations} connections, {taken} images taken")
        yield Sentence(text, told)
    else:
        yield Sentence(N_("Receiver {ae_title}: does not run. What follows is as it was at {at}."), told)


def _disks(file: StationFile, local: Store) -> Iterator[Sentence]:
    told = {disk.id: disk for disk in disk_lines(local)[0]}
    for volume in volumes_of(file):
        disk = told.get(volume.id, DiskLine(volume.id))
        state = Sentence(STATES[DiskState(disk.state)])
        if not volume.root.exists():
            yield Sentence(N_("Disk {name}: {state}"), {"name": volume.id, "state": Sentence(STATES[DiskState.GONE])})
            continue
        values = {
            "name": volume.id, "state": state, "n": disk.waiting,
            "free": f"{volume.free_bytes() / GB:.1f}", "total": f"{volume.total_bytes() / GB:.1f}",
        }  # fmt: skip
        yield Sentence(N_("Disk {name}: {state}, {free} GB of {total} GB free, {n} studies still to be copied"), values)


def _destinations(local: Store, going: Mapping[str, Mapping[str, int]]) -> Iterator[Sentence]:
    for line in destination_lines(local)[0]:
        counts = going.get(line.name, {})
        over = counts.get(SendState.DONE, 0) + counts.get(SendState.VERIFIED, 0)
        failed = counts.get(SendState.FAILED, 0)
        state = N_("answers") if line.lamps.echo is not None else N_("does not answer")
        values = {
            "name": line.title or line.name, "state": Sentence(N_("paused") if line.paused else state), "done": over,
            "failed": failed, "waiting": sum(counts.values()) - over - failed,
        }  # fmt: skip
        yield Sentence(N_("Sending to {name}: {state}, {waiting} waiting, {failed} failed, {done} sent today"), values)
