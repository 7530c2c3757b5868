"""The FTP server (pyftpdlib): accounts that may put files here and nothing else, with limits on all that they do.

A file gets a name of ours; how its sender called it is kept beside it. It is answered with 226 when its bytes are on
the disk. Passive transfers, and active ones to the caller's own address alone.
"""

from __future__ import annotations

import hmac
import logging
import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from pyftpdlib.authorizers import AuthenticationFailed, DummyAuthorizer
from pyftpdlib.filesystems import AbstractedFS
from pyftpdlib.handlers import DTPHandler, FTPHandler
from pyftpdlib.ioloop import IOLoop
from pyftpdlib.servers import FTPServer

from kiosk.core.faults import Fault
from kiosk.core.ftp import FtpSettings
from kiosk.core.words import N_
from kiosk.devices.inbox.arrived import Arrivals

log = logging.getLogger(__name__)

MAY = "elmw"  # go into folders, list, make folders, store: never read, rename, delete, append
MOST_PER_CALLER = 8
MOST_LOGINS = 3
STALLED_S = 30
FAILED_LOGIN_S = 3.0  # until the next try
LONGEST_NAME = 1000

for name in ("pyftpdlib",):  # it would log names of files, which may name an examinee
    logging.getLogger(name).setLevel(logging.CRITICAL)


class FtpDoor:
    """``came()`` is called on the server's thread when a file is whole. ``serve`` is a worker's work."""

    def __init__(self, settings: FtpSettings, arrivals: Arrivals, came: Callable[[], object]) -> None:
        """Raises Fault where the port is taken."""
        self.arrivals = arrivals
        self.came = came
        self.refused = 0  # logins
        self._root = arrivals.folder / "FOLDERS"  # folders that cameras make; files never lie there
        self._root.mkdir(parents=True, exist_ok=True)
        self._loop = IOLoop()
        handler = _handler_for(self, settings)
        try:
            self._server = FTPServer((settings.host, settings.port), handler, ioloop=self._loop)
        except OSError as why:
            self._loop.close()
            raise Fault(
                N_("The FTP server can't listen at port {port} ({reason})."),
                N_("Another program uses it, or Windows' firewall: choose another port in [modes.fundus.ftp]."),
                reference="F501", port=settings.port, reason=why.strerror or type(why).__name__,
            ) from why  # fmt: skip
        self._server.max_cons = settings.most_connections
        self._server.max_cons_per_ip = MOST_PER_CALLER
        log.info("FTP server listens at port %d", self.port)

    @property
    def port(self) -> int:
        return int(self._server.address[1])

    @property
    def root(self) -> Path:
        return self._root

    def serve(self, stop: threading.Event) -> None:
        """Until ``stop``."""
        try:
            while not stop.is_set():
                self._server.serve_forever(timeout=0.2, blocking=False)
        finally:
            self._server.close_all()
            self._loop.close()


def _handler_for(door: FtpDoor, settings: FtpSettings) -> type[FTPHandler]:
    """pyftpdlib is told by class attributes, so each door has classes of its own."""

    class Authorizer(DummyAuthorizer):
        def validate_authentication(self, username: str, password: str, handler: Any) -> None:
            known = {each.name: each for each in settings.accounts}.get(username)
            right = hmac.compare_digest((known.password if known else "").encode(), password.encode())
            if known is None or not right or (known.address and known.address != handler.remote_ip):
                door.refused += 1
                log.warning("FTP login refused, from %s", handler.remote_ip)
                raise AuthenticationFailed

    class Transfer(DTPHandler):
        timeout = STALLED_S

        def handle_read(self) -> None:
            super().handle_read()
            if self.get_transmitted_bytes() > settings.most_mb << 20:
                self._resp = ("552 This file is too large.", logging.getLogger(__name__).debug)
                self.transfer_finished = False
                self.close()

        handle_read_event = handle_read

        def recv(self, buffer_size: int) -> bytes:
            """A connection that was reset is no end of a file, which is what pyftpdlib takes it for."""
            try:
                found = bytes(self.socket.recv(buffer_size))
            except ConnectionError:
                self._resp = ("426 The transfer was cut off.", logging.getLogger(__name__).debug)
                self.transfer_finished = False
                self.close()
                return b""
            except (BlockingIOError, InterruptedError):
                return bytes(super().recv(buffer_size))
            if not found:
                self.handle_close()
            return found

        def close(self) -> None:
            if not self._closed and self.receive and self.file_obj is not None and not self.file_obj.closed:
                self._make_safe()
            super().close()

        def _make_safe(self) -> None:
            """Before the answer is given: bytes, then what is told of them, then the name that makes it whole."""
            if not self.transfer_finished:
                return
            path = Path(self.file_obj.name)
            try:
                self.file_obj.flush()
                os.fsync(self.file_obj.fileno())
                self.file_obj.close()
                door.arrivals.settle(path)
            except OSError as why:
                log.warning("a file that came by FTP could not be stored: %s", why.strerror)
                self._resp = ("451 It could not be stored; send it again.", logging.getLogger(__name__).debug)
                self.transfer_finished = False
            else:
                door.came()

    class Handler(FTPHandler):
        authorizer = authorizer_of(Authorizer(), settings, door.root)
        dtp_handler = Transfer
        abstracted_fs = AbstractedFS
        banner = "Ready."
        timeout = settings.idle_s
        max_login_attempts = MOST_LOGINS
        auth_failed_timeout = FAILED_LOGIN_S
        passive_ports = range(settings.passive_ports[0], settings.passive_ports[1] + 1)
        permit_foreign_addresses = False
        permit_privileged_ports = False
        use_sendfile = False
        unicode_errors = "surrogateescape"

        def decode(self, data: bytes) -> str:
            """UTF-8, or what Japanese Windows writes."""
            for encoding in ("utf-8", "cp932"):
                with suppress(UnicodeDecodeError):
                    return data.decode(encoding)
            return data.decode("utf-8", "replace")

        def ftp_STOR(self, file: str, mode: str = "w") -> str | None:
            if mode != "w" or self._restart_position:
                self.respond("502 Send the file as a whole.")
                self._restart_position = 0
                return None
            name = self.fs.fs2ftp(file).lstrip("/")
            path = door.arrivals.new_path()
            try:
                door.arrivals.tell(path, str(PurePosixPath(name))[-LONGEST_NAME:], self.username)
            except OSError as why:
                self.respond(f"451 {why.strerror}.")
                return None
            stored: str | None = super().ftp_STOR(str(path), "w")
            return stored

        def ftp_STOU(self, line: str) -> str | None:
            return self.ftp_STOR(os.path.join(str(door.root), "unnamed"))

        def ftp_APPE(self, file: str) -> None:
            self.respond("502 Send the file as a whole.")

        def close(self) -> None:
            waiting = None if self._closed else self._in_dtp_queue  # its transfer never began
            super().close()
            if waiting is not None:
                self.on_incomplete_file_received(waiting[0].name)

        def on_incomplete_file_received(self, file: str) -> None:
            path = Path(file)
            with suppress(OSError):
                door.arrivals.aside_half(path, door.arrivals._told_of(path), "the transfer was cut off")
            door.came()

    return Handler


def authorizer_of(made: DummyAuthorizer, settings: FtpSettings, root: Path) -> DummyAuthorizer:
    """Knows the accounts; the passwords are compared by ``validate_authentication``."""
    for each in settings.accounts:
        made.add_user(each.name, each.password, str(root), perm=MAY)
    return made
