"""What a gateway is told in its parameter file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_
from kiosk.modes.gateway.settings_backup import BackupSettings
from kiosk.modes.gateway.settings_billing import BillingSettings
from kiosk.modes.gateway.settings_copy import CopySettings
from kiosk.modes.gateway.settings_fetch import (
    NeighbourSettings,
    PrefetchSettings,
    QuerySettings,
    ServerSettings,
    SheetSettings,
)
from kiosk.modes.gateway.settings_keep import KeepSettings
from kiosk.modes.gateway.settings_send import SendSettings
from kiosk.modes.gateway.settings_tls import NAME, TlsSettings


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
    port: int = setting(0, N_("Its port, where we call it: to report which images are stored."))
    also: list[str] = setting(list, N_("Modalities that it means by one it asks for, as DX=CR."))
    as_asked: bool = setting(False, N_("Tell it the modality that it asked for instead of the scheduled one."))
    contact: str = setting("", N_("Whom to call when it does not work."))
    tls: str = setting("", NAME)

    def further_modalities(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """``also`` as pairs: what it asks for, and what it means too. Raises ValueError where one is no pair."""
        found: dict[str, tuple[str, ...]] = {}
        for each in self.also:
            asked, sign, meant = each.upper().replace(" ", "").partition("=")
            if not (asked and sign and meant):
                raise ValueError(f"also: {each!r} is not like DX=CR")
            found[asked] = (*found.get(asked, ()), *meant.split(","))
        return tuple(found.items())


OWN_SIMULATORS = ("CR1", "DR1", "US1", "US2", "US3", "ES1", "OP1", "MG1", "CT1", "MR1", "ECG1")


def own_simulators() -> list[NodeSettings]:
    """Without a parameter file only the simulated devices of this very PC may call."""
    return [NodeSettings(ae, "127.0.0.1") for ae in OWN_SIMULATORS]


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
    most_query_answers: int = setting(10_000, N_("Most answers to one query of images."))
    most_retrievals: int = setting(4, N_("Most retrievals at once."))
    nodes: list[NodeSettings] = setting(own_simulators, N_("The devices that may call."))
    tls: TlsSettings = setting(TlsSettings, N_("Encrypted connections."))
    query: QuerySettings = setting(QuerySettings, N_("The server of Query/Retrieve."))
    servers: list[ServerSettings] = setting(list, N_("Further servers of Query/Retrieve."))
    neighbour: NeighbourSettings = setting(NeighbourSettings, N_("The neighbour whose server is watched."))
    prefetch: PrefetchSettings = setting(PrefetchSettings, N_("Fetching previous images the night before."))
    billing: BillingSettings = setting(BillingSettings, N_("Attributes from the billing system for a console."))
    sheets: SheetSettings = setting(SheetSettings, N_("The sheets of the day."))
    send: SendSettings = setting(SendSettings, N_("Destinations, rules and folders of sending."))
    keep: KeepSettings = setting(KeepSettings, N_("Copies, how long images stay, documents."))
    backup: BackupSettings = setting(BackupSettings, N_("The nightly backup of the database."))
    copy: CopySettings = setting(CopySettings, N_("Equalising and copying disks."))
