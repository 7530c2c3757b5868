"""Finding codes, categories (判定) and text blocks as data, and the rules by which they make a finding.

A centre's list of codes is used for years: a code that was published keeps its words and its examination for ever
(``broken_promises``), so that a page signed with it prints the same after any change of the master. What is no
longer wanted is retired, what is worded anew gets a new code.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiosk.core.faults import Fault
from kiosk.core.finding import FindingBody
from kiosk.core.kana import full_kana
from kiosk.core.words import N_, Sentence

BLANK = "＿"  # a place in a sentence that the doctor fills in
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

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(each.part for each in self.codes if each.part and not each.retired))


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


def read_judgement(data: Mapping[str, Any]) -> Judgement:
    """The master from its table (``masters/findings.toml``). Raises Fault naming every mistake at once."""
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
    if wrong:
        raise Fault(
            N_("The list of finding codes has mistakes: {wrong}"),
            N_("Correct the list; until then the one before stays in force."),
            reference="J201",
            wrong=" / ".join(wrong),
        )
    return Judgement(categories, kinds)


def _kind(data: Mapping[str, Any]) -> Kind:
    codes = []
    for part in data.get("part", ()):
        for each in part["codes"]:
            codes.append(
                FindingCode(
                    str(each["code"]), each["name"], full_kana(each.get("kana", "")), part["name"],
                    each.get("sentence", f"{each['name']}を認めます。"), each.get("category", ""),
                    each.get("retired", False),
                )
            )  # fmt: skip
    blocks = tuple(TextBlock(b["name"], b["text"], full_kana(b.get("kana", ""))) for b in data.get("block", ()))
    return Kind(
        data["code"],
        data.get("name", ""),
        data.get("normal", ""),
        data.get("normal_category", "A"),
        tuple(codes),
        blocks,
    )


def broken_promises(before: Judgement, after: Judgement) -> list[str]:
    """Codes that the new master takes away or words anew, which would change pages that are signed already."""
    kept = {(kind.code, code.code): code.name for kind in after.kinds.values() for code in kind.codes}
    broken = []
    for kind in before.kinds.values():
        for code in kind.codes:
            name = kept.get((kind.code, code.code))
            if name is None:
                broken.append(f"{code.code} {code.name}: retired = true")
            elif name != code.name:
                broken.append(f"{code.code} {code.name} / {name}")
    return broken


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


def trouble_before_signing(judgement: Judgement, body: FindingBody) -> list[Sentence]:
    """What is missing for a signature, in the order of the screen; empty when nothing is."""
    troubles = []
    if not body.text.strip() and not body.codes:
        troubles.append(Sentence(N_("Nothing is written yet: choose a code, write a text, or press “no abnormality”.")))
    if BLANK in body.text:
        blank = N_("A blank {mark} in the text is not filled in yet; F4 goes there.")
        troubles.append(Sentence(blank, {"mark": BLANK}))
    if not body.category:
        troubles.append(Sentence(N_("The category is missing.")))
    elif judgement.category(body.category) is None:
        troubles.append(Sentence(N_("The category {category} is not in use here."), {"category": body.category}))
    return troubles
