"""The gateway: receives images from every device, answers the worklist, and shows what came and what found no visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

from kiosk.core.words import N_, Sentence
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.gateway import rules
from kiosk.modes.gateway.desk_billing import BillingDesk, start_billing
from kiosk.modes.gateway.desk_copy import CopyDesk, start_copying
from kiosk.modes.gateway.desk_correct import start_correcting, start_telling
from kiosk.modes.gateway.desk_disks import DisksDesk, start_keeping
from kiosk.modes.gateway.desk_morning import MorningDesk, start_morning, start_printing
from kiosk.modes.gateway.desk_nodes import receiving
from kiosk.modes.gateway.desk_query import QueryDesk, start_fetching
from kiosk.modes.gateway.desk_send import SendDesk, sending, start_sending
from kiosk.modes.gateway.desk_traffic import TrafficDesk
from kiosk.modes.gateway.desk_worklist import WorklistDesk
from kiosk.modes.gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from kiosk.core.study import Study
    from kiosk.flow.answers import Answer
    from kiosk.flow.match_by_hand import Candidate


LOCAL_NEWS = ("gateway", "disks", "sending", "fetching", "traffic")


class GatewayDesk:
    """What the gateway's window may ask and do."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.mailbox = kit.mailbox
        self.settings: GatewaySettings = kit.settings
        self.place = kit.station.place
        self.today = date.today
        self.copy = CopyDesk(kit)
        self.disks = DisksDesk(kit)
        self.send = SendDesk(kit)
        self.query = QueryDesk(kit)
        self.morning = MorningDesk(kit)
        self.billing = BillingDesk(kit)
        self.worklist = WorklistDesk(kit, kit.settings)
        self.traffic = TrafficDesk(kit)

    def overview(self) -> Answer:
        """Answer: rules.Overview."""
        return self._kit.ask(self._overview)

    def candidates(self, study: Study, day: date | None = None) -> Answer:
        """Answer: the examinations that images may belong to (flow.match_by_hand.Candidate), best first."""
        from kiosk.flow import match_by_hand

        return self._kit.ask(match_by_hand.candidates, self._kit.centre, study, day)

    def match(self, study: Study, chosen: Candidate) -> Answer:
        """Answer: None when the images belong to that examination. Fails with Overtaken, Refused."""
        from kiosk.flow import match_by_hand

        reason = ",".join(chosen.differs)
        actor = self._kit.session.actor()
        return self._kit.ask(match_by_hand.match, self._kit.centre, actor, study.id, chosen.step.id, reason=reason)

    def show(self, study: Study) -> Answer:
        """Ask the viewer of this PC to show the images."""
        from kiosk.flow.show_study import show_study

        return self._kit.ask(show_study, self._kit.local, study=study.id)

    def on_news(self, call: Callable[[], None]) -> Callable[[], None]:
        """``call()`` when images came or the receiver told something; returns the way to end it."""
        ends = [
            self._kit.notices.listen(("images", "visits", "asides", "sends", "fetch"), lambda notice: call()),
            self._kit.local_notices.listen(LOCAL_NEWS, lambda notice: call()),
        ]

        def end() -> None:
            for each in ends:
                each()

        return end

    def _overview(self) -> rules.Overview:
        from kiosk.flow.disk_book import disk_lines
        from kiosk.flow.gateway_book import QUERIES, STATE
        from kiosk.store import images, local

        titles = {each.ae_title: each.title for each in self.settings.nodes if each.title}
        with self._kit.local.reading() as conn:
            state, queries = local.seen_last(conn, STATE), local.seen_last(conn, QUERIES)
        with self._kit.centre.reading() as conn:
            recent = images.recent_studies(conn, limit=1000)
            unmatched = images.unmatched_studies(conn)
        body, today = state.body if state else {}, self.today().isoformat()
        return rules.Overview(
            state=rules.receiver_state(body, state.at if state else ""),
            devices=rules.device_lines(body, [each.ae_title for each in self.settings.nodes], today),
            today=tuple(rules.told_today(recent, today)),
            unmatched=tuple(unmatched),
            queries=tuple(rules.query_line(each) for each in reversed((queries.body if queries else {})["queries"]))
            if queries
            else (),
            troubles=tuple(rules.trouble_line(each) for each in reversed(body.get("troubles", []))),
            titles=titles,
            disks=tuple(disk_lines(self._kit.local)[0]),
            contacts={each.ae_title: each.contact for each in self.settings.nodes if each.contact},
        )


def receive(kit: Kit, stop: Event) -> None:
    """The service: runs in a process of its own, so that no window dies with it."""
    from kiosk.flow.receive_images import receive_images
    from kiosk.flow.watch_traffic import watching

    with watching(kit, "in") as traffic:
        receive_images(kit, receiving(kit.settings, kit.data), stop, traffic)


def keep(kit: Kit, stop: Event) -> None:
    """The service that looks after the disks: what it does must hold up no image on its way in."""
    start_keeping(kit)
    start_copying(kit)
    start_correcting(kit)
    stop.wait()


def send(kit: Kit, stop: Event) -> None:
    """The service that talks to other servers: a slow or dead one must hold up no image on its way in."""
    from kiosk.flow.watch_traffic import watching

    with watching(kit, "out"):
        start_sending(kit)
        start_fetching(kit, start_morning(kit))
        start_billing(kit)
        start_telling(kit)
        stop.wait()


def start_workers(kit: Kit, desk: GatewayDesk) -> None:
    start_printing(kit)
    if kit.settings.layout == "flat":
        from kiosk.flow.hand_out import HandOut
        from kiosk.flow.lay_out_flat import LAY_OUT, FlatFolder

        flat = FlatFolder(kit.centre, kit.volumes, kit.data / Path(kit.settings.viewer_folder))
        HandOut(kit.centre, kit.station.name, {LAY_OUT: flat.lay_out}, kit.crew)
    if kit.file is not None:
        from kiosk.flow.nightly_backup import NightlyBackup

        told = kit.settings.backup
        folders = [kit.data / each for each in told.folders]
        nightly = NightlyBackup(
            kit.file, kit.local, kit.centre, hour=told.hour, folders=folders, generations=told.generations
        )
        kit.crew.start("nightly-backup", nightly.keep)


def check(settings: GatewaySettings) -> Iterator[tuple[bool, Sentence, Sentence]]:
    """Is the list of devices in order, and is the port ours?"""
    from kiosk.core.faults import Fault
    from kiosk.flow.receive_images import check_receiving

    try:
        sending(settings, Path()).check()
        listens = check_receiving(receiving(settings))
    except Fault as why:
        yield False, why.sentence, why.next_step
        return
    port = {"port": settings.port}
    if listens == "dicom":
        yield True, Sentence(N_("Port {port}: a receiver answers"), port), Sentence("")
    elif listens == "nobody":
        yield True, Sentence(N_("Port {port} is free for the receiver"), port), Sentence("")
    else:
        yield (
            False,
            Sentence(N_("The port {port} is taken by another program."), port),
            Sentence(N_("Close the other program or choose another port in the parameter file.")),
        )
    if not settings.nodes and not settings.accept_anyone:
        yield (
            False,
            Sentence(N_("No device may call this gateway.")),
            Sentence(N_("Enter the devices under [[modes.gateway.nodes]].")),
        )
    else:
        yield (
            True,
            Sentence(N_("Devices that may call this gateway: {count}"), {"count": len(settings.nodes)}),
            Sentence(""),
        )


def open_window(parent: Any, desk: GatewayDesk) -> Any:
    from kiosk.modes.gateway.window import GatewayWindow

    return GatewayWindow(parent, desk).shell


MODE = Mode(
    title=N_("Gateway"),
    settings=GatewaySettings,
    desk=GatewayDesk,
    window=open_window,
    workers=start_workers,
    services={"receive": receive, "keep": keep, "send": send},
    check=check,
    headless=True,
    order=20,
)
