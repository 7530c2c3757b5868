"""A person gives an image study that found no visit to the examination it belongs to; nothing in the images changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from kiosk.core.course import arrived_views
from kiosk.core.faults import Overtaken, Refused
from kiosk.core.study import Study
from kiosk.core.visit import Step, StepState, Visit
from kiosk.core.words import N_
from kiosk.store import audit, images, matching, notices, visits
from kiosk.store.audit import Actor
from kiosk.store.clock import day_of
from kiosk.store.engine import Store


@dataclass(frozen=True)
class Candidate:
    """An examination that the study may belong to. ``differs`` names what contradicts: id, birth_date, sex."""

    visit: Visit
    step: Step
    differs: tuple[str, ...]
    same_kind: bool


def candidates(centre: Store, study: Study, day: date | None = None) -> list[Candidate]:
    """The examinations of the study's day (or ``day``), those that fit best first."""
    when = day or day_of(study.study_date) or date.today()
    with centre.reading() as conn:
        found = visits.scheduled(conn, since=when.isoformat(), until=when.isoformat())
    listed = [_candidate(study, visit, step) for visit, step in found]
    return sorted(listed, key=lambda each: (not each.same_kind, len(each.differs), each.step.state is StepState.DONE))


def match(centre: Store, actor: Actor, study: int, step: int, *, reason: str = "") -> None:
    """Give ``study`` to ``step``. Raises Refused where it is gone, Overtaken where somebody matched it meanwhile."""
    with centre.writing() as conn:
        found = images.study_by_id(conn, study)
        if found is None:
            raise Refused("gone", N_("These images are no longer there."), N_("Read the list again."))
        if found.step_id is not None:
            raise Overtaken(N_("Somebody matched these images meanwhile."), N_("Look at the list again."))
        matching.match_by_hand(conn, study, step, arrived_views)
        matched = images.study_by_id(conn, study)
        assert matched is not None
        audit.write(
            conn,
            actor,
            "images matched by hand",
            patient=f"{found.issuer}|{found.patient_id}",
            subject=found.study_uid,
            step=step,
            visit=matched.visit_id,
            reason=reason,
        )
        notices.tell(conn, "images", study=study, visit=matched.visit_id)


def _candidate(study: Study, visit: Visit, step: Step) -> Candidate:
    patient = visit.patient
    differs = []
    if study.patient_id != patient.patient_id:
        differs.append("id")
    born = day_of(study.birth_date)
    if born is not None and patient.birth_date is not None and born != patient.birth_date:
        differs.append("birth_date")
    if study.sex and patient.sex and study.sex != patient.sex:
        differs.append("sex")
    kinds = {step.exam.modality, *step.exam.aliases}
    return Candidate(visit, step, tuple(differs), any(each in kinds for each in study.modalities))
