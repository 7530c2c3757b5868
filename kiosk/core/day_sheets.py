"""The two sheets of a day: in the morning who is ready, in the evening what does not agree. Differences only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kiosk.core.kept_sentences import kept_sentence, sentence_data
from kiosk.core.visit import Visit, VisitState
from kiosk.core.words import N_, Sentence


@dataclass(frozen=True)
class Difference:
    """One line: who, and what is missing."""

    number: str
    patient_id: str
    name: str
    what: Sentence

    def as_data(self) -> dict[str, Any]:
        text, values = sentence_data(self.what)
        return {"number": self.number, "patient_id": self.patient_id, "name": self.name, "text": text, "values": values}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Difference:
        what = kept_sentence(data["text"], data["values"])
        return cls(data["number"], data["patient_id"], data["name"], what)


@dataclass(frozen=True)
class Sheet:
    """``counts``: caption (msgid) -> number, in order; the first is the whole. ``lines`` say what does not agree."""

    kind: str
    day: str
    made_at: str
    counts: tuple[tuple[str, int], ...] = ()
    lines: tuple[Difference, ...] = ()

    def as_data(self) -> dict[str, Any]:
        return {
            "kind": self.kind, "day": self.day, "made_at": self.made_at, "counts": [list(each) for each in self.counts],
            "lines": [each.as_data() for each in self.lines],
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Sheet:
        return cls(
            data["kind"], data["day"], data["made_at"], tuple((text, int(n)) for text, n in data["counts"]),
            tuple(Difference.from_data(each) for each in data["lines"]),
        )  # fmt: skip


READINESS, RECONCILIATION = "readiness", "reconciliation"
MISSING = N_("missing")  # the one number that is no good news
TITLES = {
    READINESS: N_("Readiness: previous images of today's examinees"),
    RECONCILIATION: N_("Reconciliation of the day"),
}


@dataclass(frozen=True)
class Prepared:
    """What was done for one visit: ``wanted`` previous studies, ``here`` of them; ``why`` not, ``asked`` at all."""

    asked: bool = False
    wanted: int = 0
    here: int = 0
    why: Sentence | None = None


def readiness(day: date, visits: Sequence[Visit], prepared: Mapping[int, Prepared], made_at: str) -> Sheet:
    """Who has all previous images here; who has not, and why."""
    expected = [each for each in visits if not each.vanished and each.state != VisitState.CANCELLED]
    lines = []
    for visit in expected:
        told = prepared.get(visit.id, Prepared())
        if not told.asked and told.why is None:
            lines.append(_line(visit, Sentence(N_("the archive was not asked yet"))))
        elif told.why is not None and (not told.asked or told.here < told.wanted):
            values = {"n": told.here, "m": told.wanted, "why": told.why}
            lines.append(_line(visit, Sentence(N_("{n} of {m} previous studies: {why}"), values)))
        elif told.here < told.wanted:
            values = {"n": told.here, "m": told.wanted}
            lines.append(_line(visit, Sentence(N_("{n} of {m} previous studies, the rest is on its way"), values)))
    counts = (
        (N_("examinees"), len(expected)),
        (N_("ready for the day"), len(expected) - len(lines)),
        (MISSING, len(lines)),
    )
    return Sheet(READINESS, day.isoformat(), made_at, counts, tuple(lines))


@dataclass(frozen=True)
class Kept:
    """What is kept of one examination: its images, those on two disks, and where it was not sent to yet: why."""

    images: int = 0
    twice: int = 0
    sends: int = 0
    unsent: tuple[tuple[str, Sentence | None], ...] = field(default=())


def reconciliation(
    day: date,
    visits: Sequence[Visit],
    kept: Mapping[int, Kept],
    made_at: str,
    *,
    unmatched: int = 0,
    two_disks: bool = True,
) -> Sheet:
    """Booked, arrived, acquired, stored, verified: the numbers, and only what does not agree.

    ``kept`` by step id; ``unmatched`` studies of the day found no examinee; ``two_disks``: are there copies at all?
    """
    booked = [each for each in visits if not each.vanished and each.state != VisitState.CANCELLED]
    here = {each.id for each in booked if each.state != VisitState.BOOKED or any(step.images for step in each.steps)}
    arrived = [each for each in booked if each.id in here]  # who has images came, whether reception said so or not
    lines = [_line(each, Sentence(N_("did not come"))) for each in booked if each.id not in here]
    wanted = acquired = stored = verified = 0
    for visit in arrived:
        for step in visit.steps:
            if not step.exam.gives_images:
                continue
            wanted += 1
            told, exam = kept.get(step.id, Kept()), {"exam": step.exam.name}
            if not told.images:
                lines.append(_line(visit, Sentence(N_("{exam}: no images"), exam)))
                continue
            acquired += 1
            if step.missing:
                views = ", ".join(each.name for each in step.missing)
                lines.append(_line(visit, Sentence(N_("{exam}: missing {views}"), {**exam, "views": views})))
            if two_disks and told.twice < told.images:
                values = {**exam, "n": told.images - told.twice}
                lines.append(_line(visit, Sentence(N_("{exam}: {n} images are on one disk only"), values)))
            else:
                stored += 1
            if told.unsent:
                lines += [_line(visit, _unsent(exam, to, why)) for to, why in told.unsent]
            elif told.sends:
                verified += 1
    if unmatched:
        lines.append(Difference("", "", "", Sentence(N_("{n} studies found no examinee"), {"n": unmatched})))
    counts = (
        (N_("booked"), len(booked)),
        (N_("arrived"), len(arrived)),
        (N_("examinations with images, expected"), wanted),
        (N_("acquired"), acquired),
        (N_("stored twice") if two_disks else N_("stored"), stored),
        (N_("sent everywhere"), verified),
    )
    return Sheet(RECONCILIATION, day.isoformat(), made_at, counts, tuple(lines))


def _unsent(exam: Mapping[str, object], to: str, why: Sentence | None) -> Sentence:
    values = {**exam, "to": to, "why": why or Sentence("")}
    return Sentence(N_("{exam}: not sent to {to} yet: {why}") if why else N_("{exam}: not sent to {to} yet"), values)


def _line(visit: Visit, what: Sentence) -> Difference:
    name = visit.patient.kanji or visit.patient.kana or visit.patient.romaji
    return Difference(visit.key.number, visit.patient.patient_id, name, what)
