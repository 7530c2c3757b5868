"""What the page of disks says of a disk: its state, its room, its days, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from kiosk.core.disks import STATES, WHY_KEPT, DiskLine, DiskState, RetentionLine
from kiosk.core.words import N_, Sentence, say

GB = 1_000_000_000
FEW_DAYS = 30

ROLES = {
    "gateway": N_("gateway"),
    "primary": N_("image server"),
    "mirror": N_("second copy"),
    "backup": N_("backup"),
}
OUTCOMES = {
    "repaired": N_("mended from another copy"),
    "lost": N_("no good copy is left"),
    "unrepaired": N_("could not be mended yet"),
}


@dataclass(frozen=True)
class DisksView:
    """What the page shows. ``told_at`` empty: the process that keeps the disks never told anything."""

    disks: tuple[DiskLine, ...] = ()
    told_at: str = ""
    scrub: dict[str, Any] = field(default_factory=dict)
    night: dict[str, Any] = field(default_factory=dict)


def level(disk: DiskLine) -> str:
    """done, look or stop."""
    if disk.state in (DiskState.GOOD, DiskState.UNKNOWN, DiskState.RETIRED):
        if disk.state == DiskState.GOOD:
            few = disk.days_left is not None and disk.days_left < FEW_DAYS
            return "look" if disk.little_room or few else "done"
        return ""
    return "stop"


def named(disk: DiskLine) -> str:
    return f"{disk.id} {disk.title}".strip()


def state_words(disk: DiskLine) -> str:
    if disk.state == DiskState.GOOD and disk.receiving:
        return say(N_("receiving"))
    if disk.state == DiskState.GOOD and disk.little_room:
        return say(N_("little room"))
    return say(STATES[DiskState(disk.state)])


def room_words(disk: DiskLine) -> str:
    if not disk.total:
        return ""
    values = {"free": gb(disk.free), "total": gb(disk.total)}
    return say(Sentence(N_("{free} GB free of {total} GB"), values))


def days_words(disk: DiskLine) -> str:
    if disk.days_left is None:
        return ""
    return say(Sentence(N_("about {n} days left"), {"n": disk.days_left}))


def waiting_words(disk: DiskLine) -> str:
    if not disk.waiting:
        return ""
    return say(Sentence(N_("{n} studies still to be copied"), {"n": disk.waiting}))


def gb(size: int) -> str:
    """Three figures are enough to see by."""
    return f"{size / GB:,.0f}" if size >= 10 * GB else f"{size / GB:.1f}"


def told_of(disk: DiskLine) -> tuple[str, Sentence]:
    """(level, sentence) of what is to be known and done where a disk is chosen or in trouble."""
    values: dict[str, Any] = {"disk": named(disk), "free": gb(disk.free), **disk.why_values}
    if disk.why:
        why, step = Sentence(disk.why, disk.why_values), Sentence(disk.next_step, disk.why_values)
        return "stop", Sentence(N_("{disk}: {why} {step}"), {**values, "why": why, "step": step})
    if disk.state == DiskState.HUNG:
        text = N_("The disk {disk} does not answer. Check its cable; images go to another one meanwhile.")
        return "stop", Sentence(text, values)
    if disk.state == DiskState.FULL:
        return "stop", Sentence(N_("The disk {disk} is full. Make room or add one; nothing more goes to it."), values)
    if level(disk) == "look":
        return "look", Sentence(N_("The disk {disk} is nearly full ({free} GB free). Make room or add one."), values)
    return "", Sentence(
        N_("{disk}: {state} {room} {days}"),
        {**values, "state": state_words(disk), "room": room_words(disk), "days": days_words(disk)},
    )


def alarm(disks: Iterable[DiskLine]) -> tuple[str, Sentence] | None:
    """The worst trouble of all disks for the problem line; None where there is none. Where every receiving disk is
    full or away, that comes first.
    """
    disks = list(disks)
    receivers = [each for each in disks if each.role in ("gateway", "primary")]
    if receivers and not any(each.receiving for each in receivers) and all(level(each) == "stop" for each in receivers):
        names = {"disks": say(N_(", ")).join(named(each) for each in receivers)}
        text = N_("No disk takes images ({disks}). Devices keep theirs; make room or connect a disk, then it goes on.")
        return "stop", Sentence(text, names)
    told = [told_of(each) for each in disks if level(each) in ("look", "stop")]
    return min(told, key=lambda each: each[0] != "stop") if told else None


def leaving_cells(lines: Sequence[RetentionLine]) -> list[tuple[str, tuple[str, ...], str]]:
    """(key, cells, state) of the dry run."""
    rows: list[tuple[str, tuple[str, ...], str]] = []
    for line in lines:
        kept = sum(line.stay.values())
        why = say(N_(", ")).join(f"{say(WHY_KEPT[key])} {count:,}" for key, count in sorted(line.stay.items()))
        cells = (line.volume, line.day, f"{line.images:,}", gb(line.size), f"{kept:,}" if kept else "", why)
        rows.append((f"{line.volume} {line.day}", cells, "look" if kept else ""))
    return rows


def leaving_total(lines: Sequence[RetentionLine]) -> Sentence:
    values = {
        "images": f"{sum(line.images for line in lines):,}",
        "size": gb(sum(line.size for line in lines)),
        "kept": f"{sum(sum(line.stay.values()) for line in lines):,}",
    }
    return Sentence(N_("Next night {images} images ({size} GB) leave; {kept} are old enough and stay."), values)


def scrub_words(scrub: dict[str, Any]) -> Sentence:
    """How far the reading of all copies is."""
    if not scrub.get("began_at"):
        return Sentence(N_("Copies were not read again yet; it is done at night."))
    values = {
        "began": str(scrub["began_at"])[:10], "ended": str(scrub.get("ended_at", ""))[:10],
        "files": f"{scrub.get('files', 0):,}", "size": gb(int(scrub.get("size", 0))),
        "repaired": scrub.get("repaired", 0), "lost": scrub.get("lost", 0),
    }  # fmt: skip
    if scrub.get("ended_at"):
        text = N_("All copies were read ({began} to {ended}): {files} files, {repaired} mended, {lost} lost.")
    else:
        text = N_("Copies are being read since {began}: {files} files ({size} GB), {repaired} mended, {lost} lost.")
    return Sentence(text, values)
