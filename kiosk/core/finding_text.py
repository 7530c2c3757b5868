"""How the text of a finding and what is entered in its fields go together: values become sentences and sentences
values, rules fill in, and "no abnormality" stands as long as nothing contradicts it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kiosk.core.finding import FindingBody, Item
from kiosk.core.finding_fields import (
    BLANK,
    CODE,
    Part,
    filled,
    judged,
    placeholders,
    set_by_rules,
    values_in,
    with_value,
)
from kiosk.core.judgement import FindingCode, Judgement, Kind, suggested


def with_sentence(text: str, sentence: str) -> str:
    """The text with one more sentence on a line of its own; a sentence that stands there already is not doubled."""
    lines = text.rstrip().split("\n") if text.strip() else []
    if BLANK not in sentence and sentence in lines:
        return text
    return "\n".join([*lines, sentence])


def without_sentence(text: str, sentence: str) -> str:
    """The text without the line of this sentence; blanks in it may be filled in. Changed words stay."""
    pieces = sentence.split(BLANK)
    kept = text.split("\n")
    if sentence in kept:
        kept.remove(sentence)
        return "\n".join(kept)
    for at, line in enumerate(kept):
        if _fits(line, pieces):
            del kept[at]
            break
    return "\n".join(kept)


def _fits(line: str, pieces: Sequence[str]) -> bool:
    at = 0
    for number, piece in enumerate(pieces):
        found = line.find(piece, at)
        if found < 0 or (number == 0 and found != 0):
            return False
        at = found + len(piece)
    return at == len(line) or pieces[-1] == ""


def category_after(judgement: Judgement, kind: Kind, before: FindingBody, after: FindingBody) -> str:
    """A category that was only suggested follows the codes and the fields; one that the doctor chose stays."""
    was_suggested = before.category in ("", suggested(judgement, kind, before))
    says_nothing = not before.codes and says_normal(kind, before.text)
    if was_suggested or (says_nothing and before.category == normal_category(judgement, kind)):
        return suggested(judgement, kind, after)
    return before.category


def normal_category(judgement: Judgement, kind: Kind) -> str:
    category = judgement.category(kind.normal_category)
    return category.code if category else ""


def says_normal(kind: Kind, text: str) -> bool:
    return bool(kind.normal) and text.lstrip().split("\n")[0].strip() == kind.normal


def without_normal(kind: Kind, text: str) -> str:
    """The text without the sentence of "no abnormality", which is no longer true."""
    return "\n".join(text.lstrip().split("\n")[1:]) if says_normal(kind, text) else text


def has_place(part: Part, code: FindingCode) -> bool:
    """Does the code take a place of its part: as one of several lesions, or because its sentence names fields?"""
    return all(each.isdigit() for each in part.places) or bool(placeholders(code.sentence))


def still_normal(judgement: Judgement, kind: Kind, part: Part, items: Sequence[Item]) -> bool:
    """Nothing that was entered for the part contradicts "no abnormality": how it was examined, what was measured."""
    normal = {each.code: each.normal for each in part.fields if each.normal}
    values = [(name, value) for place in part.places for name, value in part.values(items, place).items()]
    if any(name == CODE or value != normal.get(name, value) for name, value in values):
        return False
    if values and all(each.isdigit() for each in part.places):
        return False
    usual = normal_category(judgement, kind)
    return judgement.gravest([usual, *judged(part, items)]) == usual


def following(text: str, kind: Kind, before: Sequence[Item], after: Sequence[Item]) -> str:
    """The text with what the fields say now in place of what they said; words that the doctor changed stay."""
    was, now = kind.told(before), kind.told(after)
    for key in dict.fromkeys([*was, *now]):
        old, new = was.get(key, ""), now.get(key, "")
        if old == new:
            continue
        lines = text.split("\n")
        if old and old in lines:
            at = lines.index(old)
            lines[at : at + 1] = [new] if new else []
            text = "\n".join(lines)
        elif new:
            text = with_sentence(text, new)
    return text


def typed_values(kind: Kind, text: str, items: tuple[Item, ...]) -> tuple[Item, ...]:
    """The items with what was typed into the blanks of their sentences."""
    lines = text.split("\n")
    open_places = []
    for part in kind.fields:
        for place in part.places:
            values = part.values(items, place)
            code = kind.finding(values.get(CODE, ""))
            if code is None:
                continue
            made = filled(code.sentence, values, place)
            if made in lines:
                lines.remove(made)
            else:
                open_places.append((part, place, code.sentence, values))
    for part, place, template, values in open_places:
        for line in lines:
            typed = values_in(line, template, place, values)
            if typed is not None:
                lines.remove(line)
                items = _entered(part, place, items, typed)
                break
    return items


def _entered(part: Part, place: str, items: tuple[Item, ...], typed: Mapping[str, str]) -> tuple[Item, ...]:
    """A word that is no value of its field empties it: it must not say another thing than the text."""
    before = items
    for name, word in typed.items():
        field = part.field(name)
        value = field.read(word) if field is not None else None
        items = with_value(items, part.item(name), place, value if value and value == word else "")
    return filled_in(part, place, before, items)


def filled_in(part: Part, place: str, before: Sequence[Item], items: tuple[Item, ...]) -> tuple[Item, ...]:
    """What the rules fill in: only fields that are empty, or that hold what the rules filled in before."""
    were = set_by_rules(part, part.values(before, place))
    values = part.values(items, place)
    for name, value in set_by_rules(part, values).items():
        if values.get(name, "") in ("", were.get(name, "")):
            items = with_value(items, part.item(name), place, value)
    return items
