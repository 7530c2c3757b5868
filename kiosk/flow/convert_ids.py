"""Images of examinees under the hospital's ID: believed by four fields, written as copies into the watched folder.

The centre's own images stay as they are. A copy's UIDs follow from the old ones, so that what is converted twice is
the same image to the hospital; the gateway's watched folder sends it (S20).
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from kiosk.core import id_map as rules
from kiosk.core import reequalize
from kiosk.core.correction import Identity
from kiosk.core.faults import Fault
from kiosk.core.id_map import Verdict
from kiosk.core.patient import Patient
from kiosk.core.safe_names import folder_key
from kiosk.core.study import Instance, Study
from kiosk.core.words import N_
from kiosk.dicom.correct import Target, pixels_sha256, rewrite
from kiosk.dicom.dataset import facts_of_file
from kiosk.store import audit, id_map, images, seen_rows, visits
from kiosk.store.audit import Actor
from kiosk.store.copy_file import hash_on_disk
from kiosk.store.engine import Store
from kiosk.store.volume import fsync_folder, make_folders

Told = Callable[[float], None]


@dataclass(frozen=True)
class Line:
    """One line of the map as the dry run shows it. ``done``: studies that were converted as they are now."""

    verdict: Verdict
    name: str = ""
    studies: tuple[Study, ...] = ()
    done: int = 0

    @property
    def images(self) -> int:
        return sum(each.instances for each in self.studies)


@dataclass(frozen=True)
class Between:
    """Whose IDs: ``issuer`` the centre's as in the images and the list, ``other`` the hospital's."""

    issuer: str
    other: str


class ConvertIds:
    """Methods work on the calling thread; the desk calls them on one of its own."""

    def __init__(
        self,
        centre: Store,
        path_of: Callable[[str, str], Path | None],
        folder: Path,
        between: Between,
        actor: Callable[[], Actor],
    ) -> None:
        """``folder`` is watched by the gateway; ``path_of(volume, path)`` where an image lies for this PC."""
        self._centre = centre
        self._path_of = path_of
        self._folder = folder
        self._between = between
        self._actor = actor
        self._source = f"converted {between.other}"

    def dry_run(self, table: bytes, listed: str = "") -> list[Line]:
        """What would be converted, and what is not believed. ``listed``: folders, one a line (S05); empty: every
        study of the examinee. Raises Fault where the table lacks a heading.
        """
        try:
            pairs = rules.read_map(table)
        except ValueError as why:
            raise Fault(
                N_("The map of IDs lacks these headings: {names}."), N_("Correct the file and read it again."),
                reference="K341", names=str(why),
            ) from why  # fmt: skip
        between = self._between
        with self._centre.reading() as conn:
            known: dict[str, Patient] = {}
            for each in pairs:
                found = visits.patient_of(conn, between.issuer, each.patient_id)
                if found is not None:
                    known[each.patient_id] = found
            before = id_map.others(conn, between.issuer, between.other)
            wanted = self._listed(conn, listed)
            lines = []
            for verdict in rules.judge_all(pairs, known, before):
                patient = known.get(verdict.pair.patient_id)
                studies = images.studies_of_patient(conn, verdict.pair.patient_id) if verdict.fits else []
                chosen = [each for each in studies if wanted is None or each.study_uid in wanted]
                if verdict.fits and patient is not None and any(not _same(each, patient) for each in chosen):
                    verdict, chosen = replace(verdict, why=N_("The images say another birth date or sex.")), []
                marks = seen_rows.known(conn, self._source, [each.study_uid for each in chosen])
                done = sum(marks.get(each.study_uid) == _mark(verdict.pair.other_id, each) for each in chosen)
                lines.append(Line(verdict, patient.shown_name if patient else "", tuple(chosen), done))
        return lines

    def convert(self, lines: Sequence[Line], told: Told = lambda part: None) -> int:
        """Keep the believed pairs and write the copies that are not written yet: how many images.

        Raises what ``told`` raises, Fault where an image can't be read or the folder can't be written to; what was
        written until then stays, and the next call goes on.
        """
        believed = [each for each in lines if each.verdict.fits]
        actor, between = self._actor(), self._between
        pairs = [(each.verdict.pair.patient_id, each.verdict.pair.other_id) for each in believed]
        with self._centre.writing() as conn:
            fresh = id_map.keep(conn, between.issuer, between.other, pairs, actor.who)
            if fresh:
                audit.write(conn, actor, "IDs mapped", subject=between.other, pairs=pairs, new=fresh)
        total, count = sum(each.images for each in believed), 0
        for line in believed:
            for study in line.studies:
                count += self._study(line, study, lambda done: told(min(0.99, (count + done) / max(1, total))))  # noqa: B023
        told(1.0)
        return count

    def _study(self, line: Line, study: Study, told: Callable[[int], None]) -> int:
        other_id = line.verdict.pair.other_id
        with self._centre.reading() as conn:
            if seen_rows.known(conn, self._source, [study.study_uid]).get(study.study_uid) == _mark(other_id, study):
                return 0
            found = images.instances_of_study(conn, study.id)
        uids = {uid: self._uid(uid) for each in found for uid in (each.sop_uid, each.series_uid)}
        uids[study.study_uid] = self._uid(study.study_uid)
        identity = replace(Identity.of_study(study), patient_id=other_id, issuer=self._between.other)
        target = Target(identity, uids[study.study_uid], same_person=True)
        for done, each in enumerate(found):
            told(done)
            self._image(each, study, uids, target)
        with self._centre.writing() as conn:
            seen_rows.keep(conn, self._source, [(study.study_uid, _mark(other_id, study))])
            audit.write(
                conn, self._actor(), "IDs converted", patient=f"{study.issuer}|{study.patient_id}",
                subject=study.study_uid, to=f"{self._between.other}|{other_id}", images=len(found),
                study=uids[study.study_uid],
            )  # fmt: skip
        return len(found)

    def _image(self, image: Instance, study: Study, uids: dict[str, str], target: Target) -> None:
        source = self._path_of(image.volume, image.path)
        if source is None or not source.is_file() or hash_on_disk(source) != image.sha256:
            raise Fault(
                N_("An image can't be read, or is not as it was stored; nothing was changed."),
                N_("Check the disk, then try again."), reference="K342",
            )  # fmt: skip
        new = uids[image.sop_uid]
        folder = self._folder / folder_key(target.identity.patient_id)
        part, final = folder / f".{new}.part", folder / f"{new}.dcm"  # what begins with a dot is not sent
        try:
            make_folders(folder)
            with open(part, "wb") as file:
                written = rewrite(
                    source, file.write, new, uids[image.series_uid], uids, target, Identity.of_study(study),
                    system=self._actor().station, when=datetime.now(),
                )  # fmt: skip
                file.flush()
                os.fsync(file.fileno())
            facts = facts_of_file(part)
            if written.pixels != pixels_sha256(part) or facts.patient_id != target.identity.patient_id:
                raise Fault(N_("A copy is not what it should be; nothing was changed."), reference="K343")
            os.replace(part, final)
            fsync_folder(folder)
        except OSError as why:
            raise Fault(
                N_("The folder {folder} can't be written to ({reason})."), N_("Check its name and the network."),
                reference="K344", folder=str(self._folder), reason=why.strerror or type(why).__name__,
            ) from why  # fmt: skip

    def _uid(self, uid: str) -> str:
        digest = hashlib.sha256(f"{self._between.other}\0{uid}".encode()).digest()
        return f"2.25.{int.from_bytes(digest[:16], 'big')}"

    @staticmethod
    def _listed(conn: object, text: str) -> set[str] | None:
        if not text.strip():
            return None
        entries, _ = reequalize.make_list(text, "", "", "*")
        places = {place for entry in entries for place in reequalize.places(entry)}
        found: set[str] = set()
        for place in places:
            found |= id_map.studies_in_folder(conn, place)  # type: ignore[arg-type]
        return found


def _same(study: Study, patient: Patient) -> bool:
    """Nothing in the images contradicts the person."""
    born = f"{patient.birth_date:%Y%m%d}" if patient.birth_date else ""
    return study.birth_date in ("", born) and study.sex in ("", patient.sex)


def _mark(other_id: str, study: Study) -> str:
    """What was converted: one that grew is converted again."""
    return hashlib.sha256(f"{other_id}\0{study.instances}".encode()).hexdigest()
