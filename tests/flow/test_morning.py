"""Studies at a neighbour's and previous images of tomorrow's examinees come by themselves; the sheets tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.day_sheets import READINESS, RECONCILIATION
from kiosk.core.faults import LinkLost
from kiosk.core.patient import Patient
from kiosk.core.settings import StationSettings
from kiosk.core.visit import Examination, VisitKey
from kiosk.flow import fetching_state
from kiosk.flow.crew import Crew
from kiosk.flow.day_sheets import DaySheets, last_sheet, sheet_path
from kiosk.flow.fetch_studies import FETCHING, FetchLog, FetchStudies, Server
from kiosk.flow.hand_out import HandOut
from kiosk.flow.prefetch import Prefetch, Prefetching
from kiosk.flow.watch_neighbour import NeighbourWatch, Watching
from kiosk.store import fetches, seen_rows, visits
from kiosk.store.engine import Store
from kiosk.store.visits import VisitRow
from tests.flow.sending_site import SendingSite
from tests.flow.test_fetch_studies import Fetching
from tests.needs import needs

Wait = Callable[..., Any]
pytestmark = needs("dcmqrscp", "storescu")
TOMORROW = date(2026, 11, 26)  # the server's studies are of the 23rd, 24th (00012345) and 25th (00012346)
EXAMS = (Examination("CHEST", "胸部X線", "胸部", "CR", "CR1"), Examination("US", "超音波", "US", "US", "US1"))


class Morning(Fetching):
    """A gateway with an archive; the lane is not running before ``run``."""

    def start(self, node: Any) -> None:
        self.server = Server("qr", node, "KIOSK", "KIOSK", "書庫", retry_s=0.3)

    def run(self) -> None:
        lane = FetchStudies(self.site.centre, self.server, FetchLog(None))
        doers = dict.fromkeys(FETCHING, lane.fetch)
        HandOut(self.site.centre, "gateway", doers, self.site.crew, only=("qr",))

    def prefetch(self, now: datetime) -> Prefetch:
        how = Prefetching(newest=1)
        return Prefetch(self.site.centre, self.site.own, "gateway", self.server, how, now=lambda: now)

    def watch(self, today: date, **how: Any) -> NeighbourWatch:
        watching = Watching(**{"id_digits": ("8",), **how})
        return NeighbourWatch(self.site.centre, self.site.own, "gateway", self.server, watching, today=lambda: today)

    def lines(self) -> list[Any]:
        with self.site.centre.reading() as conn:
            return fetches.lines(conn)

    def visit(self, number: int, patient_id: str, day: date = TOMORROW) -> None:
        patient = Patient("", patient_id, f"見本 {number}", "ミホン", "", "M", date(1971, 4, 2))
        with self.site.centre.writing() as conn:
            visits.take_visit(
                conn, VisitRow(VisitKey("0001", day, f"{number:03d}"), patient, "09:00", exams=EXAMS), "list"
            )

    def sheets(self, folder: Path, now: datetime, **more: Any) -> DaySheets:
        station = StationSettings(name="gateway", institution_name="健診センター")
        times = {READINESS: "07:00", RECONCILIATION: "17:00"}
        return DaySheets(self.site.centre, self.site.own, station, folder, times, now=lambda: now, **more)


@pytest.fixture
def morning(tmp_path: Path, centre_on_sqlite: Store, local: Store, crew: Crew) -> Iterator[Morning]:
    made = Morning(tmp_path, SendingSite(tmp_path, centre_on_sqlite, local, crew))
    yield made
    made.close()


def test_the_neighbours_studies_of_ours_are_fetched_once_and_again_when_they_grew(morning: Morning) -> None:
    watch = morning.watch(date(2026, 11, 25))
    assert watch.look() == {"there": 2, "ours": 2, "new": 2}
    assert watch.look() == {"there": 2, "ours": 2, "new": 0}
    assert [(each.wanted.purpose, each.wanted.patient_id) for each in morning.lines()] == [
        ("neighbour", "00012345"), ("neighbour", "00012346"),
    ]  # fmt: skip
    assert morning.watch(date(2026, 11, 25), id_digits=("6",)).look()["ours"] == 0
    assert morning.watch(date(2026, 11, 23)).look()["new"] == 1


def test_tomorrows_examinees_have_their_previous_images_in_the_morning(
    morning: Morning, tmp_path: Path, wait_until: Wait
) -> None:
    morning.visit(1, "00012345")
    morning.visit(2, "00012346")
    morning.visit(3, "00099999")
    evening = morning.prefetch(datetime(2026, 11, 25, 21, 0))
    assert evening.day() == TOMORROW and evening.may_fetch()
    assert not morning.prefetch(datetime(2026, 11, 25, 12, 0)).may_fetch()
    assert evening.prepare(TOMORROW) == {"visits": 3, "asked": 3, "new": 2}
    assert evening.prepare(TOMORROW)["new"] == 0, "nobody is asked for twice"
    early = morning.sheets(tmp_path / "sheets", datetime(2026, 11, 26, 6, 59))
    assert early.make_due() == []
    seven = morning.sheets(tmp_path / "sheets", datetime(2026, 11, 26, 7, 0))
    [sheet] = seven.make_due()
    assert dict(sheet.counts) == {"examinees": 3, "ready for the day": 1, "missing": 2}
    assert seven.make_due() == [], "once a day"
    morning.run()
    wait_until(lambda: {each.state for each in morning.lines()} == {"done"}, 20)
    assert seven.make(READINESS, TOMORROW).counts[1] == ("ready for the day", 3)
    assert sheet_path(tmp_path / "sheets", READINESS, TOMORROW).read_bytes().startswith(b"%PDF")
    assert last_sheet(morning.site.own, READINESS) is not None


def test_an_archive_that_is_away_is_told_and_asked_again(morning: Morning, tmp_path: Path) -> None:
    morning.visit(1, "00012345")
    node = morning.peer.node
    morning.peer.close()
    prefetch = morning.prefetch(datetime(2026, 11, 26, 1, 0))
    with pytest.raises(LinkLost):
        prefetch.prepare(TOMORROW)
    sheet = morning.sheets(tmp_path, datetime(2026, 11, 26, 8, 0)).make(READINESS, TOMORROW)
    assert "does not answer" in str(sheet.lines[0].what) and node.title in str(sheet.lines[0].what)


def test_in_the_evening_the_day_is_reconciled(morning: Morning, tmp_path: Path) -> None:
    today = date.today()
    morning.visit(1, "00012345", today)
    sheets = morning.sheets(tmp_path, datetime.combine(today, datetime.min.time()) + timedelta(hours=17))
    morning.site.receive(7, 1)
    kinds = {each.kind: each for each in sheets.make_due()}
    sheet = kinds[RECONCILIATION]
    assert [str(each.what) for each in sheet.lines] == ["did not come", "1 studies found no examinee"]


def test_pausing_holds(morning: Morning) -> None:
    own = morning.site.own
    assert fetching_state.pause(own, fetching_state.PREFETCH) == {"prefetch"}
    assert not morning.prefetch(datetime(2026, 11, 25, 21, 0)).may_fetch()
    assert fetching_state.pause(own, fetching_state.PREFETCH) == set()


def test_an_archive_study_fetched_for_an_earlier_visit_counts_for_the_new_one(
    morning: Morning, tmp_path: Path, wait_until: Wait
) -> None:
    """It left this gateway after a month; the row of its retrieval is of the visit of then."""
    morning.visit(1, "00012345", date(2026, 11, 25))
    evening = morning.prefetch(datetime(2026, 11, 24, 21, 0))
    evening.prepare(date(2026, 11, 25))
    with morning.site.centre.writing() as conn:
        for line in fetches.lines(conn):
            fetches.change(conn, line.id, state="done")
    morning.visit(2, "00012345")
    morning.prefetch(datetime(2026, 11, 25, 21, 0)).prepare(TOMORROW)
    morning.run()
    wait_until(lambda: {each.state for each in morning.lines()} == {"done"}, 20)
    sheet = morning.sheets(tmp_path, datetime(2026, 11, 26, 7, 0)).make(READINESS, TOMORROW)
    assert dict(sheet.counts)["ready for the day"] == 1, [str(each.what) for each in sheet.lines]


def test_what_grows_while_it_is_fetched_is_fetched_again(morning: Morning) -> None:
    watch = morning.watch(date(2026, 11, 25))
    watch.look()
    with morning.site.centre.writing() as conn:
        for line in fetches.lines(conn):
            fetches.change(conn, line.id, state="running")
        seen_rows.keep(conn, "neighbour:qr", [(line.wanted.study_uid, "fewer") for line in fetches.lines(conn)])
    assert watch.look()["new"] == 0, "it is being fetched"
    with morning.site.centre.writing() as conn:
        for line in fetches.lines(conn):
            fetches.change(conn, line.id, state="done")
    assert watch.look()["new"] == 2


def test_by_hand_previous_images_come_by_day_too(morning: Morning) -> None:
    noon = morning.prefetch(datetime(2026, 11, 25, 12, 0))
    assert not noon.may_fetch()
    noon.look_now()
    assert noon.may_fetch()
    fetching_state.pause(morning.site.own, fetching_state.PREFETCH)
    assert not noon.may_fetch(), "a pause holds all the same"
