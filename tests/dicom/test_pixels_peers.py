"""Decoders that the program does not use, GDCM and OpenJPEG, see in every kind of sample file what the program sees."""

from __future__ import annotations

import logging
import subprocess
import warnings
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.encaps import get_frame
from pydicom.pixels.processing import convert_color_space

from kiosk.core.faults import Fault
from kiosk.dicom.pixel_source import PixelSource, open_source
from kiosk.dicom.pixels import decode_frame
from tests.needs import needs

# What GDCM can't be asked: proven by OpenJPEG or zlib below, by pydicom and DCMTK in test_pixels_samples (GDCM mixes up
# the colours of 16-bit RLE), or damaged by intent.
NOT_BY_GDCM = {"HTJ2KLossless_08_RGB.dcm", "HTJ2K_08_RGB.dcm", "liver_deflate.dcm", "parametric_map_float.dcm",
               "emri_small_jpeg_2k_lossless_too_short.dcm", "badVR.dcm",
               "SC_rgb_rle_16bit.dcm"}  # fmt: skip
LIKE_GDCM = 3  # files of one kind at most: fifty slices of one phantom prove no more than three


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def kind_of(source: PixelSource) -> tuple[Any, ...]:
    named = ("PhotometricInterpretation", "BitsAllocated", "BitsStored", "HighBit", "PixelRepresentation",
             "SamplesPerPixel", "PlanarConfiguration")  # fmt: skip
    return source.syntax, *(str(source.ds.get(name, "")) for name in named)


def by_gdcm(path: Path, target: Path) -> tuple[Any, pydicom.Dataset]:
    """The first frame as GDCM decodes it, in RGB where it is colour."""
    subprocess.run(["gdcmconv", "--raw", str(path), str(target)], check=True, capture_output=True)
    ds = pydicom.dcmread(target)
    first = {"index": 0} if int(ds.get("NumberOfFrames") or 1) > 1 else {}
    values = pydicom.pixels.pixel_array(ds, raw=True, **first)
    target.unlink()
    if ds.PhotometricInterpretation == "PALETTE COLOR":
        values = pydicom.pixels.apply_color_lut(values, ds)
        values = (values >> 8 if values.dtype == np.uint16 else values).astype(np.uint8)
    elif ds.PhotometricInterpretation.startswith("YBR_FULL"):
        values = convert_color_space(values, "YBR_FULL", "RGB")
    return values, ds


@needs("gdcmconv")
def test_every_kind_of_file_has_the_values_that_gdcm_finds(shared_data: Path, tmp_path: Path) -> None:
    of_kind: dict[tuple[Any, ...], list[tuple[Path, Any]]] = {}
    for path in sorted(each for each in (shared_data / "dicom").rglob("*") if each.is_file()):
        try:
            source = open_source(path)
            same = of_kind.setdefault(kind_of(source), [])
            if len(same) < LIKE_GDCM and path.name not in NOT_BY_GDCM:
                same.append((path, decode_frame(source)))
        except Fault:
            continue  # no picture, or damaged: what is said then is tested elsewhere
    files = [(path, frame) for same in of_kind.values() for path, frame in same]
    with ThreadPoolExecutor(2) as pool:
        found = pool.map(lambda pair: by_gdcm(pair[0], tmp_path / f"{id(pair)}.dcm"), files)
    compared = set()
    for (path, ours), (theirs, ds) in zip(files, found, strict=True):
        values: Any = ours.pixels.astype(np.int64)
        if "ModalityLUTSequence" in ds:
            theirs = pydicom.pixels.apply_modality_lut(theirs, ds)
        if theirs.dtype.itemsize > 2:  # spread over 65536 steps
            slope, intercept = float(ds.get("RescaleSlope", 1)), float(ds.get("RescaleIntercept", 0))
            real = values * ours.paint.slope + ours.paint.intercept
            np.testing.assert_allclose(real, theirs * slope + intercept, atol=ours.paint.slope, err_msg=str(path))
        else:
            if ours.paint.colour and theirs.dtype == np.uint16:
                theirs = theirs >> 8  # shown in 8 bits
            if path.name == "RG3_JPLY":  # a lossy white above the 10 bits of the header, which GDCM turns into black
                values = values & 0x3FF
            np.testing.assert_array_equal(values, theirs, err_msg=str(path))
        compared.add((kind_of(open_source(path))[0], kind_of(open_source(path))[1]))
    assert len(files) >= 80 and len(compared) >= 29, sorted(compared)


@needs("opj_decompress")
@pytest.mark.parametrize("name", ["HTJ2KLossless_08_RGB", "HTJ2K_08_RGB"])
def test_high_throughput_jpeg_2000_is_what_openjpeg_finds(shared_data: Path, tmp_path: Path, name: str) -> None:
    path = shared_data / "dicom/htj2k" / f"{name}.dcm"
    stream, picture = tmp_path / "stream.j2k", tmp_path / "picture.ppm"
    stream.write_bytes(get_frame(pydicom.dcmread(path).PixelData, 0))
    subprocess.run(["opj_decompress", "-i", str(stream), "-o", str(picture)], check=True, capture_output=True)
    np.testing.assert_array_equal(decode_frame(open_source(path)).pixels, np.asarray(Image.open(picture)))


def test_deflated_frames_are_what_zlib_finds(shared_data: Path) -> None:
    path = shared_data / "dicom/misc/liver_deflate.dcm"
    ds = pydicom.dcmread(path)
    for frame in range(int(ds.NumberOfFrames)):
        packed = get_frame(ds.PixelData, frame, number_of_frames=int(ds.NumberOfFrames))
        data = zlib.decompress(packed, -zlib.MAX_WBITS)
        bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little")[: ds.Rows * ds.Columns]
        ours = decode_frame(open_source(path), frame).pixels
        np.testing.assert_array_equal(ours, bits.reshape(ds.Rows, ds.Columns))
