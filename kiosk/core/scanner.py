"""How the bytes of a barcode reader on a serial line become codes."""

from __future__ import annotations

LONGEST = 128  # bytes: more is a line that chatters
ENDS = b"\r\n\x03\t"


class CodeStream:
    """Fed with bytes as they come; a code ends with CR, LF, TAB or ETX, or with silence."""

    def __init__(self) -> None:
        self._bytes = b""
        self._over = False  # too long: the rest is left out up to its end

    def feed(self, data: bytes) -> list[str]:
        """The codes that ended in it."""
        found = []
        for byte in data:
            if byte in ENDS:
                found += self.silence()
                self._over = False
            elif not self._over and byte != 0x02:  # STX, that some readers put before
                self._bytes += bytes([byte])
                if len(self._bytes) > LONGEST:
                    self._bytes, self._over = b"", True
        return found

    @property
    def open(self) -> bool:
        """Has a code begun that did not end?"""
        return bool(self._bytes) or self._over

    def silence(self) -> list[str]:
        """Nothing came any more."""
        code, self._bytes = self._bytes, b""
        text = code.decode("cp932", "replace").strip()
        return [text] if text else []
