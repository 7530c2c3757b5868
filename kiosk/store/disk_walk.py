"""Walking the folders of a volume in an order that can be taken up again, and seeing that it is the right disk."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kiosk.core.correction_paths import TOPS as CORRECTION_TOPS
from kiosk.core.faults import LinkLost
from kiosk.core.words import N_
from kiosk.store.volume import ID_FILE, INCOMING, Volume

# What lies on a volume and is no place for images: ours, and what systems put there.
NO_IMAGES = frozenset(
    {"INDEX", INCOMING, "ASIDE", *CORRECTION_TOPS, "System Volume Information", "$RECYCLE.BIN", "lost+found"}
)


@dataclass(frozen=True)
class Folder:
    """A folder of a volume with the files directly in it, by name. ``error`` where it can't be read."""

    path: str  # relative, forward slashes, empty for the volume itself
    files: dict[str, os.DirEntry[str]] = field(default_factory=dict)
    error: str = ""


def must_stand(volume: Volume) -> None:
    """Raises LinkLost where the disk is not there, Fault where another one is (C10).

    A disk that was pulled out may leave its empty mount point behind: without its volume-id file it is not there.
    """
    try:
        there = (volume.root / ID_FILE).is_file()
    except OSError:
        there = False
    if not there:
        raise LinkLost(
            volume.id,
            N_("The disk {whom} is not there."),
            N_("Connect it (its volume-id file must be on it); the work goes on by itself then."),
        )
    volume.check()


def folders_below(root: Path, top: str = "", after: str | None = None) -> Iterator[Folder]:
    """Every folder from ``top`` on, parents first, each level by name; ``after``: only those behind that one."""
    done = _key(after) if after is not None else None
    waiting = [top]
    while waiting:
        path = waiting.pop()
        key = _key(path)
        if done is not None and key < done[: len(key)]:
            continue  # all of it came before
        found = _list(root, path, not path)
        waiting += sorted((_join(path, name) for name in found[1]), key=_key, reverse=True)
        if done is None or key > done:
            yield found[0]


def _list(root: Path, path: str, at_top: bool) -> tuple[Folder, list[str]]:
    files: dict[str, os.DirEntry[str]] = {}
    folders = []
    try:
        with os.scandir(root / path) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if not (at_top and entry.name in NO_IMAGES):
                        folders.append(entry.name)
                elif entry.is_file(follow_symlinks=False) and not (at_top and entry.name == ID_FILE):
                    files[entry.name] = entry
    except OSError as why:
        return Folder(path, error=why.strerror or type(why).__name__), []
    return Folder(path, dict(sorted(files.items()))), folders


def _join(path: str, name: str) -> str:
    return f"{path}/{name}" if path else name


def _key(path: str) -> tuple[str, ...]:
    return tuple(path.split("/")) if path else ()
