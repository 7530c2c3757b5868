"""Words and small sums of the list and of the pages beside it."""

from __future__ import annotations

from dataclasses import replace

from kiosk.core.correction import Identity
from kiosk.core.disc import DiscStudy
from kiosk.core.study_search import merged, study_of_answer
from kiosk.core.words import Sentence
from kiosk.modes.viewer import list_rules, page_rules
from kiosk.modes.viewer.list_rules import Asked
from tests.store.samples import patient

OURS = Identity.of_patient(patient(romaji=""))
THEIRS = Identity("H1", "", "", "", "MIHON TARO", "M", "19710402")


def on_disc(uid: str, identity: Identity, **more: object) -> DiscStudy:
    return replace(DiscStudy(uid, identity, "20261101", ("CT",), "", ()), **more)  # type: ignore[arg-type]


def test_a_disc_that_names_in_romaji_is_compared_by_the_kana() -> None:
    told = {field: differs for field, *_, differs in page_rules.compared(THEIRS, OURS)}
    assert told == {"patient_id": True, "kanji": None, "kana": None, "romaji": False, "birth_date": False, "sex": False}


def test_the_one_person_who_may_be_ours_is_chosen_and_nobody_else() -> None:
    other = replace(THEIRS, patient_id="H2", romaji="REI JIRO")
    disc = [on_disc("1", THEIRS), on_disc("2", other), on_disc("3", THEIRS)]
    assert page_rules.fitting(disc, OURS) == ["1", "3"]
    assert page_rules.fitting([on_disc("2", other)], OURS) == []
    assert page_rules.fitting([*disc, on_disc("4", replace(THEIRS, patient_id="H3"))], OURS) == [], "two may be"
    assert page_rules.here_as_another([on_disc("1", THEIRS, here=2, here_as="P9")], OURS) == "P9"
    assert page_rules.here_as_another([on_disc("1", THEIRS, here=2, here_as="P00001"), disc[1]], OURS) == ""


def test_where_a_study_lies_and_who_has_more_of_it() -> None:
    here = study_of_answer({"StudyInstanceUID": "1.2", "NumberOfStudyRelatedInstances": "10"})
    [line] = merged([("", [replace(here, id=1, visit_id=3)]), ("病院", [replace(here, instances=12)])])
    assert list_rules.where(line) == "Here, 病院 (12)" and list_rules.line_state(line) == "look"
    [line] = merged([("病院", [here])])
    assert list_rules.where(line) == "病院" and list_rules.line_state(line) == ""
    assert list_rules.shown_columns(["name", "where", "name"], False) == ["name"]


def test_each_store_says_how_it_stands() -> None:
    asked = {"隣": Asked(3), "A": Asked(), "B": Asked(0, complete=False), "C": Asked(300, complete=False)}
    words = list_rules.stores_words(asked)
    assert words.split("    ") == ["隣: 3 found", "A: asking...", "B: type a name or ID", "C: 300 found and more"]
    asked["A"] = Asked(why=Sentence("gone"))
    assert "A: gone" in list_rules.stores_words(asked) and "again" in list_rules.stores_words(asked)
