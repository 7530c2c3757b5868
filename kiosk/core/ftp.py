"""What the FTP door is told."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class AccountSettings(Settings):
    """A camera that may put pictures here."""

    name: str = setting("", N_("Name of the account, as the camera has it."))
    password: str = setting("", N_("Its password."))
    address: str = setting("", N_("The camera's IP address; empty = any."))


@dataclass(frozen=True)
class FtpSettings(Settings):
    """The FTP server; off without an account."""

    host: str = setting("0.0.0.0", N_("Address that it listens at."))
    port: int = setting(21, N_("Its port; 0 = a free one."))
    passive_ports: list[int] = setting(lambda: [50000, 50099], N_("First and last port for passive transfers."))
    accounts: list[AccountSettings] = setting(list, N_("One account per camera."))
    most_connections: int = setting(20, N_("Connections at once; further ones are refused."))
    most_mb: int = setting(64, N_("Largest file, in MB."))
    idle_s: int = setting(120, N_("Seconds until a silent connection is closed."))


def troubles(settings: FtpSettings) -> list[str]:
    """What of the settings makes no sense."""
    found = [f"ftp.accounts: {each.name or '?'}" for each in settings.accounts if not each.name or not each.password]
    names = [each.name for each in settings.accounts]
    if len(set(names)) != len(names):
        found.append("ftp.accounts: twice the same name")
    if len(settings.passive_ports) != 2 or settings.passive_ports[0] > settings.passive_ports[1]:
        found.append("ftp.passive_ports")
    return found
