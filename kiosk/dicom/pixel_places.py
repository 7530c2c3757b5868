"""Which files a person means by a file, a folder or the table of contents of a disc."""

from __future__ import annotations

import os
from pathlib import Path

from pydicom.dataset import Dataset

from kiosk.core.words import N_
from kiosk.dicom.pixel_source import Unreadable, open_source
from kiosk.dicom.pixel_values import items, raw, text

MAX_FILES = 20_000
NEVER_PICTURES = {".txt", ".htm", ".html", ".xml", ".json", ".csv", ".pdf", ".exe", ".dll", ".ini", ".inf", ".zip"}


def files_of(place: Path) -> list[Path]:
    """The files behind ``place``, at most MAX_FILES. Raises Unreadable where nothing is there."""
    if place.is_dir():
        index = next((each for name in ("DICOMDIR", "dicomdir") if (each := place / name).is_file()), None)
        if index is not None and (listed := _listed_or_none(index)):
            return listed
        found = _walk(place)
    elif place.name.upper().startswith("DICOMDIR") and place.is_file():
        found = _listed(place)
    else:
        return [place]
    if not found:
        raise Unreadable(
            N_("There are no pictures in {place}."), N_("Choose another folder."), reference="V404", place=place.name
        )
    return found


def _walk(folder: Path) -> list[Path]:
    found: list[Path] = []
    for where, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(where, name)
            if path.suffix.lower() not in NEVER_PICTURES and not name.upper().startswith("DICOMDIR"):
                found.append(path)
                if len(found) >= MAX_FILES:
                    return found
    return found


def _listed(index: Path) -> list[Path]:
    """The files that a DICOMDIR names and that are there (PS3.10 8.6). Names that lead out of the disc are left out."""
    home = index.parent.resolve()
    found = []
    for record in items(open_source(index).ds, "DirectoryRecordSequence"):
        path = _file_of(record, home)
        if path is not None:
            found.append(path)
    return found[:MAX_FILES]


def _listed_or_none(index: Path) -> list[Path]:
    """A table of contents that can't be read is no reason not to look at the files themselves."""
    try:
        return _listed(index)
    except (Unreadable, OSError):
        return []


def _file_of(record: Dataset, home: Path) -> Path | None:
    named = raw(record, "ReferencedFileID")
    if not named or text(record, "DirectoryRecordType") in ("PRIVATE", "MRDR"):
        return None
    parts = [named] if isinstance(named, str) else [str(part) for part in named]
    if any(part in ("", ".", "..") or "/" in part or "\\" in part or ":" in part for part in parts):
        return None
    for spelled in (parts, [part.lower() for part in parts]):
        path = home.joinpath(*spelled)
        if path.is_file() and path.resolve().is_relative_to(home):
            return path
    return None
