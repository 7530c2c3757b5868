"""Equalise a disk: read every header, bring the disk's index and the centre's into line, and tell the differences.

Two rounds, each of which goes on where it was broken off. Headers first, at the speed of the disk: the disk's own
index is right then. Contents after that: what was never read whole is read whole, and what is equal to its SHA-256
from then on enters the centre's index, a few images at a time, so that receiving goes on beside it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from kiosk.core.course import arrived_views
from kiosk.core.equalising import Conditions, Difference, Kind, Place, place_of
from kiosk.core.faults import Fault, LinkLost, NotWritable, Refused
from kiosk.core.image_kinds import kind_of
from kiosk.core.study import ImageFacts
from kiosk.core.words import N_
from kiosk.dicom.fast_header import HeaderReader
from kiosk.flow.answers import as_fault
from kiosk.flow.difference_report import DifferenceReport
from kiosk.store import audit, found_images, notices, walks
from kiosk.store.audit import Actor
from kiosk.store.clock import now_text
from kiosk.store.disk_walk import Folder, folders_below, must_stand
from kiosk.store.engine import Connection, Store
from kiosk.store.volume import Volume, Volumes, sha256_of
from kiosk.store.volume_index import FoundFile, VolumeIndex
from kiosk.store.volumes_seen import note_indexed
from kiosk.store.walks import Walk

log = logging.getLogger(__name__)

HEADERS_AT_ONCE = 2000
CONTENTS_AT_ONCE = 25  # rows of one transaction of the centre: a moment, even where a study has a visit
YOUNG_S = 60.0  # what came a moment ago is just being indexed by the door that took it
REST = 0.15  # of the time worked: others use the disk and the database too
LOOK_EVERY_S = 2.0
WAIT_FOR_DISK_S = 15.0
LONGEST_PATH = 400  # of the index
CONTENTS = ">"  # the position of a walk whose headers are read; before that "/" and the last folder that is done


class Equaliser:
    """Works off the walks that were asked for, one at a time. Its worker belongs to the process that owns the disks."""

    def __init__(
        self,
        centre: Store,
        local: Store,
        volumes: Volumes,
        actor: Actor,
        reports: Path,
        *,
        kind: Callable[[str], str] = kind_of,
        young_s: float = YOUNG_S,
        rest: float = REST,
    ) -> None:
        """``reports``: the folder of the difference lists (CSV)."""
        self._centre, self._local = centre, local
        self._volumes = {each.id: each for each in volumes}
        self._actor = actor
        self._reports = reports
        self._kind = kind
        self._young_s, self._rest = young_s, rest

    def work(self, stop: threading.Event) -> None:
        """The worker: until ``stop``."""
        try:
            while not stop.is_set():
                wait_s = LOOK_EVERY_S
                try:
                    with self._local.reading() as conn:
                        walk = walks.next_open(conn)
                    if walk is not None and self.go_on(walk, stop).state == "waiting":
                        wait_s = WAIT_FOR_DISK_S
                except Exception as why:  # this PC's own store is in trouble: what was asked for waits in it
                    log.warning("equalising waits: %s", as_fault(why))
                stop.wait(wait_s)
        finally:
            self._local.leave()
            self._centre.leave()

    def go_on(self, walk: Walk, stop: threading.Event) -> Walk:
        """Go on with a walk until it is done, stopped, or something is away; returns it as it stands then."""
        going = _Going(self, walk, stop)
        try:
            going.run()
        except _Ended:
            pass
        except Fault as why:
            going.trouble(why)
        except Exception as why:
            going.trouble(as_fault(why))
        return going.walk


class _Ended(Exception):
    """The walk was stopped, or the program ends."""


class _Going:
    """One walk under way."""

    def __init__(self, equaliser: Equaliser, walk: Walk, stop: threading.Event) -> None:
        self._of = equaliser
        self.walk = walk
        self._stop = stop
        self._conditions: Conditions = walk.conditions
        self._report = DifferenceReport(equaliser._reports, walk.id)
        self._counts = dict(walk.counts)
        self._shown = list(walk.shown)
        self._began = time.monotonic()
        self._pending: list[FoundFile] = []
        self._pending_since = self._began
        self._files = walk.files
        self._scratch: TemporaryDirectory[str] | None = None
        self._known_gone: set[str] = set()

    def run(self) -> None:
        volume = self._of._volumes.get(self._conditions.volume)
        if volume is None:
            raise Fault(
                N_("The disk {volume} is not among the volumes of this PC."),
                N_("Enter it in the parameter file under [volumes]."),
                reference="D413",
                volume=self._conditions.volume,
            )
        must_stand(volume)
        index = self._open(volume)
        try:
            if self.walk.position != CONTENTS:
                self._headers(volume, index)
                self._forgotten(volume, index)
                self._note("contents", position=CONTENTS)
            if not self._conditions.report_only:
                self._contents(volume, index)
                index.tidy()
        finally:
            index.close()
            if self._scratch is not None:
                self._scratch.cleanup()
        self._finish(volume)

    def trouble(self, why: Fault) -> None:
        """What is away is waited for; anything else ends the walk with its reason."""
        away = isinstance(why, LinkLost) and not isinstance(why, NotWritable)
        log.warning("equalising %s: %s", self._conditions.volume, why)
        values = {key: str(value) for key, value in why.sentence.values.items()}
        self._keep("waiting" if away else "failed", why=why.sentence.text, why_values=values)

    # -- headers ------------------------------------------------------------------------------------------------
    def _open(self, volume: Volume) -> VolumeIndex:
        report_only = self._conditions.report_only
        try:
            return VolumeIndex(volume.root, volume.id, writable=not report_only)
        except Fault as why:
            if why.reference not in ("D411", "D412") or not (report_only or self._conditions.anew):
                raise
        if not report_only:
            return VolumeIndex(volume.root, volume.id, writable=True, anew=True)
        self._scratch = TemporaryDirectory()  # a disk without index that is only looked at: all of it is new
        return VolumeIndex(Path(self._scratch.name), volume.id, writable=True)

    def _headers(self, volume: Volume, index: VolumeIndex) -> None:
        reader = HeaderReader(volume.id)
        after = self.walk.position.removeprefix("/") if self.walk.position else None
        self._note("headers", position=self.walk.position)
        below = (folders_below(volume.root, top, after) for top in self._conditions.tops())
        for folder in chain.from_iterable(below):
            if not self._conditions.wants_folder(folder.path):
                continue
            if folder.error:
                must_stand(volume)
                why = N_("The folder can't be read ({reason}).")
                self._tell(Difference(Kind.UNREADABLE, folder.path, why, {"reason": folder.error}))
                continue
            self._folder(volume, index, reader, folder)
            if time.monotonic() - self._pending_since > 1.0:
                self._put(index, "/" + folder.path)
        self._put(index, self.walk.position)

    def _folder(self, volume: Volume, index: VolumeIndex, reader: HeaderReader, folder: Folder) -> None:
        known = index.folder(folder.path)
        too_young = time.time() - self._of._young_s
        for name, entry in folder.files.items():
            path = f"{folder.path}/{name}" if folder.path else name
            before = known.pop(name, None)
            if before is not None and not self._conditions.anew:
                stat = entry.stat()
                if (before.size, before.mtime_ns) == (stat.st_size, stat.st_mtime_ns):
                    self._files += 1
                    continue
            try:
                path.encode()
                facts, stat = reader.facts(entry.path)
            except (Refused, OSError, UnicodeEncodeError) as why:
                self._unreadable(volume, path, why)
                continue
            if stat.st_mtime > too_young or not self._wanted(facts):
                continue
            if len(path) > LONGEST_PATH:
                self._tell(Difference(Kind.UNREADABLE, path[:LONGEST_PATH], N_("Its path is too long.")))
                continue
            self._files += 1
            sha256 = ""
            if before is None:
                self._tell(Difference(Kind.NEW, path))
            elif (before.size, before.mtime_ns, before.sop_uid) != (stat.st_size, stat.st_mtime_ns, facts.sop_uid):
                self._tell(Difference(Kind.CHANGED, path))
            else:
                sha256 = before.sha256
            self._pending.append(FoundFile(facts, path, stat.st_size, stat.st_mtime_ns, sha256))
            if len(self._pending) >= HEADERS_AT_ONCE:
                self._put(index, self.walk.position)
        self._gone(index, [f"{folder.path}/{name}" if folder.path else name for name in known])

    def _wanted(self, facts: ImageFacts) -> bool:
        return self._conditions.wants(facts.study_date, self._of._kind(facts.modality))

    def _unreadable(self, volume: Volume, path: str, why: Exception) -> None:
        if isinstance(why, Refused):
            if why.reason == "not_dicom":
                self._counts["others"] = self._counts.get("others", 0) + 1
            else:
                self._tell(Difference(Kind.UNREADABLE, path, why.sentence.text, dict(why.sentence.values)))
        elif isinstance(why, UnicodeEncodeError):
            self._tell(Difference(Kind.UNREADABLE, ascii(path), N_("Its name can't be written in Unicode.")))
        elif not isinstance(why, FileNotFoundError):
            must_stand(volume)
            reason = getattr(why, "strerror", None) or type(why).__name__
            self._tell(Difference(Kind.UNREADABLE, path, N_("It can't be read ({reason})."), {"reason": reason}))

    def _put(self, index: VolumeIndex, position: str) -> None:
        if self._pending and not self._conditions.report_only:
            index.add(self._pending)
        self._pending = []
        self._pending_since = time.monotonic()
        self._note("headers", position=position)

    # -- what is gone -------------------------------------------------------------------------------------------
    def _forgotten(self, volume: Volume, index: VolumeIndex) -> None:
        """What the indexes know in folders that are no more, or that the disk's index never held."""
        for path in chain.from_iterable(index.folders(top) for top in self._conditions.tops()):
            if self._conditions.wants_folder(path) and not (volume.root / path).is_dir():
                self._gone(index, [f"{path}/{name}" if path else name for name in index.folder(path)])
        last = 0
        while True:
            with self._of._centre.reading() as conn:
                rows = found_images.places_on(conn, volume.id, last, 500)
            if not rows:
                return
            last = rows[-1][0]
            inside = [(path, sop_uid) for _, path, sop_uid in rows if self._conditions.holds(path)]
            missing = [(path, sop_uid) for path, sop_uid in inside if not volume.file(path).exists()]
            must_stand(volume)
            for path, sop_uid in missing:
                if self._conditions.every_image and path not in self._known_gone and index.at(path) is None:
                    self._take_out(path, sop_uid)
            self._note("headers", position=self.walk.position)

    def _gone(self, index: VolumeIndex, paths: list[str]) -> None:
        for path in paths:
            file = index.at(path)
            if file is None:
                continue
            if not self._wanted(file.facts):
                continue
            self._take_out(path, file.facts.sop_uid)
            if not self._conditions.report_only:
                index.drop([path])

    def _take_out(self, path: str, sop_uid: str) -> None:
        self._known_gone.add(path)
        if self._conditions.report_only:
            self._tell(Difference(Kind.GONE, path))
            return
        with self._of._centre.writing() as conn:
            elsewhere = found_images.take_out(conn, self._conditions.volume, sop_uid, path)
        only = "" if elsewhere else N_("The index knows no other copy of it.")
        self._tell(Difference(Kind.GONE, path, only))

    # -- contents -----------------------------------------------------------------------------------------------
    def _contents(self, volume: Volume, index: VolumeIndex) -> None:
        while files := index.unproven(CONTENTS_AT_ONCE):
            self._enter(volume, index, files)
        if self._conditions.whole_centre:
            for files in index.every_file(CONTENTS_AT_ONCE):
                self._enter(volume, index, files)

    def _enter(self, volume: Volume, index: VolumeIndex, files: list[FoundFile]) -> None:
        proven, hashes = [], []
        for file in files:
            if self._stop.is_set():
                raise _Ended
            try:
                sha256 = self._hash(volume.file(file.path), file)
            except OSError as why:
                self._unreadable(volume, file.path, why)
                index.drop([file.path])  # it would be tried for ever; the next walk finds it again
                continue
            hashes.append((file.path, sha256))
            proven.append(replace(file, sha256=sha256))
        must_stand(volume)
        with self._of._centre.writing() as conn:
            told = self._write(conn, volume, proven)
        index.prove(hashes)
        for difference in told:
            self._tell(difference)
        self._note("contents", position=CONTENTS)

    @staticmethod
    def _hash(path: Path, file: FoundFile) -> str:
        as_it_was = file.sha256 and path.stat().st_size == file.size
        return file.sha256 if as_it_was else sha256_of(path)

    def _write(self, conn: Connection, volume: Volume, files: list[FoundFile]) -> list[Difference]:
        told = []
        stirred: dict[int, int | None] = {}
        for file in files:
            sop_uid = file.facts.sop_uid
            known = found_images.known_places(conn, [sop_uid]).get(sop_uid)  # one by one: two may bear one UID
            here = known.path_on(volume.id) if known else ""
            place = place_of(volume.id, file.path, file.sha256, known, bool(here) and volume.file(here).exists())
            indexed = found_images.enter(conn, volume.id, file, place, known, arrived_views)
            if indexed is not None:
                stirred[indexed.study] = indexed.visit
            if place in (Place.TWICE, Place.OTHER_CONTENT, Place.CHANGED):
                told.append(Difference(Kind(place.value), file.path, _WHY[place]))
        for study, visit in stirred.items():
            notices.tell(conn, "images", study=study, visit=visit)
        if any(each.kind is Kind.OTHER_CONTENT for each in told):
            notices.tell(conn, "asides")
        return told

    # -- telling ------------------------------------------------------------------------------------------------
    def _finish(self, volume: Volume) -> None:
        with self._of._centre.writing() as conn:
            if not self._conditions.report_only:
                note_indexed(conn, volume.id, now_text())
            audit.write(
                conn,
                self._of._actor,
                "disk equalised",
                subject=volume.id,
                conditions=self._conditions.as_data(),
                files=self._files,
                differences=self._counts,
            )
        self._keep("done")

    def _tell(self, difference: Difference) -> None:
        self._counts[difference.kind] = self._counts.get(difference.kind, 0) + 1
        self._report.add(difference, self._shown)

    def _note(self, state: str, position: str) -> None:
        """Write down how far it is, rest a moment; raises _Ended where it shall end."""
        self.walk = replace(self.walk, position=position)
        if self._keep(state) and not self._stop.wait((time.monotonic() - self._began) * self._of._rest):
            self._began = time.monotonic()
            return
        raise _Ended

    def _keep(self, state: str, why: str = "", why_values: dict[str, str] | None = None) -> bool:
        self._report.flush()
        self.walk = replace(
            self.walk, state=state, files=self._files, counts=dict(self._counts), shown=list(self._shown), why=why,
            why_values=why_values or {},
        )  # fmt: skip
        with self._of._local.writing() as conn:
            kept = walks.keep(conn, self.walk)
            notices.tell(conn, "keep", local=True)
        if not kept:
            self.walk = replace(self.walk, state="stopped")
        return kept


_WHY = {
    Place.TWICE: N_("The same image lies at another place of this disk too."),
    Place.OTHER_CONTENT: N_("Another image bears the same identifier; both are kept."),
    Place.CHANGED: N_("It is not what was stored there; the index stays as it was."),
}
