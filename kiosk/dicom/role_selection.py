"""Role selection is answered for every service: pynetdicom 3.0.4 forgets all but storage when it takes any class.

Without the answer a server that reports a storage commitment to us must think that it may not (PS3.7 D.3.3.4).
"""

from __future__ import annotations

from typing import Any

from pynetdicom import acse
from pynetdicom.presentation import negotiate_as_acceptor

_negotiate = acse.negotiate_unrestricted


def _with_every_role(
    asked: list[Any], ours: list[Any], roles: dict[Any, Any] | None = None
) -> tuple[list[Any], list[Any]]:
    contexts, answered = _negotiate(asked, ours, roles)
    forgotten = set(roles or {}) - {each.sop_class_uid for each in answered}
    meant = [each for each in asked if each.abstract_syntax in forgotten]
    more = negotiate_as_acceptor(meant, ours, roles)[1] if meant else []
    return contexts, [*answered, *more]


def answer_every_role() -> None:
    """From now on, in this process."""
    acse.negotiate_unrestricted = _with_every_role
