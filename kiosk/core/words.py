"""Words shown to people: English sentences are the keys, the language in force turns them into what is shown.

Declared texts are marked ``N_("...")`` and translated when shown, because the language is known only after the
parameter file was read. Whoever shows a text calls ``say(text)`` or ``say(Sentence(...))``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_translate: Callable[[str], str] = lambda text: text  # noqa: E731 - replaced as a whole by speak()


def speak(translate: Callable[[str], str]) -> None:
    """Set the language in force; the station calls this once, before the first window."""
    global _translate
    _translate = translate


def N_(text: str) -> str:
    """Mark a text for the catalogues without translating it yet."""
    return text


@dataclass(frozen=True)
class Sentence:
    """A text with values to fill in: ``Sentence(N_("{n} pictures stored"), {"n": 3})``."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return say(self)


def say(what: str | Sentence, **values: object) -> str:
    """The text in the language in force, with its values filled in. Values that are texts themselves are said too."""
    if isinstance(what, Sentence):
        text, values = what.text, {**what.values, **values}
    else:
        text = what
    said = _translate(text) if text else ""
    if not values:
        return said
    return said.format(**{key: say(v) if isinstance(v, Sentence) else v for key, v in values.items()})
