"""What the sending page may ask and do, and the service that sends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.sending import SendLine, Switches
from kiosk.modes.contract import Kit
from kiosk.modes.gateway.desk_nodes import secure
from kiosk.modes.gateway.send_rules import ForetoldLine, SendView
from kiosk.modes.gateway.settings import GatewaySettings

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer, Running
    from kiosk.flow.send_folder import Progress
    from kiosk.flow.send_service import Sending
    from kiosk.flow.sending_state import SendingLog
    from kiosk.flow.steer_sending import SteerSending

CLEARED = "sending/cleared"  # among what this PC saw last: what was over before is not listed any more


def sending(settings: GatewaySettings, data: Path) -> Sending:
    """The settings in the words of the journey."""
    from kiosk.core.routing import Rule
    from kiosk.core.sending import Completeness
    from kiosk.dicom.nodes import Node
    from kiosk.flow.send_service import Sending, WatchedFolder
    from kiosk.flow.watch_link import Destination

    told = settings.send
    destinations = []
    for each in told.destinations:
        title = each.title or each.name
        safe = secure(settings, data, each.tls)
        at = Node(
            each.server_ae, each.server_address, each.server_port, title=each.server_ae,
            secure=secure(settings, data, each.server_tls),
        )  # fmt: skip
        asked = Node(
            each.verify_ae or each.ae_title, each.address, each.verify_port or each.port, title=title, secure=safe
        )  # fmt: skip
        destinations.append(
            Destination(
                each.name,
                Node(each.ae_title, each.address, each.port, title=title, secure=safe),
                each.calling_ae or settings.ae_title,
                title=each.title,
                way=each.way,
                at=at if each.way == "move" else None,
                verify=each.verify,
                verify_at=asked,
                complete=Completeness(each.complete, each.quiet_s, each.listing_s, each.silent_s),
                marked_only=each.marked_only,
                retry_s=each.retry_s,
                contact=each.contact,
            )
        )
    rules = tuple(
        Rule(
            each.name, tuple(each.to), tuple(each.sources), tuple(each.modalities), tuple(each.kinds),
            tuple(each.id_digits), tuple(each.stations), tuple(each.hours),
        )
        for each in told.rules
    )  # fmt: skip
    folders = tuple(WatchedFolder(data / each.path, each.to, each.every_s, each.put_away) for each in told.folders)
    standard = Switches(told.automatic, told.answering)
    return Sending(tuple(destinations), rules, folders, standard, told.look_s)


def log_folder(kit: Kit) -> Path:
    """Where the station's own day log lies too."""
    return kit.data / "LOG"


def start_sending(kit: Kit) -> None:
    """The workers of this part, on the crew of the process that sends."""
    from kiosk.flow import send_service

    send_service.start_sending(kit, sending(kit.settings, kit.data), kit.local_notices, log_folder(kit))


class SendDesk:
    """Answers come through the mailbox."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._standard = Switches(kit.settings.send.automatic, kit.settings.send.answering)
        self.destinations = {each.name: each.title or each.name for each in kit.settings.send.destinations}

    def view(self, destination: str = "") -> Answer:
        """Answer: SendView; the studies of one destination, or of all."""
        return self._kit.ask(self._view, destination)

    def act(self, act: str, lines: Sequence[SendLine]) -> Answer:
        """``again now set_back mark_sent hold release``; answer: how many studies."""
        return self._kit.ask(getattr(self._steer(), act), [each.id for each in lines])

    def add(self, study_uid: str, destination: str) -> Answer:
        """Send a study there although no rule says so."""
        return self._kit.ask(self._steer().add, study_uid, destination)

    def switch(self, *, automatic: bool | None = None, answering: bool | None = None, pause: str = "") -> Answer:
        """Turn a switch, or pause / resume a destination; answer: the Switches now."""
        return self._kit.ask(self._switch, automatic, answering, pause)

    def look_now(self) -> Answer:
        """Ask all destinations whether they answer."""
        from kiosk.flow.sending_state import LOOK_NOW
        from kiosk.store import notices

        def do() -> None:
            with self._kit.local.writing() as conn:
                notices.tell(conn, LOOK_NOW, local=True)

        return self._kit.ask(do)

    def dry_run(self, day: date | None = None) -> Answer:
        """What would have happened to yesterday's studies; answer: ForetoldLine list."""
        return self._kit.ask(self._dry_run, day or date.today() - timedelta(days=1), deadline_s=60.0)

    def send_folder(self, folder: str, destination: str) -> Running:
        """Send all files of a folder; answer: flow.send_folder.Progress."""
        from kiosk.flow.send_folder import SendFolder

        to = sending(self._kit.settings, self._kit.data).named(destination)
        sender = SendFolder(self._kit.centre, to, Path(folder))

        def work(told: Callable[[float], None]) -> Any:
            def progress(now: Progress) -> None:
                told((now.sent + now.before + now.refused) / max(1, now.files))

            return sender.send(progress)

        return self._kit.errands.begin("send-folder", work)

    def clear_list(self) -> Answer:
        """What is over is not listed any more; it stays in the store."""
        from kiosk.store import local

        def do() -> None:
            with self._kit.local.writing() as conn:
                local.keep_last_seen(conn, CLEARED, {})

        return self._kit.ask(do)

    def clear_log(self) -> Answer:
        """Today's log of sending away."""
        return self._kit.ask(self._log().clear)

    # -- inside --------------------------------------------------------------------------------------------------

    def _view(self, destination: str) -> SendView:
        from kiosk.flow.send_studies import SENDING
        from kiosk.flow.sending_state import destination_lines, read_switches
        from kiosk.store import local, sends

        lines, told_at = destination_lines(self._kit.local)
        switches = read_switches(self._kit.local, self._standard)
        today = date.today().isoformat()
        with self._kit.local.reading() as conn:
            cleared = local.seen_last(conn, CLEARED)
        with self._kit.centre.reading() as conn:
            since = max(today, cleared.at if cleared else "")
            found = sends.lines(conn, SENDING, destination=destination, since=since)
            counts = sends.counts(conn, today)
        return SendView(tuple(lines), told_at, switches, tuple(found), counts, tuple(map(tuple, self._log().read())))

    def _switch(self, automatic: bool | None, answering: bool | None, pause: str) -> Switches:
        from kiosk.flow.sending_state import keep_switches, read_switches

        now = read_switches(self._kit.local, self._standard)
        if automatic is not None:
            now = replace(now, automatic=automatic)
        if answering is not None:
            now = replace(now, answering=answering)
        if pause:
            paused = set(now.paused) ^ {pause}
            now = replace(now, paused=tuple(sorted(paused)))
        keep_switches(self._kit.local, now)
        return now

    def _dry_run(self, day: date) -> list[ForetoldLine]:
        from kiosk.flow.image_kinds import ImageKinds
        from kiosk.flow.route_studies import dry_run

        rules = sending(self._kit.settings, self._kit.data).rules_in_force
        return [
            ForetoldLine(
                each.study.id, each.study.patient_id, "/".join(each.study.modalities), each.study.source,
                each.study.received_at, each.study.images, each.goes, each.against,
            )
            for each in dry_run(self._kit.centre, rules, ImageKinds(self._kit.centre), day.isoformat())
        ]  # fmt: skip

    def _steer(self) -> SteerSending:
        from kiosk.flow.steer_sending import SteerSending

        return SteerSending(self._kit.centre, self._kit.station.name, self._kit.session.actor)

    def _log(self) -> SendingLog:
        from kiosk.flow.sending_state import SendingLog

        return SendingLog(log_folder(self._kit))
