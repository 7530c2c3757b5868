"""An operation in the words that people read, on the screen and on paper alike."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from kiosk.core.operation import ON_CALL, ORDERS, SIDES, STATES, Operation, OperationState
from kiosk.core.words import N_, Sentence, say

SEXES = {"M": N_("male"), "F": N_("female")}
JOINT = "、"


def joined(parts: Iterable[str]) -> str:
    """A list as Japanese writes it; what is empty is left out."""
    return JOINT.join(each for each in parts if each)


def method_text(operation: Operation) -> str:
    """``人工膝関節置換術(右)``."""
    side = say(SIDES.get(operation.side, ""))
    return f"{operation.method}({side})" if side else operation.method


def person_text(operation: Operation) -> str:
    """``68歳 男性``, on the day of the operation; what is not known is left out."""
    age = operation.patient.age_on(operation.day)
    years = say(N_("{age} years"), age=age) if age is not None else ""
    return " ".join(part for part in (years, say(SEXES.get(operation.patient.sex, ""))) if part)


def span_text(since: datetime, until: datetime) -> str:
    """``09:00-11:30``; an end on another day has a + for each night between."""
    nights = (until.date() - since.date()).days
    return f"{since:%H:%M}-{until:%H:%M}" + "+" * nights


def clock_text(moment: datetime | None) -> str:
    return f"{moment:%H:%M}" if moment is not None else ""


def order_text(operation: Operation) -> str:
    """``1``, ``オンコール``."""
    return say(ORDERS.get(operation.order, operation.order))


def state_text(operation: Operation) -> str:
    return say(STATES[operation.state])


def urgency_text(operation: Operation) -> str:
    """Only what is not as usual is said."""
    return say(N_("urgent")) if operation.urgent else ""


def kind_text(operation: Operation) -> str:
    """Urgent or planned, in words."""
    return urgency_text(operation) or say(N_("elective"))


def team_texts(operation: Operation) -> list[str]:
    """Surgeon, assistants, anaesthetist, each with what he is."""
    team = operation.team
    told = (
        (N_("Surgeon {name}"), team.surgeon), (N_("Assistants {name}"), joined(team.assistants)),
        (N_("Anaesthetist {name}"), team.anaesthetist),
    )  # fmt: skip
    return [say(Sentence(text, {"name": name})) for text, name in told if name]


def nurse_texts(operation: Operation) -> list[str]:
    """Scrub nurse, circulating nurse."""
    team = operation.team
    told = ((N_("Scrub nurse {name}"), team.scrub_nurse), (N_("Circulating nurse {name}"), team.circulating_nurse))
    return [say(Sentence(text, {"name": name})) for text, name in told if name]


def care_texts(operation: Operation) -> list[str]:
    """What must not be missed: infection, allergy, blood, equipment, pathology, remarks."""
    told = (
        (N_("Infection {what}"), operation.infection), (N_("Allergy {what}"), operation.allergy),
        (N_("Blood {what}"), joined(operation.blood)), (N_("Equipment {what}"), joined(operation.equipment)),
    )  # fmt: skip
    found = [say(Sentence(text, {"what": what})) for text, what in told if what]
    return found + ([say(N_("rapid pathology"))] if operation.pathology else []) + (
        [operation.remarks] if operation.remarks else []
    )  # fmt: skip


def stands(operations: Iterable[Operation]) -> list[Operation]:
    """Without the cancelled ones, as a theatre list has them: by room, on-call ones after those with a time."""
    there = [each for each in operations if each.state is not OperationState.CANCELLED]
    return sorted(there, key=lambda each: (each.room, each.day, each.order == ON_CALL, each.enter, each.id))
