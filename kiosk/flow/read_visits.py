"""Examinees of a day as doctors read them: who has pictures, what is missing, where the pictures of a visit lie."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kiosk.core.expected_views import missing_of
from kiosk.core.faults import Fault
from kiosk.core.finding import FindingState
from kiosk.core.slide import KINDS, kind_of
from kiosk.core.visit import Step, StepState, Visit, VisitState
from kiosk.core.words import N_
from kiosk.store import audit, findings, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store
from kiosk.store.visit_pictures import VisitPicture, pictured_visits, pictures_of
from kiosk.store.volume import Volumes

MOST = 2000  # lines that are shown
UNSETTLED = (FindingState.FIRST, FindingState.DIFFERS)
EARLIER = 12  # visits that are looked at for the last pictures of a kind


@dataclass(frozen=True)
class ReadLine:
    """An examinee of the list. ``course`` done, look or empty; ``missing`` names what has not arrived; ``finding``:
    none, draft, first, differs, signed or amended."""

    visit: int
    day: date
    number: str
    at: str
    name: str
    kana: str
    sex: str
    age: int | None
    course: str = ""
    course_name: str = ""
    missing: str = ""
    pictures: int = 0
    finding: str = "none"
    category: str = ""
    by: str = ""
    kinds: tuple[str, ...] = ()

    @property
    def unread(self) -> bool:
        return self.finding in ("none", "draft")


@dataclass(frozen=True)
class VisitFile:
    """A picture of a visit on this PC, and what the store knows of it."""

    path: Path
    day: str
    kind: str
    title: str
    name: str


@dataclass(frozen=True)
class ToRead:
    """What is to be read of a visit, and the same of the last one that has such pictures. ``studies`` for the audit."""

    visit: Visit
    now: tuple[VisitFile, ...]
    before: tuple[VisitFile, ...] = ()
    before_visit: Visit | None = None
    away: tuple[str, ...] = ()  # volumes that this PC does not reach
    studies: tuple[int, ...] = ()


def fundus_lines(centre: Store, since: str, until: str, exam: str, kind: str) -> list[ReadLine]:
    """Examinees of these days (ISO, inclusive) with pictures of that kind, with the state of their finding ``exam``;
    unread ones first, in the order of day, time and number. What one of two readers judged is told to nobody."""
    with centre.reading() as conn:
        found = visits.find_visits(conn, "", since=since, until=until, limit=MOST)
        counted = _pictured(conn, [each.id for each in found], (kind,))
        states = {each.visit: each for each in findings.search(conn, kind=exam, since=since, until=until, limit=50_000)}
    lines = []
    for visit in found:
        state = states.get(visit.id)
        if visit.state is VisitState.CANCELLED or not (visit.id in counted or state is not None):
            continue
        lines.append(
            _line(visit, pictures=counted.get(visit.id, 0), finding=state.state if state else "none",
                  category=state.category if state and state.state not in UNSETTLED else "",
                  by=state.by if state else "")
        )  # fmt: skip
    return sorted(lines, key=lambda each: (not each.unread, each.day, each.at, each.number))


def day_lines(centre: Store, day: date) -> list[ReadLine]:
    """The examinees of a day who are here or have pictures, by time and number: whose course is done, what is missing
    of the others."""
    with centre.reading() as conn:
        found = [each for each in visits.day_visits(conn, day) if each.state is not VisitState.CANCELLED]
        shown = [each for each in found if each.arrived_at or any(step.images for step in each.steps)]
    return [_line(visit, pictures=sum(step.images for step in visit.steps)) for visit in shown]


def pictured_lines(centre: Store, since: str, until: str, kinds: Sequence[str]) -> list[ReadLine]:
    """Examinees of these days with pictures of one of the kinds, newest day first, then by time and number."""
    with centre.reading() as conn:
        found = visits.find_visits(conn, "", since=since, until=until, limit=MOST)
        each_kind = {kind: _pictured(conn, [visit.id for visit in found], (kind,)) for kind in kinds}
    lines = []
    for visit in found:
        has = tuple(kind for kind in kinds if visit.id in each_kind[kind])
        if has:
            lines.append(_line(visit, pictures=sum(each_kind[kind][visit.id] for kind in has), kinds=has))
    return sorted(lines, key=lambda each: (-each.day.toordinal(), each.at, each.number))


def _line(visit: Visit, **more: object) -> ReadLine:
    patient = visit.patient
    return ReadLine(
        visit=visit.id, day=visit.key.day, number=visit.key.number, at=visit.at.strftime("%H:%M") if visit.at else "",
        name=patient.shown_name, kana=patient.kana, sex=patient.sex, age=patient.age_on(visit.key.day),
        course=course_state(visit), course_name=visit.course_name or visit.course_code, missing=missing_text(visit),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


def _picture_steps(visit: Visit) -> list[Step]:
    return [step for step in visit.steps if step.exam.gives_images and step.state is not StepState.CANCELLED]


def course_state(visit: Visit) -> str:
    """``done`` when every examination with pictures has what is expected, ``look`` when one has only part of it."""
    steps = _picture_steps(visit)
    if any(step.state is StepState.STARTED for step in steps):
        return "look"
    return "done" if steps and all(step.state is StepState.DONE for step in steps) else ""


def missing_text(visit: Visit) -> str:
    """The examinations whose pictures have not arrived, by name."""
    return "、".join(told for step in _picture_steps(visit) if (told := missing_of(step)))


def _pictured(conn: Connection, ids: Sequence[int], kinds: Sequence[str]) -> dict[int, int]:
    names = sorted({name for kind in kinds for name in KINDS[kind]})
    return pictured_visits(conn, ids, names, names)


def files_to_read(
    centre: Store, volumes: Volumes, visit: int, kinds: Collection[str] = (), earlier: bool = False
) -> ToRead:
    """The files of a visit, of some kinds or of all, and with ``earlier`` those of the last visit that has such ones.

    Raises Fault where the visit is not known, or where nothing of what it has is in reach.
    """
    with centre.reading() as conn:
        found = visits.visit_by_id(conn, visit)
        if found is None:
            raise Fault(N_("This visit is not known any more."), N_("Look at the list again."), reference="R101")
        now = _wanted(pictures_of(conn, visit), kinds)
        before: list[VisitPicture] = []
        last: Visit | None = None
        if earlier:
            day = found.key.day.isoformat()
            for each in visits.visits_of_patient(conn, found.patient_row, before=day, limit=EARLIER):
                before = _wanted(pictures_of(conn, each.id), kinds)
                if before:
                    last = each
                    break
    away: set[str] = set()
    files = _files(volumes, now, found, away)
    if now and not files:
        raise Fault(
            N_("The pictures lie on disk {volume}, which this PC does not know."),
            N_("Name it in the parameter file under [volumes]."),
            reference="V503",
            volume=", ".join(sorted(away)),
        )
    old = _files(volumes, before, last, away) if last is not None else ()
    studies = tuple(dict.fromkeys(each.study for each in (*now, *before) if each.study))
    return ToRead(found, files, old, last, tuple(sorted(away)), studies)


def _wanted(pictures: Sequence[VisitPicture], kinds: Collection[str]) -> list[VisitPicture]:
    return [each for each in pictures if not kinds or kind_of(each.modality, each.scheduled) in kinds]


def _files(volumes: Volumes, pictures: Sequence[VisitPicture], visit: Visit, away: set[str]) -> tuple[VisitFile, ...]:
    found = []
    for each in pictures:
        path = volumes.nearest(list(each.places))
        if path is None:
            away.add(each.places[0][0])
        else:
            kind = kind_of(each.modality, each.scheduled)
            found.append(VisitFile(path, visit.key.day.isoformat(), kind, each.title, each.name))
    return tuple(found)


def note_read(centre: Store, actor: Actor, to_read: ToRead) -> None:
    """Who looked at whose pictures; it is written before they are shown."""
    patient = to_read.visit.patient
    who = f"{patient.issuer}|{patient.patient_id}"
    with centre.writing() as conn:
        for study in to_read.studies:
            audit.write(conn, actor, "study opened", patient=who, subject=f"study {study}")
        if not to_read.studies:
            audit.write(conn, actor, "files opened", patient=who, subject=f"visit {to_read.visit.id}")
