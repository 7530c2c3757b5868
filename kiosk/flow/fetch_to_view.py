"""Fetches a study of a server so that it can be looked at: only what is missing, kept for a while on this PC."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.faults import Fault, LinkLost, NoRoom
from kiosk.core.study import ImageFacts
from kiosk.core.words import N_

if TYPE_CHECKING:
    from kiosk.dicom.fetch import Moved
    from kiosk.dicom.nodes import Node

log = logging.getLogger(__name__)

MOST_UIDS = 100  # in one request: some servers take no longer list
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Fetched:
    """The files that are here, and what is missing with the reason."""

    paths: tuple[Path, ...]
    missing: tuple[tuple[str, Fault], ...] = ()


class FetchedStudies:
    """A folder of its own on this PC, a folder in it per study. It is emptied at start and end, and the studies that
    were fetched longest ago make room for new ones: what is here is a copy, never the only one.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self.folder = folder
        self._most = most_bytes

    def of(self, study_uid: str) -> Path:
        return self.folder / _short(study_uid)

    def files(self, study_uid: str) -> list[Path]:
        folder = self.of(study_uid)
        return sorted(folder.glob("*.dcm")) if folder.is_dir() else []

    def lacking(self, study_uid: str, sop_uids: Mapping[str, str]) -> list[str]:
        """Those of the SOP Instance UIDs that are not here."""
        here = {each.stem for each in self.files(study_uid)}
        return [uid for uid in sop_uids if _short(uid) not in here]

    def clear(self) -> None:
        """The folder goes, and that above it where nothing else is in it."""
        shutil.rmtree(self.folder, ignore_errors=True)
        with contextlib.suppress(OSError):
            self.folder.parent.rmdir()

    def make_room(self, keep: str) -> None:
        """Take the oldest studies away until the rest fits; that of ``keep`` stays."""
        kept = self.of(keep)
        kept.mkdir(parents=True, exist_ok=True)
        kept.touch()
        folders = [each for each in self.folder.iterdir() if each.is_dir()]
        folders.sort(key=lambda each: each.stat().st_mtime)
        sizes = {each: sum(file.stat().st_size for file in each.iterdir()) for each in folders}
        total = sum(sizes.values())
        for each in folders:
            if total <= self._most:
                return
            if each != kept:
                shutil.rmtree(each, ignore_errors=True)
                total -= sizes[each]

    # -- as an intake -----------------------------------------------------------------------------------------------

    def begin(self, door: str) -> _Sink:
        return _Sink(self)


def clear_left_behind(home: Path, own: Path) -> None:
    """What a program that ended suddenly left in ``home``; its ``own`` folder is that of this one."""
    for each in list(home.iterdir()) if home.is_dir() else ():
        if each != own:
            shutil.rmtree(each, ignore_errors=True)


class _Sink:
    """One image on its way into the folder of its study."""

    def __init__(self, fetched: FetchedStudies) -> None:
        self._fetched = fetched
        self._path = fetched.folder / f"{os.getpid()}-{id(self):x}.part"
        try:
            fetched.folder.mkdir(parents=True, exist_ok=True)
            self._file = open(self._path, "wb")  # noqa: SIM115 - closed by settle or abandon
        except OSError as why:
            raise NoRoom(str(fetched.folder)) from why

    def write(self, piece: bytes | memoryview) -> None:
        try:
            self._file.write(piece)
        except OSError as why:
            raise NoRoom(str(self._fetched.folder)) from why

    def settle(self, facts: ImageFacts) -> None:
        try:
            self._file.close()
            folder = self._fetched.of(facts.study_uid)
            folder.mkdir(parents=True, exist_ok=True)
            os.replace(self._path, folder / f"{_short(facts.sop_uid)}.dcm")
        except OSError as why:
            raise NoRoom(str(self._fetched.folder)) from why

    def abandon(self) -> None:
        self._file.close()
        self._path.unlink(missing_ok=True)


def fetch(
    name: str, node: Node, own_title: str, study_uid: str, fetched: FetchedStudies, told: Told, stop: threading.Event
) -> Fetched:  # fmt: skip
    """By C-GET, as many images as ``fetched`` lacks. Raises LinkLost, Refused, and Fault where it was stopped."""
    from kiosk.dicom import fetch as door

    there = _images_there(node, own_title, study_uid, stop)
    if not there:
        raise LinkLost(name, N_("{whom} does not have it any more."), N_("Query it again and choose anew."))
    lacking = fetched.lacking(study_uid, {uid: kind for uid, (_, kind) in there.items()})
    before = len(there) - len(lacking)
    told(before, len(there))
    if lacking:
        fetched.make_room(study_uid)
        requests = [("STUDY", {"StudyInstanceUID": study_uid})] if not before else _by_image(study_uid, there, lacking)
        kinds = sorted({there[uid][1] for uid in lacking if there[uid][1]})
        done, why = 0, ""
        for level, keys in requests:

            def progress(moved: Moved, done: int = done) -> None:
                told(min(len(there), before + done + moved.completed + moved.warning), len(there))

            moved = door.get(
                own_title, node, level, keys, fetched, sop_classes=kinds, progress=progress, stop=stop
            )  # fmt: skip
            done += moved.completed + moved.warning
            why = "" if moved.done else str(moved.words)
            if stop.is_set():
                raise _stopped()
            if not moved.done:
                break
        fetched.make_room(study_uid)
        left = len(fetched.lacking(study_uid, {uid: kind for uid, (_, kind) in there.items()}))
        if left:
            log.warning("%d of %d images were not fetched: %s", left, len(there), why)
            fault = _incomplete(name, len(there) - left, len(there))
            if left == len(there):
                raise fault
            return Fetched(tuple(fetched.files(study_uid)), ((name, fault),))
    return Fetched(tuple(fetched.files(study_uid)))


def send_to_gateway(
    name: str, node: Node, own_title: str, study_uid: str, to: str, told: Told, stop: threading.Event
) -> Fault | None:  # fmt: skip
    """Have the server send all of it to the gateway, which keeps it (C-MOVE); the trouble where not all was sent.

    Raises LinkLost, and Fault where it was stopped.
    """
    from kiosk.dicom import fetch as door

    def progress(moved: Moved) -> None:
        if moved.total:
            told(moved.completed + moved.warning, moved.total)

    moved = door.move(
        own_title, node, "STUDY", {"StudyInstanceUID": study_uid}, to, progress=progress, stop=stop
    )  # fmt: skip
    if stop.is_set():
        raise _stopped()
    if moved.done:
        return None
    if moved.total:
        return _incomplete(name, moved.completed + moved.warning, moved.total)
    sentence = N_("{whom} does not send the images: {why}")
    return LinkLost(name, sentence, N_("Tell the person in charge."), why=moved.words)


def _images_there(node: Node, own_title: str, study_uid: str, stop: threading.Event) -> dict[str, tuple[str, str]]:
    """SOP Instance UID -> (Series Instance UID, SOP Class UID)."""
    from kiosk.dicom.query import QueryLine

    there: dict[str, tuple[str, str]] = {}
    with QueryLine(own_title, node) as line:
        keys = {"StudyInstanceUID": study_uid}
        for row in line.find("SERIES", keys, at_most=5000, stop=stop).rows:
            asked = {**keys, "SeriesInstanceUID": row["SeriesInstanceUID"]}
            for image in line.find("IMAGE", asked, at_most=100_000, stop=stop).rows:
                there[image["SOPInstanceUID"]] = (row["SeriesInstanceUID"], image.get("SOPClassUID", ""))
            if stop.is_set():
                raise _stopped()
    return there


def _by_image(
    study_uid: str, there: Mapping[str, tuple[str, str]], lacking: list[str]
) -> list[tuple[str, dict[str, str]]]:  # fmt: skip
    by_series: dict[str, list[str]] = {}
    for uid in lacking:
        by_series.setdefault(there[uid][0], []).append(uid)
    found: list[tuple[str, dict[str, str]]] = []
    for series, uids in by_series.items():
        for at in range(0, len(uids), MOST_UIDS):
            keys = {"StudyInstanceUID": study_uid, "SeriesInstanceUID": series}
            found.append(("IMAGE", {**keys, "SOPInstanceUID": "\\".join(uids[at : at + MOST_UIDS])}))
    return found


def _incomplete(name: str, n: int, m: int) -> Fault:
    sentence = N_("Of {m} images of {whom} only {n} have come.")
    return LinkLost(name, sentence, N_("Open it again to fetch the rest."), n=n, m=m)


def _stopped() -> Fault:
    return Fault(N_("Opening was cancelled."), N_("Open it again if it is needed."), reference="V499")


def _short(uid: str) -> str:
    return hashlib.sha256(uid.encode()).hexdigest()[:24]
