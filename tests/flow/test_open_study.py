"""What a viewer asks: stacks in order, frames at once or later, and one bad file never spoils the others."""

from __future__ import annotations

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import psutil
import pytest

from kiosk.core.faults import Fault
from kiosk.flow import children
from kiosk.flow.crew import Crew
from kiosk.flow.open_study import Key, Opened, StudyReader, around
from tests.dicom.test_pixels import write
from tests.flow import unruly

Make = Callable[..., StudyReader]


@pytest.fixture(autouse=True)
def _unruly_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "worker_command", unruly.command)


def at_once(call: Callable[..., None], *args: Any) -> None:
    call(*args)


@pytest.fixture
def make() -> Iterator[Make]:
    crew = Crew()

    def make(**options: Any) -> StudyReader:
        return StudyReader(crew, at_once, **{"deadline_s": 20.0, **options})

    yield make
    assert crew.close(10.0) == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "study"
    home.mkdir()
    for number in range(1, 13):
        write(home / f"I{number}", bytes([number] * 16), InstanceNumber=number, SeriesInstanceUID="1.2.3",
              StudyInstanceUID="1.2", PatientName="Mihon^Taro", SeriesDescription="Chest")  # fmt: skip
    return home


def shown_value(reader: StudyReader, path: Path, frame: int = 0) -> int:
    return int(reader.frame(str(path), frame).wait(20).pixels[0, 0])


def leftovers() -> list[str]:
    """What this process left behind: other tests may run beside, and a station they killed can't tidy up."""
    shelf, own = Path("/dev/shm"), f"kiosk-{os.getpid():x}-*"
    return sorted(found.name for found in shelf.glob(own)) if shelf.is_dir() else []


def test_a_folder_opens_as_a_stack_and_its_frames_come(make: Make, folder: Path) -> None:
    reader = make()
    told: list[tuple[int, int]] = []
    opened: Opened = reader.open([folder], lambda done, of: told.append((done, of))).wait(30)
    (stack,) = opened.stacks
    assert [stack.picture(slide).number for slide in range(len(stack))] == list(range(1, 13))
    assert told[-1] == (12, 12)
    picture = stack.picture(4)
    shown = reader.frame(picture.path, 0).wait(20)
    assert shown.pixels.tolist() == [[5] * 4] * 4
    assert not shown.pixels.flags.writeable
    assert reader.peek(picture.path, 0) is shown, "kept"
    assert reader.frame(picture.path, 0).wait(0.01) is shown, "answered without a decoder"
    assert leftovers() == []


def test_the_first_picture_is_there_before_the_other_headers_are_read(make: Make, folder: Path) -> None:
    for number in range(13, 60):
        shutil.copy(folder / "I1", folder / f"I{number}")
    reader = make(decoders=1)
    came: list[str] = []

    def first(opened: Opened) -> None:
        (stack,) = opened.stacks
        assert (len(stack), stack.whole, stack.picture(0).number) == (1, False, 7)
        reader.frame(stack.picture(0).path, 0).then(lambda shown: came.append("frame"))

    paths = [folder / "I7", *(folder / f"I{number}" for number in range(1, 60) if number != 7)]
    answer = reader.open(paths, first=first).then(lambda opened: came.append("all"))
    (stack,) = answer.wait(30).stacks
    assert stack.whole and len(stack) == 59
    assert came == ["frame", "all"], "also with a single decoder"


def test_several_decoders_share_the_headers_and_keep_their_order(make: Make, folder: Path) -> None:
    for number in range(13, 90):
        shutil.copy(folder / "I1", folder / f"I{number}")
    (folder / "I40").write_bytes(b"no picture")
    told: list[int] = []
    opened = make(decoders=3).open([folder], lambda done, of: told.append(done)).wait(30)
    assert sum(len(stack) for stack in opened.stacks) == 88 and [Path(path).name for path, _ in opened.refused] == [
        "I40"
    ]
    assert told == sorted(told) and told[-1] == 89


def test_a_file_in_the_place_of_another_is_never_shown_as_that_one(make: Make, tmp_path: Path) -> None:
    """The next disc in the drive has the same file names as the one before it."""
    reader = make(decoders=1)
    path = write(tmp_path / "IM000001", bytes([1] * 16), PatientID="A")
    (first,) = reader.open([path]).wait(30).stacks
    one = first.picture(0)
    assert reader.frame(one.path, 0, one.stamp).wait(20).pixels[0, 0] == 1
    write(path, bytes([2] * 16), PatientID="B")
    os.utime(path, ns=(1, 1))
    assert reader.frame(one.path, 0, one.stamp).wait(20).pixels[0, 0] == 1, "what was opened and seen stays so"
    (second,) = reader.open([path]).wait(30).stacks
    other = second.picture(0)
    assert (other.path, other.patient_id) == (one.path, "B")
    assert reader.peek(other.path, 0, other.stamp) is None, "the picture of A is not that of B"
    assert reader.frame(other.path, 0, other.stamp).wait(20).pixels[0, 0] == 2
    write(path, bytes([3] * 16), PatientID="C")
    os.utime(path, ns=(2, 2))
    reader.open([path]).wait(30)
    unseen = make(decoders=1)
    with pytest.raises(Fault, match="V404"):
        unseen.frame(other.path, 0, other.stamp).wait(20)


def test_paint_and_overlay_come_over_unharmed(make: Make, shared_data: Path) -> None:
    from kiosk.dicom.pixel_source import open_source
    from kiosk.dicom.pixels import decode_frame

    reader = make(decoders=1)
    for name in (
        "misc/vlut_04.dcm",
        "misc/MR-SIEMENS-DICOM-WithOverlays.dcm",
        "us/examples_ybr_color.dcm",
        "wg04/CT1_UNC",
    ):
        path = shared_data / "dicom" / name
        here = decode_frame(open_source(path))
        there = reader.frame(str(path), 0).wait(20)
        assert there.paint == here.paint
        np.testing.assert_array_equal(there.pixels, here.pixels)
        assert (there.overlay is None) == (here.overlay is None)
        if here.overlay is not None:
            np.testing.assert_array_equal(there.overlay, here.overlay)
    assert leftovers() == []


@pytest.mark.parametrize(
    ("misdeed", "reference", "options"),
    [("crash", "V500", {}), ("swell", "V507", {"memory_mb": 400}), ("hang", "V408", {"deadline_s": 2.0})],
)
def test_a_picture_that_ends_its_decoder_is_told_and_the_next_one_comes(
    make: Make, folder: Path, misdeed: str, reference: str, options: dict[str, Any]
) -> None:
    reader = make(module="tests.flow.unruly", decoders=1, **options)
    bad = folder / f"{misdeed}-1"
    shutil.copy(folder / "I1", bad)
    assert shown_value(reader, folder / "I2") == 2
    answer = reader.frame(str(bad), 0)
    with pytest.raises(Fault) as said:
        answer.wait(20)
    assert said.value.reference == reference
    assert said.value.sentence.text.startswith("This picture") and said.value.next_step.text
    assert shown_value(reader, folder / "I3") == 3
    with pytest.raises(Fault) as again:
        reader.frame(str(bad), 0).wait(0.5)
    assert again.value is said.value, "not tried again until the study is opened again"
    assert reader.children[0].starts == 2
    assert leftovers() == []


def test_a_decoder_killed_from_outside_in_the_middle(make: Make, folder: Path, wait_until: Callable[..., Any]) -> None:
    reader = make(module="tests.flow.unruly", decoders=1)
    bad = folder / "hang-1"
    shutil.copy(folder / "I1", bad)
    assert shown_value(reader, folder / "I1") == 1
    pid = reader.children[0].pid
    worked_s = psutil.Process(pid).cpu_times().user
    answer = reader.frame(str(bad), 0)
    wait_until(lambda: psutil.Process(pid).cpu_times().user > worked_s + 0.1, 20, "it is at it")
    os.kill(pid, signal.SIGSEGV if hasattr(signal, "SIGSEGV") else signal.SIGTERM)
    with pytest.raises(Fault, match="V500"):
        answer.wait(20)
    assert shown_value(reader, folder / "I2") == 2


def test_a_deadly_header_costs_only_itself(make: Make, folder: Path) -> None:
    shutil.copy(folder / "I1", folder / "crash_1")
    opened: Opened = make(module="tests.flow.unruly", decoders=1).open([folder]).wait(60)
    assert len(opened.stacks[0]) == 12
    ((path, fault),) = opened.refused
    assert Path(path).name == "crash_1" and fault.reference == "V500"


def test_the_newest_wish_goes_first_and_stale_ones_are_dropped(
    make: Make, folder: Path, wait_until: Callable[..., Any]
) -> None:
    reader = make(module="tests.flow.unruly", decoders=1, deadline_s=2.0)
    shutil.copy(folder / "I1", folder / "hang-1")
    assert shown_value(reader, folder / "I1") == 1
    order: list[int] = []
    blocking = reader.frame(str(folder / "hang-1"), 0)
    wait_until(lambda: bool(reader._running))
    answers = [reader.frame(str(folder / f"I{number}"), 0) for number in (2, 3, 4, 5)]
    for answer in answers:
        answer.then(lambda shown: order.append(int(shown.pixels[0, 0])))
    answers[1].cancel()
    with pytest.raises(Fault):
        blocking.wait(20)
    answers[0].wait(20)
    assert order == [5, 4, 2]
    assert reader.peek(str(folder / "I3"), 0) is None


def test_cancelling_ends_what_is_being_decoded(make: Make, folder: Path, wait_until: Callable[..., Any]) -> None:
    reader = make(module="tests.flow.unruly", decoders=1, deadline_s=600.0)
    shutil.copy(folder / "I1", folder / "hang-1")
    assert shown_value(reader, folder / "I1") == 1
    answer = reader.frame(str(folder / "hang-1"), 0)
    wait_until(lambda: bool(reader._running))
    began = time.monotonic()
    reader.give_up()
    with pytest.raises(Fault, match="V499"):
        answer.wait(20)
    assert time.monotonic() - began < 5
    assert shown_value(reader, folder / "I2") == 2


def test_neighbours_are_fetched_ahead_but_leave_a_decoder_free(
    make: Make, folder: Path, wait_until: Callable[..., Any]
) -> None:
    reader = make(module="tests.flow.unruly", decoders=2, deadline_s=600.0)
    shutil.copy(folder / "I1", folder / "hang-1")
    assert shown_value(reader, folder / "I1") == 1
    reader.fetch_ahead([Key(str(folder / "hang-1"), 0), Key(str(folder / "I2"), 0)])
    wait_until(lambda: bool(reader._running), what="the first is being fetched")
    assert shown_value(reader, folder / "I3") == 3, "the urgent one does not wait for it"
    reader.give_up()
    keys = [Key(str(folder / f"I{number}"), 0) for number in range(4, 13)]
    reader.fetch_ahead(keys)
    wait_until(lambda: all(reader.peek(*key) for key in keys), 20)


def test_the_cache_keeps_to_its_size(make: Make, tmp_path: Path) -> None:
    paths = [write(tmp_path / f"P{n}", bytes([n]) * (512 * 512), Rows=512, Columns=512) for n in range(8)]
    reader = make(cache_mb=1)
    for path in paths:
        reader.frame(str(path), 0).wait(20)
    assert sum(reader.peek(str(path), 0) is not None for path in paths) == 4
    assert reader.peek(str(paths[-1]), 0) is not None and reader.peek(str(paths[0]), 0) is None


def test_what_is_refused_says_why_and_the_rest_opens(make: Make, folder: Path) -> None:
    (folder / "letter").write_text("dear colleague, " * 20)
    (folder / "empty").touch()
    opened: Opened = make(decoders=1).open([folder]).wait(30)
    assert len(opened.stacks[0]) == 12
    assert {Path(path).name: fault.sentence.text for path, fault in opened.refused} == {
        "letter": "This is not a DICOM file.",
        "empty": "The file is empty.",
    }
    with pytest.raises(Fault, match="not a DICOM file"):
        make(decoders=1).open([folder / "letter"]).wait(30)
    with pytest.raises(Fault, match="no longer"):
        make(decoders=1).open([folder / "nowhere"]).wait(30)


def test_a_disc_opens_by_its_table_of_contents(make: Make, shared_data: Path, tmp_path: Path) -> None:
    opened: Opened = make(decoders=1).open([shared_data / "dicom/dicomdir_pydicom/DICOMDIR"]).wait(60)
    assert sum(len(stack) for stack in opened.stacks) == 31
    assert opened.refused == ()


def test_a_header_can_be_read(make: Make, folder: Path) -> None:
    lines = make(decoders=1).header(str(folder / "I3")).wait(20)
    assert ("(0010,0010)", "PatientName", "PN", "Mihon^Taro", 0) in lines


def test_a_ct_series_is_ordered_by_place(make: Make, shared_data: Path) -> None:
    opened: Opened = make(decoders=1).open([shared_data / "dicom/ct_series_phantom"]).wait(60)
    (stack,) = opened.stacks
    assert stack.ordered_by == "place" and len(stack) == 24
    numbers = [stack.picture(slide).number for slide in range(24)]
    assert numbers == sorted(numbers, key=lambda number: number or 0)


def test_no_answer_is_lost_when_the_crew_goes_home(folder: Path) -> None:
    crew = Crew()
    reader = StudyReader(crew, at_once, module="tests.flow.unruly", decoders=1, deadline_s=600.0)
    shutil.copy(folder / "I1", folder / "hang-1")
    reader.frame(str(folder / "I1"), 0).wait(20)
    pid = reader.children[0].pid
    answer = reader.frame(str(folder / "hang-1"), 0)
    began = time.monotonic()
    assert crew.close(10.0) == []
    assert time.monotonic() - began < 5
    with pytest.raises(Fault):
        answer.wait(1)
    assert not psutil.pid_exists(pid)
    assert not any(thread.name.startswith("decoder") for thread in threading.enumerate())


def test_neighbours_come_in_the_order_of_leafing() -> None:
    slides = [("a", number) for number in range(5)]
    assert around(slides, 2) == [("a", 3), ("a", 1), ("a", 4), ("a", 0)]
    assert around(slides, 2, forward=False)[:2] == [("a", 1), ("a", 3)]
    assert around(slides, 0, reach=2) == [("a", 1), ("a", 2)]
