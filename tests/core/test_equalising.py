"""What is walked, and what a found image is to the index."""

from __future__ import annotations

import pytest

from kiosk.core.equalising import Conditions, KnownPlace, Place, place_of

KNOWN = KnownPlace(1, "MAG1", "a/b.dcm", "aa", (("MAG2", "a/b.dcm"),))


@pytest.mark.parametrize(
    ("volume", "path", "sha256", "there", "place"),
    [
        ("MAG1", "a/b.dcm", "aa", True, Place.KNOWN),
        ("MAG2", "a/b.dcm", "aa", True, Place.KNOWN),
        ("MAG1", "a/b.dcm", "bb", True, Place.CHANGED),
        ("MAG1", "c.dcm", "aa", True, Place.TWICE),
        ("MAG1", "c.dcm", "aa", False, Place.MOVED),
        ("MAG2", "c.dcm", "aa", False, Place.MOVED),
        ("MAG3", "c.dcm", "aa", False, Place.COPY),
        ("MAG3", "a/b.dcm", "bb", False, Place.OTHER_CONTENT),
        ("MAG1", "c.dcm", "bb", True, Place.OTHER_CONTENT),
    ],
)
def test_where_an_image_is_found(volume: str, path: str, sha256: str, there: bool, place: Place) -> None:
    assert place_of(volume, path, sha256, KNOWN, there) is place


def test_an_image_that_nobody_knows_is_new() -> None:
    assert place_of("MAG1", "x", "aa", None, False) is Place.NEW


def test_conditions_limit_what_is_walked() -> None:
    asked = Conditions("MAG2", since="20100101", until="20101231", kinds=("CR",))
    assert asked.wants_folder("IMAGE/CR/20100820/CR1234_123456")
    assert not asked.wants_folder("IMAGE/CR/20110820/CR1234_123456")
    assert asked.wants_folder("IMAGE/CR/12345678")  # no date: to be looked into
    assert asked.wants("20100820", "CR")
    assert not asked.wants("20100820", "CT")
    assert not asked.wants("", "CR")
    assert Conditions("MAG2").wants("", "CT")
    assert Conditions.from_data(asked.as_data()) == asked
