"""Sentences as plain data, so that a store can keep them and another PC can say them in its own language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from kiosk.core.words import Sentence


def sentence_data(sentence: Sentence) -> tuple[str, dict[str, Any]]:
    """The message and its values; values that are sentences themselves become ``{"say": message, "with": values}``."""
    values: dict[str, Any] = {}
    for name, value in sentence.values.items():
        if isinstance(value, Sentence):
            text, inner = sentence_data(value)
            values[name] = {"say": text, "with": inner}
        else:
            values[name] = value
    return sentence.text, values


def kept_sentence(text: str, values: Mapping[str, Any]) -> Sentence:
    """The sentence that ``sentence_data`` made data of."""
    return Sentence(
        text,
        {
            name: kept_sentence(value["say"], value["with"]) if isinstance(value, dict) and "say" in value else value
            for name, value in values.items()
        },
    )
