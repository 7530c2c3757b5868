"""A finding as it was opened: all that a screen needs of it, and what was typed here before."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.finding import Finding, FindingBody, FindingVersion, KeyImage
from kiosk.core.visit import Visit
from kiosk.store.open_by import Holder


@dataclass(frozen=True)
class Draft:
    """What was typed on this PC and not saved. ``based_on`` is the version that the typing began from, ``saved_at``
    when that one was saved, where it was a draft."""

    body: FindingBody
    based_on: int
    at: str
    by: str
    saved_at: str = ""


@dataclass(frozen=True)
class LastTime:
    """The newest signed finding of the same kind from an earlier visit of the same person."""

    day: str
    version: FindingVersion


@dataclass(frozen=True)
class Opened:
    """All that the screen needs of one finding. ``holder``: somebody else has it open, so it can only be read."""

    visit: Visit
    kind: str
    finding: Finding | None
    last: LastTime | None
    tray: tuple[KeyImage, ...]
    own: frozenset[int]  # key images of this very examination
    draft: Draft | None
    holder: Holder | None
    role: str = ""  # as what the next signature here counts (core.two_readers); empty: the only reader's
    hidden: bool = False  # the first reading is kept back until the second one is signed
    may_settle: bool = False

    @property
    def newest(self) -> FindingVersion | None:
        return self.finding.newest if self.finding else None

    @property
    def overtaken(self) -> bool:
        """Somebody else saved or signed after the typing of the draft began."""
        newest, draft = self.newest, self.draft
        if newest is None or draft is None:
            return False
        other_save = bool(draft.saved_at) and not newest.signed and draft.saved_at != newest.at
        return draft.based_on != newest.number or other_save

    @property
    def signed(self) -> FindingVersion | None:
        """The newest signed version."""
        versions = self.finding.versions if self.finding else ()
        return next((each for each in reversed(versions) if each.signed), None)
