"""Finds what a viewer is to show: studies by search, the files of one, the one of last time; who looked is audited."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from kiosk.core.faults import Fault, LinkLost
from kiosk.core.hanging import SLICED
from kiosk.core.study import Instance, Study
from kiosk.core.study_search import StudyQuestion, birth_date_in, name_forms
from kiosk.core.visit import Visit
from kiosk.core.words import N_, Sentence
from kiosk.store import audit, corrections, images, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store
from kiosk.store.volume import Volumes

log = logging.getLogger(__name__)

BESIDE = {"PR", "KO", "SR"}  # what lies beside pictures says nothing of the kind of examination
LIKE_EACH_OTHER = ({"CR", "DX", "RG"}, {"OP", "OPT", "XC"})  # modalities compared with one another


@dataclass(frozen=True)
class ToShow:
    """``study`` names the first of what is shown, ``visit`` where it belongs, ``paths`` the files on this PC."""

    study: Study
    visit: Visit | None
    paths: tuple[Path, ...]
    out_of_reach: tuple[tuple[str, Fault], ...] = ()
    corrected: Sentence | None = None  # said beside pictures that had been taken under a wrong person


def list_studies(centre: Store, text: str, days: int, modality: str, limit: int = 300) -> list[Study]:
    """By part of name, ID, accession or check-up number; of the last ``days`` days (0 = all); newest first."""
    since = f"{date.today() - timedelta(days=days - 1):%Y%m%d}" if days else ""
    return search(centre, StudyQuestion(text, since, modality), limit)


def search(centre: Store, question: StudyQuestion, limit: int = 300) -> list[Study]:
    """Names in each form that images carry, IDs, check-up numbers, and a birth date; newest first."""
    text, since, modality = question.text, question.since, question.modality
    found: list[Study] = []
    with centre.reading() as conn:
        for form in name_forms(text) or ("",):
            found += images.find_studies(conn, form, since=since, modality=modality, limit=limit)
        if text:
            for visit in visits.find_visits(conn, text, limit=20):
                found += images.studies_of_visit(conn, visit.id)
        if born := birth_date_in(text):
            found += images.find_studies(conn, born=born, since=since, modality=modality, limit=limit)
    unique = {
        study.id: study
        for study in found
        if (not since or study.study_date >= since) and (not modality or modality in study.modalities)
    }
    return sorted(unique.values(), key=lambda study: (study.study_date, study.id), reverse=True)


def study_to_show(
    centre: Store, volumes: Volumes, actor: Actor, *, study: int | None = None, visit: int | None = None
) -> ToShow:
    """The files of a study, or of all that a visit has. Raises Fault where there is nothing or nothing in reach."""
    with centre.writing() as conn:
        if study is not None:
            one = images.study_by_id(conn, study)
            found = [one] if one is not None else []
        else:
            found = images.studies_of_visit(conn, visit) if visit is not None else []
        if not found:
            raise Fault(
                N_("There are no pictures of this examination yet."),
                N_("They appear as soon as the device has sent them."),
                reference="V404",
            )
        first = found[0]
        its_visit = visits.visit_by_id(conn, first.visit_id) if first.visit_id is not None else None
        paths, away = paths_of(conn, volumes, found)
        corrected = _corrected(conn, found)
        for one in found:
            who = f"{one.issuer}|{one.patient_id}"
            audit.write(conn, actor, "study opened", patient=who, subject=f"study {one.id}")
    if not paths and away:
        raise away[0][1]
    return ToShow(first, its_visit, paths, away, corrected)


def moved_from(centre: Store, text: str) -> Sentence | None:
    """Where images of the person with this ID or check-up number were moved away by a correction: that they were.
    domain.md 10.2, 5."""
    if not text:
        return None
    with centre.reading() as conn:
        found_visits = visits.find_visits(conn, text, limit=20)
        ids = {text, *(visit.patient.patient_id for visit in found_visits if visit.key.number == text)}
        found = [each for known in ids if known for each in corrections.moved_from(conn, known)]
    if not found:
        return None
    newest = max(found, key=lambda each: each.id)
    told = N_("Images of {id} were moved on {day}: they had been taken under the wrong person.")
    return Sentence(told, {"id": newest.before.patient_id, "day": newest.at[:10]})


def _corrected(conn: Connection, found: Iterable[Study]) -> Sentence | None:
    for one in found:
        if (made := corrections.that_made(conn, one.study_uid)) is not None:
            told = N_("Corrected on {day}: these images had been taken as {id} {name}.")
            return Sentence(
                told, {"day": made.at[:10], "id": made.before.patient_id, "name": made.before.shown_name}
            )  # fmt: skip
    return None


def paths_of(
    conn: Connection, volumes: Volumes, found: Iterable[Study]
) -> tuple[tuple[Path, ...], tuple[tuple[str, Fault], ...]]:
    """The files of these studies on this PC, and what lies on disks that it does not know."""
    studies = list(found)
    stored = _what_is_read_first([each for one in studies for each in images.instances_of_study(conn, one.id)])
    further = {row: places for one in studies for row, places in images.further_places(conn, one.id).items()}
    paths: list[Path] = []
    away: list[tuple[str, Fault]] = []
    for each in stored:
        path = volumes.nearest([(each.volume, each.path), *further.get(each.id, ())])
        if path is None:
            away.append((each.path, _not_mapped(each.volume)))
        else:
            paths.append(path)
    return tuple(paths), tuple(away)


def _what_is_read_first(stored: list[Instance]) -> list[Instance]:
    """The first picture that the viewer can show is the one it begins with: of slices the largest series, not the
    scout before it."""
    size = Counter(each.series_uid for each in stored)
    sliced = all(each.modality in SLICED for each in stored)
    return sorted(stored, key=lambda each: -size[each.series_uid]) if sliced else stored


def last_time(centre: Store, study: Study) -> int | None:
    """The newest study before this one of the same person and kind; None where there is none."""
    if not study.patient_id:
        return None
    kinds = set(study.modalities) - BESIDE
    for alike in LIKE_EACH_OTHER:
        if kinds & alike:
            kinds |= alike
    with centre.reading() as conn:
        for other in images.studies_of_patient(conn, study.patient_id):
            if other.id != study.id and _same_person(other, study) and kinds & set(other.modalities):
                if (other.study_date, other.id) < (study.study_date, study.id):
                    return other.id
    return None


def _same_person(one: Study, other: Study) -> bool:
    """One ID means one person where its issuer is the same; many devices leave the issuer out, then the birth dates
    must agree, since the hospital next door may use the same number for somebody else."""
    if one.patient_id != other.patient_id:
        return False
    if one.birth_date and other.birth_date and one.birth_date != other.birth_date:
        return False
    return one.issuer == other.issuer or (not (one.issuer and other.issuer) and bool(one.birth_date))


def note_files_opened(centre: Store, actor: Actor, patient_id: str, files: int) -> None:
    """Files of a disc or folder were looked at. They are shown even while the shared store is away (a CD must be
    readable then too): the day's log keeps it in that case."""
    try:
        with centre.writing() as conn:
            audit.write(conn, actor, "files opened", patient=f"|{patient_id}", subject=f"{files} files")
    except LinkLost:
        log.warning("%d files opened while the shared store was away", files)


def _not_mapped(volume: str) -> Fault:
    return Fault(
        N_("The pictures lie on disk {volume}, which this PC does not know."),
        N_("Name it in the parameter file under [volumes]."),
        reference="V503",
        volume=volume,
    )
