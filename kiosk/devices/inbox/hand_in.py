"""Files handed to the gateway's inbox: the file, then its sidecar; the answer is ``.ok`` or ``.ng`` beside it.

The other side of ``documents``. Handing in the same file again is harmless, the gateway knows it by its SHA-256.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from kiosk.core.faults import LinkLost, Refused
from kiosk.core.words import N_
from kiosk.devices.inbox.documents import NG, OK, SIDECAR


class HandIn:
    """A folder of the gateway, often a share. Methods block; raise LinkLost where it can't be reached."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, name: str, data: bytes, told: dict[str, Any]) -> None:
        """The file, then what is told of it. ``name`` must be safe and this PC's own."""
        try:
            self._write(name, data)
            self._write(name + SIDECAR, json.dumps(told, ensure_ascii=False).encode())
        except OSError as why:
            raise self._gone() from why

    def answered(self, name: str) -> bool:
        """True where the gateway has it (its answer is taken away); raises Refused with its reason."""
        try:
            if (self.folder / (name + OK)).exists():
                for each in (name + OK, name + NG):
                    (self.folder / each).unlink(missing_ok=True)
                return True
            refused = self.folder / (name + NG)
            if refused.exists() and not (self.folder / (name + SIDECAR)).exists():
                why = json.loads(refused.read_text(encoding="utf-8")).get("why", "")
                raise Refused(
                    "inbox", N_("The gateway does not take a picture: {why}"),
                    N_("Show this to the person in charge; the picture stays on this PC."), reference="K441", why=why,
                )  # fmt: skip
            self.folder.stat()
        except (OSError, ValueError) as why:
            raise self._gone() from why
        return False

    def waits(self, name: str) -> bool:
        """Was it put there, and not yet answered?"""
        try:
            return (self.folder / (name + SIDECAR)).exists()
        except OSError as why:
            raise self._gone() from why

    def _write(self, name: str, data: bytes) -> None:
        half = self.folder / f"{name}.part"
        with open(half, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(half, self.folder / name)

    def _gone(self) -> LinkLost:
        return LinkLost(
            str(self.folder),
            N_("The gateway's inbox can't be reached: {whom}"),
            N_("Check the network; what is to be registered waits on this PC."),
        )
