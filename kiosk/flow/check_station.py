"""Is everything that this station needs there and answering? One line each, with what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.words import N_, Sentence
from kiosk.flow.answers import as_fault
from kiosk.flow.check_store import Line
from kiosk.flow.settings_file import StationFile, volumes_of
from kiosk.store.backup import pg_dump_found
from kiosk.store.engine import Store
from kiosk.store.opening import centre_store, station_store

LEAST_FREE = 2_000_000_000  # bytes


def check_station(file: StationFile, modes: Mapping[str, Any]) -> Iterator[Line]:
    """Parameter file, stores, disks, fonts, and what each mode declares by ``check(kit settings)``."""
    yield Line(True, Sentence(N_("Parameter file: {path}"), {"path": str(file.path or "-")}))
    for store in (centre_store(file.station.centre, file.data), station_store(file.data)):
        yield from _store(store)
    for volume in volumes_of(file):
        yield from _volume(volume)
    for name in file.modes:
        mode = modes[name]
        if not mode.broken:
            yield Line(True, Sentence(N_("Mode {name}: ready"), {"name": name}))
        if mode.check is not None:
            yield from _mode(mode.check, file.modes[name])


def _mode(check: Any, settings: Any) -> Iterator[Line]:
    """What a mode says of its own needs; one whose check fails is a line too, and the other modes are still asked."""
    try:
        for good, text, next_step in check(settings):
            yield Line(good, text, next_step)
    except Exception as why:
        fault = as_fault(why)
        yield Line(False, fault.sentence, fault.next_step)


def _store(store: Store) -> Iterator[Line]:
    try:
        with store.reading():
            pass
        yield Line(True, Sentence(N_("Store {kind}: {url} answers"), {"kind": store.kind, "url": store.shown_url}))
    except Fault as fault:
        yield Line(False, fault.sentence, fault.next_step)
        return
    finally:
        store.close()
    if not store.is_sqlite and pg_dump_found() is None:
        yield Line(
            False,
            Sentence(N_("PostgreSQL is not backed up from this PC: pg_dump was not found.")),
            Sentence(N_("Install PostgreSQL's client tools here, or back it up on its own server.")),
        )


def _volume(volume: Any) -> Iterator[Line]:
    values = {"name": volume.id, "path": str(volume.root)}
    try:
        if volume.writable:
            volume.check()
        there = volume.root.exists()
        room = volume.free_bytes() if there else 0
    except (OSError, Fault) as why:
        text = why.sentence if isinstance(why, Fault) else Sentence(N_("Disk {name}: {path} can't be reached"), values)
        step = why.next_step if isinstance(why, Fault) else Sentence(N_("Check its cable or share."))
        yield Line(False, text, step)
        return
    if not there and not volume.writable:
        yield Line(
            False,
            Sentence(N_("Disk {name}: {path} can't be reached"), values),
            Sentence(N_("Check its cable or share.")),
        )
    elif there and room < LEAST_FREE:
        yield Line(False, Sentence(N_("Disk {name} is nearly full"), values), Sentence(N_("Make room or add a disk.")))
    else:
        yield Line(True, Sentence(N_("Disk {name}: {path} is there"), values))
