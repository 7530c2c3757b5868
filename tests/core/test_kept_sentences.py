"""A sentence that was kept says the same."""

from __future__ import annotations

import json

from kiosk.core.kept_sentences import kept_sentence, sentence_data
from kiosk.core.words import Sentence, say


def test_sentences_survive_being_data() -> None:
    inner = Sentence("“{text}” is not a date.", {"text": "朝"})
    told = Sentence("Line {line}: {why} {plain}", {"line": 3, "why": inner, "plain": "{x}"})
    text, values = json.loads(json.dumps(sentence_data(told)))
    assert say(kept_sentence(text, values)) == say(told) == "Line 3: “朝” is not a date. {x}"
