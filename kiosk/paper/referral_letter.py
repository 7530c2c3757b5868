"""The referral letter on paper (診療情報提供書, 別紙様式11): A4 with a box for each item.

Long text goes on on a continuation page; the key images have a page of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from reportlab.lib.units import mm

from kiosk.core.letter import TEXTS, LetterVersion, Sender
from kiosk.core.patient import Patient
from kiosk.core.words import N_, say
from kiosk.paper import fonts, lines
from kiosk.paper.day_list import shown_day
from kiosk.paper.finding_report import Picture, prove_pictures
from kiosk.paper.page import GROUND, SECONDARY, Frame, Sheets

_SEXES = {"M": N_("male"), "F": N_("female"), "O": N_("other")}
_LABEL_MM = 34.0
_LINE_MM = 5.4
_TEXT_PT = 10.0
_LEAST_MM = {"diagnosis": 10.0, "purpose": 10.0, "history": 14.0, "course": 46.0, "treatment": 14.0,
             "prescription": 14.0, "remarks": 10.0}  # fmt: skip
_PICTURE_MM = 66.0


@dataclass(frozen=True)
class LetterPage:
    """All that the letter says. ``day`` is that of the check-up."""

    number: int
    sender: Sender
    patient: Patient
    day: date
    version: LetterVersion
    pictures: Sequence[Picture] = ()


def referral_letter(page: LetterPage) -> tuple[bytes, int]:
    """The letter as PDF bytes and its number of pages; the same facts give the same bytes.

    A signed version with a character that no font has raises ``fonts.UnreadableCharacter``; a draft shows 〓 with a
    footnote and says that it is not signed.
    """
    if page.version.signed:
        fonts.refuse_gaps(*texts_of(page))
    prove_pictures(page.pictures)
    title = say(N_("Referral letter"))
    if not page.version.signed:
        title += " " + say(N_("(draft, not signed)"))
    body = page.version.body
    right = shown_day(date.fromisoformat(body.day)) if body.day else ""
    station = say(N_("Letter {n}, version {version}"), n=page.number, version=page.version.number)
    sheets = Sheets(Frame(title, "", right, station, margin_mm=15))
    _to_and_from(sheets, page)
    _patient(sheets, page)
    for name, words in TEXTS.items():
        _box(sheets, page, say(words), getattr(body, name).strip(), _LEAST_MM[name])
    if page.version.reason:
        sheets.y_mm += 2
        sheets.paragraph(say(N_("Corrected letter. Reason: {reason}"), reason=page.version.reason), 9)
    _pictures(sheets, page)
    _footnotes(sheets, page)
    return sheets.pdf(), len(sheets.pages)


def texts_of(page: LetterPage) -> list[str]:
    """Every text that the letter shows."""
    sender, patient = page.sender, page.patient
    found = [sender.name, sender.address, sender.phone, page.version.by, page.version.reason]
    found += [patient.kanji, patient.kana, patient.patient_id, page.version.body.words]
    return found + [picture.caption for picture in page.pictures]


def _to_and_from(sheets: Sheets, page: LetterPage) -> None:
    body, sender = page.version.body, page.sender
    middle = (sheets.left_mm + sheets.right_mm) / 2
    room = (middle - sheets.left_mm - 6) * mm
    y = sheets.y_mm
    for line in lines.cut(body.to_name, room, 13, 2, bold=True):
        sheets.text(sheets.left_mm, y + 4.5, line, 13, bold=True)
        y += 6.4
    nobody = say(N_("the doctor in charge") if body.medical else N_("whom it may concern"))
    doctor = body.to_doctor or nobody
    whom = say(N_("{department} {doctor}"), doctor=doctor, department=body.to_department).strip()
    size, whole = lines.fitted(whom, room, 12, 9)
    for line in whole:
        sheets.text(sheets.left_mm, y + 4.5, line, size)
        y += 6
    if body.to_phone:
        sheets.text(sheets.left_mm, y + 4, say(N_("Tel. {phone}"), phone=body.to_phone), 9, color=SECONDARY)
        y += 5
    x, low = middle + 6, sheets.y_mm
    room = (sheets.right_mm - x) * mm
    for text, size, bold in ((sender.address, 9.5, False), (sender.name, 11.0, True)):
        for line in lines.cut(text, room, size, 2, bold=bold) if text else ():
            sheets.text(x, low + 4, line, size, bold=bold)
            low += 5.2
    if sender.phone:
        sheets.text(x, low + 4, say(N_("Tel. {phone}"), phone=sender.phone), 9.5)
        low += 5.2
    doctor = page.version.by if page.version.signed else say(N_("(not signed)"))
    size, whole = lines.fitted(say(N_("Doctor: {name}"), name=doctor), room - 12 * mm, 11.5, 8, bold=True)
    sheets.text(sheets.right_mm, low + 5, say(N_("(seal)")), 10, align="right", color=SECONDARY)
    for line in whole:
        sheets.text(x, low + 5, line, size, bold=True)
        low += 5
    sheets.y_mm = max(y, low + 2) + 3


def _patient(sheets: Sheets, page: LetterPage) -> None:
    patient, body = page.patient, page.version.body
    top, left, wide = sheets.y_mm, sheets.left_mm, sheets.right_mm - sheets.left_mm
    day = date.fromisoformat(body.day) if body.day else page.day
    age = patient.age_on(day)
    born = shown_birth(patient, age)
    half = left + wide * 0.56
    told = say(N_("Address: {address}"), address=body.address)
    address = lines.cut(told, (wide - _LABEL_MM - 4) * mm, _TEXT_PT, 3)
    x = left + _LABEL_MM + 2
    kana_pt, kana = lines.fitted(patient.kana, (half - x - 2) * mm, 8, 6.5, most=3)
    name = say(N_("Mr/Ms {name}"), name=patient.shown_name)
    name_pt, names = lines.fitted(name, (half - x - 2) * mm, 14, 9, bold=True, most=3)
    head = 6 + 3 * len(kana) + 4.6 * len(names) - 0.6
    high = head + 6 + 6 * len(address)
    sheets.box(left, top, wide, high)
    sheets.box(left, top, _LABEL_MM, high, fill=GROUND)
    sheets.text(left + 2, top + 8, say(N_("Patient referred")), 9.5, bold=True)
    y = top + 1.2
    for line in kana:
        y += 3
        sheets.text(x, y, line, kana_pt, color=SECONDARY)
    y += 1.4
    for line in names:
        y += 4.6
        sheets.text(x, y, line, name_pt, bold=True)
    sheets.text(half, top + 4.6, f"{say(_SEXES.get(patient.sex, ''))}   {born}", 9.5)
    sheets.text(half, top + 10.2, f"{say(N_('ID'))} {patient.patient_id}", 9.5)
    sheets.rule(x - 2, top + head, sheets.right_mm)
    y = top + head
    sheets.text(x, y + 4.3, say(N_("Tel. {phone}"), phone=body.phone), _TEXT_PT)
    job = say(N_("Occupation: {occupation}"), occupation=body.occupation)
    sheets.text(half, y + 4.3, lines.shortened(job, (sheets.right_mm - half - 2) * mm, _TEXT_PT), _TEXT_PT)
    for line in address:
        y += 6
        sheets.text(x, y + 4.3, line, _TEXT_PT)
    sheets.y_mm = top + high


def shown_birth(patient: Patient, age: int | None) -> str:
    """Birth date and age; empty where it is not known."""
    if patient.birth_date is None:
        return ""
    years = f" ({say(N_('{n} years'), n=age)})" if age is not None else ""
    return f"{patient.birth_date.isoformat()}{years}"


def _box(sheets: Sheets, page: LetterPage, label: str, text: str, least_mm: float) -> None:
    """One item: its label at the left, its words at the right; what does not fit goes on on a continuation page."""
    room = (sheets.right_mm - sheets.left_mm - _LABEL_MM - 4) * mm
    rest = lines.wrapped(text, room, _TEXT_PT) if text else [""]
    least = min(least_mm, 2 + _LINE_MM * 2)
    first = True
    while rest:
        left = sheets.bottom_mm - sheets.y_mm
        if left < least:
            _continue(sheets, page)
            left = sheets.bottom_mm - sheets.y_mm
        fits = max(1, int((left - 3) / _LINE_MM))
        here, rest = rest[:fits], rest[fits:]
        high = max(3 + _LINE_MM * len(here), min(least_mm, left) if first and not rest else 0)
        sheets.box(sheets.left_mm, sheets.y_mm, sheets.right_mm - sheets.left_mm, high)
        sheets.box(sheets.left_mm, sheets.y_mm, _LABEL_MM, high, fill=GROUND)
        said = label if first else say(N_("{item} (continued)"), item=label)
        y = sheets.y_mm + 5
        for line in lines.wrapped(said, (_LABEL_MM - 4) * mm, 9.5, bold=True):
            sheets.text(sheets.left_mm + 2, y, line, 9.5, bold=True)
            y += 4.6
        for at, line in enumerate(here):
            sheets.text(sheets.left_mm + _LABEL_MM + 2, sheets.y_mm + 5 + at * _LINE_MM, line, _TEXT_PT)
        sheets.y_mm += high
        first = False


def _continue(sheets: Sheets, page: LetterPage) -> None:
    """A page more says whose it is: it may come apart from the first."""
    sheets.new_page()
    patient = page.patient
    said = say(N_("Continued: {name}"), name=patient.shown_name)
    room = (sheets.right_mm - sheets.left_mm) * mm
    whole = f"{said}   {patient.patient_id}   {shown_birth(patient, None)}"
    sheets.text(sheets.left_mm, sheets.y_mm + 4, lines.shortened(whole, room, 10), 10)
    sheets.y_mm += 8


def _pictures(sheets: Sheets, page: LetterPage) -> None:
    if not page.pictures:
        return
    wide = (sheets.right_mm - sheets.left_mm - 6) / 2
    for at, picture in enumerate(page.pictures):
        if at % 2 == 0:
            if at == 0 or sheets.y_mm + _PICTURE_MM + 8 > sheets.bottom_mm:
                _continue(sheets, page)
            y = sheets.y_mm
            sheets.y_mm += _PICTURE_MM + 8
        x = sheets.left_mm + (at % 2) * (wide + 6)
        sheets.box(x, y, wide, _PICTURE_MM, fill="#000000", line="")
        sheets.picture(picture.data, x, y, wide, _PICTURE_MM)
        caption = f"{at + 1}  {picture.caption}".rstrip()
        sheets.text(x, y + _PICTURE_MM + 4.5, lines.shortened(caption, wide * mm, 9), 9)


def _footnotes(sheets: Sheets, page: LetterPage) -> None:
    everything = "".join(texts_of(page))
    missing, forms = fonts.gaps(everything), fonts.other_forms(everything)
    if missing:
        kana, numbers = page.patient.kana or "-", fonts.numbered(missing)
        sheets.note(say(N_("〓: {characters} is not in the font. Kana: {kana}"), characters=numbers, kana=kana))
    if forms:
        named = ", ".join(fonts.named(form) for form in forms)
        sheets.note(say(N_("{characters} is written in another form of the character."), characters=named))
