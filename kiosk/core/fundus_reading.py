"""Both eyes as an ophthalmologist grades them, kept as a finding: words that say it, codes, and the category.

What is graded is master data (``masters/fundus_reading.toml``). The words are written so that they can be read back:
a draft is gone on with, and last time's grades stand beside today's. Grades that have a field in the findings master
are entered in it too, so that the findings station shows them, searches them and knows that nothing is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kiosk.core.finding import FindingBody
from kiosk.core.finding import Item as Entered
from kiosk.core.finding_fields import Field, with_value
from kiosk.core.judgement import FindingCode, Judgement, Kind

EYES = ("R", "L")
COMMA = "、"


@dataclass(frozen=True)
class Grade:
    """``digit`` is the key that chooses it; ``category`` and ``code`` are what it suggests; ``value`` what it is in the
    field of its item."""

    digit: str
    name: str
    category: str = ""
    code: str = ""
    value: str = ""


@dataclass(frozen=True)
class Item:
    """One thing that is graded in each eye. ``field`` of the findings master (part.field), empty for none."""

    key: str
    name: str
    words: str
    normal: str
    grades: tuple[Grade, ...]
    field: str = ""

    def grade(self, digit: str) -> Grade | None:
        return next((each for each in self.grades if each.digit == digit), None)

    def said(self, digit: str) -> str:
        grade = self.grade(digit)
        return self.words.replace("{}", grade.name) if grade is not None else ""


@dataclass(frozen=True)
class Sign:
    """A finding that an eye has or has not. ``short`` is its name where there is little room; it is ``value`` of
    ``field``, if that is not empty."""

    key: str
    code: str
    name: str
    category: str
    short: str = ""
    field: str = ""
    value: str = ""


@dataclass(frozen=True)
class FundusMaster:
    """What is read, for one kind of finding."""

    exam: str
    items: tuple[Item, ...]
    signs: tuple[Sign, ...]
    eyes: Mapping[str, str] = field(default_factory=dict)  # R, L -> the word of the eye
    signs_words: str = "{}"

    def item(self, key: str) -> Item | None:
        return next((each for each in self.items if each.key == key), None)


def read_master(data: Mapping[str, Any], kind: Kind) -> FundusMaster:
    """The master from its table; signs whose code the findings master does not offer any more are left out."""
    known: dict[str, FindingCode] = {each.code: each for each in kind.codes if not each.retired}
    items = tuple(
        Item(str(each["key"]), str(each["name"]), str(each.get("words", "{}")), str(each.get("normal", "")),
             tuple(Grade(str(g["digit"]), str(g["name"]), str(g.get("category", "")), str(g.get("code", "")),
                         _value(kind, each, str(g.get("value", g["name"]))))
                   for g in each.get("grades", ())), str(each.get("field", "")))
        for each in data.get("item", ())
    )  # fmt: skip
    signs = tuple(
        Sign(str(each["key"]), code.code, code.name, code.category, str(each.get("name", code.name)),
             str(each.get("field", "")), _value(kind, each, str(each.get("value", code.name))))
        for each in data.get("sign", ())
        if (code := known.get(str(each["code"]))) is not None
    )
    eyes = {"R": str(data.get("right", "R")), "L": str(data.get("left", "L"))}
    return FundusMaster(str(data.get("exam", kind.code)), items, signs, eyes, str(data.get("signs", "{}")))


def _field(kind: Kind, name: str) -> Field | None:
    part = next((each for each in kind.fields if each.code == name.partition(".")[0]), None)
    return part.field(name.partition(".")[2]) if part is not None else None


def _value(kind: Kind, data: Mapping[str, Any], said: str) -> str:
    """What is said in the words of the field; empty where there is none, or it knows no such value."""
    field = _field(kind, str(data.get("field", "")))
    return (field.read(said) or "") if field is not None else ""


@dataclass(frozen=True)
class Eye:
    """One eye: item key -> digit of the grade, and the codes of its signs."""

    grades: tuple[tuple[str, str], ...] = ()
    signs: frozenset[str] = frozenset()

    def grade(self, key: str) -> str:
        """The digit; empty where it is not graded."""
        return dict(self.grades).get(key, "")

    def graded(self, key: str, digit: str) -> Eye:
        """With that grade; an empty digit takes it back."""
        kept = {**dict(self.grades), key: digit}
        return replace(self, grades=tuple(sorted((k, d) for k, d in kept.items() if d)))

    def toggled(self, code: str) -> Eye:
        """The sign marked, or taken back."""
        return replace(self, signs=self.signs ^ {code})


@dataclass(frozen=True)
class Reading:
    """A finding of both eyes as it grows. ``category`` empty: as suggested; ``words``: whatever else is written."""

    eyes: tuple[Eye, Eye] = (Eye(), Eye())
    category: str = ""
    words: str = ""

    def eye(self, side: str) -> Eye:
        return self.eyes[EYES.index(side)]

    def with_eye(self, side: str, eye: Eye) -> Reading:
        right, left = self.eyes
        return replace(self, eyes=(eye, left) if side == "R" else (right, eye))

    @property
    def empty(self) -> bool:
        return self == Reading()


def normal(master: FundusMaster) -> Reading:
    """No abnormality in both eyes."""
    eye = Eye(tuple(sorted((each.key, each.normal) for each in master.items if each.normal)))
    return Reading((eye, eye))


def same_in_other(reading: Reading, side: str) -> Reading:
    """The other eye as this one."""
    return reading.with_eye("L" if side == "R" else "R", reading.eye(side))


def suggested(master: FundusMaster, judgement: Judgement, kind: Kind, reading: Reading) -> str:
    """The gravest category of both eyes; that of "no abnormality" where every item is graded and nothing is found."""
    found = judgement.gravest(_categories(master, reading))
    if found:
        return found
    complete = all(eye.grade(item.key) for eye in reading.eyes for item in master.items)
    category = judgement.category(kind.normal_category) if complete else None
    return category.code if category is not None else ""


def _categories(master: FundusMaster, reading: Reading) -> Iterable[str]:
    signs = {each.code: each.category for each in master.signs}
    for eye in reading.eyes:
        for item in master.items:
            grade = item.grade(eye.grade(item.key))
            if grade is not None:
                yield grade.category
        for code in eye.signs:
            yield signs.get(code, "")


def body_of(
    master: FundusMaster, judgement: Judgement, kind: Kind, reading: Reading, before: FindingBody
) -> FindingBody:
    """The reading as a finding. Of ``before`` stays what is not read here: key images, drawing, other fields."""
    if reading.eyes == normal(master).eyes:
        lines = [kind.normal]
    else:
        read = [(master.eyes[side], reading.eye(side)) for side in EYES if reading.eye(side) != Eye()]
        lines = [f"{name} {_said(master, eye)}" for name, eye in read]
    text = "\n".join([*lines, reading.words] if reading.words else lines)
    category = reading.category or suggested(master, judgement, kind, reading)
    items = _entered(master, kind, reading, before.items)
    return replace(before, text=text, codes=_codes(master, reading), category=category, items=items)


def _entered(
    master: FundusMaster, kind: Kind, reading: Reading, before: tuple[Entered, ...]
) -> tuple[Entered, ...]:  # fmt: skip
    items = before
    for side in EYES:
        for name, value in _values(master, kind, reading.eye(side)).items():
            place = _place(kind, name, side)
            if place:
                items = with_value(items, name, place, value)
    return items


def _values(master: FundusMaster, kind: Kind, eye: Eye) -> dict[str, str]:
    """Field -> value in one eye, empty for what is not said. A sign that is not marked is none as soon as the eye is
    graded wholly."""
    found: dict[str, str] = {}
    for item in master.items:
        grade = item.grade(eye.grade(item.key))
        found[item.field] = grade.value if grade is not None else ""
    whole = all(eye.grade(item.key) for item in master.items)
    for name in {each.field for each in master.signs}:
        field = _field(kind, name)
        marked = [each.value for each in master.signs if each.field == name and each.code in eye.signs]
        if field is not None:
            found[name] = (field.read(" ".join(marked)) or "") if marked else field.normal if whole else ""
    found.pop("", None)
    return found


def _place(kind: Kind, name: str, side: str) -> str:
    """The right eye is the first place of a part, the left one its second."""
    part = next((each for each in kind.fields if each.code == name.partition(".")[0]), None)
    return part.places[EYES.index(side)] if part is not None and len(part.places) == len(EYES) else ""


def _said(master: FundusMaster, eye: Eye) -> str:
    told = [item.said(eye.grade(item.key)) for item in master.items if eye.grade(item.key)]
    names = [each.name for each in master.signs if each.code in eye.signs]
    if names:
        told.append(master.signs_words.replace("{}", COMMA.join(names)))
    return COMMA.join(told) + "。"


def _codes(master: FundusMaster, reading: Reading) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for eye in reading.eyes:
        for item in master.items:
            grade = item.grade(eye.grade(item.key))
            if grade is not None and grade.code:
                found[grade.code] = None
    for sign in master.signs:
        if any(sign.code in eye.signs for eye in reading.eyes):
            found[sign.code] = None
    return tuple(found)


def ungraded(master: FundusMaster, kind: Kind, reading: Reading) -> tuple[str, Item] | None:
    """The first eye (R, L) and item that has no grade though the findings master requires its field."""
    for side in EYES:
        for item in master.items:
            field = _field(kind, item.field)
            if field is not None and field.required and not reading.eye(side).grade(item.key):
                return side, item
    return None


def read_body(master: FundusMaster, judgement: Judgement, kind: Kind, body: FindingBody) -> Reading:
    """A finding as a reading; lines that were not written here stay words. What was entered in fields alone is read
    from them, and the sentences that say no more than that are left out."""
    reading, words, told = Reading(), [], _told_by_fields(master, kind, body.items)
    in_words = set()
    for line in body.text.split("\n"):
        if line.strip() == kind.normal and kind.normal:
            reading = replace(reading, eyes=normal(master).eyes)
            continue
        if line in told:
            continue
        side = next((each for each in EYES if line.startswith(master.eyes[each] + " ")), "")
        eye = _heard(master, line[len(master.eyes[side]) + 1 :]) if side else None
        if eye is None:
            words.append(line)
        else:
            reading = reading.with_eye(side, eye)
            in_words.add(side)
    for side in set(EYES) - in_words:
        reading = reading.with_eye(side, _read_fields(master, kind, reading.eye(side), body.items, side))
    reading = replace(reading, words="\n".join(words).strip())
    chosen = judgement.category(body.category)
    by_rule = suggested(master, judgement, kind, reading)
    return replace(reading, category=chosen.code if chosen is not None and chosen.code != by_rule else "")


def _told_by_fields(master: FundusMaster, kind: Kind, items: tuple[Entered, ...]) -> set[str]:
    """Sentences of the fields in which nothing is entered but what is graded here."""
    here = {item.field for item in master.items} | {sign.field for sign in master.signs}
    found = set()
    for (name, place), sentence in kind.told(items).items():
        part = kind.part(name)
        if part is not None and {part.item(each) for each in part.values(items, place)} <= here:
            found.add(sentence)
    return found


def _read_fields(master: FundusMaster, kind: Kind, eye: Eye, items: tuple[Entered, ...], side: str) -> Eye:
    """The eye as the fields have it; a value that several grades stand for is none of them."""
    entered = {each.field: each.value for each in items if each.place == _place(kind, each.field, side)}
    for item in master.items:
        value = entered.get(item.field, "")
        meant = [grade.digit for grade in item.grades if value and grade.value == value]
        if len(meant) == 1:
            eye = eye.graded(item.key, meant[0])
    marked = {each.code for each in master.signs if each.value and each.value in entered.get(each.field, "").split(" ")}
    return replace(eye, signs=eye.signs | marked)


def _heard(master: FundusMaster, text: str) -> Eye | None:
    """What ``_said`` wrote; None where anything in it is not ours."""
    said = {item.said(grade.digit): (item.key, grade.digit) for item in master.items for grade in item.grades}
    names = {each.name: each.code for each in master.signs}
    eye = Eye()
    before, found, after = text.strip().removesuffix("。"), "", ""
    head = master.signs_words.split("{}")[0]
    if head and head in before:
        before, found, after = before.partition(head)
    for part in before.split(COMMA):
        if part.strip() in said:
            eye = eye.graded(*said[part.strip()])
        elif part.strip():
            return None
    for name in re.split(COMMA, after) if found else ():
        if name not in names:
            return None
        eye = eye.toggled(names[name])
    return eye
