"""What a viewer is told of other stores, of the outside viewer, and of what its list shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_

ColumnName = Literal["day", "name", "kana", "id", "birth", "sex", "kind", "what", "count", "where", "accession"]
PageName = Literal["documents", "disc", "teaching", "fundus", "doctor", "compare"]
ButtonName = Literal["file", "folder", "outside"]


@dataclass(frozen=True)
class StoreSettings(Settings):
    """A store that is searched beside our own: another centre's database, or a server of Query/Retrieve."""

    name: str = setting("", N_("What people call it."))
    url: str = setting("", N_("Another centre's shared store: postgresql+psycopg://user@host/name; it is only read."))
    volumes: dict[str, str] = setting(dict, N_("Its disks as this PC sees them: volume = folder."))
    address: str = setting("", N_("Or the IP address of a server of Query/Retrieve;"))
    port: int = setting(104, N_("its port,"))
    ae_title: str = setting("", N_("and its AE title."))
    calling_ae: str = setting("", N_("Our AE title there; empty = the name of this PC."))
    to: str = setting(
        "", N_("AE title of the gateway, which then takes and keeps the images (C-MOVE); empty = only looked at.")
    )


@dataclass(frozen=True)
class OutsideSettings(Settings):
    """A viewer of another maker: files in a folder, a parameter file, then its program."""

    title: str = setting("", N_("What people call it; empty = none."))
    folder: str = setting("", N_("Folder that the images are copied to as SC0001.dcm, SC0002.dcm ..."))
    parameter_file: str = setting("", N_("Its parameter file; empty = none."))
    template: str = setting("", N_("What stands in it, with {id} {name} {kana} ... to be filled in."))
    encoding: Literal["cp932", "utf-8"] = setting("cp932", N_("How it is written: cp932 or utf-8."))
    command: list[str] = setting(list, N_("The program and its words; the same may be filled in. Empty = none."))


@dataclass(frozen=True)
class DiscSettings(Settings):
    """Where discs are read, and the gateway that takes in what they hold."""

    drive: str = setting("", N_("The drive that discs are read from; empty = it is asked for."))
    address: str = setting("127.0.0.1", N_("Address of the gateway."))
    port: int = setting(11112, N_("Its port."))
    ae_title: str = setting("KIOSK", N_("Its AE title."))
    own_ae_title: str = setting("", N_("The AE title of this station; the gateway must know it."))
