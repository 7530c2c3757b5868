"""The fast reader gives what the walk gives, file by file: samples, files of its own, damaged ones."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest

from kiosk.core.faults import Refused
from kiosk.dicom import fast_header
from kiosk.dicom.dataset import facts_of_file
from kiosk.dicom.fast_header import HeaderReader
from tests.scans import BIG, DEFLATED, EXPLICIT, IMPLICIT, JPEG, slices


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
