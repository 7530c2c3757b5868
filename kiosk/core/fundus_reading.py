"""Both eyes as an ophthalmologist grades them, kept as a finding: words that say it, codes, and the category.

What is graded is master data (``masters/fundus_reading.toml``). The words are written so that they can be read back:
a draft is gone on with, and last time's grades stand beside today's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from kiosk.core.finding import FindingBody
from kiosk.core.judgement import FindingCode, Judgement, Kind

EYES = ("R", "L")
COMMA = "、"


@dataclass(frozen=True)
class Grade:
    """``digit`` is the key that chooses it; ``category`` and ``code`` are what it suggests."""

    digit: str
    name: str
    category: str = ""
    code: str = ""


@dataclass(frozen=True)
class Item:
    """One thing that is graded in each eye."""

    key: str
    name: str
    words: str
    normal: str
    grades: tuple[Grade, ...]

    def grade(self, digit: str) -> Grade | None:
        return next((each for each in self.grades if each.digit == digit), None)

    def said(self, digit: str) -> str:
        grade = self.grade(digit)
        return self.words.replace("{}", grade.name) if grade is not None else ""


@dataclass(frozen=True)
class Sign:
    """A finding that an eye has or has not. ``short`` is its name where there is little room."""

    key: str
    code: str
    name: str
    category: str
    short: str = ""


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
             tuple(Grade(str(g["digit"]), str(g["name"]), str(g.get("category", "")), str(g.get("code", "")))
                   for g in each.get("grades", ())))
        for each in data.get("item", ())
    )  # fmt: skip
    signs = tuple(
        Sign(str(each["key"]), code.code, code.name, code.category, str(each.get("name", code.name)))
        for each in data.get("sign", ())
        if (code := known.get(str(each["code"]))) is not None
    )
    eyes = {"R": str(data.get("right", "R")), "L": str(data.get("left", "L"))}
    return FundusMaster(str(data.get("exam", kind.code)), items, signs, eyes, str(data.get("signs", "{}")))


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
    """The reading as a finding; key images of ``before`` stay."""
    if reading.eyes == normal(master).eyes:
        lines = [kind.normal]
    else:
        read = [(master.eyes[side], reading.eye(side)) for side in EYES if reading.eye(side) != Eye()]
        lines = [f"{name} {_said(master, eye)}" for name, eye in read]
    text = "\n".join([*lines, reading.words] if reading.words else lines)
    category = reading.category or suggested(master, judgement, kind, reading)
    return replace(before, text=text, codes=_codes(master, reading), category=category)


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


def read_body(master: FundusMaster, judgement: Judgement, kind: Kind, body: FindingBody) -> Reading:
    """A finding as a reading; lines that were not written here stay words."""
    reading, words = Reading(), []
    for line in body.text.split("\n"):
        if line.strip() == kind.normal and kind.normal:
            reading = replace(reading, eyes=normal(master).eyes)
            continue
        side = next((each for each in EYES if line.startswith(master.eyes[each] + " ")), "")
        eye = _heard(master, line[len(master.eyes[side]) + 1 :]) if side else None
        if eye is None:
            words.append(line)
        else:
            reading = reading.with_eye(side, eye)
    reading = replace(reading, words="\n".join(words).strip())
    chosen = judgement.category(body.category)
    by_rule = suggested(master, judgement, kind, reading)
    return replace(reading, category=chosen.code if chosen is not None and chosen.code != by_rule else "")


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
