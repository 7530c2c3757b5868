"""What a gateway is told of the servers that it queries and fetches from."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_
from kiosk.modes.gateway.settings_tls import NAME


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
class ServerSettings(Settings):
    """A further server of Query/Retrieve: an archive, the hospital's image server."""

    name: str = setting("", N_("Short name."))
    title: str = setting("", N_("What people call it."))
    ae_title: str = setting("", N_("Its AE title."))
    address: str = setting("", N_("Its IP address."))
    port: int = setting(104, N_("Its port."))
    calling_ae: str = setting("", N_("Our AE title there; empty = that of the gateway."))
    destinations: list[str] = setting(list, N_("AE titles that images can be sent to; the first is the default."))
    retry_s: float = setting(60.0, N_("First pause after an error; it grows to six times that."))
    tls: str = setting("", NAME)


@dataclass(frozen=True)
class NeighbourSettings(Settings):
    """Watching a neighbour's server for examinees of ours (CT and MR made at the hospital)."""

    server: str = setting("", N_("Name of the server that is watched; empty = none."))
    every_s: float = setting(300.0, N_("How often it is asked, in seconds."))
    days: int = setting(2, N_("Studies of so many days, today included."))
    modalities: list[str] = setting(list, N_("Only these modalities; empty = all."))
    id_digits: list[str] = setting(list, N_("Numbers of digits that an examinee's ID has: 8 or 7-8."))
    id_map: bool = setting(False, N_("Also IDs that the table of IDs names."))


@dataclass(frozen=True)
class PrefetchSettings(Settings):
    """Fetching previous images of tomorrow's examinees."""

    server: str = setting("", N_("Name of the server that has previous images; empty = none."))
    night_from: str = setting("20:00", N_("From this time of the day,"))
    night_until: str = setting("06:30", N_("until this one."))
    newest: int = setting(2, N_("So many previous studies of each modality."))
    modalities: list[str] = setting(list, N_("Only these modalities; empty = those of the course."))
    years: int = setting(5, N_("Not older than so many years."))


@dataclass(frozen=True)
class SheetSettings(Settings):
    """The two sheets of a day."""

    readiness: str = setting("07:00", N_("When the readiness sheet is made; empty = never."))
    reconciliation: str = setting("17:00", N_("When the reconciliation sheet is made; empty = never."))
    folder: str = setting("SHEETS", N_("Where they are kept as PDF, relative to the data folder."))
    print_command: tuple[str, ...] = setting(
        (), N_("Program that prints, word by word, {file} standing for the PDF; empty = the system's own way.")
    )
