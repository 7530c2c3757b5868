"""Gathers the texts of the tree and the Japanese of all parts into one catalogue.

For developers: ``python -m kiosk.locale.compile_catalogue``. The executable carries only what it wrote.
"""

from __future__ import annotations

import ast
import io
import string
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

KIOSK = Path(__file__).resolve().parents[1]
JAPANESE = KIOSK / "locale" / "ja"
PO = JAPANESE / "LC_MESSAGES" / "kiosk.po"
MO = PO.with_suffix(".mo")
MARKERS = ("N_", "say", "Sentence")


HEADER = "# What people see, in Japanese; written by kiosk.locale.compile_catalogue."


class PlainCatalogue(Catalog):
    """A catalogue whose header holds no dates, so that the same texts make the same files."""

    mime_headers = [  # type: ignore[assignment]
        ("Language", "ja"),
        ("MIME-Version", "1.0"),
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Transfer-Encoding", "8bit"),
        ("Plural-Forms", "nplurals=1; plural=0;"),
    ]


@dataclass(frozen=True)
class Text:
    """A text that people see: the English sentence, and the module of its first appearance."""

    english: str
    place: str


def texts_of(source: str, place: str) -> Iterator[Text]:
    """Every literal that ``source`` marks with ``N_``, or says at once."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name not in MARKERS:
            continue
        # say(A if full else B): both are texts
        told = node.args[0]
        for each in [told.body, told.orelse] if isinstance(told, ast.IfExp) else [told]:
            if isinstance(each, ast.Constant) and isinstance(each.value, str) and each.value:
                yield Text(each.value, place)
            elif isinstance(each, ast.JoinedStr):
                raise ValueError(f"{place}:{node.lineno}: {name}(f'...') can't be translated; use {{names}} and values")


def texts_of_tree() -> dict[str, str]:
    """English text -> the module that shows it, for the whole program."""
    found: dict[str, str] = {}
    for path in sorted(KIOSK.rglob("*.py")):
        place = path.relative_to(KIOSK.parent).as_posix()
        for text in texts_of(path.read_text(encoding="utf-8"), place):
            found.setdefault(text.english, text.place)
    return found


def translations() -> tuple[dict[str, str], list[str]]:
    """English -> Japanese of the catalogue and the parts (parts win), and where two parts disagree."""
    merged = pairs_of(PO) if PO.exists() else {}
    from_parts: dict[str, str] = {}
    disagreements = []
    for part in sorted((JAPANESE / "parts").glob("*.po")):
        for english, japanese in pairs_of(part).items():
            if from_parts.setdefault(english, japanese) != japanese:
                disagreements.append(f"{part.name}: {english!r} is also {from_parts[english]!r}")
    return merged | from_parts, disagreements


def pairs_of(path: Path) -> dict[str, str]:
    """The translated entries of one .po file."""
    with path.open("rb") as file:
        catalogue = read_po(file, locale="ja", charset="utf-8", abort_invalid=True)
    return {str(m.id): str(m.string) for m in catalogue if m.id and m.string and not m.fuzzy}


def placeholders(text: str) -> set[str]:
    """Names in braces; ValueError for unbalanced ones."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def troubles(texts: dict[str, str], known: dict[str, str]) -> list[str]:
    """What a person would notice: texts without Japanese, and placeholders that differ."""
    found = []
    for english, place in texts.items():
        if english not in known:
            found.append(f"{place}: no Japanese for {english!r}")
        elif placeholders(english) != placeholders(known[english]):
            found.append(f"{place}: {english!r} and {known[english]!r} differ in their placeholders")
    return found


def render(texts: dict[str, str], known: dict[str, str]) -> tuple[bytes, bytes]:
    """The .po and the .mo, the same bytes for the same texts."""
    catalogue = PlainCatalogue(locale="ja", charset="utf-8", fuzzy=False, header_comment=HEADER)
    for english in sorted(texts):
        catalogue.add(english, known.get(english, ""), locations=[(texts[english], 0)])
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalogue, width=120, sort_output=True, include_lineno=False)
    write_mo(mo, catalogue)
    return po.getvalue(), mo.getvalue()


def main() -> int:
    """Write both files; 1 where something is untranslated or contradicts itself (it is listed)."""
    texts = texts_of_tree()
    known, found = translations()
    found += troubles(texts, known)
    PO.parent.mkdir(parents=True, exist_ok=True)
    po, mo = render(texts, known)
    PO.write_bytes(po)
    MO.write_bytes(mo)
    for line in found:
        print(line)
    print(f"{len(texts)} texts, {len(texts) - len([t for t in texts if t not in known])} in Japanese")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
