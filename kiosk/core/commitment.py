"""Storage commitment: somebody asks that images are kept safely, and is told which are (PS3.4 J)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

MISSING, CONFLICT, FAILED = "missing", "conflict", "failed"  # why an image is not committed to


class Reference(NamedTuple):
    """One image asked for."""

    sop_class: str
    sop_uid: str


class Failure(NamedTuple):
    """One image not committed to, and why: ``missing``, ``conflict`` (of another class), ``failed``."""

    sop_class: str
    sop_uid: str
    why: str


@dataclass(frozen=True)
class CommitmentAsked:
    """A request: by whom, from which address, for which images."""

    transaction_uid: str
    source: str
    address: str
    wanted: tuple[Reference, ...]


@dataclass(frozen=True)
class CommitmentReport:
    """The answer to a request; ``source`` is who answered, empty where we do."""

    transaction_uid: str
    kept: tuple[Reference, ...] = ()
    failed: tuple[Failure, ...] = ()
    source: str = ""
