"""Long after a correction: what it put away goes for good, and the viewer says what was corrected."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Fault, Refused
from kiosk.flow.crew import Crew
from kiosk.flow.find_study import moved_from, study_to_show
from kiosk.store import audit, images
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from tests.flow.correction_site import RIGHT, WRONG, Site


@pytest.fixture
def site(tmp_path: Path, centre: Store, crew: Crew) -> Site:
    made = Site(tmp_path, crew=crew, centre=centre)
    made.fill()
    return made


@pytest.fixture
def small(tmp_path: Path, centre_on_sqlite: Store, crew: Crew) -> Site:
    """The same on SQLite alone."""
    made = Site(tmp_path, crew=crew, centre=centre_on_sqlite)
    made.fill()
    return made


def actions(site: Site) -> list[str]:
    with site.centre.reading() as conn:
        return [each.action for each in audit.every_event(conn)]


def test_what_was_put_away_goes_for_good_when_two_say_so_and_the_days_are_over(small: Site) -> None:
    number = small.begin()
    small.correct.go_on(number)
    with pytest.raises(Refused, match="K321"):
        small.ask.remove(number, "技師 二郎", "1357", 365)
    with pytest.raises(Refused, match="K305"):
        small.ask.remove(number, "技師 一郎", "2468", 0)
    with pytest.raises(Refused, match="do not fit"):
        small.ask.remove(number, "技師 二郎", "0000", 0)
    before = small.files()
    small.correct.go_on(number)
    assert small.files() == before, "nothing goes by itself"
    small.ask.remove(number, "技師 二郎", "1357", 0)
    with pytest.raises(Refused, match="K320"):
        small.ask.undo(number)
    small.correct.go_on(number)
    after = small.files()
    assert after == {path: content for path, content in before.items() if not path.startswith("QUARANTINE/")}
    assert len(before) > len(after)
    assert list(small.seen()) == [RIGHT.patient_id] and small.now(number).kept == "removed"
    assert actions(small)[-2:] == ["quarantine to be removed", "quarantine removed"]
    small.correct.go_on(number)
    assert actions(small)[-1:] == ["quarantine removed"] and small.files() == after


def test_a_removal_that_is_cut_off_is_taken_up_again(small: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    number = small.begin()
    small.correct.go_on(number)
    small.ask.remove(number, "技師 二郎", "1357", 0)

    def cut(path: Path) -> None:
        next(each for each in sorted(path.rglob("*")) if each.is_file()).unlink()
        raise OSError(5, "power went")

    with monkeypatch.context() as patch:
        patch.setattr(shutil, "rmtree", cut)
        with pytest.raises(Fault, match="K322"):
            small.correct.go_on(number)
    assert small.now(number).removing
    small.correct.go_on(number)
    assert small.now(number).kept == "removed"
    assert not any(path.startswith("QUARANTINE/") for path in small.files())


def test_the_viewer_says_that_images_were_corrected_and_where_they_are_no_more(site: Site) -> None:
    def shown() -> Any:
        with site.centre.reading() as conn:
            study = images.find_studies(conn, limit=1)[0]
        return study_to_show(site.centre, site.volumes, Actor("読影 一郎"), study=study.id)

    assert shown().corrected is None and moved_from(site.centre, WRONG.patient_id) is None
    number = site.begin()
    site.correct.go_on(number)
    told = shown().corrected
    assert told.values["id"] == WRONG.patient_id and told.values["name"] == WRONG.kanji
    for text in (WRONG.patient_id, "001"):
        moved = moved_from(site.centre, text)
        assert moved is not None and moved.values["id"] == WRONG.patient_id
    assert moved_from(site.centre, RIGHT.patient_id) is None and moved_from(site.centre, "") is None
    site.ask.undo(number)
    site.correct.go_on(number)
    assert shown().corrected is None and moved_from(site.centre, WRONG.patient_id) is None
