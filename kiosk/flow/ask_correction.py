"""What a person at the window asks of corrections: who it should be, start it, give it up, take it back, settle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.core import correction as rules
from kiosk.core.correction import Identity, State
from kiosk.core.faults import Overtaken, Refused
from kiosk.core.study import Instance, Study
from kiosk.core.visit import Step, StepState, Visit
from kiosk.core.words import N_
from kiosk.flow.correct import CORRECT
from kiosk.store import audit, corrections, images, jobs, notices, staff, visits
from kiosk.store.audit import Actor
from kiosk.store.corrections import NOTICE, Correction, Tell
from kiosk.store.engine import Connection, Store
from kiosk.store.visit_steps import new_study_uid


@dataclass(frozen=True)
class Wrong:
    """A study with what lies in it. ``open``: a correction of it that is not over."""

    study: Study
    identity: Identity
    images: tuple[Instance, ...]
    open: Correction | None = None


@dataclass(frozen=True)
class Right:
    """Whose it should be, as the list has it; ``step`` of the visit: the examination that the images are of."""

    visit: Visit
    step: Step | None = None

    @property
    def identity(self) -> Identity:
        return Identity.of_patient(self.visit.patient, self.step.accession if self.step is not None else "")


class AskCorrection:
    """Methods work on the calling thread."""

    def __init__(self, centre: Store, actor: Callable[[], Actor], gateway: str, institution: str) -> None:
        """``gateway``: name of the station that may write to the disks."""
        self._centre = centre
        self._actor = actor
        self._gateway = gateway
        self._institution = institution

    # -- looking -----------------------------------------------------------------------------------------------------

    def studies(self, day: date, text: str = "") -> list[Study]:
        """Those of a day, or by ID, name or accession where something is typed."""
        with self._centre.reading() as conn:
            if text:
                return images.find_studies(conn, text)
            wanted = f"{day:%Y%m%d}"
            return images.find_studies(conn, since=wanted, until=wanted, limit=500)

    def wrong(self, study: int) -> Wrong:
        """Raises Overtaken where it is no more."""
        with self._centre.reading() as conn:
            found = images.study_by_id(conn, study)
            if found is None:
                raise Overtaken(N_("These images are no longer there."), N_("Choose from the list again."))
            return Wrong(
                found, Identity.of_study(found), tuple(images.instances_of_study(conn, study)),
                corrections.working_on(conn, found.study_uid),
            )  # fmt: skip

    def right(self, code: str, day: date, study: Study) -> Right:
        """By a scanned code alone: check-up number or ID of somebody on the list of that day. Raises Refused."""
        with self._centre.reading() as conn:
            everybody = [
                each for each in visits.day_visits(conn, day, self._institution) if each.state.value != "cancelled"
            ]
        found = [each for each in everybody if each.key.number == code] or [
            each for each in everybody
            if code in (each.patient.patient_id, *(step.accession for step in each.steps))
        ]  # fmt: skip
        if not found:
            raise Refused(
                "nobody", N_("Nobody with the number {number} is on the list of {day}."),
                N_("Scan again, or check the date."), reference="K307", number=code, day=day.isoformat(),
            )  # fmt: skip
        if len({each.patient.patient_id for each in found}) > 1 or len(found) > 1:
            raise Refused(
                "several", N_("{n} visits of this day have {number}."), N_("Scan the check-up number instead."),
                reference="K308", n=len(found), number=code,
            )  # fmt: skip
        return Right(found[0], _step_for(found[0], study))

    def newest(self, limit: int = 200) -> list[Correction]:
        with self._centre.reading() as conn:
            return corrections.newest(conn, limit)

    def to_do(self) -> list[tuple[Tell, Correction | None]]:
        with self._centre.reading() as conn:
            return [(each, corrections.by_id(conn, each.correction)) for each in corrections.to_do(conn)]

    def people(self) -> list[str]:
        """Who may be the second person: everybody with a PIN but whoever asks."""
        with self._centre.reading() as conn:
            return [each.name for each in staff.people(conn) if each.has_pin and each.name != self._actor().who]

    # -- doing -------------------------------------------------------------------------------------------------------

    def start(
        self, wrong: Wrong, right: Right, reason: str, text: str, second: str, pin: str, *, series: Sequence[str] = ()
    ) -> int:  # fmt: skip
        """Begin the correction: its row. Raises Refused, Overtaken."""
        actor = self._actor()
        chosen = [each for each in wrong.images if not series or each.series_uid in series]
        told = rules.check(wrong.identity, right.identity, reason, actor.who, second, len(chosen), text=text)
        self._second(second, pin)
        step = right.step
        order: dict[str, Any] = {}
        if step is not None:
            order = {"step_id": step.step_id, "requested_procedure_id": step.step_id, "description": step.exam.name}
        with self._centre.writing() as conn:
            self._still(conn, wrong)
            number = corrections.add(
                conn, stop=0, old_study_uid=wrong.study.study_uid, new_study_uid=self._study_uid(conn, wrong, step),
                series=list(series), day=f"{date.today():%Y%m%d}", before=wrong.identity.as_data(),
                after=right.identity.as_data(), order=order, reason=told, text=text, by=actor.who, second=second,
                station=actor.station,
            )  # fmt: skip
            corrections.add_files(conn, number, chosen)
            self._owe(conn, number)
            audit.write(
                conn, actor, "correction asked", patient=f"{wrong.identity.issuer}|{wrong.identity.patient_id}",
                subject=f"correction {number}", to=f"{right.identity.issuer}|{right.identity.patient_id}",
                reason=told, text=text, second=second, study=wrong.study.study_uid, images=len(chosen),
            )  # fmt: skip
            notices.tell(conn, NOTICE, correction=number)
        return number

    def cancel(self, number: int) -> None:
        """Give it up while copies are made. Raises Refused where it is visible already."""
        with self._centre.writing() as conn:
            now = self._now(conn, number)
            if now.state not in (State.PLANNED, State.STAGED):
                raise Refused(
                    "over", N_("It is done already."), N_("It can be taken back (F6)."), reference="K309"
                )  # fmt: skip
            corrections.change(conn, number, stop=1)
            self._owe(conn, number)
            notices.tell(conn, NOTICE, correction=number)

    def undo(self, number: int) -> None:
        """Take it back: the old images as they were, the new ones rejected. Raises Refused."""
        actor = self._actor()
        with self._centre.writing() as conn:
            now = self._now(conn, number)
            if now.kept != "kept":
                raise Refused("removed", N_("The old images were removed for good."), reference="K320")
            if now.state not in (State.SWAPPED, State.TOLD):
                raise Refused("state", N_("It can't be taken back now."), reference="K310")
            newer = corrections.working_on(conn, now.new_study_uid)
            if newer is not None and newer.id != now.id:
                raise Refused("open", N_("Another correction of these images is under way."), reference="K318")
            uids = [each.new_sop_uid for each in corrections.files_of(conn, number) if each.old_sop_uid]
            if len(images.known_instances(conn, uids)) != len(uids):
                raise Refused(
                    "corrected", N_("These images were corrected once more since."),
                    N_("Take that correction back first."), reference="K319",
                )  # fmt: skip
            corrections.go(conn, now, State.UNDOING, undone_by=actor.who)
            self._owe(conn, number)
            audit.write(
                conn, actor, "correction undo asked", patient=f"{now.before.issuer}|{now.before.patient_id}",
                subject=f"correction {number}",
            )  # fmt: skip
            notices.tell(conn, NOTICE, correction=number)

    def remove(self, number: int, second: str, pin: str, days: int) -> None:
        """What it put away goes for good, ``days`` after it was over: two people say so. Raises Refused."""
        actor = self._actor()
        if not second or rules.folded(second) == rules.folded(actor.who):
            raise Refused(
                "second", N_("A second person must confirm it."), N_("Somebody else enters name and PIN."),
                reference="K305",
            )  # fmt: skip
        self._second(second, pin)
        with self._centre.writing() as conn:
            now = self._now(conn, number)
            if now.kept != "kept":
                return
            due = rules.removable_from(now.state, now.changed_at, days)
            if due is None or due > date.today():
                raise Refused("early", N_("It is to be kept longer."), reference="K321")
            corrections.remove(conn, number)
            self._owe(conn, number)
            audit.write(
                conn, actor, "quarantine to be removed", patient=f"{now.before.issuer}|{now.before.patient_id}",
                subject=f"correction {number}", second=second, images=now.images,
            )  # fmt: skip
            notices.tell(conn, NOTICE, correction=number)

    def settle(self, tell: int) -> None:
        """Somebody asked the destination by hand: it is off the list."""
        actor = self._actor()
        with self._centre.writing() as conn:
            found = corrections.tell_by_id(conn, tell)
            if found is None or found.state == "done":
                return
            corrections.change_tell(conn, tell, state="done", by=actor.who)
            audit.write(
                conn, actor, "correction to-do settled", subject=f"correction {found.correction}",
                to=found.destination, images=list(found.sop_uids),
            )  # fmt: skip
            notices.tell(conn, NOTICE, correction=found.correction)

    # -- inside ------------------------------------------------------------------------------------------------------

    def _second(self, name: str, pin: str) -> None:
        with self._centre.writing() as conn:  # a wrong PIN is counted, whatever becomes of the rest
            tried = staff.by_pin(conn, name, pin)
            if tried.person is None:
                audit.write(conn, Actor(name, "", self._actor().station), "login refused")
        if tried.person is None:
            if tried.locked_s:
                raise Refused(
                    "locked", N_("Too many wrong PINs."),
                    N_("Wait {minutes} minutes, or have the person in charge set a new PIN."),
                    minutes=int(tried.locked_s // 60) + 1,
                )  # fmt: skip
            raise Refused("pin", N_("Name and PIN do not fit."), N_("Try again."))

    def _still(self, conn: Connection, wrong: Wrong) -> None:
        study = images.study_by_id(conn, wrong.study.id)
        if study is None or Identity.of_study(study) != wrong.identity:
            raise Overtaken(N_("These images are no longer there."), N_("Choose from the list again."))
        if corrections.working_on(conn, study.study_uid) is not None:
            raise Refused("open", N_("Another correction of these images is under way."), reference="K318")

    def _study_uid(self, conn: Connection, wrong: Wrong, step: Step | None) -> str:
        """That of the right examination where no other images bear it as they are (IHE: the order's own)."""
        if step is not None and step.study_uid != wrong.study.study_uid:
            return step.study_uid
        return new_study_uid()

    def _owe(self, conn: Connection, number: int) -> None:
        jobs.owe(conn, CORRECT, station=self._gateway, subject=str(number), revive=True)

    @staticmethod
    def _now(conn: Connection, number: int) -> Correction:
        now = corrections.by_id(conn, number)
        if now is None:
            raise Overtaken(N_("This correction is no longer there."))
        return now


def _step_for(visit: Visit, study: Study) -> Step | None:
    """The examination of the visit that gives such images: the one that still lacks some before one that has them."""
    fitting = [
        each
        for each in visit.steps
        if each.state is not StepState.CANCELLED
        and any(modality in (each.exam.modality, *each.exam.aliases) for modality in study.modalities)
    ]
    return min(fitting, key=lambda each: (each.images > 0, each.id), default=None)
