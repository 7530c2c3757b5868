"""What the theatre window may ask and do; every call returns an Answer at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

from kiosk.core.operation import Operation
from kiosk.flow.answers import Answer
from kiosk.flow.kept_theatre import KeptTheatre
from kiosk.flow.plan_theatre import MASTERS, PlanTheatre
from kiosk.modes.contract import Kit
from kiosk.store.operations import NOTICE


class TheatreDesk:
    """The window's side of one desk of the theatre."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.settings = settings = kit.settings
        self.place = kit.station.place
        self.mailbox = kit.mailbox
        self.today = date.today
        self.now = datetime.now
        self.kept = KeptTheatre(kit.centre, kit.local, kit.station.institution)
        self.plan = PlanTheatre(
            kit.centre, kit.station.institution, kit.session.actor, self.kept, turnover_min=settings.turnover_min,
            overlap_roles=settings.overlap_roles, keepers=settings.keepers,
        )  # fmt: skip

    def listen(self, call: Callable[[], None]) -> Callable[[], None]:
        """``call()`` when somebody changed an operation or the masters, on whichever PC."""
        return self._kit.notices.listen((NOTICE, MASTERS), lambda notice: call())

    def day(self, day: date) -> Answer:
        """Answer: TheatreDays."""
        return self._kit.ask(self.plan.day, day)

    def week(self, day: date) -> Answer:
        """Answer: TheatreDays of Monday to Sunday."""
        return self._kit.ask(self.plan.week, day)

    def find(self, text: str) -> Answer:
        """Answer: Operation list, by day."""
        return self._kit.ask(self.plan.find, text)

    def people(self, text: str) -> Answer:
        """Answer: OperationPatient list."""
        return self._kit.ask(self.plan.people, text)

    def operation(self, operation: int) -> Answer:
        """Answer: Operation, as it is now."""
        return self._kit.ask(self.plan.operation, operation)

    def history(self, operation: int) -> Answer:
        """Answer: Change list."""
        return self._kit.ask(self.plan.history, operation)

    def make(self, wanted: Operation, reason: str = "") -> Answer:
        """Answer: Operation; fails with TheatreTaken, Refused."""
        return self._kit.ask(self.plan.make, wanted, reason)

    def move(self, operation: Operation, room: str, enter: datetime, reason: str = "") -> Answer:
        """Answer: Operation; fails with TheatreTaken, Overtaken, Refused."""
        return self._kit.ask(self.plan.move, operation, room, enter, reason)

    def change(self, before: Operation, wanted: Operation, reason: str = "") -> Answer:
        """Answer: Operation; fails with TheatreTaken, Overtaken, Refused."""
        return self._kit.ask(self.plan.change, before, wanted, reason)

    def set_time(self, operation: Operation, what: str, at: datetime) -> Answer:
        """Answer: Operation; fails with Refused, Overtaken."""
        return self._kit.ask(self.plan.set_time, operation, what, at)

    def cancel(self, operation: Operation, reason: str) -> Answer:
        """Answer: Operation."""
        return self._kit.ask(self.plan.cancel, operation, reason)

    def restore(self, operation: Operation, reason: str = "") -> Answer:
        """Answer: Operation; fails with TheatreTaken, Overtaken."""
        return self._kit.ask(self.plan.restore, operation, reason)

    def undo(self) -> Answer:
        """Answer: TheatreDone."""
        return self._kit.ask(self.plan.undo)

    def masters(self) -> Answer:
        """Answer: the masters as they are stored."""
        return self._kit.ask(self.plan.masters)

    def change_masters(
        self, section: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None
    ) -> Answer:  # fmt: skip
        """Answer: the masters after it; fails with Refused, WrongTheatreMaster, Overtaken."""
        return self._kit.ask(self.plan.change_masters, section, before, after)

    def print_day(self, day: date) -> Answer:
        """Answer: the file of the day's list, which is owed to the printer."""
        return self._kit.ask(self._print_day, day, deadline_s=60.0)

    def print_week(self, day: date) -> Answer:
        """Answer: the file of the week's list, which is owed to the printer."""
        return self._kit.ask(self._print_week, day, deadline_s=60.0)

    # -- on a desk thread ----------------------------------------------------------------------------------------

    def _print_day(self, day: date) -> Path:
        from kiosk.flow.print_theatre import print_day

        kit, view = self._kit, self.plan.day(day)
        return print_day(
            kit.centre, kit.local, kit.session.actor(), kit.station, kit.data / "pages", day, view.operations
        )  # fmt: skip

    def _print_week(self, day: date) -> Path:
        from kiosk.flow.print_theatre import print_week

        kit, view = self._kit, self.plan.week(day)
        return print_week(
            kit.centre, kit.local, kit.session.actor(), kit.station, kit.data / "pages", view.first, view.book.rooms,
            view.operations, large=self.settings.large_sheet,
        )  # fmt: skip
