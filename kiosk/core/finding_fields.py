"""Structured fields of a finding: what may be entered for a part of the body, the sentences made of it, and the rules
that suggest a category (判定) from it.

A part has places (columns): right and left, or the first, second, third lesion; one without a name where it says none.
What was entered is an ``Item`` whose field is ``part code.field code``; a lesion's finding code is the field ``code``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kiosk.core.finding import Item

BLANK = "＿"  # a place in a sentence that the doctor fills in
CODE = "code"  # the field of a lesion that names its finding code
TYPES = ("choice", "several", "number", "text")

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_CONDITION = re.compile(r"\s*(\w+)\s*(>=|<=|!=|=|>|<)\s*([^,<>=!]+?)\s*")


@dataclass(frozen=True)
class Choice:
    """``code`` is what is kept and stands in sentences, ``label`` explains it."""

    code: str
    label: str = ""

    @property
    def shown(self) -> str:
        return f"{self.code} {self.label}".rstrip()


@dataclass(frozen=True)
class Field:
    """``type``: choice, several (choices), number (in ``unit``, from ``low`` to ``high``) or text. ``normal``: its
    value where nothing is abnormal. ``required``: nobody signs without it."""

    code: str
    name: str
    type: str = "choice"
    choices: tuple[Choice, ...] = ()
    unit: str = ""
    low: float | None = None
    high: float | None = None
    normal: str = ""
    required: bool = False
    retired: bool = False

    def read(self, typed: str) -> str | None:
        """The value that was meant by what was typed; empty for nothing, None where it cannot be one."""
        told = _plain(typed).strip()
        if not told:
            return ""
        if self.type == "number":
            return self._number(told)
        if self.type == "text":
            return typed.strip()
        if self.type == "several":
            words = re.split(r"[\s,、・]+", typed.strip())
            if len(words) == 1 and self._choice(words[0]) is None:
                words = list(words[0])
            found = [self._choice(word) for word in words if word]
            if any(each is None for each in found):
                return None
            return " ".join(each.code for each in self.choices if each in found)
        choice = self._choice(typed)
        return choice.code if choice is not None else None

    def _number(self, told: str) -> str | None:
        told = told.replace(self.unit, "").strip() if self.unit else told
        if not re.fullmatch(r"\d{1,6}(\.\d{1,3})?|\.\d{1,3}", told):
            return None
        amount = float(told)
        if (self.low is not None and amount < self.low) or (self.high is not None and amount > self.high):
            return None
        return f"{amount:g}"

    def _choice(self, typed: str) -> Choice | None:
        wanted = _bare(typed)
        numbers = {str(at): each for at, each in enumerate(self.choices, 1)}
        for fits in (
            lambda each: wanted in (_bare(each.code), _bare(each.label)),
            lambda each: _bare(self.key_of(each)) == wanted,
            lambda each: numbers.get(wanted) == each,
            lambda each: _bare(each.code).startswith(wanted) or _bare(each.label).startswith(wanted),
        ):
            found = [each for each in self.choices if fits(each)]
            if len(found) == 1 and wanted:
                return found[0]
        return None

    def key_of(self, choice: Choice) -> str:
        """What is typed for a choice: the digit its code ends with where that tells all apart, a short code itself,
        else its number."""
        ends = [each.code[-1:] for each in self.choices]
        if all(each.isdigit() for each in ends) and len(set(ends)) == len(ends):
            return choice.code[-1:]
        if all(each.code.isascii() and len(each.code) <= 4 for each in self.choices):
            return choice.code
        return str(self.choices.index(choice) + 1)

    def shown(self, value: str) -> str:
        """A value in words: its label where it has one, a number with its unit."""
        if self.type == "number":
            return f"{value}{self.unit}" if value else ""
        if self.type == "choice":
            return next((each.shown for each in self.choices if each.code == value), value)
        return value

    def order_of(self, value: str) -> float | None:
        """Where a value stands: its amount, or its place in the list of choices."""
        if self.type == "number":
            return _amount(value)
        codes = [each.code for each in self.choices]
        return float(codes.index(value)) if value in codes else None


@dataclass(frozen=True)
class Rule:
    """Where every condition of ``when`` (field, comparison, value) holds in one place: the category that is suggested,
    and values of other fields (``sets``)."""

    when: tuple[tuple[str, str, str], ...]
    judge: str = ""
    sets: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Part:
    """A part of the body with its fields. ``sentence``: what is said of a place that has no finding code."""

    name: str
    code: str = ""
    places: tuple[str, ...] = ("",)
    fields: tuple[Field, ...] = ()
    sentence: str = ""
    rules: tuple[Rule, ...] = ()

    def item(self, field: str) -> str:
        """The name of one of its fields in an ``Item``."""
        return f"{self.code}.{field}"

    @property
    def offered(self) -> tuple[Field, ...]:
        """Fields that can be filled in now."""
        return tuple(each for each in self.fields if not each.retired)

    def field(self, code: str) -> Field | None:
        return next((each for each in self.fields if each.code == code), None)

    def values(self, items: Iterable[Item], place: str) -> dict[str, str]:
        """Values of one place by field code, the finding code among them."""
        start = f"{self.code}."
        return {each.field[len(start):]: each.value for each in items
                if each.place == place and each.field.startswith(start)}  # fmt: skip

    def free_place(self, items: Sequence[Item]) -> str | None:
        """The first place with nothing in it; None where all are taken."""
        return next((place for place in self.places if not self.values(items, place)), None)

    def place_of(self, items: Sequence[Item], finding_code: str) -> str | None:
        """The last place that has this finding code."""
        kept = [place for place in self.places if self.values(items, place).get(CODE) == finding_code]
        return kept[-1] if kept else None


def with_value(items: Sequence[Item], field: str, place: str, value: str) -> tuple[Item, ...]:
    """The items with this value, or without one where it is empty; always in the same order."""
    kept = [each for each in items if (each.field, each.place) != (field, place)]
    return tuple(sorted([*kept, Item(field, place, value)] if value else kept))


def without_place(items: Sequence[Item], part: Part, place: str) -> tuple[Item, ...]:
    """The items without those of one place."""
    return tuple(each for each in items if each.place != place or not each.field.startswith(f"{part.code}."))


def normal_items(parts: Iterable[Part]) -> tuple[Item, ...]:
    """What is entered where nothing is abnormal."""
    return tuple(sorted(
        Item(part.item(each.code), place, each.normal)
        for part in parts for place in part.places for each in part.offered if each.normal
    ))  # fmt: skip


def abnormal(part: Part, items: Sequence[Item], place: str) -> bool:
    """Something there differs from what it is where nothing is abnormal."""
    values = part.values(items, place)
    normal = {each.code: each.normal for each in part.fields}
    return any(value != normal.get(code, "") for code, value in values.items())


def filled(template: str, values: Mapping[str, str], place: str) -> str:
    """A sentence with its values; ``[...]`` falls out where a value in it is missing, elsewhere a blank stays."""

    known = {**values, "place": place}

    def put(text: str) -> str:
        return _PLACEHOLDER.sub(lambda found: known.get(found[1], "") or BLANK, text)

    def segment(found: re.Match[str]) -> str:
        names = _PLACEHOLDER.findall(found[1])
        return put(found[1]) if all(known.get(name) for name in names) else ""

    return re.sub("[、，・]+。", "。", put(re.sub(r"\[([^\[\]]*)\]", segment, template)))


def sentences(part: Part, items: Sequence[Item], code_sentences: Mapping[str, str]) -> dict[str, str]:
    """What the part's places say: place -> sentence. ``code_sentences``: of the finding codes by their numbers.

    Where nothing is abnormal nothing is said; where one place is, the others that are filled in are told too.
    """
    told: dict[str, str] = {}
    any_abnormal = any(abnormal(part, items, place) for place in part.places)
    for place in part.places:
        values = part.values(items, place)
        if not values or not any_abnormal:
            continue
        sentence = code_sentences.get(values.get(CODE, "")) if CODE in values else part.sentence
        words = filled(sentence, values, place) if sentence else ""
        if words:
            told[place] = words
    return told


def judged(part: Part, items: Sequence[Item]) -> list[str]:
    """The categories that the rules suggest."""
    return [rule.judge for place in part.places for rule in _holding(part, part.values(items, place)) if rule.judge]


def set_by_rules(part: Part, values: Mapping[str, str]) -> dict[str, str]:
    """The values that the rules give to other fields; of several rules the last one that holds."""
    return {field: value for rule in _holding(part, values) for field, value in rule.sets}


def _holding(part: Part, values: Mapping[str, str]) -> list[Rule]:
    return [rule for rule in part.rules if values and all(_holds(part, values, each) for each in rule.when)]


def _holds(part: Part, values: Mapping[str, str], condition: tuple[str, str, str]) -> bool:
    name, sign, wanted = condition
    value = values.get(name, "")
    if sign in ("=", "!="):
        met = any(each in wanted.split("|") for each in (value.split(" ") if value else [""]))
        return met if sign == "=" else not met
    field = part.field(name)
    here, there = (field.order_of(value), field.order_of(wanted)) if field is not None else (None, None)
    if here is None or there is None:
        return False
    return {">=": here >= there, "<=": here <= there, ">": here > there, "<": here < there}[sign]


def read_conditions(text: str) -> tuple[tuple[str, str, str], ...] | None:
    """``size >= 15, code = 10104|10105``; None where it cannot be read."""
    found = []
    for piece in text.split(","):
        match = _CONDITION.fullmatch(piece)
        if match is None:
            return None
        found.append((match[1], match[2], match[3]))
    return tuple(found)


def read_sets(text: str) -> tuple[tuple[str, str], ...] | None:
    """``category = 4``; None where it cannot be read."""
    found = read_conditions(text) if text.strip() else ()
    if found is None or any(sign != "=" for _, sign, _ in found):
        return None
    return tuple((name, value) for name, _, value in found)


def placeholders(template: str) -> list[str]:
    """The fields that a sentence names."""
    return [name for name in _PLACEHOLDER.findall(template) if name != "place"]


def values_in(line: str, template: str, place: str, values: Mapping[str, str]) -> dict[str, str] | None:
    """What stands at the fields' places of a line that was made of ``template``; None where it is another line.

    So a value that the doctor types into the text is entered in its field too. What stands in brackets is as it was.
    """
    names = placeholders(re.sub(r"\[([^\[\]]*)\]", "", template))
    pieces = filled(template, {name: value for name, value in values.items() if name not in names}, place).split(BLANK)
    if not names or len(pieces) != len(names) + 1:
        return None
    found = re.fullmatch("(.*?)".join(re.escape(piece) for piece in pieces), line)
    if found is None:
        return None
    return {name: "" if value == BLANK else value for name, value in zip(names, found.groups(), strict=True)}


def _amount(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text)


def _bare(text: str) -> str:
    return re.sub(r"[\s\-‐－ー・/_().]", "", _plain(text)).casefold()
