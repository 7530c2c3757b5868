"""A wrong patient is corrected, undone byte for byte, and hidden from whoever sends or finds it again."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

from kiosk.core.correction import State
from kiosk.core.faults import Fault, Refused
from kiosk.core.picture import Paint
from kiosk.dicom.nodes import Node
from kiosk.dicom.send import SentFile
from kiosk.flow.crew import Crew
from kiosk.flow.intake import Outcome
from kiosk.flow.open_study import Shown
from kiosk.flow.redraw_name import REDRAW, RedrawNames, ask_redrawn, preview
from kiosk.flow.tell_corrected import TELL, SendNotes
from kiosk.flow.watch_link import Destination
from kiosk.store import audit, corrections, images, jobs, sends
from kiosk.store.audit import Actor
from kiosk.store.engine import Store
from tests.flow.correction_site import DAY, RIGHT, WRONG, Site


@pytest.fixture
def site(tmp_path: Path, centre: Store, crew: Crew) -> Iterator[Site]:
    made = Site(tmp_path, crew=crew, centre=centre)
    made.fill()
    yield made


@pytest.fixture
def small(tmp_path: Path, centre_on_sqlite: Store, crew: Crew) -> Site:
    """The same on SQLite alone."""
    made = Site(tmp_path, crew=crew, centre=centre_on_sqlite)
    made.fill()
    return made


def actions(site: Site) -> list[str]:
    with site.centre.reading() as conn:
        assert audit.verify(conn) == []
        return [each.action for each in audit.every_event(conn)]


def test_the_images_change_owner_in_one_step_and_everything_is_told(site: Site) -> None:
    before = site.files()
    old = site.seen()
    number = site.begin()
    assert site.seen() == old, "nothing changes before it is proven"
    site.correct.go_on(number)
    now = site.now(number)
    assert (now.state, now.images, now.done, now.error) == (State.TOLD, 2, 2, "")
    seen = site.seen()
    assert list(seen) == [RIGHT.patient_id] and len(seen[RIGHT.patient_id]) == 2
    assert not set(seen[RIGHT.patient_id]) & set(old[WRONG.patient_id]), "no UID of before is used again"
    right, wrong = site.visit(2), site.visit(1)
    assert (right.steps[0].images, right.steps[0].arrived_views) == (2, ("PA", "LAT"))
    assert (wrong.steps[0].images, wrong.steps[0].state.value) == (0, "scheduled")
    with site.centre.reading() as conn:
        study = images.study_by_uid(conn, right.steps[0].study_uid)
        assert study is not None and study.accession == right.steps[0].accession
        assert study.visit_id == right.id and study.name[1] == "髙橋 花子"
        [first, second] = images.instances_of_study(conn, study.id)
        assert jobs.is_owed(conn, "route", study.study_uid), "the new ones go where images go"
    after = site.files()
    assert not any(path.startswith("STAGING") for path in after)
    for path, content in before.items():
        assert after[f"QUARANTINE/{now.day}/{number}/{path}"] == content and path not in after
    pixels = [dcmread(site.volume.file(each.path)).PixelData for each in (first, second)]
    sent = [dcmread(site.folder / f"sent-{n}.dcm").PixelData for n in (1, 2)]
    assert pixels == sent
    [message] = [content.decode("cp932") for path, content in after.items() if path.startswith("CMNT/")]
    assert "技師 二郎" in message and first.path.rsplit("/", 1)[0] in message
    assert WRONG.kanji not in message and RIGHT.kanji not in message
    assert actions(site)[-2:] == ["correction asked", "correction done"]
    site.correct.go_on(number)  # a job that is done twice does no harm
    assert site.files() == after


def test_it_is_undone_byte_for_byte(site: Site) -> None:
    files, seen = site.files(), site.seen()
    number = site.begin()
    site.correct.go_on(number)
    new = site.seen()
    site.ask.undo(number)
    assert site.seen() == new, "what is asked is not yet done"
    site.correct.go_on(number)
    assert site.state(number) is State.UNDONE and site.seen() == seen
    now = site.files()
    assert {path: content for path, content in now.items() if path in files} == files
    rest = {path for path in now if path not in files}
    assert rest and all(path.startswith(f"QUARANTINE/{site.now(number).day}/{number}/UNDONE/") for path in rest)
    assert (site.visit(1).steps[0].images, site.visit(2).steps[0].images) == (2, 0)
    assert actions(site)[-2:] == ["correction undo asked", "correction undone"]
    again = site.begin()  # and it may be corrected anew
    site.correct.go_on(again)
    assert list(site.seen()) == [RIGHT.patient_id]


def test_what_was_rejected_does_not_come_back_by_being_sent(small: Site) -> None:
    sent = small.pictures(2)
    number = small.begin()
    small.correct.go_on(number)
    seen, files = small.seen(), small.files()
    assert [small.take(each) for each in sent] == [Outcome.ALREADY] * 2
    assert small.seen() == seen and small.files() == files
    [further] = small.pictures(1, first=3)
    assert small.take(further) is Outcome.STORED, "an image that is new is not lost for it"
    assert small.seen()[WRONG.patient_id] == ["2.25.1003"]


def test_an_image_that_comes_meanwhile_goes_along(small: Site) -> None:
    number = small.begin()
    real = small.correct._place
    [late] = small.pictures(1, first=3)

    def place(*told: Any) -> Any:
        if late.exists():
            assert small.take(late) is Outcome.STORED
            late.unlink()
        return real(*told)

    small.correct._place = place  # type: ignore[method-assign]
    small.correct.go_on(number)
    assert {owner: len(uids) for owner, uids in small.seen().items()} == {RIGHT.patient_id: 3}


def test_it_can_be_given_up_while_copies_are_made(small: Site) -> None:
    files, seen = small.files(), small.seen()
    number = small.begin()
    small.ask.cancel(number)
    small.correct.go_on(number)
    assert small.state(number) is State.CANCELLED
    assert (small.files(), small.seen()) == (files, seen)
    assert actions(small)[-1] == "correction cancelled"
    done = small.begin()
    small.correct.go_on(done)
    with pytest.raises(Refused):
        small.ask.cancel(done)


@pytest.mark.parametrize(
    "changes, reason",
    [
        ({"pin": "0000"}, "pin"),
        ({"second": "技師 一郎", "pin": "2468"}, "second"),
        ({"reason": ""}, "reason"),
        ({"code": "001"}, "same"),
        ({"code": "999"}, "nobody"),
    ],
)
def test_what_is_not_right_is_not_begun(small: Site, changes: dict[str, str], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        small.begin(**changes)
    assert refused.value.reason == reason
    assert small.ask.newest() == []


def test_two_at_once_are_refused(small: Site) -> None:
    small.begin()
    with pytest.raises(Refused) as refused:
        small.begin()
    assert refused.value.reason == "open"


def test_a_damaged_image_stops_it_before_anything_is_seen(small: Site) -> None:
    seen = small.seen()
    number = small.begin()
    with small.centre.reading() as conn:
        known = images.instance_by_sop_uid(conn, "2.25.1002")
    assert known is not None
    path = small.volume.file(known.path)
    good = path.read_bytes()
    path.write_bytes(good[:-2] + b"xx")
    with pytest.raises(Fault, match="K312"):
        small.correct.go_on(number)
    assert small.now(number).error and small.state(number) is State.PLANNED
    path.write_bytes(good)
    assert small.seen() == seen
    small.correct.go_on(number)
    assert small.state(number) is State.TOLD and not small.now(number).error


def test_further_copies_are_put_away_and_come_back_too(small: Site) -> None:
    from kiosk.store.found_images import note_copy

    with small.centre.writing() as conn:
        known = images.instance_by_sop_uid(conn, "2.25.1001")
        assert known is not None
        copy = small.mirror.file(known.path)
        copy.parent.mkdir(parents=True)
        shutil.copy(small.volume.file(known.path), copy)
        note_copy(conn, known.id, "BUP", known.path)
    number = small.begin()
    small.correct.go_on(number)
    assert not copy.exists()
    small.ask.undo(number)
    small.correct.go_on(number)
    assert copy.read_bytes() == small.volume.file(known.path).read_bytes()
    with small.centre.reading() as conn:
        assert images.places_of(conn, "2.25.1001") == [("MAG1", known.path), ("BUP", known.path)]


def test_who_had_the_old_ones_is_told_or_listed(tmp_path: Path, centre_on_sqlite: Store, crew: Crew) -> None:
    small = Site(tmp_path, crew=crew, centre=centre_on_sqlite, understand=("hospital",))
    small.fill()
    with small.centre.writing() as conn:
        study = images.find_studies(conn, WRONG.patient_id)[0]
        for name, status in (("hospital", 0), ("osirix", 0xB000), ("dead", 0xA700)):
            send = sends.want(conn, name, study.id, 2, "")
            sends.note_said(conn, send, {"2.25.1001": status})
        sends.want(conn, "never", study.id, 2, "")
        marked = sends.want(conn, "marked", study.id, 2, "")
        sends.change(conn, marked, state="done", mark="01")
    number = small.begin()
    small.correct.go_on(number)
    with small.centre.reading() as conn:
        told = {each.destination: each for each in corrections.tells_of(conn, number)}
        assert jobs.is_owed(conn, "reject", str(told["hospital"].id))
    assert {name: (each.way, each.state) for name, each in told.items()} == {
        "hospital": ("note", "owed"), "osirix": ("hand", "todo"), "marked": ("hand", "todo"),
    }  # fmt: skip
    assert told["osirix"].sop_uids == ("2.25.1001",) and len(told["marked"].sop_uids) == 2
    assert {each.destination for each, _ in small.ask.to_do()} == {"hospital", "osirix", "marked"}
    small.ask.settle(told["osirix"].id)
    assert "osirix" not in {each.destination for each, _ in small.ask.to_do()}
    assert actions(small)[-1] == "correction to-do settled"
    small.ask.undo(number)
    small.correct.go_on(number)
    with small.centre.reading() as conn:
        study = images.find_studies(conn, WRONG.patient_id)[0]
        line = sends.find(conn, "hospital", study.study_uid)
        assert line is not None and sends.said(conn, line.id) == {"2.25.1001": 0}, "the log of sending is as it was"
    assert small.ask.to_do() == [], "nobody needs to be told of what did not last"


def test_a_rejection_note_names_what_the_destination_has(
    tmp_path: Path, centre_on_sqlite: Store, crew: Crew
) -> None:  # fmt: skip
    small = Site(tmp_path, crew=crew, centre=centre_on_sqlite, understand=("hospital",))
    small.fill()
    with small.centre.writing() as conn:
        study = images.find_studies(conn, WRONG.patient_id)[0]
        sends.note_said(conn, sends.want(conn, "hospital", study.id, 2, ""), {"2.25.1001": 0, "2.25.1002": 0})
    number = small.begin()
    small.correct.go_on(number)
    with small.centre.reading() as conn:
        [tell] = corrections.tells_of(conn, number)
    answers, notes = [0xA700, 0], []

    def send(own: str, node: Node, paths: list[Path]) -> list[SentFile]:
        notes.append(dcmread(paths[0]))
        return [SentFile(paths[0], "", answers.pop(0))]

    sender = SendNotes(small.centre, "g", [Destination("hospital", Node("H", "127.0.0.1", 1), "G")], send=send)
    job = jobs.Job(0, TELL, "hospital", str(tell.id), {}, 1)
    with pytest.raises(Fault):
        sender.tell(job)
    sender.tell(job)
    sender.tell(job)  # told once
    assert len(notes) == 2 and notes[0].SOPInstanceUID == notes[1].SOPInstanceUID, "the same note until it is taken"
    [evidence] = notes[1].CurrentRequestedProcedureEvidenceSequence
    [series] = evidence.ReferencedSeriesSequence
    assert {each.ReferencedSOPInstanceUID for each in series.ReferencedSOPSequence} == {"2.25.1001", "2.25.1002"}
    assert (notes[1].PatientID, evidence.StudyInstanceUID) == (WRONG.patient_id, study.study_uid)
    assert actions(small)[-1] == "rejection note sent" and small.ask.to_do() == []
    small.ask.undo(number)
    small.correct.go_on(number)
    assert [(each.what, each.destination) for each, _ in small.ask.to_do()] == [("back", "hospital")]


def test_a_burned_in_name_is_redrawn_as_a_further_image_and_leaves_with_the_correction(small: Site) -> None:
    files, seen = small.files(), small.seen()
    number = small.begin()
    with pytest.raises(Refused):
        ask_redrawn(small.centre, Actor("技師 一郎"), "g", number, [], (0, 0, 140, 14))
    small.correct.go_on(number)
    corrected = small.seen()[RIGHT.patient_id]
    originals = {path: content for path, content in small.files().items() if path.startswith("DICOM")}
    assert ask_redrawn(small.centre, Actor("技師 一郎"), "g", number, corrected, (0, 0, 140, 14)) == 2
    assert small.intake is not None
    redraws = RedrawNames(small.centre, small.volumes.path_of, small.intake, "g")
    with small.centre.writing() as conn:
        due = [jobs.claim(conn, "g", "test", kinds=[REDRAW], lease_s=9.0) for _ in range(2)]
    for job in due:
        assert job is not None
        redraws.work(job)
        redraws.work(job)  # twice does no harm
    assert len(small.seen()[RIGHT.patient_id]) == 4
    now = small.files()
    assert {path: now[path] for path in originals} == originals, "the picture with the old name stays"
    with small.centre.reading() as conn:
        study = images.find_studies(conn, RIGHT.patient_id)[0]
        made = [each for each in images.instances_of_study(conn, study.id) if each.sop_uid not in corrected]
    for each in made:
        ds = dcmread(small.volume.file(each.path))
        assert ds.ImageType[0] == "DERIVED" and ds.BurnedInAnnotation == "YES"
        assert ds.SourceImageSequence[0].ReferencedSOPInstanceUID in corrected
    assert actions(small)[-1] == "burned-in name redrawn"
    small.ask.undo(number)
    small.correct.go_on(number)
    assert small.seen() == seen
    assert {path: content for path, content in small.files().items() if path.startswith("DICOM")} == {
        path: content for path, content in files.items() if path.startswith("DICOM")
    }


def test_a_preview_shows_the_mask_and_touches_no_file(small: Site) -> None:
    number = small.begin()
    pixels = np.full((40, 120), 500, np.uint16)
    shown = Shown(pixels, Paint(40, 120, low=0, high=4095))
    told = preview(shown, (0, 0, 100, 20), small.now(number))
    assert set(np.unique(told.pixels[:20, :100])) == {0, 4095} and (told.pixels[20:] == 500).all()
    assert (pixels == 500).all()
    with pytest.raises(Refused):
        preview(shown, (500, 0, 10, 10), small.now(number))
    with pytest.raises(Refused):
        preview(shown, (0, 0, 20, 20), small.now(number))


def test_what_was_corrected_once_more_comes_back_in_turn(small: Site) -> None:
    seen, files = small.seen(), small.files()
    first = small.begin()
    small.correct.go_on(first)
    with small.centre.reading() as conn:
        study = images.find_studies(conn, RIGHT.patient_id)[0]
    wrong = small.ask.wrong(study.id)
    second = small.ask.start(wrong, small.ask.right("001", DAY, study), "operator", "", "技師 二郎", "1357")
    small.correct.go_on(second)
    assert list(small.seen()) == [WRONG.patient_id]
    with pytest.raises(Refused) as refused:
        small.ask.undo(first)
    assert refused.value.reason == "corrected"
    now = small.now(first)
    with small.centre.writing() as conn:  # asked for at the very moment when the other one was done
        corrections.go(conn, now, State.UNDOING)
    small.correct.go_on(first)
    assert small.state(first) is State.TOLD and list(small.seen()) == [WRONG.patient_id]
    for number in (second, first):
        small.ask.undo(number)
        small.correct.go_on(number)
    assert small.seen() == seen
    assert {path: content for path, content in small.files().items() if path in files} == files
