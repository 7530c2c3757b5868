"""The day of the theatre: a lane per room, time from left to right; marked, moved and dragged by keys or by hand."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kiosk.core.operation import Operation
from kiosk.core.words import N_, say
from kiosk.modes.theatre import rules
from kiosk.modes.theatre.rules import Spot
from kiosk.ui import ime, look
from kiosk.ui.ellipsis import Cutter

LABEL, HEAD, LOWEST, HIGHEST = 112, 30, 24, 240
NOW_PX = 56  # half of what the word of this moment takes
DRAG_PX = 5  # a hand that trembles drags nothing
# What the colour of a bar says, and the words for it below the picture: ground, letters, edge.
LOOKS = {
    "planned": (look.CARD, look.INK, look.EDGE), "urgent": (look.STOP_GROUND, look.STOP, look.STOP),
    "overlap": (look.LOOK_GROUND, look.LOOK, look.LOOK), "going": (look.PRIMARY, look.CARD, look.PRIMARY),
    "ended": (look.DONE_GROUND, look.DONE, look.DONE),
}  # fmt: skip
LEGEND = {
    "planned": N_("planned"), "urgent": N_("urgent"), "overlap": N_("overlapping"),
    "going": N_("in the room or under operation"), "ended": N_("operation ended"),
}  # fmt: skip


@dataclass(frozen=True)
class Ghost:
    """An operation on its way to another place."""

    operation: Operation
    room: str
    enter: datetime


class DayChart(tk.Canvas):
    """``on_mark()`` when another spot is marked, ``on_open()`` for Return and a double click, ``on_drop(ghost)`` when a
    bar was dragged there, ``on_ghost()`` when a ghost was pushed by keys.
    """

    def __init__(
        self, parent: tk.Misc, on_mark: Callable[[], object], on_open: Callable[[], object],
        on_drop: Callable[[Ghost], object], on_ghost: Callable[[], object],
    ) -> None:  # fmt: skip
        super().__init__(parent, width=look.px(900), height=look.px(220), bg=look.CARD, highlightthickness=2,
                         highlightbackground=look.LINE, highlightcolor=look.PRIMARY, takefocus=True)  # fmt: skip
        self._on_mark, self._on_open, self._on_drop, self._on_ghost = on_mark, on_open, on_drop, on_ghost
        self._rooms: Sequence[str] = ()
        self._spots: dict[str, list[Spot]] = {}
        self._bars: dict[str, list[rules.Bar]] = {}
        self._places: dict[int, tuple[float, float, float, float]] = {}  # of each operation, as drawn
        self._since = self._until = datetime.min
        self._now: datetime | None = None
        self._pressed: tuple[int, int, Operation] | None = None
        self.marked: Spot | None = None
        self.wish: datetime | None = None  # the moment that was clicked in a free time
        self.ghost: Ghost | None = None
        self.touched: Callable[[], object] = lambda: None  # a person marks or carries something himself
        self._cut, self._cut_bold = Cutter(self, look.TEXT), Cutter(self, look.TEXT_BOLD)
        ime.off_in(self)  # its keys are commands, not words
        self.bind("<Configure>", lambda event: self.draw())
        self.bind("<ButtonPress-1>", self._press)
        self.bind("<B1-Motion>", self._drag)
        self.bind("<ButtonRelease-1>", self._release)
        self.bind("<Double-1>", lambda event: self._on_open() if self._is_lane(event) else None)
        self.bind("<Return>", lambda event: self._key(self._on_open))
        for key, step in (("Left", -1), ("Right", 1)):
            self.bind(f"<{key}>", lambda event, step=step: self._key(lambda: self._aside(step, 1)))  # type: ignore[misc]
            self.bind(f"<Shift-{key}>", lambda event, step=step: self._key(lambda: self._aside(step, 6)))  # type: ignore[misc]
        for key, step in (("Up", -1), ("Down", 1)):
            self.bind(f"<{key}>", lambda event, step=step: self._key(lambda: self._other_room(step)))  # type: ignore[misc]

    # -- what it shows -------------------------------------------------------------------------------------------

    def show(
        self, rooms: Sequence[str], operations: Sequence[Operation], since: datetime, until: datetime,
        now: datetime | None,
    ) -> None:  # fmt: skip
        """Draw the day; what was marked stays marked where it still is. ``now`` None: another day."""
        there = [each for each in operations if each.state.holds_the_room]
        self._rooms, self._since, self._until, self._now = list(rooms), since, until, now
        self._spots = {room: rules.spots_of(room, there, since, until) for room in rooms}
        self._bars = {room: rules.bars_of([each for each in there if each.room == room]) for room in rooms}
        self._mark(self._again())
        self.draw()

    def at_time(self, now: datetime | None) -> None:
        """The line of this moment goes on."""
        self._now = now
        self.draw()

    def mark_operation(self, operation: int) -> bool:
        """Mark it by its row; False where it is not on this day."""
        for spot in self._every():
            if spot.operation is not None and spot.operation.id == operation:
                self._mark(spot)
                self.draw()
                return True
        return False

    def carry(self, ghost: Ghost | None) -> None:
        """Show an operation on its way; None takes it away."""
        self.ghost = ghost
        self.draw()

    # -- drawing -------------------------------------------------------------------------------------------------

    def draw(self) -> None:
        """All of it anew: a day is some dozens of rectangles."""
        self.delete("all")
        self._places = {}
        if not self._rooms or self.winfo_width() < 200:
            return
        self._draw_ground()
        for at, room in enumerate(self._rooms):
            for bar in self._bars[room]:
                self._draw_bar(at, bar)
        self._draw_marked()
        self._draw_now()
        self.tag_raise("words")  # the line of this moment goes behind what is to be read
        self._draw_ghost()

    def _draw_ground(self) -> None:
        bottom, width = self._top(len(self._rooms)), self.winfo_width()
        moment = self._since
        step = timedelta(hours=1 if self._px_per_min() * 60 >= look.px(46) else 2)
        while moment <= self._until:
            x = self._x(moment)
            self.create_line(x, look.px(HEAD), x, bottom, fill=look.LINE)
            hidden = self._now is not None and abs(self._x(self._now) - x) < look.px(NOW_PX)
            if x < width - look.px(20) and not hidden:
                self.create_text(x, look.px(HEAD) / 2, text=f"{moment.hour}:00", fill=look.SECONDARY, font=look.CAPTION,
                                 anchor="w" if moment == self._since else "center")  # fmt: skip
            moment += step
        for at, room in enumerate([*self._rooms, ""]):
            y = self._top(at)
            self.create_line(0, y, width, y, fill=look.LINE)
            if room:
                name = self._cut_bold.cut(room, look.px(LABEL - 14))
                self.create_text(look.px(8), y + self._tall() / 2, text=name, anchor="w", fill=look.INK,
                                 font=look.TEXT_BOLD)  # fmt: skip

    def _draw_bar(self, at: int, bar: rules.Bar) -> None:
        each = bar.operation
        tall = (self._tall() - look.px(4)) / bar.of
        top = self._top(at) + look.px(2) + tall * bar.at
        left = max(self._x(each.since), self._x(self._since))
        right = min(max(self._x(each.until), left + look.px(6)), self._x(self._until))
        self._places[each.id] = (left, top, right, top + tall)
        ground, ink, edge = LOOKS[bar.state]
        chosen = self._is_marked(each)
        self.create_rectangle(left, top, right, top + tall, fill=ground, outline=look.INK if chosen else edge,
                              width=3 if chosen else 1)  # fmt: skip
        marks, name, *rest = rules.bar_lines(each, bar.of > 1)
        both = f"{marks} {name}".strip()
        fits = self._cut_bold.width(both) <= right - left - look.px(10)
        self._write(left, top, right, top + tall, [*([both] if fits else [marks, name]), *rest], ink)

    def _write(self, left: float, top: float, right: float, bottom: float, lines: list[str], ink: str) -> None:
        """As many lines as there is room for; in a low bar all of it in one."""
        step, room = look.px(23), int(right - left - look.px(10))
        count = int((bottom - top - look.px(4)) // step)
        lines = [line for line in lines if line]
        if count <= 1:
            lines = ["  ".join(lines)]
        for at, line in enumerate(lines[: max(1, count)]):
            bold = at == 0
            text = (self._cut_bold if bold else self._cut).cut(line, room)
            self.create_text(left + look.px(5), top + look.px(3) + at * step, anchor="nw", text=text, fill=ink,
                             font=look.TEXT_BOLD if bold else look.TEXT, tags="words")  # fmt: skip

    def _draw_marked(self) -> None:
        spot = self.marked
        if spot is None or spot.operation is not None or spot.room not in self._spots:
            return
        top = self._top(self._rooms.index(spot.room)) + look.px(3)
        left, right = self._x(spot.since), self._x(spot.until)
        self.create_rectangle(left + 1, top, right - 1, top + self._tall() - look.px(6), outline=look.PRIMARY, width=2,
                              dash=(6, 4), fill=look.SELECTED)  # fmt: skip
        text = f"{say(N_('free'))} {spot.since:%H:%M}-{spot.until:%H:%M}"
        self._write(left, top, right, top + self._tall() - look.px(6), [text], look.PRIMARY)
        if self.wish is not None:
            x = self._x(self.wish)
            self.create_line(x, top, x, top + self._tall() - look.px(6), fill=look.PRIMARY, width=3)

    def _draw_ghost(self) -> None:
        ghost = self.ghost
        if ghost is None or ghost.room not in self._rooms:
            return
        top = self._top(self._rooms.index(ghost.room)) + look.px(2)
        left = self._x(ghost.enter)
        right = self._x(ghost.enter + (ghost.operation.end - ghost.operation.enter))
        self.create_rectangle(left, top, right, top + self._tall() - look.px(4), outline=look.PRIMARY, width=3,
                              dash=(6, 4), fill=look.SELECTED)  # fmt: skip
        words = [f"{ghost.enter:%H:%M}  {ghost.operation.patient.name}", ghost.operation.method]
        self._write(left, top, right, top + self._tall() - look.px(4), words, look.PRIMARY)

    def _draw_now(self) -> None:
        if self._now is None or not self._since <= self._now <= self._until:
            return
        x = self._x(self._now)
        self.create_line(x, look.px(HEAD) - 4, x, self._top(len(self._rooms)), fill=look.STOP, width=2)
        self.create_text(x, look.px(HEAD) / 2, text=f"{say(N_('now'))} {self._now:%H:%M}", fill=look.STOP,
                                font=look.CAPTION)  # fmt: skip

    # -- places --------------------------------------------------------------------------------------------------

    def _px_per_min(self) -> float:
        minutes = (self._until - self._since).total_seconds() / 60
        return float((self.winfo_width() - look.px(LABEL) - look.px(8)) / max(minutes, 1))

    def _x(self, moment: datetime) -> float:
        return look.px(LABEL) + (moment - self._since).total_seconds() / 60 * self._px_per_min()

    def _tall(self) -> float:
        room = self.winfo_height() - look.px(HEAD) - look.px(4)
        return min(look.px(HIGHEST), max(look.px(LOWEST), room / max(1, len(self._rooms))))

    def _top(self, at: int) -> float:
        return look.px(HEAD) + at * self._tall()

    def moment_at(self, x: float) -> datetime:
        """The time that lies there, to five minutes."""
        minutes = (x - look.px(LABEL)) / self._px_per_min()
        return rules.snapped(self._since + timedelta(minutes=minutes))

    def room_at(self, y: float) -> str:
        """The room whose lane lies there, empty for none."""
        at = int((y - look.px(HEAD)) // self._tall())
        return self._rooms[at] if 0 <= at < len(self._rooms) and y >= look.px(HEAD) else ""

    def place_of(self, operation: int) -> tuple[float, float, float, float]:
        """Left, top, right, bottom of its bar. Raises KeyError where it is not drawn."""
        return self._places[operation]

    # -- marking -------------------------------------------------------------------------------------------------

    def _every(self) -> list[Spot]:
        return [spot for spots in self._spots.values() for spot in spots]

    def _is_marked(self, operation: Operation) -> bool:
        return self.marked is not None and self.marked.operation is not None and (
            self.marked.operation.id == operation.id
        )  # fmt: skip

    def _again(self) -> Spot | None:
        """What was marked, as it is now; else what stands where it stood, else the first free time."""
        if self.marked is not None:
            same = next((spot for spot in self._every() if spot.key == self.marked.key), None)
            if same is not None:
                return same
            if self.marked.operation is None and self.marked.room in self._spots:
                return rules.closest(self._spots[self.marked.room], self.wish or self.marked.since)
        return next(iter(self._every()), None)

    def _mark(self, spot: Spot | None, wish: datetime | None = None) -> None:
        before = self.marked
        self.wish = wish if wish is not None else self.wish if spot is not None and spot == before else None
        self.marked = spot
        self._on_mark()

    def _aside(self, step: int, fast: int) -> None:
        self.touched()
        if self.ghost is not None:
            by = timedelta(minutes=rules.SNAP_MIN * step * fast)
            self._push(Ghost(self.ghost.operation, self.ghost.room, self.ghost.enter + by))
            return
        if self.marked is None or self.marked.room not in self._spots:
            self._mark(next(iter(self._every()), None))
        else:
            spots = self._spots[self.marked.room]
            at = spots.index(self.marked) + step if self.marked in spots else 0
            if 0 <= at < len(spots):
                self._mark(spots[at])
        self.draw()

    def _other_room(self, step: int) -> None:
        self.touched()
        held = self.ghost or self.marked
        if held is None or held.room not in self._rooms:
            return
        at = self._rooms.index(held.room) + step
        if not 0 <= at < len(self._rooms):
            return
        if self.ghost is not None:
            self._push(Ghost(self.ghost.operation, self._rooms[at], self.ghost.enter))
            return
        assert self.marked is not None
        spot = rules.closest(self._spots[self._rooms[at]], self.marked.since)
        if spot is not None:
            self._mark(spot)
            self.draw()

    def _push(self, ghost: Ghost) -> None:
        self.carry(ghost)
        self._on_ghost()

    def _key(self, act: Callable[[], object]) -> str:
        act()
        return "break"

    # -- the hand ------------------------------------------------------------------------------------------------

    def _under(self, x: float, y: float) -> Operation | None:
        there = {spot.operation.id: spot.operation for spot in self._every() if spot.operation is not None}
        hits = [one for one, (left, top, right, bottom) in self._places.items()
                if left <= x <= right and top <= y <= bottom]  # fmt: skip
        return there.get(hits[-1]) if hits else None

    def _is_lane(self, event: Any) -> bool:
        return bool(self.room_at(event.y)) and event.x >= look.px(LABEL)

    def _press(self, event: Any) -> None:
        self.touched()
        self.focus_set()
        operation, room = self._under(event.x, event.y), self.room_at(event.y)
        self._pressed = None
        if operation is not None:
            self.mark_operation(operation.id)
            self._pressed = (event.x, event.y, operation)
        elif self._is_lane(event):
            moment = self.moment_at(event.x)
            spots = [spot for spot in self._spots[room] if spot.operation is None]
            inside = next((spot for spot in spots if spot.since <= moment <= spot.until), None)
            if inside is not None:
                self._mark(inside, moment)
                self.draw()

    def _drag(self, event: Any) -> None:
        if self._pressed is None:
            return
        x, y, operation = self._pressed
        begun = self.ghost is not None and self.ghost.operation.id == operation.id
        if not begun and max(abs(event.x - x), abs(event.y - y)) < DRAG_PX:
            return
        by = self.moment_at(event.x) - self.moment_at(x)
        room = self.room_at(event.y) or (self.ghost.room if self.ghost is not None else operation.room)
        self.carry(Ghost(operation, room, rules.snapped(operation.enter + by)))
        self.configure(cursor="fleur")

    def _release(self, event: Any) -> None:
        pressed, self._pressed = self._pressed, None
        self.configure(cursor="")
        if pressed is None or self.ghost is None or self.ghost.operation.id != pressed[2].id:
            return
        if max(abs(event.x - pressed[0]), abs(event.y - pressed[1])) >= DRAG_PX:
            self._on_drop(self.ghost)
        else:
            self.carry(None)
