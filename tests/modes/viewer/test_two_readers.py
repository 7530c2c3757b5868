"""Two persons read the fundus: the page gives the first reading, and tells nobody what it says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.core.finding import FindingBody, FindingState, Item
from kiosk.modes.viewer.fundus_entry import why_locked
from kiosk.modes.viewer.settings_pages import FundusReading
from kiosk.store import staff
from tests.modes.viewer.rounds import Round

CLEAR = tuple(Item("media.media", place, "良好") for place in ("右", "左"))


@pytest.fixture
def round(sqlite_templates: Path, tmp_path: Path) -> Iterator[Round]:
    made = Round(sqlite_templates, tmp_path)
    yield made
    made.close()


def test_the_page_gives_the_first_of_two_readings(round: Round) -> None:
    visit = round.examinee(1, "FUNDUS")
    station = round.station("fundus", lambda do, *args: do(*args), fundus=FundusReading(two_readers=True))
    desk = round.desk(station).visits
    round.doctor(station)
    body = FindingBody("右眼に網膜出血を認めます。", ("40201",), "D", items=CLEAR)
    assert desk.sign(visit, body, 0).wait().state is FindingState.FIRST
    desk.close_finding(visit).wait()
    line = desk.fundus_lines(7).wait()[0]
    assert (line.finding, line.category, line.unread) == ("first", "", False)

    with station.centre.writing() as conn:
        staff.add_person(conn, name="例示 医師", role="doctor", pin="2581")
    station.session.enter_now(name="例示 医師", pin="2581")
    opened = desk.open_finding(visit).wait()
    assert opened.hidden and opened.newest.body == FindingBody()
    assert "the other reader goes on" in str(why_locked(opened))
