"""What the sending page says of destinations and studies: states, marks, words, colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kiosk.core.kept_sentences import kept_sentence
from kiosk.core.routing import EVERYTHING
from kiosk.core.sending import STATES, DestinationLine, SendLine, SendState, Switches
from kiosk.core.words import N_, Sentence, say

STALE_S = 20.0  # the sending process tells something each few seconds


@dataclass(frozen=True)
class SendView:
    """What the page shows. ``counts``: destination -> state -> studies; ``log``: the day's lines, seven parts each."""

    destinations: tuple[DestinationLine, ...] = ()
    told_at: str = ""
    switches: Switches = Switches()
    lines: tuple[SendLine, ...] = ()
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    log: tuple[tuple[str, ...], ...] = ()

    def alive(self, now: datetime) -> bool:
        """Did the process that sends say something lately?"""
        return bool(self.told_at) and abs((now - datetime.fromisoformat(self.told_at)).total_seconds()) < STALE_S


@dataclass(frozen=True)
class ForetoldLine:
    """What the rules would have done with one study."""

    study: int
    patient_id: str
    modalities: str
    source: str
    received_at: str
    images: int
    goes: Mapping[str, str]
    against: Mapping[str, Sentence]


# -- destinations ------------------------------------------------------------------------------------------------------


def level(line: DestinationLine) -> str:
    """done, look or stop."""
    if line.paused:
        return "look"
    if line.resting:
        return "stop"
    if line.lamps.at and line.lamps.echo is None:
        return "stop"
    return "done" if line.lamps.at else ""


def state_words(line: DestinationLine, today: str) -> str:
    """In a few words: what it does, or why it does nothing and until when."""
    if line.paused:
        return say(N_("paused"))
    if line.study:
        return say(Sentence(N_("sending {n} of {m}"), {"n": line.sent, "m": line.of}))
    if line.resting:
        if line.until:
            return say(Sentence(N_("tried again at {at}"), {"at": clock(line.until, today)}))
        return say(N_("tried again now"))
    if line.lamps.at and line.lamps.echo is None:
        return say(N_("does not answer"))
    return say(N_("ready")) if line.lamps.at else say(N_("not asked yet"))


def why_words(line: DestinationLine) -> str:
    return say(kept_sentence(line.why, line.why_values)) if line.why else ""


def link_words(line: DestinationLine) -> str:
    """As the old program said it: closed 0, connected 7."""
    return say(N_("connected")) if line.lamps.link == "connected" else say(N_("closed"))


def lamp_parts(line: DestinationLine) -> list[tuple[str, str, str]]:
    """(name, level, milliseconds) of ping, TCP and C-ECHO."""
    found = []
    for name, value in (("ping", line.lamps.ping), ("TCP", line.lamps.tcp), ("C-ECHO", line.lamps.echo)):
        state = "" if not line.lamps.at else ("stop" if value is None else "done")
        if name == "ping" and not line.lamps.can_ping:
            state = ""
        elif name == "ping" and state == "stop" and line.lamps.echo is not None:
            state = "look"  # many servers do not answer a ping and are well
        found.append((name, state, "" if value is None else f"{value:.0f} ms"))
    return found


def good_words(line: DestinationLine, today: str) -> str:
    if not line.lamps.good_at:
        return ""
    return say(Sentence(N_("last good {at}"), {"at": clock(line.lamps.good_at, today)}))


def ladder(counts: Mapping[str, int]) -> list[tuple[str, int, str]]:
    """(caption, studies, level) of the steps of the day, in order."""
    steps = (
        (N_("waiting"), (SendState.WAITING, SendState.QUEUED, SendState.SENDING), ""),
        (N_("not accepted"), (SendState.FAILED,), "stop"),
        (N_("accepted"), (SendState.ACCEPTED,), "look"),
        (N_("done today"), (SendState.VERIFIED, SendState.DONE), "done"),
        (N_("held"), (SendState.HELD,), "look"),
    )
    return [(text, sum(counts.get(each.value, 0) for each in states), tone) for text, states, tone in steps]


def open_studies(counts: Mapping[str, Mapping[str, int]]) -> int:
    """Studies that are still to go, over all destinations."""
    over = (SendState.DONE, SendState.VERIFIED, SendState.HELD)
    return sum(n for states in counts.values() for state, n in states.items() if state not in over)


# -- studies -----------------------------------------------------------------------------------------------------------


def cells(line: SendLine, today: str) -> tuple[str, ...]:
    """In the order of the page's columns."""
    name = line.name[1] or line.name[2] or line.name[0]
    return (
        line.patient_id,
        name.replace("^", " ").strip(),
        line.modalities.replace("\\", "/"),
        f"{line.accepted}/{line.images}",
        say(state_of(line)),
        line.mark,
        line.last_status,
        again_words(line, today) or clock(line.changed_at, today),
    )


def state_of(line: SendLine) -> str | Sentence:
    if line.state == SendState.DONE and line.verified_at:
        return N_("done, verified")
    return STATES[line.state]


def tone(line: SendLine) -> str:
    return {SendState.FAILED: "stop", SendState.DONE: "done", SendState.VERIFIED: "done", SendState.HELD: "look"}.get(
        line.state, ""
    )


def again_words(line: SendLine, today: str) -> str:
    """When it is tried again."""
    if line.state == SendState.DONE or not line.due:
        return ""
    at = datetime.fromtimestamp(line.due).astimezone()
    if at <= datetime.now().astimezone():
        return ""
    return say(Sentence(N_("again {at}"), {"at": clock(at.isoformat(), today)}))


def told_of(line: SendLine) -> tuple[str, Sentence]:
    """(level, sentence) for the problem line: where it stands, and why it does not go."""
    if line.error:
        why = kept_sentence(line.error, line.error_values)
        level = "stop" if line.state == SendState.FAILED else "look"
        tries = Sentence(N_("{why} Tried {n} times."), {"why": why, "n": line.attempts})
        return level, tries if line.attempts > 1 else why
    rule = line.rule or (N_("everything") if line.rule == EVERYTHING else "")
    values = {"state": Sentence(str(STATES[line.state])), "rule": Sentence(rule) if not line.rule else line.rule}
    return "", Sentence(N_("{state}. By the rule: {rule}."), values)


def log_cells(parts: Sequence[str], titles: Mapping[str, str]) -> tuple[str, ...]:
    """A line of the log of sending as it is shown."""
    at, to, *rest = parts
    return (at, titles.get(to, to), *rest)


# -- dry run -----------------------------------------------------------------------------------------------------------


def foretold_cells(line: ForetoldLine, titles: Mapping[str, str], today: str) -> tuple[str, ...]:
    goes = ", ".join(f"{titles.get(to, to)} ({rule})" if rule else titles.get(to, to) for to, rule in line.goes.items())
    against = "; ".join(f"{rule}: {say(why)}" if rule else say(why) for rule, why in line.against.items())
    return (
        clock(line.received_at, today), line.patient_id, line.modalities, line.source, str(line.images),
        goes or say(N_("nowhere")), against,
    )  # fmt: skip


def foretold_total(lines: Sequence[ForetoldLine], titles: Mapping[str, str]) -> Sentence:
    """How many studies would go where."""
    counts: dict[str, int] = {}
    for line in lines:
        for to in line.goes:
            counts[to] = counts.get(to, 0) + 1
    nowhere = sum(not line.goes for line in lines)
    said = ", ".join(f"{titles.get(to, to)} {n}" for to, n in counts.items()) or "-"
    return Sentence(
        N_("Of {n} studies: {said}; nowhere {nowhere}."), {"n": len(lines), "said": said, "nowhere": nowhere}
    )


def clock(text: str, today: str) -> str:
    """``10:15``, or with the day where that is another one."""
    at = datetime.fromisoformat(text)
    return f"{at:%H:%M}" if f"{at:%Y-%m-%d}" == today else f"{at:%m/%d %H:%M}"


def matches(line: SendLine, text: str) -> bool:
    """Does the search text stand in it?"""
    return not text or any(
        text.casefold() in each.casefold() for each in (line.patient_id, *line.name, line.destination)
    )


def chosen(lines: Iterable[SendLine], keys: Iterable[str]) -> list[SendLine]:
    """The lines with these row keys."""
    wanted = set(keys)
    return [each for each in lines if str(each.id) in wanted]
