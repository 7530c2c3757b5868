"""What a gateway is told of sending: destinations, rules, watched folders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_
from kiosk.modes.gateway.settings_tls import NAME


@dataclass(frozen=True)
class DestinationSettings(Settings):
    """A server that images are sent to."""

    name: str = setting("", N_("Short name; rules use it."))
    title: str = setting("", N_("What people call it."))
    ae_title: str = setting("", N_("Its AE title."))
    address: str = setting("", N_("Its IP address."))
    port: int = setting(104, N_("Its port."))
    calling_ae: str = setting("", N_("Our AE title there; empty = that of the gateway."))
    way: Literal["store", "move"] = setting("store", N_("store: sent by us; move: a server is told to send (C-MOVE)."))
    server_ae: str = setting("", N_("With move: AE title of the server that sends."))
    server_address: str = setting("", N_("With move: its IP address."))
    server_port: int = setting(104, N_("With move: its port."))
    verify: Literal["none", "count", "commitment"] = setting(
        "none", N_("How it is asked whether it has them: count = C-FIND, commitment = storage commitment.")
    )
    verify_ae: str = setting("", N_("AE title that answers that, where it is another one."))
    verify_port: int = setting(0, N_("Its port; 0 = the same."))
    complete: Literal["quiet", "listing", "mpps"] = setting(
        "quiet", N_("When a study is complete: quiet, listing (twice the same), mpps (as many as the device made).")
    )
    quiet_s: float = setting(60.0, N_("quiet: seconds without a further image."))
    listing_s: float = setting(180.0, N_("listing: seconds between two listings."))
    silent_s: float = setting(600.0, N_("mpps: seconds without a further image where no device told a number."))
    marked_only: bool = setting(False, N_("Only what somebody marked for sending on the screen."))
    retry_s: float = setting(600.0, N_("First pause after an error; it grows to six times that."))
    rejection_notes: bool = setting(False, N_("It hides images when it is sent a rejection note (IHE IOCM)."))
    contact: str = setting("", N_("Whom to call when it does not work."))
    tls: str = setting("", NAME)
    server_tls: str = setting("", N_("With move: the same of the server that sends."))


@dataclass(frozen=True)
class RuleSettings(Settings):
    """Which studies go where; an empty list fits everything."""

    name: str = setting("", N_("Name of the rule."))
    to: list[str] = setting(list, N_("Names of the destinations."))
    sources: list[str] = setting(list, N_("AE titles of the devices."))
    modalities: list[str] = setting(list, N_("Modalities."))
    kinds: list[str] = setting(list, N_("Kinds of images (CR, CT, FB ...)."))
    id_digits: list[str] = setting(list, N_("Numbers of digits of the patient ID: 8 or 7-8."))
    stations: list[str] = setting(list, N_("AE titles of the rooms that orders are made for."))
    hours: list[str] = setting(list, N_("Hours in which the study came: 08:00-17:00."))


@dataclass(frozen=True)
class FolderSettings(Settings):
    """A folder whose files are sent."""

    path: str = setting("", N_("The folder."))
    to: str = setting("", N_("Name of the destination."))
    every_s: float = setting(60.0, N_("How often it is looked into, in seconds."))
    put_away: bool = setting(True, N_("Put what was sent into SENT/yyyymmdd; false = it stays."))


@dataclass(frozen=True)
class SendSettings(Settings):
    """Sending. Without a rule every study goes to every destination."""

    automatic: bool = setting(True, N_("Automatic sending is on; switched on the screen."))
    answering: bool = setting(True, N_("Only to destinations that answer C-ECHO; switched on the screen."))
    look_s: float = setting(60.0, N_("How often destinations are asked whether they answer, in seconds."))
    destinations: list[DestinationSettings] = setting(list, N_("The destinations."))
    rules: list[RuleSettings] = setting(list, N_("The rules, in order."))
    folders: list[FolderSettings] = setting(list, N_("Watched folders."))
