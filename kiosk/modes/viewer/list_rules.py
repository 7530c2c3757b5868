"""The list of studies of several stores: its columns, where a study lies, and which store has answered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from kiosk.core.names import read_person_name
from kiosk.core.study_search import FoundStudy
from kiosk.core.words import N_, Sentence, say
from kiosk.modes.viewer.rules import day_of, shown_name, study_state

OWN = ""  # name of our own store in the lines
HERE = N_("Here")


@dataclass(frozen=True)
class Shown:
    """A column: its title, its width in px, whether it takes spare room, and its cell."""

    title: str
    width: int
    cell: Callable[[FoundStudy], str]
    stretch: bool = False
    right: bool = False


COLUMNS: dict[str, Shown] = {
    "day": Shown(N_("Examination day"), 130, lambda found: day_of(found.study.study_date)),
    "name": Shown(N_("Name"), 220, lambda found: shown_name(found.study.name), stretch=True),
    "kana": Shown(N_("Kana"), 200, lambda found: read_person_name(found.study.name)[1], stretch=True),
    "id": Shown(N_("ID"), 150, lambda found: found.study.patient_id),
    "birth": Shown(N_("Birth date"), 130, lambda found: day_of(found.study.birth_date)),
    "sex": Shown(N_("Sex"), 60, lambda found: found.study.sex),
    "kind": Shown(N_("Kind"), 90, lambda found: " ".join(found.study.modalities)),
    "what": Shown(N_("Examination"), 240, lambda found: found.study.description, stretch=True),
    "count": Shown(N_("Pictures"), 80, lambda found: str(found.study.instances or ""), right=True),
    "where": Shown(N_("Lies in"), 170, lambda found: where(found)),
    "accession": Shown(N_("Accession number"), 150, lambda found: found.study.accession),
}


def shown_columns(names: Sequence[str], several: bool) -> list[str]:
    """The columns in the order of the settings; where a study lies is told only where there are several stores."""
    return [name for name in dict.fromkeys(names) if several or name != "where"]


def where(found: FoundStudy) -> str:
    """Every store that has it, nearest first; the number of pictures where it is another one there."""
    words = []
    for place in found.places:
        name = place.store or say(HERE)
        other = place.study.instances not in (0, found.places[0].study.instances)
        words.append(say(N_("{store} ({count})"), store=name, count=place.study.instances) if other else name)
    return say(N_(", ")).join(words)


def line_state(found: FoundStudy) -> str:
    """Amber for images of ours that found no visit, and where another store has more pictures than the nearest."""
    if any(place.study.instances > found.places[0].study.instances for place in found.places[1:]):
        return "look"
    return study_state(found.study) if found.nearest == OWN else ""


@dataclass(frozen=True)
class Asked:
    """A store and how it stands: ``count`` None while it has not answered; ``why`` where it can't; ``complete`` False
    where there is more.
    """

    count: int | None = None
    why: Sentence | None = None
    complete: bool = True


def stores_words(asked: Mapping[str, Asked]) -> str:
    """One line: each store with what it found, or why not."""
    words = []
    for name, each in asked.items():
        if each.why is not None:
            told = say(each.why)
            words.append(told if name in told else say(N_("{store}: {why}"), store=name, why=told))
        elif each.count is None:
            words.append(say(N_("{store}: asking..."), store=name))
        elif not each.complete and not each.count:
            words.append(say(N_("{store}: type a name or ID"), store=name))
        else:
            text = N_("{store}: {count} found") if each.complete else N_("{store}: {count} found and more")
            words.append(say(text, store=name, count=each.count))
    if any_away(asked):
        words.append(say(N_("(Return in the search field asks again)")))
    return "    ".join(words)


def any_away(asked: Mapping[str, Asked]) -> bool:
    return any(each.why is not None for each in asked.values())
