"""What a gateway is told of encrypted connections."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_


@dataclass(frozen=True)
class TlsSettings(Settings):
    """Both sides show a certificate. Files are PEM, relative to the data folder."""

    certificate: str = setting("", N_("Our certificate; empty = no encrypted connections."))
    key: str = setting("", N_("Its key, without a password; empty = in the same file."))
    trusted: str = setting("", N_("Certificates of the peers, or of those who issued them."))
    port: int = setting(2762, N_("Port for encrypted calls."))


NAME = N_("Encrypted alone: the name in its certificate, or * for any that we trust; empty = not encrypted.")
