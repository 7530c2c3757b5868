"""What the windows of corrections show."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from kiosk.core.correction import (
    FIELDS,
    NEW_VISIBLE,
    OPEN,
    REASON_NAMES,
    STATE_NAMES,
    Reason,
    State,
    differences,
    removable_from,
)
from kiosk.core.kept_sentences import kept_sentence
from kiosk.core.words import N_, Sentence, say

KEPT = {"removing": N_("the old ones are being deleted"), "removed": N_("the old ones are deleted")}
SEXES = {"M": N_("Male"), "F": N_("Female"), "O": N_("Other")}
WAYS = {"note": N_("told by us"), "hand": N_("to be asked for")}
WHATS = {
    "old": N_("hide the images of the wrong person"),
    "new": N_("hide the corrected images"),
    "back": N_("show the images again"),
    "finding": N_("a report may show a picture of it"),
}


def day_words(text: str) -> str:
    """A DICOM date as people read it; what is none stays as it is."""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}" if len(text) == 8 and text.isdigit() else text


def study_cells(study: Any) -> tuple[str, ...]:
    name = study.name[1] or study.name[2] or study.name[0]
    at = day_words(study.study_date)
    return at, study.patient_id, name, "/".join(study.modalities), study.description, str(study.instances)


def comparison(before: Any, after: Any, images: int) -> list[tuple[str, tuple[str, ...], str]]:
    """Key, cells and state of each line of the two identities side by side; ``after`` None: nobody is scanned yet."""
    rows: list[tuple[str, tuple[str, ...], str]] = []
    for each in differences(before, after) if after is not None else differences(before, before):
        new = each.after if after is not None else ""
        told, state = "", ""
        if after is not None:
            told, state = _mark(each.differs, each.before, each.after)
        cells = (say(FIELDS[each.field]), _shown(each.field, each.before), _shown(each.field, new), told)
        rows.append((each.field, cells, state))
    rows.append(("images", (say(N_("Images")), str(images), "", ""), ""))
    return rows


def _mark(differs: bool | None, before: str, after: str) -> tuple[str, str]:
    if differs is None:
        return (say(N_("not told")) if before or after else "", "")
    return (say(N_("differs")), "look") if differs else (say(N_("the same")), "")


def _shown(field: str, text: str) -> str:
    if field == "sex":
        return say(SEXES[text]) if text in SEXES else text
    return day_words(text) if field == "birth_date" else text


def reasons() -> dict[str, str]:
    """Words -> reason, in the order of the keys."""
    return {say(REASON_NAMES[each]): each.value for each in Reason}


def correction_cells(each: Any) -> tuple[str, ...]:
    state = say(STATE_NAMES[each.state])
    if each.state is State.PLANNED and each.images:
        state = f"{state} {each.done}/{each.images}"
    if each.kept != "kept":
        state = f"{state}; {say(KEPT[each.kept])}"
    old, new = (f"{who.patient_id} {who.shown_name}" for who in (each.before, each.after))
    reason = say(REASON_NAMES[Reason(each.reason)]) + (f" {each.text}" if each.text else "")
    return each.at[:16].replace("T", " "), old, new, str(each.images), state, reason, f"{each.by} / {each.second}"


def correction_state(each: Any) -> str:
    """Of its row: red where it can't go on, amber while it works, green where it is done."""
    if each.error:
        return "stop"
    return "look" if each.state in OPEN else "done" if each.state is State.TOLD else ""


def correction_words(each: Any) -> Sentence:
    """What is told of the marked one."""
    if each.error:
        return kept_sentence(each.error, each.error_values)
    if each.places:
        told = N_("The old ID or name still stands in {n} places of the headers: {places}")
        return Sentence(told, {"n": len(each.places), "places": ", ".join(each.places[:4])})
    if each.kept == "kept" and each.state in NEW_VISIBLE:
        return Sentence(N_("The old images lie in QUARANTINE and come back by F6, byte for byte."))
    return Sentence(STATE_NAMES[each.state])


def to_do_cells(tell: Any, correction: Any) -> tuple[str, ...]:
    who = f"{correction.before.patient_id} {correction.before.shown_name}" if correction is not None else ""
    what, way = say(WHATS.get(tell.what, tell.what)), say(WAYS.get(tell.way, tell.way))
    return tell.at[:16].replace("T", " "), tell.destination, what, who, str(len(tell.sop_uids)), way


ID_FIELDS = {"id": N_("ID"), "kana": N_("Kana"), "birth_date": N_("Birth date"), "sex": N_("Sex")}


def convert_cells(line: Any) -> tuple[str, ...]:
    """A line of the dry run."""
    pair = line.verdict.pair
    return (str(pair.line), pair.patient_id, pair.other_id, line.name or pair.kana, str(len(line.studies)),
            str(line.images), verdict_words(line))  # fmt: skip


def verdict_words(line: Any) -> str:
    verdict = line.verdict
    if verdict.why:
        return say(verdict.why)
    for fields, told in (
        (verdict.differs, N_("Not the same: {fields}")), (verdict.missing, N_("Not told: {fields}")),
    ):  # fmt: skip
        if fields:
            return say(Sentence(told, {"fields": ", ".join(say(ID_FIELDS[each]) for each in fields)}))
    if not line.studies:
        return say(N_("The same person; no images"))
    return say(N_("Converted")) if line.done == len(line.studies) else say(N_("The same person"))


def convert_state(line: Any) -> str:
    if not line.verdict.fits:
        return "stop"
    return "done" if line.studies and line.done == len(line.studies) else ""


def to_convert(lines: Sequence[Any]) -> list[Any]:
    """Those of which something is still to be written."""
    return [each for each in lines if each.verdict.fits and each.done < len(each.studies)]


def may_undo(each: Any) -> bool:
    return each is not None and each.kept == "kept" and each.state in (State.SWAPPED, State.TOLD)


def not_removable(each: Any, days: int, today: date) -> Sentence | str:
    """Why what it put away can't be deleted for good yet; empty where it can."""
    first = removable_from(each.state, each.changed_at, days) if each is not None and each.kept == "kept" else None
    if first is None:
        return N_("Mark one that is corrected.")
    return Sentence(N_("It is to be kept until {day}."), {"day": first.isoformat()}) if first > today else ""


def put_away(each: Any, days: int) -> list[tuple[str, tuple[str, str]]]:
    """Key and cells of what is told before it is deleted."""
    over = datetime.fromisoformat(each.changed_at).date()
    lines = {
        N_("Taken as"): f"{each.before.patient_id} {each.before.shown_name}",
        N_("Corrected to"): f"{each.after.patient_id} {each.after.shown_name}",
        N_("Images"): str(each.images),
        N_("State"): say(STATE_NAMES[each.state]),
        N_("Put away on"): over.isoformat(),
        N_("May be deleted from"): (over + timedelta(days=days)).isoformat(),
        N_("By"): f"{each.by} / {each.second}",
    }
    return [(words, (say(words), value)) for words, value in lines.items()]


def series_choices(images: Sequence[Any]) -> dict[str, str]:
    """Series UID -> words; "" is all of them. A study of one series offers nothing else."""
    counts: dict[str, list[Any]] = {}
    for each in images:
        counts.setdefault(each.series_uid, []).append(each)
    choices = {"": say(Sentence(N_("All {n} images"), {"n": len(images)}))}
    if len(counts) > 1:
        for at, (uid, some) in enumerate(counts.items(), 1):
            values = {"at": at, "modality": some[0].modality, "n": len(some)}
            choices[uid] = say(Sentence(N_("Series {at}: {modality}, {n} images"), values))
    return choices


def may_give_up(each: Any) -> bool:
    return each is not None and each.state in (State.PLANNED, State.STAGED)


def list_day(study: Any, today: date) -> date:
    """On which day's list the right person is looked for: that of the images."""
    text = study.study_date
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return today


def picked(images: Sequence[Any], most: int) -> list[Any]:
    """The first of each series, then the rest in order, so that every kind of picture is seen."""
    first = list({each.series_uid: each for each in reversed(images)}.values())[::-1]
    rest = [each for each in images if each not in first]
    return [*first, *rest][:most]
