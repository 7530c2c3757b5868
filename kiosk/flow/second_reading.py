"""What signing means where a finding has two readers: which act it is, what is adopted, what is refused."""

from __future__ import annotations

from kiosk.core import two_readers
from kiosk.core.faults import Refused
from kiosk.core.finding import Finding, FindingBody, FindingState
from kiosk.core.words import N_
from kiosk.store import findings


def amending(before: Finding | None, role: str) -> bool:
    """Whether signing as ``role`` changes what the same reader signed before, so that a reason is wanted."""
    if before is None or role not in ("", two_readers.FIRST):
        return False
    return any(version.signed for version in before.versions)


def adopted(before: Finding | None, which: str) -> tuple[str, FindingBody]:
    """(role, body) of the reading ``which`` (first or second) taken as it stands. Raises Overtaken where the two
    readings don't differ any more."""
    found = two_readers.reading(before, which)
    if before is None or found is None or before.state is not FindingState.DIFFERS:
        raise findings.overtaken()
    return f"adopted {which}", found.body


def no_reason(role: str) -> Refused:
    """The refusal of an amendment without a reason."""
    if role == two_readers.FIRST:
        return Refused(
            "reason",
            N_("You gave the first reading; the second one is another person's."),
            N_("To change yours, amend it and write the reason."),
        )
    return Refused("reason", N_("The reason for the change is missing."), N_("Write it, then sign again."))
