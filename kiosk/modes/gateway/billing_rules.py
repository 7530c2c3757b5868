"""What the page of attributes from the billing system says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kiosk.core.kept_sentences import kept_sentence
from kiosk.core.words import N_, Sentence, say


@dataclass(frozen=True)
class WaitingLine:
    """A hand-over: whose, its state, how often tried, the last error, when it is due or was done."""

    patient_id: str
    state: str
    attempts: int
    error: str
    due: float
    done_at: str


@dataclass(frozen=True)
class BillingView:
    """What the page shows."""

    title: str = ""
    at: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    why: Sequence[Any] | None = None
    paused: bool = False
    lines: tuple[WaitingLine, ...] = ()


def state_words(view: BillingView, is_set_up: bool) -> tuple[str, str]:
    """(level, words) of the reading."""
    if not is_set_up:
        return "", say(N_("No billing system is entered in the parameter file."))
    if view.paused:
        return "look", say(N_("Reading is paused."))
    if view.why:
        why = kept_sentence(view.why[0], view.why[1])
        return "stop", say(Sentence(N_("{at}: {why}"), {"at": view.at[11:16], "why": why}))
    if not view.at:
        return "", say(N_("It was not read yet."))
    told = N_("{title}, {at}: {rows} patients read, {changed} new or changed, {wrong} can't be read")
    return ("look" if view.counts.get("wrong") else "done"), say(
        Sentence(told, {"rows": 0, "changed": 0, "wrong": 0, **view.counts, "title": view.title, "at": view.at[11:16]})
    )


def cells(line: WaitingLine) -> tuple[str, ...]:
    if line.state == "done":
        when, state = line.done_at[11:16], say(N_("handed over"))
    else:
        when = f"{datetime.fromtimestamp(line.due):%H:%M}" if line.due else ""
        state = say(N_("waiting")) if not line.error else say(N_("did not work"))
    return line.patient_id, state, str(line.attempts), when, say(line.error.partition(" ")[2]) if line.error else ""


def tone(line: WaitingLine) -> str:
    return "done" if line.state == "done" else ("stop" if line.error else "")
