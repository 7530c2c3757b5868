"""How a finding grows under the doctor's hands: codes, sentences, category, key images, and the way back."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from kiosk.core.drawing import Drawing
from kiosk.core.finding import FindingBody
from kiosk.core.judgement import BLANK, FindingCode, Judgement, Kind, TextBlock
from kiosk.core.words import N_

MOST_STEPS = 200  # of the way back

STATES = {
    "none": N_("not read"),
    "draft": N_("draft"),
    "first": N_("first read"),
    "differs": N_("disagreement"),
    "signed": N_("signed"),
    "amended": N_("amended"),
}


@dataclass(frozen=True)
class Counted:
    """How many lines stand in which state."""

    open: int
    drafts: int
    first: int
    differs: int
    signed: int


def counted(states: Collection[str]) -> Counted:
    """Numbers for the head of the list."""
    listed = list(states)
    drafts = listed.count("draft")
    first, differs = listed.count("first"), listed.count("differs")
    signed = listed.count("signed") + listed.count("amended")
    return Counted(listed.count("none") + drafts, drafts, first, differs, signed)


def row_state(state: str) -> str:
    """How the list paints a line: green when signed, amber for a draft or one reading, red where two differ."""
    return {"draft": "look", "first": "look", "differs": "stop", "signed": "done", "amended": "done"}.get(state, "")


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


def suggested(judgement: Judgement, kind: Kind, codes: Sequence[str]) -> str:
    """The gravest category that the chosen codes suggest; empty when they suggest none."""
    known = {each.code: each.category for each in kind.codes}
    return judgement.gravest(known.get(code, "") for code in codes)


def _category_after(judgement: Judgement, kind: Kind, before: FindingBody, codes: Sequence[str]) -> str:
    """A category that was only suggested follows the codes; one that the doctor chose stays."""
    was_suggested = before.category in ("", suggested(judgement, kind, before.codes))
    was_normal = not before.codes and before.category == kind.normal_category
    if was_suggested or was_normal:
        return suggested(judgement, kind, codes)
    return before.category


class Editor:
    """The finding that is being written. Every act is one step of the way back; typing in a row is one step."""

    def __init__(self, judgement: Judgement, kind: Kind, saved: FindingBody) -> None:
        self.judgement = judgement
        self.kind = kind
        self.saved = saved
        self.body = saved
        self._steps: list[FindingBody] = []
        self._going = ""  # text or drawing: what is changed in a row is one step
        self.from_last: FindingBody | None = None  # what was taken over from last time

    @property
    def changed(self) -> bool:
        """Something differs from what is saved."""
        return self.body != self.saved

    @property
    def suggestion(self) -> str:
        """The category that the chosen codes suggest."""
        return suggested(self.judgement, self.kind, self.body.codes)

    def recover(self, body: FindingBody) -> None:
        """Go on with what was typed before; the way back leads to what is saved."""
        self._step(body)

    def saved_as(self, body: FindingBody) -> None:
        """``body`` is in the store now; what was done since then still counts as changed."""
        self.saved = body

    def typed(self, text: str) -> bool:
        """The text as it stands in the field; False when nothing changed."""
        if text == self.body.text:
            return False
        self._go_on("text", replace(self.body, text=text))
        return True

    def drawn(self, drawing: Drawing | None) -> None:
        """The schema drawing as it stands; its page has its own way back, here it is one step."""
        if drawing != self.body.drawing:
            self._go_on("drawing", replace(self.body, drawing=drawing))

    def _go_on(self, what: str, body: FindingBody) -> None:
        if self._going == what:
            self.body = body
        else:
            self._step(body)
            self._going = what

    def add_code(self, code: FindingCode) -> None:
        """Choose a code: its sentence is added and the category follows."""
        if code.code in self.body.codes:
            return
        codes = (*self.body.codes, code.code)
        text = self.body.text
        if text.strip() == self.kind.normal:
            text = ""  # "no abnormality" is no longer true
        self._step(
            replace(
                self.body,
                codes=codes,
                text=with_sentence(text, code.sentence),
                category=_category_after(self.judgement, self.kind, self.body, codes),
            )
        )

    def remove_code(self, number: str) -> None:
        """Take a code back, and its sentence if nobody reworded it."""
        if number not in self.body.codes:
            return
        code = next((each for each in self.kind.codes if each.code == number), None)
        codes = tuple(each for each in self.body.codes if each != number)
        text = without_sentence(self.body.text, code.sentence) if code is not None else self.body.text
        category = _category_after(self.judgement, self.kind, self.body, codes)
        self._step(replace(self.body, codes=codes, text=text, category=category))

    def add_block(self, block: TextBlock) -> None:
        """Add a text block on a line of its own."""
        self._step(replace(self.body, text=with_sentence(self.body.text, block.text)))

    def choose_category(self, code: str) -> None:
        """The doctor's own choice."""
        self._step(replace(self.body, category=code))

    def no_abnormality(self) -> None:
        """One key: the sentence and the category of "no abnormality"; key images stay."""
        category = self.judgement.category(self.kind.normal_category)
        self._step(replace(self.body, text=self.kind.normal, codes=(), category=category.code if category else ""))

    def as_last_time(self, last: FindingBody) -> None:
        """All that was said last time, to be changed where it is no longer true; not its pictures, nor its drawing
        where one is made already."""
        category = self.judgement.category(last.category)
        self.from_last = replace(last, category=category.code if category else "")
        drawing = self.body.drawing or last.drawing
        self._step(replace(self.from_last, key_images=self.body.key_images, drawing=drawing))

    def put_in(self, image: int) -> None:
        """The key image goes on the page."""
        if image not in self.body.key_images:
            self._step(replace(self.body, key_images=(*self.body.key_images, image)))

    def put_out(self, image: int) -> None:
        """The key image does not go on the page; it stays in the tray."""
        if image in self.body.key_images:
            kept = tuple(each for each in self.body.key_images if each != image)
            self._step(replace(self.body, key_images=kept))

    def undo(self) -> bool:
        """One step back; False when there is none."""
        if not self._steps:
            return False
        self.body = self._steps.pop()
        self._going = ""
        return True

    def _step(self, body: FindingBody) -> None:
        self._going = ""
        if body == self.body:
            return
        self._steps.append(self.body)
        del self._steps[:-MOST_STEPS]
        self.body = body


def same_lines(text: str, last: str) -> list[int]:
    """Numbers (from 0) of the lines that stand in last time's text as they are; empty lines don't count."""
    known = {line.strip() for line in last.split("\n")} - {""}
    return [number for number, line in enumerate(text.split("\n")) if line.strip() in known]


def next_blank(text: str, after: int) -> int:
    """Where the next place to fill in stands, from ``after`` on and then from the beginning; -1 when there is none."""
    found = text.find(BLANK, after)
    return found if found >= 0 else text.find(BLANK)
