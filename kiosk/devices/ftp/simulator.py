"""A fundus camera that isn't there: puts pictures by FTP as a real one does, and drops the line when asked to."""

from __future__ import annotations

import ftplib
import socket
import struct
from dataclasses import dataclass
from io import BytesIO


@dataclass(frozen=True)
class FtpCameraSimulator:
    """One account at an FTP server. ``active``: the server calls back, as old cameras want it."""

    host: str
    port: int
    account: str
    password: str
    active: bool = False

    def send(self, name: str, data: bytes) -> bool:
        """Put one picture; True where the server said that it has it. Raises ftplib.Error, OSError."""
        with self._connected() as line:
            return line.storbinary(f"STOR {name}", BytesIO(data)).startswith("226")

    def send_cut(self, name: str, data: bytes, after: int) -> None:
        """As ``send``, with the cable pulled after so many bytes."""
        line = self._connected()
        way = line.transfercmd(f"STOR {name}")
        way.sendall(data[:after])
        way.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closed by a reset
        way.close()
        line.close()

    def _connected(self) -> ftplib.FTP:
        line = ftplib.FTP(timeout=10)
        line.connect(self.host, self.port)
        line.login(self.account, self.password)
        line.set_pasv(not self.active)
        return line
