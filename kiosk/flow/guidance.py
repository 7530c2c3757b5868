"""Health guidance of an examinee: a case for each fiscal year, its sessions and points, what is due, and its sheet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.core.faults import Fault, Refused
from kiosk.core.finding import KeyImage
from kiosk.core.guidance import CaseBody, GuidanceBook, case_body, due_day, merged, points_of, read_guidance
from kiosk.core.guidance_figures import Figure, figures, with_figure
from kiosk.core.guidance_level import Level, checkup_from, fiscal_year, stratify
from kiosk.core.settings import StationSettings
from kiosk.core.visit import Visit
from kiosk.core.words import N_
from kiosk.flow.kept_paper import KeptPaper
from kiosk.flow.session import Session
from kiosk.store import audit, findings, guidance, masters, notices, visits
from kiosk.store.engine import Store
from kiosk.store.guidance import Case, CaseVersion, Figures
from kiosk.store.open_by import Holder

NOTICE = "guidance"  # kind of the notice; ids: case, visit
MAY_CHANGE = ("admin", "doctor")
GUIDED = (Level.INTENSIVE, Level.MOTIVATIONAL)


@dataclass(frozen=True)
class Draft:
    """What was typed on this PC and not saved."""

    body: CaseBody
    based_on: int
    at: str
    by: str


@dataclass(frozen=True)
class OpenedCase:
    """All that the screen needs. ``holder``: somebody else has it open, so it can only be read."""

    case: Case
    visit: Visit
    book: GuidanceBook
    tray: tuple[KeyImage, ...]
    draft: Draft | None
    holder: Holder | None
    who: str  # who is logged in, for the next session

    @property
    def id(self) -> int:
        return self.case.id

    @property
    def based_on(self) -> int:
        """What the next save builds upon."""
        return self.newest.number

    @property
    def newest(self) -> CaseVersion:
        return self.case.newest


class KeepGuidance:
    """The journey. Every method works on the calling thread and may block; desks call them on theirs."""

    def __init__(self, centre: Store, own_store: Store, session: Session, station: StationSettings) -> None:
        self._centre = centre
        self._session = session
        self._station = station
        self.kept = KeptPaper("guidance", centre, own_store, session, station)

    def begin(self, visit: int) -> int:
        """The case of this examinee in the visit's fiscal year: the one that is there, else a new one; its number."""
        with self._centre.writing() as conn:
            found = _visit(conn, visit)
            year = fiscal_year(found.key.day)
            known = guidance.case_of(conn, found.patient_row, year, begins=True)
            if known is not None:
                return known
            book = self._book(conn)
            patient, day = found.patient, found.key.day
            checkup = checkup_from(guidance.extra_of(conn, visit), patient.sex, patient.birth_date, day)
            level = stratify(book.limits, checkup).level
            body = CaseBody(
                checkup_day=day.isoformat(), checkup=checkup, level=level if level in GUIDED else "",
                ticket=guidance.extra_of(conn, visit).get("ticket", ""),
            )  # fmt: skip
            case = guidance.begin_case(
                conn, patient=found.patient_row, visit=visit, year=year, body=body, figures=_figures(book, body),
                by=self._session.actor().who,
            )  # fmt: skip
            self._tell(conn, "guidance begun", found, case)
        return case.id

    def open(self, number: int) -> OpenedCase:
        """Everything about one case, held for this person where nobody else holds it. Raises Fault."""
        actor = self._session.actor()
        with self._centre.writing() as conn:
            case = _case(conn, number)
            found = _visit(conn, case.visit_id)
            holder = self.kept._held(conn, number)
            audit.write(conn, actor, "guidance opened", patient=_known_as(found), subject=f"case {number}")
        with self._centre.reading() as conn:
            book = self._book(conn)
            tray = tuple(findings.tray(conn, found.id))
        return OpenedCase(case, found, book, tray, self._draft(case), holder, self._session.name)

    def _draft(self, case: Case) -> Draft | None:
        """What was typed here; where somebody else saved meanwhile, with what they wrote."""
        typed = self.kept.typed(case.id)
        if typed is None:
            return None
        body = case_body(typed.body)
        base = next((each.body for each in case.versions if each.number == typed.based_on), None)
        if base is not None and typed.based_on != case.newest.number:
            body = merged(base, body, case.newest.body)
        return Draft(body, typed.based_on, typed.at, typed.by)

    def keep_draft(self, number: int, body: CaseBody, based_on: int, order: int) -> None:
        """Keep what is being typed on this PC."""
        self.kept.keep_typed(number, body.as_data(), based_on, order)

    def save(self, number: int, body: CaseBody, based_on: int, order: int) -> Case:
        """Save it where every station sees it; earlier versions stay. Raises Overtaken."""
        self.keep_draft(number, body, based_on, order)
        with self._centre.writing() as conn:
            case = guidance.write_case(
                conn, case=number, body=body, figures=_figures(self._book(conn), body), by=self._session.actor().who,
                based_on=based_on,
            )  # fmt: skip
            self._tell(conn, "guidance saved", _visit(conn, case.visit_id), case)
        self.kept.drop_typed(number, order)
        return case

    def page(self, number: int, version: int = 0) -> tuple[bytes, Case, CaseVersion]:
        """The examinee's sheet of a version (0: the newest) as PDF bytes."""
        from kiosk.paper.finding_report import Picture
        from kiosk.paper.guidance_sheet import GuidancePage, guidance_sheet

        with self._centre.reading() as conn:
            case = _case(conn, number)
            found = _visit(conn, case.visit_id)
            chosen = next((each for each in case.versions if each.number == version), case.newest)
            captions = {image.id: image.comment for image in findings.tray(conn, found.id)}
            pictures = [
                Picture(findings.key_image_bytes(conn, image, found.id), captions.get(image, ""))
                for image in chosen.body.key_images
            ]
            page = GuidancePage(
                self._station.institution_name, found.patient, case.year, self._book(conn), chosen.body,
                date.fromisoformat(chosen.at[:10]), pictures, self._station.place or self._station.name,
            )  # fmt: skip
        return guidance_sheet(page)[0], case, chosen

    def printed(self, number: int, version: int) -> None:
        """Write down that the sheet went to the printer."""
        with self._centre.writing() as conn:
            found = _visit(conn, _case(conn, number).visit_id)
            subject = f"case {number} version {version}"
            audit.write(conn, self._session.actor(), "guidance printed", patient=_known_as(found), subject=subject)

    def figures(self) -> list[Figure]:
        """The figures of the master, as they are in force."""
        with self._centre.reading() as conn:
            return figures(masters.master(conn, "guidance"))

    def set_figure(self, key: str, text: str) -> list[Figure]:
        """Change one of them for every station; all of them. Raises Refused (no number, somebody else's task)."""
        if self._session.role not in MAY_CHANGE:
            raise Refused(
                "role", N_("Only a doctor or the person in charge can change this."), N_("Log in as one of them."),
            )  # fmt: skip
        with self._centre.writing() as conn:
            before = masters.master(conn, "guidance")
            changed = with_figure(before, key, text)
            masters.write_master(conn, "guidance", changed)
            was, now = ({each.key: each.value for each in figures(data)}[key] for data in (before, changed))
            audit.write(conn, self._session.actor(), "guidance figure changed", subject=key, before=was, after=now)
        return figures(changed)

    @staticmethod
    def _book(conn: Any) -> GuidanceBook:
        return read_guidance(masters.master(conn, "guidance"))

    def _tell(self, conn: Any, action: str, visit: Visit, case: Case) -> None:
        subject = f"case {case.id} version {case.newest.number}"
        audit.write(conn, self._session.actor(), action, patient=_known_as(visit), subject=subject)
        notices.tell(conn, NOTICE, case=case.id, visit=visit.id)


def _figures(book: GuidanceBook, body: CaseBody) -> Figures:
    return Figures(due_day(book, body), points_of(book, body).total)


def _case(conn: Any, number: int) -> Case:
    found = guidance.case_by_id(conn, number)
    if found is None:
        raise Fault(N_("This case of guidance is not there."), N_("Look at the list again."), reference="R112")
    return found


def _visit(conn: Any, visit: int) -> Visit:
    found = visits.visit_by_id(conn, visit)
    if found is None:
        raise Fault(N_("This visit is not known any more."), N_("Look at the list again."), reference="R101")
    return found


def _known_as(visit: Visit) -> str:
    """The examinee as the audit table names him: issuer and ID, no name."""
    return f"{visit.patient.issuer}|{visit.patient.patient_id}"
