"""Who may talk to us and how they are told names: AE titles, addresses, profiles. Unknown callers are refused."""

from __future__ import annotations

import ipaddress
import logging
import threading
import time
from dataclasses import dataclass

from kiosk.core.faults import Fault
from kiosk.core.names import NameProfile
from kiosk.core.words import N_
from kiosk.dicom.tls import Secure

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Node:
    """One peer. ``address`` is an IP address, a network (``192.168.1.0/24``) or empty for any; ``port`` 0 where it
    is never called. ``profile`` None means: told names as its request asks."""

    ae_title: str
    address: str = ""
    port: int = 0
    title: str = ""
    profile: NameProfile | None = None
    station_ae: str = ""  # the station of its room, where it asks by one that nobody scheduled for
    most_answers: int = 300
    also: tuple[tuple[str, tuple[str, ...]], ...] = ()  # modality that it asks for -> those that it means too
    as_asked: bool = False  # told the modality that it asked for instead of the scheduled one
    secure: Secure | None = None  # spoken to encrypted alone

    def may_come_from(self, address: str) -> bool:
        if not self.address:
            return True
        try:
            caller = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = getattr(caller, "ipv4_mapped", None)
        return (mapped or caller) in ipaddress.ip_network(self.address, strict=False)


class Nodes:
    """The peers of this station. With ``accept_anyone`` unknown callers come in too, as a node without a profile."""

    def __init__(self, nodes: tuple[Node, ...] = (), accept_anyone: bool = False) -> None:
        for each in nodes:
            try:
                ipaddress.ip_network(each.address or "0.0.0.0/0", strict=False)
            except ValueError:
                raise Fault(
                    N_("The address {address} of {ae} is no IP address."),
                    N_("Correct it in the parameter file."),
                    address=each.address,
                    ae=each.ae_title,
                ) from None
        self.accept_anyone = accept_anyone
        self._by_title: dict[str, list[Node]] = {}
        for each in nodes:
            self._by_title.setdefault(each.ae_title.strip().upper(), []).append(each)

    @property
    def titles(self) -> list[str]:
        """The AE titles that are known."""
        return list(self._by_title)

    def called(self, ae_title: str) -> Node | None:
        """The node that can be called by this title: one with an address and a port."""
        for each in self._by_title.get(ae_title.strip().upper(), ()):
            if each.port and each.address and "/" not in each.address:
                return each
        return None

    def admit(self, ae_title: str, address: str) -> Node | None:
        """The node that calls, or None where it must be refused."""
        for each in self._by_title.get(ae_title.strip().upper(), ()):
            if each.may_come_from(address):
                return each
        return Node(ae_title.strip()) if self.accept_anyone else None


class OnceAMinute:
    """Says the same thing no more than once a minute, then with how often it happened meanwhile."""

    def __init__(self, every_s: float = 60.0) -> None:
        self._every_s = every_s
        self._said: dict[str, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def __call__(self, key: str) -> int:
        """How often ``key`` came since it was last said; 0 where it must not be said now."""
        now = time.monotonic()
        with self._lock:
            last, quiet = self._said.get(key, (0.0, 0))
            if last and now - last < self._every_s:
                self._said[key] = (last, quiet + 1)
                return 0
            if len(self._said) > 1000:  # a scanner with a new name each time must not fill the memory
                self._said.clear()
            self._said[key] = (now, 0)
            return quiet + 1
