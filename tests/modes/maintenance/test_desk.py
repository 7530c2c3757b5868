"""What the maintenance desk answers, on real stores."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from kiosk.assembly import Station
from kiosk.core.faults import Refused
from kiosk.flow.answers import Stopped
from kiosk.modes.maintenance.mode import MODE, MaintenanceDesk
from kiosk.store import audit


def actions_of(station: Station) -> list[str]:
    with station.centre.reading() as conn:
        found = [event.action for event in reversed(audit.events(conn))]
    station.centre.leave()
    return found


def test_people_are_added_changed_and_let_go(desk: MaintenanceDesk, station: Station) -> None:
    added = desk.add("見本 太郎", "nurse", "1357", "B-0002").wait()
    desk.change_role(added, "doctor").wait()
    desk.new_pin(added, "8642").wait()
    desk.set_badge(added, "").wait()
    desk.deactivate(added).wait()
    lines = {line.name: line for line in desk.people().wait()}
    person = lines["見本 太郎"]
    assert (person.role, person.active, person.has_badge, person.has_pin) == ("doctor", False, False, True)
    assert list(lines) == ["見本 花子", "見本 太郎"], "those who no longer work here stand last"
    assert actions_of(station) == [
        "person added", "role changed", "PIN changed", "badge taken away", "person deactivated",
    ]  # fmt: skip
    assert desk.whose_badge("B-0001").wait() == lines["見本 花子"].id
    assert desk.whose_badge("B-9999").wait() == 0


@pytest.mark.parametrize(
    "act",
    [
        lambda desk: desk.add("見本 太郎", "nurse", "1357"),
        lambda desk: desk.new_pin(1, "1357"),
        lambda desk: desk.back_up(),
        lambda desk: desk.export_audit(),
    ],
)
def test_who_is_not_in_charge_is_refused(
    desk: MaintenanceDesk, station: Station, as_nurse: Callable[[Station], None], act: Callable[[Any], Any]
) -> None:
    as_nurse(station)
    assert not desk.may_change
    with pytest.raises(Refused) as told:
        act(desk).wait()
    assert told.value.reference == "R403"
    assert actions_of(station) == []
    assert not desk.backup_folder.exists() and not desk.export_folder.exists()


def test_looking_at_the_audit_table_is_written_down(desk: MaintenanceDesk, station: Station) -> None:
    desk.add("見本 太郎", "nurse", "1357").wait()
    lines, total = desk.audit(action="person added").wait()
    assert [(line.who, line.action) for line in lines] == [("見本 花子", "person added")] and total == 1
    assert desk.audit(patient_id="P1").wait() == ([], 0)
    lines, _ = desk.audit(patient_id="P1").wait()
    assert [line.action for line in lines] == ["audit read"], "who looked for this patient is found with the patient"
    assert desk.actions().wait() == ["audit read", "person added"]
    assert desk.prove_audit().wait() == (4, ())


def test_the_store_is_proven_and_backed_up(desk: MaintenanceDesk, station: Station) -> None:
    parts: list[float] = []
    names = desk.back_up().on_progress(parts.append).wait()
    assert [line.name for line in desk.backups().wait()] == sorted(names, reverse=True)
    assert {line.kind for line in desk.backups().wait()} == {"centre", "station"}
    assert parts[-1] == 1.0 and parts == sorted(parts)
    lines = desk.check_store().wait()
    assert lines and all(line.good for line in lines)
    assert actions_of(station) == ["backup", "store checked"]


def test_a_stopped_backup_leaves_nothing_behind(desk: MaintenanceDesk) -> None:
    running = desk.back_up()
    running.stop()
    with pytest.raises(Stopped):
        running.wait()
    assert list(desk.backup_folder.glob("*")) == []


def test_what_is_set_and_whether_all_is_there(desk: MaintenanceDesk) -> None:
    keys = [line.key for line in desk.settings_in_force()]
    assert {"station.name", "modes.maintenance.backup_folder"} <= set(keys)
    assert desk.parameter_file == ""
    assert all(line.good for line in desk.check_station().wait())


def test_the_mode_opens_once(station: Station) -> None:
    assert station.open_mode("maintenance", MODE) is station.open_mode("maintenance", MODE)
