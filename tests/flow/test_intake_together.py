"""What parallel associations hand in at once is indexed as one group, and one bad image spoils no other."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from kiosk.core.faults import LinkLost
from kiosk.core.study import ImageFacts
from kiosk.flow import intake as intake_room
from kiosk.flow.intake import Intake, Outcome, Settled
from kiosk.store import audit, images, jobs, notices, visits
from kiosk.store.engine import Store
from kiosk.store.writer import GroupWriter
from tests.flow.arrivals import files, indexed
from tests.store.samples import CHEST, facts, row
from tests.waiting import wait_until


@pytest.fixture
def together(centre: Store, intake: Intake, writer: GroupWriter) -> Callable[[Sequence[ImageFacts]], list[Any]]:
    """Hands several images in while the writer is busy, so that they are one group; returns result or error each."""

    def take(several: Sequence[ImageFacts]) -> list[Any]:
        begun, go = threading.Event(), threading.Event()

        def hold_up(items: Sequence[Any]) -> list[Any]:
            begun.set()
            assert go.wait(20)
            return list(items)

        writer.gather(hold_up, None)
        assert begun.wait(20)
        results: list[Any] = [None] * len(several)

        def send(at: int) -> None:
            incoming = intake.begin("test")
            incoming.write(several[at].sop_uid.encode() * 500)
            try:
                results[at] = incoming.settle(several[at])
            except Exception as why:
                results[at] = why
            centre.leave()

        threads = [threading.Thread(target=send, args=(at,)) for at in range(len(several))]
        for each in threads:
            each.start()
        wait_until(lambda: len(writer._waiting) == len(several), 20)
        go.set()
        for each in threads:
            each.join()
        return results

    return take


def test_a_group_is_one_commit_one_notice_and_one_audit_row_for_a_study(
    centre: Store, intake: Intake, together: Callable[..., list[Any]]
) -> None:
    with centre.writing() as conn:
        visit = visits.take_visit(conn, row(1, exams=(CHEST,)), "list").visit
    incoming = intake.begin("test")
    incoming.write(b"first")
    incoming.settle(facts("1.2.3.4.0"))  # its folder is known from now on
    commits: list[int] = []
    centre.on_commit(lambda: commits.append(1))
    with centre.reading() as conn:
        last = notices.newest(conn)
    sent = [facts(f"1.2.3.4.{number}", modality="DX" if number == 3 else "CR") for number in range(1, 6)]
    results = together(sent)
    assert [each.outcome for each in results] == [Outcome.STORED] * 5 and len(commits) == 1
    with centre.reading() as conn:
        assert [each.ids for each in notices.after(conn, last)] == [
            {"study": results[0].study, "visit": visit, "images": 5}
        ]
        event = audit.events(conn, action="image stored")[0]
        assert sorted(json.loads(event.detail)["images"]) == [each.sop_uid for each in sent]
        study = images.study_by_id(conn, results[0].study)
        assert study is not None and study.instances == 6 and study.modalities == ("CR", "DX")
        assert audit.verify(conn) == []
        assert images.sources(conn)[0][::2] == ("CR1", 6) and images.counts(conn)["instances"] == 6
        (step,) = visits.visit_by_id(conn, visit).steps  # type: ignore[union-attr]
        assert step.images == 6
        assert jobs.counts(conn, "gateway") == {"owed": 6}


def test_several_studies_in_one_group(centre: Store, together: Callable[..., list[Any]]) -> None:
    sent = [
        facts(f"1.5.{study}.{number}", study_uid=f"1.5.{study}", series_uid=f"1.5.{study}.0", source=f"CT{study}")
        for study in (1, 2)
        for number in (1, 2)
    ]
    results = together(sent)
    assert len({each.study for each in results}) == 2
    with centre.reading() as conn:
        assert [each.instances for each in images.recent_studies(conn)] == [2, 2]
        assert [(name, count) for name, _, count in images.sources(conn)] == [("CT1", 2), ("CT2", 2)]
        assert {each.sop_uid for each in images.instances_of_study(conn, results[0].study)} == {"1.5.1.1", "1.5.1.2"}


def test_one_that_cannot_be_indexed_spoils_no_other(
    centre: Store, intake: Intake, together: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    index = intake_room.image_index.index_images

    def stumbling(conn: Any, placed: Sequence[Any], *args: Any) -> Any:
        done = index(conn, placed, *args)
        if any(each.facts.sop_uid == "1.5.2" for each in placed):
            raise RuntimeError("this one can't be indexed")
        return done

    monkeypatch.setattr(intake_room.image_index, "index_images", stumbling)
    results = together([facts(f"1.5.{number}") for number in (1, 2, 3)])
    assert [type(each) for each in results] == [Settled, RuntimeError, Settled]
    with centre.reading() as conn:
        assert {each.path for each in images.instances_after(conn, 0, limit=9)} <= set(files(intake.begin("x")._volume))
        assert images.counts(conn)["instances"] == 2 and images.recent_studies(conn)[0].instances == 2
        assert jobs.counts(conn, "gateway") == {"owed": 2}


def test_without_the_database_none_of_them_is_acknowledged(
    centre: Store, intake: Intake, together: Callable[..., list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    incoming = intake.begin("test")
    incoming.write(b"first")
    incoming.settle(facts("1.5.0"))  # its folder is known from now on

    def away(*args: Any) -> Any:
        asked.append(1)
        raise LinkLost("centre")

    with monkeypatch.context() as patched:
        patched.setattr(intake_room.image_index, "index_images", away)
        results = together([facts(f"1.5.{number}") for number in (1, 2, 3)])
    assert [type(each) for each in results] == [LinkLost] * 3 and len(asked) == 1, "it is not asked once for each"
    assert len(indexed(centre)) == 1
