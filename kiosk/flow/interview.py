"""The nurse's interview: her note is kept, and what was said and found last time stands beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiosk.core.faults import Fault, Refused
from kiosk.core.finding import Finding
from kiosk.core.judgement import read_judgement
from kiosk.core.visit import Visit
from kiosk.core.words import N_
from kiosk.store import audit, findings, local, masters, notices, visits
from kiosk.store.audit import Actor
from kiosk.store.engine import Connection, Store
from kiosk.store.visits import Note

LONGEST = 20_000


@dataclass(frozen=True)
class Interview:
    """What the note's page shows. ``notes`` newest first; ``draft`` was typed on this PC and not saved."""

    visit: Visit
    notes: tuple[Note, ...]
    last_visit: Visit | None = None
    last_notes: tuple[Note, ...] = ()
    last_findings: tuple[tuple[str, str], ...] = ()  # examination, its words
    draft: str = ""


def open_interview(centre: Store, own: Store, actor: Actor, visit: int) -> Interview:
    """The visit's notes with those of the visit before and its signed findings. Raises Refused."""
    with own.reading() as conn:
        kept = local.draft(conn, _subject(visit))
    with centre.writing() as conn:
        found = visits.visit_by_id(conn, visit)
        if found is None:
            raise Refused("visit", N_("This visit is not in the store."), N_("Open the day's list again."))
        earlier = visits.visits_of_patient(conn, found.patient_row, before=found.key.day.isoformat(), limit=5)
        # The visit before is the last one that took place, not one that was booked and missed.
        last = next((each for each in earlier if each.arrived_at or any(step.images for step in each.steps)), None)
        interview = Interview(
            visit=found,
            notes=tuple(visits.notes_of(conn, visit)),
            last_visit=last,
            last_notes=tuple(visits.notes_of(conn, last.id)) if last else (),
            last_findings=tuple(_findings_of(conn, last)) if last else (),
            draft=str(kept.body.get("text", "")) if kept else "",
        )
        audit.write(
            conn, actor, "interview shown", patient=f"{found.patient.issuer}|{found.patient.patient_id}",
            subject=f"visit {visit}",
        )  # fmt: skip
    return interview


def save_note(centre: Store, own: Store, actor: Actor, visit: int, text: str) -> None:
    """Keep a note; earlier ones stay readable. Raises Refused for an empty one."""
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise Refused("empty", N_("There is nothing to save."), N_("Write the note first."))
    with centre.writing() as conn:
        found = visits.visit_by_id(conn, visit)
        if found is None:
            raise Refused("visit", N_("This visit is not in the store."), N_("Open the day's list again."))
        note = visits.add_note(conn, visit, text, actor.who)
        audit.write(
            conn, actor, "interview note", patient=f"{found.patient.issuer}|{found.patient.patient_id}",
            subject=f"visit {visit} note {note}",
        )  # fmt: skip
        notices.tell(conn, "visits", visit=visit, days=[found.key.day.isoformat()])
    drop_draft(own, visit)


def keep_draft(own: Store, visit: int, text: str, by: str) -> None:
    """Keep on this PC what is being typed."""
    with own.writing() as conn:
        local.keep_draft(conn, _subject(visit), {"text": text}, by)


def drop_draft(own: Store, visit: int) -> None:
    """Forget what was typed here."""
    with own.writing() as conn:
        local.drop_draft(conn, _subject(visit))


def _subject(visit: int) -> str:
    return f"note {visit}"


def _findings_of(conn: Connection, visit: Visit) -> list[tuple[str, str]]:
    try:
        judgement: Any = read_judgement(masters.master(conn, "findings"))
    except Fault:
        judgement = None  # a master in disorder must not keep the nurse from what was written
    names = {step.exam.code: step.exam.name for step in visit.steps}
    found = []
    for finding in findings.findings_of_visit(conn, visit.id):
        told = _signed_words(finding, judgement)
        if told:
            found.append((names.get(finding.kind, finding.kind), told))
    return found


def _signed_words(finding: Finding, judgement: Any) -> str:
    """Category and text of the signed version that holds; drafts, and readings that are not settled, don't yet."""
    if finding.final is None:
        return ""
    body = finding.final.body
    category = judgement.category(body.category) if judgement and body.category else None
    shown = category.shown if category else body.category
    return " ".join(part for part in (shown, body.text.strip()) if part)
