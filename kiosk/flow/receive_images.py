"""The receiving process: storage and worklist behind one port, until it is told to stop."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from ssl import SSLContext
from typing import Any

from kiosk.core.disks import COPIED_TO
from kiosk.core.words import N_
from kiosk.dicom.nodes import Node, Nodes
from kiosk.dicom.tls import TlsFiles
from kiosk.dicom.traffic import Traffic
from kiosk.flow.answer_query import image_doors
from kiosk.flow.gateway_book import GatewayBook
from kiosk.flow.image_kinds import ImageKinds
from kiosk.flow.intake import Intake, Owed
from kiosk.flow.keep_twice import COPY
from kiosk.flow.kit import Kit
from kiosk.flow.lay_out_flat import LAY_OUT
from kiosk.flow.owed_routes import ROUTE, ROUTED, SOON_S
from kiosk.flow.serve_devices import DeviceServices
from kiosk.flow.watch_disks import DiskWatch
from kiosk.store.audit import Actor
from kiosk.store.writer import GroupWriter

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Receiving:
    """How this gateway receives."""

    ae_title: str
    port: int
    host: str = ""
    nodes: tuple[Node, ...] = ()
    accept_anyone: bool = False
    accept_asides: bool = False
    days_without_date: int = 1
    most_associations: int = 64
    flat: bool = False
    copy_after_s: float = 60.0  # a study is copied to the other disks when nothing of it came for so long
    most_query_answers: int = 10_000
    most_retrievals: int = 4  # at once
    routed: bool = False  # rules decide where each study is sent
    tls: TlsFiles | None = None  # encrypted calls are taken at ``tls_port``
    tls_port: int = 2762


FIRST_LOOK_S = 3.0


def owed_of(kit: Kit, how: Receiving) -> tuple[Owed, ...]:
    """What is owed for each image that becomes visible, whichever way."""
    owed = [Owed(LAY_OUT, "viewer folder", kit.station.name)] if how.flat else []
    if how.routed:
        owed.append(Owed(ROUTE, ROUTED, kit.station.name, per="study", quiet_s=SOON_S))
    owed += [
        Owed(COPY, role, kit.station.name, per="study", quiet_s=how.copy_after_s)
        for role in COPIED_TO
        if kit.volumes.of_role(role)
    ]
    return tuple(owed)


def intake_of(kit: Kit, how: Receiving) -> Intake:
    """The way in of a process that may write to the disks."""
    return Intake(
        kit.centre,
        kit.volumes.receiving,
        GroupWriter(kit.centre, kit.crew.start),
        Actor(station=kit.station.name),
        owed=owed_of(kit, how),
        path_of=kit.volumes.path_of,
        kind=ImageKinds(kit.centre),
    )


def receive_images(kit: Kit, how: Receiving, stop: threading.Event, traffic: Traffic | None = None) -> None:
    """Serve until ``stop``. Raises Fault where the port is taken, no disk is named, a node makes no sense.

    While no disk can take images they are refused (0xA700) and the worklist is answered all the same.
    """
    from kiosk.dicom.receive import StorageDoor
    from kiosk.dicom.upper_layer import Listener

    nodes = Nodes(how.nodes, how.accept_anyone)
    volumes = kit.volumes
    if not volumes.receivers:
        volumes.receiving()  # says what is missing
    DiskWatch(volumes, kit.local, kit.centre, kit.crew, clears=True).wait_until_seen(FIRST_LOOK_S, stop)
    if stop.is_set():
        return
    actor = Actor(station=kit.station.name)
    intake = intake_of(kit, how)
    listeners: list[Listener] = []

    def facts() -> dict[str, Any]:
        volume = next((each for each in volumes.receivers if each.room.takes), volumes.receivers[0])
        return {
            "ae_title": how.ae_title,
            "port": listeners[0].port if listeners else 0,
            "associations": sum(each.associations for each in listeners),
            "taken": storage.taken,
            "refused": storage.refused,
            "callers_refused": sum(each.refused for each in listeners),
            "anyone": how.accept_anyone,
            "volume": volume.id,
            "free_bytes": volume.room.free,
            "total_bytes": volume.room.total,
            "disks": {each.id: each.room.shown.value for each in volumes.receivers},
        }

    book = GatewayBook(kit.centre, kit.local, actor, facts)
    storage = StorageDoor(intake, book.refused, on_taken=book.taken, accept_asides=how.accept_asides)
    services = DeviceServices(kit, nodes, how.ae_title, how.days_without_date, book.asked)
    images = image_doors(kit, nodes, how.ae_title, how.most_query_answers, how.most_retrievals)

    def listen(port: int, context: SSLContext | None) -> None:
        listeners.append(
            Listener(
                how.ae_title,
                port,
                nodes,
                [storage, *services.doors, *images],
                host=how.host,
                most=how.most_associations,
                at_end=lambda: _leave(kit),
                on_refusal=lambda ae, address, reason: book.caller_refused(ae, address, *refusal_words(reason)),
                tls=context,
                traffic=traffic,
            )
        )
        log.info("receiving as %s on port %s%s", how.ae_title, listeners[-1].port, " (TLS)" if context else "")

    try:
        listen(how.port, None)
        if how.tls is not None:
            listen(how.tls_port, how.tls.listening())
        services.start()
        kit.crew.start("gateway-book", book.keep, wake=book.wake)
        while not stop.wait(0.5):
            pass
    finally:
        for each in listeners:
            each.close()
        kit.centre.leave()


UNKNOWN = N_("{ae} at {address} is not among the known devices and was refused.")
ENTER_IT = N_("If it belongs here, enter it in the parameter file of the gateway.")
INSECURE = N_("No encrypted connection with {whom} came about.")
LOOK_AT_BOTH = N_("Compare port, encryption and certificates on both sides.")


def refusal_words(reason: str) -> tuple[str, str]:
    """Why a caller was refused, and the next step (msgids)."""
    from kiosk.dicom import tls
    from kiosk.dicom.upper_layer import UNKNOWN_CALLER

    if reason == UNKNOWN_CALLER:
        return UNKNOWN, ENTER_IT
    return tls.WORDS.get(reason, INSECURE), tls.STEPS.get(reason, LOOK_AT_BOTH)


def _leave(kit: Kit) -> None:
    kit.centre.leave()
    kit.local.leave()


def check_receiving(how: Receiving) -> str:
    """Who is at the port: ``nobody``, ``dicom`` (this gateway is running) or ``other``. Raises Fault where a node makes
    no sense.
    """
    from kiosk.dicom.send import who_listens

    Nodes(how.nodes, how.accept_anyone)
    return who_listens(how.host or "127.0.0.1", how.port) if how.port else "nobody"
