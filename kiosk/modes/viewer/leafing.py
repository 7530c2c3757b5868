"""Which panes are leafed together and by what, with the words that say so in each of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from kiosk.core.stack_sync import APART, FIXED, PLACE, SLIDES, STOOD, Followed, Link, Offsets, row_of
from kiosk.core.words import N_, say

WORDS = {
    PLACE: N_("together, by place"),
    FIXED: N_("together, place fixed by hand"),
    STOOD: N_("together, from where they stood"),
    SLIDES: N_("together, picture by picture"),
    APART: N_("other direction, on its own"),
}
FAR_MM = 0.5  # further off than this the nearest slice is not quite the same place, and says so


class Together:
    """A pane has ``stack`` and ``at``. ``start`` when panes are put together or show other stacks."""

    def __init__(self) -> None:
        self.on = False
        self.offsets = Offsets()
        self._stood: dict[int, int] = {}
        self._links: dict[tuple[int, int], tuple[Any, Any, Link]] = {}

    def start(self, panes: Sequence[Any]) -> None:
        """What has no common place follows from where it stands now."""
        self._stood = {id(pane): pane.at for pane in panes}
        self._links.clear()

    def fix(self, active: Any, panes: Sequence[Any]) -> bool:
        """The pictures shown now are of the same place; False where no other pane has one."""
        fixed = False
        self.start(panes)
        one = row_of(active.stack) if active.stack is not None else None
        for pane in panes:
            if pane is active or pane.stack is None:
                continue
            fixed = True
            other = row_of(pane.stack)
            if one is not None and other is not None and self.link(active, pane).kind in (FIXED, STOOD):
                self.offsets.fix(one, active.at, other, pane.at)
        self._links.clear()
        return fixed

    def link(self, one: Any, other: Any) -> Link:
        """How ``other`` follows ``one``."""
        key = (id(one), id(other))
        known = self._links.get(key)
        if known is None or known[0] is not one.stack or known[1] is not other.stack:
            stood = (self._stood.get(id(one), one.at), self._stood.get(id(other), other.at))
            known = (one.stack, other.stack, Link(one.stack, other.stack, self.offsets, stood))
            self._links[key] = known
        return known[2]

    def lead(self, active: Any, panes: Sequence[Any], go: Callable[[Any, int], object]) -> None:
        """Take the others along: ``go(pane, slide)``; each gets its ``note``."""
        kinds: set[str] = set()
        for pane in panes:
            if pane is active:
                continue
            if not self.on or active.stack is None or pane.stack is None:
                pane.note = ""
                continue
            link = self.link(active, pane)
            followed = link.follow(active.at)
            pane.note = "" if link.lines else words(link.kind, followed)
            if followed is not None and followed.slide != pane.at:
                go(pane, followed.slide)
            if not link.lines:
                kinds.add(link.kind)
        active.note = say(WORDS[kinds.pop()]) if len(kinds) == 1 else say(N_("together")) if kinds else ""


def words(kind: str, followed: Followed | None) -> str:
    """Of a pane that follows; how far its slice lies beside the place, since it may end before it."""
    told = say(WORDS[kind])
    if followed is None or followed.off_mm is None:
        return told
    if followed.beyond:
        return f"{told}\n{say(N_('it ends before this place'))}"
    if followed.off_mm > FAR_MM:
        return f"{told}\n{say(N_('{mm} mm beside it'), mm=f'{followed.off_mm:.1f}')}"
    return told
