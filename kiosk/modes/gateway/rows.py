"""The gateway's facts as rows of its lists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from kiosk.core.study import Study
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.gateway import rules
from kiosk.modes.gateway.worklist_words import key_word, why_left_out
from kiosk.ui import dates
from kiosk.ui.table import Column, Row

DEVICES = [
    Column("device", N_("Device"), 140, stretch=True),
    Column("last", N_("Last image"), 96),
    Column("images", N_("Today"), 60, right=True),
]
STUDIES = [
    Column("at", N_("Received"), 120),
    Column("kind", N_("Kind"), 70),
    Column("id", N_("Patient ID"), 120),
    Column("name", N_("Name"), 140, stretch=True),
    Column("images", N_("Images"), 80, right=True),
    Column("visit", N_("Visit"), 130, stretch=True),
]
UNMATCHED = [
    Column("at", N_("Received"), 120),
    Column("day", N_("Study date"), 150),
    Column("kind", N_("Kind"), 70),
    Column("id", N_("Patient ID"), 120),
    Column("name", N_("Name"), 150, stretch=True),
    Column("images", N_("Images"), 80, right=True),
    Column("why", N_("Why no visit was found"), 290, stretch=True),
]
CANDIDATES = [
    Column("number", N_("Number"), 132),
    Column("name", N_("Name"), 160, stretch=True),
    Column("id", N_("Patient ID"), 120),
    Column("exam", N_("Examination"), 150),
    Column("state", N_("Images"), 132),
    Column("differs", N_("What differs"), 280, stretch=True),
]
QUERIES = [
    Column("at", N_("Time"), 120),
    Column("device", N_("Device"), 150),
    Column("asked", N_("Asked for"), 300, stretch=True),
    Column("answers", N_("Answers"), 90, right=True),
    Column("note", N_("Note"), 360, stretch=True),
]
TROUBLES = [
    Column("at", N_("Time"), 120),
    Column("device", N_("Device"), 130),
    Column("text", N_("What happened"), 430, stretch=True),
    Column("next", N_("What to do"), 360, stretch=True),
    Column("times", N_("Times"), 70, right=True),
]
MATCHED_BY = {
    "study_uid": N_("by study number"),
    "accession": N_("by order number"),
    "id_date_modality": N_("by ID and date"),
    "hand": N_("by hand"),
}


def device_rows(view: rules.Overview, today: str) -> list[Row]:
    """A device that sent nothing today is shown without a mark."""
    rows = []
    for line in view.devices:
        last = rules.day_and_clock(line.last_at, today) if line.last_at else say(N_("none yet"))
        cells = (named(line.source, view.titles), last, f"{line.images:,}")
        rows.append(Row(line.source, cells, "done" if line.images else ""))
    return rows


def study_rows(view: rules.Overview, today: str) -> list[Row]:
    rows = []
    for study in view.today:
        matched = study.step_id is not None
        visit = say(MATCHED_BY.get(study.matched_by, "")) if matched else say(N_("no visit found"))
        cells = (
            rules.day_and_clock(study.received_at, today), " ".join(study.modalities), study.patient_id,
            rules.shown_name(study), f"{study.instances:,}", visit,
        )  # fmt: skip
        rows.append(Row(str(study.id), cells, "" if matched else "look"))
    return rows


def unmatched_rows(view: rules.Overview, today: str) -> list[Row]:
    rows = []
    for study, why in view.unmatched:
        cells = (
            rules.day_and_clock(study.received_at, today), _day(study), " ".join(study.modalities), study.patient_id,
            rules.shown_name(study), f"{study.instances:,}", say(rules.WHY_UNMATCHED.get(why, "")),
        )  # fmt: skip
        rows.append(Row(str(study.id), cells, "look"))
    return rows


def candidate_rows(candidates: Iterable[Any]) -> list[Row]:
    """Examinations that the images may belong to (flow.match_by_hand.Candidate)."""
    rows = []
    for each in candidates:
        differs = [say(rules.DIFFERS[key]) for key in each.differs]
        if not each.same_kind:
            differs.append(say(N_("other kind of images")))
        patient = each.visit.patient
        there = Sentence(N_("{n} images"), {"n": each.step.images}) if each.step.images else N_("none yet")
        cells = (
            each.visit.key.number, patient.shown_name, patient.patient_id, each.step.exam.name, say(there),
            say(N_(", ")).join(differs),
        )  # fmt: skip
        rows.append(Row(str(each.step.id), cells, "look" if each.differs else "" if differs else "done"))
    return rows


def query_rows(view: rules.Overview, today: str) -> list[Row]:
    rows = []
    for line in view.queries:
        cells = (
            rules.day_and_clock(line.at, today), named(line.calling_ae, view.titles), rules.asked_for(line.keys),
            str(line.answers), query_note(line),
        )  # fmt: skip
        rows.append(Row(query_key(line), cells, rules.query_state(line)))
    return rows


def query_key(line: rules.QueryLine) -> str:
    """The row of a query across refreshes, though newer ones come before it."""
    return f"{line.at} {line.calling_ae}"


def query_note(line: rules.QueryLine) -> str:
    """Why an answer was empty, which names were changed, whether it was cut."""
    notes = []
    if line.trouble:
        notes.append(say(N_("cancelled by the device") if line.trouble == "cancelled" else N_("could not be answered")))
    if line.seen_at:
        notes.append(say(N_("told from the list of {at}: the database was away"), at=line.seen_at[11:19]))
    if line.left_out and not line.answers:
        notes += [say(why_left_out(each)) for each in line.left_out]
    elif not line.answers and rules.identifies(line) and not line.trouble:
        notes.append(say(N_("nobody on the list has that ID, number or name")))
    elif why := rules.why_empty(line):
        notes.append(say(N_("nothing fits; most were left out by {key}"), key=key_word(why)))
    if line.downgraded:
        notes.append(say(N_("names changed for this device: {ids}"), ids=" ".join(line.downgraded[:5])))
    if line.capped:
        notes.append(say(N_("more than the device takes at once")))
    return say(N_("; ")).join(notes)


def trouble_rows(view: rules.Overview, today: str) -> list[Row]:
    return [
        Row(
            f"{line.at} {line.source} {number}",
            (
                rules.day_and_clock(line.at, today),
                named(line.source, view.titles),
                say(line.text),
                say(line.next_step),
                f"{line.times:,}",
            ),  # fmt: skip
            "look",
        )
        for number, line in enumerate(view.troubles)
    ]


def named(ae_title: str, titles: dict[str, str]) -> str:
    title = titles.get(ae_title, "")
    return f"{title} ({ae_title})" if title and title != ae_title else ae_title


def fits(row: Row, text: str) -> bool:
    """Does any cell contain what was typed?"""
    return all(any(word in cell.casefold() for cell in row.cells) for word in text.casefold().split())


def that_fit(found: list[Row], text: str) -> list[Row]:
    """The rows that hold what was typed; all where nothing was."""
    return [row for row in found if fits(row, text)] if text else found


def _day(study: Study) -> str:
    day = dates.read_day(study.study_date) if study.study_date else None
    return dates.day_text(day) if day else study.study_date
