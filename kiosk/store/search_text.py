"""What a person types into a search field, and the words under which a study is found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LONGEST_WORD = 64
LAST = "\U0010ffff"  # after every word that begins alike
_BETWEEN = re.compile(r"[\s^=]+")


def containing(text: str) -> str:
    r"""A pattern (escape ``\``) for whatever contains ``text``; its own ``%`` and ``_`` stand for themselves."""
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def folded(text: str) -> str:
    """One spelling for what people mean alike: width, capitals, small kana of half width, blanks and ``^`` left out."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return _BETWEEN.sub("", plain.translate(_KATAKANA))[:LONGEST_WORD]


_KATAKANA = {code: code + 0x60 for code in range(0x3041, 0x3097)}  # hiragana


def words_of(names: Iterable[str], ids: Iterable[str]) -> set[str]:
    """The words by whose beginning a study is found: names as a whole and each part of them, IDs as a whole."""
    texts = [*ids]
    for name in names:
        texts += [name, *_BETWEEN.split(name)]
    return {word for text in texts if (word := folded(text))}
