"""Nothing leaves a disk before it stands verified on two others; what leaves is found at its other places."""

from __future__ import annotations

import threading
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.disks import NOT_TWICE, UNSENT
from kiosk.flow.crew import Crew
from kiosk.flow.retain import Freed, Retain
from kiosk.store import image_places, images, jobs
from kiosk.store.clock import now_text
from kiosk.store.engine import Store
from kiosk.store.gateway_tables import sends
from tests.flow.disks import Disks

TODAY = date(2026, 11, 25)
STOP = threading.Event()


@pytest.fixture
def disks(tmp_path: Path, centre: Store, local: Store, crew: Crew) -> Disks:
    made = Disks(tmp_path, centre, local, crew)
    made.receive(3)
    made.copy()
    made.received_at(TODAY - timedelta(days=40))
    return made


def retain(disks: Disks, today: date = TODAY, **how: Any) -> Retain:
    days = {"gateway": 31, "primary": 1461}
    return Retain(disks.centre, disks.volumes, disks.actor, days, today=lambda: today, **how)


def on_disk(disks: Disks, name: str) -> int:
    return len(list(disks[name].root.rglob("*.dcm")))


def test_after_a_month_the_gateway_lets_go_and_the_row_goes_over(disks: Disks) -> None:
    [line] = retain(disks).lines()
    assert (line.volume, line.day, line.images, line.stay) == ("MAG1", "2026-10-16", 3, {})
    assert on_disk(disks, "MAG1") == 3, "a dry run changes nothing"
    freed = retain(disks).run(STOP)
    assert freed == Freed(3, line.size)
    assert disks.places() == [["MAG2", "BUP"]] * 3
    assert on_disk(disks, "MAG1") == 0 and not any((disks["MAG1"].root / "DICOM").iterdir()), "no empty folders"
    assert retain(disks).run(STOP) == Freed() and retain(disks).lines() == []
    with disks.centre.reading() as conn:
        assert [volume for volume, _ in images.places_of(conn, "1.2.1.1")] == ["MAG2", "BUP"]


def test_within_the_month_everything_stays(disks: Disks) -> None:
    assert retain(disks, TODAY - timedelta(days=10)).run(STOP) == Freed()
    assert retain(disks, TODAY - timedelta(days=9)).run(STOP).images == 3


def test_one_verified_copy_is_not_enough(disks: Disks) -> None:
    disks.receive(2, study=2)
    disks.copy(2, roles=["primary"])
    disks.received_at(TODAY - timedelta(days=40))
    [line] = retain(disks).lines()
    assert (line.images, line.stay) == (3, {NOT_TWICE: 2})
    retain(disks).run(STOP)
    assert disks.places(2) == [["MAG1", "MAG2"]] * 2


def test_a_copy_that_rotted_since_it_was_made_keeps_the_image_here(disks: Disks) -> None:
    spare = disks["BUP"].file(disks.kept()[0].places[2].path)
    spare.write_bytes(b"\x77" + spare.read_bytes()[1:])
    assert retain(disks).run(STOP).images == 2
    assert disks.places()[0] == ["MAG1", "MAG2", "BUP"]
    assert [place.state for place in disks.kept()[0].places] == ["good", "good", "bad"]
    [line] = retain(disks).lines()
    assert line.stay == {NOT_TWICE: 1}


def test_a_copy_on_a_disk_that_is_away_proves_nothing(disks: Disks, tmp_path: Path) -> None:
    (tmp_path / "BUP").rename(tmp_path / "on the shelf")
    assert retain(disks).run(STOP) == Freed()
    assert on_disk(disks, "MAG1") == 3


def test_what_is_still_to_be_sent_stays_if_the_settings_say_so(disks: Disks) -> None:
    with disks.centre.writing() as conn:
        jobs.owe(conn, "route", station="gateway", subject="1.2.1")
    [line] = retain(disks).lines()
    assert line.stay == {UNSENT: 3} and retain(disks).run(STOP) == Freed()
    with disks.centre.writing() as conn:
        conn.execute(jobs.jobs.update().values(state="done"))
    study, now = disks.kept()[0].study, now_text()
    with disks.centre.writing() as conn:
        conn.execute(
            sends.insert().values(destination="PACS", study=study, state="sending",
                                  error_values={}, created_at=now, changed_at=now)
        )  # fmt: skip
    assert retain(disks).run(STOP) == Freed()
    assert retain(disks, unsent_stays=False).lines()[0].images == 3
    with disks.centre.writing() as conn:
        conn.execute(sends.update().values(state="verified"))
    assert retain(disks).run(STOP).images == 3


def test_the_image_server_lets_go_after_four_years_of_what_two_others_hold(disks: Disks) -> None:
    retain(disks).run(STOP)
    much_later = TODAY + timedelta(days=1500)
    [line] = retain(disks, much_later).lines()
    assert (line.volume, line.stay) == ("MAG2", {NOT_TWICE: 3}), "only the spare disk holds it beside this one"
    assert retain(disks, much_later).run(STOP) == Freed()


def test_a_crash_between_row_and_file_is_made_good(disks: Disks, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Retain, "_finish_leaving", lambda *args: None)
    retain(disks).run(STOP)
    monkeypatch.undo()
    assert on_disk(disks, "MAG1") == 3 and [each[0] for each in disks.places()] == ["MAG2"] * 3
    retain(disks).run(STOP)
    assert on_disk(disks, "MAG1") == 0 and disks.places() == [["MAG2", "BUP"]] * 3


def test_an_image_that_was_put_back_meanwhile_is_not_taken_away(disks: Disks, monkeypatch: pytest.MonkeyPatch) -> None:
    own = {image.sop_uid: image.own.path for image in disks.kept()}
    monkeypatch.setattr(Retain, "_finish_leaving", lambda *args: None)
    retain(disks).run(STOP)
    monkeypatch.undo()
    for name in ("MAG2", "BUP"):
        for path in disks[name].root.rglob("*.dcm"):
            path.unlink()
    disks.receive(3)  # the device sends them once more
    assert [(image.own.volume, image.own.path) for image in disks.kept()] == [("MAG1", path) for path in own.values()]
    retain(disks).run(STOP)
    assert on_disk(disks, "MAG1") == 3


def test_it_stops_when_told(disks: Disks) -> None:
    assert retain(disks).run(STOP, lambda: False) == Freed()
    assert image_places.GOOD == disks.kept()[0].own.state
