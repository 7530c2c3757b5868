"""Pictures taken on this PC, safe on its own disk until the server has them and for some days more.

A folder per examination: ``set.json`` says whom it is of, ``0001.jpg`` and so on are the pictures as they were taken.
A picture counts when its bytes, its name and its row survive a power cut; a file whose row was cut off is found again
(``take_up``). The rows live in this PC's own store.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from kiosk.core.taken import CLIP, STILL, PictureSet, SetState, TakenPicture
from kiosk.core.worklist_query import WorklistRow
from kiosk.store import jobs, notices
from kiosk.store.engine import Store
from kiosk.store.kept_worklist import row_data, row_of
from kiosk.store.spool_clip import ENDING, HALF, ClipFile, cut_to_whole_pictures
from kiosk.store.spool_tables import picture_sets, taken_pictures
from kiosk.store.tables import station_jobs
from kiosk.store.volume import disk_trouble, fsync_folder, make_folders, sha256_of

ENDINGS = {STILL: ".jpg", CLIP: ENDING}
TOLD = "set.json"
NOTICE = "pictures"  # kind of the local notice
REGISTER = "register-pictures"  # kind of the job
MARKS = frozenset({"part", "eye", "star", "deleted", "comment", "facts"})  # what a person may say of a picture


class Spool:
    """What one mode of this station takes; ``root`` is a folder of its own on this PC's disk. Methods block and may be
    called from any thread; those that write raise NoRoom or Fault where the disk does not take it.
    """

    def __init__(
        self, own: Store, root: Path, station: str, mode: str, clock: Callable[[], datetime] = datetime.now
    ) -> None:
        self.mode = mode
        self._own = own
        self._root = root
        self._station = station
        self._clock = clock
        self._turn = threading.Lock()  # numbers are given one after the other

    # -- examinations --------------------------------------------------------------------------------------------

    def open_set(self, row: WorklistRow | None, *, number: str = "", by: str = "") -> PictureSet:
        """A new examination; nobody is named where ``row`` is None."""
        now = self._clock()
        made = PictureSet(
            f"{now:%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}", self.mode, now.isoformat(timespec="milliseconds"),
            f"2.25.{uuid.uuid4().int}", row, number=number, by=by,
        )  # fmt: skip
        try:
            make_folders(self.folder(made.id))
        except OSError as why:
            raise disk_trouble(why, str(self._root)) from why
        self._tell(made)
        with self._own.writing() as conn:
            self._add_set(conn, made)
        return made

    def assign(self, set_id: str, row: WorklistRow, number: str = "") -> PictureSet:
        """The examination is of this examinee, whoever it was of before. Not once it was registered."""
        given = replace(self.set_of(set_id), row=row, number=number)
        self._tell(given)
        with self._own.writing() as conn:
            open_one = sa.and_(picture_sets.c.id == set_id, picture_sets.c.state == SetState.OPEN)
            conn.execute(picture_sets.update().where(open_one).values(row=row_data(row), number=number))
            notices.tell(conn, NOTICE, local=True, set=set_id)
        return self.set_of(set_id)

    def set_of(self, set_id: str) -> PictureSet:
        """Raises KeyError."""
        with self._own.reading() as conn:
            found = conn.execute(sa.select(picture_sets).where(picture_sets.c.id == set_id)).mappings().first()
        if found is None:
            raise KeyError(set_id)
        return _set_of(dict(found))

    def sets(self, states: Sequence[SetState] = tuple(SetState)) -> list[PictureSet]:
        """Newest first."""
        query = (
            sa.select(picture_sets)
            .where(picture_sets.c.mode == self.mode, picture_sets.c.state.in_([each.value for each in states]))
            .order_by(picture_sets.c.opened_at.desc())
        )
        with self._own.reading() as conn:
            return [_set_of(dict(each)) for each in conn.execute(query).mappings()]

    def close_set(self, set_id: str) -> None:
        """Register it: from now on it is owed, whatever happens to this PC. One without pictures is forgotten."""
        now = self._clock().isoformat(timespec="milliseconds")
        if not self.pictures(set_id):
            self.forget(set_id)
            return
        with self._own.writing() as conn:
            conn.execute(
                picture_sets.update()
                .where(picture_sets.c.id == set_id)
                .values(state=SetState.REGISTERING.value, closed_at=now)
            )
            jobs.owe(
                conn, REGISTER, station=self._station, destination=self.mode, subject=set_id, revive=True, local=True
            )
            notices.tell(conn, NOTICE, local=True, set=set_id)

    def registered(self, set_id: str) -> None:
        """The server has all of it."""
        with self._own.writing() as conn:
            values = {"state": SetState.REGISTERED.value}
            conn.execute(picture_sets.update().where(picture_sets.c.id == set_id).values(**values))
            notices.tell(conn, NOTICE, local=True, set=set_id)

    def forget(self, set_id: str) -> None:
        """Rows and files go. For what was registered, or has no pictures."""
        with self._own.writing() as conn:
            conn.execute(taken_pictures.delete().where(taken_pictures.c.set == set_id))
            conn.execute(picture_sets.delete().where(picture_sets.c.id == set_id))
            notices.tell(conn, NOTICE, local=True, set=set_id)
        shutil.rmtree(self.folder(set_id), ignore_errors=True)

    def forget_older(self, days: int) -> int:
        """Local copies of what was registered more than ``days`` ago are removed; returns how many examinations."""
        before = (self._clock() - timedelta(days=days)).isoformat(timespec="milliseconds")
        old = [each for each in self.sets([SetState.REGISTERED]) if each.closed_at < before]
        for each in old:
            self.forget(each.id)
        return len(old)

    # -- pictures ------------------------------------------------------------------------------------------------

    def free_bytes(self) -> int:
        """Room on the disk of the pictures."""
        return shutil.disk_usage(self._root if self._root.exists() else self._root.parent.parent).free

    def folder(self, set_id: str) -> Path:
        return self._root / set_id

    def path_of(self, picture: TakenPicture) -> Path:
        return self.folder(picture.set) / picture.name

    def add(self, set_id: str, data: bytes, **told: Any) -> TakenPicture:
        """Keep a picture (JPEG bytes as they are). When this returns it survives a power cut. ``told``: fields of
        TakenPicture that are known (part, taken_of, facts ...).
        """
        with self._turn:
            return self._add(set_id, data, told)

    def add_once(self, set_id: str, data: bytes, **told: Any) -> TakenPicture:
        """As ``add``; the same bytes again in the same examination are the picture that is there already."""
        sha256 = hashlib.sha256(data).hexdigest()
        with self._turn:
            for each in self.pictures(set_id, deleted=True):
                if each.sha256 == sha256:
                    return each
            return self._add(set_id, data, told)

    def begin_clip(self, set_id: str, **told: Any) -> ClipFile:
        """A clip that grows while it is taken."""
        with self._turn:
            number = self._next(set_id)
            path = self.folder(set_id) / f"{number:04d}{ENDINGS[CLIP]}{HALF}"
            return ClipFile(self._add_row, set_id, number, path, told)

    def pictures(self, set_id: str, *, deleted: bool = False) -> list[TakenPicture]:
        """In the order they were taken, without those that were undone unless ``deleted``."""
        query = sa.select(taken_pictures).where(taken_pictures.c.set == set_id).order_by(taken_pictures.c.number)
        with self._own.reading() as conn:
            found = [_picture_of(dict(each)) for each in conn.execute(query).mappings()]
        return [each for each in found if deleted or not each.deleted]

    def mark(self, set_id: str, number: int, **marks: Any) -> None:
        """What a person says of a picture: part, eye, star, deleted, comment, facts."""
        assert set(marks) <= MARKS
        values = {key: int(value) if isinstance(value, bool) else value for key, value in marks.items()}
        where = (taken_pictures.c.set == set_id, taken_pictures.c.number == number)
        with self._own.writing() as conn:
            conn.execute(taken_pictures.update().where(*where).values(**values))
            notices.tell(conn, NOTICE, local=True, set=set_id)

    def went_out(self, set_id: str, number: int, *, sent: bool = False, handed: bool = False) -> None:
        """The server has this one."""
        now = self._clock().isoformat(timespec="milliseconds")
        values = {**({"sent_at": now} if sent else {}), **({"handed_at": now} if handed else {})}
        where = (taken_pictures.c.set == set_id, taken_pictures.c.number == number)
        with self._own.writing() as conn:
            conn.execute(taken_pictures.update().where(*where).values(**values))

    def beside(self, picture: TakenPicture, ending: str, make: Callable[[], bytes]) -> Path:
        """A file made of a picture once and kept beside it: what was sent before is sent again byte for byte."""
        path = self.path_of(picture).with_suffix(ending)
        if not path.exists():
            self._write(path, make())
        return path

    def known(self, sha256: str) -> bool:
        """Is a picture of these bytes here already, whoever's it is?"""
        query = (
            sa.select(taken_pictures.c.number)
            .join(picture_sets, taken_pictures.c.set == picture_sets.c.id)
            .where(picture_sets.c.mode == self.mode, taken_pictures.c.sha256 == sha256)
            .limit(1)
        )
        with self._own.reading() as conn:
            return conn.execute(query).first() is not None

    def waiting(self) -> dict[str, str]:
        """What is owed to the server: id of the set -> why it waits, empty where it was not tried yet."""
        query = sa.select(station_jobs.c.subject, station_jobs.c.last_error).where(
            station_jobs.c.kind == REGISTER, station_jobs.c.destination == self.mode, station_jobs.c.state == "owed"
        )
        with self._own.reading() as conn:
            return {row.subject: row.last_error for row in conn.execute(query)}

    # -- after a start -------------------------------------------------------------------------------------------

    def take_up(self) -> int:
        """Bring rows and files together after whatever ended the program: pictures without a row get one, folders
        without a row too, half-written files go (of a clip, its whole pictures stay). Returns how many were found.
        """
        found = 0
        if not self._root.is_dir():
            return 0
        known = {each.id: each.state for each in self.sets()}
        for folder in sorted(each for each in self._root.iterdir() if each.is_dir()):
            if known.get(folder.name) is SetState.REGISTERED:
                continue
            if folder.name in known or self._take_up_set(folder):
                found += self._take_up_pictures(folder)
        return found

    def _take_up_set(self, folder: Path) -> bool:
        if not any(each.suffix in ENDINGS.values() for each in folder.iterdir()):
            shutil.rmtree(folder, ignore_errors=True)  # begun, or forgotten half way
            return False
        try:
            told = json.loads((folder / TOLD).read_text(encoding="utf-8"))
            made = _set_of({**told, "id": folder.name})
        except (OSError, ValueError, KeyError, TypeError):
            now = datetime.fromtimestamp(folder.stat().st_mtime).isoformat(timespec="milliseconds")
            made = PictureSet(folder.name, self.mode, now, f"2.25.{uuid.uuid4().int}")
        with self._own.writing() as conn:
            self._add_set(conn, made)
        return True

    def _take_up_pictures(self, folder: Path) -> int:
        known = {each.name for each in self.pictures(folder.name, deleted=True)}
        found = 0
        for path in sorted(folder.iterdir()):
            if path.name.endswith(ENDINGS[CLIP] + HALF):
                cut_to_whole_pictures(path)
                whole = path.with_name(path.name.removesuffix(HALF))
                if path.stat().st_size:
                    os.replace(path, whole)
                    fsync_folder(folder)
                    path = whole
            if path.name.endswith(HALF):
                path.unlink(missing_ok=True)
            elif path.name not in known and path.suffix in ENDINGS.values() and path.stem.isdigit():
                when = datetime.fromtimestamp(path.stat().st_mtime).isoformat(timespec="milliseconds")
                kind = CLIP if path.suffix == ENDINGS[CLIP] else STILL
                self._add_row(
                    TakenPicture(
                        folder.name, int(path.stem), path.name, when, path.stat().st_size, sha256_of(path),
                        f"2.25.{uuid.uuid4().int}", kind,
                    )  # fmt: skip
                )
                found += 1
        return found

    # -- inside --------------------------------------------------------------------------------------------------

    def _add(self, set_id: str, data: bytes, told: Mapping[str, Any]) -> TakenPicture:
        number = self._next(set_id)
        name = f"{number:04d}{ENDINGS[STILL]}"
        self._write(self.folder(set_id) / name, data)
        made = TakenPicture(
            set_id, number, name, self._clock().isoformat(timespec="milliseconds"), len(data),
            hashlib.sha256(data).hexdigest(), f"2.25.{uuid.uuid4().int}",
        )  # fmt: skip
        made = replace(made, **told)
        self._add_row(made)
        return made

    def _next(self, set_id: str) -> int:
        """Above every number that was ever given in this set, as a row or as a file."""
        with self._own.reading() as conn:
            query = sa.select(sa.func.max(taken_pictures.c.number)).where(taken_pictures.c.set == set_id)
            highest = conn.execute(query).scalar() or 0
        while any((self.folder(set_id) / f"{highest + 1:04d}{end}{half}").exists()
                  for end in ENDINGS.values() for half in ("", HALF)):  # fmt: skip
            highest += 1
        return int(highest) + 1

    def _write(self, path: Path, data: bytes) -> None:
        half = path.with_name(path.name + HALF)
        try:
            with open(half, "wb", buffering=0) as file:
                left = memoryview(data)
                while left:
                    left = left[file.write(left) :]
                os.fsync(file.fileno())
            os.replace(half, path)
            fsync_folder(path.parent)
        except OSError as why:
            half.unlink(missing_ok=True)
            raise disk_trouble(why, str(self._root)) from why

    def _tell(self, made: PictureSet) -> None:
        told = _set_data(made)
        self._write(self.folder(made.id) / TOLD, json.dumps(told, ensure_ascii=False).encode())

    def _add_set(self, conn: sa.Connection, made: PictureSet) -> None:
        conn.execute(picture_sets.insert().values(id=made.id, closed_at=made.closed_at, **_set_data(made)))
        notices.tell(conn, NOTICE, local=True, set=made.id)

    def _add_row(self, made: TakenPicture) -> None:
        values = {name: getattr(made, name) for name in taken_pictures.c.keys()}
        values |= {"star": int(made.star), "deleted": int(made.deleted), "facts": dict(made.facts)}
        with self._own.writing() as conn:
            conn.execute(taken_pictures.insert().values(**values))
            notices.tell(conn, NOTICE, local=True, set=made.set)


def _set_data(made: PictureSet) -> dict[str, Any]:
    return {
        "mode": made.mode, "number": made.number, "opened_at": made.opened_at, "state": made.state.value,
        "row": row_data(made.row) if made.row is not None else {}, "series_uid": made.series_uid, "by": made.by,
    }  # fmt: skip


def _set_of(row: Mapping[str, Any]) -> PictureSet:
    return PictureSet(
        row["id"], row["mode"], row["opened_at"], row["series_uid"],
        row_of(dict(row["row"])) if row["row"] else None, SetState(row["state"]), row["number"], row["by"],
        row.get("closed_at", ""),
    )  # fmt: skip


def _picture_of(row: Mapping[str, Any]) -> TakenPicture:
    values = dict(row) | {"star": bool(row["star"]), "deleted": bool(row["deleted"])}
    return TakenPicture(**values)
