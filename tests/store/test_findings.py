"""Versions of findings, key images with their hash, who has a thing open, staff."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from kiosk.core.faults import Fault, Overtaken
from kiosk.core.finding import Finding, FindingBody, FindingState
from kiosk.store import findings, masters, open_by, staff, visits
from kiosk.store import local as local_store
from kiosk.store.engine import Store
from tests import pins
from tests.store.samples import row


@pytest.fixture
def visit(centre: Store) -> int:
    with centre.writing() as conn:
        return visits.take_visit(conn, row(1), "list").visit


def write(store: Store, visit: int, text: str, based_on: int, *, signed: bool = False, reason: str = "") -> Finding:
    with store.writing() as conn:
        return findings.write_version(
            conn,
            visit=visit,
            kind="CHEST",
            body=FindingBody(text, ("C101",), "A"),
            by="見本 医師",
            signed=signed,
            based_on=based_on,
            reason=reason,
        )


def test_a_draft_is_replaced_a_signed_version_never(centre: Store, visit: int) -> None:
    write(centre, visit, "一", 0)
    assert [v.body.text for v in write(centre, visit, "二", 1).versions] == ["二"]
    signed = write(centre, visit, "三", 1, signed=True)
    assert signed.state is FindingState.SIGNED and [v.body.text for v in signed.versions] == ["三"]
    draft = write(centre, visit, "四", 1)
    assert draft.state is FindingState.SIGNED and [v.signed for v in draft.versions] == [True, False]
    amended = write(centre, visit, "五", 2, signed=True, reason="左右の訂正")
    assert amended.state is FindingState.AMENDED
    assert [(v.number, v.body.text, v.reason) for v in amended.versions] == [(1, "三", ""), (2, "五", "左右の訂正")]


def test_the_second_writer_is_told(centre: Store, visit: int) -> None:
    write(centre, visit, "一", 0, signed=True)
    write(centre, visit, "二", 1)
    with pytest.raises(Overtaken):
        write(centre, visit, "同時", 1)
    with pytest.raises(Overtaken):
        write(centre, visit, "同時", 0)


def test_findings_are_searched(centre: Store, visit: int) -> None:
    write(centre, visit, "右下肺野に結節影", 0)
    with centre.reading() as conn:
        assert [found.text for found in findings.search(conn, text="結節")] == ["右下肺野に結節影"]
        assert len(findings.search(conn, code="C101", category="A", kind="CHEST", state="draft")) == 1
        assert len(findings.search(conn, text="見本")) == 1
        assert findings.search(conn, code="C1") == []
        assert findings.search(conn, state="signed") == []


def test_a_key_image_is_kept_with_its_hash(centre: Store, visit: int) -> None:
    def add(picture: bytes) -> int:
        with centre.writing() as conn:
            return findings.add_key_image(
                conn,
                visit=visit,
                sop_uid="1.2",
                frame=0,
                mime="image/png",
                width=2,
                height=2,
                picture=picture,
                rendering={"window": [40, 400]},
                comment="",
                by="見本 医師",
            )

    first = add(b"\x89PNG first")
    assert add(b"\x89PNG first") == first
    second = add(b"\x89PNG second")
    with centre.reading() as conn:
        assert [(image.id, image.rendering) for image in findings.tray(conn, visit)] == [
            (first, {"window": [40, 400]}),
            (second, {"window": [40, 400]}),
        ]
        assert findings.key_image_bytes(conn, second) == b"\x89PNG second"
        assert findings.damaged_key_images(conn) == []
    with centre.writing() as conn:
        findings.take_out(conn, first)
        conn.execute(sa.text("UPDATE key_images SET bytes = :b WHERE id = :i"), {"b": b"other", "i": second})
    with centre.reading() as conn:
        assert [image.id for image in findings.tray(conn, visit)] == [second]
        assert findings.key_image_bytes(conn, first) == b"\x89PNG first"
        assert findings.damaged_key_images(conn) == [second]
        with pytest.raises(Fault):
            findings.key_image_bytes(conn, second)


def test_who_has_it_open_is_told_and_ends_by_itself(centre: Store) -> None:
    with centre.writing() as conn:
        assert open_by.hold(conn, "finding 1", by="医師1", station="r1") is None
        assert open_by.hold(conn, "finding 1", by="医師1", station="r1") is None
        holder = open_by.hold(conn, "finding 1", by="医師2", station="r2")
        assert holder is not None and (holder.by, holder.station) == ("医師1", "r1")
        assert open_by.hold(conn, "finding 1", by="医師1", station="r1", for_s=-1) is None
        assert open_by.hold(conn, "finding 1", by="医師2", station="r2") is None
        open_by.let_go(conn, "finding 1", by="医師2", station="r2")
        assert open_by.hold(conn, "finding 1", by="医師1", station="r1") is None


def test_pins_are_salted_and_lock_after_five_wrong_ones(centre: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "new_salt", pins.new_salt)
    with centre.writing() as conn:
        assert staff.nobody_yet(conn)
        one = staff.add_person(conn, name="見本 一", role="nurse", pin="2468", badge="B-001")
        staff.add_person(conn, name="見本 二", role="nurse", pin="2468")
        hashes = {value for (value,) in conn.execute(sa.text("SELECT pin_hash FROM staff"))}
        assert len(hashes) == 2 and not any("2468" in value for value in hashes)
        assert staff.by_badge(conn, "B-001") == one and staff.by_badge(conn, "B-002") is None
        assert staff.by_pin(conn, "見本 一", "2468").person == one
        for _ in range(4):
            assert staff.by_pin(conn, "見本 一", "0000") == staff.Tried(None, 0.0)
        assert staff.by_pin(conn, "見本 一", "0000").locked_s > 0
        assert staff.by_pin(conn, "見本 一", "2468").person is None
        staff.change_person(conn, one.id, pin="1357")
        assert staff.by_pin(conn, "見本 一", "1357").person == one
        staff.change_person(conn, one.id, active=False)
        assert staff.by_pin(conn, "見本 一", "1357").person is None
        assert staff.by_badge(conn, "B-001") is None


def test_a_centres_own_master_goes_before_the_default(centre: Store) -> None:
    with centre.writing() as conn:
        default = masters.master(conn, "examinations")
        assert default == masters.default_master("examinations")
        masters.write_master(conn, "examinations", {"mine": 1})
        masters.write_master(conn, "examinations", {"mine": 2})
        assert masters.master(conn, "examinations") == {"mine": 2}


def test_drafts_and_last_lists_are_kept_on_this_pc(local: Store) -> None:
    with local.writing() as conn:
        local_store.keep_draft(conn, "finding 1 CHEST", {"text": "一"}, "医師")
        local_store.keep_draft(conn, "finding 1 CHEST", {"text": "二"}, "医師")
        local_store.keep_last_seen(conn, "day", {"rows": [1]})
    with local.writing() as conn:
        kept = local_store.draft(conn, "finding 1 CHEST")
        assert kept is not None and kept.body == {"text": "二"}
        assert [each.subject for each in local_store.all_drafts(conn, "finding ")] == ["finding 1 CHEST"]
        local_store.drop_draft(conn, "finding 1 CHEST")
        assert local_store.draft(conn, "finding 1 CHEST") is None
        seen = local_store.seen_last(conn, "day")
        assert seen is not None and seen.body == {"rows": [1]}
