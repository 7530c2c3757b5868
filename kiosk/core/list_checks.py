"""What a list's row says against what is already known of the person and the visit: told, or refused."""

from __future__ import annotations

from kiosk.core.checkup_list import ListRow, RowProblem
from kiosk.core.patient import Patient
from kiosk.core.words import N_, Sentence


def person_problem(row: ListRow, known: Patient | None) -> RowProblem | None:
    """A row whose ID is known as somebody else must not rewrite that person; a corrected birth date is told.

    Names change by marriage and are spelt anew, birth dates are corrected; both at once is another person.
    """
    if known is None or known.birth_date is None or row.patient.birth_date in (None, known.birth_date):
        return None
    values = {
        "patient_id": row.patient.patient_id,
        "before": known.birth_date.isoformat(),
        "now": row.patient.birth_date.isoformat() if row.patient.birth_date else "",
    }
    if _same_name(row.patient, known):
        sentence = Sentence(N_("ID {patient_id}: the birth date was {before} and is now {now}."), values)
        return RowProblem(row.line, sentence, True, row.key)
    sentence = Sentence(
        N_("ID {patient_id} is known here as another person (born {before}, the list says {now}); "
           "ask which ID is right. This row was left out."),
        values,
    )  # fmt: skip
    return RowProblem(row.line, sentence, False, row.key)


def visit_problem(row: ListRow, known_patient_id: str, begun: bool) -> RowProblem | None:
    """A number that now belongs to another ID: told, and refused once the first one is here."""
    if not known_patient_id or known_patient_id == row.patient.patient_id:
        return None
    values = {"number": row.key.number, "before": known_patient_id, "now": row.patient.patient_id}
    if begun:
        sentence = Sentence(
            N_("Number {number} belongs to ID {before}, who is already here; the list now says ID {now}. "
               "This row was left out."),
            values,
        )  # fmt: skip
        return RowProblem(row.line, sentence, False, row.key)
    sentence = Sentence(N_("Number {number} belonged to ID {before} and now belongs to ID {now}."), values)
    return RowProblem(row.line, sentence, True, row.key)


def cut_problem(row: ListRow) -> RowProblem | None:
    """A row that ends before its course must not take the examinations away from a visit that is known."""
    if not row.cut:
        return None
    sentence = Sentence(N_("The row ends before the course; the visit stays as it was. This row was left out."))
    return RowProblem(row.line, sentence, False, row.key)


def _same_name(one: Patient, other: Patient) -> bool:
    """Is one of the forms the same, blanks aside?"""
    return any(
        "".join(mine.split()) == "".join(theirs.split())
        for mine, theirs in ((one.kana, other.kana), (one.kanji, other.kanji))
        if mine and theirs
    )
