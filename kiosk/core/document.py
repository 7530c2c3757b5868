"""A document beside the images: what is told of it, and which files are taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from kiosk.core.faults import Refused
from kiosk.core.image_kinds import IMAGE_KINDS
from kiosk.core.words import N_, Sentence

# Suffix -> (MIME type, how such a file begins).
TYPES = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".jpeg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
    ".bmp": ("image/bmp", b"BM"),
    ".xls": ("application/vnd.ms-excel", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", b"PK\x03\x04"),
}
LONGEST = {"title": 200, "patient_id": 64, "issuer": 64, "source": 64}


@dataclass(frozen=True)
class DocumentFacts:
    """What its sender says of a document. ``name`` is the name of its file; ``sha256`` and ``size`` where they were
    told, to be held against what came.
    """

    kind: str
    name: str
    title: str = ""
    patient_id: str = ""
    issuer: str = ""
    day: date | None = None
    source: str = ""
    sha256: str = ""
    size: int | None = None

    @property
    def suffix(self) -> str:
        return "." + self.name.rpartition(".")[2].lower()

    @property
    def mime(self) -> str:
        return TYPES[self.suffix][0]


def document_facts(name: str, told: Any) -> DocumentFacts:
    """The sidecar's words (a JSON object) as facts. Raises Refused where they make no sense."""
    if not isinstance(told, Mapping):
        raise _refused(N_("what is told of it is no JSON object"))
    kind = str(told.get("kind", "")).upper()
    if kind not in IMAGE_KINDS:
        raise _refused(N_("its kind is none of the kinds of images"))
    day_text = str(told.get("day", "")).replace("-", "").replace("/", "")
    try:
        day = date(int(day_text[:4]), int(day_text[4:6]), int(day_text[6:])) if day_text else None
    except ValueError:
        raise _refused(N_("its day is no date")) from None
    size = told.get("size")
    texts = {key: str(told.get(key, ""))[:longest] for key, longest in LONGEST.items()}
    facts = DocumentFacts(
        kind, name[-255:], **texts, day=day, sha256=str(told.get("sha256", "")).lower(),
        size=size if isinstance(size, int) else None,
    )  # fmt: skip
    if facts.suffix not in TYPES:
        raise _refused(N_("files of this type are not taken"))
    return facts


def see_to_content(facts: DocumentFacts, beginning: bytes, size: int, sha256: str) -> None:
    """Raises Refused where the file is not what its name and its sender say."""
    if not beginning.startswith(TYPES[facts.suffix][1]):
        raise _refused(N_("its content is not what its name says"))
    if facts.size not in (None, size) or facts.sha256 not in ("", sha256):
        raise _refused(N_("it is not the file that its sender described"))


def _refused(why: str) -> Refused:
    return Refused(
        "document",
        N_("A document in the inbox can't be taken: {why}."),
        N_("Correct it and hand it over again; it stays where it is."),
        reference="R431",
        why=Sentence(why),
    )
