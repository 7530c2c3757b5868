"""The fast reader gives what the walk gives, file by file: samples, files of its own, damaged ones."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.sequence import Sequence
from pydicom.uid import UID

from kiosk.core.faults import Refused
from kiosk.dicom import fast_header
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.fast_header import HeaderReader

CT = "1.2.840.10008.5.1.4.1.1.2"
EXPLICIT, IMPLICIT, BIG = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2", "1.2.840.10008.1.2.2"
DEFLATED, JPEG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.4.50"


def told(reader: HeaderReader | None, path: Path) -> Any:
    """Facts, or why there are none."""
    try:
        return facts_of_file(path) if reader is None else reader.facts(path)[0]
    except Refused as why:
        return why.reason, str(why)


def hold(paths: list[Path], rounds: int = 2) -> HeaderReader:
    """Read everything ``rounds`` times by one reader; each answer must be the walk's."""
    reader = HeaderReader()
    for _ in range(rounds):
        for path in paths:
            assert told(reader, path) == told(None, path), path.name
    return reader


def slices(folder: Path, count: int, syntax: str = EXPLICIT, **values: Any) -> list[Path]:
    """A series as a scanner writes it: lengths of numbers and UIDs change from slice to slice."""
    dice = random.Random(7)
    folder.mkdir(exist_ok=True)
    return [slice_(folder / f"{number:05d}.dcm", number, syntax, dice, values) for number in range(1, count + 1)]


def slice_(path: Path, number: int, syntax: str, dice: random.Random, values: dict[str, Any]) -> Path:
    ds = Dataset()
    ds.SpecificCharacterSet = ["", "ISO 2022 IR 87"]
    ds.SOPClassUID, ds.SOPInstanceUID = CT, f"1.2.392.9.{10 ** dice.randint(0, 9)}.{number}"
    ds.StudyDate, ds.StudyTime, ds.AccessionNumber, ds.Modality = "20251120", "091500", "", "CT"
    ds.PatientName, ds.PatientID, ds.PatientSex = "YAMADA^TARO=山田^太郎", "00012345", "M"
    ds.StudyDescription, ds.ProtocolName = "ABDOMEN", "見本"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = "1.2.392.9.1", "1.2.392.9.1.2"
    ds.SeriesNumber, ds.InstanceNumber = 2, number
    ds.SliceLocation = f"{dice.uniform(-999, 999):.{dice.randint(0, 6)}f}"
    inner = Dataset()
    inner.AccessionNumber, inner.ScheduledProcedureStepID = "A0001", "S" * (1 + number // 50 % 8)
    ds.RequestAttributesSequence = Sequence([inner])
    ds.Rows = ds.Columns = 16
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.SamplesPerPixel = 16, 12, 11, 1
    ds.PixelRepresentation, ds.PhotometricInterpretation = 0, "MONOCHROME2"
    ds.PixelData = encapsulate([b"\xff\xd8" + bytes(100)]) if syntax == JPEG else bytes(512)
    if syntax == JPEG:
        ds["PixelData"].VR = "OB"
        ds["PixelData"].is_undefined_length = True
    for keyword, value in values.items():
        setattr(ds, keyword, value)
    ds.file_meta = FileMetaDataset()
    ds.file_meta.TransferSyntaxUID = UID(syntax)
    ds.file_meta.MediaStorageSOPClassUID, ds.file_meta.MediaStorageSOPInstanceUID = CT, ds.SOPInstanceUID
    ds.save_as(path, enforce_file_format=True)
    return path


@pytest.mark.parametrize("syntax", [EXPLICIT, IMPLICIT, JPEG])
def test_a_series_is_read_as_it_is_walked(tmp_path: Path, syntax: str) -> None:
    paths = slices(tmp_path, 150, syntax)
    reader = hold(paths, 1)
    assert reader.walked < 60  # the layout is known after the first files
    before = reader.walked
    hold_again = [told(reader, path) for path in paths[100:]]
    assert hold_again == [told(None, path) for path in paths[100:]]
    assert reader.walked - before <= 2


@pytest.mark.parametrize("syntax", [BIG, DEFLATED])
def test_what_is_unusual_is_walked(tmp_path: Path, syntax: str) -> None:
    paths = slices(tmp_path, 20, syntax)
    assert hold(paths).walked == 40


def test_long_headers_bare_data_sets_and_odd_texts(tmp_path: Path) -> None:
    long = slices(tmp_path / "long", 3, TextValue="x" * 40_000)
    odd = slices(tmp_path / "odd", 40, PatientComments="日本語 ﾔﾏﾀﾞ", InstitutionName="センター")
    for path in odd:  # Shift_JIS under a label that says otherwise
        path.write_bytes(path.read_bytes().replace(b"ABDOMEN ", "腹部\0\0\0\0".encode("cp932")[:8]))
    bare = tmp_path / "bare.dcm"
    bare.write_bytes(odd[0].read_bytes()[132:])
    hold([*long, *odd, bare])


def test_damaged_files_are_refused_as_the_walk_refuses_them(tmp_path: Path, soak: float) -> None:
    """Any byte of a header changed, any end cut off or grown: the same answer, by a reader that knows the layout."""
    paths = slices(tmp_path / "good", 48)
    reader = hold(paths)
    assert reader.walked < 48
    dice = random.Random(11)
    damaged = tmp_path / "damaged.dcm"
    for _ in range(int(4000 * soak)):
        raw = bytearray(dice.choice(paths).read_bytes())
        how = dice.random()
        if how < 0.7:
            raw[dice.randrange(132, len(raw) - 500)] = dice.randrange(256)
        elif how < 0.85:
            del raw[dice.randrange(132, len(raw)) :]
        else:
            raw += bytes(dice.randrange(1, 40))
        damaged.write_bytes(raw)
        assert told(reader, damaged) == told(None, damaged)


def test_every_sample_file(shared_data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [path for path in sorted((shared_data / "dicom").rglob("*")) if path.is_file()]
    hold(paths)
    monkeypatch.setattr(fast_header, "LEARN", 1)
    monkeypatch.setattr(fast_header, "MOST_LAYOUTS", 1000)
    reader = hold(paths)  # the second round reads nearly all of them the fast way
    assert reader.walked < 1.4 * len(paths)


def test_the_size_comes_with_the_facts(tmp_path: Path) -> None:
    path = slices(tmp_path, 1)[0]
    facts, stat = HeaderReader("disk").facts(path)
    assert (facts.source, stat.st_size) == ("disk", path.stat().st_size)
    with pytest.raises(FileNotFoundError):
        HeaderReader().facts(tmp_path / "none.dcm")
