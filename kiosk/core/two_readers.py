"""Two readers (二重読影): who may read as second, whether both say the same, and who may settle it where they don't.

Each reading is a signed version of the finding with its ``role``. The second reader is another person. Where category,
codes or a choice that is required differ the finding waits until one of both, or a person in charge, adopts one reading
or writes the final text.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from kiosk.core.faults import Refused
from kiosk.core.finding import Finding, FindingBody, FindingState, FindingVersion
from kiosk.core.finding_fields import Field, Part
from kiosk.core.judgement import Judgement, Kind
from kiosk.core.words import N_

FIRST, SECOND, SETTLED, ADOPTED_FIRST, ADOPTED_SECOND = "first", "second", "settled", "adopted first", "adopted second"
SETTLINGS = (SETTLED, ADOPTED_FIRST, ADOPTED_SECOND)
ROLES = {
    FIRST: N_("first reading"),
    SECOND: N_("second reading"),
    SETTLED: N_("settled"),
    ADOPTED_FIRST: N_("settled: first reading adopted"),
    ADOPTED_SECOND: N_("settled: second reading adopted"),
}
CATEGORY, CODES, FIELDS = "category", "codes", "fields"
PERSON_IN_CHARGE = "admin"


@dataclass(frozen=True)
class ReadingRules:
    """What a station is told: ``kinds`` that want two readers, whether the second one reads without seeing the first
    reading, and names of people in charge besides those whose role says so."""

    kinds: tuple[str, ...] = ()
    blind: bool = True
    in_charge: tuple[str, ...] = ()


def reading(finding: Finding | None, role: str) -> FindingVersion | None:
    """The newest signed reading of a role."""
    versions = finding.versions if finding is not None else ()
    return next((each for each in reversed(versions) if each.signed and each.role == role), None)


def differences(
    judgement: Judgement, one: FindingBody, other: FindingBody, kind: str = ""
) -> tuple[str, ...]:  # fmt: skip
    """In what two readings disagree: category, codes and the choices that the ``kind`` requires decide, words alone and
    what is measured don't."""
    found = []
    categories = [judgement.category(each.category) for each in (one, other)]
    if (categories[0] or one.category) != (categories[1] or other.category):
        found.append(CATEGORY)
    if set(one.codes) != set(other.codes):
        found.append(CODES)
    if differing_fields(judgement.kind(kind), one, other):
        found.append(FIELDS)
    return tuple(found)


def differing_fields(kind: Kind, one: FindingBody, other: FindingBody) -> list[tuple[Part, str, Field]]:
    """Part, place and field of the required choices (a category of mammography) that both entered, but not alike."""
    return [
        (part, place, field)
        for part in kind.fields
        for place in part.places
        for field in part.offered
        if field.required and field.type == "choice"
        and len({value for body in (one, other) if (value := part.values(body.items, place).get(field.code))}) == 2
    ]  # fmt: skip


def next_role(finding: Finding | None, who: str, two: bool) -> str:
    """As what the next signature of ``who`` counts; empty: as the only reader's, or an amendment. ``two``: the kind
    wants two readers."""
    if finding is None or finding.state is FindingState.DRAFT:
        return FIRST if two else ""
    if finding.state is FindingState.FIRST:
        first = reading(finding, FIRST)
        return FIRST if first is not None and first.by == who else SECOND
    return SETTLED if finding.state is FindingState.DIFFERS else ""


def may_settle(finding: Finding, who: str, station_role: str, in_charge: Collection[str] = ()) -> bool:
    """Either reader, a person in charge by role, or one whom the settings name."""
    readers = {each.by for role in (FIRST, SECOND) if (each := reading(finding, role)) is not None}
    return who in readers or station_role == PERSON_IN_CHARGE or who in in_charge


def state_after(judgement: Judgement, before: Finding | None, role: str, body: FindingBody) -> FindingState:
    """How the finding stands when ``body`` is signed as ``role``."""
    if role == FIRST:
        return FindingState.FIRST
    if role == SECOND:
        first = reading(before, FIRST)
        kind = before.kind if before is not None else ""
        differ = first is not None and differences(judgement, first.body, body, kind)
        return FindingState.DIFFERS if differ else FindingState.SIGNED
    if role in SETTLINGS:
        return FindingState.SIGNED
    signed_before = before is not None and any(each.signed for each in before.versions)
    return FindingState.AMENDED if signed_before else FindingState.SIGNED


def hidden_from(finding: Finding | None, who: str, blind: bool) -> bool:
    """Whether the first reading is kept from ``who`` until the own one is signed."""
    if not blind or finding is None or finding.state is not FindingState.FIRST:
        return False
    return next_role(finding, who, True) == SECOND


def blinded(finding: Finding) -> Finding:
    """The same finding without what was said in it: who read it and when is known, not what."""
    shown = tuple(replace(each, body=FindingBody(), reason="", drawing_sha256="") for each in finding.versions)
    return replace(finding, versions=shown)


def refuse_page(finding: Finding | None, who: str, blind: bool) -> None:
    """Raise Refused where the page would show the first reading to the second reader."""
    if hidden_from(finding, who, blind):
        raise Refused(
            "blind",
            N_("The first reading is shown when your own is signed."),
            N_("Write and sign your own reading first."),
        )
