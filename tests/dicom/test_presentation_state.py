"""Presentation states and key object selections: sound, shown by DCMTK as by us, and read whoever wrote them."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread
from pydicom.sequence import Sequence

from kiosk.core.measure import Measure
from kiosk.core.picture import Curve, Window
from kiosk.core.presentation import Area, Graphic, Label, Look, State, drawn, key_frames
from kiosk.core.turn import Turn
from kiosk.dicom.beside_picture import Made, source_of
from kiosk.dicom.key_object import read_key_object, write_key_object
from kiosk.dicom.pixel_source import open_source
from kiosk.dicom.pixels import decode_frame
from kiosk.dicom.presentation_state import read_state, write_state
from kiosk.dicom.write import Making, Shot, image_object, save
from kiosk.ui.painting import plate_of, table_of
from tests.dicom.peers import HANAKO, a_row, run
from tests.dicom.test_write import complaints, jpeg
from tests.needs import needs

WHEN = datetime(2026, 11, 28, 10, 41, 5)
MADE = Made("2.25.77", WHEN, "見本 次郎", "読影1")


def a_picture(folder: Path, modality: str = "CT", **tags: Any) -> Path:
    rows, columns = 48, 64
    values: Any = (np.arange(rows * columns).reshape(rows, columns) % 4096).astype(np.uint16)
    if modality in ("ES", "US"):
        values = [jpeg(), jpeg(), jpeg()] if modality == "US" else jpeg()
    ds = image_object(
        Making(a_row(HANAKO, modality=modality), WHEN), Shot(values), kind_of="US clip" * (modality == "US")
    )
    for keyword, value in tags.items():
        setattr(ds, keyword, value)
    return save(ds, folder / f"{modality}.dcm")


def measured() -> tuple[tuple[Graphic, ...], tuple[Label, ...]]:
    graphics: list[Graphic] = []
    labels: list[Label] = []
    for kind, points, words in (
        ("length", ((1, 2), (30, 40)), "23.5 mm"),
        ("angle", ((1, 2), (10, 10), (20, 2)), "80.1°"),
        ("region", ((5, 6), (25, 36)), "mean 12.0 HU  SD 3.0\n1 to 20  300 pixels"),
        ("ratio", ((4, 1), (4, 20), (9, 0), (9, 50)), "心胸比 48.2 %"),
    ):
        more = drawn(Measure(kind, tuple((float(a), float(b)) for a, b in points)), words)
        graphics, labels = graphics + more[0], labels + more[1]
    return tuple(graphics), tuple(labels)


def written(source: Path, look: Look, target: Path, frame: int = 0, spacing: Any = (0.625, 0.625)) -> Path:
    data = write_state(
        source_of(source, frame), State("2.25.77", "AS_SEEN", "計測 4 件", common=look), MADE, spacing, 1.0
    )
    target.write_bytes(data)
    return target


@needs("dciodvfy")
def test_a_state_is_sound_and_comes_back_as_it_was(tmp_path: Path) -> None:
    graphics, labels = measured()
    look = Look(
        Window(-600, 1600, "肺野"), (1.0, -1024.0), True, Turn(1, True), Area((48, 60), (10, 1)), graphics, labels
    )
    path = written(a_picture(tmp_path), look, tmp_path / "pr.dcm")
    assert complaints(path) == []
    ds = dcmread(path)
    assert (ds.SpecificCharacterSet, str(ds.PatientName)) == (
        "ISO_IR 192",
        "TAKAHASHI^HANAKO=髙橋^花子=タカハシ^ハナコ",
    )
    assert (ds.ContentCreatorName, ds.StudyInstanceUID) == ("見本 次郎", dcmread(tmp_path / "CT.dcm").StudyInstanceUID)
    state = read_state(path)
    assert state is not None and (state.description, state.creator) == ("計測 4 件", "見本 次郎")
    again = state.look(dcmread(tmp_path / "CT.dcm").SOPInstanceUID, 1)
    assert again == replace(look, how=again.how) and again.how == Window(-600, 1600, "肺野")
    assert not state.shows("1.2.3", 1)


@needs("dciodvfy")
@pytest.mark.parametrize("modality, frame", [("ES", 0), ("US", 2)])
def test_colour_pictures_have_states_and_key_objects(tmp_path: Path, modality: str, frame: int) -> None:
    source = a_picture(tmp_path, modality)
    path = written(source, Look(colour=True, turn=Turn(3)), tmp_path / "pr.dcm", frame, None)
    assert complaints(path) == []
    state = read_state(path)
    assert state is not None and state.common.colour and state.common.turn == Turn(3)
    uid = dcmread(source).SOPInstanceUID
    assert [state.shows(uid, number) for number in (1, 2)] == [not frame, True]
    path = tmp_path / "ko.dcm"
    path.write_bytes(write_key_object(source_of(source, frame), MADE))
    assert complaints(path) == []
    assert key_frames([read_key_object(path)]) == {(uid, frame)}


@needs("dciodvfy")
def test_a_curve_and_no_window_at_all(tmp_path: Path) -> None:
    source = a_picture(tmp_path)
    curve = Curve(-100, bytes(range(0, 250, 5)), "S")
    for how in (curve, None):
        path = written(source, Look(how, (1.0, -1024.0)), tmp_path / "pr.dcm")
        assert complaints(path) == []
        state = read_state(path)
        assert state is not None and state.look(source_of(source).facts.sop_uid, 1).how == how


@needs("dcmp2pgm")
@pytest.mark.parametrize(
    "quarters, mirrored, inverted", [(0, False, False), (1, False, True), (1, True, False), (3, True, True)]
)
def test_dcmtk_shows_a_state_as_the_pane_stood(tmp_path: Path, quarters: int, mirrored: bool, inverted: bool) -> None:
    """The picture is MONOCHROME1 to prove that ``inverted`` is meant as in PS3.3 C.11.6, whatever the picture says."""
    source = a_picture(tmp_path, PhotometricInterpretation="MONOCHROME1")
    window = Window(900, 1500)
    path = written(source, Look(window, (1.0, -1024.0), inverted, Turn(quarters, mirrored)), tmp_path / "pr.dcm")
    done = run("dcmp2pgm", "--pstate", path, source, tmp_path / "shown.pgm")
    assert done.returncode == 0, done.stderr
    theirs = pgm(tmp_path / "shown.pgm")
    frame = decode_frame(open_source(source))
    plate = plate_of(frame.pixels).turned(Turn(quarters, mirrored))
    ours = table_of(plate, frame.paint, window, inverted != frame.paint.inverted)[plate.pixels]
    assert theirs.shape == ours.shape
    assert np.abs(theirs.astype(int) - ours).max() <= 1


def pgm(path: Path) -> np.ndarray[Any, Any]:
    from PIL import Image

    return np.asarray(Image.open(path))


@needs("dcmpsmk")
def test_states_of_dcmtk_are_read(tmp_path: Path) -> None:
    source = a_picture(tmp_path)
    path = tmp_path / "pr.dcm"
    assert run("dcmpsmk", "+Vw", source, path).returncode == 0
    state = read_state(path)
    assert state is not None
    look = state.look(dcmread(source).SOPInstanceUID, 1)
    assert look.how == Window(-550, 1600) and look.rescale == (1.0, -1024.0) and not look.inverted
    assert look.area is not None and look.area.lower_right == (48, 64)


def test_a_foreign_state_is_read(shared_data: Path) -> None:
    state = read_state(shared_data / "dicom" / "pr" / "PR000000.dcm")
    assert state is not None and state.description == "hip"
    look = state.look(state.pictures[0].sop_uid, 1)
    assert look.how == Window(2048, 4096) and look.area is not None and look.area.lower_right == (2688, 2688)
    [graphic] = look.graphics
    assert (graphic.kind, len(graphic.points)) == ("ELLIPSE", 4)
    assert "Mean: 2651.41" in look.labels[0].text


def test_parts_hold_for_the_pictures_that_they_name(tmp_path: Path) -> None:
    source = a_picture(tmp_path)
    ds = dcmread(written(source, Look(Window(40, 400), (1.0, -1024.0)), tmp_path / "pr.dcm"))
    image = ds.ReferencedSeriesSequence[0].ReferencedImageSequence[0]
    other = deepcopy(image)
    other.ReferencedSOPInstanceUID = "1.2.3"
    ds.ReferencedSeriesSequence[0].ReferencedImageSequence.append(other)
    ds.SoftcopyVOILUTSequence[0].ReferencedImageSequence = Sequence([other])
    ds.GraphicAnnotationSequence = Sequence()  # empty and damaged sequences are passed over
    ds.save_as(tmp_path / "two.dcm")
    state = read_state(tmp_path / "two.dcm")
    assert state is not None
    assert (state.look("1.2.3", 1).how, state.look(image.ReferencedSOPInstanceUID, 1).how) == (Window(40, 400), None)
