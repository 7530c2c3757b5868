"""What the page of readiness and reconciliation says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiosk.core.day_sheets import Difference, Sheet
from kiosk.core.kept_sentences import kept_sentence
from kiosk.core.words import N_, Sentence, say

NAMES = {"neighbour": N_("Neighbour watch"), "prefetch": N_("Previous images")}
TOLD = {
    "neighbour": N_("{there} studies there, {ours} of ours, {new} new"),
    "prefetch": N_("{asked} of {visits} examinees asked for, {new} studies on their way"),
}


@dataclass(frozen=True)
class Worker:
    """One of the two that fetch by themselves. ``server`` empty: not set up."""

    name: str
    server: str = ""
    at: str = ""
    counts: Mapping[str, int] = field(default_factory=dict)
    why: Sequence[Any] | None = None
    paused: bool = False


@dataclass(frozen=True)
class MorningView:
    """What the page shows."""

    readiness: Sheet | None = None
    reconciliation: Sheet | None = None
    workers: tuple[Worker, ...] = ()


def worker_words(worker: Worker) -> tuple[str, str]:
    """(level, words) of one that fetches by itself."""
    if not worker.server:
        return "", say(Sentence(N_("{name}: not set up"), {"name": Sentence(NAMES[worker.name])}))
    values = {"name": Sentence(NAMES[worker.name]), "server": worker.server, "at": worker.at[11:16]}
    if worker.paused:
        return "look", say(Sentence(N_("{name} ({server}): paused"), values))
    if worker.why:
        why = kept_sentence(worker.why[0], worker.why[1])
        return "stop", say(Sentence(N_("{name} ({server}) {at}: {why}"), {**values, "why": why}))
    if not worker.at:
        return "", say(Sentence(N_("{name} ({server}): waits for its time"), values))
    told = Sentence(TOLD[worker.name], dict(worker.counts))
    return "done", say(Sentence(N_("{name} ({server}) {at}: {told}"), {**values, "told": told}))


def headline(sheet: Sheet | None) -> str:
    """118 of 120 ready; for the other sheet how many differences."""
    if sheet is None:
        return say(N_("not made yet"))
    counts = dict(sheet.counts)
    if sheet.kind == "readiness":
        values = {"n": counts.get("ready for the day", 0), "m": counts.get("examinees", 0)}
        return say(Sentence(N_("{n} of {m} ready"), values))
    return say(Sentence(N_("{n} differences"), {"n": len(sheet.lines)}))


def level(sheet: Sheet | None) -> str:
    return "" if sheet is None else ("look" if sheet.lines else "done")


def cells(line: Difference) -> tuple[str, ...]:
    return line.number, line.patient_id, line.name, say(line.what)
