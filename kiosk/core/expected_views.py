"""Which of the pictures that an examination expects have arrived, told by header values or else by their number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from kiosk.core.visit import Examination, ExpectedView, Step, StepState
from kiosk.core.words import N_, say

# Words that people and devices put into descriptions, for devices that leave the proper attribute empty.
_SIDE_WORDS = {"R": ("R", "RT", "RIGHT", "OD", "右", "右眼"), "L": ("L", "LT", "LEFT", "OS", "左", "左眼")}
_VIEW_WORDS = {
    "CC": ("CC", "CRANIO-CAUDAL", "CRANIOCAUDAL", "頭尾"),
    "MLO": ("MLO", "MEDIO-LATERAL OBLIQUE", "MEDIOLATERAL OBLIQUE", "内外斜位"),
    "PA": ("PA", "AP", "P-A", "A-P", "FRONTAL", "正面", "POSTERO-ANTERIOR", "ANTERO-POSTERIOR"),
    "LL": ("LL", "RL", "LAT", "LATERAL", "側面", "LEFT LATERAL", "RIGHT LATERAL"),
}
# Patient Orientation (PS3.3 C.7.6.1.1.1): rows then columns. Feet downwards is what a chest picture has.
_VIEW_OF_ORIENTATION = {"L": "PA", "R": "PA", "A": "LL", "P": "LL"}
_ATTACHED = re.compile(r"([RL])-?(CC|MLO)")


def arrived_views(exam: Examination, hints: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    """The codes of the expected views that have arrived, in the order of the master.

    ``hints`` holds one mapping per picture: DICOM keyword -> value, as far as the header had them. A picture whose
    header names a view counts for that view alone; one that names nothing, or part of it, counts for one view that
    it does not contradict. Values of ``needs`` may be alternatives, ``PA|AP``.
    """
    told = [_told(each) for each in hints]
    arrived: set[str] = set()
    unsure: list[list[str]] = []
    for facts in told:
        named = [view.code for view in exam.views if view.needs and _names(view, facts)]
        if named:
            arrived.update(named)  # a picture of both eyes is both
        else:
            unsure.append([view.code for view in exam.views if not _contradicts(view, facts)])
    arrived |= _placed(unsure, arrived)
    return tuple(view.code for view in exam.views if view.code in arrived)


def _placed(unsure: Iterable[list[str]], taken: set[str]) -> set[str]:
    """Give each unsure picture one view that nobody has, as many as can be (bipartite matching, tiny sizes)."""
    owner: dict[str, int] = {}
    options = [[code for code in codes if code not in taken] for codes in unsure]

    def place(picture: int, tried: set[str]) -> bool:
        for code in options[picture]:
            if code not in tried:
                tried.add(code)
                if code not in owner or place(owner[code], tried):
                    owner[code] = picture
                    return True
        return False

    free = len({code for codes in options for code in codes})
    for picture in range(len(options)):
        if len(owner) == free:
            break
        place(picture, set())
    return set(owner)


def _names(view: ExpectedView, facts: Mapping[str, str]) -> bool:
    return all(_meets(facts.get(keyword, ""), wanted) for keyword, wanted in view.needs)


def _contradicts(view: ExpectedView, facts: Mapping[str, str]) -> bool:
    return any(facts.get(keyword) and not _meets(facts[keyword], wanted) for keyword, wanted in view.needs)


def _meets(value: str, wanted: str) -> bool:
    alternatives = wanted.upper().split("|")
    return value in alternatives or (value == "B" and set(alternatives) <= {"R", "L"})


def _told(hints: Mapping[str, str]) -> dict[str, str]:
    """The hints in one spelling, with side and view taken from the next best place where the proper one is empty."""
    facts = {keyword: _plain(value) for keyword, value in hints.items() if value and value.strip()}
    side = facts.get("ImageLaterality") or facts.get("Laterality") or facts.get("FrameLaterality", "")
    view = facts.get("ViewPosition", "")
    described = " ".join(facts.get(each, "") for each in ("SeriesDescription", "ProtocolName"))
    words = _words(described)
    if not view:
        view = _one_of(_VIEW_WORDS, {facts.get("ViewCodeSequence", "")}) or _one_of(_VIEW_WORDS, words)
    if not view:
        rows, _, columns = facts.get("PatientOrientation", "").partition("\\")
        view = _VIEW_OF_ORIENTATION.get(rows[:1], "") if columns[:1] in ("F", "H") else ""
    if not side:
        side = _one_of(_SIDE_WORDS, words)
    facts["ImageLaterality"] = side[:1]
    facts["ViewPosition"] = view
    return {keyword: value for keyword, value in facts.items() if value}


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).strip().upper()


def _words(text: str) -> set[str]:
    found = {word for word in re.split(r"[^0-9A-Z\-ぁ-ヿ一-鿿]+", text) if word}
    for word in list(found):
        if joined := _ATTACHED.fullmatch(word):
            found |= set(joined.groups())
        found.update(part for part in word.split("-") if part)
        # Japanese is written without blanks: 胸部正面, 右眼底. 左右 and 両 say nothing of one side.
        if "左右" not in word and "両" not in word:
            found.update(sign for sign in ("右", "左", "正面", "側面", "頭尾", "内外斜位") if sign in word)
    return found


def _one_of(table: Mapping[str, tuple[str, ...]], words: set[str]) -> str:
    """The one entry that the words name; empty where they name none or several."""
    found = [name for name, spelt in table.items() if words & set(spelt)]
    return found[0] if len(found) == 1 else ""


def partly_text(step: Step) -> str:
    """What is missing of an examination that has begun."""
    missing = step.missing
    if all(not view.needs for view in step.exam.views):
        return f"{len(step.exam.views) - len(missing)}/{len(step.exam.views)}"
    return say(N_("no {views}"), views="・".join(view.name for view in missing))


def missing_of(step: Step) -> str:
    """What is missing of an examination, its name before it; empty when all has arrived."""
    if step.state is StepState.DONE:
        return ""
    return step.exam.name if not step.images else f"{step.exam.name} {partly_text(step)}"
