"""The gateway: receives images from every device, answers the worklist, and shows what came and what found no visit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any, Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_, Sentence
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.gateway import rules

if TYPE_CHECKING:
    from kiosk.core.study import Study
    from kiosk.flow.answers import Answer
    from kiosk.flow.match_by_hand import Candidate
    from kiosk.flow.receive_images import Receiving


@dataclass(frozen=True)
class NodeSettings(Settings):
    """A device that may call."""

    ae_title: str = setting("", N_("AE title of the device."))
    address: str = setting("", N_("Its IP address or network (192.168.1.0/24); empty = any."))
    title: str = setting("", N_("What people call it."))
    charset: str = setting("", N_("Characters it can show: ascii, kana, kanji, kana_kanji, utf8; empty = as it asks."))
    names: str = setting("", N_("How it is told names: romaji, half_kana, kanji_first, three_groups."))
    kana: str = setting("katakana", N_("Form of kana: half, katakana, hiragana."))
    station_ae: str = setting("", N_("Station of its room, where it asks by one that nobody is scheduled for."))
    most_answers: int = setting(300, N_("Most worklist answers at once."))


OWN_SIMULATORS = ("CR1", "DR1", "US1", "US2", "US3", "ES1", "OP1", "MG1", "CT1", "MR1", "ECG1")


def own_simulators() -> list[NodeSettings]:
    """Without a parameter file only the simulated devices of this very PC may call."""
    return [NodeSettings(ae, "127.0.0.1") for ae in OWN_SIMULATORS]


@dataclass(frozen=True)
class QuerySettings(Settings):
    """The server of Query/Retrieve, as the old ParamCSTORE.dat named it."""

    address: str = setting("", N_("IP address of the server."))
    port: int = setting(104, N_("Its port."))
    calling_ae: str = setting("", N_("Our AE title there."))
    called_ae: str = setting("", N_("Its AE title."))
    destinations: list[str] = setting(list, N_("AE titles that images can be sent to; the first is the default."))
    log: bool = setting(False, N_("Write a log of each retrieval."))
    log_folder: str = setting("", N_("Folder of that log."))


@dataclass(frozen=True)
class GatewaySettings(Settings):
    """What a gateway is told."""

    ae_title: str = setting("KIOSK", N_("Our AE title, as entered in the devices."))
    port: int = setting(11112, N_("Port for images and worklist; the devices must have the same."))
    host: str = setting("", N_("IP address to listen on; empty = all of this PC."))
    layout: Literal["dated", "flat"] = setting(
        "dated", N_("dated: DICOM/yyyymmdd/CRxxxx-ID; flat: laid out in the viewer folder as SC0001.dcm too.")
    )
    viewer_folder: str = setting("dcmimage", N_("The flat viewer folder, relative to the data folder."))
    accept_anyone: bool = setting(False, N_("Let in callers that are not among the nodes (never in daily work)."))
    accept_asides: bool = setting(
        False, N_("Answer 0000 to another image under a UID that is taken; it is kept aside.")
    )
    days_without_date: int = setting(1, N_("A query without a date is told so many days before and after today."))
    most_associations: int = setting(64, N_("Most connections at once."))
    nodes: list[NodeSettings] = setting(own_simulators, N_("The devices that may call."))
    query: QuerySettings = setting(QuerySettings, N_("The server of Query/Retrieve."))


class GatewayDesk:
    """What the gateway's window may ask and do."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.mailbox = kit.mailbox
        self.settings: GatewaySettings = kit.settings
        self.place = kit.station.place
        self.today = date.today

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
            self._kit.notices.listen(("images", "visits", "asides"), lambda notice: call()),
            self._kit.local_notices.listen("gateway", lambda notice: call()),
        ]

        def end() -> None:
            for each in ends:
                each()

        return end

    def _overview(self) -> rules.Overview:
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
        )


def receiving(settings: GatewaySettings) -> Receiving:
    """The settings in the words of the receiving journey. Raises Fault where a node makes no sense."""
    from kiosk.core.charset import charset_named
    from kiosk.core.faults import Fault
    from kiosk.core.names import KanaForm, NameLayout, NameProfile
    from kiosk.dicom.nodes import Node
    from kiosk.flow.receive_images import Receiving

    nodes = []
    for each in settings.nodes:
        profile = None
        if each.charset or each.names:
            try:
                charset = charset_named(each.charset or "utf8")
                layout = NameLayout(each.names or ("three_groups" if charset.holds_kanji else "romaji"))
                profile = NameProfile(charset, layout, KanaForm(each.kana))
            except ValueError as why:
                raise Fault(
                    N_("The settings of the device {ae} do not fit: {reason}."),
                    N_("Correct it in the parameter file."),
                    reference="P230",
                    ae=each.ae_title,
                    reason=str(why),
                ) from None
        nodes.append(
            Node(
                each.ae_title,
                each.address,
                title=each.title,
                profile=profile,
                station_ae=each.station_ae,
                most_answers=each.most_answers,
            )
        )
    return Receiving(
        ae_title=settings.ae_title,
        port=settings.port,
        host=settings.host,
        nodes=tuple(nodes),
        accept_anyone=settings.accept_anyone,
        accept_asides=settings.accept_asides,
        days_without_date=settings.days_without_date,
        most_associations=settings.most_associations,
        flat=settings.layout == "flat",
    )


def receive(kit: Kit, stop: Event) -> None:
    """The service: runs in a process of its own, so that no window dies with it."""
    from kiosk.flow.receive_images import receive_images

    receive_images(kit, receiving(kit.settings), stop)


def start_workers(kit: Kit, desk: GatewayDesk) -> None:
    if kit.settings.layout == "flat":
        from kiosk.flow.hand_out import HandOut
        from kiosk.flow.lay_out_flat import LAY_OUT, FlatFolder

        flat = FlatFolder(kit.centre, kit.volumes, kit.data / Path(kit.settings.viewer_folder))
        HandOut(kit.centre, kit.station.name, {LAY_OUT: flat.lay_out}, kit.crew)


def check(settings: GatewaySettings) -> Iterator[tuple[bool, Sentence, Sentence]]:
    """Is the list of devices in order, and is the port ours?"""
    from kiosk.core.faults import Fault
    from kiosk.flow.receive_images import check_receiving

    try:
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
    services={"receive": receive},
    check=check,
    headless=True,
    order=20,
)
