"""What a viewer of another maker is told: its parameter file by a template, its command, in the letters it knows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kiosk.core.faults import Fault
from kiosk.core.names import read_person_name
from kiosk.core.picture import PictureFacts
from kiosk.core.stack import Stack
from kiosk.core.study import Study
from kiosk.core.visit import Visit
from kiosk.core.words import N_

FIELDS = (
    "id", "name", "kana", "romaji", "birth", "sex", "age", "number", "date", "time", "modality", "description",
    "accession", "study_uid", "count", "series", "folder", "file", "first", "last",
)  # fmt: skip
_AS_WINDOWS = {0x2014: 0x2015, 0x301C: 0xFF5E, 0x2212: 0xFF0D}  # what other systems write where cp932 has its own
_FIELD = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True)
class Told:
    """The words to fill in. ``changed``: the name could not be written as it is; what stands there instead."""

    values: Mapping[str, str]
    changed: str = ""


def unknown_fields(*texts: str) -> list[str]:
    """What stands in braces in a template or command and is none of ``FIELDS``."""
    return [name for text in texts for name in _FIELD.findall(text) if name not in FIELDS]


def check_templates(*texts: str) -> None:
    """Raises Fault that names what is unknown."""
    unknown = unknown_fields(*texts)
    if unknown:
        raise Fault(
            N_("The outside viewer's parameter file asks for {unknown}, which is not known. Known are: {known}"),
            N_("Correct it in the parameter file under [modes.viewer.outside]."),
            reference="V610", unknown=", ".join(f"{{{name}}}" for name in unknown), known=", ".join(FIELDS),
        )  # fmt: skip


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with its fields filled in; nothing else in braces is touched."""
    return _FIELD.sub(lambda found: values.get(found[1], found[0]), text)


def files_in_order(stacks: Sequence[Stack]) -> list[str]:
    """The paths of all pictures, once each, as they are leafed through."""
    return list(dict.fromkeys(stack.picture(slide).path for stack in stacks for slide in range(len(stack))))


def values_of(stacks: Sequence[Stack], study: Study | None, visit: Visit | None, encoding: str) -> Told:
    """Whose the pictures are: by the visit where there is one, else by the images. ``encoding`` decides the letters."""
    facts = stacks[0].picture(0) if stacks else PictureFacts("")
    kanji, kana, romaji = read_person_name(study.name) if study is not None else read_person_name((facts.name, "", ""))
    found = {
        "id": facts.patient_id, "birth": facts.birth_date, "sex": facts.sex, "number": "",
        "date": facts.study_date, "time": facts.study_time[:6], "modality": facts.modality,
        "description": facts.study_description, "study_uid": facts.study_uid, "age": "",
        "accession": study.accession if study is not None else "", "series": str(len(stacks)),
    }  # fmt: skip
    if visit is not None:
        patient = visit.patient
        kanji, kana, romaji = patient.kanji or kanji, patient.kana or kana, patient.romaji or romaji
        found |= {"id": patient.patient_id, "sex": patient.sex or found["sex"], "number": visit.key.number}
        if patient.birth_date is not None:
            found["birth"] = f"{patient.birth_date:%Y%m%d}"
    if (age := _age(found["birth"], found["date"])) is not None:
        found["age"] = str(age)
    forms = [form for form in (kanji, kana, romaji, found["id"]) if form]
    name = next((form for form in forms if writable(form, encoding)), "")
    found |= {"name": name, "kana": kana if writable(kana, encoding) else "", "romaji": romaji}
    return Told(found, name if forms and name != forms[0] else "")


def encoded(text: str, encoding: str) -> bytes:
    """For the parameter file, with the line ends of Windows; a letter that the encoding lacks is written as ``〓``."""
    lines = "\r\n".join(text.splitlines())
    body = (lines + "\r\n" if lines else "").translate(_AS_WINDOWS)
    if encoding == "utf-8":
        return body.encode("utf-8", "replace")
    return b"".join(_letter(letter, encoding) for letter in body)


def writable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _letter(letter: str, encoding: str) -> bytes:
    return letter.encode(encoding) if writable(letter, encoding) else "〓".encode(encoding)


def _age(birth: str, day: str) -> int | None:
    try:
        born, then = (date(int(text[:4]), int(text[4:6]), int(text[6:8])) for text in (birth, day))
    except ValueError:
        return None
    return then.year - born.year - ((then.month, then.day) < (born.month, born.day)) if then >= born else None
