"""The entries of a book of reservations as people edit them: sections, their fields, and how each is written."""

from __future__ import annotations

import copy
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any

from kiosk.core.faults import Refused
from kiosk.core.words import N_, say

Entry = dict[str, Any]

WEEKDAYS = "月火水木金土日"
DAY_STATES = {"closed": N_("closed day"), "half": N_("half day, until"), "extra": N_("open, though usually closed")}
YES_NO = {"yes": N_("Yes, so it is"), "no": N_("No, it is not so")}


@dataclass(frozen=True)
class FieldSpec:
    """``kind``: text number day time times weekdays lines kinds words numbers parts minutes, or a choice: kind state
    yes. ``units``: of the six that a row of the form has. ``usual``: what an empty one means, as the list shows it.
    """

    name: str
    caption: str
    kind: str = "text"
    units: int = 3
    usual: str = ""


@dataclass(frozen=True)
class Section:
    """``name`` of the list in the book; ``columns``: fields shown in the list, with their widths."""

    name: str
    title: str
    fields: Sequence[FieldSpec]
    columns: Sequence[tuple[str, int]]
    hint: str = ""
    order: Callable[[Entry], Any] | None = field(default=None, compare=False)


SECTIONS = (
    Section(
        "kind", N_("Kinds"),
        [
            FieldSpec("code", N_("Code"), units=2), FieldSpec("minutes", N_("Minutes"), "number", 2, "30"),
            FieldSpec("capacity", N_("Seats"), "number", 2, "1"),
            FieldSpec("name", N_("Called")), FieldSpec("returns", N_("Return visit"), "kind"),
            FieldSpec("examination", N_("Examination (code)"), units=2), FieldSpec("colour", N_("Colour"), units=2),
            FieldSpec("returns_days", N_("Days until then"), "number", 2),
            FieldSpec("needs", N_("Needs (rooms, devices, people)"), "words"),
            FieldSpec("keeps", N_("Away for (minutes)"), "minutes"),
            FieldSpec("exclusive", N_("Not on one day with"), "kinds", 6),
            FieldSpec("preparation", N_("Preparation (on the slip)"), "lines"),
            FieldSpec("notes", N_("Please note (on the slip)"), "lines"),
        ],
        [("code", 120), ("name", 170), ("minutes", 60), ("capacity", 60)],
    ),
    Section(
        "pattern", N_("Weekly times"),
        [
            FieldSpec("kind", N_("Kind of reservation"), "kind"), FieldSpec("weekdays", N_("Weekdays"), "weekdays"),
            FieldSpec("times", N_("Times of day"), "times", 6),
            FieldSpec("capacity", N_("Seats (empty: of the kind)"), "number"),
            FieldSpec("weeks", N_("Only in these weeks of the month"), "numbers"),
            FieldSpec("since", N_("First day (empty: always)"), "day"),
            FieldSpec("until", N_("Last day (empty: always)"), "day"),
        ],
        [("kind", 150), ("weekdays", 110), ("times", 150)],
        N_("Times one by one, or as 08:40-11:00/20 for every 20 minutes."),
    ),
    Section(
        "day", N_("Calendar"),
        [
            FieldSpec("day", N_("Date"), "day"), FieldSpec("state", N_("That day is"), "state"),
            FieldSpec("until", N_("Until (half day)"), "time", 2), FieldSpec("reason", N_("Reason"), units=4),
        ],
        [("day", 150), ("state", 150), ("reason", 120)],
        N_("Only days that differ from the weekly rule; holidays are known."),
        lambda entry: str(entry.get("day", "")),
    ),
    Section(
        "block", N_("Block-outs"),
        [
            FieldSpec("since", N_("First day"), "day"), FieldSpec("until", N_("Last day"), "day"),
            FieldSpec("first", N_("From (time)"), "time"), FieldSpec("last", N_("To (time)"), "time"),
            FieldSpec("kind", N_("Kind of reservation (empty: all)"), "kind"),
            FieldSpec("resource", N_("Or a room, device, person")), FieldSpec("reason", N_("Reason"), units=6),
        ],
        [("since", 150), ("until", 150), ("kind", 110), ("reason", 100)],
        order=lambda entry: str(entry.get("since", "")),
    ),
    Section(
        "course", N_("Courses"),
        [
            FieldSpec("code", N_("Code")), FieldSpec("name", N_("Called")),
            FieldSpec("parts", N_("Parts in order, gaps in minutes"), "parts", 6),
        ],
        [("code", 120), ("name", 150), ("parts", 200)],
        N_("Parts as ABDOMEN / GASTRO 5-120 / INTERNAL 10-180: the gap after the part before."),
    ),
    Section(
        "resources", N_("Rooms, devices, people"),
        [FieldSpec("name", N_("Called")), FieldSpec("count", N_("How many"), "number")],
        [("name", 260), ("count", 80)],
    ),
    Section(
        "rule", N_("Weekly rule"),
        [
            FieldSpec("name", N_("Name of the book")), FieldSpec("closed_weekdays", N_("Closed weekdays"), "weekdays"),
            FieldSpec("closed_on_holidays", N_("Closed on holidays"), "yes"),
            FieldSpec("from_list", N_("Seats for the examinees of the list"), "yes"),
            FieldSpec("institution", N_("Institution number (empty: of this station)"), units=6),
        ],
        [("name", 200), ("closed_weekdays", 150)],
    ),
)  # fmt: skip


class Unreadable(Refused):
    """What was typed into a field can't be read."""

    reference = "B461"

    def __init__(self, spec: FieldSpec) -> None:
        super().__init__(
            "field", N_("“{field}” can't be read."), N_("Correct it; the example beside it shows how."),
            field=say(spec.caption),
        )  # fmt: skip


# -- the entries of a book ---------------------------------------------------------------------------------------


def entries_of(book: Mapping[str, Any], section: Section) -> list[Entry]:
    """The entries of a section, each as a plain mapping, in the order in which they are stored."""
    if section.name == "resources":
        return [{"name": name, "count": count} for name, count in dict(book.get("resources", {})).items()]
    if section.name == "rule":
        usual = {"name": "", "closed_weekdays": [6], "closed_on_holidays": True, "from_list": False, "institution": ""}
        return [{name: book.get(name, value) for name, value in usual.items()}]
    return [dict(each) for each in book.get(section.name, ())]


def with_entries(book: Mapping[str, Any], section: Section, entries: Sequence[Entry]) -> dict[str, Any]:
    """The book with other entries in that section."""
    made = copy.deepcopy(dict(book))
    if section.name == "resources":
        for each in entries:
            for spec in section.fields:
                if each.get(spec.name) in (None, ""):
                    raise Unreadable(spec)
        made["resources"] = {str(each["name"]): int(each["count"]) for each in entries}
    elif section.name == "rule":
        made.update({"name": "", "institution": "", "closed_weekdays": [], **entries[0]})
    else:
        made[section.name] = sorted(entries, key=section.order) if section.order else list(entries)
    return made


def put(entries: Sequence[Entry], at: int | None, entry: Entry) -> list[Entry]:
    """With ``entry`` in place of the one at ``at``, or at the end (None)."""
    made = list(entries)
    if at is None:
        made.append(entry)
    else:
        made[at] = entry
    return made


# -- a field as text ---------------------------------------------------------------------------------------------


def text_of(spec: FieldSpec, value: Any) -> str:
    """As it is shown and typed; empty where there is nothing."""
    if value is None or value == "" or value == [] or value == {}:
        return ""
    if spec.kind == "yes":
        return "yes" if value else "no"
    if spec.kind == "weekdays":
        return "".join(WEEKDAYS[int(each)] for each in value)
    if spec.kind in ("times", "kinds", "numbers", "words"):
        return " ".join(str(each) for each in value)
    if spec.kind == "minutes":
        return " ".join(f"{name}:{minutes}" for name, minutes in dict(value).items())
    if spec.kind == "parts":
        return " / ".join(_part_text(each) for each in value)
    return str(value)


def read_text(spec: FieldSpec, text: str) -> Any:
    """What is stored for it; None for an empty one. Raises Unreadable."""
    told = unicodedata.normalize("NFKC", text).strip() if spec.kind not in ("text", "lines") else text.strip()
    if not told:
        return None
    try:
        return _READERS.get(spec.kind, str)(told)
    except (ValueError, IndexError):
        raise Unreadable(spec) from None


def entry_from(section: Section, texts: Mapping[str, str], before: Mapping[str, Any]) -> Entry:
    """The entry that the form tells; what it has no field for stays as it was. Raises Unreadable."""
    made = dict(before)
    for spec in section.fields:
        value = read_text(spec, texts.get(spec.name, ""))
        if value is None:
            made.pop(spec.name, None)
        else:
            made[spec.name] = value
    return made


def cells_of(section: Section, entry: Entry, names: Mapping[str, str]) -> tuple[str, ...]:
    """Cells of a row of the list; kinds by their names."""
    by_name = {each.name: each for each in section.fields}
    found = []
    for name, _ in section.columns:
        text = text_of(by_name[name], entry.get(name))
        if by_name[name].kind == "kind":
            text = names.get(text, text)
        elif by_name[name].kind == "state":
            text = say(DAY_STATES.get(text, text))
        found.append(text or by_name[name].usual)
    return tuple(found)


def period_of(section: Section, entry: Entry) -> tuple[date, date] | None:
    """The days that an entry closes, for the question who is booked there; None for one that closes nothing."""
    if section.name == "day" and entry.get("state") in ("closed", "half"):
        day = _a_day(entry.get("day"))
        return (day, day) if day else None
    if section.name == "block":
        since, until = _a_day(entry.get("since")), _a_day(entry.get("until"))
        return (since, until) if since and until else None
    return None


def periods_changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[date, date]]:
    """The days of calendar and block-outs that one of the two books has otherwise than the other."""
    found = []
    for section in SECTIONS:
        if section.name in ("day", "block"):
            one, other = entries_of(before, section), entries_of(after, section)
            changed = [each for each in one if each not in other] + [each for each in other if each not in one]
            for entry in changed:
                since = _a_day(entry.get("day") or entry.get("since"))
                until = _a_day(entry.get("day") or entry.get("until"))
                if since and until:
                    found.append((since, until))
    return found


def meets(section: Section, entry: Entry, booking: Any, kind: Mapping[str, Any]) -> bool:
    """Does an entry that closes something close the time of a booking? ``kind``: the entry of its kind."""
    at, needs = f"{booking.at:%H:%M}", kind.get("needs", ())
    if section.name == "day":
        over = booking.at.hour * 60 + booking.at.minute + int(kind.get("minutes", 30))
        return entry.get("state") == "closed" or over > _minute(str(entry.get("until", "00:00")))
    kind, resource = entry.get("kind", ""), entry.get("resource", "")
    mine = (not kind and not resource) or kind == booking.kind or resource in needs
    return mine and str(entry.get("first", "00:00")) <= at <= str(entry.get("last", "23:59"))


def _a_day(value: Any) -> date | None:
    return date.fromisoformat(str(value)) if value else None


# -- inside ------------------------------------------------------------------------------------------------------


def _times(text: str) -> list[str]:
    """``08:40 09:00`` or ``08:40-11:00/20``: both ends within."""
    found: set[str] = set()
    for word in re.split(r"[\s,、]+", text):
        span = re.fullmatch(r"(\d{1,2}:\d{2})-(\d{1,2}:\d{2})/(\d{1,3})", word)
        if span is None:
            found.add(_time(word))
            continue
        first, last, step = _minute(span[1]), _minute(span[2]), int(span[3])
        if step == 0 or last < first:
            raise ValueError(word)
        found |= {f"{each // 60:02}:{each % 60:02}" for each in range(first, last + 1, step)}
    return sorted(found)


def _time(text: str) -> str:
    hour, minute = text.split(":")
    return f"{time(int(hour), int(minute)):%H:%M}"


def _minute(text: str) -> int:
    hour, minute = _time(text).split(":")
    return int(hour) * 60 + int(minute)


def _weekdays(text: str) -> list[int]:
    return sorted({WEEKDAYS.index(letter) for letter in re.sub(r"[\s,、・]", "", text)})


def _parts(text: str) -> list[dict[str, Any]]:
    found = []
    for word in text.split("/"):
        part = re.fullmatch(r"\s*(\S+?)(?:\s+(\d+)\s*-\s*(\d+))?\s*", word)
        if part is None:
            raise ValueError(word)
        made: dict[str, Any] = {"kind": part[1]}
        if part[2] is not None:
            made |= {"gap_min": int(part[2]), "gap_max": int(part[3])}
        found.append(made)
    return found


def _part_text(part: Mapping[str, Any]) -> str:
    if "gap_min" not in part and "gap_max" not in part:
        return str(part["kind"])
    return f"{part['kind']} {part.get('gap_min', 0)}-{part.get('gap_max', 240)}"


def _minutes(text: str) -> dict[str, int]:
    found = {}
    for word in text.split():
        name, minutes = word.rsplit(":", 1)
        found[name] = int(minutes)
    return found


_READERS: Mapping[str, Callable[[str], Any]] = {
    "number": int,
    "day": lambda text: date.fromisoformat(re.sub(r"\(.*", "", text).replace("/", "-")).isoformat(),
    "time": _time,
    "times": _times,
    "weekdays": _weekdays,
    "kinds": lambda text: re.split(r"[\s,、]+", text),
    "words": lambda text: re.split(r"[\s,、]+", text),
    "numbers": lambda text: [int(each) for each in re.split(r"[\s,、]+", text)],
    "minutes": _minutes,
    "parts": _parts,
    "yes": lambda text: text == "yes",
}
