"""A finding from its first word to the signature, and its amendment: drafts, versions, key images, who has it open.

What is being typed lies in this PC's own store every few seconds and is found again after a crash; a saved draft and
every signed version lie in the shared store. A signed version is never changed: amending adds the next one, with the
reason.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from kiosk.core import two_readers
from kiosk.core.drawing import Background, read_backgrounds
from kiosk.core.faults import Fault, LinkLost, Refused
from kiosk.core.finding import Finding, FindingBody, FindingState, FindingVersion, KeyImage
from kiosk.core.judgement import Judgement, read_judgement, trouble_before_signing
from kiosk.core.settings import StationSettings
from kiosk.core.two_readers import ReadingRules
from kiosk.core.visit import Visit
from kiosk.core.words import N_
from kiosk.flow.opened_finding import Draft, LastTime, Opened
from kiosk.flow.second_reading import adopted, amending, no_reason
from kiosk.flow.session import Session
from kiosk.store import audit, drawings, findings, images, local, masters, notices, open_by, visits
from kiosk.store.engine import Store
from kiosk.store.open_by import Holder

NOTICE = "findings"  # kind of the notice; ids: visit, kind
TRAY_NOTICE = "tray"
HELD_S = 60.0  # how long a finding stays open for one who no longer renews it (crash, power cut)
SIGNING_ROLE = "doctor"
UNSETTLED = (FindingState.FIRST, FindingState.DIFFERS)


class SignReport:
    """The journey. Every method works on the calling thread and may block; desks call them on theirs."""

    def __init__(
        self,
        centre: Store,
        own_store: Store,
        session: Session,
        station: StationSettings,
        rules: ReadingRules = ReadingRules(),  # noqa: B008 - frozen
    ) -> None:
        self._rules = rules
        self._centre = centre
        self._own = own_store
        self._session = session
        self._station = station
        self._drafts = threading.Lock()
        self._newest_order: dict[str, int] = {}
        self._saved_at: dict[str, str] = {}  # subject -> when the saved draft that is seen here was saved
        self._personal: set[str] = set()  # subjects whose drafts are one reader's own

    # -- reading -----------------------------------------------------------------------------------------------

    def judgement(self) -> Judgement:
        """The findings master in force."""
        with self._centre.reading() as conn:
            return read_judgement(masters.master(conn, "findings"))

    def backgrounds(self) -> tuple[Background, ...]:
        """The schemas that a drawing can be made on."""
        with self._centre.reading() as conn:
            return read_backgrounds(masters.master(conn, "schemas"))

    def open(self, visit: int, kind: str) -> Opened:
        """Everything about one finding, held for this person at this station where nobody else holds it.

        Raises Fault where the visit is not known.
        """
        with self._centre.writing() as conn:
            found = self._visit(conn, visit)
            holder = self._held(conn, visit, kind)
            subject = f"visit {visit} {kind}"
            audit.write(conn, self._session.actor(), "finding opened", patient=_known_as(found), subject=subject)
        with self._centre.reading() as conn:
            finding = findings.finding_of(conn, visit, kind)
            hidden = two_readers.hidden_from(finding, self._who, self._rules.blind)
            last = self._last_time(conn, found, kind)
            tray = tuple(findings.tray(conn, visit))
            own = self._of_this_examination(conn, found, kind, tray)
        role = two_readers.next_role(finding, self._who, kind in self._rules.kinds)
        draft = self._draft_for(visit, kind, finding)
        self._seen(visit, kind, finding)
        may = finding is not None and role == two_readers.SETTLED and self._may_settle(finding)
        shown = two_readers.blinded(finding) if finding is not None and hidden else finding
        return Opened(found, kind, shown, last, tray, own, draft, holder, role, hidden, may)

    def _seen(self, visit: int, kind: str, finding: Finding | None) -> None:
        newest = finding.newest if finding is not None else None
        self._saved_at[_subject(visit, kind)] = newest.at if newest is not None and not newest.signed else ""

    def _draft_for(self, visit: int, kind: str, finding: Finding | None) -> Draft | None:
        """What this person may find again: with two readers each has words of his own, also at one PC."""
        if finding is None or finding.state not in UNSETTLED:
            self._personal.discard(_subject(visit, kind))
            return self.draft_of(visit, kind)
        before = self._kept_draft(_subject(visit, kind))
        self._personal.add(_subject(visit, kind))
        own = self.draft_of(visit, kind)
        return own or (before if before is not None and before.by == self._who else None)

    def visit(self, visit: int) -> Visit | None:
        """The visit as it stands now."""
        with self._centre.reading() as conn:
            return visits.visit_by_id(conn, visit)

    def tray(self, visit: int, kind: str) -> tuple[tuple[KeyImage, ...], frozenset[int]]:
        """The visit's key images, and which of them belong to this examination."""
        with self._centre.reading() as conn:
            found = visits.visit_by_id(conn, visit)
            tray = tuple(findings.tray(conn, visit))
            return tray, self._of_this_examination(conn, found, kind, tray) if found else frozenset()

    def picture(self, key_image: int) -> bytes:
        """A key image as it was taken over; raises Fault where the database gives back something else."""
        with self._centre.reading() as conn:
            return findings.key_image_bytes(conn, key_image)

    @staticmethod
    def _last_time(conn: Any, visit: Visit, kind: str) -> LastTime | None:
        for earlier in visits.visits_of_patient(conn, visit.patient_row, before=visit.key.day.isoformat()):
            finding = findings.finding_of(conn, earlier.id, kind)
            if finding is not None and finding.final is not None:
                return LastTime(earlier.key.day.isoformat(), finding.final)
        return None

    @staticmethod
    def _of_this_examination(conn: Any, visit: Visit, kind: str, tray: Sequence[KeyImage]) -> frozenset[int]:
        exams = {step.id: step.exam.code for step in visit.steps}
        studies = {
            study.study_uid: exams.get(study.step_id or 0, "") for study in images.studies_of_visit(conn, visit.id)
        }
        own = set()
        for image in tray:
            instance = images.instance_by_sop_uid(conn, image.sop_uid) if image.sop_uid else None
            if instance is not None and studies.get(instance.study_uid) == kind:
                own.add(image.id)
        return frozenset(own)

    # -- who has it open ---------------------------------------------------------------------------------------

    def hold(self, visit: int, kind: str) -> Holder | None:
        """Take or renew it for ``HELD_S`` seconds; returns who else has it open (then nothing is taken)."""
        with self._centre.writing() as conn:
            return self._held(conn, visit, kind)

    def _held(self, conn: Any, visit: int, kind: str) -> Holder | None:
        return open_by.hold(conn, _subject(visit, kind), by=self._who, station=self._station.name, for_s=HELD_S)

    def let_go(self, visit: int, kind: str) -> None:
        """It is closed here. Where the shared store is away, it ends by itself."""
        try:
            with self._centre.writing() as conn:
                open_by.let_go(conn, _subject(visit, kind), by=self._who, station=self._station.name)
        except LinkLost:
            pass

    @property
    def _who(self) -> str:
        return self._session.actor().who

    # -- what is being typed -----------------------------------------------------------------------------------

    def keep_draft(self, visit: int, kind: str, body: FindingBody, based_on: int, order: int = 0) -> None:
        """Keep what is being typed on this PC's own disk.

        Two desk threads may swap two calls. ``order`` counts the calls as the window made them: one that comes after
        a newer one is left out, or a draft that was signed meanwhile would rise again.
        """
        kept = {**body.as_json(), "based_on": based_on, "saved_at": self._saved_at.get(_subject(visit, kind), "")}
        with self._drafts:
            if self._is_newest(visit, kind, order):
                with self._own.writing() as conn:
                    local.keep_draft(conn, self._draft_subject(visit, kind), kept, self._who)

    def _draft_subject(self, visit: int, kind: str) -> str:
        subject = _subject(visit, kind)
        return f"{subject}:{self._who}"[:100] if subject in self._personal else subject

    def _is_newest(self, visit: int, kind: str, order: int) -> bool:
        subject = _subject(visit, kind)
        if order < self._newest_order.get(subject, 0):
            return False
        self._newest_order[subject] = order
        return True

    def draft_of(self, visit: int, kind: str) -> Draft | None:
        """What was typed here and not saved."""
        return self._kept_draft(self._draft_subject(visit, kind))

    def _kept_draft(self, subject: str) -> Draft | None:
        with self._own.reading() as conn:
            kept = local.draft(conn, subject)
        if kept is None:
            return None
        body = kept.body
        return Draft(FindingBody.from_json(body), body["based_on"], kept.at, kept.by, body.get("saved_at", ""))

    def drop_draft(self, visit: int, kind: str, order: int = 0) -> None:
        """Forget what was typed here up to ``order``; newer words stay."""
        with self._drafts:
            if self._is_newest(visit, kind, order):
                with self._own.writing() as conn:
                    subject, own = _subject(visit, kind), self._draft_subject(visit, kind)
                    kept = local.draft(conn, subject)
                    local.drop_draft(conn, own)
                    if kept is not None and kept.by == self._who:  # typed before it became one of two readings
                        local.drop_draft(conn, subject)

    # -- writing -----------------------------------------------------------------------------------------------

    def save(self, visit: int, kind: str, body: FindingBody, based_on: int, order: int = 0) -> Finding:
        """Save an unsigned draft in the shared store, where every station sees it.

        Raises Overtaken where somebody else wrote meanwhile, Refused where it is signed already. What was typed
        stays on this PC until it is saved.
        """
        self.keep_draft(visit, kind, body, based_on, order)
        png = self._drawn(body)
        with self._centre.writing() as conn:
            found = self._visit(conn, visit)
            before = findings.finding_of(conn, visit, kind)
            if before is not None and any(version.signed for version in before.versions):
                raise Refused("signed", N_("This finding is signed already."), N_("Amend it, giving the reason."))
            finding = self._write(conn, visit, kind, body, png, signed=False, based_on=based_on)
            self._tell(conn, "finding drafted", found, finding)
        self._seen(visit, kind, finding)
        self.drop_draft(visit, kind, order)
        return finding

    def sign(
        self, visit: int, kind: str, body: FindingBody, based_on: int, reason: str = "", order: int = 0, adopt: str = ""
    ) -> Finding:
        """Sign it as the person logged in; a finding that is signed already is amended and needs the ``reason``.

        Where the kind wants two readers it is the first or the second reading, or, where these differ, the settlement;
        ``adopt`` then names the reading that is taken as it stands (first or second), whatever ``body`` says.

        Raises Refused (not a doctor, something missing, no reason, not entitled), ``paper.fonts.UnreadableCharacter``
        where the page would have a gap, Overtaken where somebody else wrote meanwhile. Until it is signed, what was
        typed stays on this PC.
        """
        if not adopt:
            self.keep_draft(visit, kind, body, based_on, order)
        with self._centre.reading() as conn:
            master = masters.master(conn, "findings")
            before = findings.finding_of(conn, visit, kind)
        judgement = read_judgement(master)
        role = two_readers.next_role(before, self._who, kind in self._rules.kinds)
        self._must_be_entitled(before, role)
        if adopt:
            role, body = adopted(before, adopt)
        for trouble in trouble_before_signing(judgement, body, judgement.kind(kind)):
            refused = Refused("incomplete", trouble.text)
            refused.sentence = trouble
            raise refused
        png = self._drawn(body)
        self._prove_page(judgement, visit, kind, body, reason, png)
        with self._centre.writing() as conn:
            found = self._visit(conn, visit)
            before = findings.finding_of(conn, visit, kind)
            amends = amending(before, role)
            if amends and not reason.strip():
                raise no_reason(role)
            state = two_readers.state_after(judgement, before, role, body)
            finding = self._write(
                conn, visit, kind, body, png, signed=True, based_on=based_on, role=role, state=state,
                reason=reason.strip() if amends else "",
                master=masters.keep_version(conn, "findings", master, self._who),
            )  # fmt: skip
            if role == two_readers.FIRST and not amends:
                self._tell(conn, "first reading signed", found, finding)
            elif role == two_readers.SECOND:
                self._tell(conn, "second reading signed", found, finding)
            elif role in two_readers.SETTLINGS:
                self._tell(conn, "readings settled", found, finding)
            else:
                self._tell(conn, "finding amended" if amends else "finding signed", found, finding)
        self._seen(visit, kind, finding)
        self.drop_draft(visit, kind, order)
        return finding

    def _write(self, conn: Any, visit: int, kind: str, body: FindingBody, png: bytes, **more: Any) -> Finding:
        row = 0
        if body.drawing is not None:
            row = drawings.keep_drawing(conn, visit=visit, kind=kind, drawing=body.drawing, png=png, by=self._who)
        saved_at = self._saved_at.get(_subject(visit, kind), "")
        written = findings.write_version(
            conn, visit=visit, kind=kind, body=body, by=self._who, drawing=row, saved_at=saved_at, **more
        )
        drawings.drop_unused(conn, visit, kind)
        return written

    def _drawn(self, body: FindingBody) -> bytes:
        """The drawing as a picture; empty for none."""
        if body.drawing is None:
            return b""
        from kiosk.paper.schema_picture import flattened

        return flattened(body.drawing, self.backgrounds())

    def _must_be_entitled(self, before: Finding | None, role: str) -> None:
        if role == two_readers.SETTLED and before is not None:
            if self._may_settle(before):
                return
            raise Refused(
                "settle",
                N_("The two readings differ; one of the two readers or a person in charge settles it."),
                N_("Ask one of them."),
            )
        if self._session.role != SIGNING_ROLE:
            raise Refused(
                "role",
                N_("Only a doctor can sign. What was typed is kept."),
                N_("Log in as a doctor, then sign again."),
            )

    def _may_settle(self, finding: Finding) -> bool:
        return two_readers.may_settle(finding, self._who, self._session.role, self._rules.in_charge)

    def _prove_page(
        self, judgement: Judgement, visit: int, kind: str, body: FindingBody, reason: str, png: bytes
    ) -> None:
        """The page must be whole before it is signed: every character drawn, every key image sound."""
        from kiosk.flow.print_finding import page_of
        from kiosk.paper import fonts
        from kiosk.paper.finding_report import texts_of

        with self._centre.reading() as conn:
            found = self._visit(conn, visit)
            version = FindingVersion(1, body, self._who, "", True, reason)
            page = page_of(conn, self._station, judgement, found, kind, version, (version,), drawing=png)
        fonts.refuse_gaps(*texts_of(page))

    @staticmethod
    def _visit(conn: Any, visit: int) -> Visit:
        found = visits.visit_by_id(conn, visit)
        if found is None:
            raise Fault(N_("This visit is not known any more."), N_("Look at the list again."), reference="R101")
        return found

    def _tell(self, conn: Any, action: str, visit: Visit, finding: Finding) -> None:
        newest = finding.newest
        assert newest is not None
        audit.write(
            conn,
            self._session.actor(),
            action,
            patient=_known_as(visit),
            subject=f"finding {finding.id} version {newest.number}",
            kind=finding.kind,
            category=newest.body.category,
            reason=newest.reason,
            state=finding.state.value,
            role=newest.role,
        )
        notices.tell(conn, NOTICE, visit=visit.id, finding=finding.id)


def _subject(visit: int, kind: str) -> str:
    return f"finding:{visit}:{kind}"


def _known_as(visit: Visit) -> str:
    """The examinee as the audit table names him: issuer and ID, no name."""
    return f"{visit.patient.issuer}|{visit.patient.patient_id}"
