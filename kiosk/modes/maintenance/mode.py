"""Maintenance: the staff list, the audit table, the proof and backup of the store, and what this station is set to."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kiosk.core.faults import Fault
from kiosk.core.settings import Settings, setting
from kiosk.core.words import N_
from kiosk.modes.contract import Kit, Mode
from kiosk.modes.maintenance import rules

if TYPE_CHECKING:
    from kiosk.flow.answers import Answer, Running

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class MaintenanceSettings(Settings):
    """What maintenance can be told."""

    backup_folder: str = setting("BACKUP", N_("Folder for backups, relative to the data folder; best on another disk."))
    backup_generations: int = setting(14, N_("So many backups of each store are kept; older ones go."))
    export_folder: str = setting("EXPORT", N_("Folder for exported lists, relative to the data folder."))
    audit_rows: int = setting(500, N_("Most rows of the audit table shown at once; the export holds all."))


class MaintenanceDesk:
    """What the window may ask and do; every call returns an Answer at once, long work a Running one."""

    def __init__(self, kit: Kit) -> None:
        from kiosk.flow.keep_staff import KeepStaff
        from kiosk.flow.read_audit import ReadAudit

        self._kit = kit
        self.settings: MaintenanceSettings = kit.settings
        self.mailbox = kit.mailbox
        self.place = kit.station.place
        self.now = datetime.now
        self._staff = KeepStaff(kit.centre, kit.session.actor)
        self._audit = ReadAudit(kit.centre, kit.local, kit.session.actor)
        self.backup_folder: Path = kit.data / self.settings.backup_folder
        self.export_folder: Path = kit.data / self.settings.export_folder

    @property
    def may_change(self) -> bool:
        """Whether the person who works here now may change things; the journeys ask the store once more."""
        return self._kit.session.role == rules.ADMIN

    # -- people --------------------------------------------------------------------------------------------------

    def people(self) -> Answer:
        """Answer: PersonLine list, those who no longer work here last."""
        return self._kit.ask(lambda: [rules.PersonLine(**asdict(each)) for each in self._staff.people()])

    def whose_badge(self, code: str) -> Answer:
        """Answer: id of the person whose badge it is, 0 for nobody's."""

        def ask() -> int:
            found = self._staff.whose_badge(code)
            return found.id if found else 0

        return self._kit.ask(ask)

    def add(self, name: str, role: str, pin: str, badge: str = "") -> Answer:
        """Answer: id of the new person. Fails with Refused."""
        return self._kit.ask(lambda: self._staff.add(name, role, pin, badge).id)

    def change_role(self, person: int, role: str) -> Answer:
        return self._kit.ask(self._staff.change_role, person, role)

    def new_pin(self, person: int, pin: str) -> Answer:
        return self._kit.ask(self._staff.new_pin, person, pin)

    def set_badge(self, person: int, code: str) -> Answer:
        """Empty code: the badge is taken away."""
        return self._kit.ask(self._staff.set_badge, person, code)

    def deactivate(self, person: int) -> Answer:
        return self._kit.ask(self._staff.deactivate, person)

    def reactivate(self, person: int) -> Answer:
        return self._kit.ask(self._staff.reactivate, person)

    def on_people(self, call: Callable[[], None]) -> Callable[[], None]:
        """``call()`` when the staff list changed; returns the way to end it."""
        return self._kit.notices.listen("staff", lambda notice: call())

    # -- audit ---------------------------------------------------------------------------------------------------

    def actions(self) -> Answer:
        """Answer: every action that occurs."""
        return self._kit.ask(self._audit.actions)

    def audit(self, **asked: str) -> Answer:
        """Answer: (AuditLine list newest first, how many there are). ``asked``: patient_id, action, since, until."""
        from kiosk.store.audit import Asked

        def ask() -> tuple[list[rules.AuditLine], int]:
            found, total = self._audit.search(Asked(**asked), self.settings.audit_rows)
            return [rules.AuditLine(**asdict(each)) for each in found], total

        return self._kit.ask(ask, deadline_s=60.0)

    def prove_audit(self) -> Running:
        """Answer: (rows, what is wrong) of the audit chain."""

        def work(told: Callable[[float], None]) -> tuple[int, tuple[str, ...]]:
            proof = self._audit.prove(told)
            return proof.rows, proof.wrong

        return self._kit.errands.begin("prove-audit", work)

    def export_audit(self, **asked: str) -> Running:
        """Answer: the CSV file written."""
        from kiosk.store.audit import Asked

        return self._kit.errands.begin(
            "export-audit", lambda told: self._audit.export(Asked(**asked), self.export_folder, told)
        )

    # -- store ---------------------------------------------------------------------------------------------------

    def check_store(self) -> Running:
        """Answer: CheckLine list."""
        from kiosk.flow.check_store import check_store
        from kiosk.store import audit

        def work(told: Callable[[float], None]) -> list[rules.CheckLine]:
            assert self._kit.file is not None
            found = [rules.CheckLine(e.good, e.text, e.next_step) for e in check_store(self._kit.file, told)]
            try:
                with self._kit.centre.writing() as conn:
                    wrong = sum(not line.good for line in found)
                    audit.write(conn, self._kit.session.actor(), "store checked", wrong=wrong)
            except Fault as why:  # a store that can't be written to is what the check has found out
                log.warning("the check of the store could not be audited: %s", why)
            return found

        return self._kit.errands.begin("check-store", work)

    def back_up(self) -> Running:
        """Answer: names of the files written. Fails with Refused for those who may not."""
        from kiosk.flow.back_up import back_up
        from kiosk.flow.keep_staff import check_admin

        def work(told: Callable[[float], None]) -> list[str]:
            assert self._kit.file is not None
            actor = self._kit.session.actor()
            with self._kit.centre.reading() as conn:
                check_admin(conn, actor)
            keep = self.settings.backup_generations
            written = back_up(self._kit.file, self.backup_folder, progress=told, keep=keep, actor=actor)
            return [path.name for path in written]

        return self._kit.errands.begin("back-up", work)

    def last_night(self) -> Answer:
        """Answer: flow.nightly_backup.LastNight of this PC, or None where it makes no nightly backup."""
        from kiosk.flow.nightly_backup import last_night

        return self._kit.ask(last_night, self._kit.local)

    def backups(self) -> Answer:
        """Answer: BackupLine list, newest first."""
        from kiosk.flow.back_up import backups

        def ask() -> list[rules.BackupLine]:
            return [rules.BackupLine(e.path.name, e.kind, e.made, e.size) for e in backups(self.backup_folder)]

        return self._kit.ask(ask)

    # -- station -------------------------------------------------------------------------------------------------

    def settings_in_force(self) -> list[rules.SettingLine]:
        """Everything that this station is set to, section by section."""
        file = self._kit.file
        lines = list(rules.setting_lines("station", self._kit.station))
        if file is not None:
            for name, volume in file.volumes.items():
                lines += rules.setting_lines(f"volumes.{name}", volume)
            for name, settings in file.modes.items():
                lines += rules.setting_lines(f"modes.{name}", settings)
        return lines

    @property
    def parameter_file(self) -> str:
        """Where it lies; empty for the built-in defaults."""
        return str(self._kit.file.path or "") if self._kit.file is not None else ""

    def check_station(self) -> Running:
        """Answer: CheckLine list."""

        def work(told: Callable[[float], None]) -> list[rules.CheckLine]:
            found = []
            for each in self._kit.check():
                told(0.0)
                found.append(rules.CheckLine(each.good, each.text, each.next_step))
            return found

        return self._kit.errands.begin("check-station", work)


def open_window(parent: Any, desk: MaintenanceDesk) -> Any:
    from kiosk.modes.maintenance.window import MaintenanceWindow

    return MaintenanceWindow(parent, desk).shell


MODE = Mode(
    title=N_("Maintenance"),
    settings=MaintenanceSettings,
    desk=MaintenanceDesk,
    window=open_window,
    order=90,
)
