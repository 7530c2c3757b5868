"""Finding codes, categories (判定) and text blocks as data, and the rules by which they make a finding.

A centre's list of codes is used for years: a code that was published is never taken away (``broken_promises``), it is
retired. A page that was signed prints from the master that it was signed with.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.finding import FindingBody, Item
from kiosk.core.finding_fields import (
    BLANK,
    CODE,
    Choice,
    Field,
    Part,
    Rule,
    filled,
    judged,
    read_conditions,
    read_sets,
    sentences,
)
from kiosk.core.kana import full_kana
from kiosk.core.kind_sheets import Mistake, mistakes_in, sheets_of
from kiosk.core.words import N_, Sentence, say

OTHER = ""  # code of the kind for examinations that have no list of their own


@dataclass(frozen=True)
class Category:
    """A judgement. ``rank``: higher is graver. ``stands_for``: letters of the other schemes that mean this one."""

    code: str
    label: str
    rank: int
    months: int = 0  # look again after so many months, 0 = not said
    referral: bool = False  # a letter to a hospital is wanted
    state: str = ""  # how it looks in a list: done, look, stop or plain
    stands_for: tuple[str, ...] = ()

    @property
    def shown(self) -> str:
        return f"{self.code} {self.label}"


@dataclass(frozen=True)
class FindingCode:
    """One line of the list: number, name, kana to find it by, part of the body, sentence and suggested category."""

    code: str
    name: str
    kana: str
    part: str = ""
    sentence: str = ""
    category: str = ""
    retired: bool = False
    sets: tuple[tuple[str, str], ...] = ()  # values that it enters in the fields of its place

    @property
    def in_words(self) -> str:
        """Its sentence with a blank wherever a field stands."""
        return filled(self.sentence, {}, "")


@dataclass(frozen=True)
class TextBlock:
    """Words that are written often; ``kana`` finds them."""

    name: str
    text: str
    kana: str = ""


@dataclass(frozen=True)
class Kind:
    """What may be said about one kind of examination. ``code`` is the examination's code."""

    code: str
    name: str = ""
    normal: str = ""  # the sentence of "no abnormality"
    normal_category: str = "A"
    codes: tuple[FindingCode, ...] = ()
    blocks: tuple[TextBlock, ...] = ()
    fields: tuple[Part, ...] = ()  # parts with what may be entered in them
    schema: str = ""  # name of the background of its schema drawing
    layout: tuple[tuple[str, ...], ...] = ()  # parts on the page, those in one line side by side; empty: all

    @property
    def parts(self) -> tuple[str, ...]:
        """Names of the parts, those that have only fields too."""
        found = [each.part for each in self.codes if each.part and not each.retired]
        return tuple(dict.fromkeys([*found, *(each.name for each in self.fields)]))

    def part(self, name: str) -> Part | None:
        """The fields of a part, None where it has none."""
        return next((each for each in self.fields if each.name == name), None)

    def finding(self, number: str) -> FindingCode | None:
        return next((each for each in self.codes if each.code == number), None)

    def told(self, items: Sequence[Item]) -> dict[tuple[str, str], str]:
        """What the fields say: (part, place) -> sentence."""
        of_codes = {each.code: each.sentence for each in self.codes}
        return {(part.name, place): sentence for part in self.fields
                for place, sentence in sentences(part, items, of_codes).items()}  # fmt: skip


@dataclass(frozen=True)
class Judgement:
    """The whole master: the categories in force and the kinds of findings."""

    categories: tuple[Category, ...]
    kinds: Mapping[str, Kind] = field(default_factory=dict)

    def kind(self, exam: str, name: str = "") -> Kind:
        """The list of an examination; one without a list of its own has the general sentences alone."""
        general = self.kinds.get(OTHER, Kind(OTHER))
        found = self.kinds.get(exam)
        if found is None:
            return Kind(exam, name, general.normal, general.normal_category, general.codes, general.blocks)
        return found

    def category(self, code: str) -> Category | None:
        """The category in force for a letter of any scheme; None for one that is not known."""
        exact = next((each for each in self.categories if each.code == code), None)
        return exact or next((each for each in self.categories if code and code in each.stands_for), None)

    def gravest(self, codes: Iterable[str]) -> str:
        """The gravest of several categories, as the code in force; empty for none."""
        known = [found for code in codes if (found := self.category(code)) is not None]
        return max(known, key=lambda each: each.rank).code if known else ""

    def codes_of(self, kind: str, chosen: Sequence[str]) -> list[tuple[str, str]]:
        """(code, name) of chosen codes, retired ones too; a code nobody knows keeps its number."""
        known = {each.code: each.name for each in self.kind(kind).codes}
        return [(code, known.get(code, "")) for code in chosen]


# What ``read_judgement`` tells by itself.
_TOLD_BEFORE = {("code", "code"), ("code", "category"), ("kind", "normal_category")}


def read_judgement(data: Mapping[str, Any], *, proven: bool = False) -> Judgement:
    """The master from its table (``masters/findings.toml``). Raises Fault naming every mistake at once.

    ``proven``: it was in force when a page was signed with it, so whatever it says, it is read as well as it can be.
    """
    wrong: list[str] = []
    scheme = str(data.get("scheme", ""))
    rows = [each for each in data.get("category", ()) if scheme in each.get("schemes", [scheme])]
    categories = tuple(
        Category(
            each["code"], each["label"], each["rank"], each.get("months", 0), each.get("referral", False),
            each.get("state", ""), tuple(each.get("stands_for", ())),
        )
        for each in rows
    )  # fmt: skip
    if not categories:
        wrong.append(f"scheme {scheme}: no category")
    plain = Judgement(categories)
    seen: dict[str, str] = {}
    kinds: dict[str, Kind] = {}
    for each in data.get("kind", ()):
        kind = _kind(each)
        kinds[kind.code] = kind
        for code in kind.codes:
            if code.code in seen:
                wrong.append(f"{code.code}: {code.name} / {seen[code.code]}")
            seen[code.code] = code.name
            if code.category and plain.category(code.category) is None:
                wrong.append(f"{code.code} {code.name}: {code.category}")
        if plain.category(kind.normal_category) is None:
            wrong.append(f"{kind.code}: {kind.normal_category}")
        if not proven:
            letters = letters_of(categories)
            wrong += [
                told(each, mistake)
                for mistake in mistakes_in(sheets_of(each), letters)
                if (mistake.sheet, mistake.column) not in _TOLD_BEFORE
            ]
    if wrong and not proven:
        raise Fault(
            N_("The list of finding codes has mistakes: {wrong}"),
            N_("Correct the list; until then the one before stays in force."),
            reference="J201",
            wrong=" / ".join(wrong),
        )
    return Judgement(categories, kinds)


def letters_of(categories: Iterable[Category]) -> set[str]:
    """Every letter that is understood, of the scheme in force or of another."""
    return {letter for each in categories for letter in (each.code, *each.stands_for)}


def told(kind: Mapping[str, Any], mistake: Mistake) -> str:
    """A mistake of a kind in one line: kind, sheet, number of the entry, column, what is wrong."""
    rows = sheets_of(kind)[mistake.sheet]
    row = rows[mistake.row] if mistake.row < len(rows) else {}
    named = " ".join(row[name] for name in ("part", "code", "name") if row.get(name))
    return f"{kind.get('code', '')} {mistake.sheet} {mistake.row + 1} ({named}) {mistake.column}: {say(mistake.words)}"


def _kind(data: Mapping[str, Any]) -> Kind:
    """A kind as well as it can be read: an entry without anything in it makes nothing else vanish."""
    codes, fields = [], []
    for part in data.get("part", ()):
        name = str(part.get("name", ""))
        codes += [_code(each, name) for each in part.get("codes", ()) if each.get("code") and each.get("name")]
        if part.get("fields"):
            fields.append(_part(part, name))
    blocks = tuple(
        TextBlock(b["name"], b.get("text", ""), full_kana(b.get("kana", "")))
        for b in data.get("block", ()) if b.get("name")
    )  # fmt: skip
    return Kind(
        str(data.get("code", "")),
        data.get("name", ""),
        data.get("normal", ""),
        data.get("normal_category", "A"),
        tuple(codes),
        blocks,
        tuple(fields),
        data.get("schema", ""),
        tuple(tuple(each.strip() for each in line.split("|")) for line in data.get("layout", ())),
    )


def _code(data: Mapping[str, Any], part: str) -> FindingCode:
    return FindingCode(
        str(data["code"]), data["name"], full_kana(data.get("kana", "")), part,
        data.get("sentence", f"{data['name']}を認めます。"), data.get("category", ""), data.get("retired", False),
        read_sets(data.get("sets", "")) or (),
    )  # fmt: skip


def _part(data: Mapping[str, Any], name: str) -> Part:
    fields = tuple(
        Field(
            str(each["code"]), each["name"], each.get("type", "choice"),
            tuple(Choice(*(word.strip() for word in str(line).split(":", 1))) for line in each.get("choices", ())),
            each.get("unit", ""), each.get("low"), each.get("high"), str(each.get("normal", "")),
            each.get("required", False), each.get("retired", False),
        )
        for each in data["fields"] if each.get("code") and each.get("name")
    )  # fmt: skip
    rules = tuple(
        Rule(when, each.get("judge", ""), read_sets(each.get("sets", "")) or ())
        for each in data.get("rules", ())
        if (when := read_conditions(str(each.get("when", "")).replace("\n", " "))) is not None
    )
    places = tuple(str(each) for each in data.get("places", ())) or ("",)
    return Part(name, str(data.get("code", "")), places, fields, data.get("sentence", ""), rules)


def broken_promises(before: Judgement, after: Judgement) -> list[str]:
    """Codes and fields that the new master takes away instead of retiring them: findings that have them could no longer
    be told apart or searched. (What was signed prints from the master that it was signed with.)"""
    kept = {name for kind in after.kinds.values() for name in _names(kind)}
    return [f"{kind.code} {words}" for kind in before.kinds.values()
            for name, words in _names(kind).items() if name not in kept]  # fmt: skip


def _names(kind: Kind) -> dict[tuple[str, str], str]:
    """The codes and fields of a kind: by what they are known by, their words."""
    found = {(kind.code, each.code): f"{each.part} {each.code} {each.name}" for each in kind.codes}
    return found | {(kind.code, part.item(each.code)): f"{part.name} {each.code} {each.name}"
                    for part in kind.fields for each in part.fields}  # fmt: skip


def found_codes(kind: Kind, typed: str, part: str = "") -> list[FindingCode]:
    """Codes whose number, name, kana or part begins with (first) or contains (then) what was typed; kana in any form.

    Nothing typed: all of the part, in the order of the list. Retired codes are not offered.
    """
    offered = [each for each in kind.codes if not each.retired and part in ("", each.part)]
    wanted = _plain(typed)
    if not wanted:
        return offered
    ranked: list[tuple[int, int, FindingCode]] = []
    for order, each in enumerate(offered):
        fields = [_plain(each.code), _plain(each.kana), _plain(each.name), _plain(each.part)]
        words = [word for text in (each.kana, each.name) for word in _plain(text).split()]
        if any(text.startswith(wanted) for text in fields[:3]):
            ranked.append((0, order, each))
        elif any(word.startswith(wanted) for word in words) or fields[3].startswith(wanted):
            ranked.append((1, order, each))
        elif any(wanted in text for text in fields):
            ranked.append((2, order, each))
    return [each for _, _, each in sorted(ranked, key=lambda found: found[:2])]


def found_blocks(kind: Kind, typed: str) -> list[TextBlock]:
    """Text blocks by part of their name, kana or words."""
    wanted = _plain(typed)
    return [each for each in kind.blocks if any(wanted in _plain(text) for text in (each.name, each.kana, each.text))]


def _plain(text: str) -> str:
    """For comparing: half and full width, hiragana and katakana, capitals all alike."""
    return full_kana(unicodedata.normalize("NFKC", text)).casefold()


def suggested(judgement: Judgement, kind: Kind, body: FindingBody) -> str:
    """The gravest category that the chosen codes and the entered values suggest; empty when they suggest none."""
    known = {each.code: each.category for each in kind.codes}
    of_rules = [letter for part in kind.fields for letter in judged(part, body.items)]
    return judgement.gravest([*(known.get(code, "") for code in body.codes), *of_rules])


def trouble_before_signing(judgement: Judgement, body: FindingBody, kind: Kind | None = None) -> list[Sentence]:
    """What is missing for a signature, in the order of the screen; empty when nothing is."""
    troubles = []
    if not body.text.strip() and not body.codes:
        troubles.append(Sentence(N_("Nothing is written yet: choose a code, write a text, or press “no abnormality”.")))
    missing = missing_fields(kind, body) if kind is not None else []
    if missing:
        troubles.append(Sentence(N_("Not filled in yet: {fields}"), {"fields": "、".join(missing)}))
    nameless = lesions_without_code(kind, body) if kind is not None else []
    if nameless:
        troubles.append(Sentence(N_("No finding code is chosen for: {places}"), {"places": "、".join(nameless)}))
    if BLANK in body.text:
        blank = N_("A blank {mark} in the text is not filled in yet; F4 goes there.")
        troubles.append(Sentence(blank, {"mark": BLANK}))
    if not body.category:
        troubles.append(Sentence(N_("The category is missing.")))
    elif judgement.category(body.category) is None:
        troubles.append(Sentence(N_("The category {category} is not in use here."), {"category": body.category}))
    return troubles


def missing_fields(kind: Kind, body: FindingBody) -> list[str]:
    """Required fields without a value, as part, place and name; those of a numbered lesion only where there is one."""
    found = []
    for part in kind.fields:
        for place in part.places:
            values = part.values(body.items, place)
            if place.isdigit() and not values:
                continue
            found += [" ".join(word for word in (part.name, place, each.name) if word)
                      for each in part.offered if each.required and not values.get(each.code)]  # fmt: skip
    return found


def lesions_without_code(kind: Kind, body: FindingBody) -> list[str]:
    """Numbered places where something is entered, but not what was found there."""
    return [
        f"{part.name} {place}"
        for part in kind.fields if not part.sentence
        for place in part.places if place.isdigit()
        if (values := part.values(body.items, place)) and CODE not in values
    ]  # fmt: skip
