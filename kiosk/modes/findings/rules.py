"""How a finding grows under the doctor's hands: codes, sentences, category, key images, and the way back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from kiosk.core.drawing import Drawing
from kiosk.core.finding import FindingBody, Item
from kiosk.core.finding_fields import BLANK, CODE, Part, normal_items, with_value, without_place
from kiosk.core.finding_text import (
    category_after,
    filled_in,
    following,
    has_place,
    normal_category,
    still_normal,
    typed_values,
    with_sentence,
    without_normal,
    without_sentence,
)
from kiosk.core.judgement import FindingCode, Judgement, Kind, TextBlock, suggested
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
        """The category that the chosen codes and the fields suggest."""
        return suggested(self.judgement, self.kind, self.body)

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
        after = replace(self.body, text=text, items=typed_values(self.kind, text, self.body.items))
        if after.items != self.body.items:
            after = replace(after, category=category_after(self.judgement, self.kind, self.body, after))
        self._go_on("text", after)
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
        """Choose a code: its sentence is added and the category follows. It takes the first free place of its part,
        so that its fields can be filled in; again, it is one more of the same kind."""
        part = self.kind.part(code.part)
        place = part.free_place(self.body.items) if part is not None and has_place(part, code) else None
        if place is None and code.code in self.body.codes:
            return
        if part is not None and place is not None:
            self._put_code(part, place, code)
        else:
            text = with_sentence(without_normal(self.kind, self.body.text), code.in_words)
            self._put(replace(self.body, codes=(*self.body.codes, code.code), text=text))

    def _put_code(self, part: Part, place: str, code: FindingCode) -> None:
        """The code of one place, in place of the one that was there."""
        before = self.body
        old = part.values(before.items, place).get(CODE, "")
        items = with_value(before.items, part.item(CODE), place, code.code)
        for name, value in code.sets:
            items = with_value(items, part.item(name), place, value)
        items = filled_in(part, place, before.items, items)
        gone = old if part.place_of(items, old) is None else ""
        kept = tuple(each for each in before.codes if each != gone)
        codes = kept if code.code in kept else (*kept, code.code)
        text = following(without_normal(self.kind, before.text), self.kind, before.items, items)
        self._put(replace(before, codes=codes, text=text, items=items))

    def remove_code(self, number: str) -> None:
        """Take a code back, with what was entered for it, and its sentence if nobody reworded it."""
        if number not in self.body.codes:
            return
        before = self.body
        code = self.kind.finding(number)
        codes = tuple(each for each in before.codes if each != number)
        text, items = before.text, before.items
        part = self.kind.part(code.part) if code is not None else None
        while part is not None and (place := part.place_of(items, number)) is not None:
            fewer = without_place(items, part, place)
            text, items = self._dropped(text, items, fewer), fewer
        if code is not None and items == before.items:
            text = without_sentence(text, code.in_words)
        self._put(replace(before, codes=codes, text=text, items=items))

    def _dropped(self, text: str, items: tuple[Item, ...], fewer: tuple[Item, ...]) -> str:
        was, now = self.kind.told(items), self.kind.told(fewer)
        for sentence in [sentence for key, sentence in was.items() if key not in now]:
            text = without_sentence(text, sentence)
        return text

    def enter(self, part: Part, field: str, place: str, value: str) -> None:
        """Enter a value in a field; the text, the category and what the rules fill in follow."""
        before = self.body
        if part.values(before.items, place).get(field, "") == value:
            return
        if field == CODE:
            code = self.kind.finding(value)
            if code is not None:
                self._put_code(part, place, code)
            else:
                self.clear_place(part, place)
            return
        items = with_value(before.items, part.item(field), place, value)
        items = filled_in(part, place, before.items, items)
        text = before.text
        if not still_normal(self.judgement, self.kind, part, items):
            text = without_normal(self.kind, text)
        self._put(replace(before, text=following(text, self.kind, before.items, items), items=items))

    def clear_place(self, part: Part, place: str) -> None:
        """Take back everything that was entered for one place, its code too where no other place has it."""
        before = self.body
        number = part.values(before.items, place).get(CODE, "")
        items = without_place(before.items, part, place)
        codes = before.codes
        if number and part.place_of(items, number) is None:
            codes = tuple(each for each in codes if each != number)
        text = self._dropped(before.text, before.items, items)
        self._put(replace(before, codes=codes, text=text, items=items))

    def _put(self, after: FindingBody) -> None:
        self._step(replace(after, category=category_after(self.judgement, self.kind, self.body, after)))

    def add_block(self, block: TextBlock) -> None:
        """Add a text block on a line of its own."""
        self._step(replace(self.body, text=with_sentence(self.body.text, block.text)))

    def choose_category(self, code: str) -> None:
        """The doctor's own choice."""
        self._step(replace(self.body, category=code))

    def no_abnormality(self) -> None:
        """One key: the sentence, the category and the fields of "no abnormality"; key images stay, and so does what was
        entered that contradicts nothing (how it was examined, what was measured)."""
        items = normal_items(self.kind.fields)
        for part in self.kind.fields:
            with_normal = {each.code for each in part.fields if each.normal}
            kept = [each for each in self.body.items if each.field.startswith(f"{part.code}.")
                    and each.field.removeprefix(f"{part.code}.") not in with_normal]  # fmt: skip
            if still_normal(self.judgement, self.kind, part, kept):
                for each in kept:
                    items = with_value(items, *each)
        text = "\n".join([self.kind.normal, *self.kind.told(items).values()])
        category = normal_category(self.judgement, self.kind)
        self._step(replace(self.body, text=text, codes=(), category=category, items=items))

    def as_last_time(self, last: FindingBody) -> None:
        """All that was said last time, to be changed where it is no longer true; not its pictures, nor its drawing
        where one is made already."""
        category = self.judgement.category(last.category)
        known = {part.item(each.code) for part in self.kind.fields for each in part.offered}
        known |= {part.item(CODE) for part in self.kind.fields}
        items = tuple(each for each in last.items if each.field in known)
        self.from_last = replace(last, category=category.code if category else "", items=items)
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
