"""Everything that a person reads has its Japanese, and the catalogue that is shipped is the one that is written."""

from __future__ import annotations

import ast
from functools import cache

import pytest

from kiosk.locale import load
from kiosk.locale.compile_catalogue import MO, PO, render, texts_of, texts_of_tree, translations, troubles
from tests.house.tree import modules

texts_here = cache(texts_of_tree)

def test_every_text_has_its_japanese() -> None:
    known, disagreements = translations()
    assert disagreements + troubles(texts_here(), known) == []


def test_the_catalogue_is_up_to_date() -> None:
    """After a change: python -m kiosk.locale.compile_catalogue."""
    po, mo = render(texts_here(), translations()[0])
    assert PO.read_bytes().decode() == po.decode()
    assert MO.read_bytes() == mo


def test_the_languages_load() -> None:
    assert load("ja")("Mon") == "月"
    assert load("en")("Mon") == "Mon"
    with pytest.raises(ValueError):
        load("xx")


def test_texts_that_cannot_be_translated_are_found() -> None:
    with pytest.raises(ValueError, match="translated"):
        list(texts_of("say(f'{n} pictures')", "here"))
    assert [text.english for text in texts_of("Fault(N_('a' 'b'), say('c') if x else say('d'))", "here")] == [
        "ab",
        "c",
        "d",
    ]


def test_differing_placeholders_are_found() -> None:
    assert troubles({"{n} pictures": "here"}, {"{n} pictures": "{m} 枚"}) != []
    assert troubles({"{n} pictures": "here"}, {"{n} pictures": "{n} 枚"}) == []


def test_windows_show_no_untranslated_literal() -> None:
    found = []
    for module in modules():
        if module.room not in ("ui", "modes", "station"):
            continue
        for node in module.nodes:
            if isinstance(node, ast.Call):
                found += [
                    f"{module.place}:{node.lineno} {word.arg}={word.value.value!r}"
                    for word in node.keywords
                    if word.arg in ("text", "label", "message") and is_prose(word.value)
                ]
    marked = set(texts_here())
    assert [line for line in found if line.split("=", 1)[1].strip("'\"") not in marked] == []


def is_prose(value: ast.expr) -> bool:
    """A literal with a word in it: at least three letters, not a key cap as F12."""
    if not isinstance(value, ast.Constant) or not isinstance(value.value, str):
        return False
    return sum(letter.isalpha() for letter in value.value) > 2
