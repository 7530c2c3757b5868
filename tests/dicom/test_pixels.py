"""Frames of files made here: every way of keeping pixels, and every way of being damaged."""

from __future__ import annotations

import logging
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    JPEGBaseline8Bit,
    RLELossless,
)

from kiosk.dicom.pixel_photo import decode_photo, is_photo
from kiosk.dicom.pixel_source import Unreadable, open_source
from kiosk.dicom.pixels import decode_frame, frame_times_ms


@pytest.fixture(autouse=True)
def _quiet() -> Any:
    logging.getLogger("pydicom").setLevel(logging.CRITICAL)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def write(path: Path, pixels: bytes, syntax: str = ExplicitVRLittleEndian, **elements: Any) -> Path:
    """A small file of our own; elements not named are those of an 8-bit grey picture of 4 x 4."""
    ds = Dataset()
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = syntax
    ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.7"
    ds.file_meta.MediaStorageSOPInstanceUID = ds.SOPInstanceUID = "2.25.1"
    wanted = {
        "Rows": 4, "Columns": 4, "SamplesPerPixel": 1, "BitsAllocated": 8, "BitsStored": 8, "HighBit": 7,
        "PixelRepresentation": 0, "PhotometricInterpretation": "MONOCHROME2", **elements,
    }  # fmt: skip
    for keyword, value in wanted.items():
        if value is not None:
            setattr(ds, keyword, value)
    ds.PixelData = pixels
    ds["PixelData"].VR = "OB" if wanted["BitsAllocated"] == 8 and syntax != ExplicitVRBigEndian else "OW"
    if syntax in (RLELossless, JPEGBaseline8Bit):
        ds["PixelData"].is_undefined_length = True
        ds["PixelData"].VR = "OB"
    ds.save_as(path, enforce_file_format=True)
    return path


def test_unused_bits_hold_anything(tmp_path: Path) -> None:
    values = np.array([0, 1, 2047, 4095] * 4, np.uint16)
    dirty = values | 0xA000
    path = write(tmp_path / "a", dirty.tobytes(), BitsAllocated=16, BitsStored=12, HighBit=11)
    np.testing.assert_array_equal(decode_frame(open_source(path)).pixels.ravel(), values)
    path = write(tmp_path / "b", (values << 4).tobytes(), BitsAllocated=16, BitsStored=12, HighBit=15)
    np.testing.assert_array_equal(decode_frame(open_source(path)).pixels.ravel(), values)
    path = write(tmp_path / "c", dirty.tobytes(), BitsAllocated=16, BitsStored=12, HighBit=11, PixelRepresentation=1)
    np.testing.assert_array_equal(decode_frame(open_source(path)).pixels.ravel(), [0, 1, 2047, -1] * 4)


def test_one_bit_frames_need_not_begin_at_a_byte(tmp_path: Path) -> None:
    bits = np.random.default_rng(1).integers(0, 2, (3, 3, 3), np.uint8)
    packed = np.packbits(bits.ravel(), bitorder="little").tobytes()
    path = write(tmp_path / "a", packed + b"\0" * (len(packed) % 2), Rows=3, Columns=3, NumberOfFrames=3,
                 BitsAllocated=1, BitsStored=1, HighBit=0)  # fmt: skip
    for number in range(3):
        np.testing.assert_array_equal(decode_frame(open_source(path), number).pixels, bits[number])


def test_only_the_asked_frame_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.arange(64, dtype=np.uint8).repeat(64 * 64 // 1)[: 64 * 64 * 64]
    path = write(tmp_path / "a", pixels.tobytes(), Rows=64, Columns=64, NumberOfFrames=64)
    source = open_source(path)
    taken = []
    plain_open = Path.open

    class Counting:
        def __init__(self, file: Any) -> None:
            self.file = file

        def __enter__(self) -> Any:
            return self

        def __exit__(self, *why: object) -> None:
            self.file.close()

        def seek(self, at: int) -> int:
            return self.file.seek(at)

        def read(self, size: int) -> bytes:
            taken.append(size)
            return self.file.read(size)

    monkeypatch.setattr(Path, "open", lambda self, mode="r": Counting(plain_open(self, mode, buffering=0)))
    frame = decode_frame(source, 40)
    assert frame.pixels.max() == frame.pixels.min() == 40
    assert sum(taken) <= 64 * 64 + 16


def test_compressed_frames_are_found_with_and_without_offsets(tmp_path: Path) -> None:
    import imagecodecs

    pictures = [np.full((8, 8), 20 * number, np.uint8) for number in range(5)]
    streams = [imagecodecs.jpeg8_encode(each, level=95) for each in pictures]
    wanted: dict[str, Any] = {"Rows": 8, "Columns": 8, "NumberOfFrames": 5}
    for kind, data in {
        "table": encapsulate(streams, has_bot=True),
        "no table": encapsulate(streams, has_bot=False),
        "several fragments": encapsulate(streams, fragments_per_frame=2, has_bot=False),
        "several with table": encapsulate(streams, fragments_per_frame=3, has_bot=True),
        "wrong table": encapsulate(streams)[:8] + b"\x05" + encapsulate(streams)[9:],
    }.items():
        path = write(tmp_path / kind.replace(" ", ""), data, JPEGBaseline8Bit, **wanted)
        source = open_source(path)
        for number in (4, 0, 2):
            assert abs(int(decode_frame(source, number).pixels.mean()) - 20 * number) <= 1, kind


def test_cut_off_pictures_show_what_is_there_and_say_so(tmp_path: Path) -> None:
    whole = write(tmp_path / "whole", bytes(range(1, 101)) * 100, Rows=100, Columns=100, NumberOfFrames=None)
    data = whole.read_bytes()
    cut = tmp_path / "cut"
    cut.write_bytes(data[: len(data) - 5000])
    frame = decode_frame(open_source(cut))
    assert frame.warnings and frame.warnings[0].values["share"] == 50
    assert frame.pixels[0, 0] == 1 and frame.pixels[99, 99] == 0
    cut.write_bytes(data[: len(data) - 10000])
    with pytest.raises(Unreadable) as said:
        decode_frame(open_source(cut))
    assert said.value.reference == "V206"


def test_a_deflated_bomb_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "plain", bytes(64 * 64), Rows=64, Columns=64)
    ds = pydicom.dcmread(path)
    ds.file_meta.TransferSyntaxUID = DeflatedExplicitVRLittleEndian
    ds.save_as(path, enforce_file_format=True)
    assert decode_frame(open_source(path)).pixels.shape == (64, 64)
    monkeypatch.setattr("kiosk.dicom.pixel_source.INFLATE_CAP", 1000)
    with pytest.raises(Unreadable, match="more memory"):
        open_source(path)
    raw = path.read_bytes()
    path.write_bytes(raw[:-30] + bytes(30))
    with pytest.raises(Unreadable):
        decode_frame(open_source(path))


def test_a_deflated_frame_can_not_grow_past_its_picture(tmp_path: Path) -> None:
    squeezer = zlib.compressobj(wbits=-15)
    bomb = squeezer.compress(bytes(50_000_000)) + squeezer.flush()
    path = write(tmp_path / "a", encapsulate([bomb]), RLELossless)
    source = open_source(path)
    source.syntax = "1.2.840.10008.1.2.8.1"  # too new for pydicom to write
    assert decode_frame(source).pixels.sum() == 0


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty."),
        (b"hello, this is a letter and no picture", "This is not a DICOM file."),
        (b"\0" * 128 + b"DICM", "This is not a DICOM file."),
    ],
)
def test_what_is_no_dicom_file_is_told_so(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "x.dcm"
    path.write_bytes(content)
    with pytest.raises(Unreadable) as said:
        decode_frame(open_source(path))
    assert said.value.sentence.text == sentence


def test_a_claimed_size_that_no_picture_has_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a", bytes(16), Rows=65535, Columns=65535)
    with pytest.raises(Unreadable, match="too large"):
        decode_frame(open_source(path))


def test_damaged_streams_end_in_a_sentence(tmp_path: Path, shared_data: Path) -> None:
    """Every byte string in place of a frame: an Unreadable or a picture, never another error."""
    random = np.random.default_rng(7)
    for name in (
        "wg04/CT1_J2KR",
        "wg04/CT1_JLSL",
        "wg04/CT1_JPLL",
        "wg04/CT1_RLE",
        "wg04/RG3_JPLY",
        "sc_photo/image1.dcm",
    ):
        data = bytearray((shared_data / "dicom" / name).read_bytes())
        for _ in range(3):
            broken = bytearray(data)
            for at in random.integers(len(data) // 3, len(data), 20):
                broken[at] = int(random.integers(0, 256))
            path = tmp_path / "broken"
            path.write_bytes(broken[: int(random.integers(len(data) // 2, len(data)))])
            try:
                decode_frame(open_source(path))
            except Unreadable as why:
                assert why.sentence.text


def test_cine_times(tmp_path: Path) -> None:
    common: dict[str, Any] = {"NumberOfFrames": 3}
    times = {
        "time": ({"FrameTime": "40"}, (40.0,)),
        "vector": ({"FrameTimeVector": ["0", "33", "66"]}, (33.0, 66.0, 66.0)),
        "rate": ({"CineRate": "25"}, (40.0,)),
        "none": ({}, ()),
    }
    for name, (elements, wanted) in times.items():
        source = open_source(write(tmp_path / name, bytes(48), **common, **elements))
        assert frame_times_ms(source) == wanted, name


def test_spacing_is_never_invented(tmp_path: Path) -> None:
    cases: dict[str, tuple[dict[str, Any], Any]] = {
        "none": ({}, (None, "")),
        "patient": ({"PixelSpacing": ["0.5", "0.25"]}, ((0.5, 0.25), "patient")),
        "detector": ({"ImagerPixelSpacing": ["0.2", "0.2"]}, ((0.2, 0.2), "detector")),
        "half": ({"PixelSpacing": ["0.5"]}, (None, "")),
        "zero": ({"PixelSpacing": ["0", "0"]}, (None, "")),
    }
    for name, (elements, wanted) in cases.items():
        paint = decode_frame(open_source(write(tmp_path / name, bytes(range(16)), **elements))).paint
        assert (paint.spacing_mm, paint.spacing_source) == wanted, name


def test_windows_of_the_header_come_first_and_useless_ones_are_dropped(tmp_path: Path) -> None:
    paint = decode_frame(
        open_source(
            write(
                tmp_path / "a",
                bytes(range(16)),
                WindowCenter=["8", "-5000", "4"],
                WindowWidth=["16", "10", "0"],
                WindowCenterWidthExplanation=["NORMAL", "FAR", "FLAT"],
            )  # fmt: skip
        )
    ).paint
    assert [(each.centre, each.width, each.name) for each in paint.windows] == [(8, 16, "NORMAL")]
    assert paint.guessed is not None and 0 <= paint.guessed.centre <= 15


def test_padding_does_not_spoil_the_guessed_window(tmp_path: Path) -> None:
    values = np.full(16, -2000, np.int16)
    values[:4] = [10, 20, 30, 40]
    path = write(tmp_path / "a", values.tobytes(), BitsAllocated=16, BitsStored=16, HighBit=15, PixelRepresentation=1,
                 PixelPaddingValue=-2000)  # fmt: skip
    paint = decode_frame(open_source(path)).paint
    assert (paint.low, paint.high, paint.padding) == (10, 40, (-2000, -2000))
    assert paint.guessed is not None and paint.guessed.centre - paint.guessed.width / 2 >= 0


def test_overlays_come_as_a_mask(shared_data: Path) -> None:
    path = shared_data / "dicom/misc/MR-SIEMENS-DICOM-WithOverlays.dcm"
    frame = decode_frame(open_source(path))
    assert frame.overlay is not None
    np.testing.assert_array_equal(frame.overlay, pydicom.dcmread(path).overlay_array(0x6000))


def test_plain_pictures_open_upright(tmp_path: Path) -> None:
    from PIL import Image

    picture = Image.new("RGB", (6, 4), (200, 0, 0))
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    picture.save(tmp_path / "a.jpg", exif=exif)
    assert is_photo(tmp_path / "a.jpg")
    assert decode_photo(tmp_path / "a.jpg").pixels.shape == (6, 4, 3)
    (tmp_path / "b.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(Unreadable):
        decode_photo(tmp_path / "b.png")


@pytest.mark.parametrize("top, shown", [(200, 200), (0xC800, 200)])
def test_a_palette_called_deep_but_filled_with_8_bit_values_is_not_black(tmp_path: Path, top: int, shown: int) -> None:
    table = np.linspace(0, top, 16).astype("<u2").tobytes()
    colours = {f"{name}PaletteColorLookupTableData": table for name in ("Red", "Green", "Blue")}
    said = {f"{name}PaletteColorLookupTableDescriptor": [16, 0, 16] for name in ("Red", "Green", "Blue")}
    path = write(tmp_path / "p", bytes(range(16)), PhotometricInterpretation="PALETTE COLOR", **colours, **said)
    assert decode_frame(open_source(path)).pixels[3, 3].tolist() == [shown] * 3
