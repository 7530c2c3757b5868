"""A burned-in name is masked by the background and redrawn; the original stays; sound for dciodvfy."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydicom import dcmread

from kiosk.core.faults import Refused
from kiosk.dicom.burned_in import Area, redraw
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.write import Making, Shot, image_object, save
from tests.conftest import HOME
from tests.dicom.peers import TARO, a_row
from tests.dicom.test_write import complaints, jpeg
from tests.needs import needs

FONT = HOME / "kiosk" / "paper" / "fonts" / "BIZUDGothic-Regular.ttf"
AREA = Area(8, 4, 120, 20)


def a_picture(folder: Path, pixels: np.ndarray[Any, Any] | bytes, modality: str = "DX", **tags: object) -> Path:
    bits = 16 if not isinstance(pixels, bytes) and tags.pop("bits", 0) == 16 else 0
    ds = image_object(Making(a_row(TARO, modality=modality), datetime(2026, 11, 28)), Shot(pixels, bits=bits))
    for keyword, value in tags.items():
        setattr(ds, keyword, value)
    return save(ds, folder / "burned.dcm")


@needs("dciodvfy")
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
@pytest.mark.parametrize("kind, bits", [("uint8", 8), ("uint16", 12), ("uint16", 16)])
def test_grey_pictures_are_masked_dark_and_written_bright(
    tmp_path: Path, photometric: str, kind: str, bits: int
) -> None:
    before = np.random.default_rng(2).integers(1, (1 << bits) - 1, (64, 160)).astype(kind)
    modality = "OT" if bits == 8 else "DX"
    source = a_picture(tmp_path, before, modality, bits=bits, PhotometricInterpretation=photometric)
    bytes_before = source.read_bytes()
    if photometric == "MONOCHROME1" and modality == "DX":
        ds = dcmread(source)
        ds.PresentationLUTShape = "INVERSE"
        ds.save_as(source)
        bytes_before = source.read_bytes()
    wanted_complaints = complaints(source)
    target = tmp_path / "redrawn.dcm"
    redraw(source, target, (AREA,), "00012346 髙橋 花子", FONT, "2.25.5")
    assert source.read_bytes() == bytes_before
    ds = dcmread(target)
    after = ds.pixel_array
    inside = after[4:24, 8:128]
    dark, bright = (0, (1 << bits) - 1) if photometric == "MONOCHROME2" else ((1 << bits) - 1, 0)
    assert set(np.unique(inside)) == {dark, bright}, "nothing of the old name is left"
    outside = np.ones_like(before, bool)
    outside[4:24, 8:128] = False
    assert np.array_equal(after[outside], before[outside])
    assert ds.ImageType[0] == "DERIVED" and ds.BurnedInAnnotation == "YES" and ds.DerivationDescription
    assert facts_of_file(target).sop_uid == "2.25.5"
    assert [each for each in complaints(target) if each not in wanted_complaints] == []


@needs("dciodvfy")
def test_colour_and_compressed_pictures(tmp_path: Path) -> None:
    colour = np.full((64, 160, 3), (200, 40, 40), np.uint8)
    for pixels in (colour, jpeg("RGB", (160, 64))):
        source = a_picture(tmp_path, pixels, "ES")
        target = tmp_path / "redrawn.dcm"
        redraw(source, target, (AREA, Area(8, 40, 20, 10)), "見本", FONT, "2.25.6")
        after = dcmread(target).pixel_array
        assert set(np.unique(after[4:24, 8:128])) == {0, 255} and not after[40:50, 8:28].any()
        assert complaints(target) == []


def test_a_place_outside_is_refused(tmp_path: Path) -> None:
    source = a_picture(tmp_path, np.zeros((64, 160), np.uint16))
    with pytest.raises(Refused):
        redraw(source, tmp_path / "no.dcm", (Area(500, 4, 9, 9),), "見本", FONT, "2.25.7")
    assert not (tmp_path / "no.dcm").exists()
