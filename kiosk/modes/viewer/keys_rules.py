"""Letters of the viewer: what each does, which of them a person has changed, and that no two acts share one."""

from __future__ import annotations

import re
import string
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from kiosk.core.words import N_, Sentence, say

Do = TypeVar("Do", bound=Callable[[], object])
Card = Sequence[tuple[str, str]]  # caps and words (msgids), as on the card of all keys

POSSIBLE = frozenset(string.ascii_lowercase + "-+,.;:/@[]^")
SHORT = 4  # letters of a part that says too little alone


@dataclass(frozen=True)
class Act:
    """Something a letter does; ``letter`` is the one it has at first."""

    letter: str
    words: str


def acts(card: Card, letters: Mapping[str, object]) -> list[Act]:
    """Everything whose letter may be changed, in the order of the card; digits choose windows and stay."""
    found: list[Act] = []
    for caps, words in card:
        its = [cap for cap in caps.split() if cap in letters and not cap.isdigit()]
        found += [Act(letter, part) for letter, part in zip(its, _parts(say(words), len(its)), strict=True)]
    known = {act.letter for act in found}
    return found + [Act(letter, letter) for letter in letters if letter not in known and not letter.isdigit()]


def _parts(words: str, count: int) -> list[str]:
    """The words of each of several letters that share a line of the card."""
    if count < 2:
        return [words] * count
    found = re.match(r"(.*?(?:: |：))(.*)", words)
    start, rest = (found.group(1), found.group(2)) if found else ("", words)
    for between in ("・", "、", ", "):
        parts = [part.strip() for part in rest.split(between)]
        if len(parts) == count:
            return [start + part if start or len(part) >= SHORT else f"{part} ({words})" for part in parts]
    return [f"{words} ({number + 1})" for number in range(count)]


def applied(letters: Mapping[str, Do], changes: Mapping[str, str]) -> dict[str, Do]:
    """The letters as they act now. What is changed goes first: after an update a new act never takes its letter."""
    now = {changes[letter]: act for letter, act in letters.items() if letter in changes}
    for letter, act in letters.items():
        if letter not in changes and letter not in now:
            now[letter] = act
    return now


def letter_of(letter: str, changes: Mapping[str, str]) -> str:
    return changes.get(letter, letter)


def shown_card(card: Card, letters: Mapping[str, object], changes: Mapping[str, str]) -> list[tuple[str, str]]:
    """Caps as they are now, and words to read; nothing of letters that do nothing on this PC."""
    return [
        ("  ".join(letter_of(cap, changes) if cap in letters else cap for cap in say(caps).split("  ")), say(words))
        if any(cap in letters and not cap.isdigit() for cap in caps.split())
        else (say(caps), say(words))
        for caps, words in card
        if caps in letters or len(caps) > 1
    ]


def why_not(act: Act, new: str, every: Sequence[Act], changes: Mapping[str, str]) -> Sentence | None:
    """Why an act can't have this letter; None where it can."""
    if new not in POSSIBLE:
        return Sentence(N_("Only a small letter or one of + - , . ; : / @ [ ] ^ can be a key here."))
    for other in every:
        if other.letter != act.letter and letter_of(other.letter, changes) == new:
            return Sentence(N_("{letter} is the key for “{words}” already."), {"letter": new, "words": other.words})
    return None


def changed(changes: Mapping[str, str], letter: str, new: str) -> dict[str, str]:
    """The changes with one more; one that goes back to what it was at first is none."""
    kept = {key: value for key, value in changes.items() if key != letter}
    return kept if new == letter else {**kept, letter: new}
