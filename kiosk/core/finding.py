"""A finding: text, codes and category for one kind of examination of a visit, with its versions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

from kiosk.core.drawing import Drawing


class FindingState(StrEnum):
    DRAFT = "draft"
    FIRST = "first"  # read by the first of two readers
    DIFFERS = "differs"  # both have read it and don't say the same
    SIGNED = "signed"
    AMENDED = "amended"  # signed again after a change; the earlier versions stay readable


class Item(NamedTuple):
    """A value that was entered in a field. ``field``: code of its part, a dot, its own code; ``place``: which of the
    part's places (right, left, first lesion), empty for a part that has only one."""

    field: str
    place: str
    value: str


@dataclass(frozen=True)
class FindingBody:
    """What the doctor says. ``codes`` are finding codes of the master, ``category`` the judgement (判定)."""

    text: str = ""
    codes: tuple[str, ...] = ()
    category: str = ""
    key_images: tuple[int, ...] = ()  # rows of the key images that go with it, in order
    items: tuple[Item, ...] = ()  # what was entered in the fields of its kind
    drawing: Drawing | None = None

    def as_json(self) -> dict[str, Any]:
        """What a draft keeps."""
        return {
            "text": self.text,
            "codes": list(self.codes),
            "category": self.category,
            "key_images": list(self.key_images),
            "drawing": self.drawing.as_json() if self.drawing is not None else None,
            "items": [list(each) for each in self.items],
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> FindingBody:
        """What ``as_json`` gave; what an older program did not keep is empty."""
        return cls(
            kept["text"], tuple(kept["codes"]), kept["category"], tuple(kept["key_images"]),
            tuple(Item(*each) for each in kept.get("items", ())), Drawing.from_json(kept.get("drawing")),
        )  # fmt: skip


@dataclass(frozen=True)
class FindingVersion:
    number: int
    body: FindingBody
    by: str
    at: str
    signed: bool
    reason: str = ""  # why a signed finding was changed
    role: str = ""  # of two readers: see ``core.two_readers``; empty for a finding of one reader
    drawing_sha256: str = ""  # of the flattened picture that was kept with it
    master: str = ""  # SHA-256 of the master that it was signed with; empty for what was signed before that was kept


@dataclass(frozen=True)
class Finding:
    id: int
    visit_id: int
    kind: str  # code of the examination
    state: FindingState
    versions: tuple[FindingVersion, ...] = ()

    @property
    def newest(self) -> FindingVersion | None:
        return self.versions[-1] if self.versions else None

    @property
    def final(self) -> FindingVersion | None:
        """The newest signed version that holds; None while one of two readers is still to read, or they differ."""
        if self.state not in (FindingState.SIGNED, FindingState.AMENDED):
            return None
        return next((each for each in reversed(self.versions) if each.signed), None)


@dataclass(frozen=True)
class KeyImage:
    """A rendered picture taken over from the viewer, kept in the database with its hash."""

    id: int
    visit_id: int
    sop_uid: str
    frame: int
    mime: str
    width: int
    height: int
    sha256: str
    by: str
    at: str
    comment: str = ""
    rendering: dict[str, object] = field(default_factory=dict)  # window, zoom, flips: enough to render it again
