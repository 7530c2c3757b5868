"""What the page of disks may ask and do, and the workers that keep the disks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.disks import COPIED_TO, GATEWAY, PRIMARY, Night
from kiosk.modes.contract import Kit
from kiosk.modes.gateway.disk_rules import DisksView

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer, Running
    from kiosk.flow.retain import Retain


def start_keeping(kit: Kit) -> None:
    """The workers of this part, on the crew of the process that keeps the disks."""
    from kiosk.devices.inbox.documents import DocumentFolder
    from kiosk.flow.disk_book import DiskBook
    from kiosk.flow.hand_out import HandOut
    from kiosk.flow.image_kinds import ImageKinds
    from kiosk.flow.keep_twice import COPY, COPY_DOCUMENT, KeepTwice
    from kiosk.flow.night_keeping import NightKeeping
    from kiosk.flow.scrub import Scrub
    from kiosk.flow.take_documents import TakeDocuments
    from kiosk.flow.watch_disks import DiskWatch
    from kiosk.store.audit import Actor

    told, volumes = kit.settings.keep, kit.volumes
    station, actor = kit.station.name, Actor(station=kit.station.name)
    night = Night(told.night_from, told.night_until)
    DiskWatch(volumes, kit.local, kit.centre, kit.crew)
    kit.crew.start("disk-book", DiskBook(kit.centre, kit.local, volumes, station).work)
    kinds = ImageKinds(kit.centre)
    twice = KeepTwice(kit.centre, volumes, kinds, night=night if told.copies == "night" else None)
    for role in COPIED_TO:
        if volumes.of_role(role):  # a lane each: a spare disk that hangs holds up no other
            doers = {COPY: twice.copy_study, COPY_DOCUMENT: twice.copy_document}
            HandOut(kit.centre, station, doers, kit.crew, only=(role,))
    scrub = None
    if told.scrub_days > 0:
        scrub = Scrub(kit.centre, kit.local, volumes, actor, bytes_s=told.scrub_mb_s * 1e6, every_days=told.scrub_days)
    nightly = NightKeeping(kit.centre, kit.local, volumes, station, night, retaining(kit), scrub)
    kit.crew.start("night-keeping", nightly.work)
    if told.inbox:
        inbox = TakeDocuments(kit.centre, volumes, DocumentFolder(kit.data / Path(told.inbox)), actor)
        kit.crew.start("documents", inbox.work)


def retaining(kit: Kit) -> Retain:
    """What may leave the disks, by this gateway's settings."""
    from kiosk.flow.retain import Retain
    from kiosk.store.audit import Actor

    told = kit.settings.keep
    days = {GATEWAY: told.gateway_days, PRIMARY: told.server_days}
    actor = Actor(station=kit.station.name)
    return Retain(kit.centre, kit.volumes, actor, days, unsent_stays=told.unsent_stays)


class DisksDesk:
    """Answers come through the mailbox."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit

    def view(self) -> Answer:
        """Answer: DisksView."""
        return self._kit.ask(self._view)

    def leaving(self) -> Running:
        """The dry run; answer: core.disks.RetentionLine list."""

        def work(told: Callable[[float], None]) -> Any:
            return retaining(self._kit).lines(told)

        return self._kit.errands.begin("what-may-leave", work)

    def accept(self, volume: str) -> Answer:
        """The disk that stands there now is the right one. Fails with Refused for those who may not say so."""
        return self._kit.ask(self._accept, volume)

    def _accept(self, volume: str) -> None:
        from kiosk.flow.keep_staff import check_admin
        from kiosk.flow.watch_disks import accept_disk

        actor = self._kit.session.actor()
        if self._kit.station.login:
            with self._kit.centre.reading() as conn:
                check_admin(conn, actor)
        found = self._kit.volumes.get(volume)
        if found is not None:
            accept_disk(self._kit.local, self._kit.centre, found, actor)

    def _view(self) -> DisksView:
        from kiosk.flow.disk_book import disk_lines
        from kiosk.flow.night_keeping import DONE
        from kiosk.flow.scrub import REPORT
        from kiosk.store import local

        lines, told_at = disk_lines(self._kit.local)
        with self._kit.local.reading() as conn:
            scrub, night = local.seen_last(conn, REPORT), local.seen_last(conn, DONE)
        return DisksView(tuple(lines), told_at, scrub.body if scrub else {}, night.body if night else {})
