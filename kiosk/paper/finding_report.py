"""The finding of one examination on paper: what the doctor said, who signed it, and its key images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from reportlab.lib.units import mm

from kiosk.core import two_readers
from kiosk.core.faults import Fault
from kiosk.core.finding import FindingVersion
from kiosk.core.finding_tables import FieldTable
from kiosk.core.patient import Patient
from kiosk.core.visit import Visit
from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines
from kiosk.paper.day_list import shown_day
from kiosk.paper.field_tables import field_tables, texts_of_tables
from kiosk.paper.page import GROUND, SECONDARY, Frame, Sheets, write_whole

_SEXES = {"M": N_("male"), "F": N_("female"), "O": N_("other")}
_DRAWING_MM = (120.0, 90.0)
_BESIDE_MM = 92.0  # height of the key image on the first page


@dataclass(frozen=True)
class Picture:
    """A key image as it is printed: JPEG or PNG bytes, and what stands below it."""

    data: bytes
    caption: str = ""
    sha256: str = ""  # when given, other bytes are refused


@dataclass(frozen=True)
class FindingPage:
    """All that the page says. ``codes`` are (code, words) pairs, ``category`` is in words, as the master had them."""

    institution: str
    kind: str  # the examination's name
    patient: Patient
    visit: Visit
    version: FindingVersion
    history: Sequence[FindingVersion] = ()
    codes: Sequence[tuple[str, str]] = ()
    category: str = ""
    pictures: Sequence[Picture] = ()
    drawing: bytes = b""  # PNG of the schema drawing
    station: str = ""
    printed_at: str = ""
    tables: Sequence[Sequence[FieldTable]] = ()  # what was entered in fields, those of one line side by side


def write_finding_report(path: Path, page: FindingPage) -> int:
    """Write the report as PDF and return the number of its pages; see ``finding_report``."""
    data, pages = finding_report(page)
    write_whole(path, data)
    return pages


def finding_report(page: FindingPage) -> tuple[bytes, int]:
    """The report as PDF bytes and its number of pages; the same facts give the same bytes.

    A signed version with a character that no font has raises ``fonts.UnreadableCharacter`` and nothing is written;
    a draft shows 〓 with a footnote and says on every page that it is not signed.
    """
    if page.version.signed:
        fonts.refuse_gaps(*texts_of(page))
    prove_pictures(page.pictures)
    title = say(N_("Finding: {kind}"), kind=page.kind)
    if not page.version.signed:
        title += " " + say(N_("(draft, not signed)"))
    elif page.version.role == two_readers.FIRST:
        title += " " + say(N_("(first reading only)"))
    right = f"{shown_day(page.visit.key.day)}  {page.visit.key.number}"
    sheets = Sheets(Frame(title, page.institution, right, page.station, page.printed_at, margin_mm=15))
    _examinee(sheets, page)
    _judgement(sheets, page)
    field_tables(sheets, page.tables)
    _text(sheets, page)
    _signature(sheets, page)
    _drawing(sheets, page.drawing)
    _key_images(sheets, page.pictures)
    _footnotes(sheets, page)
    return sheets.pdf(), len(sheets.pages)


def texts_of(page: FindingPage) -> list[str]:
    """Every text that the page shows, to be proven before it is signed."""
    patient, version = page.patient, page.version
    found = [page.institution, page.kind, patient.kanji, patient.kana, patient.patient_id, page.category]
    found += [page.visit.key.number, page.visit.course_name, version.body.text, version.by, page.station]
    found += [part for code in page.codes for part in code]
    found += [mark.text for mark in version.body.drawing.marks] if version.body.drawing is not None else []
    found += texts_of_tables(page.tables)
    found += [picture.caption for picture in page.pictures]
    return found + [part for past in page.history for part in (past.by, past.reason)]


def prove_pictures(pictures: Sequence[Picture]) -> None:
    """Raises Fault where a picture is not the one that its hash names."""
    for picture in pictures:
        if picture.sha256 and sha256(picture.data).hexdigest() != picture.sha256:
            raise Fault(
                N_("A key image is not the one that was taken over; the page is not printed."),
                N_("Take the key image over from the viewer again and tell the person in charge."),
                reference="P409",
            )


def _examinee(sheets: Sheets, page: FindingPage) -> None:
    patient, top = page.patient, sheets.y_mm
    sheets.box(sheets.left_mm, top, sheets.right_mm - sheets.left_mm, 19, fill=GROUND, line="")
    sheets.text(sheets.left_mm + 4, top + 5.5, patient.kana, 9, color=SECONDARY)
    room = (sheets.right_mm - sheets.left_mm) * 0.5
    size = 18.0
    while size > 9 and fonts.width_pt(patient.shown_name, size, bold=True) > (room - 8) * mm:
        size -= 1
    sheets.text(sheets.left_mm + 4, top + 14, patient.shown_name, size, bold=True)
    age = patient.age_on(page.visit.key.day)
    born = patient.birth_date.isoformat() if patient.birth_date else ""
    years = say(N_("{n} years"), n=age) if age is not None else ""
    facts = "  ".join(part for part in (say(_SEXES.get(patient.sex, "")), born, years) if part)
    sheets.text(sheets.left_mm + room, top + 5.5, f"{say(N_('ID'))} {patient.patient_id}", 10)
    sheets.text(sheets.left_mm + room, top + 11, facts, 10)
    sheets.text(sheets.left_mm + room, top + 16.5, page.visit.course_name, 10)
    sheets.y_mm = top + 24


def _judgement(sheets: Sheets, page: FindingPage) -> None:
    if page.category:
        sheets.text(sheets.left_mm, sheets.y_mm + 4, say(N_("Category")), 9, color=SECONDARY)
        shown = lines.shortened(page.category, (sheets.right_mm - sheets.left_mm - 25) * mm, 15, bold=True)
        sheets.text(sheets.left_mm + 25, sheets.y_mm + 4.5, shown, 15, bold=True)
        sheets.y_mm += 9
    for number, (code, words) in enumerate(page.codes):
        sheets.need(5.6)
        if not number:
            sheets.text(sheets.left_mm, sheets.y_mm + 4, say(N_("Codes")), 9, color=SECONDARY)
        sheets.text(sheets.left_mm + 25, sheets.y_mm + 4, code, 10, bold=True)
        room = (sheets.right_mm - sheets.left_mm - 53) * mm
        sheets.text(sheets.left_mm + 53, sheets.y_mm + 4, lines.shortened(words, room, 10), 10)
        sheets.y_mm += 5.6
    sheets.y_mm += 2


def _text(sheets: Sheets, page: FindingPage) -> None:
    sheets.text(sheets.left_mm, sheets.y_mm + 3.5, say(N_("Finding")), 9, color=SECONDARY)
    sheets.y_mm += 5
    sheets.paragraph(page.version.body.text or say(N_("(no text)")), 11.5)
    sheets.y_mm += 4


def _drawing(sheets: Sheets, drawing: bytes) -> None:
    """The schema drawing in the middle, large enough for its letters."""
    if not drawing:
        return
    sheets.need(_DRAWING_MM[1] + 10)
    sheets.text(sheets.left_mm, sheets.y_mm + 3.5, say(N_("Schema drawing")), 9, color=SECONDARY)
    left = (sheets.left_mm + sheets.right_mm - _DRAWING_MM[0]) / 2
    sheets.picture(drawing, left, sheets.y_mm + 5, *_DRAWING_MM)
    sheets.box(left, sheets.y_mm + 5, *_DRAWING_MM)
    sheets.y_mm += _DRAWING_MM[1] + 10


def _key_images(sheets: Sheets, pictures: Sequence[Picture]) -> None:
    """One key image large; from two on, two beside each other."""
    if not pictures:
        return
    room = sheets.right_mm - sheets.left_mm
    across = 1 if len(pictures) == 1 else 2
    width = (room - 6 * (across - 1)) / across
    height = _BESIDE_MM if across == 1 else 66.0
    for place in range(0, len(pictures), across):
        line = pictures[place : place + across]
        sheets.need(height + 8)
        for column, picture in enumerate(line):
            x = sheets.left_mm + column * (width + 6)
            sheets.box(x, sheets.y_mm, width, height, fill="#000000", line="")
            sheets.picture(picture.data, x, sheets.y_mm, width, height)
            caption = f"{place + column + 1}  {picture.caption}".rstrip()
            sheets.text(x, sheets.y_mm + height + 4.5, lines.shortened(caption, width * mm, 9), 9)
        sheets.y_mm += height + 8


def _signature(sheets: Sheets, page: FindingPage) -> None:
    past = [version for version in page.history if version.number < page.version.number and version.signed]
    sheets.need(16 + 5 * len(past))
    sheets.rule(sheets.left_mm, sheets.y_mm, sheets.right_mm)
    version = page.version
    if version.signed:
        said = say(N_("Signed by {by}"), by=version.by)
        if version.role:
            said += f" ({say(two_readers.ROLES[version.role])})"
        sheets.text(sheets.left_mm, sheets.y_mm + 7, said, 13, bold=True)
        at = f"{version.at.replace('T', ' ')[:19]}   {say(N_('version {n}'), n=version.number)}"
    else:
        sheets.text(sheets.left_mm, sheets.y_mm + 7, say(N_("Not signed")), 13, bold=True)
        at = say(N_("version {n}"), n=version.number)
    sheets.text(sheets.right_mm, sheets.y_mm + 7, at, 10, align="right")
    sheets.y_mm += 11
    reasons = {later.number: later.reason for later in (*page.history, version) if later.reason}
    for old in past:
        replaced = say(
            N_("Version {n} was signed by {by} at {at}."), n=old.number, by=old.by, at=old.at.replace("T", " ")[:19]
        )
        sheets.paragraph(f"{replaced} ({say(two_readers.ROLES[old.role])})" if old.role else replaced, 9)
    for number, reason in sorted(reasons.items()):
        if number <= version.number:
            sheets.paragraph(say(N_("Reason for version {n}: {reason}"), n=number, reason=reason), 9)
    sheets.y_mm += 3


def _footnotes(sheets: Sheets, page: FindingPage) -> None:
    everything = "".join(texts_of(page))
    missing, forms = fonts.gaps(everything), fonts.other_forms(everything)
    if missing:
        kana, numbers = page.patient.kana or "-", fonts.numbered(missing)
        sheets.note(say(N_("〓: {characters} is not in the font. Kana: {kana}"), characters=numbers, kana=kana))
    if forms:
        named = ", ".join(fonts.named(form) for form in forms)
        sheets.note(say(N_("{characters} is written in another form of the character."), characters=named))
