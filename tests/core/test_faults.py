"""What can go wrong knows how to tell a person, and tells the log nothing that names one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.core.faults import Fault, LinkLost, NoRoom, Overtaken, Refused
from kiosk.core.words import speak


@pytest.fixture
def japanese() -> Iterator[None]:
    known = {
        "{name} is here already.": "{name} さんはもう受付済みです。",
        "Choose another line.": "別の行を選んでください。",
    }
    speak(lambda text: known.get(text, text))
    yield
    speak(lambda text: text)


FAULT = ("{name} is here already.", "Choose another line.")


def test_a_person_reads_sentence_next_step_and_reference(japanese: None) -> None:
    fault = Fault(*FAULT, reference="R200", name="見本 太郎")
    assert fault.told() == "見本 太郎 さんはもう受付済みです。 別の行を選んでください。 (R200)"


def test_the_log_gets_the_reference_and_the_sentence_without_values(japanese: None) -> None:
    fault = Fault(*FAULT, reference="R200", name="見本 太郎")
    assert str(fault) == "R200 {name} is here already."
    assert "見本" not in repr(fault)


def test_without_a_next_step_nothing_is_missing_in_between() -> None:
    assert Fault("It is so.").told() == "It is so. (F000)"


def test_a_refusal_has_a_fixed_word_for_the_door() -> None:
    fault = Refused("pin", "No.", "Try again.", n=1)
    assert (fault.reason, fault.reference) == ("pin", "R100")
    assert fault.told() == "No. Try again. (R100)"
    assert isinstance(fault, Fault)


def test_a_reference_of_ones_own_leaves_the_others_alone() -> None:
    assert Refused("role", "No.", reference="R403").reference == "R403"
    assert Refused("role", "No.").reference == "R100"


@pytest.mark.parametrize(
    "fault", [NoRoom("MAG1"), LinkLost("PACS"), LinkLost("", "It is away.", "Wait."), Overtaken("x")]
)
def test_every_kind_says_what_and_has_a_reference(fault: Fault) -> None:
    assert len(fault.reference) == 4 and fault.told().endswith(f"({fault.reference})")


def test_disk_and_peer_are_named() -> None:
    assert "MAG1" in NoRoom("MAG1").told() and "nothing was stored" in NoRoom("MAG1").told()
    assert "PACS" in LinkLost("PACS").told()
    assert "It is away. Wait." in LinkLost("x", "It is away.", "Wait.").told()
