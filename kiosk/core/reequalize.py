r"""The re-equalise list: folder lines become ``\\server\DICOM\20100820\CR1234_123456,20100820\CR1234_123456,MAG2``."""

from __future__ import annotations

import re
from dataclasses import dataclass

FILE_NAME = "Reequalize.txt"
ENCODING = "cp932"  # of the old programs' text files
_DAY_FOLDER = re.compile(r"(?:19|20)\d{6}")
_KIND = re.compile(r"[A-Z]{2}|D[1-5]")


@dataclass(frozen=True)
class Entry:
    r"""One folder: as the old programs reach it, ``date\folder``, and the volume that it lies on."""

    path: str
    short: str
    volume: str

    def line(self) -> str:
        return f"{self.path},{self.short},{self.volume}"


def make_list(text: str, find: str, put: str, volume: str) -> tuple[list[Entry], list[str]]:
    """The entries of a text of folders (one a line; bare, or as a list of before) after one text was replaced by
    another in the path, and the lines that name no folder. ``volume`` is for lines that name none. Nothing twice.
    """
    entries: dict[str, Entry] = {}
    wrong = []
    for line in text.splitlines():
        said = [part.strip().strip('"') for part in line.split(",")]
        if not said[0]:
            continue
        path = (said[0].replace(find, put) if find else said[0]).rstrip("\\/")
        parts = [part for part in re.split(r"[\\/]", path) if part]
        on = said[2] if len(said) > 2 and said[2] else volume
        if len(parts) < 2 or not on or len(said) > 3:
            wrong.append(line)
            continue
        entry = Entry(path, "\\".join(parts[-2:]), on)
        entries[entry.line()] = entry
    return list(entries.values()), wrong


def written(entries: list[Entry]) -> bytes:
    """The list as a file; characters that the old encoding lacks become ``?``."""
    return "".join(entry.line() + "\r\n" for entry in entries).encode(ENCODING, "replace")


def read_text(raw: bytes) -> str:
    """A text of folders from a file, whoever wrote it."""
    for encoding in ("utf-8-sig", ENCODING):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def places(entry: Entry) -> list[str]:
    r"""Where the folder may lie on its volume, likeliest first: relative to it, with forward slashes.

    The path of the line begins with a drive or a share that only the old programs know, so it is looked for by its
    end: from ``DICOM`` or ``IMAGE`` on, from its date on, and under ``IMAGE/<kind>``.
    """
    parts = [part for part in re.split(r"[\\/]", entry.path) if part and part not in (".", "..")]
    short = "/".join(part for part in entry.short.split("\\") if part not in (".", ".."))
    found = []
    for top in ("DICOM", "IMAGE"):
        if top in parts:
            found.append("/".join(parts[parts.index(top) :]))
    for at, part in enumerate(parts):
        if _DAY_FOLDER.fullmatch(part):
            found.append("/".join(parts[at:]))
    found += [f"DICOM/{short}", short]
    if kind := _KIND.match(parts[-1]):
        found += [f"IMAGE/{kind.group()}/{short}", f"DICOM/IMAGE/{kind.group()}/{short}"]
    return [each for each in dict.fromkeys(found) if ":" not in each]
