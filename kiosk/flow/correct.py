"""Puts images that were taken under a wrong identity right: copies, proof, one swap, the old ones put away.

Every step may be cut off at any moment and is taken up again from what the rows and the disk say: the old images are
visible until the one transaction that swaps them, the new ones from it on. Runs where the disks may be written to.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from kiosk.core.correction import State
from kiosk.core.correction_paths import quarantine_path, staged_path
from kiosk.core.course import arrived_views
from kiosk.core.faults import Fault
from kiosk.core.image_kinds import kind_of
from kiosk.core.kept_sentences import sentence_data
from kiosk.core.safe_names import folder_key
from kiosk.core.study import ImageFacts, Instance
from kiosk.core.words import N_, Sentence
from kiosk.dicom.correct import pixels_sha256, rewrite
from kiosk.dicom.dataset import facts_of_file
from kiosk.flow.answers import as_fault
from kiosk.flow.correction_files import clear_staging, leave_message, move, target_of, wanted_images, writable
from kiosk.flow.hand_out import Later
from kiosk.flow.intake import Owed, file_name, modality_key
from kiosk.flow.tell_corrected import Telling
from kiosk.flow.tidy_corrected import tidy
from kiosk.store import audit, corrections, image_index, images, index_out, jobs, notices
from kiosk.store.audit import Actor
from kiosk.store.clock import day_of
from kiosk.store.copy_file import hash_on_disk, make_ready
from kiosk.store.corrections import NOTICE, Correction, File
from kiosk.store.disk_walk import must_stand
from kiosk.store.engine import Connection, Store
from kiosk.store.fitting import fitted
from kiosk.store.image_index import ToIndex
from kiosk.store.volume import Volume, Volumes

log = logging.getLogger(__name__)

CORRECT = "correct"  # kind of its job; the subject is the row
WORK_S = 30.0  # then the job is handed back and taken again, so that its lease never runs out
Kind = Callable[[str], str]


class Correct:
    """Works on one correction at a time."""

    def __init__(
        self,
        centre: Store,
        volumes: Volumes,
        station: str,
        *,
        owed: Sequence[Owed] = (),
        understand: Sequence[str] = (),
        kind: Kind = kind_of,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``owed`` for new images as for those that come in; ``understand``: destinations that heed rejection notes."""
        self._centre = centre
        self._volumes = volumes
        self._station = station
        self._owed = tuple(owed)
        self._telling = Telling(station, understand)
        self._kind = kind
        self._clock = clock

    def work(self, job: jobs.Job) -> None:
        """Raises Later where it is not over, Fault where it can't go on."""
        self.go_on(int(job.subject))

    def go_on(self, number: int) -> None:
        """To its end; raises as ``work``."""
        until = self._clock() + WORK_S
        steps = {
            State.PLANNED: lambda now: self._stage(now, until),
            State.STAGED: self._swap,
            State.SWAPPED: self._put_away,
            State.UNDOING: self._undo,
        }
        while True:
            with self._centre.reading() as conn:
                now = corrections.by_id(conn, number)
            if now is None:
                return
            try:
                if now.state not in steps:
                    tidy(self._centre, self._volumes, now)
                    return
                steps[now.state](now)
            except Later:
                raise
            except Exception as why:
                fault = as_fault(why)
                self._note(now, fault.sentence)
                raise fault from why
            if self._clock() > until:
                raise Later(0.0)

    def _note(self, now: Correction, why: Sentence) -> None:
        text, values = sentence_data(why)
        with self._centre.writing() as conn:
            corrections.change(conn, now.id, error=text, error_values=values)
            notices.tell(conn, NOTICE, correction=now.id)

    # -- copies ----------------------------------------------------------------------------------------------------

    def _stage(self, now: Correction, until: float) -> None:
        if now.stop:
            self._cancel(now)
            return
        with self._centre.writing() as conn:
            corrections.add_files(conn, now.id, wanted_images(conn, now))
            files = corrections.files_of(conn, now.id)
        uids = {now.old_study_uid: now.new_study_uid}
        uids |= {each.old_series_uid: each.new_series_uid for each in files}
        uids |= {each.old_sop_uid: each.new_sop_uid for each in files}
        places = set(now.places)
        done = sum(each.state == "staged" for each in files)
        for each in files:
            if each.state == "staged":
                continue
            if self._clock() > until:
                raise Later(0.0)
            with self._centre.reading() as conn:
                if (again := corrections.by_id(conn, now.id)) is None or again.stop:
                    return  # seen at the next look
            values, left_behind = self._copy(now, each, uids)
            places |= set(left_behind)
            done += 1
            with self._centre.writing() as conn:
                corrections.change_file(conn, each.id, state="staged", **values)
                corrections.change(conn, now.id, done=done, places=sorted(places), error="")
                notices.tell(conn, NOTICE, correction=now.id)
        with self._centre.writing() as conn:
            corrections.go(conn, now, State.STAGED)

    def _copy(self, now: Correction, file: File, uids: dict[str, str]) -> tuple[dict[str, object], tuple[str, ...]]:
        """Make and prove one copy: what is to be kept of it, and the tags that still bear the old name."""
        source, volume = self._source(file)
        must_stand(volume)
        make_ready(volume)
        path = staged_path(now.id, file.position)
        arriving = volume.begin()
        try:
            written = rewrite(
                source, arriving.write, file.new_sop_uid, file.new_series_uid, uids, target_of(now), now.before,
                system=now.station, when=datetime.fromisoformat(now.at),
            )  # fmt: skip
            arriving.make_safe()
            volume.place(arriving, path)
        except BaseException:
            arriving.abandon()
            raise
        staged = volume.file(path)
        facts = facts_of_file(staged)
        same = pixels_sha256(source) == written.pixels == pixels_sha256(staged)
        right = (facts.sop_uid, facts.series_uid, facts.study_uid, facts.patient_id) == (
            file.new_sop_uid, file.new_series_uid, now.new_study_uid, now.after.patient_id,
        )  # fmt: skip
        if not (same and right and hash_on_disk(staged) == arriving.sha256):
            staged.unlink(missing_ok=True)
            raise Fault(
                N_("A copy is not what it should be; nothing was changed."),
                N_("Check the disk, then try again."), reference="K311",
            )  # fmt: skip
        kept: dict[str, object] = {"new_volume": volume.id, "new_path": "", "new_size": arriving.size}
        return kept | {"new_sha256": arriving.sha256, "pixels_sha256": written.pixels}, written.places

    def _source(self, file: File) -> tuple[Path, Volume]:
        """A file that is as it was stored, and the disk for its copy: the same one where it may be written to."""
        with self._centre.reading() as conn:
            places = images.places_of(conn, file.old_sop_uid)
        found: Path | None = None
        for name, path in places:
            volume = self._volumes.get(name)
            try:
                if volume is not None and found is None and hash_on_disk(volume.file(path)) == file.old_sha256:
                    found = volume.file(path)
            except OSError:
                continue
        if found is None:
            raise Fault(
                N_("An image can't be read, or is not as it was stored; nothing was changed."),
                N_("Check the disk, then try again."), reference="K312",
            )  # fmt: skip
        own = self._volumes.get(places[0][0])
        return found, own if own is not None and own.writable else self._volumes.receiving()

    def _cancel(self, now: Correction) -> None:
        with self._centre.writing() as conn:
            if corrections.go(conn, now, State.CANCELLED):
                actor = Actor(now.by, "", now.station)
                audit.write(conn, actor, "correction cancelled", patient=_who(now), subject=f"correction {now.id}")
                notices.tell(conn, NOTICE, correction=now.id)

    # -- the swap --------------------------------------------------------------------------------------------------

    def _swap(self, now: Correction) -> None:
        if now.stop:
            self._cancel(now)
            return
        with self._centre.reading() as conn:
            wanted = wanted_images(conn, now)
            files = corrections.files_of(conn, now.id)
        if {each.sop_uid for each in wanted} - {each.old_sop_uid for each in files}:
            with self._centre.writing() as conn:  # further images came: they go along
                corrections.go(conn, now, State.PLANNED)
            return
        placed = self._place(now, files, {each.sop_uid: each for each in wanted})
        with self._centre.writing() as conn:
            fresh = corrections.by_id(conn, now.id)
            if fresh is None or fresh.stop or fresh.state is not State.STAGED:
                return
            if {each.sop_uid for each in wanted_images(conn, now)} - {each.old_sop_uid for each in files}:
                return  # one came at this very moment: seen at the next look
            self._swap_rows(conn, now, files, placed)

    def _place(self, now: Correction, files: Sequence[File], old: dict[str, Instance]) -> list[ToIndex]:
        """The copies under their final names; nothing names them yet."""
        placed = []
        for each in files:
            volume = writable(self._volumes, each.new_volume)
            staged = volume.file(staged_path(now.id, each.position))
            lies = staged if staged.exists() else volume.file(each.new_path) if each.new_path else staged
            facts = fitted(facts_of_file(lies, _source_of(self._centre, each.old_sop_uid)))
            path = each.new_path
            if not path:
                path = f"{self._folder(volume, facts)}/{file_name(facts)}"
                with self._centre.writing() as conn:
                    corrections.change_file(conn, each.id, new_path=path)
            if staged.exists():
                move(volume, staged, volume.file(path))
            placed.append(ToIndex(facts, volume.id, path, each.new_size, each.new_sha256))
        for each, to_index in zip(files, placed, strict=True):
            if hash_on_disk(writable(self._volumes, each.new_volume).file(to_index.path)) != each.new_sha256:
                raise Fault(N_("A copy is not what it should be; nothing was changed."), reference="K313")
        return placed

    def _folder(self, volume: Volume, facts: ImageFacts) -> str:
        day, top = day_of(facts.study_date), volume.top(self._kind(facts.modality))
        with self._centre.writing() as conn:
            return image_index.study_folder(
                conn, study_uid=facts.study_uid, patient_id=facts.patient_id, id_key=folder_key(facts.patient_id),
                volume=volume.id, day=f"{day or datetime.now():%Y%m%d}", modality=modality_key(facts.modality),
                top=top,
            )  # fmt: skip

    def _swap_rows(self, conn: Connection, now: Correction, files: Sequence[File], placed: Sequence[ToIndex]) -> None:
        sop_uids = [each.old_sop_uid for each in files]
        self._telling.old(conn, now, sop_uids)
        rows = index_out.take_out(conn, now.old_study_uid, sop_uids, arrived_views)
        known = {row["sop_uid"]: row for row in rows["instances"]}
        if set(known) != set(sop_uids):
            raise Fault(N_("The images changed meanwhile; nothing was changed."), reference="K314")
        for each in files:
            row = known[each.old_sop_uid]
            further = [[copy["volume"], copy["path"]] for copy in rows["copies"] if copy["instance"] == row["id"]]
            corrections.change_file(conn, each.id, volume=row["volume"], old_path=row["path"], further=further)
        indexed = image_index.index_images(conn, placed, arrived_views)
        for owed in self._owed:
            subjects = [now.new_study_uid] if owed.per == "study" else [each.facts.sop_uid for each in placed]
            due = time.time() + owed.quiet_s
            jobs.owe_all(
                conn, owed.kind, subjects, station=owed.station, destination=owed.destination, due=due,
                revive=owed.per == "study",
            )  # fmt: skip
        audit.write(
            conn, Actor(now.by, "", now.station), "correction done", patient=_who(now), subject=f"correction {now.id}",
            to=f"{now.after.issuer}|{now.after.patient_id}", reason=now.reason, text=now.text, second=now.second,
            study=[now.old_study_uid, now.new_study_uid], places=list(now.places),
            images=[[each.old_sop_uid, each.old_sha256, each.new_sop_uid, each.new_sha256] for each in files],
        )  # fmt: skip
        corrections.go(conn, now, State.SWAPPED, taken_out=rows)
        notices.tell(conn, "images", study=rows["studies"][0]["id"], visit=rows["studies"][0]["visit"])
        for study, visit in {(each.study, each.visit) for each in indexed}:
            notices.tell(conn, "images", study=study, visit=visit)
        notices.tell(conn, NOTICE, correction=now.id)

    # -- the old ones ----------------------------------------------------------------------------------------------

    def _put_away(self, now: Correction) -> None:
        with self._centre.reading() as conn:
            files = corrections.files_of(conn, now.id)
        for each in files:
            for name, path in ((each.volume, each.old_path), *each.further):
                volume = self._volumes.get(name)
                if volume is None or not volume.writable:
                    log.warning("an old file stays on %s, which this PC may not write to", name)
                    continue
                must_stand(volume)
                move(volume, volume.file(path), volume.file(quarantine_path(now.day, now.id, path)))
            leave_message(writable(self._volumes, each.volume), now, each, len(files))
        with self._centre.writing() as conn:
            corrections.go(conn, now, State.TOLD)
            notices.tell(conn, NOTICE, correction=now.id)
        clear_staging(self._volumes, now, files)

    # -- back ------------------------------------------------------------------------------------------------------

    def _undo(self, now: Correction) -> None:
        with self._centre.reading() as conn:
            every = corrections.files_of(conn, now.id)
            new = images.known_instances(conn, [each.new_sop_uid for each in every if each.old_sop_uid])
        files = [each for each in every if each.old_sop_uid]  # the others were made of them later (names redrawn)
        if len(new) != len(files):
            with self._centre.writing() as conn:
                corrections.go(conn, now, State.SWAPPED)
            return
        lost = []
        for each in files:
            for name, path in ((each.volume, each.old_path), *each.further):
                volume = self._volumes.get(name)
                if volume is None or not volume.writable:
                    continue
                must_stand(volume)
                move(volume, volume.file(quarantine_path(now.day, now.id, path)), volume.file(path))
                if not volume.file(path).exists() or hash_on_disk(volume.file(path)) != each.old_sha256:
                    lost.append((name, path))
        if any((each.volume, each.old_path) in lost for each in files):
            raise Fault(
                N_("An old image is not as it was; the correction stays."), N_("Check the disk, then try again."),
                reference="K315",
            )  # fmt: skip
        with self._centre.writing() as conn:
            sop_uids = [each.new_sop_uid for each in files]
            if len(images.known_instances(conn, sop_uids)) != len(sop_uids):
                raise Fault(N_("The corrected images were changed meanwhile; they stay."), reference="K316")
            redrawn = images.known_instances(conn, [each.new_sop_uid for each in every if not each.old_sop_uid])
            for each in (each for each in every if each.new_sop_uid in redrawn):
                lies = redrawn[each.new_sop_uid]
                values = {"new_volume": lies.volume, "new_path": lies.path, "new_size": lies.size}
                corrections.change_file(conn, each.id, **values, new_sha256=lies.sha256)
            sop_uids += redrawn
            self._telling.new(conn, now, sop_uids)
            gone = index_out.take_out(conn, now.new_study_uid, sop_uids, arrived_views)
            rows = corrections.taken_out(conn, now.id)
            rows["copies"] = [row for row in rows["copies"] if (row["volume"], row["path"]) not in lost]
            study = index_out.put_back(conn, rows, arrived_views)
            audit.write(
                conn, Actor(now.undone_by, "", now.station), "correction undone", patient=_who(now),
                subject=f"correction {now.id}", images=[[each.new_sop_uid, each.old_sop_uid] for each in files],
            )  # fmt: skip
            further = [[row["volume"], row["path"]] for row in gone["copies"]]
            corrections.go(conn, now, State.UNDONE, taken_out={"further": further})
            notices.tell(conn, "images", study=study, visit=rows["studies"][0]["visit"])
            notices.tell(conn, "images", study=gone["studies"][0]["id"], visit=gone["studies"][0]["visit"])
            notices.tell(conn, NOTICE, correction=now.id)


def _source_of(centre: Store, sop_uid: str) -> str:
    with centre.reading() as conn:
        return images.source_of(conn, sop_uid)


def _who(now: Correction) -> str:
    return f"{now.before.issuer}|{now.before.patient_id}"
