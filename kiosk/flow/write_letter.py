"""A referral letter from its first word to the reply: prefilled from the visit, signed, amended, printed, sent.

A signed version is never changed and its page is kept as it was signed: it prints the same for ever. Amending adds the
next version, with the reason, and the letter must be sent again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.core.faults import Fault, Refused
from kiosk.core.finding import KeyImage
from kiosk.core.judgement import read_judgement
from kiosk.core.letter import (
    Addressee,
    Letter,
    LetterBody,
    LetterState,
    LetterVersion,
    Reply,
    Said,
    Sender,
    letter_body,
    prefilled,
    trouble_before_signing,
)
from kiosk.core.settings import StationSettings
from kiosk.core.visit import Visit
from kiosk.core.words import N_
from kiosk.flow.kept_paper import KeptPaper
from kiosk.flow.session import Session
from kiosk.flow.sign_report import SIGNING_ROLE
from kiosk.store import audit, findings, guidance, letters, masters, notices, visits
from kiosk.store.clock import now_text
from kiosk.store.engine import Store
from kiosk.store.open_by import Holder

NOTICE = "letters"  # kind of the notice; ids: letter, visit


@dataclass(frozen=True)
class Draft:
    """What was typed on this PC and not saved."""

    body: LetterBody
    based_on: int
    at: str
    by: str


@dataclass(frozen=True)
class OpenedLetter:
    """All that the screen needs. ``holder``: somebody else has it open, so it can only be read."""

    letter: Letter
    visit: Visit
    tray: tuple[KeyImage, ...]
    draft: Draft | None
    holder: Holder | None
    words: Mapping[str, Any]  # the master: purposes, nothing

    @property
    def id(self) -> int:
        return self.letter.id

    @property
    def based_on(self) -> int:
        """What the next save builds upon."""
        return self.letter.saves

    @property
    def newest(self) -> LetterVersion:
        return self.letter.newest

    @property
    def signed(self) -> LetterVersion | None:
        return self.letter.signed


class WriteLetter:
    """The journey. Every method works on the calling thread and may block; desks call them on theirs."""

    def __init__(
        self, centre: Store, own_store: Store, session: Session, station: StationSettings, sender: Sender
    ) -> None:  # fmt: skip
        self._centre = centre
        self._session = session
        self._station = station
        self.sender = sender
        self.kept = KeptPaper("letter", centre, own_store, session, station)

    @property
    def _who(self) -> str:
        return self._session.actor().who

    # -- beginning and opening -----------------------------------------------------------------------------------

    def make(self, visit: int) -> int:
        """A new letter about a visit, prefilled; its number."""
        with self._centre.writing() as conn:
            found = _visit(conn, visit)
            purposes = masters.master(conn, "letters").get("purposes") or [""]
            body = prefilled(
                self._said(conn, found), guidance.extra_of(conn, visit), date.today().isoformat(), purposes[0]
            )
            letter = letters.make_letter(conn, visit=visit, body=body, by=self._who)
            self._tell(conn, "letter begun", found, letter)
        return letter.id

    @staticmethod
    def _said(conn: Any, visit: Visit) -> list[Said]:
        judgement = read_judgement(masters.master(conn, "findings"))
        exams = {step.exam.code: step.exam.name for step in visit.steps}
        said = []
        for finding in findings.findings_of_visit(conn, visit.id):
            version = finding.final
            if version is None:
                continue  # a draft is nobody's word yet, and the first of two readers does not have the last one
            body = version.body
            category = judgement.category(body.category)
            said.append(
                Said(
                    exams.get(finding.kind, finding.kind),
                    category.shown if category else body.category,
                    body.text.strip(),
                    tuple(name for _, name in judgement.codes_of(finding.kind, body.codes)),
                    category is not None and category.referral,
                    body.key_images,
                )
            )
        return said

    def open(self, number: int) -> OpenedLetter:
        """Everything about one letter, held for this person where nobody else holds it. Raises Fault."""
        with self._centre.writing() as conn:
            letter = _letter(conn, number)
            found = _visit(conn, letter.visit_id)
            holder = self.kept._held(conn, number)
            audit.write(
                conn, self._session.actor(), "letter opened", patient=_known_as(found), subject=f"letter {number}"
            )  # fmt: skip
        with self._centre.reading() as conn:
            tray = tuple(findings.tray(conn, found.id))
            words = masters.master(conn, "letters")
        typed = self.kept.typed(number)
        draft = Draft(letter_body(typed.body), typed.based_on, typed.at, typed.by) if typed else None
        return OpenedLetter(letter, found, tray, draft, holder, words)

    # -- writing -------------------------------------------------------------------------------------------------

    def keep_draft(self, number: int, body: LetterBody, based_on: int, order: int) -> None:
        """Keep what is being typed on this PC."""
        self.kept.keep_typed(number, body.as_data(), based_on, order)

    def save(self, number: int, body: LetterBody, based_on: int, order: int) -> Letter:
        """Save an unsigned draft where every station sees it. Raises Overtaken, Refused where it is signed."""
        self.keep_draft(number, body, based_on, order)
        with self._centre.writing() as conn:
            before = _letter(conn, number)
            if before.signed is not None:
                raise Refused("signed", N_("This letter is signed already."), N_("Amend it, giving the reason."))
            letter = letters.write_version(conn, letter=number, body=body, by=self._who, based_on=based_on)
            self._tell(conn, "letter drafted", _visit(conn, letter.visit_id), letter)
        self.kept.drop_typed(number, order)
        return letter

    def sign(self, number: int, body: LetterBody, based_on: int, reason: str, order: int) -> Letter:
        """Sign it as the doctor logged in; one that is signed already is amended and needs the ``reason``.

        Raises Refused (no doctor, mandated items missing, no reason), ``paper.fonts.UnreadableCharacter`` where the
        page would have a gap, Overtaken. Until it is signed, what was typed stays on this PC.
        """
        from kiosk.paper.referral_letter import referral_letter

        self.keep_draft(number, body, based_on, order)
        if self._session.role != SIGNING_ROLE:
            raise Refused(
                "role", N_("Only a doctor can sign. What was typed is kept."),
                N_("Log in as a doctor, then sign again."),
            )  # fmt: skip
        with self._centre.reading() as conn:
            letter = _letter(conn, number)
            found = _visit(conn, letter.visit_id)
            trouble = trouble_before_signing(body, self.sender, found.patient)
            if trouble is not None:
                refused = Refused("incomplete", trouble.text)
                refused.sentence = trouble
                raise refused
            amends = letter.signed is not None
            if amends and not reason.strip():
                raise Refused("reason", N_("The reason for the change is missing."), N_("Write it, then sign again."))
            reason = reason.strip() if amends else ""
            version = LetterVersion(letters.next_number(letter, based_on), body, self._who, "", True, reason)
            page = self._page(conn, found, letter, version)
        pdf = referral_letter(page)[0]
        with self._centre.writing() as conn:
            letter = letters.write_version(
                conn, letter=number, body=body, by=self._who, based_on=based_on, reason=reason, pdf=pdf
            )
            self._tell(conn, "letter amended" if amends else "letter signed", found, letter, reason=reason)
        self.kept.drop_typed(number, order)
        return letter

    def discard(self, number: int) -> None:
        """Put a letter away that was never signed. Raises Refused for a signed one."""
        with self._centre.writing() as conn:
            letter = _letter(conn, number)
            if letter.signed is not None:
                raise Refused("signed", N_("A signed letter stays."), N_("Amend it, giving the reason."))
            letters.discard(conn, number, self._who)
            self._tell(conn, "letter discarded", _visit(conn, letter.visit_id), letter)

    # -- sending and replies -------------------------------------------------------------------------------------

    def mark_sent(self, number: int, sent: bool) -> Letter:
        """It left the house today, or it did not after all. Raises Refused where it is not signed."""
        with self._centre.writing() as conn:
            letter = _letter(conn, number)
            if letter.signed is None:
                raise Refused("unsigned", N_("The letter is not signed yet."), N_("Sign it first, then send it."))
            letters.mark_sent(conn, number, date.today().isoformat() if sent else "", self._who)
            found = _visit(conn, letter.visit_id)
            self._tell(conn, "letter sent" if sent else "letter not sent after all", found, letter)
            return _letter(conn, number)

    def add_reply(self, number: int, day: str, text: str) -> Letter:
        """Note the reply that came on ``day`` (ISO). Raises Refused where nothing is written."""
        if not day or not text.strip():
            raise Refused("empty", N_("The day of the reply and its words are needed."))
        with self._centre.writing() as conn:
            letter = _letter(conn, number)
            letters.add_reply(conn, number, Reply(day, text.strip(), self._who, now_text()))
            self._tell(conn, "letter reply noted", _visit(conn, letter.visit_id), letter)
            return _letter(conn, number)

    def replies(self, number: int) -> tuple[Reply, ...]:
        """The replies that are noted, the oldest first."""
        with self._centre.reading() as conn:
            return _letter(conn, number).replies

    # -- paper ---------------------------------------------------------------------------------------------------

    def page(self, number: int, version: int = 0) -> tuple[bytes, Letter, LetterVersion]:
        """The PDF of a version (0: the newest): a signed one as it was signed, a draft as it would be."""
        from kiosk.paper.referral_letter import referral_letter

        with self._centre.reading() as conn:
            letter = _letter(conn, number)
            chosen = next((each for each in letter.versions if each.number == version), letter.newest)
            signed = letters.signed_page(conn, number, chosen.number)
            if signed is not None:
                return signed, letter, chosen
            page = self._page(conn, _visit(conn, letter.visit_id), letter, chosen)
        return referral_letter(page)[0], letter, chosen

    def _page(self, conn: Any, visit: Visit, letter: Letter, version: LetterVersion) -> Any:
        from kiosk.paper.finding_report import Picture
        from kiosk.paper.referral_letter import LetterPage

        captions = {image.id: image.comment for image in findings.tray(conn, visit.id)}
        pictures = [
            Picture(findings.key_image_bytes(conn, image, visit.id), captions.get(image, ""))
            for image in version.body.key_images
        ]
        return LetterPage(letter.id, self.sender, visit.patient, visit.key.day, version, pictures)

    def printed(self, number: int, version: int) -> None:
        """Write down that a version went to the printer."""
        with self._centre.writing() as conn:
            letter = _letter(conn, number)
            visit = _visit(conn, letter.visit_id)
            subject = f"letter {number} version {version}"
            audit.write(conn, self._session.actor(), "letter printed", patient=_known_as(visit), subject=subject)

    # -- institutions --------------------------------------------------------------------------------------------

    def addressees(self, text: str = "") -> list[Addressee]:
        """The institutions known, found by any word or kana."""
        with self._centre.reading() as conn:
            return letters.addressees_like(conn, text)

    def write_addressee(self, addressee: Addressee) -> int:
        """Add or change one. Raises Refused for one without a name."""
        if not addressee.name.strip():
            raise Refused("name", N_("The name of the institution is missing."), N_("Write it, then save again."))
        with self._centre.writing() as conn:
            row = letters.write_addressee(conn, addressee, self._who)
            audit.write(conn, self._session.actor(), "addressee changed", subject=f"addressee {row}")
        return row

    def remove_addressee(self, row: int) -> None:
        """It is not offered any more; letters keep what they say."""
        with self._centre.writing() as conn:
            letters.remove_addressee(conn, row, self._who)
            audit.write(conn, self._session.actor(), "addressee removed", subject=f"addressee {row}")

    def _tell(self, conn: Any, action: str, visit: Visit, letter: Letter, reason: str = "") -> None:
        subject = f"letter {letter.id} version {letter.newest.number}"
        audit.write(
            conn, self._session.actor(), action, patient=_known_as(visit), subject=subject,
            to=letter.newest.body.to_name, reason=reason,
        )  # fmt: skip
        notices.tell(conn, NOTICE, letter=letter.id, visit=visit.id)


def _letter(conn: Any, number: int) -> Letter:
    found = letters.letter_by_id(conn, number)
    if found is None or found.state is LetterState.DISCARDED:
        raise Fault(N_("This letter is not there any more."), N_("Look at the list again."), reference="R111")
    return found


def _visit(conn: Any, visit: int) -> Visit:
    found = visits.visit_by_id(conn, visit)
    if found is None:
        raise Fault(N_("This visit is not known any more."), N_("Look at the list again."), reference="R101")
    return found


def _known_as(visit: Visit) -> str:
    """The examinee as the audit table names him: issuer and ID, no name."""
    return f"{visit.patient.issuer}|{visit.patient.patient_id}"
