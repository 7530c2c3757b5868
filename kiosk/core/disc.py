"""What a disc of another hospital holds: its studies, whose they are there, and what of it is here already."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from kiosk.core.correction import Identity
from kiosk.core.faults import Fault, Refused
from kiosk.core.picture import PictureFacts
from kiosk.core.words import N_


@dataclass(frozen=True)
class DiscStudy:
    """A study as the disc has it. ``here`` files are in our index already, under ``here_as`` (our patient ID)."""

    study_uid: str
    identity: Identity
    day: str  # YYYYMMDD
    modalities: tuple[str, ...]
    description: str
    files: tuple[PictureFacts, ...]
    here: int = 0
    here_as: str = ""

    @property
    def person(self) -> tuple[str, str, str]:
        """Whom the disc means: ID, name, birth date."""
        return self.identity.patient_id, self.identity.shown_name, self.identity.birth_date


@dataclass(frozen=True)
class Disc:
    """``unreadable``: path and reason; ``others``: how many files are no images at all."""

    place: str
    studies: tuple[DiscStudy, ...]
    unreadable: tuple[tuple[str, Fault], ...] = ()
    others: int = 0


@dataclass(frozen=True)
class TakenDisc:
    """What came of it: images stored now, known before, and those that could not be read or were refused."""

    stored: int
    known: int
    refused: tuple[tuple[str, Fault], ...] = field(default=())


def studies_of(
    facts: Iterable[PictureFacts], identities: Mapping[str, Identity], known: Mapping[str, str]
) -> tuple[DiscStudy, ...]:
    """The studies, newest first. ``identities`` by Study Instance UID; ``known``: SOP Instance UID -> our ID."""
    files: dict[str, list[PictureFacts]] = {}
    for each in facts:
        if each.sop_uid and each.study_uid:
            files.setdefault(each.study_uid, []).append(each)
    found = []
    for uid, group in files.items():
        first = group[0]
        told = Identity(first.patient_id, "", first.name, sex=first.sex, birth_date=first.birth_date)
        here = [known[each.sop_uid] for each in group if each.sop_uid in known]
        kinds = tuple(sorted({each.modality for each in group} - {""}))
        found.append(
            DiscStudy(
                uid, identities.get(uid, told), first.study_date, kinds, first.study_description, tuple(group),
                len(here), here[0] if here else "",
            )  # fmt: skip
        )
    return tuple(sorted(found, key=lambda each: (each.day, each.study_uid), reverse=True))


def one_person(studies: Sequence[DiscStudy]) -> Identity:
    """Whose these are on the disc. Raises Refused where they are of several, or there are none."""
    if not studies:
        raise Refused("none", N_("Choose the studies to take in."), reference="V631")
    if len({each.person for each in studies}) > 1:
        raise Refused(
            "several", N_("These studies are of several people."),
            N_("Choose those of one person, then the next."), reference="V632",
        )  # fmt: skip
    return studies[0].identity
