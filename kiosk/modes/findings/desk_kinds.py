"""What the page of the findings masters may ask and do; every call returns an Answer at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kiosk.flow.answers import Answer
from kiosk.flow.keep_kinds import KeepKinds
from kiosk.modes.contract import Kit


class KindsDesk:
    """The window's side of ``KeepKinds``."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self._keep = KeepKinds(kit.centre, kit.session.actor, kit.station, kit.settings.keepers)

    def gate(self) -> Answer:
        """Answer: Gate (open, fresh)."""
        return self._kit.ask(self._keep.gate)

    def enter(self, pin: str) -> Answer:
        """Answer: None, it is open."""
        return self._kit.ask(self._keep.enter, pin)

    def set_pin(self, pin: str) -> Answer:
        """Answer: None, that is the PIN now."""
        return self._kit.ask(self._keep.set_pin, pin)

    def leave(self) -> None:
        """The PIN is asked for again."""
        self._keep.leave()

    def kinds(self) -> Answer:
        """Answer: KeptKinds."""
        return self._kit.ask(self._keep.kinds)

    def publish(self, before: Mapping[str, Any], sheets: Mapping[str, Sequence[Any]]) -> Answer:
        """Answer: Taken with what is wrong, None where it is in force."""
        return self._kit.ask(self._keep.publish, before, sheets)

    def write_workbook(self, path: Path, sheets: Mapping[str, Sequence[Any]]) -> Answer:
        """Answer: the file."""
        return self._kit.ask(self._keep.write_workbook, path, sheets, deadline_s=30.0)

    def read_workbook(self, path: Path) -> Answer:
        """Answer: Taken."""
        return self._kit.ask(self._keep.read_workbook, path, deadline_s=30.0)

    def preview(self, sheets: Mapping[str, Sequence[Any]]) -> Answer:
        """Answer: (PDF bytes, number of sheets)."""
        return self._kit.ask(self._paged, sheets)

    def _paged(self, sheets: Mapping[str, Sequence[Any]]) -> tuple[bytes, int]:
        from kiosk.paper.preview import page_count

        pdf = self._keep.preview(sheets)
        return pdf, page_count(pdf)
