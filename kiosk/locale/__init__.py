"""The languages: what turns the English sentences of the program into what is shown."""

from __future__ import annotations

import gettext
from collections.abc import Callable
from pathlib import Path

LANGUAGES = ("ja", "en")


def load(language: str) -> Callable[[str], str]:
    """The translator of ``language`` for ``kiosk.core.words.speak``; a text it lacks stays English.

    Raises ValueError for a language that isn't one of ``LANGUAGES``, OSError where its catalogue can't be read.
    """
    if language not in LANGUAGES:
        raise ValueError(language)
    if language == "en":  # the sentences in the source are the English ones
        return lambda text: text
    return gettext.translation("kiosk", Path(__file__).parent, languages=[language]).gettext
