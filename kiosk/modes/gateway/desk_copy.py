"""What the disk page may ask and do: the nightly copy, equalising, the re-equalise list, replacing a disk."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.copy_plan import FINISHED, CopyConditions, Unit
from kiosk.core.equalising import Conditions
from kiosk.core.words import N_
from kiosk.modes.contract import Kit
from kiosk.modes.gateway.copy_rules import CopyView, Disk, WalkLine

if TYPE_CHECKING:
    from kiosk.core.reequalize import Entry
    from kiosk.flow.answers import Answer, Running


def start_copying(kit: Kit) -> None:
    """The workers of this part, on the crew of the process that owns the disks."""
    from kiosk.flow.disk_copy import DiskCopy
    from kiosk.flow.equalise import Equaliser
    from kiosk.flow.follow_index import IndexFollower
    from kiosk.store.audit import Actor

    settings = kit.settings.copy
    actor = Actor(station=kit.station.name)
    lists = kit.data / Path(settings.lists)
    equaliser = Equaliser(kit.centre, kit.local, kit.volumes, actor, lists, rest=settings.equalise_rest)
    kit.crew.start("equalise", equaliser.work)
    kit.crew.start("disk-copy", DiskCopy(kit.centre, kit.local, kit.volumes, actor).work)
    kit.crew.start("disk-indexes", IndexFollower(kit.centre, kit.volumes).work)


class CopyDesk:
    """Answers come through the mailbox. What changes anything is for the person in charge."""

    def __init__(self, kit: Kit) -> None:
        self._kit = kit
        self.lists = kit.data / Path(kit.settings.copy.lists)

    def view(self) -> Answer:
        """Answer: CopyView."""
        return self._kit.ask(self._view)

    # -- the nightly copy ---------------------------------------------------------------------------------------
    def set_conditions(self, conditions: CopyConditions) -> Answer:
        from kiosk.flow.disk_copy import keep_conditions

        return self._kit.ask(keep_conditions, self._kit.local, self._with_rest(conditions))

    def make_list(self, conditions: CopyConditions) -> Answer:
        """Keep the conditions and make the list anew; answer: its length. Fails with Fault."""
        return self._kit.ask(self._make_list, conditions, deadline_s=120.0)

    def copy_one(self, unit: Unit) -> Answer:
        from kiosk.flow.disk_copy import ask_by_hand

        return self._kit.ask(ask_by_hand, self._kit.local, unit.id)

    def mark(self, unit: Unit, state: str) -> Answer:
        """Set 1 or F by hand."""
        from kiosk.store import copy_units

        def do() -> None:
            with self._kit.local.writing() as conn:
                copy_units.mark(conn, unit.id, state)

        return self._kit.ask(do)

    def take_old(self, folder: str, conditions: CopyConditions) -> Answer:
        """Answer: (conditions, marks taken over) from an old program's CONDITION and LOG under ``folder``."""
        return self._kit.ask(self._take_old, Path(folder), conditions)

    # -- equalising ---------------------------------------------------------------------------------------------
    def equalise(self, conditions: Conditions) -> Answer:
        from kiosk.store import walks

        def do() -> int:
            with self._kit.local.writing() as conn:
                return walks.ask(conn, conditions)

        return self._kit.ask(do)

    def stop_walk(self, walk: int) -> Answer:
        from kiosk.store import walks

        def do() -> None:
            with self._kit.local.writing() as conn:
                walks.stop(conn, walk)

        return self._kit.ask(do)

    def report(self, walk: int) -> Path:
        """Where the whole list of differences lies (CSV)."""
        from kiosk.flow.difference_report import report_path

        return report_path(self.lists, walk)

    def save_list(self, entries: list[Entry]) -> Answer:
        """Answer: the path of Reequalize.txt."""
        from kiosk.flow.register_list import save_list

        return self._kit.ask(save_list, self.lists, entries)

    def register_list(self, entries: list[Entry]) -> Answer:
        """Answer: flow.register_list.Registered."""
        from kiosk.flow.register_list import register_list

        return self._kit.ask(register_list, self._kit.local, self._kit.volumes, entries, deadline_s=120.0)

    # -- replacing ----------------------------------------------------------------------------------------------
    def replace(self, step: str, disk: str = "", although_lost: bool = False) -> Running:
        """Do one step (choose, check, copy, prove, switch, give_up); it tells how far it is and can be stopped."""
        from kiosk.flow.replace_disk import ReplaceDisk

        steps = ReplaceDisk(self._kit.centre, self._kit.local, self._kit.volumes, self._kit.session.actor())

        def do(told: Any) -> Any:
            if step in ("choose", "check"):
                return getattr(steps, step)(disk)
            if step == "switch":
                return steps.switch(although_lost)
            return steps.give_up() if step == "give_up" else getattr(steps, step)(told)

        return self._kit.errands.begin(f"replace-{step}", do)

    # -- inside -------------------------------------------------------------------------------------------------
    def _with_rest(self, conditions: CopyConditions) -> CopyConditions:
        return replace(conditions, rest_s=self._kit.settings.copy.rest_s)

    def _view(self) -> CopyView:
        from kiosk.flow.disk_copy import STATE, read_conditions
        from kiosk.flow.replace_disk import plan_of
        from kiosk.store import copy_units, local, walks
        from kiosk.store.volume import ID_FILE

        conditions = read_conditions(self._kit.local)
        with self._kit.local.reading() as conn:
            units = copy_units.units(conn, copy_units.plan_name(conditions.source, conditions.target))
            state = local.seen_last(conn, STATE)
            found = walks.newest(conn)
        lines = [
            WalkLine(each.id, each.conditions, each.state, each.files, each.counts, each.shown, each.why,
                     each.why_values, each.at)
            for each in found
        ]  # fmt: skip
        disks = [Disk(each.id, each.writable, (each.root / ID_FILE).exists()) for each in self._kit.volumes]
        replacing = asdict(plan_of(self._kit.local))
        return CopyView(tuple(disks), conditions, tuple(units), state.body if state else {}, tuple(lines), replacing)

    def _make_list(self, conditions: CopyConditions) -> int:
        from kiosk.core.faults import Fault
        from kiosk.flow.disk_copy import keep_conditions, make_list

        source = next((each for each in self._kit.volumes if each.id == conditions.source), None)
        wrong = conditions.wrong()
        if wrong or source is None:
            text = wrong[0] if wrong else N_("Choose the disk to copy from and the disk to copy to.")
            raise Fault(text, reference="D425")
        conditions = self._with_rest(conditions)
        keep_conditions(self._kit.local, conditions)
        return make_list(self._kit.local, source, conditions)

    def _take_old(self, folder: Path, conditions: CopyConditions) -> tuple[CopyConditions, int]:
        from kiosk.core.faults import Fault
        from kiosk.core.old_copy_files import read_old_conditions, read_old_results
        from kiosk.core.reequalize import read_text
        from kiosk.store import copy_units

        def text_of(*parts: str) -> str:
            try:
                return read_text(folder.joinpath(*parts).read_bytes())
            except OSError:
                return ""

        said, results = text_of("CONDITION", "condition.txt"), text_of("LOG", "logResult.txt")
        if not said and not results:
            raise Fault(
                N_("There is no CONDITION/condition.txt and no LOG/logResult.txt in {folder}."),
                N_("Name the folder of the old program."),
                reference="D426",
                folder=str(folder),
            )
        old = read_old_conditions(said)
        taken = replace(
            conditions,
            start=old.start or conditions.start,
            end=old.end or conditions.end,
            periods=old.periods or conditions.periods,
        )
        finished = {(day, kind) for day, kind, state in read_old_results(results) if state == FINISHED}
        with self._kit.local.writing() as conn:
            units = copy_units.units(conn, copy_units.plan_name(taken.source, taken.target))
            known = [each for each in units if (each.day, each.kind) in finished]
            for each in known:
                copy_units.mark(conn, each.id, FINISHED)
        return taken, len(known)
